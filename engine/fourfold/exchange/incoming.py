"""What `fourfold import` does: read sheets, find what was edited, change the YAML files, prove that they say the same."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from fourfold.content import read_content_texts
from fourfold.exchange.compare import Base, Incoming, incoming, merged
from fourfold.exchange.csv_files import read_csv
from fourfold.exchange.edits import Yaml, applied
from fourfold.exchange.forms import read, shown
from fourfold.exchange.memory import Memory
from fourfold.exchange.naming import Naming
from fourfold.exchange.nouns import Column, Grid, Row, Sheet
from fourfold.exchange.places import places, same
from fourfold.exchange.plan_edits import Change, Plan, plan_figures, plan_rows
from fourfold.exchange.read_xlsx import read_xlsx
from fourfold.exchange.regions import in_sheets
from fourfold.exchange.sentences import rule_sentences
from fourfold.exchange.sheets import SORTS, catalogue, sheet_of, told_by_rows
from fourfold.exchange.shelf import Shelf, open_shelf, writable
from fourfold.exchange.words import Words, words_of
from fourfold.library import open_book
from fourfold.linking import link
from fourfold.problem import Collector, Problem, Problems
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.writing import write_all

LARGEST_FILE = 32 * 1024 * 1024
MOST_FILES = 300
LONGEST_SHOWN = 60
HEADER_ROWS = 2


@dataclass(frozen=True, slots=True)
class Import:
    """What an import changed: each difference, the files, how many rows of the sheets stayed as they were."""

    changes: tuple[Change, ...]
    files: tuple[str, ...]
    unchanged: int
    is_written: bool

    def text(self) -> str:
        """Return the report for the terminal."""
        lines = [_line(change) for change in self.changes]
        rows = len({(change.place.file, change.place.cell.partition("!")[0], change.row) for change in self.changes})
        if not self.changes:
            return f"Nothing differs: {self.unchanged} rows say what the files say.\n"
        count = f"{len(self.changes)} {'change' if len(self.changes) == 1 else 'changes'} in {rows} {'row' if rows == 1 else 'rows'}, {self.unchanged} rows unchanged."
        done = f"Comments and order of {listed(self.files, 8)} kept." if self.is_written else f"Nothing written; without --check {listed(self.files, 8)} would change."
        return "\n".join([*lines, f"{count} {done}", "Read back: the files say what the sheets say, cell by cell.", ""])

    def json(self) -> str:
        """Return the report for programs."""
        changes = [{"file": c.place.file, "cell": c.place.cell, "row": c.row, "column": c.column, "before": c.before, "after": c.after, "in": c.file} for c in self.changes]
        return json.dumps({"changes": changes, "files": self.files, "unchanged_rows": self.unchanged, "written": self.is_written}, ensure_ascii=False, indent=2) + "\n"


def _line(change: Change) -> str:
    if not change.column:
        what = change.after or "removed"
        return f"{change.place.file}:{change.place.cell}   {change.row}   {what}"
    before, after = (" ".join(text.split()) or "(blank)" for text in (change.before, change.after))
    before, after = (text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…" for text in (before, after))
    return f"{change.place}   {change.row}   {change.column}   {before} → {after}"


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Sheets that came, each beside the sheet as it stands now; the marks of the export; and all sheets as they came."""

    found: tuple[tuple[Sheet, Grid], ...]
    base: dict[str, Base]
    raw: list[Sheet]


def taken(root: Path, source: Path, as_of: int, *, write: bool) -> Import:
    """Bring the edits of a workbook, a CSV file or a folder of them into a workspace; with problems nothing is written."""
    grids = _grids(source)
    shelf = open_shelf(root)
    memory = Memory(root, source, grids)
    pairs, new, changes = _read(root, shelf, grids, memory.base(), as_of)
    texts = {name: text for name, text in new.texts.items() if text != shelf.texts[name]}
    paths = {writable(root, name): _bytes(root / name, text) for name, text in texts.items()}
    if write:
        write_all(paths)
        memory.keep(pairs.raw)
    total = sum(len(sheet.rows) for sheet in pairs.raw)
    touched = {(change.place.file, change.place.cell.partition("!")[0], change.row) for change in changes if change.before != "a row"}
    return Import(tuple(changes), tuple(texts), total - len(touched), write)


def told_by(root: Path, source: Path, as_of: int) -> tuple[dict[str, str], tuple[Change, ...]]:
    """Return the files of a workspace as a workbook, a CSV file or a folder of them says them, and where it says otherwise.

    The sheets count as they stand, whatever was edited in the files since they were exported; what they do not hold is as in the workspace.
    """
    _, new, changes = _read(root, open_shelf(root), _grids(source), {}, as_of)
    return new.texts, tuple(changes)


