"""Companies that show a finding: replayed by the referee, and made as small and plain as they can be."""

from collections.abc import Callable, Iterable, Mapping

from fourfold.decide import Values, compute, hit_rows, holds
from fourfold.expression.kinds import Choice, Number
from fourfold.linking.simplify import terms_in
from fourfold.model import Fact, Given, RuleBook, Table
from fourfold.narrow import part_of
from fourfold.outcomes import Known, Outcome
from fourfold.problem import Problem, Problems

Shows = Callable[[Known], bool]
ROUNDS = 4


class Part:
    """The part of a book that some core terms rest on, computed by the referee."""

    def __init__(self, book: RuleBook, targets: Iterable[str]) -> None:
        """Take all that the targets and the constraints rest on."""
        self.book = part_of(book, {*targets, *(name for never in book.constraints for name in terms_in(never.condition))})
        self.asked = tuple(node for node in self.book.nodes if isinstance(node, Given))

    def values(self, known: Known) -> tuple[Values, str, Problem | None]:
        """Return the values under some facts; where a table decides nothing, its term and the problem, and the values before it."""
        facts = {term: Fact(value) for term, value in known.items()}
        values: Values = {}
        for node in self.book.nodes:
            try:
                compute(node, values, facts, None, self.book)
            except Problems as fault:
                return values, node.term, fault.problems[0]
        return values, "", None

    def is_legal(self, values: Values) -> bool:
        """Return whether no constraint holds; one that reads what was not decided does not count."""
        return not any(never_holds(never.condition, values) for never in self.book.constraints)


def never_holds(condition: object, values: Values) -> bool:
    """Return whether a condition holds, as far as its terms have values."""
    try:
        return holds(condition, values)  # type: ignore[arg-type]
    except KeyError:
        return False


def first_value(book: RuleBook, term: str) -> int | str:
    """Return the plainest value of an asked term."""
    kind = book.terms[term].kind
    if term == "as_of":
        return book.as_of
    if term == "currency":
        return book.currency
    if isinstance(kind, Choice):
        return kind.options[0]
    assert isinstance(kind, Number)
    return max(kind.low, min(kind.high, 0))


# ---------------------------------------------------------------- what shows a finding


def targets_of(book: RuleBook, outcome: Outcome) -> tuple[str, ...]:
    """Return the terms that must be computed to see a finding."""
    if outcome.fault == "assumption-against-constraint":
        return tuple(sorted({name for never in book.constraints if never.name == outcome.name and never.entity == outcome.term for cell in never.cells for name in cell.reads}))
    if outcome.fault == "lost-with-more":
        kept = [item for item in book.monotones if item.name == outcome.name and item.entity == outcome.term]
        return tuple(sorted({name for item in kept for cell in item.cells for name in cell.reads} | {item.more for item in kept}))
    if outcome.fault == "broken-promise":
        return tuple(sorted({name for item in book.promises if item.name == outcome.name and item.entity == outcome.term for cell in item.cells for name in cell.reads}))
    return (outcome.term,)


def shows(book: RuleBook, outcome: Outcome) -> Shows:
    """Return the test by which the referee says whether some facts show a finding."""
    part = Part(book, targets_of(book, outcome))
    match outcome.fault:
        case "gap" | "conflict":
            return _undecided(part, outcome.term, "F307" if outcome.fault == "gap" else "F308")
        case "broken-promise":
            return _broken(part, outcome)
        case "lost-with-more":
            return _lost(part, book, outcome)
        case "assumption-against-constraint":
            return _assumed(part, outcome)
        case _:
            return _idle(part, outcome)


def _undecided(part: Part, term: str, code: str) -> Shows:
    def test(known: Known) -> bool:
        values, where, problem = part.values(known)
        return where == term and problem is not None and problem.code == code and part.is_legal(values)

    return test


def _broken(part: Part, outcome: Outcome) -> Shows:
    (promise,) = (item for item in part.book.promises if item.name == outcome.name and item.entity == outcome.term)

    def test(known: Known) -> bool:
        values, _, problem = part.values(known)
        return problem is None and part.is_legal(values) and holds(promise.condition, values)

    return test


def _lost(part: Part, book: RuleBook, outcome: Outcome) -> Shows:
    (promise,) = (item for item in book.monotones if item.name == outcome.name and item.entity == outcome.term)
    ((_, more),) = outcome.also

    def test(known: Known) -> bool:
        if promise.more not in known or int(known[promise.more]) > int(more):
            return False
        (one, _, wrong), (other, _, also) = part.values(known), part.values(known | {promise.more: more})
        if wrong or also or not (part.is_legal(one) and part.is_legal(other)):
            return False
        return holds(promise.condition, one) and not holds(promise.condition, other)

    return test


def _assumed(part: Part, outcome: Outcome) -> Shows:
    return lambda known: _assumes_badly(part, outcome, known, dict(outcome.also))


