"""`or from` as columns: the passes that the door makes, one after the other, for all rows at once."""

from dataclasses import dataclass, field

from fourfold.columns.graph import Graph
from fourfold.columns.meaning import Chosen, Failure, Meaning
from fourfold.model import Among, Best, Case, Expr, Floor, Gated, Given, GroundOrFrom, Product, Sum, number_kind


@dataclass
class Opened:
    """What is known behind the door, what ends a row at it, and what sends a row to the referee."""

    known: dict[str, int]
    given: dict[str, int | Chosen]
    failures: list[Failure] = field(default_factory=list)
    slow: list[int] = field(default_factory=list)


def lower_door(before: Meaning) -> Opened:
    """Return what is known when every term has been computed that may be known by its parts.

    The door goes over these terms again and again until nothing new is found; a term found once stays.
    A term is looked at again only where something that its ways may read has changed since.
    """
    graph, book = before.graph, before.book
    opened = Opened(dict(before.known), dict(before.given))
    cones = {term: _cone(before, ways) for term, ways in book.or_from.items()}
    fresh = dict.fromkeys(book.or_from, True)
    # WHY: each pass of a row but its last finds a term, so there are never more passes than terms
    for _ in book.or_from:
        for term, ways in book.or_from.items():
            if not fresh[term]:
                continue
            fresh[term] = False
            if opened.known.get(term, graph.no) == graph.yes:
                continue
            meaning = Meaning(graph, book, before.givers, opened.known, opened.given, before.lower)
            if _found(meaning, term, ways, opened):
                for other, cone in cones.items():
                    fresh[other] = fresh[other] or (term in cone and other != term)
            opened.slow += [failure.flag for failure in meaning.failures]
    return opened


def _cone(meaning: Meaning, ways: tuple[GroundOrFrom, ...]) -> set[str]:
    found: set[str] = set()
    left = [name for way in ways for name in (*way.reads, *way.where)]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += meaning.book.terms[name].reads
    return found


def _found(meaning: Meaning, term: str, ways: tuple[GroundOrFrom, ...], opened: Opened) -> bool:
    """Add what the ways of a term give where it is not known; return whether they may give anything."""
    graph = meaning.graph
    kind = number_kind(meaning.book.terms[term].kind)
    low, high = kind.low, kind.high
    unknown = graph.not_(opened.known.get(term, graph.no))
    results = [(graph.and_(unknown, flag), value) for flag, value in (_way(meaning, way, low, high) for way in ways) if graph.and_(unknown, flag) != graph.no]
    if not results:
        return False
    clash = [graph.and_(flag, other, graph.not_(graph.equal(value, second))) for place, (flag, value) in enumerate(results) for other, second in results[:place]]
    if graph.or_(*clash) != graph.no:
        opened.failures.append(Failure("F308", term, graph.or_(*clash)))
    value = opened.given.get(term, graph.const(low))
    assert isinstance(value, int)
    for flag, result in reversed(results):
        value = graph.pick(flag, result, value)
    opened.known[term] = graph.or_(opened.known.get(term, graph.no), *(flag for flag, _ in results))
    opened.given[term] = value
    return True


def _way(meaning: Meaning, way: GroundOrFrom, low: int, high: int) -> tuple[int, int]:
    """Return whether a way gives a value, and which."""
    graph, known = meaning.graph, meaning.known
    given = {name: known.get(name, graph.no) for name in way.reads}
    flags = [graph.or_(*given.values()), *(given[name] for name in way.reads if name not in way.may_assume)]
    flags += [available(meaning, name) for name in (*way.reads, *way.where)]
    if graph.and_(*flags) == graph.no:
        return graph.no, graph.const(low)
    flag = graph.and_(*flags, meaning.holds(way.condition), graph.not_(_by_zero(meaning, way.value)))
    value = graph.best(False, [graph.best(True, [meaning.number(way.value), graph.const(low)]), graph.const(high)])
    return flag, value


def available(meaning: Meaning, name: str) -> int:
    """Return whether a term has a value at the door: given, or assumed or concluded from what has one."""
    graph, node = meaning.graph, meaning.givers.get(name)
    known = meaning.known.get(name, graph.no)
    if known == graph.yes or node is None or (isinstance(node, Given) and node.assume is None):
        return known
    return graph.or_(known, graph.and_(*(available(meaning, part) for part in meaning.book.terms[name].reads)))


def _by_zero(meaning: Meaning, node: Expr) -> int:
    """Return whether computing an expression divides by 0."""
    graph: Graph = meaning.graph
    match node:
        case Floor():
            return graph.or_(graph.equals(meaning.number(node.bottom), 0), _by_zero(meaning, node.top), _by_zero(meaning, node.bottom))
        case Sum() | Best():
            return graph.or_(*(_by_zero(meaning, part) for part in node.parts))
        case Product():
            return graph.or_(_by_zero(meaning, node.left), _by_zero(meaning, node.right))
        case Gated():
            return graph.and_(meaning.holds(node.condition), _by_zero(meaning, node.part))
        case Case():
            return graph.or_(*(graph.and_(meaning.option(meaning.chosen(node.term), option), _by_zero(meaning, part)) for option, part in node.branches))
        case Among():
            return graph.or_(*(_by_zero(meaning, part) for _, part in node.members), _by_zero(meaning, node.none))
        case _:
            return graph.no
