"""A plan's dates as a calendar file, its money, dates and tasks as a workbook, its results as rows: what they say is what the plan says."""

import csv
import io
from datetime import date

import pytest
from conftest import DAY, ROOT
from icalendar import Calendar
from openpyxl import load_workbook

from fourfold.advice import decided, load_profile, plan_of
from fourfold.agenda import agenda
from fourfold.faces import rendered
from fourfold.report import Speaker

NAMES = ("yanhe_skin", "beiwo", "one_woman_candles", "sparse", "sunrise_pumps")


@pytest.fixture(scope="module")
def made():
    found = {}
    for name in NAMES:
        advice = decided(ROOT, load_profile(ROOT / "examples" / f"{name}.yaml"), DAY)
        found[name] = (advice, plan_of(advice))
    return found


def file(made, name, ending, language="en"):
    advice, plan = made[name]
    return rendered(advice, ROOT, language, ending, plan, "x")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_every_date_of_the_plan_is_an_event_of_the_calendar(made, name, language):
    data = file(made, name, ".ics", language)
    assert data == file(made, name, ".ics", language)
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    events = Calendar.from_ical(data).walk("VEVENT")
    assert all(not event.errors for event in events)
    assert len({str(event["UID"]) for event in events}) == len(events)
    advice, plan = made[name]
    entries = agenda(ROOT, Speaker(advice.book, language, advice.book.currency), plan)
    assert sorted(event.decoded("DTSTART") for event in events) == [entry.start for entry in entries]
    assert all(event.decoded("DTEND") > event.decoded("DTSTART") for event in events)
    dates = {entry.start.isoformat() for entry in entries}
    assert {task["by"] for task in plan["week"]["tasks"]} | {item["date"] for item in plan["nodes"]["entries"] if item["kind"] != "holiday"} <= dates


def test_the_weekly_review_leaves_out_the_days_on_which_nobody_works(made):
    weekly = next(event for event in Calendar.from_ical(file(made, "yanhe_skin", ".ics")).walk("VEVENT") if "RRULE" in event)
    assert [item.dt for item in weekly["EXDATE"].dts] == [date(2027, 2, 1), date(2027, 2, 8), date(2027, 4, 5), date(2027, 5, 3)]


@pytest.mark.parametrize("name", NAMES)
def test_the_workbook_says_what_the_plan_says_and_its_sums_are_formulas(made, name):
    data = file(made, name, ".xlsx")
    assert data == file(made, name, ".xlsx")
    shown, formulas = load_workbook(io.BytesIO(data), data_only=True), load_workbook(io.BytesIO(data))
    assert shown.sheetnames == ["Budget", "Calendar", "Tasks", "Results"]
    budget, written = shown["Budget"], formulas["Budget"]
    stages = made[name][1]["matrix"]["stages"]
    rows = {budget.cell(row, 1).value: row for row in range(5, budget.max_row + 1)}
    last = len(stages["spans"]) + 2
    assert budget.cell(rows["planned"], last).value == stages["planned"]
    assert budget.cell(rows["left"], last).value == stages["left"]
    assert str(written.cell(rows["planned"], last).value).startswith("=SUM(")
    lines = list(range(5, rows["planned"]))
    for column in range(2, last):
        span = stages["spans"][column - 2]["stage"]
        assert sum(budget.cell(row, column).value for row in lines) == budget.cell(rows["planned"], column).value == stages["stages"][span]["planned"]
        before = budget.cell(rows["carried in"], column).value
        assert budget.cell(rows["budget"], column).value + before - budget.cell(rows["planned"], column).value == budget.cell(rows["left"], column).value
    for row in lines:
        assert written.cell(row, last + 2).value == f"={written.cell(row, last).coordinate}-{written.cell(row, last + 1).coordinate}"


def test_tasks_of_the_workbook_add_up_by_person(made):
    sheet = load_workbook(io.BytesIO(file(made, "yanhe_skin", ".xlsx")), data_only=True)["Tasks"]
    week = made["yanhe_skin"][1]["week"]
    tasks = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=4 + len(week["tasks"]))]
    assert [row[4] for row in tasks] == [task["days"] for task in week["tasks"]]
    people = {row[0].value: [cell.value for cell in row[1:4]] for row in sheet.iter_rows(min_row=5 + len(week["tasks"]) + 4, max_row=sheet.max_row)}
    assert len(people) == 8
    for who, (available, given, free) in people.items():
        assert given == pytest.approx(sum(row[4] for row in tasks if row[0] == who))
        assert available - given == pytest.approx(free)


def test_the_chinese_workbook_has_chinese_sheets(made):
    book = load_workbook(io.BytesIO(file(made, "yanhe_skin", ".xlsx", "zh")))
    assert book.sheetnames == ["预算", "日历", "任务", "结果"]


def test_a_name_that_looks_like_a_formula_stays_text():
    profile = ROOT / "examples" / "little_acorn.yaml"
    advice = decided(ROOT, load_profile(profile), DAY, changes=(("company", "=1+1"),))
    sheet = load_workbook(io.BytesIO(rendered(advice, ROOT, "en", ".xlsx", plan_of(advice), "x")))["Budget"]
    assert sheet["A1"].data_type == "s"


def test_the_rows_of_results_can_be_filled_in_and_fed_back(made, tmp_path):
    rows = list(csv.DictReader(io.StringIO(file(made, "yanhe_skin", ".csv").decode())))
    assert [row["carrier"] for row in rows] == ["taobao_tmall", "douyin_ads", "xiaohongshu_ads", "kol_koc_seeding"]
    text = (ROOT / "examples" / "yanhe_skin.yaml").read_text(encoding="utf-8")
    kept, results, _ = text.partition("results:\n")
    filled = [{**row, "spend": "10000", "conversions": "80", "traced": "yes"} for row in rows]
    lines = ["  - {" + ", ".join(f"{name}: {cell}" for name, cell in row.items() if cell) + "}" for row in filled]
    path = tmp_path / "again.yaml"
    path.write_text(kept + results + "\n".join(lines) + "\n", encoding="utf-8")
    advice = decided(ROOT, load_profile(path), DAY + 90)
    assert advice.decision.values["reading[douyin_ads]"] == "meets"
