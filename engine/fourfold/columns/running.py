"""One thread's work: chunks of companies through the steps of a machine, by NumPy."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fourfold.columns.arrays import Call, Rows
from fourfold.columns.layout import Layout
from fourfold.columns.machine import Division, Step, Walk
from fourfold.columns.walks import NOBODY, Operands, Operation, Taken, divide, walk

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that comes in: numbers or codes, where they are known (None: everywhere), the lowest and highest allowed, and those there are."""

    values: Array
    known: Array | None
    low: int
    high: int
    least: int
    most: int
    is_number: bool

    @property
    def is_within(self) -> bool:
        """Return whether all values are among those allowed."""
        return self.low <= self.least and self.most <= self.high


def column_of(values: Array, known: Array | None, low: int, high: int, *, is_number: bool) -> Column:
    """Return a column with its least and largest value looked up."""
    countable = values.size and values.dtype.kind in "iub"
    least, most = (int(values.min()), int(values.max())) if countable else (low, low)
    return Column(values, known, low, high, least, most, is_number)


@dataclass(slots=True)
class Out:
    """What the threads fill, row by row; lists come in chunks."""

    stores: list[Array]
    reject: Array
    slow: Array
    lists: dict[int, dict[str, Taken]] = field(default_factory=dict)


class Loader:
    """Fills rows of registers with a chunk of the columns that come in; answers outside their range end their row."""

    def __init__(self, columns: Mapping[str, Column], out: Out) -> None:
        """Give each column the number of its failure."""
        self.columns, self.out = columns, out
        self.places = {term: place + 1 for place, term in enumerate(sorted(columns))}
        self.first, self.last = 0, 0

    def run(self, first: int, last: int) -> None:
        """Take the rows from `first` up to `last` through all steps."""
        raise NotImplementedError

    def load(self, term: str, row: Array) -> None:
        """Fill a row with the numbers or codes of a column, held within their range."""
        column = self.columns[term]
        values = column.values[self.first : self.last]
        if column.is_within:
            np.copyto(row, values, casting="unsafe")
            return
        bad = (values < column.low) | (values > column.high)
        if column.known is not None:
            bad &= column.known[self.first : self.last]
        self.fail(bad.view(np.uint8), self.places[term])
        np.copyto(row, np.clip(values, column.low, column.high), casting="unsafe")

    def load_known(self, term: str, row: Array) -> None:
        """Fill a row with where a column is known."""
        known = self.columns[term].known
        assert known is not None
        np.copyto(row, known[self.first : self.last], casting="unsafe")

    def fail(self, flag: Array, place: int) -> None:
        """Set rows aside, for the first of their reasons."""
        if flag.any():
            here = self.out.reject[self.first : self.last]
            here[(flag != 0) & ((here == 0) | (here > place))] = place


