"""The smallest change: what is called nearest is nearest, what is called enough is enough, and fewer terms are not."""

import random
from itertools import combinations, product

from agreement import outcome, random_book
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_books import boundaries, random_facts
from test_interview import DAY, completions, small_book

from fourfold.decide import decide
from fourfold.door import contradictions
from fourfold.expression.kinds import Choice, Number
from fourfold.model import Fact, Facts, Given
from fourfold.smallest import NONE, PROVEN, Neighbours, needed

QUICK = settings(derandomize=True, database=None, deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))


def with_changes(facts, changes):
    return Facts({**facts.known, **{change.term: Fact(change.after) for change in changes}})


def result(book, facts, target):
    """Return the outcome, or nothing where there is none or a constraint forbids it."""
    found = outcome(decide, book, facts)
    if not isinstance(found[0], dict) or contradictions(book, facts, found[0]):
        return ""
    return found[0][target]


@QUICK
@given(st.integers(0, 2**32))
def test_the_nearest_flip_of_a_number_is_nearest(seed):
    rng = random.Random(seed)
    book = random_book(rng)
    if book is None:
        return
    targets = sorted(node.term for node in book.nodes if not book.terms[node.term].is_plan and isinstance(book.terms[node.term].kind, Choice) and not isinstance(node, Given))
    facts = random_facts(rng, book, boundaries(book))
    right = outcome(decide, book, facts)
    if not targets or not isinstance(right[0], dict) or contradictions(book, facts, right[0]):
        return
    target, values = rng.choice(targets), right[0]
    numbers = [node.term for node in book.nodes if isinstance(node, Given) and isinstance(book.terms[node.term].kind, Number) and node.term in values and node.term != "as_of"]
    neighbours = Neighbours(book, target, facts, values, numbers)
    for term in neighbours.free:
        (below, above), kind = neighbours.sides(term), book.terms[term].kind
        low, high = below.after + 1 if below else kind.low, above.after - 1 if above else kind.high
        inside = {low, high, rng.randint(low, high)}
        assert {result(book, with_changes(facts, [Moved(term, value)]), target) for value in inside} <= {values[target], ""}
        for border in (low - 1, high + 1):
            if kind.low <= border <= kind.high:
                assert result(book, with_changes(facts, [Moved(term, border)]), target) != values[target]


class Moved:
    def __init__(self, term, after):
        self.term, self.after = term, after


def test_no_smaller_set_of_changes_is_enough_on_a_book_small_enough_to_try_all():
    book = small_book()
    companies, terms = completions(book), ("cash", "people", "money", "proof", "mood")
    rng = random.Random(7)
    for company in rng.sample(companies, 25):
        facts = Facts({"as_of": Fact(DAY), "currency": Fact(book.currency), **{name: Fact(value) for name, value in company.items()}})
        values = decide(book, facts).values
        neighbours = Neighbours(book, "way", facts, values, terms)
        for wanted in {"wide", "narrow", "tests"} - {values["way"]}:
            found = needed(neighbours, wanted)
            assert found.state == PROVEN
            smallest = smallest_by_trying(book, facts, company, terms, wanted)
            assert {frozenset(change.term for change in changes) for changes in found.sets} <= set(smallest)
            for changes in found.sets:
                assert result(book, with_changes(facts, changes), "way") == wanted
                distance = [abs(change.after - company[change.term]) for change in changes if isinstance(change.after, int)]
                assert distance == smallest[frozenset(change.term for change in changes)]


def smallest_by_trying(book, facts, company, terms, wanted):
    """Return by set of terms (of the smallest size) the least distances of its numbers, in the order of the terms."""
    kinds = {term: book.terms[term].kind for term in terms}
    for size in range(1, len(terms) + 1):
        found = {}
        for group in combinations(terms, size):
            options = [[v for v in (range(kinds[t].low, kinds[t].high + 1) if isinstance(kinds[t], Number) else kinds[t].options) if v != company[t]] for t in group]
            for values in product(*options):
                if result(book, with_changes(facts, [Moved(t, v) for t, v in zip(group, values, strict=True)]), "way") == wanted:
                    distance = [abs(v - company[t]) for t, v in zip(group, values, strict=True) if isinstance(v, int)]
                    found[frozenset(group)] = min(found.get(frozenset(group), distance), distance)
        if found:
            return found
    return {}


def test_a_change_that_no_term_allows_is_said_to_be_none():
    book = small_book()
    facts = Facts({"as_of": Fact(DAY), "currency": Fact(book.currency), "people": Fact(1), "cash": Fact("plenty")})
    neighbours = Neighbours(book, "way", facts, decide(book, facts).values, ("money", "cash"))
    assert needed(neighbours, "wide").state == NONE
