"""Sheets as a workbook made for people: frozen headers, lists to pick from, colours, comments, print titles."""

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fourfold.exchange.nouns import Column, Row, Sheet, letters
from fourfold.exchange.words import Words
from fourfold.problem import Problem, Problems

SPARE_ROWS = 200  # rows below the last that have the lists and colours of their column
LONGEST_TEXT = 32_767  # of a cell
LONGEST_LIST = 250  # characters of a list of values within a cell's own rule; longer ones stand on the sheet of lists
COLOURS = {
    "key": ("#7F6000", "#FFF2CC"),
    "when": ("#1F4E78", "#E9F1FA"),
    "then": ("#375623", "#EAF4E4"),
    "why": ("#525252", "#FFFFFF"),
    "about": ("#525252", "#FFFFFF"),
    "view": ("#8C8C8C", "#F5F5F5"),
}
HIGHEST_ROW = 400  # points; a spreadsheet allows 409
LINE = {"border": 1, "border_color": "#D9D9D9"}


def workbook(sheets: tuple[Sheet, ...], about: Sheet, marks: Sheet, words: Words) -> bytes:
    """Return a workbook as bytes; the same sheets give the same bytes."""
    try:
        import xlsxwriter
    except ImportError:
        raise Problems([Problem("F120", "no workbook: xlsxwriter is not installed", help="pip install 'fourfold[sheets]'; CSV needs nothing: name a folder instead")]) from None
    _fits(sheets)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": words.labels.get("about 1", ""), "created": datetime(2000, 1, 1, tzinfo=UTC)})
    writer = _Writer(book)
    writer.about(about, words, {sheet.name: sheet.title for sheet in sheets})
    for sheet in sheets:
        writer.sheet(sheet)
    writer.lists()
    writer.hidden(marks)
    book.close()
    return buffer.getvalue()


def _fits(sheets: Iterable[Sheet]) -> None:
    problems = [
        Problem("F120", f"`{column}` of `{' '.join(row.key)}` has {len(text):,} characters; a cell of a workbook takes {LONGEST_TEXT:,}", help="export it as CSV")
        for sheet in sheets
        for row in sheet.rows
        for column, text in row.cells.items()
        if len(text) > LONGEST_TEXT
    ]
    if problems:
        raise Problems(problems)


