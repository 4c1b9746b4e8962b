"""How many questions settle the strategy: python tests/bench/questionnaire.py [companies] [seed] [processes] [part …].

Companies of the population that the order was not measured on, the examples and the documented companies answer
truthfully. To a list they name the lines that are not true, and answer the one question that is then asked; the
list and that question count as one, as in "at most N left"; "prompts" counts them as two. Against it: everything
that the rules mention, the order of the vocabulary with skipping, a count of mentions, and a one-step score without
lists; with none, a fifth and two fifths of the answers that may be unknown unknown. `small` compares the order with
the best possible one on small books, found by trying all; `proofs` looks for the fewest screens whose true
answers prove the strategy, known only afterwards.
"""

import multiprocessing
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "engine"), str(ROOT / "tests")]

import yaml  # noqa: E402
from conftest import DAY  # noqa: E402

from fourfold.advice import load_profile  # noqa: E402
from fourfold.asking import next_screen  # noqa: E402
from fourfold.checklist import Checklist, confirmed, denied, next_step  # noqa: E402
from fourfold.content import read_content_texts  # noqa: E402
from fourfold.decide import decide  # noqa: E402
from fourfold.door import enter, read_profile  # noqa: E402
from fourfold.interview import begin, is_within, matters, presets, settle, told, unanswered  # noqa: E402
from fourfold.library import open_book  # noqa: E402
from fourfold.linking import link  # noqa: E402
from fourfold.linking.simplify import terms_in  # noqa: E402
from fourfold.logic import Logic  # noqa: E402
from fourfold.model import Fact, Facts, Given, Table  # noqa: E402
from fourfold.population import sample  # noqa: E402
from fourfold.solver_terms import both, opposite  # noqa: E402

COMPANIES = 400
TARGET = "strategy"
BOOKS = {}


def ours(interview, rows):
    return next_step(interview, rows)


def one_step(interview, rows):
    """The screen that tells most in one step, asked only if it can matter, without a list at the end."""
    return next_screen(interview, rows)


def by_vocabulary(interview, _rows):
    """The first screen of the vocabulary that can still matter."""
    for name in interview.waiting:
        if matters(interview, name).state != "never":
            return interview, interview.screen(name)
    return settle(replace(interview, waiting=())), None


def by_mentions(interview, _rows):
    """The screen whose terms the open rules mention most often, directly or through others, as rule engines order questions."""
    counts = Counter()
    for node in interview.left.book.nodes:
        if isinstance(node, Table):
            counts.update(name for row in node.rows for cell in row.cells for name in terms_in(cell.condition))
    score = {name: sum(counts[term] for term in interview.screen(name).terms) for name in interview.waiting}
    for name in sorted(interview.waiting, key=lambda name: -score[name]):
        if matters(interview, name).state != "never":
            return interview, interview.screen(name)
    return settle(replace(interview, waiting=())), None


ORDERS = {"ours": ours, "one-step score": one_step, "mention count": by_mentions, "vocabulary with skipping": by_vocabulary}


def book_in(currency):
    """The rule book in a currency with its starting state and the companies that the order is measured on."""
    if currency not in BOOKS:
        book = open_book(ROOT, DAY, currency)
        BOOKS[currency] = (book, begin(book, TARGET, known_of(book)), sample(book, COMPANIES))
    return BOOKS[currency]


def known_of(book):
    return {"as_of": book.as_of, "currency": book.currency, **presets(book, TARGET)}


def play(state, company, rows, order, unknown, rng):
    """Return questions, prompts and lines of lists until the strategy is settled, whether the announced bound held, seconds of processor time for each question, and the strategy."""
    interview, count, prompts, lines, held, times = state, 0, 0, 0, True, []
    required = {node.term for node in state.book.nodes if isinstance(node, Given) and node.is_required}
    while not interview.settled:
        start = time.process_time()
        interview, step = order(interview, rows)
        times.append(time.process_time() - start)
        if step is None:
            break
        count, left, prompts = count + 1, len(interview.waiting), prompts + 1
        name = getattr(step, "name", "")
        if isinstance(step, Checklist):
            lines += len(step.lines)
            wrong = {at for at, line in enumerate(step.lines) if not all(is_within(company[term], line.answer) for term in line.terms)}
            if not wrong:
                interview = confirmed(interview, step)
                break
            start = time.process_time()
            interview, name = denied(interview, step, wrong, rows)
            times.append(time.process_time() - start)
            prompts += bool(name)
        if name:
            hide = rng.random() < unknown and not required & set(interview.screen(name).terms)
            interview = told(interview, {term: None if hide else company.get(term) for term in unanswered(interview, name)})
        held = held and (len(interview.waiting) < left or bool(interview.settled))
    return count, prompts, lines, held and count <= len(state.waiting), times, interview.settled


