"""A plan as a workbook that computes: budget with what is left, calendar, tasks, results with their verdict."""

import io
import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fourfold import report
from fourfold.agenda import agenda
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems

Labels = dict[str, str]
LINE, ROOMY, WIDE, LATIN = 15, 1.1, 1.9, 0x2E80  # points of a line; room for words that do not break; width of a Chinese character, from its first code on
GREEN, PALE, YELLOW, GREY = "#14532D", "#E3EBE7", "#FFF7D6", "#F1F3F2"
MONEY, DAYS, DATE = "#,##0;[Red]-#,##0", "0.0;[Red]-0.0", "yyyy-mm-dd"  # number formats of a workbook


def plan_workbook(root: Path, speaker: report.Speaker, plan: Data) -> bytes:
    """Return the workbook as bytes; every sum is a formula, with its value beside it for viewers that do not compute."""
    try:
        import xlsxwriter
    except ImportError:
        raise Problems([Problem("F504", "no workbook: xlsxwriter is not installed", help="pip install 'fourfold[sheets]'")]) from None
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": str(plan["company"]) or "Fourfold", "created": datetime(2000, 1, 1, tzinfo=UTC)})
    words: Any = report.environment(root, speaker).get_template(f"words.{speaker.language}.j2").module
    writer = _Writer(book, speaker, plan, words)
    writer.budget()
    writer.calendar(root)
    writer.tasks()
    writer.results()
    book.close()
    return buffer.getvalue()


