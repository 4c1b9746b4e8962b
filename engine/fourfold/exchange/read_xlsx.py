"""A workbook read as texts by cell. It comes from outside: every part is bounded, and what could act or hide is refused."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from fourfold.exchange.nouns import Grid, letters
from fourfold.problem import Collector, Problem, Problems
from fourfold.span import Span

LARGEST_FILE = 32 * 1024 * 1024
LARGEST_PART = 24 * 1024 * 1024
LARGEST_WHOLE = 192 * 1024 * 1024
MOST_PARTS, MOST_SHEETS, MOST_CELLS, MOST_STRINGS = 2000, 300, 1_000_000, 1_000_000
TIGHTEST = 400  # how many times smaller a part may be packed; texts of sheets reach about 30
ACTIVE = (
    (re.compile(r"vbaProject|macrosheets|vbaData", re.IGNORECASE), "macros", "save it as a workbook without macros (.xlsx)"),
    (re.compile(r"externalLinks/", re.IGNORECASE), "links to other files", "break the links (Data, Edit links), then save it again"),
    (re.compile(r"connections\.xml|queryTables/|customData|model/item", re.IGNORECASE), "a connection to data elsewhere", "remove the connection, then save it again"),
    (re.compile(r"embeddings/|activeX/|ctrlProps/", re.IGNORECASE), "embedded objects", "remove them, then save it again"),
)
# What reading a damaged archive or damaged XML raises; nothing else of ours stands between.
BROKEN = (zipfile.BadZipFile, ET.ParseError, zlib.error, LookupError, ValueError, OverflowError, EOFError, NotImplementedError, RuntimeError, OSError)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # the day 0 of spreadsheets has no zone


@dataclass(slots=True)
class _Book:
    """An opened workbook: its parts, its strings, which styles are dates, and what is wrong with it."""

    file: str
    parts: zipfile.ZipFile
    problems: Collector = field(default_factory=Collector)
    strings: list[str] = field(default_factory=list)
    dates: set[int] = field(default_factory=set)
    cells: int = 0

    def place(self, sheet: str, reference: str) -> Span:
        """Return the place of a cell of a sheet."""
        found = _REFERENCE.match(reference)
        line, column = (int(found[2]), _column(found[1])) if found else (1, 1)
        return Grid(sheet, self.file, {}).place(line, column)


def read_xlsx(data: bytes, file: str) -> tuple[Grid, ...]:
    """Return the sheets of a workbook, or raise everything for which it is refused."""
    book = _opened(data, file)
    try:
        _refuse_active(book)
        book.problems.stop_if_any()
        grids = _sheets(book)
    except BROKEN as fault:
        raise Problems([_broken(file, fault)]) from None
    book.problems.stop_if_any()
    return grids


def _broken(file: str, fault: Exception) -> Problem:
    what = str(fault).strip("'\"").split("\n")[0][:80] or "a part of it cannot be read"
    return Problem("F121", f"`{file}` is a broken workbook: {what}", Span(file, 1, 1), help="open it in a spreadsheet program and save it again as .xlsx")


def _opened(data: bytes, file: str) -> _Book:
    place = Span(file, 1, 1)
    if len(data) > LARGEST_FILE:
        raise Problems([Problem("F108", f"`{file}` has more than {LARGEST_FILE:,} bytes", place, help="export only the sheets you need")])
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problems([Problem("F121", f"`{file}` has a password or is in the old format .xls", place, help="save it as .xlsx without a password")])
    try:
        parts = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, OverflowError, NotImplementedError, EOFError):
        raise Problems([Problem("F121", f"`{file}` is no workbook", place, help="save it as .xlsx, or as CSV with the ending .csv")]) from None
    book = _Book(file, parts)
    names = parts.namelist()
    whole = sum(info.file_size for info in parts.infolist())
    tight = [info for info in parts.infolist() if info.file_size > 1_000_000 and info.file_size > TIGHTEST * max(1, info.compress_size)]
    if len(names) > MOST_PARTS or whole > LARGEST_WHOLE or tight or len(set(names)) != len(names):
        raise Problems([Problem("F108", f"`{file}` unpacks to far more than it holds; it is not read", place, help="export again, and copy your changes into the new file")])
    if "mimetype" in names and "xl/workbook.xml" not in names:
        raise Problems([Problem("F121", f"`{file}` is an OpenDocument file", place, help="save it as .xlsx")])
    return book


def _part(book: _Book, name: str) -> bytes:
    """Return a part, never more than may be; XML with declarations of its own is refused."""
    with book.parts.open(name) as part:
        data = part.read(LARGEST_PART + 1)
    if len(data) > LARGEST_PART:
        raise Problems([Problem("F108", f"`{book.file}`: the part `{name}` is too large", Span(book.file, 1, 1))])
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:200]:
        raise Problems([Problem("F121", f"`{book.file}`: the part `{name}` is not plain XML", Span(book.file, 1, 1), help="open it in a spreadsheet program and save it again")])
    return data


def _refuse_active(book: _Book) -> None:
    """Note everything in a workbook that could act, or reach out of it."""
    names = book.parts.namelist()
    for pattern, what, help_text in ACTIVE:
        if any(pattern.search(name) for name in names):
            book.problems.add("F122", f"`{book.file}` holds {what}", Span(book.file, 1, 1), help=help_text)
    types = _part(book, "[Content_Types].xml")
    if b"macroEnabled" in types and not any("macros" in problem.message for problem in book.problems.found):
        book.problems.add("F122", f"`{book.file}` is a workbook with macros", Span(book.file, 1, 1), help="save it as a workbook without macros (.xlsx)")
    for name in names:
        if name.endswith(".rels"):
            for node in _nodes(_part(book, name), "Relationship"):
                kind = node.get("Type", "").rpartition("/")[2]
                if node.get("TargetMode") == "External" and kind not in ("hyperlink", "externalLinkPath"):
                    book.problems.add("F122", f"`{book.file}` reaches for another file ({kind})", Span(book.file, 1, 1), help="remove it, then save it again")


def _nodes(data: bytes, name: str) -> Iterator[ET.Element]:
    """Return the elements of a name, whatever their namespace."""
    for node in ET.fromstring(data).iter():  # noqa: S314  # declarations and entities are refused before
        if _tag(node) == name:
            yield node


def _tag(node: ET.Element) -> str:
    return str(node.tag).rpartition("}")[2]


# ---------------------------------------------------------------- sheets


def _sheets(book: _Book) -> tuple[Grid, ...]:
    targets = {}
    for node in _nodes(_part(book, "xl/_rels/workbook.xml.rels"), "Relationship"):
        targets[node.get("Id", "")] = str(node.get("Target", ""))
    if "xl/sharedStrings.xml" in book.parts.namelist():
        book.strings = [_text(node) for node in ET.fromstring(_part(book, "xl/sharedStrings.xml"))][:MOST_STRINGS]  # noqa: S314  # the same
    if "xl/styles.xml" in book.parts.namelist():
        book.dates = _date_styles(_part(book, "xl/styles.xml"))
    grids = []
    for node in list(_nodes(_part(book, "xl/workbook.xml"), "sheet"))[:MOST_SHEETS]:
        identity = next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == "id" and key != "sheetId"), "")
        target = targets.get(identity, "")
        path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        grids.append(_grid(book, str(node.get("name", "")), path))
    return tuple(grids)


def _grid(book: _Book, name: str, path: str) -> Grid:
    cells: dict[tuple[int, int], str] = {}
    root = ET.fromstring(_part(book, path))  # noqa: S314  # declarations and entities are refused before
    line = 0
    for node in root.iter():
        tag = _tag(node)
        if tag == "row":
            line = int(node.get("r", line + 1))
            _row(book, name, node, line, cells)
        elif tag == "mergeCell":
            reference = str(node.get("ref", "A1"))
            book.problems.add("F122", f"the cells {reference} are merged", book.place(name, reference.partition(":")[0]), help="split them: every row and column stands for itself")
    return Grid(name, book.file, cells)


def _row(book: _Book, sheet: str, row: ET.Element, line: int, cells: dict[tuple[int, int], str]) -> None:
    at = 0
    for node in row:
        if _tag(node) != "c":
            continue
        found = _REFERENCE.fullmatch(str(node.get("r", "")))
        at = _column(found[1]) if found else at + 1
        reference = f"{letters(at)}{line}"
        if any(_tag(part) == "f" for part in node):
            book.problems.add("F122", "a formula stands here", book.place(sheet, reference), help="write its result; a sheet of rules computes nothing")
            continue
        text = _cell(book, sheet, node, reference)
        if text:
            cells[line, at] = text
            book.cells += 1
            if book.cells > MOST_CELLS:
                raise Problems([Problem("F108", f"`{book.file}` has more than {MOST_CELLS:,} cells", Span(book.file, 1, 1), help="export only the sheets you need")])


def _cell(book: _Book, sheet: str, node: ET.Element, reference: str) -> str:
    kind = node.get("t", "n")
    if kind == "inlineStr":
        return next((_text(part) for part in node if _tag(part) == "is"), "")
    value = next((part.text or "" for part in node if _tag(part) == "v"), "")
    if kind == "s":
        return book.strings[int(value)] if value else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind == "e":
        book.problems.add("F122", f"an error value stands here: `{value[:20]}`", book.place(sheet, reference), help="clear the cell, or write what it should say")
        return ""
    if kind in ("str", "d") or not value:
        return _unescaped(value)
    return _number(book, value, int(node.get("s", "0")))


def _number(book: _Book, value: str, style: int) -> str:
    """Return a number as people write it: no needless point, a date as a day."""
    number = float(value)
    if style in book.dates and 1 <= number < 2_958_466:
        moment = EPOCH + timedelta(days=number)
        return moment.date().isoformat()
    if number == int(number) and abs(number) < 10**15:
        return str(int(number))
    text = repr(number)
    return text if "e" not in text else f"{number:.15f}".rstrip("0").rstrip(".")


def _text(node: ET.Element) -> str:
    """Return the text of a string with its runs, without what only says how to read it aloud."""
    parts = []
    for part in node:
        if _tag(part) == "t":
            parts.append(part.text or "")
        elif _tag(part) == "r":
            parts += [inner.text or "" for inner in part if _tag(inner) == "t"]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")


def _date_styles(data: bytes) -> set[int]:
    """Return which styles of cells show a number as a day."""
    root = ET.fromstring(data)  # noqa: S314  # declarations and entities are refused before
    codes = {int(node.get("numFmtId", "0")): str(node.get("formatCode", "")) for node in root.iter() if _tag(node) == "numFmt"}
    styles = next((node for node in root if _tag(node) == "cellXfs"), None)
    found = set()
    for place, node in enumerate(styles if styles is not None else ()):
        number = int(node.get("numFmtId", "0"))
        code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", codes.get(number, ""))
        if 14 <= number <= 17 or number == 22 or 27 <= number <= 36 or 50 <= number <= 58 or re.search(r"[dy]", code, re.IGNORECASE):
            found.add(place)
    return found


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number