class Worker(Loader):
    """The steps of a machine bound to the registers of one thread."""

    def __init__(self, layout: Layout, columns: Mapping[str, Column], out: Out, size: int) -> None:
        """Bind the steps for chunks of `size` rows."""
        super().__init__(columns, out)
        self.layout = layout
        self.rows = Rows(layout.machine, size)
        self.walks: dict[str, Taken] = {}
        self.calls = self._bound()

    def _bound(self) -> list[Call]:
        return [call for step in self.layout.machine.steps for call in self._calls(step)]

    def _calls(self, step: Step) -> list[Call]:
        rows, machine = self.rows, self.layout.machine
        match step.name:
            case "load known" | "load flag column" | "load code" | "load column":
                kind, term, _ = machine.loads[step.number]
                row = rows.numbers[step.out] if kind == "column" else rows.bytes[step.out]
                return [(self.load_known if kind == "known" else self.load, (term, row))]
            case "store":
                target = self.out.stores[step.number]
                if step.more == "word":
                    return [(self._store_word, (target, [rows.byte(register) for register in step.reads]))]
                return [(self._store, (target, rows.number(step.reads[0]) if step.more == "number" else rows.byte(step.reads[0])))]
            case "fail":
                return [(self.fail, (rows.byte(step.reads[0]), step.number))]
            case "slow":
                return [(self._slow, (rows.byte(step.reads[0]),))]
            case "select":
                return [(self._select, (self._operation(step),))]
            case "share":
                assert isinstance(step.more, Division)
                return [(self._share, (step.more, rows.number(step.reads[0]), rows.operands(step.reads[1:])))]
            case "taken of":
                return [(self._over_taken, (step, self._members(step), rows.numbers[step.out]))]
            case _:
                return rows.calls(step)

    def run(self, first: int, last: int) -> None:
        """Take the rows from `first` up to `last` through all steps."""
        if last - first != self.rows.size:
            self.rows.resize(last - first)
            self.calls = self._bound()
        self.first, self.last = first, last
        self.walks = {}
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            for function, arguments in self.calls:
                function(*arguments)
        self.out.lists[first] = self.walks

    # ------------------------------------------------------------ the ends of a chunk

    def _store(self, target: Array, source: Array) -> None:
        target[self.first : self.last] = source

    def _store_word(self, target: Array, parts: list[Array]) -> None:
        word = target[self.first : self.last].view(np.uint8).reshape(-1, 8)
        for place, part in enumerate(parts):
            word[:, place] = part

    def _slow(self, flag: Array) -> None:
        if flag.any():
            self.out.slow[self.first : self.last] |= flag.view(np.bool_)

    def _operation(self, step: Step) -> Operation:
        """Bind the operands of a selection."""
        spec, rows, reads = step.more, self.rows, step.reads
        assert isinstance(spec, Walk)
        ends = spec.count * (1 + spec.words)
        words = [[rows.number(r) for r in reads[spec.count + word : ends : spec.words]] for word in range(spec.words)]
        needs = [rows.operands(reads[ends + resource : ends + spec.count * spec.resources : spec.resources]) for resource in range(spec.resources)]
        *have, at_least, at_most = (rows.number(r) for r in reads[len(reads) - 2 - spec.resources :])
        weights = [np.array(table + (0,) * (spec.count - len(table)), np.int64) for table, _ in spec.sums]
        return Operation(spec, [rows.byte(r) for r in reads[: spec.count]], words, needs, have, at_least, at_most, weights, rows.dtype)

    def _select(self, operation: Operation) -> None:
        spec = operation.spec
        taken, sums = walk(operation, self.rows.size)
        self.walks[spec.term] = taken
        for at, register in spec.taken:
            np.copyto(self.rows.bytes[register], taken.at_all[at] if at >= 0 else taken.count != 0)
        for (_, register), found in zip(spec.sums, sums, strict=True):
            np.copyto(self.rows.numbers[register], found)

    def _members(self, step: Step) -> tuple[Operands, Array]:
        """Return the operands and factors of a sum or best over what is taken, by candidate."""
        (_, count), mode, rest, candidates, factors = step.more
        outside = 0 if mode == "sum" else rest
        registers: list[int] = [-1] * count
        weights = np.ones(count, self.rows.dtype)
        for candidate, register, factor in zip(candidates, step.reads, factors, strict=True):
            registers[candidate], weights[candidate] = register, factor
        operands = self.rows.operands(registers)
        for candidate in set(range(count)) - set(candidates):
            operands.constants[candidate], operands.fixed[candidate] = outside, True
        return operands, weights

    def _over_taken(self, step: Step, members: tuple[Operands, Array], out: Array) -> None:
        (term, _), mode, rest, _, _ = step.more
        operands, weights = members
        taken = self.walks[term]
        out[:] = rest
        rows, slots, starts = taken.flat()
        if rows.size:
            at = taken.order[slots, rows]
            value = _REDUCE[mode].reduceat(operands.at(at, rows) * weights.take(at), starts)
            out[rows[starts]] = value if mode == "sum" else _REDUCE[mode](value, rest)

    def _share(self, spec: Division, amount: Array, weights: Operands) -> None:
        taken = self.walks[spec.walk]
        parts = divide(taken, amount, weights, self.rows.size)
        found = self.walks[spec.term] = copy(taken)
        found.parts = parts
        if spec.parts:
            registers = np.zeros(spec.count, np.int64)
            read = np.zeros(spec.count, np.bool_)
            for at, register in spec.parts:
                registers[at], read[at] = register, True
                self.rows.numbers[register][:] = 0
            rows, slots, _ = taken.flat()
            chosen = taken.order[slots, rows]
            kept = read[chosen]
            self.rows.all_numbers[registers[chosen[kept]], rows[kept]] = parts[slots[kept], rows[kept]]


_REDUCE = {"sum": np.add, "max": np.maximum, "min": np.minimum}


def joined(chunks: list[Taken], sizes: list[int], parts: bool) -> tuple[Array, Array]:
    """Return the lists of all chunks behind each other: where each row begins, and the values."""
    counts = np.concatenate([taken.count for taken in chunks]) if chunks else np.zeros(0, np.uint8)
    offsets = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    pieces = [_flat(taken, size, parts) for taken, size in zip(chunks, sizes, strict=True)]
    return offsets, np.concatenate(pieces) if pieces else np.zeros(0, np.int64 if parts else np.uint8)


def _flat(taken: Taken, size: int, parts: bool) -> Array:
    if taken.listed is not None:
        return taken.listed
    slots = taken.parts if parts else taken.order
    most = int(taken.count.max()) if size else 0
    if slots is None or not most:
        return np.zeros(0, np.int64 if parts else np.uint8)
    matrix = np.ascontiguousarray(slots[:most].T)
    flat: Array = matrix[np.arange(most) < taken.count[:, None]]
    return flat


def put(taken: Taken, row: int, order: list[int], parts: list[int] | None) -> None:
    """Write what the referee took into one row of a chunk."""
    taken.room(len(order))
    taken.count[row] = len(order)
    taken.order[:, row] = NOBODY
    taken.order[: len(order), row] = order
    if parts is not None:
        if taken.parts is None or taken.parts.shape[0] < len(order):
            wider = np.zeros((len(order), taken.count.size), np.int64)
            if taken.parts is not None:
                wider[: taken.parts.shape[0]] = taken.parts
            taken.parts = wider
        taken.parts[: len(order), row] = parts
