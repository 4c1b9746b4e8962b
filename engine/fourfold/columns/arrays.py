"""The steps of a machine as NumPy calls over the rows of one chunk."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fourfold.columns.machine import Machine, Step
from fourfold.columns.walks import Operands

Array = NDArray[Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
LIMIT = float(2**62)


class Rows:
    """The registers of one thread: rows of bytes and rows of numbers, and constants."""

    def __init__(self, machine: Machine, size: int) -> None:
        """Make room for chunks of `size` companies."""
        self.machine = machine
        self.all_bytes = np.zeros((machine.bytes_used + 2, size), np.uint8)
        self.dtype: Any = np.float64 if machine.floats else np.int64
        self.all_numbers = np.zeros((machine.numbers_used + 2, size), self.dtype)
        self.tables = [np.array(values, self.dtype) for values in machine.tables]
        self.small_tables = [np.array(values, np.uint8) if max(values) < 256 and min(values) >= 0 else None for values in machine.tables]
        self.resize(size)

    def resize(self, size: int) -> None:
        """Look at the first `size` companies only."""
        self.size = size
        self.bytes = [row[:size] for row in self.all_bytes]
        self.numbers = [row[:size] for row in self.all_numbers]

    def byte(self, register: int) -> Array:
        """Return a row of bytes, or a constant."""
        return self.bytes[register] if register >= 0 else np.array(self.machine.constants[-1 - register] % 256, np.uint8)

    def number(self, register: int) -> Array:
        """Return a row of numbers, or a constant."""
        return self.numbers[register] if register >= 0 else np.array(self.machine.constants[-1 - register], self.dtype)

    def operands(self, registers: Sequence[int]) -> Operands:
        """Return registers and constants so that they can be looked up by place."""
        constants = [self.machine.constants[-1 - r] if r < 0 else 0 for r in registers]
        return Operands(self.all_numbers, np.array([max(0, r) for r in registers], np.int64), np.array(constants, self.dtype), np.array([r < 0 for r in registers], np.bool_))

    def calls(self, step: Step) -> list[Call]:
        """Return the calls of a step that neither loads nor stores nor walks."""
        make = _BYTE_STEPS.get(step.name)
        if make is not None:
            return make(self, step, self.bytes[step.out])
        return _NUMBER_STEPS[step.name](self, step, self.numbers[step.out])


def _small(value: int) -> Array:
    return np.array(value % 256, np.uint8)


def _wide(rows: Rows, value: int) -> Array:
    return np.array(value, rows.dtype)


def _highest(left: Array, right: Array, out: Array) -> None:
    np.maximum(left, right, out=out)


def _lowest(left: Array, right: Array, out: Array) -> None:
    np.minimum(left, right, out=out)


def _byte_pair(function: Any) -> Callable[[Rows, Step, Array], list[Call]]:
    return lambda rows, step, out: [(function, (rows.byte(step.reads[0]), rows.byte(step.reads[1]), out))]


def _number_pair(function: Any) -> Callable[[Rows, Step, Array], list[Call]]:
    return lambda rows, step, out: [(function, (rows.number(step.reads[0]), rows.number(step.reads[1]), out))]


def _compare_pair(function: Any) -> Callable[[Rows, Step, Array], list[Call]]:
    return lambda rows, step, out: [(function, (rows.number(step.reads[0]), rows.number(step.reads[1]), out.view(np.bool_)))]


def _compare_constant(function: Any) -> Callable[[Rows, Step, Array], list[Call]]:
    return lambda rows, step, out: [(function, (rows.number(step.reads[0]), _wide(rows, step.number), out.view(np.bool_)))]


def _compare_small(function: Any) -> Callable[[Rows, Step, Array], list[Call]]:
    return lambda rows, step, out: [(function, (rows.byte(step.reads[0]).view(np.int8), np.array(step.number, np.int8), out.view(np.bool_)))]


def _add_small(rows: Rows, step: Step, out: Array) -> list[Call]:
    left, right = (rows.byte(register) for register in step.reads)
    if step.number == 1:
        return [(np.add, (left, right, out))]
    between = rows.all_bytes[-1][: rows.size]
    return [(np.multiply, (right, _small(step.number), between)), (np.add, (left, between, out))]


def _look(rows: Rows, step: Step, out: Array) -> list[Call]:
    return [(np.take, (rows.small_tables[step.number], rows.byte(step.reads[0]), None, out, "clip"))]


def _bit(rows: Rows, step: Step, out: Array) -> list[Call]:
    return [(np.bitwise_and, (rows.byte(step.reads[0]), _small(1 << step.number), out)), (np.not_equal, (out, _small(0), out.view(np.bool_)))]


def _pick_code(rows: Rows, step: Step, out: Array) -> list[Call]:
    flag, then, rest = (rows.byte(register) for register in step.reads)
    between, mask = rows.all_bytes[-1][: rows.size], rows.all_bytes[-2][: rows.size]
    return [(np.bitwise_xor, (then, rest, between)), (np.negative, (flag, mask)), (np.bitwise_and, (between, mask, between)), (np.bitwise_xor, (between, rest, out))]


def _huge(rows: Rows, step: Step, out: Array) -> list[Call]:
    return [(_is_huge, ([rows.number(register) for register in step.reads], step.more, out.view(np.bool_)))]


def _is_huge(parts: list[Array], more: Any, out: Array) -> None:
    """Say where a product or a sum leaves what 64 bits hold; a float tells the size."""
    if more == "product":
        size = parts[0].astype(np.float64) * parts[1]
    else:
        *factors, constant = more
        size = abs(float(constant)) + sum(np.abs(part.astype(np.float64) * factor) for part, factor in zip(parts, factors, strict=True))
    np.greater(np.abs(size), LIMIT, out=out)


def _widen(rows: Rows, step: Step, out: Array) -> list[Call]:
    source = rows.byte(step.reads[0])
    return [(np.copyto, (out, source.view(np.int8) if step.name == "widen small" else source))]


def _mask(rows: Rows, step: Step, out: Array) -> list[Call]:
    return [(np.copyto, (out, rows.byte(step.reads[0]))), (np.negative, (out, out))]


def _add_times(rows: Rows, step: Step, out: Array) -> list[Call]:
    between = rows.all_numbers[-1][: rows.size]
    left, right = (rows.number(register) for register in step.reads)
    if step.number == -1:
        return [(np.subtract, (left, right, out))]
    return [(np.multiply, (right, _wide(rows, step.number), between)), (np.add, (left, between, out))]


def _over_constant(rows: Rows, step: Step, out: Array) -> list[Call]:
    return [(np.floor_divide, (rows.number(step.reads[0]), _wide(rows, step.number), out))]


def _pick(rows: Rows, step: Step, out: Array) -> list[Call]:
    mask, then, rest = (rows.number(register) for register in step.reads)
    between = rows.all_numbers[-1][: rows.size]
    return [(np.bitwise_xor, (then, rest, between)), (np.bitwise_and, (between, mask, between)), (np.bitwise_xor, (between, rest, out))]


def _pick_float(rows: Rows, step: Step, out: Array) -> list[Call]:
    mask, then, rest = (rows.number(register) for register in step.reads)
    return [(np.subtract, (then, rest, out)), (np.multiply, (out, mask, out)), (np.add, (out, rest, out))]


def _times_inverse(rows: Rows, step: Step, out: Array) -> list[Call]:
    """Divide by a constant and round down: see `exact.BY_RECIPROCAL`."""
    return [(np.add, (rows.number(step.reads[0]), np.array(0.5), out)), (np.multiply, (out, np.array(1.0 / step.number), out)), (np.floor, (out, out))]


def _over_any(top: Array, bottom: Array, out: Array) -> None:
    """Divide and round down; by 0 it is 0."""
    np.divide(top, bottom, out)
    np.floor(out, out)
    out[np.broadcast_to(bottom == 0, out.shape)] = 0


def _sum(rows: Rows, step: Step, out: Array) -> list[Call]:
    return _added(rows.number, _wide(rows, step.number), step, out, rows.all_numbers[-1][: rows.size], rows)


def _sum_small(rows: Rows, step: Step, out: Array) -> list[Call]:
    return _added(rows.byte, _small(step.number), step, out, rows.all_bytes[-1][: rows.size], None)


def _added(read: Callable[[int], Array], constant: Array, step: Step, out: Array, between: Array, rows: Rows | None) -> list[Call]:
    """Return the calls of a sum of operands with their factors; those of factor 1 come first."""
    calls: list[Call] = []
    so_far = constant if step.number else None
    for register, factor in zip(step.reads, step.more, strict=True):
        part = read(register)
        if factor != 1 and (so_far is not None or len(step.reads) == 1):
            calls.append((np.multiply, (part, _small(factor) if rows is None else _wide(rows, factor), between)))
            part = between
        elif factor != 1:
            calls.append((np.multiply, (part, _small(factor) if rows is None else _wide(rows, factor), out)))
            part = out
        if so_far is not None:
            calls.append((np.add, (so_far, part, out)))
            part = out
        so_far = part
    return calls if so_far is out else [*calls, (np.copyto, (out, so_far))]


def _chain(function: Any) -> Callable[[Rows, Step, Array], list[Call]]:
    def calls(rows: Rows, step: Step, out: Array) -> list[Call]:
        first, second, *others = (rows.byte(register) for register in step.reads)
        return [(function, (first, second, out)), *((function, (out, part, out)) for part in others)]

    return calls


def _take(rows: Rows, step: Step, out: Array) -> list[Call]:
    return [(np.take, (rows.tables[step.number], rows.byte(step.reads[0]), None, out, "clip"))]


_BYTE_STEPS: dict[str, Callable[[Rows, Step, Array], list[Call]]] = {
    "and": _byte_pair(np.bitwise_and),
    "or": _byte_pair(np.bitwise_or),
    "not": lambda rows, step, out: [(np.bitwise_xor, (rows.byte(step.reads[0]), _small(1), out))],
    "is": lambda rows, step, out: [(np.equal, (rows.byte(step.reads[0]), _small(step.number), out.view(np.bool_)))],
    "look": _look,
    "bit": _bit,
    "at least c": _compare_constant(np.greater_equal),
    "equal c": _compare_constant(np.equal),
    "at least small": _compare_small(np.greater_equal),
    "equal small": _compare_small(np.equal),
    "at least": _compare_pair(np.greater_equal),
    "equal": _compare_pair(np.equal),
    "add small": _add_small,
    "add code": _add_small,
    "pick code": _pick_code,
    "huge": _huge,
    "sum small": _sum_small,
    "all": _chain(np.bitwise_and),
    "any": _chain(np.bitwise_or),
}
_NUMBER_STEPS: dict[str, Callable[[Rows, Step, Array], list[Call]]] = {
    "widen": _widen,
    "widen small": _widen,
    "mask": _mask,
    "add": _number_pair(np.add),
    "add times": _add_times,
    "times": _number_pair(np.multiply),
    "over": _number_pair(np.floor_divide),
    "over c near": _over_constant,
    "over near": _number_pair(np.floor_divide),
    "over far": _number_pair(np.floor_divide),
    "max": _number_pair(_highest),
    "min": _number_pair(_lowest),
    "where": _number_pair(np.bitwise_and),
    "pick": _pick,
    "take": _take,
    "sum": _sum,
    "pick float": _pick_float,
    "times inverse": _times_inverse,
    "over c float": lambda rows, step, out: [(np.divide, (rows.number(step.reads[0]), _wide(rows, step.number), out)), (np.floor, (out, out))],
    "over float": lambda rows, step, out: [(np.divide, (rows.number(step.reads[0]), rows.number(step.reads[1]), out)), (np.floor, (out, out))],
    "over any float": lambda rows, step, out: [(_over_any, (rows.number(step.reads[0]), rows.number(step.reads[1]), out))],
}
