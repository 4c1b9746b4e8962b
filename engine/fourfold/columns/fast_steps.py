"""The plain steps of the compiled kernel: one operation over the rows of a block.

Numbers are whole numbers or floats; `bits` are the same registers as whole numbers, for the steps that only whole numbers have.
"""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

BLOCK = 512
_F = TypeVar("_F", bound=Callable[..., Any])


def jit(function: _F) -> _F:
    """Return a function compiled with its caller; it lets go of the interpreter lock."""
    compiled: Any = numba.njit(nogil=True, boundscheck=False, error_model="numpy")(function)
    same: _F = compiled
    return same


def kept(function: _F) -> _F:
    """Return a function compiled and kept on disk, with all that it calls."""
    compiled: Any = numba.njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")(function)
    same: _F = compiled
    return same


@jit
def of_bytes(name: int, rows: Any, out: int, one: int, two: int, three: int, constant: int) -> None:
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
        shift = np.uint8(constant)
        for i in range(BLOCK):
            rows[out, i] = (rows[one, i] >> shift) & np.uint8(1)
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


@jit
def of_numbers(name: int, rows: Any, out: int, one: int, two: int, constant: int) -> None:
    """Make numbers of numbers: sums, products, the larger, the smaller."""
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
            rows[out, i] = max(rows[one, i], rows[two, i])
    else:
        for i in range(BLOCK):
            rows[out, i] = min(rows[one, i], rows[two, i])


@jit
def of_whole_numbers(name: int, rows: Any, out: int, one: int, two: int, three: int, constant: int) -> None:
    """Make whole numbers: quotients rounded down, and choices by bits."""
    if name == 27:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] // rows[two, i] if rows[two, i] != 0 else 0
    elif name == 28:
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
    elif name == 29:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] & rows[two, i]
    else:
        for i in range(BLOCK):
            rows[out, i] = rows[three, i] ^ ((rows[two, i] ^ rows[three, i]) & rows[one, i])


@jit
def of_floats(name: int, rows: Any, out: int, one: int, two: int, three: int, constant: int) -> None:
    """Make floats that hold whole numbers: quotients rounded down, and choices by products."""
    if name == 33:
        inverse = 1.0 / float(constant)
        for i in range(BLOCK):
            rows[out, i] = np.floor((rows[one, i] + 0.5) * inverse)
    elif name == 34:
        below = float(constant)
        for i in range(BLOCK):
            rows[out, i] = np.floor(rows[one, i] / below)
    elif name == 35:
        for i in range(BLOCK):
            rows[out, i] = np.floor(rows[one, i] / rows[two, i])
    elif name == 36:
        for i in range(BLOCK):
            rows[out, i] = np.floor(rows[one, i] / rows[two, i]) if rows[two, i] != 0 else 0
    else:
        for i in range(BLOCK):
            rows[out, i] = rows[three, i] + (rows[two, i] - rows[three, i]) * rows[one, i]


@jit
def sum_of_numbers(rows: Any, out: int, operands: Any, start: int) -> None:
    """Add up numbers with their factors, two at a time."""
    count, constant = operands[start], operands[start + 1]
    first = start + 2
    one, factor = operands[first], operands[first + count]
    for i in range(BLOCK):
        rows[out, i] = rows[one, i] * factor + constant
    place = 1
    while place + 1 < count:
        one, factor = operands[first + place], operands[first + count + place]
        two, other = operands[first + place + 1], operands[first + count + place + 1]
        for i in range(BLOCK):
            rows[out, i] += rows[one, i] * factor + rows[two, i] * other
        place += 2
    if place < count:
        one, factor = operands[first + place], operands[first + count + place]
        for i in range(BLOCK):
            rows[out, i] += rows[one, i] * factor


