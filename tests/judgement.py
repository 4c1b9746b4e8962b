"""Writes docs/judgement.md: what the rules say of 28 documented decisions, how firmly, and against what it is worth.

The facts are in tests/cases/real_companies.yaml with the arguments on the misses; here stand only the
other ways to decide that the rules are compared with, and the moves by which firmness is tried.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "engine"), str(ROOT / "tests")]

import trial_judgement  # noqa: E402

from fourfold.cases import Case, open_case, read_cases  # noqa: E402
from fourfold.decide import decide  # noqa: E402
from fourfold.door import enter  # noqa: E402
from fourfold.reading.document import Mapping, Scalar  # noqa: E402

FILE = ROOT / "tests" / "cases" / "real_companies.yaml"
PAGE = ROOT / "docs" / "judgement.md"
OF_APPETITE = {"maximise": "omnichannel", "explore": "focus_testing", "efficient": "focus"}

INTRODUCTION = """# Judgement

28 documented decisions of real companies, turned into profiles (tests/cases/real_companies.yaml) and decided by the shipped rules.
What the rules may not see stays out: the label and its basis, what came after, the outcome. What the company could not know stays open.
Made by `python tests/judgement.py`; `fourfold test` checks the same cases, and a test checks that this page is as the rules are.
"""

MAPPING = """
## How words became facts

The same rules for all cases, applied whatever came out, with the one exception that is named at the end of this list.

- Employees and people in marketing are the middle of a range; `tens` are 30, `hundreds` 300; an open end (`3,000+`) is its lower end, `under 10` is 5; `unknown` stays open and is assumed as for anybody.
- A yearly budget is divided by twelve; the budget of one campaign, book or booth is taken as one month's; `not found` stays open.
- `tight`, `adequate`, `abundant` are tight, steady, plenty.
- A channel that the source calls proven strongly met the bar twice, weakly once; a habit that the source itself calls never measured is unreadable.
- A channel without a carrier of ours is given to the nearest one by function, a trade without an industry of ours to the nearest one, and the case says so: an own app or a delivery app
  is the ordering mini program, a trade fair is events, gifts to film makers are influencers, fans who help fans are the community, a blog is articles.
- Users of a subscription who try it free are leads; users of an app, buyers and guests are new buyers; more orders from known guests are repeat orders.
- The price of the product is given where the source documents it, as the most that a customer may cost in its first year. Only one source does (R12: 99 dollars a year). It was looked up **after** the case had missed: without it the case misses, and each count in its row is one lower.
"""

MEANING = """
## What the counts are worth

- *Appetite* was judged after the fact in the source and follows its label: whoever repeats it agrees with every clear case. The row with appetite therefore shows little more than that the rules do not contradict a stated wish without a reason; the row without it is the one that judges.
- Without appetite the rules see what a stranger could see: trade, market, model, goal, size, money, cash, results. Three lines on cash and proof, written down after the labels were seen, agree with one case more. On these cases the rules are **not** better at guessing labels than those lines.
  What they add cannot show here: that money and people must *reach* every carrier before a company is called rich, and that trials must be *readable* before they are called a test. Nearly all rich companies of this list are so rich that reach does not bind, and only one poor one (R10) wanted to test.
  Cases of companies that are nearly rich, and of those that could nearly test, are wanted.
- 28 cases, 21 of them clear, tell 85% from 95% only roughly: one clear case is five points.
"""

CEILING = """
## Ceiling

- R03 and R10 stay misses by intention. A carrier that is proven is put to work, with a trial share beside it: the source calls the same habit focus testing. And 200 dollars buy no reading: several free routes at once are no test in our words.
  A rule that sent the proven into a wide test would break the promise `proof-is-used`.
- R20, R23, R26 differ without appetite, R27 with it: all four are marked hard in the source. R23 and R26 were rich and chose not to be everywhere, R27 spread while its wish was called efficient, R20 held to cost control with steady cash. The wish is the fact that decides there, and only asking finds it:
  for a company with plenty of cash the questionnaire should ask for appetite early.
