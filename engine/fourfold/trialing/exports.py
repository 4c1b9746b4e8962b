"""Exports as files: any encoding, separator and preamble; a table of texts with its header found, and its columns mapped."""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from fourfold.exchange.csv_files import MOST_CELLS
from fourfold.exchange.nouns import Grid
from fourfold.exchange.read_xlsx import read_xlsx
from fourfold.model import RuleBook
from fourfold.noun import noun
from fourfold.problem import Problem, Problems
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed

LARGEST_FILE = 64 * 1024 * 1024
MOST_PREAMBLE = 40
COLUMNS = "result_column"
NO_COLUMNS = ("total", "untraced")
_UNIT = re.compile(r"\s*[(（\[【].*?[)）\]】]\s*$")


@noun
class Export:
    """One table of results: its cells, the header's line, the column of each meaning, and how its cells are parted."""

    grid: Grid
    header: int
    columns: dict[str, int]
    by_semicolon: bool
    carrier: str = ""

    def text(self, line: int, meaning: str) -> str:
        """Return the cell of a line under a meaning."""
        return self.grid.cells.get((line, self.columns.get(meaning, 0)), "").strip()

    def head(self, meaning: str) -> str:
        """Return the header as the file writes it."""
        return self.grid.cells.get((self.header, self.columns.get(meaning, 0)), "")

    def place(self, line: int, meaning: str = "") -> Span:
        """Return the place of a cell."""
        return self.grid.place(line, self.columns.get(meaning, 1))

    def others(self, line: int) -> tuple[tuple[str, str], ...]:
        """Return the cells of a line that no meaning takes, by their headers."""
        taken = set(self.columns.values())
        return tuple((self.grid.cells.get((self.header, at), str(at)), text) for (row, at), text in sorted(self.grid.cells.items()) if row == line and at not in taken)


def words_of(book: RuleBook, meaning: str) -> tuple[str, ...]:
    """Return the words under which a column of results goes, in every language."""
    found = [item.name for item in book.content.entities if item.kind == COLUMNS and item.name == meaning]
    for item in book.content.entities:
        if item.kind == COLUMNS and item.name == meaning:
            found += [line for _, lines in item.title.by_language for line in lines]
    headers = book.knows(COLUMNS, meaning, "headers")
    if headers is not None:
        found += [line for _, lines in headers.value.by_language for line in lines]  # type: ignore[union-attr]
    return tuple(found)


def read_exports(book: RuleBook, path: Path, carrier: str, renamed: Mapping[str, str]) -> list[Export]:
    """Return the tables of results that a file holds.

    `carrier` is that of a file whose rows name none; `renamed` gives a column by the header that the file
    has for it. A file without a table of results is a problem.
    """
    data = _bytes(path)
    grids = [(grid, False) for grid in read_xlsx(data, str(path))] if data.startswith(b"PK\x03\x04") or path.suffix.lower() == ".xlsx" else [_grid(data, path)]
    meanings = _meanings(book)
    found = [export for grid, by_semicolon in grids if (export := _export(grid, meanings, renamed, carrier, by_semicolon=by_semicolon)) is not None]
    if not found:
        known = listed(sorted({text for grid, _ in grids for (line, _), text in grid.cells.items() if line <= MOST_PREAMBLE}), 8)
        raise Problems(
            [
                Problem(
                    "F160",
                    f"`{path}` has no table of results: no header with a spend or a count was found",
                    Span(str(path), 1, 1),
                    help=f"name the columns, such as --map spend='{'Kosten'}'; the file says {known}",
                )
            ]
        )
    missing = [_missing(export, meaning) for export in found for meaning in ("spend",) if meaning not in export.columns and "reached" not in export.columns]
    if missing:
        raise Problems(missing)
    return found


def _missing(export: Export, meaning: str) -> Problem:
    heads = [text for (line, _), text in sorted(export.grid.cells.items()) if line == export.header]
    near = did_you_mean(meaning, heads)
    return Problem("F160", f"no column for `{meaning}`", export.place(export.header), help=f"{near + '; ' if near else ''}map one with --map {meaning}='HEADER'; headers here: {listed(heads, 12)}")


def _bytes(path: Path) -> bytes:
    place = Span(str(path), 1, 1)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as fault:
        raise Problems([Problem("F101", f"cannot read `{path}`: {(fault.strerror or 'the system refused').lower()}", place)]) from None
    if len(data) > LARGEST_FILE:
        raise Problems([Problem("F108", f"`{path}` has more than {LARGEST_FILE:,} bytes", place, help="export a shorter time, or by day instead of by ad")])
    return data


def _decoded(data: bytes, path: Path) -> str:
    """Return the text of an export: UTF-8, UTF-16 (as some platforms export), else GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Problems([Problem("F101", f"`{path}` is no text in UTF-8, UTF-16 or GB18030", Span(str(path), 1, 1), help="save it as CSV in UTF-8, or as .xlsx")])


def _grid(data: bytes, path: Path) -> tuple[Grid, bool]:
    text = _decoded(data, path)
    lines = text.splitlines()[:MOST_PREAMBLE]
    sign = max(",;\t", key=lambda mark: max((line.count(mark) for line in lines), default=0))
    cells: dict[tuple[int, int], str] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=False)
    try:
        for line, row in enumerate(reader, 1):
            cells.update({(line, at): cell.strip().removeprefix("'") for at, cell in enumerate(row, 1) if cell.strip()})
            if len(cells) > MOST_CELLS:
                raise Problems([Problem("F108", f"`{path}` has more than {MOST_CELLS:,} cells", Span(str(path), line, 1), help="export by day instead of by ad, or a shorter time")])
    except csv.Error as fault:
        raise Problems([Problem("F121", f"not CSV: {fault}", Span(str(path), reader.line_num, 1), help="close every quote; save it again as CSV")]) from None
    return Grid(path.stem, str(path), cells, is_alone=True), sign == ";"


def _meanings(book: RuleBook) -> dict[str, str]:
    found: dict[str, str] = {}
    for meaning in book.entities.get(COLUMNS, ()):
        if meaning not in NO_COLUMNS:
            for word in words_of(book, meaning):
                found.setdefault(plain_head(word), meaning)
    return found


def plain_head(text: str) -> str:
    """Return a header without case, marks at its end, its unit in brackets, and what an export puts around it."""
    shown = text.strip().lower().replace("_", " ")
    bare = _UNIT.sub("", shown)
    return re.sub(r"\s+", " ", (bare or shown).strip(" .:：*#"))


def _export(grid: Grid, meanings: Mapping[str, str], renamed: Mapping[str, str], carrier: str, *, by_semicolon: bool) -> Export | None:
    """Return the table that begins with the first line of which two cells are headers, one of them a spend, a count or arms."""
    wanted = {plain_head(head): meaning for meaning, head in renamed.items()}
    rows: dict[int, list[tuple[int, str]]] = {}
    for (line, at), text in sorted(grid.cells.items()):
        if line <= MOST_PREAMBLE:
            rows.setdefault(line, []).append((at, text))
    for line, cells in rows.items():
        columns: dict[str, int] = {}
        for at, text in cells:
            full = text.strip().lower().replace("_", " ")
            meaning = wanted.get(plain_head(text)) or meanings.get(full) or meanings.get(plain_head(text))
            if meaning and (plain_head(text) in wanted or meaning not in columns):
                columns[meaning] = at
        if len(columns) >= 2 and columns.keys() & {"spend", "conversions", "reached"}:
            return Export(grid, line, columns, by_semicolon, carrier)
    return None
