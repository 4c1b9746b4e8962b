"""Methods of people and time, working days, and what a plan promises about both, on examples."""

from datetime import date, timedelta

import pytest
from conftest import DAY, ROOT

from fourfold.advice import decided, load_profile, plan_of
from fourfold.people import close_levels, milestones, skill_days, way_for_skill, week_tasks
from fourfold.planning.workdays import Span, Workdays, together
from fourfold.public_holidays import public_holidays

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
LEVELS = ["junior", "senior", "lead"]
WEEK = [f"2026-11-{day}" for day in (23, 24, 25, 26, 27)]


@pytest.fixture(scope="module")
def plans():
    return {name: plan_of(decided(ROOT, load_profile(ROOT / "examples" / f"{name}.yaml"), DAY)) for name in EXAMPLES}


def task(place, level="junior", days=1.0, skills=(), who="", *, first=False):
    return {"id": place, "level": level, "days": days, "skills": list(skills), "first": first, "who": who}


def person(who, level="junior", days=2.0, skills=()):
    return {"who": who, "level": level, "days": days, "skills": list(skills)}


@pytest.mark.parametrize(
    ("tasks", "people", "given", "waiting"),
    [
        ([task(0), task(1)], [person("a"), person("b")], [("a", 0, 1.0), ("b", 1, 1.0)], []),
        ([task(0, skills=["x"])], [person("a", days=5), person("b", skills=["x"])], [("a", 0, 1.0), ("b", 0, 1.0)], []),
        ([task(0, days=3)], [person("a", days=2)], [("a", 0, 2.0)], []),
        ([task(0, days=2), task(1)], [person("a", days=2)], [("a", 0, 2.0)], [1]),
        ([task(0, days=2), task(1)], [person("a", days=2), person("c", "lead", 1)], [("a", 0, 2.0), ("c", 1, 1.0)], []),
        ([task(0), task(1, "lead")], [person("c", "lead", 9), person("s", "senior", 1)], [("c", 1, 1.0), ("s", 0, 1.0)], []),
        ([task(0), task(1, who="b")], [person("a", days=9), person("b", days=1)], [("a", 0, 1.0), ("b", 1, 1.0)], []),
        ([task(0)], [person("a", days=0.04)], [], [0]),
    ],
)
def test_tasks_go_to_who_can_and_never_beyond_the_days(tasks, people, given, waiting):
    found = week_tasks(tasks, people, LEVELS, WEEK).value
    assert [(item["who"], item["id"], item["days"]) for item in found["given"]] == given
    assert [item["id"] for item in found["waiting"]] == waiting


def test_what_could_flip_the_strategy_is_done_on_the_first_day():
    found = week_tasks([task(0, days=2), task(1, days=0.2, first=True)], [person("a", days=3)], LEVELS, WEEK).value["given"]
    assert [(item["id"], item["by"]) for item in found] == [(1, WEEK[0]), (0, WEEK[3])]


def test_a_day_of_somebody_with_two_skills_is_counted_once():
    people = [person("a", days=4, skills=["x", "y"]), person("b", days=2, skills=["x"])]
    rows = skill_days({"x": 4.0, "y": 4.0, "z": 1.0}, people, 0.0).value["rows"]
    assert {name: (row["present"], row["gap"]) for name, row in rows.items()} == {"x": (2.0, -2.0), "y": (4.0, 0.0), "z": (0.0, -1.0)}


COST = {"junior": 100.0, "senior": 200.0, "lead": 300.0}


@pytest.mark.parametrize(
    ("gaps", "room", "shift", "simplify", "borrow", "left"),
    [
        ((1, 1, 1), 0, [], {}, {}, 0.0),
        ((-2, 1, 3), 0, [("junior", "senior", 1), ("junior", "lead", 1)], {}, {}, 0.0),
        ((3, -2, -1), 0, [], {"senior": 2.0, "lead": 1.0}, {}, 0.0),
        ((-10, 0, 0), 500, [], {"junior": 4.0}, {"junior": 5.0}, 1.0),
        ((-10, 0, 0), 0, [], {"junior": 4.0}, {}, 6.0),
    ],
)
def test_missing_days_are_shifted_simplified_borrowed_in_this_order(gaps, room, shift, simplify, borrow, left):
    rows = {level: {"gap": float(gap)} for level, gap in zip(LEVELS, gaps, strict=True)}
    found = close_levels(rows, LEVELS, 4.0, COST, room).value
    assert [(item["from"], item["to"], item["days"]) for item in found["shift"]] == shift
    assert (found["simplify"], found["borrow"], found["open"]) == (simplify, borrow, left)


