"""How many questions settle the strategy: python tests/bench/questionnaire.py [companies] [seed] [processes].

Companies of the population that the order was not measured on, the ten examples and the documented companies answer
truthfully; a list is confirmed where every line is true of them, else its first line that is not true is answered.
Against it: everything that the rules mention, the order of the vocabulary with skipping, a count of mentions, and
a one-step score; with none, a fifth and two fifths of the answers that may be unknown unknown.
"""

import multiprocessing
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "engine"), str(ROOT / "tests")]

from conftest import DAY  # noqa: E402

from fourfold.advice import load_profile  # noqa: E402
from fourfold.asking import next_screen  # noqa: E402
from fourfold.checklist import Checklist, confirmed, next_step  # noqa: E402
from fourfold.decide import decide  # noqa: E402
from fourfold.door import enter  # noqa: E402
from fourfold.interview import begin, matters, presets, settle, told, unanswered  # noqa: E402
from fourfold.library import open_book  # noqa: E402
from fourfold.linking.simplify import terms_in  # noqa: E402
from fourfold.model import Fact, Facts, Given, Table  # noqa: E402
from fourfold.population import sample  # noqa: E402

COMPANIES = 400


def within(value, answer):
    return answer[0] <= value <= answer[1] if isinstance(answer, tuple) else value in answer


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


def play(state, company, rows, order, unknown, rng):
    """Return the questions until the strategy is settled, whether the announced bound held, and seconds for each question."""
    interview, count, held, times = state, 0, True, []
    announced = len(state.waiting)
    required = {node.term for node in state.book.nodes if isinstance(node, Given) and node.is_required}
    while not interview.settled:
        start = time.perf_counter()
        interview, step = order(interview, rows)
        if step is None:
            break
        count += 1
        if isinstance(step, Checklist):
            wrong = [line for line in step.lines if not all(within(company[term], line.answer) for term in line.terms)]
            if not wrong:
                interview = confirmed(interview, step)
                times.append(time.perf_counter() - start)
                break
            name = wrong[0].screen
        else:
            name = step.name
        left = len(interview.waiting)
        hide = rng.random() < unknown and not required & set(interview.screen(name).terms)
        interview = told(interview, {term: None if hide else company.get(term) for term in unanswered(interview, name)})
        held = held and (len(interview.waiting) < left or bool(interview.settled))
        times.append(time.perf_counter() - start)
    return count, held and count <= announced, times, interview.settled


def companies_of(book, wanted, seed):
    rows = sample(book, COMPANIES + wanted, seed)
    return rows[:COMPANIES], rows[COMPANIES:]


def one(job):
    at, seed, order, unknown, wanted, source = job
    book = open_book(ROOT, DAY, "CNY")
    rows, test = companies_of(book, wanted, seed)
    company = dict(test[at]) if source is None else dict(source)
    known = {"as_of": book.as_of, "currency": book.currency, **presets(book, "strategy")}
    known["market"] = company.get("market", known.get("market"))
    state = begin(book, "strategy", known)
    asked = {term for screen in state.screens for term in screen.terms}
    hidden = {node.term for node in state.book.nodes if isinstance(node, Given)} - asked - set(known)
    company = {term: value for term, value in company.items() if term not in hidden}
    count, held, times, settled = play(state, company, rows, ORDERS[order], unknown, random.Random(at))
    right = decide(book, Facts({term: Fact(value) for term, value in company.items()})).values["strategy"]
    return count, held, times, not unknown and settled != right, right


def shown(label, results):
    counts = sorted(item[0] for item in results)
    times = sorted(second for item in results for second in item[2])
    middle, ninth = counts[len(counts) // 2], counts[min(len(counts) - 1, int(0.9 * len(counts)))]
    broken, wrong = sum(not item[1] for item in results), sum(item[3] for item in results)
    print(
        f"| {label} | {len(counts)} | {middle} | {sum(counts) / len(counts):.2f} | {ninth} | {counts[-1]} | {broken} | {wrong} | {1000 * times[len(times) // 2]:.0f} | {1000 * times[-1]:.0f} |",
        flush=True,
    )


def main():
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    workers = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    book = open_book(ROOT, DAY, "CNY")
    everything = len(begin(book, "strategy", {"as_of": book.as_of, "currency": book.currency, **presets(book, "strategy")}).waiting)
    print(f"everything that the rules mention: {everything} screens\n")
    print("| order | companies | median | mean | 90 % | most | bound broken | wrong | ms a question, median | at worst |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for order, unknown, number in (
            ("ours", 0, wanted),
            ("ours", 0.2, wanted // 4),
            ("ours", 0.4, wanted // 4),
            ("one-step score", 0, wanted // 4),
            ("mention count", 0, wanted // 4),
            ("vocabulary with skipping", 0, wanted // 4),
        ):
            results = pool.map(one, [(at, seed, order, unknown, wanted, None) for at in range(number)], chunksize=4)
            shown(order if not unknown else f"{order}, {unknown:.0%} don't know", results)
            if order == "ours" and not unknown:
                for strategy in ("focus", "focus_testing", "omnichannel"):
                    part = [item for item in results if item[4] == strategy]
                    if part:
                        shown(f"{order}: {strategy}", part)
        given = [dict(values_of(path)) for path in sorted((ROOT / "examples").glob("*.yaml")) if load_profile(path).currency in ("", "CNY")]
        shown("ours, examples in yuan", pool.map(one, [(at, seed, "ours", 0, wanted, company) for at, company in enumerate(given)]))


def values_of(path):
    book = open_book(ROOT, DAY, "CNY")
    decision = decide(book, enter(book, load_profile(path)))
    return {node.term: decision.values[node.term] for node in book.nodes if isinstance(node, Given) and node.term in decision.values}


if __name__ == "__main__":
    main()
