"""The columns that come in, as values of the graph."""

from collections.abc import Mapping

from fourfold.columns.graph import Graph
from fourfold.columns.meaning import MOST_OPTIONS, Chosen
from fourfold.columns.places import NotColumns
from fourfold.expression.kinds import YES_NO, Choice, Number
from fourfold.model import Given, RuleBook

FIXED = ("as_of", "currency")
Ranges = Mapping[str, tuple[int, int]]


def lower_inputs(graph: Graph, book: RuleBook, present: frozenset[str], masked: frozenset[str], ranges: Ranges) -> tuple[dict[str, int], dict[str, int | Chosen]]:
    """Return, by asked term that is given, the flag that it is known, and its value; day and currency are the book's.

    `ranges` narrows the declared range of columns of numbers to what the data really hold.
    """
    known: dict[str, int] = {}
    given: dict[str, int | Chosen] = {}
    for node in book.nodes:
        if not isinstance(node, Given):
            continue
        term, kind = node.term, book.terms[node.term].kind
        if term in FIXED:
            known[term] = graph.yes
            given[term] = graph.const(book.as_of) if isinstance(kind, Number) else Chosen(_options(kind), flags=((book.currency, graph.yes),))
        elif term in present:
            known[term] = graph.place("known", (), term, 0, 1) if term in masked else graph.yes
            given[term] = _column(graph, term, kind, ranges)
    return known, given


def _options(kind: object) -> tuple[str, ...]:
    assert isinstance(kind, Choice)
    return kind.options


def _column(graph: Graph, term: str, kind: object, ranges: Ranges) -> int | Chosen:
    if isinstance(kind, Number):
        return graph.place("column", (), term, *ranges.get(term, (kind.low, kind.high)))
    options = _options(kind)
    if options == YES_NO.options:
        flag = graph.place("flag column", (), term, 0, 1)
        return Chosen(options, flags=(("false", graph.not_(flag)), ("true", flag)))
    if len(options) > MOST_OPTIONS:
        raise NotColumns(f"a choice with more than {MOST_OPTIONS} options", term)
    if len(options) == 1:
        return Chosen(options, flags=((options[0], graph.yes),))
    return Chosen(options, graph.place("code", (), term, 0, len(options) - 1))
