"""On the shipped book the solver and the folding of answers agree with the referee, for drawn companies put exactly on and beside the borders.

A longer run: python tests/properties/test_shipped_agreement.py 3000
"""

import sys
from pathlib import Path
from random import Random

if __name__ == "__main__":
    HERE = Path(__file__).resolve().parent
    sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1] / "engine")]

from agreement import first_code, narrowing_differences, outcome, solver_differences, solver_of
from conftest import DAY, ROOT
from random_books import boundaries

from fourfold.decide import decide
from fourfold.expression.kinds import Number
from fourfold.library import open_book
from fourfold.model import Fact, Facts, Given
from fourfold.population import sampler


def borders(book, values, rng):
    """Return an answer with a value on a border that hangs on the company: of coverage, of a floor, of an opening."""
    months = max(1, values["test_money"] // max(1, values["monthly_budget"])) if values["monthly_budget"] else 1
    carrier = rng.choice(book.entities["carrier"])
    entry = book.knows("carrier", carrier, "entry_cash")
    money = [values["cost_to_cover"], 2 * values[f"floor[{carrier}]"] // months, entry.value if entry else 0]
    days = [values["people_to_cover"], 20 * (book.knows("carrier", carrier, "floor_days").value if book.knows("carrier", carrier, "floor_days") else 1)]
    term, value = rng.choice([("monthly_budget", rng.choice(money)), ("person_days", rng.choice(days))])
    kind = book.terms[term].kind
    return term, max(kind.low, min(kind.high, value + rng.choice([-1, 0, 0, 1])))


def drawn(book, rng, company, near):
    """Return facts of a drawn company: some answers hidden, numbers moved to borders of rules or of the company itself."""
    asked = {node.term for node in book.nodes if isinstance(node, Given)}
    required = {node.term for node in book.nodes if isinstance(node, Given) and node.is_required}
    known = {term: Fact(value) for term, value in company.items() if term in asked and value != "" and (term in required or rng.random() < 0.7)}
    for term, cuts in near.items():
        kind = book.terms[term].kind
        if term in known and term != "as_of" and isinstance(kind, Number) and rng.random() < 0.5:
            known[term] = Fact(max(kind.low, min(kind.high, rng.choice(sorted(cuts)) + rng.choice([-1, 0, 0, 1]))))
    right = outcome(decide, book, Facts(known))
    if not first_code(right) and rng.random() < 0.8:
        term, value = borders(book, right[0], rng)
        known[term] = Fact(value)
    return Facts(known)


def differing(count, seed):
    """Return how many companies were compared and every difference."""
    book = open_book(ROOT, DAY)
    logic, near, rng, bad = solver_of(book), boundaries(book), Random(seed), []
    for number, company in enumerate(sampler(book, seed).companies(count)):
        facts = drawn(book, rng, company, near)
        right = outcome(decide, book, facts)
        bad += [(number, item) for item in solver_differences(logic, book, facts, right)]
        if not first_code(right):
            bad += [(number, item) for item in narrowing_differences(book, facts, right[0], rng)]
    return count, bad


def test_solver_and_narrowing_agree_on_the_shipped_book():
    assert differing(12, 7) == (12, [])


if __name__ == "__main__":
    compared, found = differing(int(sys.argv[1]), 1)
    print(f"companies {compared:,}  differences {len(found)}")
    for one in found[:10]:
        print(one)
    sys.exit(1 if found else 0)
