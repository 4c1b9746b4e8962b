"""A machine as arrays of numbers, for the compiled kernel."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fourfold.columns.machine import Division, Machine, Step, Walk

Array = NDArray[Any]
NAMES = {
    "and": 1, "or": 2, "not": 3, "is": 4, "equal small": 4, "bit": 5, "at least small": 6, "add small": 7, "add code": 7, "pick code": 8, "sum small": 9, "all": 10, "any": 11,
    "add": 21, "add times": 22, "times": 23, "max": 24, "min": 25, "over": 27, "over c near": 28, "where": 29, "pick": 30, "over near": 31, "over far": 32,
    "times inverse": 33, "over c float": 34, "over float": 35, "over any float": 36, "pick float": 37, "sum": 38,
    "at least c": 41, "equal c": 42, "at least": 43, "equal": 44,
    "widen": 61, "widen small": 62, "mask": 63,
    "load known": 81, "load flag column": 81, "load code": 81, "load column": 82, "fail": 85, "slow": 86,
    "look": 91, "take": 92, "huge": 95, "select": 96, "share": 97, "taken of": 98,
}  # fmt: skip
STORE_BYTE, STORE_NUMBER, STORE_WORD = 83, 84, 93
FROM_BYTES = frozenset({"and", "or", "not", "is", "equal small", "bit", "at least small", "add small", "add code", "pick code", "widen", "widen small", "mask", "fail", "slow", "look", "take"})


@dataclass(slots=True)
class Encoded:
    """Steps of six numbers (name, register filled, three read, a constant), tables, operands, and how many walks."""

    steps: Array
    tables: Array
    operands: Array
    walks: list[str]
    shares: list[tuple[str, str]]
    widest: int


class Encoder:
    """Writes the steps of a machine; constants are registers behind the others."""

    def __init__(self, machine: Machine) -> None:
        """Lay out the tables."""
        self.machine = machine
        self.starts: list[int] = []
        self.tables: list[int] = []
        for table in machine.tables:
            self.starts.append(len(self.tables))
            self.tables += table
        self.operands: list[int] = []
        self.walks: list[str] = []
        self.shares: list[tuple[str, str]] = []
        self.widest = 1
        self.stored = {"byte": 0, "number": 0, "word": 0}
        self.loaded = {True: 0, False: 0}

    def encode(self) -> Encoded:
        """Return the machine as arrays."""
        steps = [self._step(step) for step in self.machine.steps]
        operands = np.array(self.operands or [0], np.int64)
        tables = np.array(self.tables or [0], np.int64)
        return Encoded(np.array(steps, np.int64).reshape(-1, 6), tables, operands, self.walks, self.shares, self.widest)

    def byte(self, register: int) -> int:
        """Return the row of a byte register or constant."""
        return register if register >= 0 else self.machine.bytes_used - 1 - register

    def number(self, register: int) -> int:
        """Return the row of a number register or constant."""
        return register if register >= 0 else self.machine.numbers_used - 1 - register

    def _step(self, step: Step) -> tuple[int, ...]:
        match step.name:
            case "store":
                return self._store(step)
            case "load known" | "load flag column" | "load code" | "load column":
                is_byte = step.name != "load column"
                self.loaded[is_byte] += 1
                return (NAMES[step.name], step.out, 0, 0, 0, self.loaded[is_byte] - 1)
            case "select":
                return self._select(step)
            case "share":
                return self._share(step)
            case "huge":
                return self._huge(step)
            case "taken of":
                return self._over_taken(step)
            case "sum" | "sum small" | "all" | "any":
                return self._chain(step)
        place = self.byte if step.name in FROM_BYTES else self.number
        reads = [place(register) for register in step.reads] + [0] * (3 - len(step.reads))
        constant = self.starts[step.number] if step.name in ("look", "take") else step.number
        return (NAMES[step.name], step.out, *reads, constant)

    def _store(self, step: Step) -> tuple[int, ...]:
        place = self.stored[step.more]
        self.stored[step.more] += 1
        if step.more == "word":
            self.operands += [len(step.reads), *map(self.byte, step.reads)]
            return (STORE_WORD, place, 0, 0, 0, len(self.operands) - 1 - len(step.reads))
        register = self.byte(step.reads[0]) if step.more == "byte" else self.number(step.reads[0])
        return (STORE_BYTE if step.more == "byte" else STORE_NUMBER, 0, register, 0, 0, place)

    def _chain(self, step: Step) -> tuple[int, ...]:
        """Lay out how many operands, the constant, the operands and their factors."""
        start, place = len(self.operands), self.number if step.name == "sum" else self.byte
        factors = step.more or (1,) * len(step.reads)
        self.operands += [len(step.reads), step.number, *map(place, step.reads), *factors]
        return (NAMES[step.name], step.out, 0, 0, 0, start)

    def _huge(self, step: Step) -> tuple[int, ...]:
        start = len(self.operands)
        reads = [self.number(register) for register in step.reads]
        is_product = step.more == "product"
        self.operands += [len(reads), int(is_product), *reads, *(() if is_product else step.more)]
        return (NAMES["huge"], step.out, 0, 0, 0, start)

    def _select(self, step: Step) -> tuple[int, ...]:
        spec, start = step.more, len(self.operands)
        assert isinstance(spec, Walk)
        flags, numbers = step.reads[: spec.count], step.reads[spec.count :]
        self.operands += [spec.count, spec.words, spec.resources, *map(self.byte, flags), *map(self.number, numbers)]
        self.operands += [len(spec.taken), *(part for pair in spec.taken for part in pair), len(spec.sums)]
        for table, register in spec.sums:
            self.operands += [len(self.tables), register]
            self.tables += (*table, *(0,) * (spec.count - len(table)))
        self.walks.append(spec.term)
        self.widest = max(self.widest, spec.count)
        return (NAMES["select"], len(self.walks) - 1, 0, 0, 0, start)

    def _over_taken(self, step: Step) -> tuple[int, ...]:
        (term, count), mode, rest, candidates, factors = step.more
        start = len(self.operands)
        places = {candidate: place for place, candidate in enumerate(candidates)}
        self.operands += [{"sum": 0, "max": 1, "min": 2}[mode], rest, count]
        self.operands += [self.number(step.reads[places[at]]) if at in places else -1 for at in range(count)]
        self.operands += [factors[places[at]] if at in places else 0 for at in range(count)]
        return (NAMES["taken of"], step.out, self.walks.index(term), 0, 0, start)

    def _share(self, step: Step) -> tuple[int, ...]:
        spec, start = step.more, len(self.operands)
        assert isinstance(spec, Division)
        self.operands += [spec.count, *map(self.number, step.reads), len(spec.parts), *(part for pair in spec.parts for part in pair)]
        self.shares.append((spec.term, spec.walk))
        return (NAMES["share"], self.walks.index(spec.walk), len(self.shares) - 1, 0, 0, start)
