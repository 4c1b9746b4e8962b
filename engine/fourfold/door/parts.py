"""`or from`: terms that are known by their parts."""

from collections.abc import Callable
from functools import partial

from fourfold.decide import Values, holds, number, on_demand
from fourfold.door.state import Door, plain_text
from fourfold.expression.kinds import Number
from fourfold.model import Fact, GroundOrFrom, RuleBook
from fourfold.suggest import listed


def compute_parts(door: Door) -> None:
    """Compute each term that may be known by its parts, as long as that gives something new."""
    found = True
    while found:
        found = False
        for term, ways in door.book.or_from.items():
            if term not in door.known:
                fact = _from_parts(door, term, ways)
                if fact is not None:
                    door.known[term] = fact
                    found = True


def _from_parts(door: Door, term: str, ways: tuple[GroundOrFrom, ...]) -> Fact | None:
    results: dict[int, Fact] = {}
    for way in ways:
        fact = _one_way(door, term, way)
        if fact is not None:
            results.setdefault(int(fact.value), fact)
    if len(results) > 1:
        door.problems.add("F308", f"two ways to compute `{term}` from the answers disagree: {', '.join(_plain_any(door, term, value) for value in results)}")
    return next(iter(results.values()), None)


def _plain_any(door: Door, term: str, value: int) -> str:
    kind = door.kinds[term]
    return plain_text(kind, value) if isinstance(kind, Number) else str(value)


def _one_way(door: Door, term: str, way: GroundOrFrom) -> Fact | None:
    book, kind = door.book, door.kinds[term]
    given = [name for name in way.reads if name in door.known]
    if not given or not all(name in door.known or name in way.may_assume for name in way.reads):
        return None
    values: Values = {}
    demand: Callable[[str], object] = partial(_demanded, book, door.known, values)
    if any(demand(name) is None for name in (*way.reads, *way.where)) or not holds(way.condition, values):
        return None
    try:
        value = number(way.value, values)
    except ZeroDivisionError:
        return None
    assumed = [name for name in way.reads if name not in door.known]
    note = f"{way.text}" + (f", with {listed(assumed)} assumed" if assumed else "")
    assert isinstance(kind, Number)
    held = max(kind.low, min(kind.high, value))
    if held != value:
        note += f"; gives {plain_text(kind, value)}, held within the range of `{term}`"
    return Fact(held, "door", note=note)


def _demanded(book: RuleBook, known: dict[str, Fact], values: Values, name: str) -> object:
    return on_demand(book, known, name, values)
