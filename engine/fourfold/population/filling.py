"""What no draw gives: parts of the door, assumptions, plain chance; and whether a company can exist."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor

from fourfold.decide import on_demand
from fourfold.expression.kinds import Choice, Kind
from fourfold.expression.kinds import Number as NumberKind
from fourfold.model import Condition, Every, Expr, Fact, Given, Member, Opposite, RuleBook
from fourfold.population.chance import Uniform, loguniform
from fourfold.population.compiled import Company, Give, Test, give_of, test_of

Fill = Callable[[Company, Uniform], None]


def fills(book: RuleBook, drawn: frozenset[str]) -> dict[str, Fill]:
    """Return what gives every term that no draw gives: its parts, else its assumption, else plain chance.

    What is plain chance comes first, since parts may read it; the others follow in the order of the book.
    """
    first: dict[str, Fill] = {}
    found: dict[str, Fill] = {}
    for node in book.nodes:
        ground = book.terms[node.term]
        if isinstance(node, Given) and ground.source not in drawn and node.term not in {"as_of", "currency"}:
            is_plain = node.term not in book.or_from and (node.assume is None or not drawn)
            (first if is_plain else found)[node.term] = _fill(book, node, ground.kind, with_assumptions=bool(drawn))
    return first | found


def _fill(book: RuleBook, node: Given, kind: Kind, *, with_assumptions: bool) -> Fill:
    ways = tuple(_Way(test_of(way.condition), give_of(way.value)) for way in book.or_from.get(node.term, ()))
    rest = _assumed(book, node.term, node.assume) if node.assume is not None and with_assumptions else plain_chance(node.term, kind)
    if not ways or not isinstance(kind, NumberKind):
        return rest
    low, high, term = kind.low, kind.high, node.term

    def from_parts(company: Company, uniform: Uniform) -> None:
        value = _by_parts(ways, company)
        if value is None:
            rest(company, uniform)
        else:
            company[term] = max(low, min(high, value))

    return from_parts


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which the door makes a term of its parts."""

    applies: Test
    value: Give


def _by_parts(ways: tuple[_Way, ...], company: Company) -> int | None:
    """Return what the door makes of the parts, or None where no way applies."""
    for way in ways:
        if way.applies(company):
            try:
                return way.value(company)
            except ZeroDivisionError:
                continue
    return None


def _assumed(book: RuleBook, term: str, assume: Expr) -> Fill:
    asked = {node.term for node in book.nodes if isinstance(node, Given)}
    concluded, give = [name for name in book.terms[term].reads if name not in asked], give_of(assume)

    def fill(company: Company, _: Uniform) -> None:
        company[term] = give(with_concluded(book, concluded, company))

    return fill


def plain_chance(term: str, kind: Kind) -> Fill:
    """Return a draw without knowledge: an option with equal chances; a number whose logarithm is uniform on its range."""
    if isinstance(kind, Choice):
        options = kind.options

        def choose(company: Company, uniform: Uniform) -> None:
            company[term] = options[floor(uniform() * len(options))]

        return choose
    assert isinstance(kind, NumberKind)
    low, high = kind.low, kind.high

    def measure(company: Company, uniform: Uniform) -> None:
        if low < 0 or kind.form == "date" or high - low < 10:
            company[term] = low + floor(uniform() * (high - low + 1))
        else:
            company[term] = min(high, low - 1 + floor(loguniform(1, high - low + 2, uniform)))

    return measure


def with_concluded(book: RuleBook, names: Sequence[str], company: Company) -> Company:
    """Return a company together with some concluded terms; the company itself where there are none."""
    if not names:
        return company
    values: dict[str, object] = dict(company)
    given = {term: Fact(value) for term, value in company.items()}
    for name in names:
        on_demand(book, given, name, values)
    return values  # type: ignore[return-value]


def _membership(part: Condition) -> tuple[str, frozenset[str], bool] | None:
    """Return term, options and whether it has one of them, for the simplest conditions."""
    if isinstance(part, Member):
        return part.term, part.options, True
    if isinstance(part, Opposite) and isinstance(part.part, Member):
        return part.part.term, part.part.options, False
    return None


def contradiction(book: RuleBook) -> Callable[[Company], tuple[str, ...]]:
    """Return the function that gives what the first broken constraint reads, or nothing."""
    asked = {node.term for node in book.nodes if isinstance(node, Given)}
    simple: list[tuple[tuple[tuple[str, frozenset[str], bool], ...], tuple[str, ...]]] = []
    others: list[tuple[Test, tuple[str, ...]]] = []
    for never in book.constraints:
        reads = tuple(sorted({name for cell in never.cells for name in cell.reads}))
        parts = never.condition.parts if isinstance(never.condition, Every) else (never.condition,)
        members = tuple(found for part in parts if (found := _membership(part)))
        if len(members) == len(parts):
            simple.append((members, reads))
        else:
            others.append((test_of(never.condition), reads))
    concluded = sorted({name for _, reads in (*simple, *others) for name in reads if name not in asked})

    def broken(company: Company) -> tuple[str, ...]:
        values = with_concluded(book, concluded, company)
        for members, reads in simple:
            for term, options, wanted in members:
                if (values[term] in options) != wanted:
                    break
            else:
                return reads
        return next((reads for test, reads in others if test(values)), ())

    return broken
