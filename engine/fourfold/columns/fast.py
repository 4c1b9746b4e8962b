"""The compiled kernel: it reads the steps of any machine, so that a change of rules needs no compiler.

It takes a block of rows after the other through all steps; a block's registers stay in the processor's
own memory. Numba compiles it once for whole numbers and once for floats, and keeps it on disk.
"""

import zlib
from pathlib import Path
from typing import Any

import numpy as np

from fourfold.columns.fast_steps import (
    BLOCK,
    bytes_of_numbers,
    chain_of_bytes,
    ends,
    huge,
    jit,
    kept,
    look_up,
    numbers_of_bytes,
    of_bytes,
    of_floats,
    of_numbers,
    of_whole_numbers,
    sum_of_numbers,
    write_word,
)

OUT = 1 << 62


@jit
def _follows(numbers: Any, words: Any, width: int, one: int, two: int, row: int) -> bool:
    """Return whether candidate `two` stands before candidate `one` in a row."""
    for word in range(width):
        left, right = numbers[words[one * width + word], row], numbers[words[two * width + word], row]
        if left != right:
            return bool(right < left)
    return False


@jit
def _walk_row(numbers: Any, spec: Any, row: int, eligible: Any, left: int, have: Any, order: Any, at: int) -> int:
    """Walk down the order of one row; write what is taken into its slots and return how many."""
    count, width, resources = spec[0], spec[1], spec[2]
    words = spec[3 + count : 3 + count * (1 + width)]
    needs = spec[3 + count * (1 + width) : 3 + count * (1 + width + resources)]
    ends = spec[3 + count * (1 + width + resources) :]
    at_least, at_most = numbers[ends[resources], row], numbers[ends[resources + 1], row]
    for resource in range(resources):
        have[resource] = numbers[ends[resource], row]
    taken = 0
    while left > 0 and taken < at_most:
        best = 0
        for place in range(1, left):
            if _follows(numbers, words, width, eligible[best], eligible[place], row):
                best = place
        candidate = eligible[best]
        left -= 1
        eligible[best] = eligible[left]
        fits = True
        for resource in range(resources):
            fits = fits and numbers[needs[candidate * resources + resource], row] <= have[resource]
        if fits or taken < at_least:
            order[taken, at + row] = candidate
            taken += 1
            for resource in range(resources):
                have[resource] -= numbers[needs[candidate * resources + resource], row]
    return taken


@jit
def _flag_taken(flags: Any, outs: Any, count: int, order: Any, counts: Any, at: int) -> None:
    """Flag what each row took, in the register of each candidate that somebody reads."""
    registers = np.full(count + 1, -1, np.int64)
    for out in range(outs[0]):
        wanted, register = outs[1 + 2 * out], outs[2 + 2 * out]
        flags[register, :] = 0
        registers[wanted if wanted >= 0 else count] = register
    for row in range(BLOCK):
        for slot in range(counts[at + row]):
            register = registers[order[slot, at + row]]
            if register >= 0:
                flags[register, row] = 1
        if counts[at + row] > 0 and registers[count] >= 0:
            flags[registers[count], row] = 1


@jit
def _select(numbers: Any, flags: Any, spec: Any, tables: Any, order: Any, counts: Any, at: int) -> None:
    """Walk all rows of a block, and leave flags and sums of what was taken."""
    count, width, resources = spec[0], spec[1], spec[2]
    ends = 3 + count * (1 + width + resources)
    most = spec[ends + resources + 1]
    outs = ends + resources + 2
    sums = outs + 1 + 2 * spec[outs]
    eligible = np.empty(count + 1, np.int64)
    have = np.empty(resources + 1, numbers.dtype)
    any_one = flags.shape[0] - 1
    flags[any_one, :] = 0
    for candidate in range(count):
        flag = spec[3 + candidate]
        for row in range(BLOCK):
            flags[any_one, row] |= flags[flag, row]
    for row in range(BLOCK):
        taken = 0
        if flags[any_one, row] and numbers[most, row] > 0:
            left = 0
            for candidate in range(count):
                eligible[left] = candidate
                left += flags[spec[3 + candidate], row]
            if left:
                taken = _walk_row(numbers, spec, row, eligible, left, have, order, at)
        counts[at + row] = taken
    _flag_taken(flags, spec[outs:], count, order, counts, at)
    for out in range(spec[sums]):
        table, total = spec[sums + 1 + 2 * out], numbers[spec[sums + 2 + 2 * out]]
        for row in range(BLOCK):
            whole = np.int64(0)
            for slot in range(counts[at + row]):
                whole += tables[table + order[slot, at + row]]
            total[row] = whole