def _assumes_badly(part: Part, outcome: Outcome, known: Known, instead: Known) -> bool:
    """Return whether some answers break a constraint by what is assumed beside them, and with further answers break none."""
    (never,) = (item for item in part.book.constraints if item.name == outcome.name and item.entity == outcome.term)
    (values, _, wrong), (whole, _, also) = part.values(known), part.values({**instead, **known})
    return wrong is None and also is None and holds(never.condition, values) and part.is_legal(whole)


def fewest_also(book: RuleBook, outcome: Outcome, known: Known) -> Known:
    """Return the fewest and plainest further answers with which those of an assumption's finding break no constraint."""
    part = Part(book, targets_of(book, outcome))
    kept = {term: value for term, value in outcome.also if term not in known}

    def test(instead: Known) -> bool:
        return _assumes_badly(part, outcome, known, instead)

    kept = _fewer(kept, list(kept), test)
    for term in kept:
        kept = _plainer(book, kept, term, test)
    return kept


def _idle(part: Part, outcome: Outcome) -> Shows:
    node = next(node for node in part.book.nodes if node.term == outcome.term)
    assert isinstance(node, Table)
    row = next(row for row in node.rows if row.rule == outcome.name)

    def test(known: Known) -> bool:
        values, where, problem = part.values(known)
        if (problem is not None and where != outcome.term) or not part.is_legal(values):
            return False
        if outcome.fault == "shadowed-rule":
            hits = hit_rows(node, values)
            return row in hits and any(row.rule in other.overrides for other in hits)
        return [cell.column for cell in row.cells if cell.reads and not holds(cell.condition, values)] == [outcome.column]

    return test


# ---------------------------------------------------------------- smaller


def smallest(book: RuleBook, outcome: Outcome, known: Known) -> Known:
    """Return the smallest and plainest facts found that still show a finding; what is given shows it.

    Facts are left out in blocks, then one by one; options become the first that does, numbers short ones.
    """
    part, test = Part(book, targets_of(book, outcome)), shows(book, outcome)
    asked = {node.term: node for node in book.nodes if isinstance(node, Given)}
    read = {node.term for node in part.asked}
    required = {term: first_value(book, term) for term, node in asked.items() if node.is_required}
    kept = required | {term: value for term, value in known.items() if term in read}
    if not test(kept):
        raise AssertionError(f"the referee does not see {outcome.subject} with {kept}")
    return reduced(lambda _: book, asked, kept, test)


def reduced(book_of: Callable[[str], RuleBook], asked: Mapping[str, Given], kept: Known, test: Shows) -> Known:
    """Return the smallest and plainest facts found that still pass a test that some facts pass, in the order of the terms asked."""
    for _ in range(ROUNDS):
        before = dict(kept)
        kept = _fewer(kept, [term for term in kept if not asked[term].is_required], test)
        for term in list(kept):
            kept = _plainer(book_of(term), kept, term, test)
        if kept == before:
            break
    return {term: kept[term] for term in asked if term in kept}


def _fewer(known: Known, terms: list[str], test: Shows) -> Known:
    """Return the facts without those that are not needed (delta debugging: halves first, then each)."""
    size = len(terms)
    while size and terms:
        rest: list[str] = []
        for at in range(0, len(terms), size):
            block = terms[at : at + size]
            fewer = {term: value for term, value in known.items() if term not in block}
            if test(fewer):
                known = fewer
            else:
                rest += block
        terms, size = rest, size // 2
    return known


def _plainer(book: RuleBook, known: Known, term: str, test: Shows) -> Known:
    now, kind = known[term], book.terms[term].kind
    if term == "as_of":
        return known
    if isinstance(kind, Choice):
        better: Iterable[int | str] = kind.options[: kind.options.index(str(now))]
    else:
        assert isinstance(kind, Number)
        plain = plain_numbers(kind, int(now))
        better = plain[: plain.index(int(now))] if now in plain else plain
    return next((changed for value in better if test(changed := known | {term: value})), known)


def plain_numbers(kind: Number, now: int) -> list[int]:
    """Return plain values of a number, plainest first: 0, round numbers from small to large, the ends, then `now` with few digits."""
    unit = 10 ** max(0, kind.shown)
    largest = max(abs(kind.low), abs(kind.high))
    rounds = [digit * 10**power for power in range(len(str(largest)) + 1) for digit in (1, 2, 3, 5)]
    signed = [sign * value * unit for value in (0, *rounds) for sign in (1, -1)]
    cut = [step * 10**power for power in range(len(str(abs(now))) - 1, -1, -1) for step in (now // 10**power, -(-now // 10**power))]
    return list(dict.fromkeys(value for value in (*signed, kind.low, kind.high, *cut) if kind.low <= value <= kind.high))