def one(job):
    at, order, unknown, currency, company = job
    book, state, rows = book_in(currency)
    if company.get("market", state.answers.get("market")) != state.answers.get("market"):
        state = begin(book, TARGET, {**known_of(book), "market": company["market"]})
    asked = {term for screen in state.screens for term in screen.terms}
    hidden = {node.term for node in state.book.nodes if isinstance(node, Given)} - asked - set(known_of(book))
    company = {term: value for term, value in company.items() if term not in hidden}
    filled = decide(book, Facts({term: Fact(value) for term, value in company.items()})).values
    company = {term: filled.get(term) for term in asked} | company if not unknown else company
    *result, settled = play(state, company, rows, ORDERS[order], unknown, random.Random(at))
    return *result, not unknown and settled != filled[TARGET], filled[TARGET]


def quantiles(values):
    values = sorted(values)
    return f"{values[len(values) // 2]} | {sum(values) / len(values):.2f} | {values[min(len(values) - 1, int(0.9 * len(values)))]} | {values[-1]}"


def shown(label, results):
    times = sorted(second for item in results for second in item[4])
    prompts = sorted(item[1] for item in results)
    broken, wrong = sum(not item[3] for item in results), sum(item[5] for item in results)
    print(
        f"| {label} | {len(results)} | {quantiles([item[0] for item in results])} | {prompts[len(prompts) // 2]}, {sum(prompts) / len(prompts):.2f}, {prompts[int(0.9 * len(prompts))]} "
        f"| {sum(item[2] for item in results) / len(results):.1f} | {broken} | {wrong} | {1000 * times[len(times) // 2]:.0f} | {1000 * times[int(0.99 * len(times))]:.0f} | {1000 * times[-1]:.0f} |",
        flush=True,
    )


