"""The compiled kernel: it reads the steps of any machine, so that a change of rules needs no compiler.

It takes a block of rows after the other through all steps; a block's registers stay in the processor's
own memory. Numba compiles it once and keeps it on disk.
"""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

BLOCK = 512
OUT = 1 << 62
_F = TypeVar("_F", bound=Callable[..., Any])


def _jit(function: _F) -> _F:
    """Return a function compiled; it lets go of the interpreter lock."""
    compiled: Any = numba.njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")(function)
    same: _F = compiled
    return same


@_jit
def _of_bytes(name: int, rows: Any, out: int, one: int, two: int, three: int, constant: int) -> None:
    """Make bytes of bytes: and, or, not, is, bit, small comparisons and sums, a choice between codes."""
    if name == 1:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] & rows[two, i]
    elif name == 2:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] | rows[two, i]
    elif name == 3:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] ^ np.uint8(1)
    elif name == 4:
        value = np.uint8(constant)
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] == value
    elif name == 5:
        mask = np.uint8(1 << constant)
        for i in range(BLOCK):
            rows[out, i] = (rows[one, i] & mask) != 0
    elif name == 6:
        bound = np.int8(constant)
        for i in range(BLOCK):
            rows[out, i] = np.int8(rows[one, i]) >= bound
    elif name == 7:
        factor = np.uint8(constant)
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] + np.uint8(rows[two, i] * factor)
    else:
        for i in range(BLOCK):
            rows[out, i] = rows[two, i] if rows[one, i] != 0 else rows[three, i]


@_jit
def _of_numbers(name: int, rows: Any, out: int, one: int, two: int, three: int, constant: int) -> None:
    """Make numbers of numbers: sums, products, quotients, the larger, the smaller, a choice."""
    if name == 21:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] + rows[two, i]
    elif name == 22:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] + rows[two, i] * constant
    elif name == 23:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] * rows[two, i]
    elif name == 24:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] // rows[two, i] if rows[two, i] != 0 else 0
    elif name == 26:
        below = float(constant)
        for i in range(BLOCK):
            rows[out, i] = np.int64(math.floor(float(rows[one, i]) / below))
    elif name == 31:
        for i in range(BLOCK):
            guess = np.int64(math.floor(float(rows[one, i]) / float(rows[two, i])))
            rest = rows[one, i] - guess * rows[two, i]
            guess += np.int64(rest >= rows[two, i]) - np.int64(rest < 0)
            rows[out, i] = guess
    elif name == 32:
        for i in range(BLOCK):
            guess = np.int64(math.floor(float(rows[one, i]) / float(rows[two, i])))
            guess += np.int64(math.floor(float(rows[one, i] - guess * rows[two, i]) / float(rows[two, i])))
            rest = rows[one, i] - guess * rows[two, i]
            guess += np.int64(rest >= rows[two, i]) - np.int64(rest < 0)
            rows[out, i] = guess
    elif name == 27:
        for i in range(BLOCK):
            rows[out, i] = max(rows[one, i], rows[two, i])
    elif name == 28:
        for i in range(BLOCK):
            rows[out, i] = min(rows[one, i], rows[two, i])
    elif name == 29:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] & rows[two, i]
    else:
        for i in range(BLOCK):
            rows[out, i] = rows[three, i] ^ ((rows[two, i] ^ rows[three, i]) & rows[one, i])


@_jit
def _bytes_of_numbers(name: int, flags: Any, rows: Any, out: int, one: int, two: int, constant: int) -> None:
    """Compare numbers, with flags as the result."""
    if name == 41:
        for i in range(BLOCK):
            flags[out, i] = rows[one, i] >= constant
    elif name == 42:
        for i in range(BLOCK):
            flags[out, i] = rows[one, i] == constant
    elif name == 43:
        for i in range(BLOCK):
            flags[out, i] = rows[one, i] >= rows[two, i]
    else:
        for i in range(BLOCK):
            flags[out, i] = rows[one, i] == rows[two, i]


@_jit
def _numbers_of_bytes(name: int, rows: Any, flags: Any, out: int, one: int) -> None:
    """Make numbers of bytes: as they are, with a sign, or all bits set where a flag holds."""
    if name == 61:
        for i in range(BLOCK):
            rows[out, i] = flags[one, i]
    elif name == 62:
        for i in range(BLOCK):
            rows[out, i] = np.int8(flags[one, i])
    else:
        for i in range(BLOCK):
            rows[out, i] = -np.int64(flags[one, i])


@_jit
def _huge(out: Any, numbers: Any, operands: Any, start: int) -> None:
    """Say where a product (no factors given) or a sum leaves what 64 bits hold."""
    count, is_product = operands[start], operands[start + 1]
    for i in range(BLOCK):
        if is_product:
            size = abs(float(numbers[operands[start + 2], i]) * float(numbers[operands[start + 3], i]))
        else:
            size = abs(float(operands[start + 2 + 2 * count]))
            for part in range(count):
                size += abs(float(numbers[operands[start + 2 + part], i]) * float(operands[start + 2 + count + part]))
        out[i] = size > 4.611686018427388e18


@_jit
def _follows(numbers: Any, words: Any, width: int, one: int, two: int, row: int) -> bool:
    """Return whether candidate `two` stands before candidate `one` in a row."""
    for word in range(width):
        left, right = numbers[words[one * width + word], row], numbers[words[two * width + word], row]
        if left != right:
            return bool(right < left)
    return False


@_jit
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


@_jit
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