def _at(row: int, column: int) -> str:
    """Return the name of a cell, both counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


class _Writer:
    """Writes the sheets of one plan with the formats of one workbook."""

    def __init__(self, book: Any, speaker: report.Speaker, plan: Data, words: Any) -> None:
        """Make the formats."""
        self.book, self.speaker, self.plan, self.words = book, speaker, plan, words
        self.labels: Labels = words.sheets
        self.widths: tuple[float, ...] = ()
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top", "border": 1, "border_color": "#D7DEDB"}
        self.title = book.add_format({"font_name": "Calibri", "font_size": 15, "bold": True, "font_color": GREEN})
        self.note = book.add_format({"font_name": "Calibri", "font_size": 10, "italic": True, "font_color": "#5B6763"})
        self.head = book.add_format({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": GREEN, "text_wrap": True, "valign": "vcenter"})
        self.text = book.add_format({**base, "text_wrap": True})
        self.strong = book.add_format({**base, "bold": True, "bg_color": PALE})
        looks: dict[str, dict[str, object]] = {"plain": {}, "input": {"bg_color": YELLOW}, "sum": {"bg_color": GREY}, "strong": {"bold": True, "bg_color": PALE}}
        self.formats = {(kind, form): book.add_format({**base, "num_format": form, **look}) for form in (MONEY, DAYS, DATE) for kind, look in looks.items()}
        self.input = book.add_format({**base, "bg_color": YELLOW})
        self.result = book.add_format({**base, "bg_color": GREY, "bold": True})

    def sheet(self, name: str, title: str, widths: tuple[float, ...], *, wide: bool = True) -> Any:
        """Return a new sheet with its title, the widths of its columns, and a page that prints."""
        sheet = self.book.add_worksheet(self.labels[name])
        sheet.write_string(0, 0, title, self.title)
        sheet.write_string(1, 0, self.labels["about"], self.note)
        self.widths = widths
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        if wide:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def heads(self, sheet: Any, row: int, names: list[str]) -> None:
        """Write a row of column heads."""
        for place, name in enumerate(names):
            sheet.write_string(row, place, name, self.head)
        self.grow(sheet, row, dict(enumerate(names)))

    def grow(self, sheet: Any, row: int, texts: dict[int, str]) -> None:
        """Make a row as high as its longest text needs: not every spreadsheet does it by itself."""
        lines = max(math.ceil(sum(WIDE if ord(c) > LATIN else 1.0 for c in text) * ROOMY / self.widths[column]) for column, text in texts.items())
        sheet.set_row(row, LINE * max(1, lines) + 2)

    def named(self, what: str) -> str:
        """Return a sheet's title with the company."""
        company = str(self.plan["company"])
        return f"{company} · {self.labels[what]}" if company else self.labels[what]

    # ------------------------------------------------------------ sheets

    def budget(self) -> None:
        """Write money by line and stage: sums, what is carried over, what is spent and what remains."""
        matrix: Any = self.plan["matrix"]
        stages, labels = matrix["stages"], self.labels
        spans = [span["stage"] for span in stages["spans"]]
        sheet = self.sheet("budget", f"{self.named('budget')} ({self.plan['currency']})", (44, *(18,) * (len(spans) + 3)))
        heads = [labels["line"], *(labels["stage"].replace("STAGE", self.words.stages[span["stage"]]).replace("DAY", self.speaker.day(span["to"])) for span in stages["spans"])]
        self.heads(sheet, 3, [*heads, labels["total"], labels["spent"], labels["remaining"]])
        lines = [key for key in self.words.stage_lines if stages["lines"].get(key, 0)]
        first, total = 4, len(spans) + 1
        for row, key in enumerate(lines, first):
            sheet.write_string(row, 0, self.words.stage_lines[key], self.text)
            for column, span in enumerate(spans, 1):
                sheet.write_number(row, column, stages["stages"][span]["lines"].get(key, 0), self.formats["plain", MONEY])
            self.sum_row(sheet, row, total, stages["lines"][key])
            self.remaining(sheet, row, total, stages["lines"][key])
        last = first + len(lines) - 1
        row = last + 1
        sheet.write_string(row, 0, labels["planned"], self.strong)
        for column in range(1, total + 3):
            value = stages["planned"] if column in (total, total + 2) else 0 if column == total + 1 else stages["stages"][spans[column - 1]]["planned"]
            sheet.write_formula(row, column, f"=SUM({_at(first, column)}:{_at(last, column)})", self.formats["strong", MONEY], value)
        self.carried(sheet, row, spans, stages, total)
        self.carriers(sheet, row + 6, matrix)
        sheet.freeze_panes(4, 1)

    def sum_row(self, sheet: Any, row: int, total: int, value: float) -> None:
        """Write the sum of a row's stages."""
        sheet.write_formula(row, total, f"=SUM({_at(row, 1)}:{_at(row, total - 1)})", self.formats["sum", MONEY], value)

    def remaining(self, sheet: Any, row: int, total: int, value: float) -> None:
        """Write a cell for what was spent and the formula of what remains."""
        sheet.write_blank(row, total + 1, None, self.formats["input", MONEY])
        sheet.write_formula(row, total + 2, f"={_at(row, total)}-{_at(row, total + 1)}", self.formats["sum", MONEY], value)

    def carried(self, sheet: Any, planned: int, spans: list[str], stages: Any, total: int) -> None:
        """Write budget, what is carried in, and what is left of each stage."""
        labels = self.labels
        for place, name in enumerate(("budget_row", "carried", "left"), 1):
            sheet.write_string(planned + place, 0, labels[name], self.strong if name == "left" else self.text)
        for column, span in enumerate(spans, 1):
            found = stages["stages"][span]
            sheet.write_number(planned + 1, column, found["total"], self.formats["plain", MONEY])
            before = f"={_at(planned + 3, column - 1)}" if column > 1 else "=0"
            sheet.write_formula(planned + 2, column, before, self.formats["sum", MONEY], found["before"])
            sheet.write_formula(planned + 3, column, f"={_at(planned + 1, column)}+{_at(planned + 2, column)}-{_at(planned, column)}", self.formats["strong", MONEY], found["left"])
        self.sum_row(sheet, planned + 1, total, stages["total"])
        sheet.write_formula(planned + 3, total, f"={_at(planned + 1, total)}-{_at(planned, total)}", self.formats["strong", MONEY], stages["left"])

    def carriers(self, sheet: Any, row: int, matrix: Any) -> None:
        """Write money and days of each carrier, with the sums that part 4 shows."""
        labels, money, days = self.labels, matrix["money"], matrix["days"]
        sheet.write_string(row - 1, 0, labels["by_carrier"], self.title)
        self.heads(sheet, row, [labels["carrier"], labels["role"], labels["money"], labels["days"]])
        rows = [(self.speaker.name("carrier", item["carrier"]), self.words.roles[item["role"]], money["lines"][item["carrier"]], item["days"]) for item in matrix["rows"]]
        others = [(self.words.ui[key], "", money["lines"].get(key, 0), days["action"] if key == "action" else 0) for key in ("opening", "action")]
        others.append((self.words.held[self.plan["decision"]["strategy"]], "", money["waiting"], 0))  # type: ignore[index]
        rows += [item for item in others if item[2] or item[3]]
        rows.append((labels["reserve"], "", money["reserve"], days["left"]))
        for place, (what, role, amount, worked) in enumerate(rows, row + 1):
            sheet.write_string(place, 0, what, self.text)
            sheet.write_string(place, 1, role, self.text)
            sheet.write_number(place, 2, amount, self.formats["plain", MONEY])
            sheet.write_number(place, 3, worked, self.formats["plain", DAYS])
        end = row + len(rows)
        sheet.write_string(end + 1, 0, labels["sum"], self.strong)
        sheet.write_blank(end + 1, 1, None, self.strong)
        sheet.write_formula(end + 1, 2, f"=SUM({_at(row + 1, 2)}:{_at(end, 2)})", self.formats["strong", MONEY], money["sum"])
        sheet.write_formula(end + 1, 3, f"=SUM({_at(row + 1, 3)}:{_at(end, 3)})", self.formats["strong", DAYS], days["present"])

    def calendar(self, root: Path) -> None:
        """Write every date of the plan with who, notes, and a cell to tick off."""
        labels = self.labels
        entries = agenda(root, self.speaker, self.plan)
        sheet = self.sheet("calendar", self.named("calendar"), (13, 13, 20, 62, 24, 60, 11))
        self.heads(sheet, 3, [labels[name] for name in ("date", "until", "kind", "what", "who", "notes", "done")])
        kinds = {**self.words.node_kinds, **self.words.entry_kinds}
        for row, entry in enumerate(entries, 4):
            sheet.write_datetime(row, 0, _noon(entry.start), self.formats["plain", DATE])
            sheet.write_datetime(row, 1, _noon(entry.end), self.formats["plain", DATE])
            texts = {2: kinds[entry.kind], 3: entry.title, 4: entry.who, 5: entry.notes}
            for column, value in texts.items():
                sheet.write_string(row, column, value, self.text)
            self.grow(sheet, row, texts)
            sheet.write_blank(row, 6, None, self.input)
        last = 3 + len(entries)
        sheet.write_string(2, 5, labels["open_count"], self.note)
        sheet.write_formula(2, 6, f"=COUNTA({_at(4, 0)}:{_at(last, 0)})-COUNTA({_at(4, 6)}:{_at(last, 6)})", self.result, len(entries))
        sheet.freeze_panes(4, 0)
        sheet.autofilter(3, 0, last, 6)
        sheet.repeat_rows(3)

    def tasks(self) -> None:
        """Write the tasks of the first week with days planned, spent and left, and the days of each person."""
        labels, week = self.labels, self.plan["week"]
        tasks: Any = week["tasks"]  # type: ignore[index]
        sheet = self.sheet("tasks", self.named("tasks"), (26, 62, 44, 30, 10, 13, 13, 13))
        self.heads(sheet, 3, [labels[name] for name in ("who", "task", "finished", "for", "planned_days", "by", "spent_days", "days_left")])
        said: Any = self.words
        objective: Any = self.plan["objective"]
        for row, task in enumerate(tasks, 4):
            told = (said.person(task), said.task(task, objective["model"], objective["goal"], week, self.plan["decision"]), said.done(task), said.purpose(task))
            texts = {column: str(value).strip() for column, value in enumerate(told)}
            for column, value in texts.items():
                sheet.write_string(row, column, value, self.text)
            self.grow(sheet, row, texts)
            sheet.write_number(row, 4, task["days"], self.formats["plain", DAYS])
            sheet.write_datetime(row, 5, _noon(date.fromisoformat(task["by"])), self.formats["plain", DATE])
            sheet.write_blank(row, 6, None, self.formats["input", DAYS])
            sheet.write_formula(row, 7, f"={_at(row, 4)}-{_at(row, 6)}", self.formats["sum", DAYS], task["days"])
        last = max(4, 3 + len(tasks))
        whole = round(sum(task["days"] for task in tasks), 1)
        sheet.write_string(last + 1, 0, labels["sum"], self.strong)
        for column in (1, 2, 3, 5):
            sheet.write_blank(last + 1, column, None, self.strong)
        for column, days in ((4, whole), (6, 0), (7, whole)):
            sheet.write_formula(last + 1, column, f"=SUM({_at(4, column)}:{_at(last, column)})", self.formats["strong", DAYS], days)
        self.people(sheet, last + 4, last)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)

    def people(self, sheet: Any, row: int, last: int) -> None:
        """Write what each person has, is given and keeps free this week."""
        labels = self.labels
        self.heads(sheet, row, [labels["person"], labels["available"], labels["given"], labels["free"]])
        people: Any = self.plan["week"]["people"]  # type: ignore[index]
        for place, person in enumerate(people, row + 1):
            who = str(self.words.person(person)).strip()
            sheet.write_string(place, 0, who, self.text)
            sheet.write_number(place, 1, person["days"], self.formats["plain", DAYS])
            given = f"SUMIF({_at(4, 0)}:{_at(last, 0)},{_at(place, 0)},{_at(4, 4)}:{_at(last, 4)})"
            sheet.write_formula(place, 2, f"={given}", self.formats["sum", DAYS], person["used"])
            sheet.write_formula(place, 3, f"={_at(place, 1)}-{_at(place, 2)}", self.formats["sum", DAYS], round(person["days"] - person["used"], 2))

    def results(self) -> None:
        """Write the rows of results to fill in; cost and verdict compute as the trial protocol says."""
        labels = self.labels
        rows: Any = self.plan["review"]["rows"]  # type: ignore[index]
        trial: Any = self.plan["trial"]
        bar = self.plan["matrix"]["worth"]["bar"]  # type: ignore[index]
        sheet = self.sheet("results", self.named("results"), (38, 13, 13, 12, 12, 12, 12, 12, 14, 12, 12, 12, 14, 14))
        names = ("carrier", "date", "until", "floor", "cap", "keep_at", "cut_at", "spent", "visits", "events", "revenue", "traced", "cost", "verdict")
        self.heads(sheet, 3, [labels[name] for name in names])
        sheet.write_string(2, 11, labels["bar"], self.note)
        sheet.write_number(2, 12, bar, self.formats["plain", DAYS])
        tested = {item["carrier"]: item for item in trial["carriers"]} if trial else {}
        for row, item in enumerate(rows, 4):
            sheet.write_string(row, 0, self.speaker.name("carrier", item["carrier"]), self.text)
            for column, key in ((1, "from"), (2, "to")):
                sheet.write_datetime(row, column, _noon(date.fromisoformat(item[key])), self.formats["plain", DATE])
            found = tested.get(item["carrier"])
            values = (found["floor"], found["cap"], found["counts"]["keep"], found["counts"]["cut"]) if found else ("", "", "", "")
            for column, count in enumerate(values, 3):
                sheet.write(row, column, count, self.formats["plain", MONEY])
            for column in range(7, 12):
                sheet.write_blank(row, column, None, self.formats["input", MONEY])
            spent, events, cost = _at(row, 7), _at(row, 9), _at(row, 12)
            sheet.write_formula(row, 12, f'=IF(N({events})>0,{spent}/{events},"")', self.formats["sum", DAYS], "")
            sheet.write_formula(row, 13, self.verdict(row, tested=found is not None, spent=spent, events=events, cost=cost), self.result, "")
        sheet.freeze_panes(4, 1)

    def verdict(self, row: int, *, tested: bool, spent: str, events: str, cost: str) -> str:
        """Return the formula of a verdict: by counts at the cap for a trial, else by the cost against the bar."""
        keep, watch, cut, hold = (self.labels[name].replace('"', '""') for name in ("keep", "watch", "cut", "hold"))
        if tested:
            return f'=IF({spent}="","",IF({spent}<{_at(row, 3)},"{hold}",IF({events}>={_at(row, 5)},"{keep}",IF({events}<={_at(row, 6)},"{cut}","{watch}"))))'
        return f'=IF({spent}="","",IF(N({events})=0,"{hold}",IF({cost}<=$M$3,"{keep}","{watch}")))'


def _noon(day: date) -> datetime:
    """Return a day as a workbook has it."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  # a cell of a workbook has no time zone
