"""What can still follow where some answers are open, for columns of companies: intervals and sets of options at every value of the graph.

Sound, not exact, as `possible.py` is for one company: the answer of every completion is among what is found. Numbers are
floats, which hold whole numbers up to 2^53; beyond that both ends are widened by more than a float can be wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fourfold.batching.tables import Array
from fourfold.columns.graph import Graph
from fourfold.columns.lowering import lower_book
from fourfold.columns.meaning import Chosen
from fourfold.columns.places import FLAGS, NotColumns
from fourfold.model import RuleBook

EXACT = float(2**52)
WIDER = 1e-13
MOST_OPTIONS = 63
Pair = tuple[Array, Array]


@dataclass(frozen=True, slots=True)
class Given:
    """A column: both ends of numbers, or masks of options; where it is certainly given, and where it may be."""

    low: Array
    high: Array
    is_known: Array
    may_be: Array


class OpenColumns:
    """The part of a book that one answer rests on, as a graph that is walked with open answers."""

    def __init__(self, book: RuleBook, target: str, present: frozenset[str]) -> None:
        """Lower the book for companies of whom the terms `present` may be given; raises NotColumns as the columns do."""
        lowered = lower_book(book, present, present)
        self.graph: Graph = lowered.graph
        value = lowered.meaning.value(target)
        assert isinstance(value, Chosen)
        self.options = value.options
        self.ends = [lowered.meaning.option(value, option) for option in value.options]
        self.needed = self._needed()
        self.reads = frozenset(str(self.graph.data[at]) for at in self.needed if self.graph.names[at] in ("known", "column", "flag column", "code"))
        if any(self.graph.names[at] in ("select", "share", "taken", "part", "taken of", "taken sum") for at in self.needed):
            raise NotColumns("an answer that rests on a selection", target)
        if any(self.graph.high[at] >= MOST_OPTIONS for at in self.needed if self.graph.names[at] in ("code", "code of", "pick code")):
            raise NotColumns(f"a choice with more than {MOST_OPTIONS} options", target)

    def _needed(self) -> list[int]:
        found: set[int] = set()
        left = list(self.ends)
        while left:
            at = left.pop()
            if at not in found:
                found.add(at)
                left += self.graph.args[at]
        return sorted(found)

    def possible(self, given: Mapping[str, Given], size: int) -> Array:
        """Return for each row the mask of the options that can still follow."""
        last: dict[int, int] = {}
        for at in self.needed:
            for part in self.graph.args[at]:
                last[part] = at
        kept: dict[int, Pair] = {}
        walk = _Walk(self.graph, given, size, kept)
        mask = np.zeros(size, np.uint8)
        for at in self.needed:
            kept[at] = walk.value(at)
            for part in self.graph.args[at]:
                if last[part] == at and part not in self.ends:
                    kept.pop(part, None)
        for place, at in enumerate(self.ends):
            mask |= kept[at][1].astype(np.uint8) << np.uint8(place)
        return mask


class _Walk:
    """Values of the graph one after the other: flags as (certain, possible), numbers as (low, high), codes as masks of options."""

    def __init__(self, graph: Graph, given: Mapping[str, Given], size: int, kept: dict[int, Pair]) -> None:
        self.graph, self.given, self.size, self.kept = graph, given, size, kept

    def value(self, at: int) -> Pair:
        """Return one value."""
        name, args = self.graph.names[at], self.graph.args[at]
        simple = _SIMPLE.get(name)
        if simple is not None:
            return simple(self, at, *(self.kept[part] for part in args))
        found = _SEVERAL[name](self, at, [self.kept[part] for part in args])
        return self.within(at, found) if name in ("lin", "max", "min", "choose") else found

    def within(self, at: int, pair: Pair) -> Pair:
        """Return ends widened where floats are not exact, and held within the declared bounds."""
        low, high = pair
        if max(abs(self.graph.low[at]), abs(self.graph.high[at])) > EXACT:
            low, high = low - np.abs(low) * WIDER, high + np.abs(high) * WIDER
        return np.maximum(low, float(self.graph.low[at])), np.minimum(high, float(self.graph.high[at]))

    def number(self, pair: Pair, at: int) -> Pair:
        """Return a value as a number: flags count 1."""
        if self.graph.names[at] in FLAGS:
            return pair[0].astype(np.float64), pair[1].astype(np.float64)
        return pair

    def fill(self, low: float, high: float, kind: type) -> Pair:
        """Return the same ends for all rows."""
        return np.full(self.size, low, kind), np.full(self.size, high, kind)


def _constant(walk: _Walk, at: int) -> Pair:
    if walk.graph.names[at] == "flag":
        return walk.fill(at == walk.graph.yes, at == walk.graph.yes, np.bool_)
    return walk.fill(walk.graph.low[at], walk.graph.low[at], np.float64)


def _column(walk: _Walk, at: int) -> Pair:
    given = walk.given[walk.graph.data[at]]
    return given.low.astype(np.float64), given.high.astype(np.float64)


def _flag_column(walk: _Walk, at: int) -> Pair:
    given = walk.given[walk.graph.data[at]]
    return given.low == 2, (given.low & 2) != 0


def _code(walk: _Walk, at: int) -> Pair:
    mask = walk.given[walk.graph.data[at]].low
    return mask, mask


def _masked(pair: Pair, walk: _Walk, at: int) -> Array:
    """Return a code as a mask of options; a constant is a code too."""
    if walk.graph.names[at] == "const":
        return np.full(walk.size, 1 << walk.graph.low[at], np.int64)
    return pair[0]


def _member(walk: _Walk, at: int, code: Pair) -> Pair:
    mask, _ = walk.graph.options(at)
    options = _masked(code, walk, walk.graph.args[at][0])
    return (options & ~np.int64(mask)) == 0, (options & np.int64(mask)) != 0


def _pick_code(walk: _Walk, at: int, known: Pair, code: Pair, assumed: Pair) -> Pair:
    _, one, other = walk.graph.args[at]
    found = np.where(known[1], _masked(code, walk, one), 0) | np.where(known[0], 0, _masked(assumed, walk, other))
    return found, found


def _code_of(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    """Return the options whose flags may hold; place 0 where it may be that none does."""
    found = np.zeros(walk.size, np.int64)
    none = np.ones(walk.size, np.bool_)
    for place, (certain, maybe) in zip(walk.graph.data[at], parts, strict=True):
        found |= np.where(maybe, np.int64(1 << place), np.int64(0))
        none &= ~certain
    return found | np.where(none, np.int64(1), np.int64(0)), found


def _all(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    del walk, at
    certain, maybe = parts[0]
    for one, other in parts[1:]:
        certain, maybe = certain & one, maybe & other
    return certain, maybe


def _any(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    del walk, at
    certain, maybe = parts[0]
    for one, other in parts[1:]:
        certain, maybe = certain | one, maybe | other
    return certain, maybe


def _at_least(walk: _Walk, at: int, number: Pair) -> Pair:
    bound = float(walk.graph.divisor(at))
    return number[0] >= bound, number[1] >= bound


def _equals(walk: _Walk, at: int, number: Pair) -> Pair:
    value = float(walk.graph.divisor(at))
    return (number[0] == value) & (number[1] == value), (number[0] <= value) & (number[1] >= value)


def _compared(walk: _Walk, at: int, left: Pair, right: Pair) -> Pair:
    one, other = walk.graph.args[at]
    left, right = walk.number(left, one), walk.number(right, other)
    return left[0] >= right[1], left[1] >= right[0]


def _same(walk: _Walk, at: int, left: Pair, right: Pair) -> Pair:
    one, other = walk.graph.args[at]
    left, right = walk.number(left, one), walk.number(right, other)
    return (left[0] == left[1]) & (right[0] == right[1]) & (left[0] == right[0]), (left[0] <= right[1]) & (left[1] >= right[0])


def _sum(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    *factors, constant = walk.graph.table(at)
    low, high = walk.fill(constant, constant, np.float64)
    for place, factor, pair in zip(walk.graph.args[at], factors, parts, strict=True):
        ends = walk.number(pair, place)
        low += ends[0] * factor if factor > 0 else ends[1] * factor
        high += ends[1] * factor if factor > 0 else ends[0] * factor
    return low, high


def _product(walk: _Walk, at: int, left: Pair, right: Pair) -> Pair:
    ends = [a * b for a in left for b in right]
    return walk.within(at, (np.minimum.reduce(ends), np.maximum.reduce(ends)))


def _floor(walk: _Walk, at: int, top: Pair) -> Pair:
    below = float(walk.graph.divisor(at))
    pair = walk.number(top, walk.graph.args[at][0])
    return walk.within(at, (np.floor(pair[0] / below), np.floor(pair[1] / below)))


def _quotient(walk: _Walk, at: int, top: Pair, bottom: Pair) -> Pair:
    """Return a quotient of numbers rounded down; where the bottom may be 0 or less, all that the bounds allow."""
    one, other = walk.graph.args[at]
    top, bottom = walk.number(top, one), walk.number(bottom, other)
    sure = bottom[0] > 0
    low, high = np.where(sure, bottom[0], 1.0), np.where(sure, bottom[1], 1.0)
    ends = [np.floor(a / b) for a in top for b in (low, high)]
    lowest, highest = np.minimum.reduce(ends), np.maximum.reduce(ends)
    zero = (bottom[0] == 0) & (bottom[1] == 0)
    lowest = np.where(sure, lowest, np.where(zero, 0.0, float(walk.graph.low[at])))
    highest = np.where(sure, highest, np.where(zero, 0.0, float(walk.graph.high[at])))
    return walk.within(at, (lowest, highest))


def _largest(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    pairs = [walk.number(pair, place) for place, pair in zip(walk.graph.args[at], parts, strict=True)]
    return np.maximum.reduce([low for low, _ in pairs]), np.maximum.reduce([high for _, high in pairs])


def _smallest(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    pairs = [walk.number(pair, place) for place, pair in zip(walk.graph.args[at], parts, strict=True)]
    return np.minimum.reduce([low for low, _ in pairs]), np.minimum.reduce([high for _, high in pairs])


def _either(flag: Pair, then: Pair, rest: Pair) -> Pair:
    low = np.where(flag[0], then[0], np.where(flag[1], np.minimum(then[0], rest[0]), rest[0]))
    high = np.where(flag[0], then[1], np.where(flag[1], np.maximum(then[1], rest[1]), rest[1]))
    return low, high


def _gate(walk: _Walk, at: int, flag: Pair, then: Pair) -> Pair:
    zero = np.zeros(walk.size)
    return _either(flag, walk.number(then, walk.graph.args[at][1]), (zero, zero))


def _pick(walk: _Walk, at: int, flag: Pair, then: Pair, rest: Pair) -> Pair:
    _, one, other = walk.graph.args[at]
    return _either(flag, walk.number(then, one), walk.number(rest, other))


def _looked_up(walk: _Walk, at: int, code: Pair) -> Pair:
    table = np.array(walk.graph.table(at), np.float64)
    options = _masked(code, walk, walk.graph.args[at][0])
    single = (options & (options - 1)) == 0
    place = np.zeros(walk.size, np.int64)
    place[single] = np.clip(np.log2(np.maximum(options[single], 1)).astype(np.int64), 0, len(table) - 1)
    low = high = table[place]
    if not single.all():
        low, high = low.copy(), high.copy()
        for mask in np.unique(options[~single]).tolist():
            here = options == mask
            values = [table[option] for option in range(len(table)) if mask >> option & 1]
            low[here], high[here] = min(values), max(values)
    return low, high


def _choose(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    """Return the hull of the values whose flag may hold; the rest counts where it may be that none does."""
    *values, rest = walk.graph.table(at)
    low, high = walk.fill(np.inf, -np.inf, np.float64)
    none = np.ones(walk.size, np.bool_)
    for value, (certain, maybe) in zip(values, parts, strict=True):
        low, high = np.where(maybe, np.minimum(low, value), low), np.where(maybe, np.maximum(high, value), high)
        none &= ~certain
    return np.where(none, np.minimum(low, rest), low), np.where(none, np.maximum(high, rest), high)


def _known(walk: _Walk, at: int) -> Pair:
    given = walk.given[walk.graph.data[at]]
    return given.is_known, given.may_be


_SIMPLE: dict[str, Callable[..., Pair]] = {
    "flag": _constant, "const": _constant, "known": _known, "column": _column, "flag column": _flag_column, "code": _code, "in": _member, "pick code": _pick_code,
    "not": lambda _, __, pair: (~pair[1], ~pair[0]), "ge": _at_least, "eq": _equals, "ge2": _compared, "eq2": _same, "mul": _product, "floor": _floor, "floor2": _quotient,
    "gate": _gate, "pick": _pick, "lut": _looked_up,
}  # fmt: skip
_SEVERAL: dict[str, Callable[[_Walk, int, list[Pair]], Pair]] = {"and": _all, "or": _any, "lin": _sum, "max": _largest, "min": _smallest, "choose": _choose, "code of": _code_of}