@_jit
def _select(numbers: Any, flags: Any, spec: Any, tables: Any, order: Any, counts: Any, at: int) -> None:
    """Walk all rows of a block, and leave flags and sums of what was taken."""
    count, width, resources = spec[0], spec[1], spec[2]
    ends = 3 + count * (1 + width + resources)
    most = spec[ends + resources + 1]
    outs = ends + resources + 2
    sums = outs + 1 + 2 * spec[outs]
    eligible = np.empty(count + 1, np.int64)
    have = np.empty(resources + 1, np.int64)
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


@_jit
def _divide_row(numbers: Any, spec: Any, row: int, order: Any, counts: Any, parts: Any, at: int, rest: Any) -> None:
    """Share out the amount of one row: rounded down, then one more for the largest remainders, ties by slot."""
    amount, slots, whole = numbers[spec[1], row], counts[at + row], np.int64(0)
    for slot in range(slots):
        whole += numbers[spec[2 + order[slot, at + row]], row]
    equal = whole == 0
    if equal:
        whole = np.int64(slots)
    left = amount
    for slot in range(slots):
        weight = np.int64(1) if equal else numbers[spec[2 + order[slot, at + row]], row]
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


@_jit
def _share(numbers: Any, spec: Any, order: Any, counts: Any, parts: Any, at: int) -> None:
    count = spec[0]
    rest = np.empty(count + 1, np.int64)
    for row in range(BLOCK):
        if counts[at + row] == 1:
            parts[0, at + row] = numbers[spec[1], row]
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


@_jit
def _ends(name: int, flags: Any, numbers: Any, step: Any, places: Any, at: int) -> None:
    """Load, store, and note what ends a row or sends it to the referee."""
    in_bytes, in_numbers, out_bytes, out_numbers, reject, slow = places
    if name == 81:
        flags[step[1], :] = in_bytes[step[5], at : at + BLOCK]
    elif name == 82:
        numbers[step[1], :] = in_numbers[step[5], at : at + BLOCK]
    elif name == 83:
        out_bytes[step[5], at : at + BLOCK] = flags[step[2]]
    elif name == 84:
        out_numbers[step[5], at : at + BLOCK] = numbers[step[2]]
    elif name == 85:
        source, place = flags[step[2]], np.uint16(step[5])
        for i in range(BLOCK):
            if source[i] != 0 and (reject[at + i] == 0 or reject[at + i] > place):
                reject[at + i] = place
    else:
        source = flags[step[2]]
        for i in range(BLOCK):
            slow[at + i] |= source[i]


@_jit
def _look_up(name: int, flags: Any, numbers: Any, step: Any, tables: Any) -> None:
    """Look up a byte or a number by a code."""
    codes, start = numbers[step[2]], step[5]
    if name == 91:
        small = flags[step[1]]
        for i in range(BLOCK):
            small[i] = np.uint8(tables[start + codes[i]])
    else:
        wide = numbers[step[1]]
        for i in range(BLOCK):
            wide[i] = tables[start + codes[i]]


@_jit
def _over_taken(numbers: Any, spec: Any, out: int, order: Any, counts: Any, at: int) -> None:
    """Sum up, or take the best of, the numbers of what was taken."""
    mode, rest, count = spec[0], spec[1], spec[2]
    for row in range(BLOCK):
        found = rest
        for slot in range(counts[at + row]):
            candidate = order[slot, at + row]
            if spec[3 + candidate] >= 0:
                value = numbers[spec[3 + candidate], row] * spec[3 + count + candidate]
                found = found + value if mode == 0 else max(found, value) if mode == 1 else min(found, value)
        numbers[out, row] = found


@_jit
def _word(numbers: Any, flags: Any, operands: Any, out: int, start: int) -> None:
    """Lay up to eight bytes side by side in a number."""
    for i in range(BLOCK):
        numbers[out, i] = flags[operands[start + 1], i]
    for place in range(1, operands[start]):
        part = operands[start + 1 + place]
        for i in range(BLOCK):
            numbers[out, i] |= np.int64(flags[part, i]) << (8 * place)


@_jit
def run_chunk(steps: Any, tables: Any, operands: Any, flags: Any, numbers: Any, places: Any, walks: Any, size: int) -> None:
    """Take a chunk of rows through the steps, block by block; arrays of rows are a whole number of blocks long."""
    order, counts, parts = walks
    for at in range(0, size, BLOCK):
        for place in range(steps.shape[0]):
            name = steps[place, 0]
            if name < 20:
                _of_bytes(name, flags, steps[place, 1], steps[place, 2], steps[place, 3], steps[place, 4], steps[place, 5])
            elif name < 40:
                _of_numbers(name, numbers, steps[place, 1], steps[place, 2], steps[place, 3], steps[place, 4], steps[place, 5])
            elif name < 60:
                _bytes_of_numbers(name, flags, numbers, steps[place, 1], steps[place, 2], steps[place, 3], steps[place, 5])
            elif name < 80:
                _numbers_of_bytes(name, numbers, flags, steps[place, 1], steps[place, 2])
            elif name < 90:
                _ends(name, flags, numbers, steps[place], places, at)
            elif name == 93:
                _word(numbers, flags, operands, steps[place, 1], steps[place, 5])
            elif name < 95:
                _look_up(name, flags, numbers, steps[place], tables)
            elif name == 95:
                _huge(flags[steps[place, 1]], numbers, operands, steps[place, 5])
            elif name == 98:
                _over_taken(numbers, operands[steps[place, 5] :], steps[place, 1], order[steps[place, 2]], counts[steps[place, 2]], at)
            elif name == 96:
                _select(numbers, flags, operands[steps[place, 5] :], tables, order[steps[place, 1]], counts[steps[place, 1]], at)
            else:
                _share(numbers, operands[steps[place, 5] :], order[steps[place, 1]], counts[steps[place, 1]], parts[steps[place, 2]], at)
