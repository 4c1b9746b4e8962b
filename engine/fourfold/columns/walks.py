"""Selections and share-outs over a chunk: repeated minima of packed orders, and largest remainders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fourfold.columns.machine import Walk

Array = NDArray[Any]
NOBODY = 255
OUT = 1 << 62


class Taken:
    """What a selection took in a chunk: how many a row, which candidates in their order (slot by row), which at all."""

    def __init__(self, size: int, candidates: int) -> None:
        """Begin with nothing taken."""
        self.count = np.zeros(size, np.int64)
        self.order: Array = np.full((2, size), NOBODY, np.uint8 if candidates < 256 else np.uint16)
        self.at_all = np.zeros((candidates, size), np.uint8)
        self.parts: Array | None = None
        # the same as one list, where that is all that is kept
        self.listed: Array | None = None
        self._flat: tuple[Array, Array, Array] | None = None

    def flat(self) -> tuple[Array, Array, Array]:
        """Return what was taken as one list: the row and the slot of each, and where each row that took anything begins."""
        if self._flat is None:
            most = int(self.count.max()) if self.count.size else 0
            rows, slots = np.nonzero(np.arange(most) < self.count[:, None])
            owners = np.flatnonzero(self.count)
            starts = np.cumsum(self.count[owners]) - self.count[owners]
            self._flat = rows, slots, starts
        return self._flat

    def room(self, slots: int) -> None:
        """Make room for so many in a row."""
        if slots > self.order.shape[0]:
            more = np.full((max(slots, 2 * self.order.shape[0]) - self.order.shape[0], self.count.size), NOBODY, self.order.dtype)
            self.order = np.concatenate([self.order, more])


@dataclass(slots=True)
class Operands:
    """One operand per candidate: rows of numbers and constants together, looked up by candidate and row."""

    matrix: Array
    registers: Array
    constants: Array
    fixed: Array

    def at(self, candidate: Array, rows: Array) -> Array:
        """Return the operand of a candidate in each row."""
        if self.fixed.all():
            fixed: Array = self.constants.take(candidate)
            return fixed
        found: Array = self.matrix[self.registers.take(candidate), rows]
        return np.where(self.fixed.take(candidate), self.constants.take(candidate), found) if self.fixed.any() else found


@dataclass(slots=True)
class Operation:
    """A walk with its operands bound: conditions, orders by word, needs by resource, what there is, `at least`, `at most`."""

    spec: Walk
    flags: list[Array]
    words: list[list[Array]]
    needs: list[Operands]
    have: list[Array]
    at_least: Array
    at_most: Array
    weights: list[Array]
    dtype: Any


@dataclass(slots=True)
class _Walkers:
    """The rows that still walk: their place in the chunk, orders, what is left, how many are taken."""

    rows: Array
    words: list[Array]
    left: list[Array]
    at_least: Array
    at_most: Array
    count: Array

    def kept(self, which: Array) -> "_Walkers":
        """Return the walkers that go on."""
        # WHY: `take` keeps rows whole in memory, which writing through `ravel` relies on; an index of flags does not
        places = np.flatnonzero(which)
        words = [word.take(places, axis=1) for word in self.words]
        return _Walkers(self.rows.take(places), words, [left.take(places) for left in self.left], self.at_least.take(places), self.at_most.take(places), self.count.take(places))


def walk(operation: Operation, size: int) -> tuple[Taken, list[Array]]:
    """Return what a selection takes, and the sums of weights over it."""
    count = operation.spec.count
    taken = Taken(size, count)
    sums = [np.zeros(size, operation.dtype) for _ in operation.weights]
    left = _begin(operation, size) if count else None
    place_mask = (1 << max(0, (count - 1).bit_length())) - 1
    while left is not None and left.rows.size:
        best, at = _next(left, place_mask)
        alive = (best < OUT) & (left.count < left.at_most)
        here = int(np.count_nonzero(alive))
        if not here:
            break
        if here < left.rows.size:
            left, at = left.kept(alive), at[alive]
        _step(operation, left, at, taken, sums)
    return taken, sums


def _begin(operation: Operation, size: int) -> _Walkers | None:
    """Return the rows that may take anything, with the orders of their candidates; who cannot be taken is out."""
    any_one = np.zeros(size, np.uint8)
    for flag in operation.flags:
        np.bitwise_or(any_one, flag, out=any_one)
    rows = np.flatnonzero(any_one.view(np.bool_) & (operation.at_most > 0))
    if not rows.size:
        return None
    order = [_matrix(items, rows, operation.dtype) for items in operation.words]
    for place, flag in enumerate(operation.flags):
        np.copyto(order[0][place], OUT, where=(flag if flag.ndim == 0 else flag.take(rows)) == 0)
    at_least, at_most = (_vector(item, rows, operation.dtype) for item in (operation.at_least, operation.at_most))
    return _Walkers(rows, order, [_vector(item, rows, operation.dtype) for item in operation.have], at_least, at_most, np.zeros(rows.size, np.int64))


def _vector(item: Array, rows: Array, dtype: Any) -> Array:
    return np.full(rows.size, item, dtype) if item.ndim == 0 else item.take(rows)


def _matrix(items: Sequence[Array], rows: Array, dtype: Any) -> Array:
    found = np.empty((len(items), rows.size), dtype)
    for place, item in enumerate(items):
        if item.ndim == 0:
            found[place] = item
        else:
            np.take(item, rows, out=found[place], mode="clip")
    return found


def _next(left: _Walkers, place_mask: int) -> tuple[Array, Array]:
    """Return the first word of the next candidate of each row (out of range where there is none), and its place."""
    first = left.words[0].min(axis=0)
    last = first
    if len(left.words) > 1:
        same = left.words[0] == first
        for word in left.words[1:]:
            last = np.where(same, word, OUT).min(axis=0)
            same &= word == last
    return first, last.astype(np.int64) & place_mask


def _step(operation: Operation, left: _Walkers, at: Array, taken: Taken, sums: list[Array]) -> None:
    """Take the next candidate of each row if it fits, or is among the first; it is out for the rest of the walk."""
    size = left.rows.size
    left.words[0].ravel()[at * size + np.arange(size)] = OUT
    rows, chosen, place = left.rows, at, left.count
    if operation.needs:
        wanted = [need.at(at, left.rows) for need in operation.needs]
        takes = left.count < left.at_least
        fits = wanted[0] <= left.left[0]
        for need, have in zip(wanted[1:], left.left[1:], strict=True):
            fits &= need <= have
        takes |= fits
        for need, have in zip(wanted, left.left, strict=True):
            np.subtract(have, need * takes, out=have)
        left.count = left.count + takes
        rows, chosen, place = rows[takes], chosen[takes], place[takes]
    else:
        left.count = left.count + 1
    if rows.size:
        taken.room(int(place.max()) + 1)
        taken.order[place, rows] = chosen
        taken.at_all[chosen, rows] = 1
        taken.count[rows] = place + 1
        for table, found in zip(operation.weights, sums, strict=True):
            found[rows] += table.take(chosen)


def divide(taken: Taken, amount: Array, weights: Operands, size: int) -> Array:
    """Return, slot by slot of what was taken, the whole parts of an amount by largest remainder."""
    slots = int(taken.count.max()) if size else 0
    parts = np.zeros((max(1, slots), size), np.int64)
    np.multiply(amount, taken.count == 1, out=parts[0], casting="unsafe")
    for count in range(2, slots + 1):
        rows = np.flatnonzero(taken.count == count)
        if rows.size:
            # WHY: the products of amounts and weights need all bits of whole numbers
            found = np.array([weights.at(taken.order[slot].take(rows), rows) for slot in range(count)]).astype(np.int64)
            parts[:count, rows] = _parts(_vector(amount, rows, np.int64).astype(np.int64), found)
    return parts


def _parts(amount: Array, weights: Array) -> Array:
    """Return amount · weight / whole rounded down, and one more for the largest remainders (ties by slot)."""
    whole = weights.sum(axis=0)
    weights = np.where(whole == 0, 1, weights)
    whole = weights.sum(axis=0)
    # WHY: the float is near; the product modulo 2^64 makes it exact, because the true remainder is small
    parts = (amount.astype(np.float64) * weights / whole).astype(np.int64)
    rest = amount * weights - parts * whole
    more = rest // whole
    parts += more
    rest -= more * whole
    left = amount - parts.sum(axis=0)
    columns = np.arange(amount.size)
    while (left > 0).any():
        best = rest.argmax(axis=0)
        parts[best, columns] += left > 0
        rest[best, columns] = -1
        left -= 1
    whole_parts: Array = parts
    return whole_parts
