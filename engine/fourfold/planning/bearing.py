"""Whether old or weak figures of the knowledge bear on the strategy: proven over their range, or whatever they are.

A figure acts through the terms that are computed from it. Such a term is opened as far as the figure's range can
move it, and everything behind it is computed with possible values. A term whose formula only adds, multiplies, divides
by a number and takes the highest or lowest moves at most by the factor that the figure moves by (all values being 0 or
more); of any other term every value is taken to be possible. So "stands" is a proof, and "open" is no claim.
"""

from collections.abc import Mapping

from fourfold.decide import Values, holds
from fourfold.expression.kinds import Choice, Number
from fourfold.expression.nodes import Binary, Extreme, Literal, Word
from fourfold.flips import Cone
from fourfold.model import Given, GroundNode, GroundOrFrom, Value
from fourfold.narrow import gives, reads
from fourfold.planning.view import Data, View
from fourfold.possible import Open, interval, only, open_again

WITHOUT, RANGE, OPEN, UNUSED = "without", "range", "open", "unused"


class Bearing:
    """What figures can do to the strategy of one company."""

    def __init__(self, view: View, cone: Cone) -> None:
        """Find which terms are computed from which figures, for this company."""
        self.view, self.cone = view, cone
        known = view.facts.known
        self.everything = only(view.decision.values)
        self.base = {name: value for name, value in self.everything.items() if name in cone.terms}
        self.strategy = self.base[cone.term]
        self.inputs = [(node, reads(node)) for node in cone.nodes if not (isinstance(node, Given) and node.term in known)]
        self.behind: dict[frozenset[str], tuple[GroundNode, ...]] = {}
        self.used: dict[str, list[str]] = {}
        for node, _ in self.inputs:
            for figure in view.book.terms[node.term].knowledge:
                self.used.setdefault(figure, []).append(node.term)
        # the ways by which answers were computed at the door, and the assumed parts of them by figure
        self.ways = [(term, way) for term, ways in view.book.or_from.items() if term in known and known[term].origin == "door" for way in ways if self._applies(way)]
        self.parts: dict[str, set[str]] = {}
        for part in {name for _, way in self.ways for name in way.reads if name not in known and name in self.everything}:
            for figure in view.book.terms[part].knowledge:
                self.parts.setdefault(figure, set()).add(part)

    def _applies(self, way: GroundOrFrom) -> bool:
        values: Values = dict(self.view.decision.values)
        return all(name in values for name in (*way.where, *way.reads)) and holds(way.condition, values)

    def of(self, name: str, value: Value) -> str:
        """Return what a figure does: nothing ("unused"), nothing whatever it is ("without"), nothing within its range ("range"), or "open"."""
        anyhow = self._moved(name, None)
        if not anyhow:
            return UNUSED
        return WITHOUT if self._stands(anyhow) else RANGE if self._stands(self._moved(name, value)) else OPEN

    def together(self, figures: Mapping[str, Value]) -> bool:
        """Return whether the strategy stands with all of some figures anywhere in their ranges at once."""
        factors: dict[str, tuple[float, float] | None] = {}
        moved: Open = {}
        for name, value in figures.items():
            for term in self.used.get(name, ()):
                one, before = self._factors(term, value), factors.get(term, (1.0, 1.0))
                factors[term] = None if one is None or before is None else (one[0] * before[0], one[1] * before[1])
            at_door = self._at_door(name, value)
            moved |= {term: self._opened(term, None) if term in moved else ends for term, ends in at_door.items()}
        return self._stands(moved | {term: self._opened(term, one) for term, one in factors.items()})

    def _moved(self, name: str, value: Value | None) -> Open:
        """Return the terms that a figure moves with what they may be over its range, or over anything."""
        return {term: self._opened(term, self._factors(term, value)) for term in self.used.get(name, ())} | self._at_door(name, value)

    def _factors(self, term: str, value: Value | None) -> tuple[float, float] | None:
        """Return by which factors a term can move over the range of a figure; None: anyhow."""
        if value is None or not isinstance(value.value, int) or value.value <= 0 or value.low is None or value.high is None or value.low < 0 or not self._is_scaling(term):
            return None
        return (min(1.0, value.low / value.value), max(1.0, value.high / value.value))

    def _at_door(self, name: str, value: Value | None) -> Open:
        """Return the terms computed at the door from assumed parts that rest on a figure, with what they may be."""
        parts = self.parts.get(name, ())
        opened: Open = {part: self._opened(part, self._factors(part, value)) for part in parts}
        for _ in range(len(self.ways)):
            for term, way in self.ways:
                if not opened.keys().isdisjoint(way.reads) and term not in opened:
                    values = self.everything | opened
                    low, high = interval(way.value, values)
                    kind = self.view.book.terms[term].kind
                    assert isinstance(kind, Number)
                    opened[term] = (max(kind.low, min(kind.high, low)), max(kind.low, min(kind.high, high)))
        return {term: ends for term, ends in opened.items() if term in self.base and term not in parts}

    def _is_scaling(self, term: str) -> bool:
        """Return whether a term moves at most by the factor by which one of its figures moves."""
        book, ground = self.view.book, self.view.book.terms[term]
        if not isinstance(ground.kind, Number) or any(isinstance(kind := book.terms[name].kind, Number) and kind.low < 0 for name in ground.reads if name in book.terms):
            return False
        formulas = [expr for formula in book.content.formulas if formula.name.rpartition(".")[2] == ground.source and formula.form == "is" for expr in formula.expressions]
        assumed = [item.assume for item in book.content.terms if item.name == ground.source and item.assume is not None]
        found = formulas or assumed
        return bool(found) and all(_scales(expr.node) for expr in found)

    def _stands(self, moved: Open) -> bool:
        """Return whether the strategy is the same for all values that some terms can take."""
        values: Open = self.base | moved
        for node in self._behind(frozenset(moved)):
            if isinstance(node, Given) and node.assume is not None and isinstance(self.view.book.terms[node.term].kind, Number):
                values[node.term] = interval(node.assume, values)
            else:
                open_again((node,), self.view.book, {}, values)
        return values[self.cone.term] == self.strategy

    def _opened(self, term: str, factors: tuple[float, float] | None) -> object:
        kind, now = self.view.book.terms[term].kind, self.everything.get(term)
        if isinstance(kind, Choice):
            return frozenset(kind.options)
        ground = self.view.book.terms[term]
        low, high = (kind.low, kind.high) if isinstance(kind, Number) and kind.low < kind.high else (ground.low, ground.high)
        if factors is None or not isinstance(now, tuple):
            return (low, high)
        return (int(now[0] * factors[0]), int((now[1] + 1) * factors[1]) + 1)

    def _behind(self, terms: frozenset[str]) -> tuple[GroundNode, ...]:
        """Return the nodes that rest on some terms, without these; what was answered rests on nothing."""
        if terms not in self.behind:
            reached, found = set(terms), []
            for node, inputs in self.inputs:
                if node.term not in terms and not reached.isdisjoint(inputs):
                    reached.update(gives(node))
                    found.append(node)
            self.behind[terms] = tuple(found)
        return self.behind[terms]


