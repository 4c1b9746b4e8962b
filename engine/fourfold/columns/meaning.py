"""Each term of a book as a value of the graph, from one state of what is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from fourfold.columns.graph import Graph
from fourfold.columns.places import NotColumns
from fourfold.expression.kinds import Choice, Number
from fourfold.model import (
    Always,
    Among,
    Best,
    Case,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Floor,
    Gated,
    Given,
    GroundNode,
    Member,
    Opposite,
    Product,
    Ref,
    RuleBook,
    Selection,
    Share,
    Some,
    Sum,
    Table,
    ground_name,
)

MOST_OPTIONS = 250


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice: a code, or one flag per option that can be the result."""

    options: tuple[str, ...]
    code: int = -1
    flags: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Fraction:
    """A ratio: its top and its bottom."""

    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Taking:
    """What a selection took: the value that holds the walk, and the entities of its candidates."""

    walk: int
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """A share-out: the value that holds the parts, over which walk, and their sum."""

    share: int
    taking: Taking
    whole: int


@dataclass(frozen=True, slots=True)
class Several:
    """A set: one flag per option."""

    flags: tuple[tuple[str, int], ...]


Lowered = int | Chosen | Fraction | Taking | Parts | Several


@dataclass(frozen=True, slots=True)
class Failure:
    """A flag that ends a row: the code of the problem, the term or constraint where it stands."""

    code: str
    term: str
    flag: int