def _read(root: Path, shelf: Shelf, grids: list[Grid], base: dict[str, Base], as_of: int) -> tuple[_Pairs, Shelf, list[Change]]:
    """Return the sheets that came, the files with what they say, and the changes; all problems are raised at sheet and cell."""
    words, said = _words(root, shelf, as_of)
    problems = Collector()
    pairs = _known(shelf, words, grids, base, problems)
    came = _edited(pairs, said, problems)
    problems.stop_if_any()
    new, changes = _applied(shelf, words, came, problems)
    problems.stop_if_any()
    after = [(item, _sheet(new, words, what, subject)) for item, what, subject in came]
    if new.texts != shelf.texts:
        _linked(new, after, as_of)
    _read_back(new, after)
    return pairs, new, changes


def _words(root: Path, shelf: Shelf, as_of: int) -> tuple[Words, dict[str, set[str]]]:
    """Return the words of sheets, and the sentences of each rule; a book that does not link has none, and may be mended by a sheet."""
    try:
        book = open_book(root, as_of)
    except Problems:
        return Words("en", {}, Naming(shelf.content, "en")), {}
    said: dict[str, set[str]] = {}
    for language in ("en", "zh"):
        for rule, sentence in rule_sentences(root, book, shelf.content.tables, language).items():
            said.setdefault(rule, set()).add(sentence)
    return words_of(root, book, (), "en"), said


# ---------------------------------------------------------------- what came


def _grids(source: Path) -> list[Grid]:
    """Return the sheets of a workbook, of a CSV file, or of a folder of CSV files."""
    if source.is_dir():
        paths = sorted(path for path in source.iterdir() if path.suffix.lower() == ".csv")
        inside = source.resolve()
        away = [path for path in paths if not path.resolve().is_relative_to(inside)]
        if away or not paths or len(paths) > MOST_FILES:
            what = f"`{away[0]}` is a link out of its folder" if away else f"`{source}` holds {'no' if not paths else 'too many'} CSV files"
            raise Problems([Problem("F127" if away else "F121", what, Span(str(away[0] if away else source), 1, 1), help="export a folder first" if not away else "put the file itself there")])
        grids: list[Grid] = []
        problems: list[Problem] = []
        for path in paths:
            try:
                grids.append(read_csv(_data(path), str(path), path.stem))
            except Problems as fault:
                problems += fault.problems
        if problems:
            raise Problems(problems)
        return grids
    data = _data(source)
    if source.suffix.lower() == ".csv" and not data.startswith(b"PK"):
        return [read_csv(data, str(source), source.stem)]
    return list(read_xlsx(data, str(source)))


def _data(path: Path) -> bytes:
    place = Span(str(path), 1, 1)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as fault:
        reason = "there is no such file" if isinstance(fault, FileNotFoundError) else (fault.strerror or "the system refused").lower()
        raise Problems([Problem("F101", f"cannot read `{path}`: {reason}", place)]) from None
    except ValueError:
        raise Problems([Problem("F101", "this is no file name", place)]) from None
    if len(data) > LARGEST_FILE:
        raise Problems([Problem("F108", f"`{path}` has more than {LARGEST_FILE:,} bytes", place, help="export only the sheets you need")])
    return data


def _known(shelf: Shelf, words: Words, grids: list[Grid], base: dict[str, Base], problems: Collector) -> _Pairs:
    """Find which sheet of the workspace each one is: by the sheet that lists them, else by its name."""
    names = tuple(table.name for table in shelf.content.tables)
    known = {entry.name: entry for entry in catalogue(shelf, names, SORTS)}
    about = next((grid for grid in grids if grid.name == "about"), None)
    listed_sheets = _listed(about) if about is not None else {}
    here = {grid.name for grid in grids}
    for name, (line, *_) in listed_sheets.items():
        if name not in here and about is not None:
            problems.add("F123", f"the sheet `{name}` is missing", about.place(line, 1), help="put it back, or remove its row from the sheet `about`; to send one table, export it with --table")
    found = []
    for grid in grids:
        if grid.name in ("about", "lists", "marks"):
            continue
        _, what, subject = listed_sheets.get(grid.name, (0, "", ""))
        entry = known.get(grid.name)
        if not what:
            what, subject = (entry.what, entry.subject) if entry is not None else told_by_rows(shelf, *_told(grid))
        sheet = sheet_of(shelf, words, what, subject)
        if sheet is None:
            more = did_you_mean(grid.name, known) or f"known: {listed(known, 40)}"
            problems.add("F123", f"there is no table, kind or section for the sheet `{grid.name}`", grid.place(1, 1), help=more)
        else:
            found.append((replace(sheet, name=grid.name), grid))
    order = {"tables": 0, "terms": 1, "constants": 2, "table": 3, "entities": 4, "figures": 5, "cases": 6}
    return _Pairs(tuple(sorted(found, key=lambda item: order[item[0].what])), base, [])


