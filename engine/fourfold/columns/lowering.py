"""A rule book lowered to a graph: each node in its order, the door before them, the constraints behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourfold.columns.door import Opened, lower_door
from fourfold.columns.graph import Graph
from fourfold.columns.inputs import Ranges, lower_inputs
from fourfold.columns.meaning import Failure, Fraction, Meaning, givers_of
from fourfold.columns.picks import lower_selection, lower_share
from fourfold.columns.places import NARROW_WORD, NotColumns
from fourfold.columns.tables import lower_table
from fourfold.model import Formula, Given, GroundNode, RatioOf, RuleBook, Selection, Share, Table

Candidates = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lowered:
    """A book as a graph: what each term is, what ends a row (in the order of the referee), what sends it to the referee."""

    graph: Graph
    meaning: Meaning
    failures: tuple[Failure, ...]
    slow: tuple[int, ...] = field(default=())


def lower(meaning: Meaning, node: GroundNode) -> None:
    """Give the values of one node to the meaning."""
    if node.term in meaning.values:
        return
    try:
        match node:
            case Given():
                meaning.values[node.term] = meaning.asked(node)
            case Formula():
                meaning.values[node.term] = meaning.number(node.value)
            case RatioOf():
                meaning.values[node.term] = Fraction(meaning.number(node.top), meaning.number(node.bottom))
            case Table():
                lower_table(meaning, node)
            case Selection():
                lower_selection(meaning, node)
            case Share():
                lower_share(meaning, node)
    except NotColumns as fault:
        raise NotColumns(fault.reason, fault.term or node.term) from None


def lower_book(book: RuleBook, present: frozenset[str], masked: frozenset[str], ranges: Ranges | None = None, candidates: Candidates | None = None) -> Lowered:
    """Return a book as a graph for companies of whom the terms `present` are given, those in `masked` not for all.

    With `ranges` the numbers are known to lie closer together than declared; `candidates` are then those of each
    selection by the declared ranges, so that places mean the same in both.

    Raises NotColumns with the term whose meaning cannot be said in columns.
    """
    meaning, door = _entered(book, present, masked, ranges)
    graph = meaning.graph
    missing = [Failure("F309", node.term, graph.not_(door.known.get(node.term, graph.no))) for node in book.nodes if isinstance(node, Given) and node.is_required]
    meaning.candidates = dict(candidates or {})
    for node in book.nodes:
        lower(meaning, node)
    broken = [Failure("F301", never.name, meaning.holds(never.condition)) for never in book.constraints]
    failures = (*door.failures, *missing, *meaning.failures, *broken)
    return Lowered(graph, meaning, tuple(item for item in failures if item.flag != graph.no), (*door.slow, *graph.guards))


def lower_on_demand(book: RuleBook, present: frozenset[str]) -> Meaning:
    """Return a book for companies of whom some of the terms `present` are given, of which nothing is lowered before it is asked for."""
    return _entered(book, present, present, None)[0]


def _entered(book: RuleBook, present: frozenset[str], masked: frozenset[str], ranges: Ranges | None) -> tuple[Meaning, Opened]:
    graph, givers = Graph(), givers_of(book)
    if ranges is not None:
        graph.word = NARROW_WORD
    known, given = lower_inputs(graph, book, present, masked, ranges or {})
    door = lower_door(Meaning(graph, book, givers, known, given, lower))
    return Meaning(graph, book, givers, door.known, door.given, lower), door
