"""From a graph to steps over registers: rows of bytes (flags, codes, small numbers) and rows of 64-bit numbers.

A step is data, so a program can be run by NumPy step by step, or by one compiled kernel that reads the
steps. Registers are used again as soon as nothing reads them, so that a chunk of companies stays near
the processor.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import gcd
from typing import Any, NamedTuple

from fourfold.columns.exact import BY_RECIPROCAL, EXACT, floats_hold, size
from fourfold.columns.graph import Graph
from fourfold.columns.places import SMALL

# WHY: for quotients below 2^50 the float is off by less than one, so one step mends it; beyond, the rest is divided once more
NEAR = 2**50
BYTES = frozenset(
    {"and", "or", "not", "is", "look", "bit", "at least c", "at least small", "equal c", "equal small", "at least", "equal", "add small", "pick code", "huge", "add code", "sum small", "all", "any"}
)


class Step(NamedTuple):
    """One operation: what, the register it fills, those it reads (below 0: a constant), a constant, and more for walks."""

    name: str
    out: int
    reads: tuple[int, ...] = ()
    number: int = 0
    more: Any = None


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a selection leaves what it took: registers by candidate, sums by weights; and where its lists go."""

    term: str
    count: int
    words: int
    resources: int
    taken: tuple[tuple[int, int], ...]
    sums: tuple[tuple[tuple[int, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Division:
    """Where a share-out leaves the parts that are read by place of the candidate; over which walk."""

    term: str
    walk: str
    count: int
    parts: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Machine:
    """Steps with their registers: how many rows of bytes and of numbers, constants, tables, loads; whether numbers are floats."""

    steps: list[Step] = field(default_factory=list)
    loads: list[tuple[str, str, int]] = field(default_factory=list)
    constants: list[int] = field(default_factory=list)
    tables: list[tuple[int, ...]] = field(default_factory=list)
    bytes_used: int = 0
    numbers_used: int = 0
    floats: bool = False


class Assembler:
    """Turns values into steps; a register is (is it bytes, its number), below 0 for constants."""

    def __init__(self, graph: Graph, roots: Iterable[int]) -> None:
        """Find what the roots need, and how codes are asked about."""
        self.graph, self.machine = graph, Machine()
        self.needed = in_order(graph, roots)
        self.floats = self.machine.floats = floats_hold(graph, self.needed)
        self.place: dict[int, tuple[bool, int]] = {}
        self.fresh = 0
        self._constants: dict[int, int] = {}
        self._tables: dict[tuple[int, ...], int] = {}
        self._made: dict[tuple[object, ...], int] = {}
        self._tests: dict[int, list[int]] = {}
        self._walks: dict[int, list[int]] = {}
        for at in self.needed:
            name = graph.names[at]
            if name == "in" and not self._single(at):
                self._tests.setdefault(graph.args[at][0], []).append(at)
            elif name in ("taken", "taken sum", "part"):
                self._walks.setdefault(graph.args[at][0], []).append(at)

    # ------------------------------------------------------------ registers

    def emit(self, name: str, reads: tuple[int, ...] = (), number: int = 0, more: Any = None) -> int:
        """Add a step unless the same was made before; return the register it fills."""
        key = (name, reads, number, more)
        found = self._made.get(key)
        if found is None:
            self.fresh += 1
            found = self._made[key] = self.fresh
            self.machine.steps.append(Step(name, found, reads, number, more))
        return found

    def constant(self, value: int) -> int:
        """Return the register of a constant."""
        if value not in self._constants:
            self._constants[value] = -1 - len(self.machine.constants)
            self.machine.constants.append(value)
        return self._constants[value]

    def table(self, values: tuple[int, ...]) -> int:
        """Return the number of a table."""
        if values not in self._tables:
            self._tables[values] = len(self.machine.tables)
            self.machine.tables.append(values)
        return self._tables[values]

    def byte(self, at: int) -> int:
        """Return the byte register of a flag, a code or a small number."""
        if self.graph.names[at] in ("const", "flag"):
            return self.constant(self.graph.low[at])
        is_byte, register = self.place[at]
        assert is_byte, self.graph.names[at]
        return register

    def number(self, at: int) -> int:
        """Return the number register of any value."""
        if self.graph.names[at] in ("const", "flag"):
            return self.constant(self.graph.low[at])
        is_byte, register = self.place[at]
        if not is_byte:
            return register
        return self.emit("widen small" if self.graph.low[at] < 0 else "widen", (register,))

    def mask(self, flag: int) -> int:
        """Return the number register with all bits set where a flag holds; 1 and 0 among floats."""
        return self.emit("widen" if self.floats else "mask", (self.byte(flag),))

    # ------------------------------------------------------------ values

    def assemble(self, at: int) -> None:
        """Add the steps of one value whose parts have theirs."""
        graph, name, args = self.graph, self.graph.names[at], self.graph.args[at]
        match name:
            case "const" | "flag":
                return
            case "known" | "flag column" | "code" | "column":
                self.fresh += 1
                self.machine.loads.append((name, str(graph.data[at]), self.fresh))
                self.machine.steps.append(Step("load " + name, self.fresh, (), len(self.machine.loads) - 1))
                self.place[at] = (name != "column", self.fresh)
            case "select" | "share":
                self._macro(at)
            case "taken" | "taken sum" | "part" | "word":
                pass
            case "lin" | "choose" | "code of":
                self._sum(at)
            case "in" | "ge" | "eq" | "not" | "and" | "or" | "ge2" | "eq2" | "pick code" | "huge":
                self.place[at] = (True, self._flag(at, name, args))
            case _:
                self.place[at] = (False, self._number(at, name, args))

    def _single(self, at: int) -> bool:
        mask, count = self.graph.options(at)
        return mask.bit_count() == 1 or mask.bit_count() == count - 1

    def _flag(self, at: int, name: str, args: tuple[int, ...]) -> int:
        graph = self.graph
        match name:
            case "in":
                return self._member(at, args[0])
            case "ge":
                return self._against(at, args[0], "at least small", "at least c")
            case "eq":
                return self._against(at, args[0], "equal small", "equal c")
            case "not":
                return self.emit("not", (self.byte(args[0]),))
            case "and" | "or":
                found = self.byte(args[0])
                for part in args[1:]:
                    found = self.emit(name, (found, self.byte(part)))
                return found
            case "ge2" | "eq2":
                return self.emit("at least" if name == "ge2" else "equal", (self.number(args[0]), self.number(args[1])))
            case "pick code":
                return self.emit("pick code", tuple(self.byte(part) for part in args))
            case _:
                return self.emit("huge", tuple(self.number(part) for part in args), 0, graph.data[at])

    def _against(self, at: int, part: int, small: str, wide: str) -> int:
        is_byte, register = self.place[part]
        return self.emit(small if is_byte else wide, (register,), self.graph.divisor(at))

    def _member(self, at: int, code: int) -> int:
        mask, count = self.graph.data[at]
        if self._single(at):
            option = (mask if mask.bit_count() == 1 else ~mask & ((1 << count) - 1)).bit_length() - 1
            found = self.emit("is", (self.byte(code),), option)
            return found if mask.bit_count() == 1 else self.emit("not", (found,))
        place = self._tests[code].index(at)
        group = self._tests[code][place // 8 * 8 : place // 8 * 8 + 8]
        table = tuple(sum((self.graph.data[test][0] >> option & 1) << bit for bit, test in enumerate(group)) for option in range(count))
        packed = self.emit("look", (self.byte(code),), self.table(table))
        return self.emit("bit", (packed,), place % 8)

    def _sum(self, at: int) -> None:
        """Add the steps of a sum; a small one of flags stays among the bytes."""
        graph, args = self.graph, self.graph.args[at]
        if graph.names[at] == "lin":
            *factors, constant = graph.table(at)
        elif graph.names[at] == "choose":
            *values, constant = graph.table(at)
            factors = [value - constant for value in values]
        else:
            factors, constant = list(graph.table(at)), 0
        is_code = graph.names[at] == "code of"
        if is_code or graph.is_small(at):
            found = self.constant(constant % 256)
            for part, factor in zip(args, factors, strict=True):
                found = self.emit("add small" if graph.is_flag(part) else "add code", (found, self.byte(part)), factor % 256)
            self.place[at] = (True, found)
            return
        flags, parts = self._counted([(part, factor) for part, factor in zip(args, factors, strict=True)])
        terms = flags + sorted(((self.number(part), factor) for part, factor in parts), key=lambda item: (item[1] != 1, item[0]))
        found = self.constant(constant)
        if constant == 0 and terms[0][1] == 1:
            found = terms.pop(0)[0]
        for register, factor in terms:
            found = self.emit("add", (found, register)) if factor == 1 else self.emit("add times", (found, register), factor)
        self.place[at] = (False, found)

    def _counted(self, parts: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Return the flags of a long sum as few small sums (register, factor), and what is left of its parts."""
        flags = [item for item in parts if self.graph.is_flag(item[0])]
        if len(flags) < 3:
            return [], parts
        groups: list[list[tuple[int, int]]] = []
        shared = size = 0
        for part, factor in sorted(flags, key=lambda item: (-abs(item[1]), item[0])):
            if not groups or (size + abs(factor)) // gcd(shared, factor) > SMALL:
                groups.append([])
                shared = size = 0
            groups[-1].append((part, factor))
            shared, size = gcd(shared, factor), size + abs(factor)
        found = []
        for group in groups:
            common = gcd(*(factor for _, factor in group))
            total = self.constant(0)
            for part, factor in group:
                total = self.emit("add small", (total, self.byte(part)), factor // common % 256)
            found.append((self.emit("widen small", (total,)), common))
        return found, [item for item in parts if not self.graph.is_flag(item[0])]

    def _number(self, at: int, name: str, args: tuple[int, ...]) -> int:
        graph = self.graph
        match name:
            case "mul":
                return self.emit("times", (self.number(args[0]), self.number(args[1])))
            case "floor" | "floor2":
                return self._quotient(at, name, args)
            case "max" | "min":
                ordered = sorted(args, key=lambda part: graph.names[part] == "const")
                found = self.number(ordered[0])
                for part in ordered[1:]:
                    found = self.emit(name, (found, self.number(part)))
                return found
            case "taken of":
                walk, *values = args
                return self.emit("taken of", tuple(self.number(part) for part in values), 0, (graph.data[walk][:2], *graph.data[at]))
            case "gate":
                return self.emit("times" if self.floats else "where", (self.mask(args[0]), self.number(args[1])))
            case "pick":
                return self.emit("pick float" if self.floats else "pick", (self.mask(args[0]), self.number(args[1]), self.number(args[2])))
            case "lut":
                return self.emit("take", (self.byte(args[0]),), self.table(graph.table(at)))
            case _:
                raise AssertionError(name)

    def _quotient(self, at: int, name: str, args: tuple[int, ...]) -> int:
        """Add the step of a quotient, by how near a float comes to it."""
        graph, top = self.graph, self.number(args[0])
        most = size(graph, args[0])
        if self.floats and name == "floor":
            return self.emit("times inverse" if most < BY_RECIPROCAL else "over c float", (top,), graph.divisor(at))
        if name == "floor" and most < EXACT:
            return self.emit("over c near", (top,), graph.divisor(at))
        bottom, least = (self.constant(graph.divisor(at)), graph.divisor(at)) if name == "floor" else (self.number(args[1]), graph.low[args[1]])
        if self.floats:
            return self.emit("over any float" if least < 1 else "over float", (top, bottom))
        if least < 1:
            return self.emit("over", (top, bottom))
        is_near = max(abs(graph.low[at]), abs(graph.high[at])) < NEAR
        return self.emit("over near" if is_near else "over far", (top, bottom))

    def _macro(self, at: int) -> None:
        graph, args, layout = self.graph, self.graph.args[at], self.graph.data[at]
        outs: list[tuple[int, int]] = []
        sums: list[tuple[tuple[int, ...], int]] = []
        for reader in self._walks.get(at, []):
            self.fresh += 1
            name = graph.names[reader]
            self.place[reader] = (name == "taken", self.fresh)
            if name == "taken sum":
                sums.append((graph.table(reader), self.fresh))
            else:
                outs.append((graph.divisor(reader), self.fresh))
        if graph.names[at] == "select":
            term, count, words, resources = layout
            reads = tuple(self.byte(part) for part in args[:count]) + tuple(self.number(part) for part in args[count:])
            self.machine.steps.append(Step("select", 0, reads, 0, Walk(term, count, words, resources, tuple(outs), tuple(sums))))
        else:
            term, count = layout
            walk, *rest = args
            over = graph.data[walk][0]
            self.machine.steps.append(Step("share", 0, tuple(self.number(part) for part in rest), 0, Division(term, over, count, tuple(outs))))


def in_order(graph: Graph, roots: Iterable[int]) -> list[int]:
    """Return the values that some values need, themselves included, each as late as it can be and behind its parts."""
    found: dict[int, None] = {}
    seen: set[int] = set()
    for root in sorted(set(roots)):
        stack = [(root, False)]
        while stack:
            at, ready = stack.pop()
            if ready:
                found[at] = None
            elif at not in seen:
                seen.add(at)
                stack.append((at, True))
                stack += ((part, False) for part in reversed(graph.args[at]))
    return list(found)
