"""Writes docs/judgement.md: what the rules say of 28 documented decisions, with and without appetite.

The facts are in tests/cases/real_companies.yaml; here stand only the arguments on the misses.
"""

import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "engine"))

from fourfold.cases import read_cases, run_case  # noqa: E402
from fourfold.reading.document import Mapping, Scalar  # noqa: E402

FILE = ROOT / "tests" / "cases" / "real_companies.yaml"


def value(node, key):
    found = node.get(key)
    return found.text if isinstance(found, Scalar) else ""


def decided(case):
    outcome = run_case(ROOT, case)
    if outcome.decision is None:
        return "undecided", outcome.problems[0].message
    rule = next(hit.rule for hit in outcome.decision.hits if hit.term == "strategy")
    return outcome.decision.values["strategy"], rule


def without_appetite(case):
    kept = tuple(pair for pair in case.given.entries if pair[0].text != "appetite")
    return replace(case, given=Mapping(kept, case.given.span))


def main():
    cases, problems = read_cases(FILE, "tests/cases/real_companies.yaml")
    assert not problems, problems
    rows = []
    for case in cases:
        label = next(node.text for key, node in case.expect if key.text == "strategy")
        hard = case.because.startswith("Hard case")
        with_it, rule = decided(case)
        bare, bare_rule = decided(without_appetite(case))
        rows.append((case, label, hard, with_it, rule, bare, bare_rule))

    def count(of, at):
        return sum(1 for row in of if row[at] == row[1]), len(of)

    easy, hard = [r for r in rows if not r[2]], [r for r in rows if r[2]]
    lines = [
        "# Judgement",
        "",
        "28 documented decisions of real companies, turned into profiles (tests/cases/real_companies.yaml) and decided by the shipped rules.",
        "What the rules may not see stays out: the label and its basis, what came after, the outcome. What the company could not know stays open.",
        "Made by `python tests/judgement.py`; `fourfold test` checks the same cases.",
        "",
        "| | with appetite | without appetite |",
        "|---|--:|--:|",
    ]
    for title, of in (("not hard", easy), ("hard", hard), ("all", rows)):
        (a, n), (b, _) = count(of, 3), count(of, 5)
        lines.append(f"| {title} | {a} of {n} | {b} of {n} |")
    lines += [
        "",
        "Appetite was judged after the fact in the source and follows its label; the column without it is the harder one.",
        "Where it is not given it follows from cash (plenty: maximise, steady: explore, tight: efficient).",
        "",
        "How words became facts: employees are the middle of a range; a yearly budget is divided by twelve, a campaign's budget is taken as one month's;",
        "`tight`, `adequate`, `abundant` are tight, steady, plenty; a channel that is proven strongly met the bar twice, weakly once; a habit that was never measured is unreadable;",
        "a channel without a carrier of ours is given to the nearest one by function, and the case says so. Unknown budgets and teams are assumed as for anybody.",
        "",
        "## All cases",
        "",
        "| case | label | decided | by rule | without appetite |",
        "|---|---|---|---|---|",
    ]
    for case, label, is_hard, got, rule, bare, bare_rule in rows:
        mark = "" if got == label else " **(differs)**"
        lines.append(f"| {case.name}{' (hard)' if is_hard else ''} | {label} | {got}{mark} | {rule} | {bare if bare == label else f'{bare}, by {bare_rule}'} |")
    lines += ["", "## The misses with appetite, argued", ""]
    for case, label, _, got, rule, _, _ in rows:
        if got != label:
            lines.append(f"- **{case.name}**: label {label}, decided {got} by `{rule}`. {case.disagrees}")
    lines += [
        "",
        "## Ceiling",
        "",
        "Two of the misses cannot be mended by a rule that makes sense on its own: a company whose carrier is proven and who goes on trying others beside it is focus with a trial share in our words,",
        "and the source calls the habit focus testing. Without appetite the rest of the distance is the wish itself: plenty of cash is read as the wish to be everywhere, and companies that were rich and chose not to be are decided otherwise.",
    ]
    (ROOT / "docs" / "judgement.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for line in lines[8:12]:
        print(line)
    for case, label, is_hard, got, rule, bare, bare_rule in rows:
        if got != label or bare != label:
            print(case.name, "hard" if is_hard else "", "| label", label, "| with", got, rule, "| without", bare, bare_rule)


if __name__ == "__main__":
    main()
