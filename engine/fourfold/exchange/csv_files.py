"""Sheets as CSV and back: nothing in a cell that a spreadsheet would run, and nothing lost."""

import csv
import io
import re

from fourfold.exchange.nouns import Grid, Sheet
from fourfold.problem import Problem, Problems
from fourfold.reading.document import decode
from fourfold.span import Span

# A spreadsheet runs a cell that begins with one of these (also in full width, and behind tabs or line ends).
_RUN = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-\d+(\.\d+)?%?")
MOST_CELLS = 1_000_000


def guarded(text: str) -> str:
    """Return a cell with an apostrophe before it if a spreadsheet would run it, or if it begins with one itself."""
    return "'" + text if text.startswith("'") or (_RUN.match(text) and not _NUMBER.fullmatch(text)) else text


def unguarded(text: str) -> str:
    """Return a cell as it was before `guarded`."""
    return text.removeprefix("'")


def csv_text(sheet: Sheet) -> bytes:
    """Return a sheet as CSV in UTF-8 with its mark, so that spreadsheets read Chinese; one header, then the rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guarded(column.name) for column in sheet.shown])
    for row in sheet.rows:
        writer.writerow([guarded(row.cells.get(column.name, "")) for column in sheet.shown])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def read_csv(data: bytes, file: str, name: str) -> Grid:
    """Return what a CSV file says by row and column; commas, semicolons or tabs part its cells."""
    text = decode(data, file)
    first = text.split("\n", 1)[0]
    sign = max(",;\t", key=first.count)
    cells: dict[tuple[int, int], str] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        for line, row in enumerate(reader, 1):
            for at, cell in enumerate(row, 1):
                if cell:
                    cells[line, at] = unguarded(cell.replace("\r\n", "\n"))
            if len(cells) > MOST_CELLS:
                raise Problems([Problem("F108", f"more than {MOST_CELLS:,} cells", Span(file, line, 1, 1, f"A{line}"))])
    except csv.Error as fault:
        raise Problems([Problem("F121", f"not CSV: {fault}", Span(file, reader.line_num, 1), help="close every quote; save it again as CSV")]) from None
    return Grid(name, file, cells, is_alone=True)
