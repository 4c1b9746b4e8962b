"""Where the rows of a CSV text begin and end, and how many fields each has: found by NumPy over all bytes at once.

A row ends at a line end outside quotes. Where the quotes of a line do not pair, the rule of the format decides
(a quote opens only at the beginning of a field): the field goes on in the next lines, or the quote is a plain sign,
or it is never closed; then the line is a row of its own, and one bad quote does not swallow the rest of the file.
"""

from dataclasses import dataclass, field

import numpy as np

from fourfold.batching.tables import Array

NEWLINE, RETURN, QUOTE = 10, 13, 34
MOST_LINES, MOST_BYTES = 200, 1 << 20


@dataclass(slots=True)
class Framed:
    """Rows of a text: where each begins and ends (without its line end), its fields, its line from 0.

    `open` are rows whose quote is never closed, `stray` rows with a quote that stands for itself; `used` is how
    many bytes the rows take: what follows belongs to the next block.
    """

    starts: Array
    ends: Array
    fields: Array
    lines: Array
    used: int
    lines_used: int
    open: set[int] = field(default_factory=set)
    stray: set[int] = field(default_factory=set)


def frame(data: bytes, delimiter: str, *, is_last: bool, quoted: bool = True, width: int = 0) -> Framed:
    """Return the rows of a text; unless it is the last one, an unfinished row at its end is left over.

    With `width` a field goes on in the next lines only where that makes a row of so many fields.
    """
    signs = np.frombuffer(data, np.uint8)
    stops = np.flatnonzero(signs == NEWLINE)
    if is_last and data and not data.endswith(b"\n"):
        stops = np.append(stops, len(data))
    begins = np.concatenate([[0], stops[:-1] + 1]) if stops.size else np.zeros(0, np.int64)
    quotes = np.flatnonzero(signs == QUOTE) if quoted else np.zeros(0, np.int64)
    found = Framed(begins, stops, np.zeros(0, np.int64), np.arange(stops.size), 0, int(stops.size))
    if quotes.size and stops.size:
        _join(data, delimiter.encode(), found, quotes, width, is_last=is_last)
    found.used = min(len(data), int(found.ends[-1]) + 1) if found.ends.size else 0
    _count_fields(signs, ord(delimiter), found, quotes)
    is_return = (found.ends > found.starts) & (signs[np.maximum(found.ends - 1, 0)] == RETURN) if len(data) else found.ends
    found.ends = found.ends - is_return
    return found


def _count_fields(signs: Array, delimiter: int, found: Framed, quotes: Array) -> None:
    marks = np.flatnonzero(signs == delimiter)
    edges = np.searchsorted(marks, np.append(found.starts, found.used))
    found.fields = np.diff(edges) + 1
    if not quotes.size:
        return
    # WHY: only rows with a quote can have a delimiter that stands within a field; they are few
    quoted = np.flatnonzero(np.diff(np.searchsorted(quotes, np.append(found.starts, found.used))))
    counts = np.diff(edges)[quoted]
    at = np.repeat(edges[quoted] - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    row = np.repeat(quoted, counts)
    within = (np.searchsorted(quotes, marks[at]) - np.searchsorted(quotes, found.starts[row])) % 2
    found.fields -= np.bincount(row, weights=within, minlength=found.starts.size).astype(np.int64)


def _join(data: bytes, delimiter: bytes, found: Framed, quotes: Array, width: int, *, is_last: bool) -> None:
    """Join the lines over which a quoted field runs; note rows with a quote that is open or stands for itself."""
    in_line = np.bincount(np.minimum(np.searchsorted(found.ends, quotes), found.ends.size - 1), minlength=found.ends.size)
    beyond = quotes[quotes > found.ends[-1]].size if not is_last else 0
    in_line[-1] -= beyond
    odd = np.flatnonzero(in_line % 2)
    if not odd.size:
        return
    heads = np.ones(found.starts.size, np.bool_)
    tails = np.ones(found.starts.size, np.bool_)
    opened, strays, at = [], [], -1
    for line in odd.tolist():
        if line <= at:
            continue
        if not _is_open(_line(data, found, line), delimiter, inside=False):
            strays.append(line)
            continue
        last = _closing(data, delimiter, found, line, width)
        if last is None and not is_last and found.starts.size - line <= MOST_LINES and len(data) - found.starts[line] <= MOST_BYTES:
            heads[line:], tails[line:] = False, False
            found.lines_used = line
            break
        if last is None:
            opened.append(line)
            continue
        heads[line + 1 : last + 1], tails[line:last] = False, False
        at = last
    place = np.cumsum(heads) - 1
    found.open, found.stray = {int(place[line]) for line in opened}, {int(place[line]) for line in strays}
    found.starts, found.ends, found.lines = found.starts[heads], found.ends[tails], found.lines[heads]


def _line(data: bytes, found: Framed, line: int) -> bytes:
    return data[found.starts[line] : found.ends[line]].removesuffix(b"\r")


def _closing(data: bytes, delimiter: bytes, found: Framed, first: int, width: int) -> int | None:
    """Return the line in which the field that a line leaves open is closed, if it is near."""
    for line in range(first + 1, min(first + MOST_LINES, found.starts.size)):
        if found.ends[line] - found.starts[first] > MOST_BYTES:
            return None
        if not _is_open(_line(data, found, line), delimiter, inside=True):
            row = data[found.starts[first] : found.ends[line]].removesuffix(b"\r").decode(errors="replace")
            return line if width in (0, len(split_row(row, delimiter.decode()))) else None
    return None


def _is_open(line: bytes, delimiter: bytes, *, inside: bool) -> bool:
    """Return whether a quoted field is open at the end of a line; a quote closes only before a delimiter or the end."""
    at = 0
    while at <= len(line):
        if not inside:
            if line[at : at + 1] == b'"':
                inside, at = True, at + 1
                continue
            at = line.find(delimiter, at) + 1
            if at == 0:
                return False
            continue
        quote = line.find(b'"', at)
        if quote < 0:
            return True
        following = line[quote + 1 : quote + 2]
        if following in (b"", delimiter):
            inside, at = False, quote + 2
        else:
            at = quote + 2 if following == b'"' else quote + 1
    return inside


def split_row(row: str, delimiter: str) -> list[str]:
    """Return the fields of one row by the rule that a quote opens only at the beginning of a field."""
    fields, at = [], 0
    while True:
        if row[at : at + 1] == '"':
            text, at = _quoted(row, at + 1, delimiter)
            fields.append(text)
        else:
            following = row.find(delimiter, at)
            fields.append(row[at:] if following < 0 else row[at:following])
            at = len(row) if following < 0 else following
        if at >= len(row):
            return fields
        at += 1


def _quoted(row: str, at: int, delimiter: str) -> tuple[str, int]:
    """Return a quoted field that begins at a place, and where its delimiter (or the end) stands."""
    parts: list[str] = []
    while True:
        quote = row.find('"', at)
        if quote < 0:
            return "".join([*parts, row[at:]]), len(row)
        parts.append(row[at:quote])
        following = row[quote + 1 : quote + 2]
        if following in ("", delimiter):
            return "".join(parts), quote + 1
        parts.append('"')
        at = quote + 2 if following == '"' else quote + 1
