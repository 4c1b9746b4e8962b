"""JSON lines, workbooks and Parquet as tables of text columns."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fourfold.batching.delimited import form_of, named
from fourfold.batching.framing import frame
from fourfold.batching.streams import Stream, byte_and_line, place_of, unreadable
from fourfold.batching.tables import Block, Reject, numbered

ROWS = 1 << 16
LINES = 8 << 20


def as_text(frame_: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text: numbers in plain digits, days as 2026-11-25, lists with commas between."""
    return frame_.select(_text(frame_[name]).alias(name) for name in frame_.columns)


def _text(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind == pl.String:
        return column.fill_null("")
    if kind in (pl.Float32, pl.Float64):
        # WHY: a spreadsheet keeps 12 as 12.0, and people mean 12
        whole = column.is_finite() & (column == column.round(0)) & (column.abs() < 1e15)
        plain = column.cast(pl.String, strict=False)
        return (
            pl.select(pl.when(whole.fill_null(value=False)).then(pl.when(whole.fill_null(value=False)).then(column).otherwise(0).cast(pl.Int64).cast(pl.String)).otherwise(plain))
            .to_series()
            .fill_null("")
        )
    if kind == pl.Boolean:
        return pl.select(pl.when(column).then(pl.lit("yes")).when(~column).then(pl.lit("no"))).to_series().fill_null("")
    if isinstance(kind, pl.List):
        return column.cast(pl.List(pl.String)).list.join(", ").fill_null("")
    if isinstance(kind, pl.Datetime):
        return column.dt.date().cast(pl.String).fill_null("")
    if isinstance(kind, pl.Struct | pl.Object | pl.Binary):
        return pl.Series(column.name, [""] * len(column), dtype=pl.String)
    return column.cast(pl.String, strict=False).fill_null("")


class Parquet:
    """A Parquet file, read by some rows at a time."""

    def __init__(self, path: Path) -> None:
        """Look at its columns."""
        self.path, self.name, self.about = path, str(path), "Parquet"
        try:
            self.scan = pl.scan_parquet(path)
            self.columns = tuple(self.scan.collect_schema().names())
            self.rows = int(self.scan.select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as fault:
            raise unreadable(path, "is no Parquet file that can be read", f"{str(fault).splitlines()[0][:100]}") from None

    def size(self) -> int:
        """Return the number of rows."""
        return self.rows

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the blocks from a row on."""
        for first in range(start, self.rows, ROWS):
            found = as_text(self.scan.slice(first, ROWS).collect())
            yield Block(found, numbered(first + 1, found.height), first + found.height)


class Sheet:
    """The first sheet of a workbook that holds a table."""

    def __init__(self, path: Path, sheet: str = "") -> None:
        """Read it whole: a sheet has a million rows at most."""
        import fastexcel

        self.name = str(path)
        try:
            book = fastexcel.read_excel(path)
            names = [sheet] if sheet else book.sheet_names
            frames = [(name, book.load_sheet(name, header_row=None, dtypes="string").to_polars()) for name in names]
        except fastexcel.FastExcelError as fault:
            raise unreadable(path, "is no workbook that can be read", str(fault).splitlines()[0][:100]) from None
        title, cells = max(frames, key=lambda pair: pair[1].height * pair[1].width > 0) if frames else ("", pl.DataFrame())
        if not cells.height:
            raise unreadable(path, "holds no rows", "give a sheet with a header row and one company a row")
        cells = cells.select(pl.all().cast(pl.String).fill_null(""))
        head = "\n".join("\t".join(cell.replace("\t", " ").replace("\n", " ").replace('"', "'") for cell in row) for row in cells.head(40).iter_rows())
        form = form_of(path, head.encode(), is_whole=True) if cells.width > 1 else None
        at = form.line if form else 0
        self.columns = form.columns if form else named([str(cells.row(0)[0])])
        if len(self.columns) != cells.width:
            self.columns = named([str(cell) for cell in cells.row(at)])
        self.cells, self.first = cells[at + 1 :].rename(dict(zip(cells.columns, self.columns, strict=True))), at + 2
        self.about = f"workbook, sheet {title}" + (" · header below a title" if at else "")

    def size(self) -> int:
        """Return the number of rows."""
        return self.cells.height

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the blocks from a row on; rows of empty cells are no companies."""
        for first in range(start, self.cells.height, ROWS):
            part = self.cells[first : first + ROWS]
            filled = part.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series()
            rows = numbered(first + self.first, part.height)[filled.to_numpy()]
            yield Block(part.filter(filled), rows, first + part.height, blank=part.height - len(rows))


class JsonLines:
    """JSON lines: one object a line; what is nested is named with a point, what is a list has commas between."""

    def __init__(self, path: Path, stream: Stream) -> None:
        """Find the keys in the first rows."""
        self.name, self.stream, self.about = str(path), stream, "JSON lines"
        self.columns: tuple[str, ...] = ()
        keys: dict[str, None] = {}
        for data, _ in _objects(stream.window(0, LINES), is_last=stream.is_done(0, LINES))[0]:
            keys |= dict.fromkeys(_flat(data)) if isinstance(data, dict) else {}
        if not keys:
            raise unreadable(path, "holds no JSON objects", 'write one company a line, such as {"industry": "beauty", "monthly_budget": 30000}')
        self.columns = tuple(keys)

    def size(self) -> int:
        """Return the bytes of the file where they are read as they stand."""
        return self.stream.path.stat().st_size if self.stream.path.suffix != ".gz" else 0

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the blocks from a place on."""
        try:
            yield from self._blocks(start)
        finally:
            self.stream.close()

    def _blocks(self, start: int) -> Iterator[Block]:
        place, line = byte_and_line(start)
        size = LINES
        while True:
            data = self.stream.window(place, size)
            is_last = self.stream.is_done(place, size)
            (objects, used, lines) = _objects(data, is_last=is_last)
            if not lines and not is_last:
                size *= 2
                continue
            size = LINES
            yield self._block(objects, line, place_of(place + used, line + lines))
            if is_last:
                return
            place, line = place + used, line + lines

    def _block(self, objects: list[tuple[object, int]], line: int, following: int) -> Block:
        columns: dict[str, list[str]] = {name: [] for name in self.columns}
        rows, broken = [], []
        for data, at in objects:
            if not isinstance(data, dict):
                broken.append((Reject(line + at + 1, "", str(data)[:80], "F132", "the line is no JSON object", 'write one company a line, such as {"industry": "beauty"}'), [str(data)]))
                continue
            flat = _flat(data)
            for name, cells in columns.items():
                cells.append(flat.get(name, ""))
            rows.append(line + at + 1)
        return Block(pl.DataFrame(columns, schema=dict.fromkeys(self.columns, pl.String)), np.array(rows, np.int64), following, broken)


def _objects(data: bytes, *, is_last: bool) -> tuple[list[tuple[object, int]], int, int]:
    """Return what the lines of a text hold (their text where they are no JSON) with their numbers; bytes and lines used."""
    framed = frame(data, "\n", is_last=is_last, quoted=False)
    found: list[tuple[object, int]] = []
    for at, (first, last) in enumerate(zip(framed.starts, framed.ends, strict=True)):
        text = data[first:last].strip()
        if text:
            try:
                found.append((json.loads(text), at))
            except ValueError:
                found.append((text.decode(errors="replace"), at))
    return found, framed.used, framed.lines_used


def _flat(data: dict[str, Any], before: str = "") -> dict[str, str]:
    """Return an object as names and texts: `{"reading": {"douyin_ads": "meets"}}` is `reading[douyin_ads]`."""
    found: dict[str, str] = {}
    for key, value in data.items():
        name = f"{before}[{key}]" if before else str(key)
        if isinstance(value, dict):
            found |= _flat(value, name)
        elif value is None:
            found[name] = ""
        elif isinstance(value, bool):
            found[name] = "yes" if value else "no"
        elif isinstance(value, list):
            found[name] = ", ".join(str(item) for item in value)
        else:
            found[name] = str(int(value)) if isinstance(value, float) and value == int(value) and abs(value) < 1e15 else str(value)
    return found