def _told(grid: Grid) -> tuple[set[str], set[str]]:
    """Return the names of the columns and the first cells of a sheet that may have any name."""
    header = {text.strip() for (line, _), text in grid.cells.items() if line <= HEADER_ROWS}
    return header, {text.strip() for (_, at), text in grid.cells.items() if at == 1}


def _listed(about: Grid) -> dict[str, tuple[int, str, str]]:
    """Return line, what and subject of each sheet that the first sheet lists."""
    header = next((line for line in range(1, about.size[0] + 1) if about.cells.get((line, 1), "").strip() == "sheet"), None)
    if header is None:
        return {}
    columns = {about.cells.get((header, at), "").strip(): at for at in range(1, about.size[1] + 1)}
    found = {}
    for line in range(header + 1, about.size[0] + 1):
        name = about.cells.get((line, 1), "").strip()
        if name:
            what, subject = (about.cells.get((line, columns.get(key, 0)), "").strip() for key in ("what", "subject"))
            found[name] = (line, what, subject)
    return found


def _edited(pairs: _Pairs, said: dict[str, set[str]], problems: Collector) -> list[tuple[Incoming, str, str]]:
    """Return the sheets that differ from the files, with what was edited in the files since the export left in."""
    found = []
    for now, grid in pairs.found:
        came = incoming(now, grid, problems)
        if came is None:
            continue
        pairs.raw.append(came.sheet)
        came = merged(now, came, pairs.base.get(grid.name, Base()), said, problems)
        if {row.key: _said(came.sheet, row) for row in came.sheet.rows} != {row.key: _said(came.sheet, row) for row in now.rows}:
            found.append((came, now.what, now.subject))
    return found


def _said(sheet: Sheet, row: Row) -> dict[str, str]:
    """Return the cells of a row that are read back and not blank."""
    return {column.name: text for column in sheet.columns if not column.is_key and not column.is_view and (text := row.cells.get(column.name, "").strip())}


# ---------------------------------------------------------------- into the files


def _applied(shelf: Shelf, words: Words, came: list[tuple[Incoming, str, str]], problems: Collector) -> tuple[Shelf, list[Change]]:
    """Return the shelf with the edits of all sheets, one sheet after the other, and the changes they stand for."""
    changes: list[Change] = []
    for item, what, subject in came:
        plan = Plan(_sheet(shelf, words, what, subject), item, shelf.texts, problems)
        if what == "figures":
            plan_figures(plan)
        else:
            plan_rows(plan)
        changes += plan.changes
        shelf = shelf.with_texts({file: applied(shelf.texts[file], edits) for file, edits in plan.edits.items() if edits})
    return shelf, changes


def _sheet(shelf: Shelf, words: Words, what: str, subject: str) -> Sheet:
    sheet = sheet_of(shelf, words, what, subject)
    assert sheet is not None
    return sheet


def _linked(new: Shelf, came: list[tuple[Incoming, Sheet]], as_of: int) -> None:
    """Raise what is wrong with the changed rule book, at sheet and cell."""
    try:
        content = read_content_texts({name: text for name, text in new.texts.items() if not name.startswith("tests/")})
        link(content, as_of)
    except Problems as fault:
        raise Problems(in_sheets(new, came, fault.problems)) from None


def _read_back(new: Shelf, came: list[tuple[Incoming, Sheet]]) -> None:
    """Hold the changed files against the sheets, cell by cell; a difference is a fault of ours."""
    for item, now in came:
        rows = {row.key: row for row in now.rows}
        for row in item.sheet.rows:
            there = rows[row.key]
            for column in item.sheet.columns:
                if column.is_view or column.is_key:
                    continue
                cell = there.cells.get(column.name, "") if now.column(column.name) else _shown(new, there, column)
                assert _alike(read(cell, column.form), read(row.cells.get(column.name, ""), column.form)), f"{item.place(row.key, column.name)}: {cell!r}"


def _shown(new: Shelf, row: Row, column: Column) -> str:
    assert row.base is not None
    return shown(new.texts[row.file], row.base.at(column.path), column.form)


def _alike(left: object, right: object) -> bool:
    if isinstance(left, Yaml) and isinstance(right, Yaml):
        return same(places(left.text), places(right.text))
    left, right = ((item,) if isinstance(item, str) else item for item in (left, right))
    return left == right


def _bytes(path: Path, text: str) -> bytes:
    """Return a text as the bytes of its file; a mark of UTF-8 at its beginning stays."""
    with path.open("rb") as file:
        mark = file.read(3)
    return (mark if mark == b"\xef\xbb\xbf" else b"") + text.encode()
