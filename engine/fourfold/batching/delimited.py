"""CSV and TSV as people save them: delimiter, title lines, header, ragged rows, quotes that are never closed."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from fourfold.batching.framing import Framed, frame, split_row
from fourfold.batching.streams import NAMES, Stream, as_stream, byte_and_line, place_of, unreadable
from fourfold.batching.tables import Array, Block, Reject

BLOCK = 8 << 20
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
FIRST_LINES = 60
_NUMBER = re.compile(r"[\s$€£¥￥]*[-+]?[\d.,]*\d[\d.,\s]*(?:%|k|m|bn?|万|亿|元)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """How a text is written: delimiter, where its header stands (byte and line), the columns, how many title lines are above."""

    delimiter: str
    begin: int
    line: int
    columns: tuple[str, ...]
    titles: int


def is_figure(text: str) -> bool:
    """Return whether a cell is a number, however it is written."""
    return bool(_NUMBER.fullmatch(text.strip()))


def form_of(path: Path, text: bytes, *, is_whole: bool) -> Form:
    """Return how a text is written, from its beginning; what is no table is a problem."""
    if not text.strip():
        raise unreadable(path, "is empty", "give a file with a header row and one company a row")
    best: tuple[float, str, Framed, list[list[str]]] | None = None
    for delimiter in DELIMITERS:
        framed = frame(text, delimiter, is_last=is_whole)
        rows = [_cells(text, framed, at, delimiter) for at in range(min(FIRST_LINES, framed.starts.size))]
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        if not filled:
            continue
        width, count = Counter(len(row) for row in filled).most_common(1)[0]
        score = (count / len(filled)) * (width > 1) + min(width, 50) / 1000
        if best is None or score > best[0] + 1e-9:
            best = (score, delimiter, framed, rows)
    if best is None:
        raise unreadable(path, "has no rows", "give a file with a header row and one company a row")
    _, delimiter, framed, rows = best
    width = Counter(len(row) for row in rows if any(cell.strip() for cell in row)).most_common(1)[0][0]
    at = _header(rows, width, path)
    return Form(delimiter, int(framed.starts[at]), int(framed.lines[at]), named(rows[at]), at)


def _cells(text: bytes, framed: Framed, row: int, delimiter: str) -> list[str]:
    return split_row(text[framed.starts[row] : framed.ends[row]].decode(errors="replace").lstrip("\ufeff"), delimiter)


def _header(rows: list[list[str]], width: int, path: Path) -> int:
    """Return the row that names the columns: the first one as wide as the table that is all words, below any title."""
    for at, row in enumerate(rows):
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(row) < width or not filled or (width > 1 and len(filled) < max(2, (width + 1) // 2)):
            continue
        if sum(is_figure(cell) for cell in filled) * 2 >= len(filled) and not all(re.fullmatch(r"(?:19|20)\d\d", cell) for cell in filled if is_figure(cell)):
            raise unreadable(path, "has no header: its first row holds values", f"write the names of the columns above the first row (it begins with `{' '.join(filled)[:40]}`)", "F131")
        return at
    raise unreadable(path, "has no header row", "name the columns in the first row", "F131")


def named(cells: list[str]) -> tuple[str, ...]:
    """Return the names of columns; an empty name gets its place, a second one of the same name a number."""
    found: list[str] = []
    for place, cell in enumerate(cells, 1):
        plain = " ".join(cell.split()) or f"column {place}"
        name, number = plain, 2
        while name in found:
            name, number = f"{plain} ({number})", number + 1
        found.append(name)
    return tuple(found)


class Delimited:
    """A CSV or TSV file as a table."""

    def __init__(self, path: Path, stream: Stream, form: Form, head: bytes) -> None:
        """Keep how it is written; the first block begins behind the header, `head` is the header as it stands."""
        self.name, self.stream, self.form, self.head = str(path), stream, form, head
        self.columns = form.columns
        above = f" · header below {form.titles} title lines" if form.titles > 1 else " · header below a title line" if form.titles else ""
        self.about = f"{NAMES[stream.encoding]} · {DELIMITERS[form.delimiter]}{above}"

    def size(self) -> int:
        """Return the bytes of the file where they are read as they stand, else 0."""
        plain = self.stream.encoding in ("utf-8", "utf-8-sig") and self.stream.path.suffix != ".gz"
        return self.stream.path.stat().st_size if plain else 0

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the blocks from a place on (0: behind the header)."""
        try:
            yield from self._blocks(start)
        finally:
            self.stream.close()

    def _blocks(self, start: int) -> Iterator[Block]:
        place, line = byte_and_line(start) if start else (self.form.begin, self.form.line)
        is_first = not start
        size = BLOCK
        while True:
            data = self.stream.window(place, size)
            is_last = self.stream.is_done(place, size)
            framed = frame(data, self.form.delimiter, is_last=is_last, width=len(self.columns))
            if not framed.starts.size and not is_last:
                size *= 2
                continue
            size = BLOCK
            if framed.starts.size:
                following = 0 if is_last else place_of(place + framed.used, line + framed.lines_used)
                yield self._block(data, framed, line, following, skip=is_first)
            if is_last:
                return
            is_first = False
            place, line = place + framed.used, line + framed.lines_used

    def _block(self, data: bytes, framed: Framed, line: int, following: int, *, skip: bool) -> Block:
        rows = framed.lines + line + 1
        width = len(self.columns)
        # WHY: many tables end in rows of nothing but delimiters; they are no companies
        lengths = framed.ends - framed.starts
        empty = (lengths <= 0) | ((lengths == framed.fields - 1) & (lengths <= width + 1))
        bad = (framed.fields != width) & ~empty
        for at in (*framed.open, *framed.stray):
            bad[at] = True
        invalid = _not_utf8(data, framed) if not _is_utf8(data[: framed.used]) else ()
        for at in invalid:
            bad[at] = True
        if skip:
            bad[0], empty[0] = False, True
        again = self._header_again(data, framed, ~bad & ~empty)
        bad[again] = True
        broken, mended = self._broken(data, framed, rows, np.flatnonzero(bad), set(invalid), set(again.tolist()))
        good = ~bad & ~empty
        frame_ = self._parsed(data, framed, good)
        numbers = rows[good]
        if mended:
            frame_, numbers = _with(frame_, numbers, mended, self.columns)
        return Block(frame_, numbers, following, broken, int(empty.sum()) - skip)

    def _header_again(self, data: bytes, framed: Framed, good: Array) -> Array:
        at = np.flatnonzero(good & (framed.ends - framed.starts == len(self.head)))
        return np.array([row for row in at if data[framed.starts[row] : framed.ends[row]] == self.head], np.int64)

    def _parsed(self, data: bytes, framed: Framed, good: Array) -> pl.DataFrame:
        names = list(self.columns)
        if not good.any():
            return pl.DataFrame({name: [] for name in names}, schema=dict.fromkeys(names, pl.String))
        text = data[: framed.used] if good.all() else _joined(data, framed, good)
        found = pl.read_csv(as_stream(text), separator=self.form.delimiter, has_header=False, schema=dict.fromkeys(names, pl.String), encoding="utf8-lossy", empty_string_is_null=False)
        assert found.height == int(good.sum()), "rows of a block are parsed as they were framed"
        return found

    def _broken(self, data: bytes, framed: Framed, rows: Array, bad: Array, invalid: set[int], again: set[int]) -> tuple[list[tuple[Reject, list[str]]], list[tuple[int, list[str]]]]:
        """Return the rows that have no columns with their reasons, and those that could be mended: a quote that stands for itself."""
        width, broken, mended = len(self.columns), [], []
        for at in bad.tolist():
            text = data[framed.starts[at] : framed.ends[at]].decode(errors="replace")
            cells = split_row(text, self.form.delimiter)
            row = int(rows[at])
            if at in again:
                reject = Reject(row, "", "", "F132", "the header stands here again", "remove the row; two files were put behind each other")
            elif at in invalid:
                reject = Reject(row, "", "", "F132", f"the row is not text in {NAMES[self.stream.encoding]}", "save the file in UTF-8")
            elif at in framed.open:
                reject = Reject(row, "", text[:80], "F132", "a quote is opened and never closed", 'close it, or write `""` for a quote inside a quoted cell')
            elif len(cells) != width:
                reject = Reject(row, "", "", "F132", f"the row has {len(cells)} cells where the header has {width}", "quote cells that hold the delimiter; leave no cell out")
            else:
                mended.append((row, cells))
                continue
            broken.append((reject, cells))
        return broken, mended


