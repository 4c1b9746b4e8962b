"""What `fourfold export` writes: sentences, workbooks, CSV, DMN."""

import json
from dataclasses import dataclass
from pathlib import Path

from fourfold.exchange.csv_files import csv_text
from fourfold.exchange.dmn import dmn_text
from fourfold.exchange.nouns import Sheet
from fourfold.exchange.sentences import sentences_text
from fourfold.exchange.sheets import SORTS, about_sheet, marks_sheet, sheets_of
from fourfold.exchange.shelf import open_shelf
from fourfold.exchange.words import words_of
from fourfold.exchange.write_xlsx import workbook
from fourfold.library import open_book
from fourfold.model import RuleBook
from fourfold.problem import Problem, Problems
from fourfold.suggest import did_you_mean, listed
from fourfold.writing import write_whole
from fourfold.written import TableDecl

ENDINGS = {".xlsx": "xlsx", ".csv": "csv", "": "csv", ".dmn": "dmn", ".md": "sentences", ".txt": "sentences"}
LANGUAGES = ("en", "zh")
DMN = {"dmn": "1.5", "dmn-1.3": "1.3"}


@dataclass(frozen=True, slots=True)
class Export:
    """What was written where: files, and for each sheet its name, what it holds, and how many rows."""

    output: str
    form: str
    files: tuple[str, ...]
    sheets: tuple[tuple[str, str, int], ...] = ()
    skipped: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the report for the terminal."""
        if not self.sheets:
            loops = f"Left out, because they have a loop: {', '.join(self.skipped)}\n" if self.skipped else ""
            return f"{self.output}: written\n{loops}"
        rows = sum(count for _, what, count in self.sheets if what != "tables")
        rules = sum(count for _, what, count in self.sheets if what == "table")
        tables = sum(1 for _, what, _ in self.sheets if what == "table")
        what = f"{tables} {'table' if tables == 1 else 'tables'} with {rules} rules, " if tables else ""
        more = "lists to pick from in the cells" if self.form == "xlsx" else f"{len(self.files)} {'file' if len(self.files) == 1 else 'files'}"
        return f"{self.output}: {len(self.sheets)} {'sheet' if len(self.sheets) == 1 else 'sheets'}, {what}{rows} rows, {more}\nEdit it, then:  fourfold import {self.output}\n"

    def json(self) -> str:
        """Return the report for programs."""
        sheets = [{"sheet": name, "what": what, "rows": count} for name, what, count in self.sheets]
        return json.dumps({"output": self.output, "format": self.form, "files": self.files, "sheets": sheets, "left_out": self.skipped}, ensure_ascii=False, indent=2) + "\n"


def format_of(output: Path | None, chosen: str | None) -> str:
    """Return the format of an export: the chosen one, else by the ending of the file; a folder takes CSV."""
    if chosen is not None:
        return chosen
    ending = output.suffix.lower() if output is not None else ".md"
    if ending not in ENDINGS:
        raise Problems([Problem("F126", f"nothing is written as `{ending}`", help="end the name in .xlsx, .csv, .dmn or .md, or name a folder for CSV; or choose with --as")])
    return ENDINGS[ending]


def chosen_tables(book: RuleBook, names: tuple[str, ...]) -> tuple[TableDecl, ...]:
    """Return the named tables in the order of the book, or all of them; unknown names are problems, all at once."""
    known = {table.name: table for table in book.content.tables}
    unknown = [Problem("F201", f"unknown table `{name}`", help=did_you_mean(name, known) or f"known: {listed(known, 30)}") for name in names if name not in known]
    if unknown:
        raise Problems(unknown)
    return tuple(table for name, table in known.items() if not names or name in names)


def as_sentences(root: Path, as_of: int, tables: tuple[str, ...], language: str | None) -> str:
    """Return tables as sentences: in one language, or in both, one after the other."""
    book = open_book(root, as_of)
    chosen = chosen_tables(book, tables)
    return "\n".join(sentences_text(root, book, chosen, name) for name in ([language] if language else LANGUAGES))


def written(root: Path, as_of: int, output: Path, form: str, tables: tuple[str, ...], only: tuple[str, ...], language: str | None) -> Export:
    """Write an export and return what was written; files appear whole."""
    if form == "sentences":
        write_whole(output, as_sentences(root, as_of, tables, language))
        return Export(str(output), form, (str(output),))
    book = open_book(root, as_of)
    chosen = chosen_tables(book, tables)
    if form in DMN:
        write_whole(output, dmn_text(book, chosen, language or "en", DMN[form]))
        return Export(str(output), form, (str(output),), skipped=tuple(table.name for table in chosen if table.loop))
    words = words_of(root, book, chosen, language or "en")
    sorts = only or (("tables",) if tables else SORTS)
    sheets = sheets_of(open_shelf(root), words, [table.name for table in chosen], sorts)
    if len(sheets) == 2 and sheets[0].what == "tables":
        sheets = sheets[1:] if form == "csv" and output.suffix else sheets
    counts = tuple((sheet.name, sheet.what, len(sheet.rows)) for sheet in sheets)
    about = about_sheet(words, sheets)
    if form == "xlsx":
        write_whole(output, workbook(sheets, about, marks_sheet(sheets), words))
        return Export(str(output), form, (str(output),), counts)
    return Export(str(output), form, _csv(output, sheets, about), counts)


def _csv(output: Path, sheets: tuple[Sheet, ...], about: Sheet) -> tuple[str, ...]:
    """Write sheets as CSV: one file for one sheet, else a folder with a file for each."""
    if output.suffix:
        if len(sheets) != 1:
            raise Problems([Problem("F126", f"{len(sheets)} sheets do not fit into one CSV file", help="name a folder, or choose one sheet with --table or --only")])
        write_whole(output, csv_text(sheets[0]))
        return (str(output),)
    files = []
    for sheet in (about, *sheets, marks_sheet(sheets)):
        files.append(str(output / f"{sheet.name}.csv"))
        write_whole(Path(files[-1]), csv_text(sheet))
    return tuple(files)