- No threshold of the rules was moved for any of these cases.
"""


@dataclass(frozen=True)
class Judged:
    """A case with its label and what the rules say, with and without appetite."""

    case: Case
    label: str
    is_hard: bool
    given: tuple[str, str]
    bare: tuple[str, str]
    flips: tuple[str, ...]
    bare_flips: tuple[str, ...]
    moves: int


def text_of(case, key):
    """Return a fact of a case as it is written, or nothing."""
    found = case.given.get(key)
    return found.text if isinstance(found, Scalar) else ""


def without(case, *keys):
    """Return the case without some of its facts."""
    return replace(case, given=Mapping(tuple(pair for pair in case.given.entries if pair[0].text not in keys), case.given.span))


def decided(case, changes=()):
    """Return the strategy of a case and the rule that gave it."""
    book, profile = open_case(ROOT, case)
    decision = decide(book, enter(book, profile, tuple(changes)))
    return str(decision.values["strategy"]), next(hit.rule for hit in decision.hits if hit.term == "strategy")


def single_moves(case):
    """Return each move by itself that a reader of the source might have made: its name, the case, the changes."""
    book, profile = open_case(ROOT, case)
    values = decide(book, enter(book, profile)).values
    moves = []
    for term in ("employees", "heads", "monthly_budget"):
        if term == "heads" and not text_of(case, term):
            continue
        now = float(text_of(case, term)) if text_of(case, term) else float(values[term])
        if now:
            moves += [(f"{term} {word}", case, [(term, str(round(max(now * factor, 1), 2) if term == "heads" else max(1, round(now * factor))))]) for word, factor in (("halved", 0.5), ("doubled", 2))]
    if case.given.get("earlier_reading") is not None:
        moves.append(("proof counted once", without(case, "earlier_reading"), []))
    elif case.given.get("reading") is not None:
        moves.append(("its one result left out", without(case, "reading"), []))
    bar = book.knows("industry", str(values["industry"]), "success_bar")
    if text_of(case, "success_bar"):
        moves.append(("documented price left out", without(case, "success_bar"), []))
    elif bar is not None and bar.low is not None:
        moves += [(f"bar at the {word} end of the trade", case, [("success_bar", str(max(1, round(end / 100, 2))))]) for word, end in (("low", bar.low), ("high", bar.high))]
    return moves


def judged(case):
    """Return what the rules say of one case."""
    label = next(node.text for key, node in case.expect if key.text == "strategy")
    given, bare = decided(case), decided(without(case, "appetite"))
    moves = single_moves(case)
    flips = flipping(moves, given[0])
    bare_flips = flipping([(name, without(moved, "appetite"), changes) for name, moved, changes in moves], bare[0])
    return Judged(case, label, case.because.startswith("Hard case"), given, bare, flips, bare_flips, len(moves))


def flipping(moves, now):
    """Return the moves that change a decision, each with what it would be."""
    results = [(name, decided(moved, changes)[0]) for name, moved, changes in moves]
    return tuple(f"{name}: {got}" for name, got in results if got != now)


def by_cash_and_proof(case):
    """Return the strategy by three lines: plenty of cash, strong proof, neither."""
    if text_of(case, "cash") == "plenty":
        return "omnichannel"
    return "focus" if case.given.get("earlier_reading") is not None else "focus_testing"


def count(rows, says):
    """Return how many rows agree with their labels, as `n of m`."""
    return f"{sum(1 for row in rows if says(row) == row.label)} of {len(rows)}"


def counts(rows):
    """Return the table of agreement, with other ways to decide beside the rules."""
    ways = (
        ("the rules, with appetite", lambda row: row.given[0]),
        ("the rules, without appetite", lambda row: row.bare[0]),
        ("appetite repeated, nothing else", lambda row: OF_APPETITE[text_of(row.case, "appetite")]),
        ("cash and strong proof, nothing else", lambda row: by_cash_and_proof(row.case)),
        ("always focus", lambda row: "focus"),
    )
    groups = ([row for row in rows if not row.is_hard], [row for row in rows if row.is_hard], rows)
    lines = ["| decided by | not hard | hard | all |", "|---|--:|--:|--:|"]
    return lines + [f"| {name} | {' | '.join(count(group, says) for group in groups)} |" for name, says in ways]


def facts_used(case):
    """Return the facts of a case in a few words."""
    names = ("industry", "primary_goal", "employees", "heads", "monthly_budget", "cash", "appetite")
    said = [f"{name.replace('primary_', '').replace('monthly_', '')} {text_of(case, name)}" for name in names if text_of(case, name)]
    reading, earlier = case.given.get("reading"), case.given.get("earlier_reading")
    for key, value in reading.entries if reading is not None else ():
        times = "twice" if earlier is not None and earlier.get(key.text) is not None else "once"
        said.append(f"{key.text} {value.text}{' ' + times if value.text == 'meets' else ''}")
    return ", ".join(said)


def table(rows):
    """Return the table of all cases."""
    lines = ["| case | facts that decide | label | decided | by rule | without appetite |", "|---|---|---|---|---|---|"]
    for row in rows:
        name = row.case.name + (" (hard)" if row.is_hard else "")
        got = row.given[0] + ("" if row.given[0] == row.label else " **(differs)**")
        bare = row.bare[0] + ("" if row.bare[0] == row.label else f" **(differs)**, {row.bare[1]}")
        lines.append(f"| {name} | {facts_used(row.case)} | {row.label} | {got} | {row.given[1]} | {bare} |")
    return lines


def firmness(rows):
    """Return how many single moves change a decision, and which."""
    moves, flips, bare = sum(row.moves for row in rows), sum(len(row.flips) for row in rows), sum(len(row.bare_flips) for row in rows)
    lines = [
        "Most facts of these cases are estimates of others. Each was moved by itself: employees, people and budget halved and doubled, proof counted once instead of twice, one result left out,",
        f"the success bar at both ends of its trade, the documented price left out. {flips} of {moves} moves change a decision with appetite, {bare} of {moves} without.",
        "",
        "| case | with appetite | moves that change it | without | moves that change it |",
        "|---|---|---|---|---|",
    ]
    return lines + [f"| {row.case.name} | {row.given[0]} | {'; '.join(row.flips)} | {row.bare[0]} | {'; '.join(row.bare_flips)} |" for row in rows if row.flips or row.bare_flips]


def misses(rows):
    """Return the argument on each case that the rules see otherwise."""
    return [
        f"- **{row.case.name}**{' (hard)' if row.is_hard else ''}: label {row.label}, decided {row.given[0]} by `{row.given[1]}`. {row.case.disagrees}" for row in rows if row.given[0] != row.label
    ]


def all_judged():
    """Return every documented decision as the rules judge it."""
    cases, problems = read_cases(FILE, "tests/cases/real_companies.yaml")
    assert not problems, problems
    return [judged(case) for case in cases]


def page(rows):
    """Return the page on judgement."""
    parts = [
        INTRODUCTION,
        *counts(rows),
        MEANING,
        "## How firm the decisions are",
        "",
        *firmness(rows),
        "",
        "## The misses with appetite, argued",
        "",
        *misses(rows),
        CEILING,
        *trial_judgement.section(),
        "## All cases",
        "",
        *table(rows),
        MAPPING,
    ]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    found = all_judged()
    PAGE.write_text(page(found), encoding="utf-8")
    print("\n".join(counts(found)))