@pytest.mark.parametrize(
    ("needed_in", "room", "proven", "taken", "beside"),
    [(30, 99, 0, "train", ""), (14, 99, 0, "borrow", "train"), (14, 5, 0, "simplify", "train"), (1, 99, 0, "", "train"), (60, 0, 1, "simplify", "")],
)
def test_a_missing_skill_is_got_by_the_best_way_that_is_in_time_and_paid_for(needed_in, room, proven, taken, beside):
    lead = {"train": 20.0, "borrow": 5.0, "simplify": 2.0, "recruit": 42.0}
    found = way_for_skill(list(lead), lead, needed_in, {"train": 1.0, "borrow": 10.0, "simplify": 0.0, "recruit": 50.0}, room, proven).value
    assert (found["taken"], found["beside"]) == (taken, beside)


def test_numbers_by_date_end_at_what_the_plan_covers():
    rows = milestones({"visits": 100.0, "rate": 0.02}, {"visits": 200.0, "rate": 0.02}, 50, 100, [0, 50, 100, 500]).value["rows"]
    assert [row["visits"] for row in rows] == [100.0, pytest.approx(118.9207), pytest.approx(141.4214), pytest.approx(141.4214)]
    assert {row["rate"] for row in rows} == {0.02}


# ---------------------------------------------------------------- days


def test_working_days_leave_out_weekends_holidays_and_closures_and_count_days_worked_in_exchange():
    days = Workdays((5, 6), frozenset({date(2026, 10, 1)}), frozenset({date(2026, 10, 10)}), (Span(date(2026, 10, 5), date(2026, 10, 7)),), (), "", "")
    first = date(2026, 9, 30)
    assert [day.day for day in days.between(first, first + timedelta(days=12))] == [30, 2, 8, 9, 10, 12]
    assert days.on_or_after(date(2026, 10, 3)) == date(2026, 10, 8)
    assert days.before(date(2026, 10, 8), 2) == date(2026, 9, 30)


def test_days_with_nothing_but_weekend_between_them_are_one_span():
    found = together([(date(2026, 10, 2), "National Day", ""), (date(2026, 10, 5), "National Day (observed)", ""), (date(2026, 10, 7), "Other", "")], (5, 6))
    assert [(span.first.day, span.last.day, dict(span.names)) for span in found] == [(2, 5, {"en": "National Day"}), (7, 7, {"en": "Other"})]


@pytest.mark.parametrize(("code", "day"), [("CN", date(2026, 10, 1)), ("US", date(2026, 11, 26)), ("DE", date(2026, 10, 3)), ("GB", date(2026, 12, 25)), ("JP", date(2026, 11, 23))])
def test_public_holidays_are_those_of_the_country(code, day):
    found = public_holidays(code, 2026, 2026)
    assert day.toordinal() in {item[0] for item in found.days}
    assert public_holidays(code, 2026, 2026) == found


def test_an_unknown_country_has_no_public_holidays():
    assert public_holidays("XX", 2026, 2026) is None


def test_every_country_of_the_knowledge_is_known_to_the_library(book):
    codes = [book.knows("country", name, "code").value.text("en") for name in book.entities["country"]]
    assert [code for code in codes if public_holidays(code, 2026, 2026) is None] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_first_step_of_a_carrier_says_when_it_is_finished(book, language):
    for carrier in book.entities["carrier"]:
        steps, done = (book.knows("carrier", carrier, name).value.lines(language) for name in ("first_steps", "first_done"))
        assert len(steps) == len(done) == 3, carrier


# ---------------------------------------------------------------- plans


