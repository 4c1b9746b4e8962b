"""What the tests of exchange share: a workspace to change, sheets to edit as a person does."""

import csv
import io
import shutil
from pathlib import Path

from conftest import ROOT

from fourfold.content import read_content
from fourfold.exchange import incoming, outgoing

DAY = 739_945  # 2026-11-25


def workspace(folder: Path) -> Path:
    """Return a copy of the shipped workspace."""
    for name in ("rules", "knowledge", "templates", "tests/cases"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def texts(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for folder in ("rules", "knowledge", "tests") for path in sorted((root / folder).rglob("*.yaml"))}


def export(root: Path, output: Path, tables=(), only=(), language="en"):
    return outgoing.written(root, DAY, output, outgoing.format_of(output, None), tuple(tables), tuple(only), language)


def take(root: Path, source: Path, *, write=True):
    return incoming.taken(root, source, DAY, write=write)


def read_sheet(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def write_sheet(path: Path, rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")


def edit(path: Path, row: str, column: str, value: str) -> None:
    """Write into a cell of a CSV file: the row whose first cell is `row`."""
    rows = read_sheet(path)
    at = rows[0].index(column)
    line = next(line for line in rows[1:] if line[0] == row)
    line[at] = value
    write_sheet(path, rows)


def plain(value: object) -> object:
    """Return declarations without their places, for comparing."""
    from dataclasses import fields, is_dataclass

    from fourfold.span import Span

    if isinstance(value, Span):
        return None
    if is_dataclass(value):
        return (type(value).__name__, *(plain(getattr(value, item.name)) for item in fields(value) if item.name not in ("hash", "offset", "length")))
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return value


def declared(root: Path) -> object:
    return plain(read_content(root))


def forget(folder: Path) -> None:
    """Leave only the sheets themselves: without marks an import takes each as it is."""
    for name in ("about.csv", "marks.csv"):
        (folder / name).unlink()


def put(book: Path, sheet: str, row: str, column: str, value: str) -> str:
    """Write into a cell of a workbook or a folder of CSV, as another program does; give its place in the workbook."""
    if book.is_dir():
        edit(book / f"{sheet}.csv", row, column, value)
        return ""
    import openpyxl

    opened = openpyxl.load_workbook(book)
    page = opened[sheet]
    at = next(cell.column for cell in page[2] if cell.value == column)
    line = next(cells[0].row for cells in page.iter_rows(min_row=3) if cells[0].value == row)
    page.cell(line, at).value = value
    opened.save(book)
    return page.cell(line, at).coordinate
