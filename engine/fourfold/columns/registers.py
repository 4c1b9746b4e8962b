"""Registers used again: where each step reads and writes, once it is known who reads a value last."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fourfold.columns.machine import BYTES, Division, Machine, Step, Walk

BYTE_LOADS = frozenset({"load known", "load flag column", "load code"})


def with_registers(machine: Machine) -> Machine:
    """Return a machine whose steps name physical registers; bytes and numbers are counted apart."""
    last: dict[int, int] = {}
    for place, step in enumerate(machine.steps):
        for register in step.reads:
            last[register] = place
    pools = _Pools()
    steps = []
    for place, step in enumerate(machine.steps):
        reads = tuple(pools.of(register) for register in step.reads)
        ends = [register for register in dict.fromkeys(step.reads) if register > 0 and last[register] == place]
        made = list(_made(step))
        # WHY: what a step fills is never what it reads; a walk writes while it reads, and the kernel is quick only so
        rows = {register: pools.take(register, is_byte) for register, is_byte in made}
        pools.free(ends)
        if step.name in ("select", "share"):
            steps.append(_walk(step, reads, rows))
        else:
            steps.append(Step(step.name, rows[made[0][0]] if made else 0, reads, step.number, step.more))
        pools.free(register for register, _ in made if register not in last)
    return replace(machine, steps=steps, bytes_used=pools.used[True], numbers_used=pools.used[False])


def _made(step: Step) -> Iterator[tuple[int, bool]]:
    if isinstance(step.more, Walk):
        yield from ((register, True) for _, register in step.more.taken)
        yield from ((register, False) for _, register in step.more.sums)
    elif isinstance(step.more, Division):
        yield from ((register, False) for _, register in step.more.parts)
    elif step.name not in ("store", "fail", "slow"):
        yield step.out, step.name in BYTES or step.name in BYTE_LOADS


def _walk(step: Step, reads: tuple[int, ...], made: dict[int, int]) -> Step:
    if isinstance(step.more, Walk):
        more: Walk | Division = replace(step.more, taken=tuple((c, made[r]) for c, r in step.more.taken), sums=tuple((t, made[r]) for t, r in step.more.sums))
    else:
        assert isinstance(step.more, Division)
        more = replace(step.more, parts=tuple((c, made[r]) for c, r in step.more.parts))
    return Step(step.name, 0, reads, step.number, more)


class _Pools:
    """Free rows of bytes and of numbers."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[bool, int]] = {}
        self.left: dict[bool, list[int]] = {True: [], False: []}
        self.used = {True: 0, False: 0}

    def of(self, register: int) -> int:
        """Return the row of a register; constants stay as they are."""
        return register if register < 0 else self.rows[register][1]

    def take(self, register: int, is_byte: bool) -> int:
        """Return a row for a new register."""
        if self.left[is_byte]:
            row = self.left[is_byte].pop()
        else:
            row = self.used[is_byte]
            self.used[is_byte] += 1
        self.rows[register] = (is_byte, row)
        return row

    def free(self, registers: Iterable[int]) -> None:
        """Give rows back."""
        for register in registers:
            is_byte, row = self.rows[register]
            self.left[is_byte].append(row)