@pytest.mark.parametrize("name", EXAMPLES)
def test_nobody_gets_more_than_the_days_of_the_week(plans, name):
    week = plans[name]["week"]
    for person in week["people"]:
        assert person["used"] <= person["days"] + 1e-9
    assert {task["by"] for task in week["tasks"]} <= {(date.fromisoformat(week["monday"]) + timedelta(days=more)).isoformat() for more in range(7)}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_people_do_falls_on_working_days(plans, name):
    plan = plans[name]
    off = [(item["from"], item["to"]) for item in plan["nodes"]["calendar"]["holidays"]] + [(item["from"], item["to"]) for item in plan["objective"]["resources"]["closures"]]
    days = [task["by"] for task in plan["week"]["tasks"]] + [item["date"] for item in plan["review"]["dated"]] + [item["ask_by"] for item in plan["team"]["requests"]]
    days += [day for node in plan["nodes"]["planned"] if node["node"] != "channel_trials" for day in node["days"]]
    assert days
    assert [day for day in days if date.fromisoformat(day).weekday() > 4 or any(first <= day <= last for first, last in off)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_growth_points_and_activities_feed_two_modules_and_lie_within_the_plan(plans, name):
    node = plans[name]["nodes"]
    assert {item["sort"] for item in node["planned"]} <= {"growth_point", "activity"}
    for item in node["planned"]:
        assert len(item["feeds"]) >= 2
        assert node["phases"][0]["from"] <= item["date"] <= item["until"] <= node["phases"][-1]["to"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_not_in_time_is_said(plans, name):
    for link in plans[name]["team"]["links"]:
        assert link["in_time"] == (link["ready"] < link["needed"] if link["kind"] == "request" else link["ready"] <= link["needed"])


def test_verdicts_wait_for_the_end_of_a_closure(plans):
    assert plans["yanhe_skin"]["trial"]["judged"] == "2027-02-15"


def test_a_currency_of_several_countries_names_none(plans):
    assert plans["sunrise_pumps"]["nodes"]["calendar"]["country"] == ""
    assert plans["ledgerline"]["nodes"]["calendar"]["country"] == "united_states"


def test_a_country_that_is_named_is_taken():
    plan = plan_of(decided(ROOT, load_profile(ROOT / "examples" / "sunrise_pumps.yaml"), DAY, changes=(("country", "germany"),)))
    names = {item["names"].get("en") for item in plan["nodes"]["calendar"]["holidays"]}
    assert plan["nodes"]["calendar"]["given"]
    assert "Good Friday" in names


def test_a_post_that_comes_later_and_work_that_is_dropped_now_are_named_as_a_fight(plans):
    closing = plans["yanhe_skin"]["team"]["closing"]
    assert [way["way"] for way in closing["ways"] if way["verdict"] == "taken"] == ["simplify", "borrow"]
    assert closing["fights"] == [["recruit", "simplify"]]
    assert plans["beiwo"]["team"]["closing"]["fights"] == []


def test_a_skill_that_nobody_has_is_got_and_paid_from_the_reserve(plans):
    team, money = plans["yanhe_skin"]["team"], plans["yanhe_skin"]["matrix"]["money"]
    assert {item["skill"] for item in team["closing"]["skills"]} == set(team["skills_missing"])
    assert all(item["taken"] for item in team["closing"]["skills"])
    assert sum(item["cost"] for item in team["closing"]["skills"]) + team["closing"]["cost"] <= money["reserve"]


def test_only_departments_that_a_company_has_are_asked(plans):
    asked = {name: {item["to"] for item in plan["team"]["requests"]} for name, plan in plans.items()}
    assert "supply" not in asked["quill_app"]
    assert "outlet_staff" not in asked["yanhe_skin"]
    assert "supply" in asked["yanhe_skin"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_unknown_that_could_flip_the_strategy_is_a_task_of_the_first_morning(plans, name):
    week, page = plans[name]["week"], plans[name]["decision"]
    first = [task for task in week["tasks"] if task["kind"] == "question"]
    assert bool(first) == bool(week["first_question"] or any(item["could_flip"] for item in page["assumed"]))
    assert {task["by"] for task in first} <= {week["monday"]}
