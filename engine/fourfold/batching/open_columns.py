"""What can still follow where some answers are open, for columns of companies: intervals and sets of options at every value of the graph.

Sound, not exact, as `possible.py` is for one company: the answer of every completion is among what is found. Numbers are
floats, which hold whole numbers up to 2^53; beyond that both ends are widened by more than a float can be wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from fourfold.batching.tables import Array
from fourfold.columns.graph import Graph
from fourfold.columns.lowering import lower_on_demand
from fourfold.columns.meaning import Chosen
from fourfold.columns.places import FLAGS, NotColumns
from fourfold.model import RuleBook

EXACT = float(2**52)
WIDER = 1e-13
MOST_OPTIONS = 63
READS = frozenset({"known", "column", "flag column", "code"})
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
        meaning = lower_on_demand(book, present)
        self.graph: Graph = meaning.graph
        value = meaning.value(target)
        assert isinstance(value, Chosen)
        self.options = value.options
        self.ends = [meaning.option(value, option) for option in value.options]
        self.needed = self._needed()
        self.reads = frozenset(str(self.graph.data[at]) for at in self.needed if self.graph.names[at] in READS)
        self.dropped = self._dropped()
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

    def _dropped(self) -> dict[int, list[int]]:
        """Return by place the values that nothing needs after it."""
        last = {part: at for at in self.needed for part in self.graph.args[at]}
        found: dict[int, list[int]] = {}
        for part, at in last.items():
            if part not in self.ends:
                found.setdefault(at, []).append(part)
        return found

    def possible(self, given: Mapping[str, Given], size: int) -> Array:
        """Return for each row the mask of the options that can still follow."""
        kept: dict[int, Pair] = {}
        walk = _Walk(self.graph, given, size, kept)
        for at in self.needed:
            kept[at] = walk.value(at)
            for part in self.dropped.get(at, ()):
                del kept[part]
        return self._mask(kept, size)

    def possible_each(self, given: Mapping[str, Given], changes: Mapping[str, Mapping[str, Given]], size: int) -> dict[str, Array]:
        """Return the masks for each of some changes of what is given; what a change does not touch is found once for all."""
        kept: dict[int, Pair] = {}
        walk = _Walk(self.graph, given, size, kept)
        for at in self.needed:
            kept[at] = walk.value(at)
        found = {}
        for name, change in changes.items():
            mine = dict(kept)
            walk = _Walk(self.graph, {**given, **change}, size, mine)
            touched: set[int] = set()
            for at in self.needed:
                if (self.graph.names[at] in READS and self.graph.data[at] in change) or not touched.isdisjoint(self.graph.args[at]):
                    touched.add(at)
                    mine[at] = walk.value(at)
            found[name] = self._mask(mine, size)
        return found

    def _mask(self, kept: Mapping[int, Pair], size: int) -> Array:
        mask = np.zeros(size, np.uint8)
        for place, at in enumerate(self.ends):
            mask |= kept[at][1].astype(np.uint8) << np.uint8(place)
        return mask


class _Walk:
    """Values of the graph one after the other: flags as (certain, possible), numbers as (low, high), codes as masks of options.

    A pair is the same array twice where all rows have one value (one option of a code): most of the graph is, and is then computed once.
    """

    def __init__(self, graph: Graph, given: Mapping[str, Given], size: int, kept: dict[int, Pair]) -> None:
        self.graph, self.given, self.size, self.kept = graph, given, size, kept
        self.places: dict[int, tuple[Array, Array]] = {}

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
        if low is high and max(abs(self.graph.low[at]), abs(self.graph.high[at])) <= EXACT:
            low = np.minimum(np.maximum(low, float(self.graph.low[at])), float(self.graph.high[at]))
            return low, low
        if max(abs(self.graph.low[at]), abs(self.graph.high[at])) > EXACT:
            low, high = low - np.abs(low) * WIDER, high + np.abs(high) * WIDER
        return np.maximum(low, float(self.graph.low[at])), np.minimum(high, float(self.graph.high[at]))

    def number(self, pair: Pair, at: int) -> Pair:
        """Return a value as a number: flags count 1."""
        if self.graph.names[at] in FLAGS:
            return _twice(pair, lambda flag: flag.astype(np.float64))
        return pair

    def fill(self, value: float, kind: type) -> Pair:
        """Return one value for all rows."""
        found: Array = np.full(self.size, value, kind)
        return found, found


def _twice(pair: Pair, change: Callable[[Array], Array]) -> Pair:
    """Return both ends changed alike, once where they are the same."""
    low = change(pair[0])
    return low, low if pair[0] is pair[1] else change(pair[1])


def _same_if(low: Array, high: Array) -> Pair:
    """Return a pair that is the same array twice where its ends are equal in all rows."""
    return low, low if low is high or np.array_equal(low, high) else high


def _coded(mask: Array) -> Pair:
    """Return a mask of options as a pair: the same array twice where each row has one option."""
    return mask, mask.view() if (mask & (mask - 1)).any() else mask


def _constant(walk: _Walk, at: int) -> Pair:
    if walk.graph.names[at] == "flag":
        return walk.fill(at == walk.graph.yes, np.bool_)
    return walk.fill(walk.graph.low[at], np.float64)


def _column(walk: _Walk, at: int) -> Pair:
    given = walk.given[walk.graph.data[at]]
    return _twice(_same_if(given.low, given.high), lambda end: end.astype(np.float64))


def _flag_column(walk: _Walk, at: int) -> Pair:
    given = walk.given[walk.graph.data[at]]
    return _same_if(given.low == 2, (given.low & 2) != 0)


def _code(walk: _Walk, at: int) -> Pair:
    return _coded(walk.given[walk.graph.data[at]].low)


def _masked(pair: Pair, walk: _Walk, at: int) -> Array:
    """Return a code as a mask of options; a constant is a code too."""
    if walk.graph.names[at] == "const":
        return np.full(walk.size, 1 << walk.graph.low[at], np.int64)
    return pair[0]


def _member(walk: _Walk, at: int, code: Pair) -> Pair:
    mask, _ = walk.graph.options(at)
    options = _masked(code, walk, walk.graph.args[at][0])
    maybe = (options & np.int64(mask)) != 0
    return maybe if code[0] is code[1] else (options & ~np.int64(mask)) == 0, maybe


def _pick_code(walk: _Walk, at: int, known: Pair, code: Pair, assumed: Pair) -> Pair:
    _, one, other = walk.graph.args[at]
    if known[0] is known[1]:
        return _coded(np.where(known[0], _masked(code, walk, one), _masked(assumed, walk, other)))
    return _coded(np.where(known[1], _masked(code, walk, one), 0) | np.where(known[0], 0, _masked(assumed, walk, other)))


def _code_of(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    """Return the options whose flags may hold; place 0 where it may be that none does."""
    found = np.zeros(walk.size, np.int64)
    none = np.ones(walk.size, np.bool_)
    for place, (certain, maybe) in zip(walk.graph.data[at], parts, strict=True):
        found |= np.where(maybe, np.int64(1 << place), np.int64(0))
        none &= ~certain
    return _coded(found | np.where(none, np.int64(1), np.int64(0)))


def _all(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    del walk, at
    return _folded(np.logical_and, parts)


def _any(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    del walk, at
    return _folded(np.logical_or, parts)


def _folded(join: Callable[[Array, Array], Array], parts: list[Pair]) -> Pair:
    """Return pairs joined end by end; those that are one value are joined once."""
    single = [low for low, high in parts if low is high]
    several = [pair for pair in parts if pair[0] is not pair[1]]
    low = high = reduce(join, single) if single else None
    for one, other in several:
        low, high = one if low is None else join(low, one), other if high is None else join(high, other)
    assert low is not None
    assert high is not None
    return low, high


def _at_least(walk: _Walk, at: int, number: Pair) -> Pair:
    bound = float(walk.graph.divisor(at))
    return _twice(number, lambda end: end >= bound)


def _equals(walk: _Walk, at: int, number: Pair) -> Pair:
    value = float(walk.graph.divisor(at))
    if number[0] is number[1]:
        return _twice(number, lambda end: end == value)
    return (number[0] == value) & (number[1] == value), (number[0] <= value) & (number[1] >= value)


def _compared(walk: _Walk, at: int, left: Pair, right: Pair) -> Pair:
    one, other = walk.graph.args[at]
    left, right = walk.number(left, one), walk.number(right, other)
    low = left[0] >= right[1]
    return low, low if left[0] is left[1] and right[0] is right[1] else left[1] >= right[0]


def _same(walk: _Walk, at: int, left: Pair, right: Pair) -> Pair:
    one, other = walk.graph.args[at]
    left, right = walk.number(left, one), walk.number(right, other)
    return (left[0] == left[1]) & (right[0] == right[1]) & (left[0] == right[0]), (left[0] <= right[1]) & (left[1] >= right[0])


def _sum(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    *factors, constant = walk.graph.table(at)
    low = np.full(walk.size, constant, np.float64)
    # WHY: whole numbers up to 2^52 are exact in any order; larger ones are added in the order of the graph and widened
    terms = sorted(zip(factors, parts, strict=True), key=lambda term: term[1][0] is not term[1][1])
    single = sum(pair[0] is pair[1] for pair in parts)
    for factor, pair in terms[:single]:
        _add(low, pair[0], factor)
    high = low if single == len(parts) else low.copy()
    for factor, (one, other) in terms[single:]:
        _add(low, one if factor > 0 else other, factor)
        _add(high, other if factor > 0 else one, factor)
    return low, high


def _add(total: Array, values: Array, factor: int) -> None:
    """Add numbers times a factor; by far the most are added or taken away as they are."""
    if factor == 1:
        np.add(total, values, out=total)
    elif factor == -1 and values.dtype != np.bool_:
        np.subtract(total, values, out=total)
    else:
        total += values * float(factor)


def _product(walk: _Walk, at: int, left: Pair, right: Pair) -> Pair:
    if left[0] is left[1] and right[0] is right[1]:
        both: Array = left[0] * right[0]
        return walk.within(at, (both, both))
    if all(walk.graph.low[part] >= 0 for part in walk.graph.args[at]):
        return walk.within(at, (left[0] * right[0], left[1] * right[1]))
    ends = [a * b for a in left for b in right]
    return walk.within(at, (reduce(np.minimum, ends), reduce(np.maximum, ends)))


def _floor(walk: _Walk, at: int, top: Pair) -> Pair:
    below = float(walk.graph.divisor(at))
    pair = walk.number(top, walk.graph.args[at][0])
    return walk.within(at, _twice(pair, lambda end: np.floor(end / below)))


def _quotient(walk: _Walk, at: int, top: Pair, bottom: Pair) -> Pair:
    """Return a quotient of numbers rounded down; where the bottom may be 0 or less, all that the bounds allow."""
    one, other = walk.graph.args[at]
    top, bottom = walk.number(top, one), walk.number(bottom, other)
    sure = bottom[0] > 0
    low, high = np.where(sure, bottom[0], 1.0), np.where(sure, bottom[1], 1.0)
    ends = [np.floor(a / b) for a in top for b in (low, high)]
    lowest, highest = reduce(np.minimum, ends), reduce(np.maximum, ends)
    zero = (bottom[0] == 0) & (bottom[1] == 0)
    lowest = np.where(sure, lowest, np.where(zero, 0.0, float(walk.graph.low[at])))
    highest = np.where(sure, highest, np.where(zero, 0.0, float(walk.graph.high[at])))
    return walk.within(at, (lowest, highest))


def _largest(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    return _folded(np.maximum, [walk.number(pair, place) for place, pair in zip(walk.graph.args[at], parts, strict=True)])


def _smallest(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    return _folded(np.minimum, [walk.number(pair, place) for place, pair in zip(walk.graph.args[at], parts, strict=True)])


def _either(flag: Pair, then: Pair, rest: Pair) -> Pair:
    if flag[0] is flag[1]:
        low = np.where(flag[0], then[0], rest[0])
        return low, low if then[0] is then[1] and rest[0] is rest[1] else np.where(flag[0], then[1], rest[1])
    low = np.where(flag[0], then[0], np.where(flag[1], np.minimum(then[0], rest[0]), rest[0]))
    high = np.where(flag[0], then[1], np.where(flag[1], np.maximum(then[1], rest[1]), rest[1]))
    return low, high


def _gate(walk: _Walk, at: int, flag: Pair, then: Pair) -> Pair:
    then = walk.number(then, walk.graph.args[at][1])
    if flag[0] is flag[1]:
        return _twice(then, lambda end: end * flag[0])
    if walk.graph.low[walk.graph.args[at][1]] >= 0:
        return then[0] * flag[0], then[1] * flag[1]
    zero = np.zeros(walk.size)
    return _either(flag, then, (zero, zero))


def _pick(walk: _Walk, at: int, flag: Pair, then: Pair, rest: Pair) -> Pair:
    _, one, other = walk.graph.args[at]
    return _either(flag, walk.number(then, one), walk.number(rest, other))


def _looked_up(walk: _Walk, at: int, code: Pair) -> Pair:
    table = np.array(walk.graph.table(at), np.float64)
    of = walk.graph.args[at][0]
    options = _masked(code, walk, of)
    if of not in walk.places:
        is_single = (options & (options - 1)) == 0
        walk.places[of] = is_single, np.where(is_single, np.log2(np.maximum(options, 1)), 0).astype(np.int64)
    single, place = walk.places[of]
    low = high = table[np.minimum(place, len(table) - 1)]
    if code[0] is not code[1]:
        low, high = low.copy(), high.copy()
        for mask in np.unique(options[~single]).tolist():
            here = options == mask
            values = [table[option] for option in range(len(table)) if mask >> option & 1]
            low[here], high[here] = min(values), max(values)
    return low, high


def _choose(walk: _Walk, at: int, parts: list[Pair]) -> Pair:
    """Return the hull of the values whose flag may hold; the rest counts where it may be that none does."""
    *values, rest = walk.graph.table(at)
    low, high = np.full(walk.size, np.inf), np.full(walk.size, -np.inf)
    none = np.ones(walk.size, np.bool_)
    for value, (certain, maybe) in zip(values, parts, strict=True):
        low, high = np.where(maybe, np.minimum(low, value), low), np.where(maybe, np.maximum(high, value), high)
        none &= ~certain
    return _same_if(np.where(none, np.minimum(low, rest), low), np.where(none, np.maximum(high, rest), high))


def _known(walk: _Walk, at: int) -> Pair:
    given = walk.given[walk.graph.data[at]]
    return _same_if(given.is_known, given.may_be)


_SIMPLE: dict[str, Callable[..., Pair]] = {
    "flag": _constant, "const": _constant, "known": _known, "column": _column, "flag column": _flag_column, "code": _code, "in": _member, "pick code": _pick_code,
    "not": lambda _, __, pair: _twice((pair[1], pair[0]), np.logical_not), "ge": _at_least, "eq": _equals, "ge2": _compared, "eq2": _same, "mul": _product, "floor": _floor, "floor2": _quotient,
    "gate": _gate, "pick": _pick, "lut": _looked_up,
}  # fmt: skip
_SEVERAL: dict[str, Callable[[_Walk, int, list[Pair]], Pair]] = {"and": _all, "or": _any, "lin": _sum, "max": _largest, "min": _smallest, "choose": _choose, "code of": _code_of}