HEADER = """| order | companies | median | mean | 90 % | most | prompts: median, mean, 90 % | lines read | bound broken | wrong | processor ms a question, median | 99 % | at worst |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""


def games(wanted, seed, pool):
    book, state, _ = book_in("CNY")
    print(f"everything that the rules mention: {len(state.waiting)} screens\n")
    print(HEADER)
    test = sample(book, COMPANIES + wanted, seed)[COMPANIES:]
    for order, unknown, number in (
        ("ours", 0, wanted),
        ("ours", 0.2, wanted // 4),
        ("ours", 0.4, wanted // 4),
        ("one-step score", 0, wanted // 8),
        ("mention count", 0, wanted // 8),
        ("vocabulary with skipping", 0, wanted // 8),
    ):
        results = pool.map(one, [(at, order, unknown, "CNY", dict(test[at])) for at in range(number)], chunksize=4)
        shown(order if not unknown else f"{order}, {unknown:.0%} don't know", results)
        if order == "ours" and not unknown:
            for strategy in ("focus", "focus_testing", "omnichannel"):
                part = [item for item in results if item[6] == strategy]
                if part:
                    shown(f"{order}: {strategy}", part)


def real(pool):
    """The ten examples and the 28 documented companies, in their currencies; what a case does not say takes its assumption."""
    given = [(path.stem, load_profile(path)) for path in sorted((ROOT / "examples").glob("*.yaml"))]
    cases = yaml.safe_load((ROOT / "tests/cases/real_companies.yaml").read_text(encoding="utf-8"))
    documented = [(case["case"], read_profile(yaml.safe_dump(case["given"], allow_unicode=True), "case")) for case in cases]
    for label, profiles in (("examples", given), ("documented companies", documented)):
        results = []
        for unknown in (0, 0.2, 0.4):
            jobs = []
            for at, (_, profile) in enumerate(profiles):
                currency = profile.currency or "CNY"
                book, state, _ = book_in(currency)
                values = decide(book, enter(book, profile)).values
                jobs.append((at, "ours", unknown, currency, {**known_of(book), **{node.term: values[node.term] for node in state.book.nodes if isinstance(node, Given) and node.term in values}}))
            results = pool.map(one, jobs, chunksize=2)
            shown(f"ours, {label}" + (f", {unknown:.0%} don't know" if unknown else ""), results)


# ---------------------------------------------------------------- the fewest screens that prove it, known afterwards


def fewest(job):
    """The fewest screens (goal and industry among them) whose true answers prove the strategy: implicit hitting sets over the solver's counterexamples."""
    _, _, _, currency, company = job
    book, state, _ = book_in(currency)
    if company.get("market") != state.answers.get("market"):
        state = begin(book, TARGET, {**known_of(book), "market": company["market"]})
    asked = {term for screen in state.screens for term in screen.terms}
    company = {term: value for term, value in company.items() if term in asked or term in known_of(book)}
    right = decide(book, Facts({term: Fact(value) for term, value in company.items()})).values[TARGET]
    for name in ("primary_goal", "industry"):
        state = told(state, {term: company.get(term) for term in unanswered(state, name)})
    state = settle(state)
    if state.settled:
        return 2, right
    logic = Logic(state.left.book, [TARGET])
    literals = {}
    for name in state.waiting:
        terms = [term for term in unanswered(state, name) if term in logic.asked]
        literals[name] = both(part for term in terms for part in (logic.answered(term, company[term]) if term in company else [opposite(logic.asked[term].given)]))
    open_end = [logic.decided(), logic.is_not(TARGET, right)]
    hit = []
    while True:
        chosen = next(some for size in range(len(literals) + 1) for some in combinations(literals, size) if all(set(some) & one for one in hit))
        found = logic.find([*open_end, *(literals[name] for name in chosen)], 20_000)
        if found.state != "can":
            return (2 + len(chosen), right) if found.state == "never" else (0, right)
        agreed = [name for name in literals if found.holds(literals[name])]
        for name in sorted(set(literals) - set(agreed)):
            if logic.find([*open_end, *(literals[other] for other in agreed), literals[name]], 20_000).state == "can":
                agreed.append(name)
        hit.append(set(literals) - set(agreed))


def proofs(wanted, seed, pool):
    book, _, _ = book_in("CNY")
    test = sample(book, COMPANIES + wanted, seed)[COMPANIES:]
    results = pool.map(fewest, [(0, "", 0, "CNY", dict(company)) for company in test], chunksize=2)
    print("\n| fewest screens that prove the strategy | companies | median | mean | 90 % | most |\n|---|--:|--:|--:|--:|--:|")
    print(f"| all | {len(results)} | {quantiles([size for size, _ in results])} |")
    for strategy in sorted({right for _, right in results}):
        sizes = [size for size, right in results if right == strategy]
        print(f"| {strategy} | {len(sizes)} | {quantiles(sizes)} |", flush=True)


# ---------------------------------------------------------------- the best order on small books

TERMS = """
terms:
  cash: {kind: choice, options: [tight, steady, plenty], ask: "Cash?", assume: steady}
  people: {kind: number, range: [0, 4], ask: "People?", assume: 2}
  money: {kind: number, range: [0, 7], ask: "Money?", assume: 3}
  proof: {kind: yes_no, ask: "Proof?", assume: false}
  mood: {kind: choice, options: [bold, careful], ask: "Mood?", assume: careful}
  way: {kind: choice, options: [wide, narrow, tests]}
"""
VALUES = {"cash": ("tight", "steady", "plenty"), "people": range(5), "money": range(8), "proof": ("true", "false"), "mood": ("bold", "careful")}