class Meaning:
    """Terms as values of a graph; `known` and `given` say of each asked term where it is given and what."""

    def __init__(self, graph: Graph, book: RuleBook, givers: Mapping[str, GroundNode], known: dict[str, int], given: dict[str, int | Chosen], lower: "Lower") -> None:
        """Begin with no term lowered."""
        self.graph, self.book, self.givers, self.known, self.given, self.lower = graph, book, givers, known, given, lower
        self.values: dict[str, Lowered] = {}
        self.failures: list[Failure] = []
        self.candidates: dict[str, tuple[str, ...]] = {}

    def value(self, term: str) -> Lowered:
        """Return what a term is."""
        if term not in self.values:
            self.lower(self, self.givers[term])
        return self.values[term]

    # ------------------------------------------------------------ asked terms

    def asked(self, node: Given) -> int | Chosen:
        """Return an asked term: what is given, else what is assumed."""
        graph, kind = self.graph, self.book.terms[node.term].kind
        known = self.known.get(node.term, graph.no)
        if isinstance(kind, Number):
            if known == graph.no:
                return graph.const(kind.low) if node.assume is None else self.number(node.assume)
            column = self.given[node.term]
            assert isinstance(column, int)
            return column if node.assume is None or known == graph.yes else graph.pick(known, column, self.number(node.assume))
        assert isinstance(kind, Choice)
        if known == graph.no:
            return Chosen(kind.options, flags=((kind.options[0], graph.yes),)) if node.assume is None else self.choice(node.assume, kind.options)
        chosen = self.given[node.term]
        assert isinstance(chosen, Chosen)
        return chosen if node.assume is None or known == graph.yes else self._either(known, chosen, self.choice(node.assume, kind.options))

    def _either(self, known: int, chosen: Chosen, assumed: Chosen) -> Chosen:
        graph = self.graph
        if chosen.code < 0:
            flags = tuple((option, graph.or_(graph.and_(known, self.option(chosen, option)), graph.and_(graph.not_(known), self.option(assumed, option)))) for option in chosen.options[1:])
            rest = graph.not_(graph.or_(*(flag for _, flag in flags)))
            return Chosen(chosen.options, flags=((chosen.options[0], rest), *flags))
        code = graph.place("pick code", (known, chosen.code, self.code(assumed, chosen.options)), None, 0, len(chosen.options) - 1)
        return Chosen(chosen.options, code)

    # ------------------------------------------------------------ choices

    def option(self, chosen: Chosen, *options: str) -> int:
        """Return the flag that a choice has one of these options."""
        if chosen.code >= 0:
            mask = sum(1 << place for place, option in enumerate(chosen.options) if option in options)
            return self.graph.member(chosen.code, mask, len(chosen.options))
        return self.graph.or_(*(flag for option, flag in chosen.flags if option in options))

    def code(self, chosen: Chosen, options: tuple[str, ...]) -> int:
        """Return the place of the option of a choice among options."""
        if chosen.code >= 0 and chosen.options == options:
            return chosen.code
        flags = [(self.option(chosen, option), place) for place, option in enumerate(options)]
        sure = [place for flag, place in flags if flag == self.graph.yes]
        if sure:
            return self.graph.const(sure[0])
        kept = [(flag, place) for flag, place in flags if place and flag != self.graph.no]
        if not kept:
            return self.graph.const(0)
        return self.graph.place("code of", tuple(flag for flag, _ in kept), tuple(place for _, place in kept), 0, len(options) - 1)

    def chosen(self, term: str) -> Chosen:
        """Return a term that is a choice."""
        found = self.value(term)
        assert isinstance(found, Chosen)
        return found

    def choice(self, node: Expr, options: tuple[str, ...]) -> Chosen:
        """Return an expression whose value is an option."""
        match node:
            case Const():
                return Chosen(options, flags=((str(node.value), self.graph.yes),))
            case Ref():
                return self.chosen(node.term)
            case Case():
                over, found = self.chosen(node.term), dict[str, list[int]]()
                for branch, part in node.branches:
                    inner = self.choice(part, options)
                    for option in options:
                        found.setdefault(option, []).append(self.graph.and_(self.option(over, branch), self.option(inner, option)))
                return Chosen(options, flags=tuple((option, self.graph.or_(*flags)) for option, flags in found.items()))
            case _:
                raise NotColumns("a choice that is computed")

    # ------------------------------------------------------------ numbers

    def number(self, node: Expr) -> int:
        """Return the value of an expression."""
        graph = self.graph
        match node:
            case Const():
                return graph.const(int(node.value))
            case Ref():
                found = self.value(node.term)
                if isinstance(found, Parts):
                    return found.whole
                assert isinstance(found, int)
                return found
            case Sum():
                return graph.add(*(self.number(part) for part in node.parts))
            case Product():
                return graph.mul(self.number(node.left), self.number(node.right))
            case Best():
                return graph.best(node.largest, [self.number(part) for part in node.parts])
            case Gated():
                return graph.pick(self.holds(node.condition), self.number(node.part), graph.const(0))
            case Floor():
                return graph.floor(self.number(node.top), self.number(node.bottom))
            case Case():
                return self._case(node)
            case Among():
                return self._among(node)
            case _:
                assert_never(node)

    def _case(self, node: Case) -> int:
        graph, over = self.graph, self.chosen(node.term)
        branches = dict(node.branches)
        parts = {option: self.number(branches[option]) for option in over.options if option in branches}
        fixed = {option: graph.fixed(part) for option, part in parts.items()}
        if None not in fixed.values() and over.code >= 0:
            return graph.lut(over.code, tuple(fixed.get(option) or 0 for option in over.options))
        groups: dict[int, list[str]] = {}
        for option, part in parts.items():
            groups.setdefault(part, []).append(option)
        (rest, _), *others = groups.items()
        if None not in fixed.values():
            return graph.choose([(self.option(over, *options), graph.low[part]) for part, options in others], graph.low[rest])
        for part, options in others:
            rest = graph.pick(self.option(over, *options), part, rest)
        return rest

    def _among(self, node: Among) -> int:
        graph = self.graph
        members = [(self.holds(condition), self.number(part)) for condition, part in node.members]
        members = [(flag, part) for flag, part in members if flag != graph.no]
        none = self.number(node.none)
        if not members:
            return none
        parts = [part for _, part in members]
        edge = min(graph.low[part] for part in parts) - 1 if node.largest else max(graph.high[part] for part in parts) + 1
        held = [graph.pick(flag, part, graph.const(edge)) for flag, part in members]
        return graph.pick(graph.or_(*(flag for flag, _ in members)), graph.best(node.largest, held), none)

    # ------------------------------------------------------------ conditions

    def holds(self, node: Condition) -> int:
        """Return the flag of a condition."""
        graph = self.graph
        match node:
            case Always():
                return graph.flag(node.holds)
            case Member():
                return self.option(self.chosen(node.term), *node.options)
            case Compare():
                return COMPARED[node.operator](graph, self.number(node.left), self.number(node.right))
            case Every():
                return graph.and_(*(self.holds(part) for part in node.parts))
            case Some():
                return graph.or_(*(self.holds(part) for part in node.parts))
            case Opposite():
                return graph.not_(self.holds(node.part))
            case _:
                assert_never(node)


Lower = Callable[[Meaning, GroundNode], None]
COMPARED: dict[str, Callable[[Graph, int, int], int]] = {
    ">=": lambda graph, left, right: graph.compared(left, right),
    "<=": lambda graph, left, right: graph.compared(right, left),
    "<": lambda graph, left, right: graph.not_(graph.compared(left, right)),
    ">": lambda graph, left, right: graph.not_(graph.compared(right, left)),
    "=": lambda graph, left, right: graph.equal(left, right),
}


def givers_of(book: RuleBook) -> dict[str, GroundNode]:
    """Return the node that gives each ground term, members of sets and parts of shares included."""
    found: dict[str, GroundNode] = {}
    for node in book.nodes:
        found[node.term] = node
        members: tuple[str, ...] = ()
        if isinstance(node, Table) and node.policy == "all":
            members = node.options
        elif isinstance(node, Selection):
            members = node.entities
        elif isinstance(node, Share):
            members = tuple(entity for entity, _ in node.weights)
        for member in members:
            found[ground_name(node.term, member)] = node
    return found