class _Writer:
    """Writes sheets with the formats of one workbook."""

    def __init__(self, book: Any) -> None:
        """Make the formats."""
        self.book, self.long_lists = book, dict[tuple[str, ...], int]()
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top", "text_wrap": True, **LINE}
        self.titles = {group: book.add_format({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": dark, "valign": "vcenter"}) for group, (dark, _) in COLOURS.items()}
        self.names = {group: book.add_format({**base, "font_size": 8, "font_color": dark, "bg_color": light, "num_format": "@"}) for group, (dark, light) in COLOURS.items()}
        self.cells = {
            group: book.add_format(
                {
                    **base,
                    "num_format": "@",
                    "align": "left",
                    **({"bg_color": light} if light != "#FFFFFF" else {}),
                    **({"bold": True} if group == "key" else {}),
                    **({"italic": True, "font_color": "#7F7F7F"} if group == "view" else {}),
                }
            )
            for group, (_, light) in COLOURS.items()
        }
        self.heading = book.add_format({"font_name": "Calibri", "font_size": 15, "bold": True, "font_color": "#1F4E78"})
        self.text = book.add_format({"font_name": "Calibri", "font_size": 10})
        self.link = book.add_format({**base, "font_color": "#0563C1", "underline": 1})

    def about(self, about: Sheet, words: Words, titles: dict[str, str]) -> None:
        """Write the first sheet: how to use the workbook, and where everything is."""
        page = self.book.add_worksheet(about.name)
        page.set_tab_color("#1F4E78")
        page.hide_gridlines(2)
        first, *rest = words.about() or [""]
        page.write_string(0, 0, first, self.heading)
        for at, text in enumerate(rest, 1):
            page.write_string(at, 0, text, self.text)
        top = len(rest) + 2
        columns = (*about.columns, Column("title", (), "text", "view", words.column("name"), width=40))
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width)
            page.write_string(top, at, column.title, self.titles[column.group])
            page.write_string(top + 1, at, column.name, self.names[column.group])
        for line, row in enumerate(about.rows, top + 2):
            for at, column in enumerate(columns):
                text = titles.get(row.key[0], "") if column.name == "title" else row.cells.get(column.name, "")
                if column.name == "sheet":
                    page.write_url(line, at, f"internal:'{text}'!A1", self.link, text)
                else:
                    self._write(page, line, at, text, self.cells[column.group])
        page.ignore_errors({"number_stored_as_text": f"A1:{letters(len(columns))}{top + 3 + len(about.rows)}"})
        _print(page, top + 1)

    def sheet(self, sheet: Sheet) -> None:
        """Write one sheet: titles, names, rows, lists, comments."""
        page = self.book.add_worksheet(sheet.name)
        page.set_tab_color({"table": "#375623", "tables": "#375623", "cases": "#7F6000"}.get(sheet.what, "#1F4E78"))
        last = 1 + len(sheet.rows)
        for at, column in enumerate(sheet.shown):
            page.set_column(at, at, column.width)
            page.write_string(0, at, column.title or column.name, self.titles[column.group])
            page.write_string(1, at, column.name, self.names[column.group])
            if column.help:
                _comment(page, 0, at, column.help)
            self._list(page, column, at, last)
        for line, row in enumerate(sheet.rows, 2):
            self._row(page, sheet, line, row)
        page.set_row(0, max(15 * max(_lines(column.title, column.width - 2) for column in sheet.shown), 30))
        frozen = next((at for at, column in enumerate(sheet.shown) if not column.is_key), 1)
        page.freeze_panes(2, min(frozen, 2))
        page.autofilter(1, 0, max(last, 2), len(sheet.shown) - 1)
        page.ignore_errors({"number_stored_as_text": f"A1:{letters(len(sheet.shown))}{last + 1 + SPARE_ROWS}"})
        _print(page, 1)

    def _row(self, page: Any, sheet: Sheet, line: int, row: Row) -> None:
        for at, column in enumerate(sheet.shown):
            text = row.cells.get(column.name, "")
            if column.name == "table" and sheet.what == "tables":
                page.write_url(line, at, f"internal:'{text[:31]}'!A1", self.link, text)
            else:
                self._write(page, line, at, text, self.cells[column.group])
            note = row.notes.get(column.name)
            if note:
                _comment(page, line, at, note)
        # WHY: programs do not agree on when they fit a row to its text, so the sheet says it
        page.set_row(line, min(HIGHEST_ROW, 14 * max((_lines(row.cells.get(column.name, ""), column.width) for column in sheet.shown), default=1) + 2))

    def _write(self, page: Any, line: int, at: int, text: str, form: Any) -> None:
        """Write a cell: a whole number as a number, so that no program marks it; everything else as text."""
        if not text:
            page.write_blank(line, at, None, form)
        elif re.fullmatch(r"-?[1-9]\d{0,13}|0", text):
            page.write_number(line, at, int(text), form)
        else:
            page.write_string(line, at, text, form)

    def _list(self, page: Any, column: Column, at: int, last: int) -> None:
        """Give a column the list of what may stand in it, down to some rows below the last."""
        if not column.legal or column.is_view:
            return
        source: object = list(column.legal)
        if len(",".join(column.legal)) > LONGEST_LIST or any("," in item for item in column.legal):
            place = self.long_lists.setdefault(column.legal, len(self.long_lists))
            source = f"=lists!${letters(place + 1)}$2:${letters(place + 1)}${len(column.legal) + 1}"
        rule: dict[str, object] = {"validate": "list", "source": source, "ignore_blank": True}
        if column.is_strict:
            rule |= {"error_type": "warning", "error_title": column.name[:32], "error_message": f"Not in the list: {', '.join(column.legal)}"[:250]}
        else:
            rule |= {"show_error": False}
        page.data_validation(2, at, last + SPARE_ROWS, at, rule)

    def hidden(self, sheet: Sheet) -> None:
        """Write a sheet that is for the program only."""
        page = self.book.add_worksheet(sheet.name)
        page.hide()
        for line, cells in enumerate([[column.name for column in sheet.shown], *([row.cells[column.name] for column in sheet.shown] for row in sheet.rows)]):
            for at, text in enumerate(cells):
                page.write_string(line, at, text)

    def lists(self) -> None:
        """Write the sheet of long lists, where there are any; it is hidden."""
        if self.long_lists:
            page = self.book.add_worksheet("lists")
            page.hide()
            for values, at in self.long_lists.items():
                page.write_string(0, at, f"list {at + 1}")
                for line, value in enumerate(values, 1):
                    page.write_string(line, at, value)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column; wide characters count twice."""
    return sum(1 + sum(2 if ord(sign) > 0x2E7F else 1 for sign in part) // max(1, width) for part in text.split("\n"))


def _comment(page: Any, line: int, at: int, text: str) -> None:
    rows = sum(1 + len(part) // 42 for part in text.split("\n"))
    page.write_comment(line, at, text[:2000], {"author": "", "x_scale": 2.2, "height": min(400, 18 + 15 * rows), "font_size": 9, "color": "#FFFFE7"})


def _print(page: Any, header: int) -> None:
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, header)
    page.set_footer("&L&A&R&P / &N")
