"""All sheets of a workspace, as they would be exported now."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fourfold.exchange.case_sheets import cases_sheet
from fourfold.exchange.knowledge_sheets import constants_sheet, entities_sheet, figures_sheet, terms_sheet
from fourfold.exchange.legal import NUMBERS
from fourfold.exchange.nouns import SEEN, Column, Row, Sheet
from fourfold.exchange.rule_sheets import table_sheet, tables_sheet
from fourfold.exchange.shelf import Shelf
from fourfold.exchange.words import Words

SORTS = ("tables", "terms", "entities", "constants", "cases")
LONGEST_NAME = 31  # of a sheet in a workbook


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet by its name: what it holds, of which table or kind."""

    name: str
    what: str
    subject: str = ""


def catalogue(shelf: Shelf, tables: Iterable[str], sorts: Iterable[str]) -> tuple[Entry, ...]:
    """Return the sheets of some sorts that a workspace has, with the named tables, without making them; each name is short, plain, and stands once."""
    wanted, names, kinds = tuple(sorts), tuple(tables), dict.fromkeys(entity.kind for entity in shelf.content.entities)
    found: list[Entry] = []
    if "tables" in wanted and names:
        found += [Entry("tables", "tables"), *(Entry(table.name, "table", table.name) for table in shelf.content.tables if table.name in names)]
    found += [Entry(sort, sort) for sort in ("terms", "constants") if sort in wanted]
    for kind in kinds if "entities" in wanted else ():
        found.append(Entry(f"entities_{kind}", "entities", kind))
        if any(item.kind_name == kind and item.kind.word in NUMBERS for item in shelf.content.attributes):
            found.append(Entry(f"figures_{kind}", "figures", kind))
    found += [Entry("cases", "cases")] if "cases" in wanted else []
    taken, named = {"about", "lists", "marks"}, []
    for entry in found:
        plain = re.sub(r"[^\w.-]+", "_", entry.name, flags=re.ASCII).strip("._") or "sheet"
        name, number = plain[:LONGEST_NAME], 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - 3]}_{number}"
        taken.add(name.lower())
        named.append(replace(entry, name=name))
    return tuple(named)


def told_by_rows(shelf: Shelf, header: set[str], first: set[str]) -> tuple[str, str]:
    """Return what a sheet under a strange name holds, by its columns and the names of its rows; nothing where that does not tell."""
    for column, what in (("term", "terms"), ("constant", "constants"), ("case", "cases"), ("table", "tables")):
        if column in header:
            return what, ""
    if "rule" in header:
        return next((("table", table.name) for table in shelf.content.tables if first & {rule.id for rule in table.rules}), ("", ""))
    kind = next((entity.kind for entity in shelf.content.entities if entity.name in first), "") if "entity" in header else ""
    return ("figures" if "attribute" in header else "entities", kind) if kind else ("", "")


def sheets_of(shelf: Shelf, words: Words, tables: Iterable[str], sorts: Iterable[str]) -> tuple[Sheet, ...]:
    """Return the sheets of some sorts, with the named tables."""
    names = tuple(tables)
    found = []
    for entry in catalogue(shelf, names, sorts):
        sheet = tables_sheet(shelf, words, names) if entry.what == "tables" else sheet_of(shelf, words, entry.what, entry.subject)
        if sheet is not None and (sheet.rows or entry.what != "figures"):
            found.append(replace(sheet, name=entry.name))
    return tuple(found)


def sheet_of(shelf: Shelf, words: Words, what: str, subject: str) -> Sheet | None:
    """Return one sheet by what it holds and of what, or None where the workspace has no such thing."""
    if what == "table":
        table = next((table for table in shelf.content.tables if table.name == subject), None)
        return table_sheet(shelf, words, table) if table is not None else None
    if what in ("entities", "figures"):
        make = entities_sheet if what == "entities" else figures_sheet
        return make(shelf, words, subject) if any(name == subject for name, _, _ in shelf.content.kinds) else None
    if what == "tables":
        return tables_sheet(shelf, words, tuple(table.name for table in shelf.content.tables))
    makers = {"terms": terms_sheet, "constants": constants_sheet, "cases": cases_sheet}
    return makers[what](shelf, words) if what in makers else None


def marks_of(sheet: Sheet, row: Row) -> dict[str, str]:
    """Return a mark for each filled cell of a row that is read back, or that shows a number."""
    names = [column.name for column in sheet.columns if not column.is_key and (not column.is_view or column.name.startswith(SEEN))]
    return {name: mark(text) for name in names if (text := row.cells.get(name, ""))}


def mark(text: str) -> str:
    """Return the mark of what a cell says, or nothing for a blank one."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:8] if text.strip() else ""


def row_name(key: tuple[str, ...]) -> str:
    """Return the name of a row for the sheet of marks."""
    return " | ".join(key)


def marks_sheet(sheets: tuple[Sheet, ...]) -> Sheet:
    """Return the sheet by which an import tells what was edited in the workbook from what was edited in the files since."""
    columns = tuple(Column(name, (), "text", "view", name, is_key=name != "mark", width=width) for name, width in (("sheet", 24), ("row", 60), ("mark", 28)))
    rows = tuple(
        Row((sheet.name, row_name(row.key)), {"sheet": sheet.name, "row": row_name(row.key), "mark": ";".join(f"{name}={sign}" for name, sign in marks_of(sheet, row).items())})
        for sheet in sheets
        for row in sheet.rows
    )
    return Sheet("marks", "marks", "", "", columns, rows)


def about_sheet(words: Words, sheets: tuple[Sheet, ...]) -> Sheet:
    """Return the sheet that lists all others."""
    names = (("sheet", "key", 24), ("what", "about", 12), ("subject", "about", 20), ("number", "about", 8))
    columns = tuple(Column(name, (), "text", group, words.column(name), is_key=name == "sheet", width=width) for name, group, width in names)
    rows = tuple(Row((sheet.name,), {"sheet": sheet.name, "what": sheet.what, "subject": sheet.subject, "number": str(len(sheet.rows))}) for sheet in sheets)
    return Sheet("about", "about", "", words.sheet("about"), columns, rows)