@jit
def _divide_row(numbers: Any, spec: Any, row: int, order: Any, counts: Any, parts: Any, at: int, rest: Any) -> None:
    """Share out the amount of one row: rounded down, then one more for the largest remainders, ties by slot."""
    amount, slots, whole = np.int64(numbers[spec[1], row]), counts[at + row], np.int64(0)
    for slot in range(slots):
        whole += np.int64(numbers[spec[2 + order[slot, at + row]], row])
    equal = whole == 0
    if equal:
        whole = np.int64(slots)
    left = amount
    for slot in range(slots):
        weight = np.int64(1) if equal else np.int64(numbers[spec[2 + order[slot, at + row]], row])
        part = np.int64(float(amount) * float(weight) / float(whole))
        remainder = amount * weight - part * whole
        more = remainder // whole
        part += more
        rest[slot] = remainder - more * whole
        parts[slot, at + row] = part
        left -= part
    while left > 0:
        best = 0
        for slot in range(1, slots):
            if rest[slot] > rest[best]:
                best = slot
        parts[best, at + row] += 1
        rest[best] = -1
        left -= 1


@jit
def _share(numbers: Any, spec: Any, order: Any, counts: Any, parts: Any, at: int) -> None:
    count = spec[0]
    rest = np.empty(count + 1, np.int64)
    for row in range(BLOCK):
        if counts[at + row] == 1:
            parts[0, at + row] = np.int64(numbers[spec[1], row])
        elif counts[at + row]:
            _divide_row(numbers, spec, row, order, counts, parts, at, rest)
    outs = 2 + count
    registers = np.full(count + 1, -1, np.int64)
    for out in range(spec[outs]):
        numbers[spec[outs + 2 + 2 * out], :] = 0
        registers[spec[outs + 1 + 2 * out]] = spec[outs + 2 + 2 * out]
    for row in range(BLOCK):
        for slot in range(counts[at + row]):
            register = registers[order[slot, at + row]]
            if register >= 0:
                numbers[register, row] = parts[slot, at + row]


@jit
def _over_taken(numbers: Any, spec: Any, out: int, order: Any, counts: Any, at: int) -> None:
    """Sum up, or take the best of, the numbers of what was taken."""
    mode, count = spec[0], spec[2]
    rest = numbers.dtype.type(spec[1])
    for row in range(BLOCK):
        found = rest
        for slot in range(counts[at + row]):
            candidate = order[slot, at + row]
            if spec[3 + candidate] >= 0:
                value = numbers[spec[3 + candidate], row] * spec[3 + count + candidate]
                found = found + value if mode == 0 else max(found, value) if mode == 1 else min(found, value)
        numbers[out, row] = found


@kept
def flattened(slots: Any, counts: Any, found: Any) -> None:
    """Write the lists of all rows one behind the other."""
    at = 0
    for row in range(counts.shape[0]):
        for slot in range(counts[row]):
            found[at] = slots[slot, row]
            at += 1


def _kernel(sources: int) -> Any:
    """Return the kernel.

    WHY: what is kept on disk is known by this file and by what the function holds; so it holds a sum over
    all files that are compiled into it, and a change in any of them compiles it anew.
    """

    @kept
    def run_chunk(steps: Any, tables: Any, operands: Any, flags: Any, numbers: Any, bits: Any, places: Any, walks: Any, size: int) -> None:
        """Take a chunk of rows through the steps, block by block; arrays of rows are a whole number of blocks long."""
        order, counts, parts = walks
        for at in range(0, size if sources else 0, BLOCK):
            for place in range(steps.shape[0]):
                name, out, start = steps[place, 0], steps[place, 1], steps[place, 5]
                if name < 9:
                    of_bytes(name, flags, out, steps[place, 2], steps[place, 3], steps[place, 4], start)
                elif name < 20:
                    chain_of_bytes(name, flags, out, operands, start)
                elif name < 26:
                    of_numbers(name, numbers, out, steps[place, 2], steps[place, 3], start)
                elif name < 33:
                    of_whole_numbers(name, bits, out, steps[place, 2], steps[place, 3], steps[place, 4], start)
                elif name < 38:
                    of_floats(name, numbers, out, steps[place, 2], steps[place, 3], steps[place, 4], start)
                elif name < 40:
                    sum_of_numbers(numbers, out, operands, start)
                elif name < 60:
                    bytes_of_numbers(name, flags, numbers, out, steps[place, 2], steps[place, 3], start)
                elif name < 80:
                    numbers_of_bytes(name, numbers, bits, flags, out, steps[place, 2])
                elif name < 90:
                    ends(name, flags, numbers, steps[place], places, at)
                elif name == 93:
                    write_word(places[4], flags, operands, out, start, at)
                elif name < 95:
                    look_up(name, flags, numbers, steps[place], tables)
                elif name == 95:
                    huge(flags[out], numbers, operands, start)
                elif name == 98:
                    _over_taken(numbers, operands[start:], out, order[steps[place, 2]], counts[steps[place, 2]], at)
                elif name == 96:
                    _select(numbers, flags, operands[start:], tables, order[out], counts[out], at)
                else:
                    _share(numbers, operands[start:], order[out], counts[out], parts[steps[place, 2]], at)

    return run_chunk


run_chunk = _kernel(1 + sum(zlib.crc32(Path(__file__).with_name(name).read_bytes()) for name in ("fast.py", "fast_steps.py")))