def _joined(data: bytes, framed: Framed, good: Array) -> bytes:
    """Return the good rows behind each other; those that stand together are taken together."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]])))
    return b"\n".join(data[first:last] for first, last in zip(framed.starts[edges[::2]], framed.ends[edges[1::2] - 1], strict=True))


def _with(frame_: pl.DataFrame, numbers: Array, mended: list[tuple[int, list[str]]], columns: tuple[str, ...]) -> tuple[pl.DataFrame, Array]:
    """Return the rows with those that were mended among them, in the order of the file."""
    more = pl.DataFrame([cells for _, cells in mended], schema=dict.fromkeys(columns, pl.String), orient="row")
    every = np.concatenate([numbers, np.array([row for row, _ in mended], np.int64)])
    order = np.argsort(every, kind="stable")
    return pl.concat([frame_, more])[order], every[order]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _not_utf8(data: bytes, framed: Framed) -> tuple[int, ...]:
    return tuple(at for at, (first, last) in enumerate(zip(framed.starts, framed.ends, strict=True)) if not _is_utf8(data[first:last]))


def open_delimited(path: Path, stream: Stream, first: int = 1 << 18) -> Delimited:
    """Return a CSV or TSV file as a table."""
    text = stream.window(0, first)
    form = form_of(path, text, is_whole=stream.is_done(0, first))
    framed = frame(text[form.begin :], form.delimiter, is_last=True)
    return Delimited(path, stream, form, text[form.begin + framed.starts[0] : form.begin + framed.ends[0]].removeprefix(b"\xef\xbb\xbf"))