def small_book(seed):
    """A random small book: four rows, each overriding the later ones, and an `otherwise`."""
    rng = random.Random(seed)
    rows = []
    for at in range(4):
        names = rng.sample(list(VALUES), rng.choice((1, 2, 2, 3)))
        cells = ", ".join(f"{name}: {_cell(name, rng)}" for name in names)
        rows.append(f"    - {{id: row-{at}, when: {{{cells}}}, then: {rng.choice(('wide', 'narrow', 'tests'))}, overrides: [{', '.join(f'row-{later}' for later in range(at + 1, 4))}], because: b}}")
    text = "- table: way\n  concludes: way\n  rules:\n" + "\n".join(rows) + "\n    - {id: other, otherwise: narrow, because: b}\n"
    return link(read_content_texts({"knowledge/terms.yaml": TERMS, "rules/rules.yaml": text}), DAY)


def _cell(name, rng):
    if name in ("people", "money"):
        return f'"{rng.choice((">=", "<"))} {rng.randrange(1, len(VALUES[name]))}"'
    return rng.choice(VALUES[name])


def best(companies, names, known, ways):
    """The least expected number of questions to one way left, over equally likely companies."""
    if known not in ways:
        ways[known] = 0.0
        if len({way for _, way in companies}) > 1:
            costs = []
            for at in range(len(names)):
                if known[at] is None:
                    parts = {}
                    for facts, way in companies:
                        parts.setdefault(facts[at], []).append((facts, way))
                    after = [len(part) * best(part, names, (*known[:at], value, *known[at + 1 :]), ways) for value, part in parts.items()]
                    costs.append(1 + sum(after) / len(companies))
            ways[known] = min(costs)
    return ways[known]


def small(job):
    seed, order = job
    book = small_book(seed)
    names = tuple(VALUES)
    known = {"as_of": DAY, "currency": book.currency}
    companies = []
    for facts in product(*VALUES.values()):
        answers = dict(zip(names, facts, strict=True))
        companies.append((facts, decide(book, Facts({name: Fact(value) for name, value in {**known, **answers}.items()})).values["way"]))
    rows = [dict(zip(names, facts, strict=True)) for facts, _ in random.Random(seed).sample(companies, 200)]
    state = begin(book, "way", known)
    if len({way for _, way in companies}) < 2:
        return 0.0, 0.0
    return expected(state, [(dict(zip(names, facts, strict=True)), way) for facts, way in companies], rows, ORDERS[order]), best(companies, names, (None,) * len(names), {})


def expected(interview, companies, rows, order):
    """The expected number of questions of an order over equally likely companies that answer truthfully."""
    interview, step = order(interview, rows)
    if step is None:
        return 0.0
    found = 1.0
    groups = {}
    if isinstance(step, Checklist):
        for company, way in companies:
            wrong = frozenset(at for at, line in enumerate(step.lines) if not all(is_within(company[term], line.answer) for term in line.terms))
            groups.setdefault(wrong, []).append((company, way))
        groups = {wrong: (*denied(interview, step, wrong, rows), group) for wrong, group in groups.items() if wrong}
    else:
        groups = {0: (interview, step.name, companies)}
    for state, name, group in groups.values():
        answers = {}
        for company, way in group:
            answers.setdefault(company[name] if name else "", []).append((company, way))
        for value, part in answers.items():
            after = told(state, {name: value}) if name else state
            found += len(part) / len(companies) * (0.0 if after.settled else expected(after, part, rows, order))
    return found


def smalls(count, pool):
    print("\n| small books | books | mean questions | best possible | ratio |\n|---|--:|--:|--:|--:|")
    for order in ("one-step score", "mention count", "vocabulary with skipping", "ours"):
        results = [pair for pair in pool.map(small, [(seed, order) for seed in range(count)]) if pair[1]]
        ours, least = (sum(pair[at] for pair in results) / len(results) for at in (0, 1))
        label = {"one-step score": "our order, without lists", "ours": "our order, with lists"}.get(order, order)
        print(f"| {label} | {len(results)} | {ours:.3f} | {least:.3f} | {ours / least:.3f} |", flush=True)


def main():
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    workers = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    parts = sys.argv[4:] or ["games", "real", "proofs", "small"]
    book_in("CNY"), book_in("USD")
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        if "games" in parts:
            games(wanted, seed, pool)
        if "real" in parts:
            print("" if "games" in parts else HEADER)
            real(pool)
        if "proofs" in parts:
            proofs(min(wanted, 200), seed, pool)
        if "small" in parts:
            smalls(min(wanted, 60), pool)


if __name__ == "__main__":
    main()