def _scales(node: object) -> bool:
    match node:
        case Literal() | Word():
            return True
        case Binary():
            return (node.operator in "+*" or (node.operator == "/" and isinstance(node.right, Literal))) and _scales(node.left) and _scales(node.right)
        case Extreme():
            return all(_scales(part) for part in node.parts)
        case _:
            return False


def weak_figures(view: View, used: Mapping[str, Value], stale_years: int) -> dict[str, Value]:
    """Return the figures in use that are of low confidence or past their date."""
    found = {}
    for name, value in used.items():
        year = value.origin.date[:4]
        is_old = not value.origin.is_estimate and year.isdigit() and view.as_of.year - int(year) > stale_years
        if isinstance(value.value, int) and (is_old or value.origin.confidence == "low"):
            found[name] = value
    return found


def bearing_of(view: View, cone: Cone, used: Mapping[str, Value], stale_years: int) -> Data:
    """Return for each old or weak figure what it does to the strategy, and whether all of them together leave it as it is."""
    bearing = Bearing(view, cone)
    weak = weak_figures(view, used, stale_years)
    states = {name: bearing.of(name, value) for name, value in weak.items()}
    counts = {state: sum(other == state for other in states.values()) for state in (UNUSED, WITHOUT, RANGE, OPEN)}
    return {"figures": states, "counts": counts, "together": bearing.together(weak)}