@jit
def chain_of_bytes(name: int, rows: Any, out: int, operands: Any, start: int) -> None:
    """Add up flags with their factors, or join flags by `and` or `or`."""
    count, first = operands[start], start + 2
    one, two = operands[first], operands[first + count - 1]
    if name == 9:
        constant, factor = np.uint8(operands[start + 1]), np.uint8(operands[first + count])
        # WHY: an operand with a factor is a flag, and processors have no products of bytes: all bits of the factor where it is 1
        if factor == 1:
            for i in range(BLOCK):
                rows[out, i] = rows[one, i] + constant
        else:
            for i in range(BLOCK):
                rows[out, i] = (-rows[one, i] & factor) + constant
        for place in range(1, count):
            one, factor = operands[first + place], np.uint8(operands[first + count + place])
            if factor == 1:
                for i in range(BLOCK):
                    rows[out, i] += rows[one, i]
            else:
                for i in range(BLOCK):
                    rows[out, i] += -rows[one, i] & factor
    elif name == 10:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] & rows[two, i]
        for place in range(1, count - 1):
            two = operands[first + place]
            for i in range(BLOCK):
                rows[out, i] &= rows[two, i]
    else:
        for i in range(BLOCK):
            rows[out, i] = rows[one, i] | rows[two, i]
        for place in range(1, count - 1):
            two = operands[first + place]
            for i in range(BLOCK):
                rows[out, i] |= rows[two, i]


@jit
def bytes_of_numbers(name: int, flags: Any, rows: Any, out: int, one: int, two: int, constant: int) -> None:
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


@jit
def numbers_of_bytes(name: int, rows: Any, bits: Any, flags: Any, out: int, one: int) -> None:
    """Make numbers of bytes: as they are, with a sign, or all bits set where a flag holds."""
    if name == 61:
        for i in range(BLOCK):
            rows[out, i] = flags[one, i]
    elif name == 62:
        for i in range(BLOCK):
            rows[out, i] = np.int8(flags[one, i])
    else:
        for i in range(BLOCK):
            bits[out, i] = -np.int64(flags[one, i])


@jit
def huge(out: Any, numbers: Any, operands: Any, start: int) -> None:
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


@jit
def look_up(name: int, flags: Any, numbers: Any, step: Any, tables: Any) -> None:
    """Look up a byte or a number by a code."""
    codes, start = flags[step[2]], step[5]
    if name == 91:
        small = flags[step[1]]
        for i in range(BLOCK):
            small[i] = np.uint8(tables[start + codes[i]])
    else:
        wide = numbers[step[1]]
        for i in range(BLOCK):
            wide[i] = tables[start + codes[i]]


@jit
def write_word(words: Any, flags: Any, operands: Any, out: int, start: int, at: int) -> None:
    """Lay up to eight bytes side by side in a word."""
    laid, first = words[out, at : at + BLOCK], flags[operands[start + 1]]
    for i in range(BLOCK):
        laid[i] = first[i]
    for place in range(1, operands[start]):
        part, shift = flags[operands[start + 1 + place]], 8 * place
        for i in range(BLOCK):
            laid[i] |= np.int64(part[i]) << shift


@jit
def ends(name: int, flags: Any, numbers: Any, step: Any, places: Any, at: int) -> None:
    """Load, store, and note what ends a row or sends it to the referee."""
    in_bytes, in_numbers, out_bytes, out_numbers, _, reject, slow = places
    out, one, place = step[1], step[2], step[5]
    if name == 81:
        codes, filled = in_bytes[place, at : at + BLOCK], flags[out]
        for i in range(BLOCK):
            filled[i] = codes[i]
    elif name == 82:
        values, loaded = in_numbers[place, at : at + BLOCK], numbers[out]
        for i in range(BLOCK):
            loaded[i] = values[i]
    elif name == 83:
        small, kept = flags[one], out_bytes[place, at : at + BLOCK]
        for i in range(BLOCK):
            kept[i] = small[i]
    elif name == 84:
        wide, stored = numbers[one], out_numbers[place, at : at + BLOCK]
        for i in range(BLOCK):
            stored[i] = np.int64(wide[i])
    elif name == 85:
        reason, broken, reasons = np.uint16(place - 1), flags[one], reject[at : at + BLOCK]
        for i in range(BLOCK):
            # WHY: all bits set where nothing is broken: no reason is the largest number
            found = reason | (np.uint16(broken[i]) - np.uint16(1))
            reasons[i] = min(reasons[i], found)
    else:
        doubtful, slowly = flags[one], slow[at : at + BLOCK]
        for i in range(BLOCK):
            slowly[i] |= doubtful[i]
