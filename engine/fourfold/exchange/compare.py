"""A sheet that came in, held against the sheet as it would be exported now."""

from dataclasses import dataclass, field, replace

from fourfold.exchange.forms import tidy
from fourfold.exchange.nouns import SEEN, Column, Grid, Row, Sheet
from fourfold.exchange.sheets import mark, row_name
from fourfold.problem import Collector, Label
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed

HEADER_WITHIN = 12  # the names of the columns stand in one of the first rows
FREE = {"table": ("when ",), "cases": ("given ", "expect ", "plan ", "says ")}  # heads of columns that may be added


@dataclass(frozen=True, slots=True)
class Incoming:
    """A sheet as it came in: the sheet it is, its columns with their numbers, its rows with their lines."""

    grid: Grid
    sheet: Sheet
    columns: tuple[tuple[Column, int], ...]
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)

    def place(self, key: tuple[str, ...], column: str = "") -> Span:
        """Return the place of a cell of a row; without a column, of its name."""
        at = next((number for item, number in self.columns if item.name == column), self.columns[0][1])
        return self.grid.place(self.lines.get(key, 1), at)


def incoming(now: Sheet, grid: Grid, problems: Collector) -> Incoming | None:
    """Return a sheet that came in, or None where its columns cannot be told; everything wrong with its form is noted."""
    header = _header(now, grid)
    if header is None:
        keys = [column.name for column in now.columns if column.is_key]
        problems.add(
            "F123", f"sheet `{grid.name}` has no row with the names of its columns", grid.place(1, 1), help=f"the second row of an export holds them: {listed(keys, 5)} …; export again to see it"
        )
        return None
    columns = _columns(now, grid, header, problems)
    if columns is None:
        return None
    rows, lines = _rows(now, grid, header, columns, problems)
    found = replace(now, columns=tuple(column for column, _ in columns), rows=tuple(rows))
    return Incoming(grid, found, tuple(columns), lines)


def _header(now: Sheet, grid: Grid) -> int | None:
    names = {column.name for column in now.columns}
    counts = {line: sum(1 for (at, _), text in grid.cells.items() if at == line and text.strip() in names) for line in range(1, HEADER_WITHIN + 1)}
    best = max(counts, key=lambda line: (counts[line], -line))
    return best if counts[best] else None


def _columns(now: Sheet, grid: Grid, header: int, problems: Collector) -> list[tuple[Column, int]] | None:
    """Return the columns of a sheet; unknown, double and missing ones are noted."""
    found: dict[str, tuple[Column, int]] = {}
    before = len(problems.found)
    for at in range(1, grid.size[1] + 1):
        name = grid.cells.get((header, at), "").strip()
        place = grid.place(header, at)
        if not name:
            line = next((line for line in range(header + 1, grid.size[0] + 1) if grid.cells.get((line, at))), None)
            if line is not None:
                problems.add("F123", "this column has no name", grid.place(line, at), help="write its name into the row of names, or clear the column")
            continue
        column = now.column(name) or _free(now, name)
        if name in found:
            problems.add("F105", f"the column `{name}` stands here twice", place, labels=(Label(grid.place(header, found[name][1]), "the first"),), help="keep one")
        elif column is None:
            hint = " ".join(FREE.get(now.what, ("",))[0].split())
            more = did_you_mean(name, [item.name for item in now.columns]) or (f"a new test is headed `{hint} {name}`" if hint else f"known here: {listed([item.name for item in now.columns], 30)}")
            problems.add("F123", f"sheet `{grid.name}` has no column `{name}`", place, help=more)
        else:
            found[name] = (column, at)
    for column in now.columns:
        is_filled = column.is_key or any(row.cells.get(column.name) for row in now.rows)
        if column.name not in found and is_filled and not column.is_view:
            problems.add("F123", f"sheet `{grid.name}` lacks the column `{column.name}`", grid.place(header, 1), help="put it back; clear its cells where nothing is meant")
    return list(found.values()) if len(problems.found) == before else None


def _free(now: Sheet, name: str) -> Column | None:
    """Return a column that was added by hand: a test, or an answer of a case."""
    for head in FREE.get(now.what, ()):
        if name.startswith(head) and name.removeprefix(head).strip():
            plain = name.removeprefix(head).strip()
            like = next((column for column in now.columns if column.name.startswith(head)), None)
            return Column(name, (head.strip(), plain), like.form if like else "test" if head == "when " else "value", head.strip())
    return None


def _rows(now: Sheet, grid: Grid, header: int, columns: list[tuple[Column, int]], problems: Collector) -> tuple[list[Row], dict[tuple[str, ...], int]]:
    rows: list[Row] = []
    lines: dict[tuple[str, ...], int] = {}
    numbers = {column.name: at for column, at in columns}
    keys = [column.name for column in now.columns if column.is_key]
    for line in range(header + 1, grid.size[0] + 1):
        cells = {column.name: text for column, at in columns if (text := tidy(grid.cells.get((line, at), ""), column.form))}
        if not any(column.name in cells for column, _ in columns if not column.is_view):
            continue
        key = tuple(cells.get(name, "") for name in keys)
        blank = next((name for name in keys if name not in cells and name not in ("by", "nr")), None)
        if blank is not None:
            problems.add("F123", f"this row has no `{blank}`", grid.place(line, numbers[blank]), help="name it, or clear the whole row")
        elif key in lines:
            place = grid.place(line, numbers[keys[0]])
            problems.add(
                "F105",
                f"`{' '.join(filter(None, key))}` stands here twice",
                place,
                labels=(Label(grid.place(lines[key], numbers[keys[0]]), "the first"),),
                help=f"the first is in row {lines[key]}; keep one, or give it a name of its own",
            )
        else:
            lines[key] = line
            rows.append(Row(key, cells))
    return rows, lines


Marks = dict[str, dict[str, str]]


class Base:
    """What the rows of a sheet said when it was exported, and when it was last imported: marks of cells."""

    def __init__(self, *known: Marks) -> None:
        """Keep the marks of the export, and of the last import where there was one."""
        self.known = [marks for marks in known if marks]

    def __bool__(self) -> bool:
        """Return whether anything is known."""
        return bool(self.known)

    def has(self, key: tuple[str, ...]) -> bool:
        """Return whether a row was there."""
        return any(row_name(key) in marks for marks in self.known)

    def is_as_it_was(self, key: tuple[str, ...], name: str, text: str) -> bool:
        """Return whether a cell says what it said then; a row that was not there said nothing."""
        return any(marks.get(row_name(key), {}).get(name, "") == mark(text) for marks in self.known)


def merged(now: Sheet, came: Incoming, base: Base, said: dict[str, set[str]], problems: Collector) -> Incoming:
    """Return a sheet with what was edited in the files since its export left in; what was edited on both sides is noted.

    `base` has the marks of the cells of the export by row; without one (a CSV file alone) the sheet is taken as it is.
    """
    if not base:
        return came
    old = {row.key: row for row in now.rows}
    rows: list[Row] = []
    for row in came.sheet.rows:
        there = old.get(row.key)
        if there is not None:
            rows.append(_merged_row(came, row, there, base, problems))
            _note_views(now, came, row, there, base, said, problems)
        elif not base.has(row.key):
            rows.append(row)
        elif not _is_unmoved(came, row, base):
            problems.add("F124", f"`{_words(row.key)}` was edited here, and is no longer in the files", came.place(row.key), help="export it again, and copy your edit into the new file")
    for key, row in old.items():
        if key in came.lines or (base.has(key) and _is_unmoved(came, row, base)):
            continue
        rows.append(row)
        if base.has(key):
            problems.add("F124", f"`{_words(key)}` is missing here, and was edited in {row.file} since this was exported", came.grid.place(1, 1), help="export it again, and remove the row there")
    return replace(came, sheet=replace(came.sheet, rows=tuple(rows)))


def _is_unmoved(came: Incoming, row: Row, base: Base) -> bool:
    return all(base.is_as_it_was(row.key, name, row.cells.get(name, "")) for name in _read_names(came))


def _read_names(came: Incoming) -> list[str]:
    return [column.name for column in came.sheet.columns if not column.is_key and not column.is_view]


def _words(key: tuple[str, ...]) -> str:
    return " ".join(part for part in key if part)


def _merged_row(came: Incoming, row: Row, there: Row, base: Base, problems: Collector) -> Row:
    """Return a row with the cells that were edited on one side only; the others are noted."""
    cells = dict(row.cells)
    for name in _read_names(came):
        here, files = row.cells.get(name, "").strip(), there.cells.get(name, "").strip()
        if here == files or base.is_as_it_was(row.key, name, files):
            continue
        if base.is_as_it_was(row.key, name, here):
            cells[name] = files
        else:
            shown = f"`{files[:40]}`" if files else "blank"
            problems.add(
                "F124",
                f"`{name}` of `{_words(row.key)}` was edited in {there.file} too since this was exported, and is {shown} there",
                came.place(row.key, name),
                help="export it again, and copy your edit into the new file",
            )
    return replace(row, cells=cells)


def _note_views(now: Sheet, came: Incoming, row: Row, there: Row, base: Base, said: dict[str, set[str]], problems: Collector) -> None:
    """Note each cell of a row that only shows something and was edited all the same; a sentence may stand in either language."""
    # WHY: a sentence was made when the workbook was; after an edit of its row it is out of date, and that is no edit
    is_unmoved = _is_unmoved(came, there, Base(*base.known[:1]))
    for column in came.sheet.columns:
        name, text = column.name, " ".join(row.cells.get(column.name, "").split())
        if name == "sentence" and is_unmoved:
            is_edited = bool(text) and text not in said.get(row.key[0], {text})
        else:
            is_edited = name.startswith(SEEN) and bool(text) and not base.is_as_it_was(row.key, name, text)
        if is_edited:
            help_text = "edit the row itself" if name == "sentence" else f"numbers are edited on the sheet `figures_{now.subject}`"
            problems.add("F125", f"`{name}` only shows what is written elsewhere; this edit would be lost", came.place(row.key, name), help=help_text)
