"""The first week: who does what, for how long, finished when and by which day, within the people that exist."""

from datetime import date

from fourfold.people import week_tasks
from fourfold.planning.action import share
from fourfold.planning.calendar import first_week
from fourfold.planning.team import amount, first_practice, level_share, people_of
from fourfold.planning.view import Data, View

RUNNING_TASKS = ("pace", "how_traced", "hand_over")
WEEKS = 4  # of the person-days that are counted in four weeks
A_TALK = 0.2  # of a day: to look up one number, or to write one request


def this_week(view: View, action: Data, rows: list[Data], page: Data, gap: Data, requests: list[Data]) -> Data:
    """Return the tasks of the first week: the unknown that could flip the strategy first, then each person's own.

    A task names its words by place in the knowledge: (kind, entity, attribute, line).
    """
    days = first_week(view)
    question = _first_question(view, page)
    tasks = [*_questions(view, question, page, gap), *_asked(requests, days[-1]), *_steps(view, action, rows)]  # what others must answer leaves the house first
    people = _people(view, len(days))
    plain = [{"id": place, "level": task["level"], "days": task["days"], "skills": task["skills"], "first": task["kind"] == "question", "who": task.get("who", "")} for place, task in enumerate(tasks)]
    found = view.keep("week", week_tasks(plain, people, list(view.entities("level")), [day.isoformat() for day in days]))
    given: list[Data] = found["given"]  # type: ignore[assignment]
    waiting: list[Data] = found["waiting"]  # type: ignore[assignment]
    return {
        "monday": days[0].isoformat(),
        "friday": days[-1].isoformat(),
        "workdays": len(days),
        "first_question": question,
        "tasks": [_told(tasks, item) for item in given],
        "waiting": [_told(tasks, item) for item in waiting],
        "people": [{"who": item["who"], "level": item["level"], "days": item["days"], "used": _used(given, item)} for item in people],
    }


def _used(given: list[Data], person: Data) -> float:
    """Return the days of the week that a person's tasks take."""
    return round(sum(amount(item["days"]) for item in given if (item["who"], item["level"]) == (person["who"], person["level"])), 1)


def _told(tasks: list[Data], item: Data) -> Data:
    task = tasks[int(item["id"])]  # type: ignore[call-overload]
    found = {key: task[key] for key in ("kind", "words", "about")}
    return {"who": item.get("who", ""), "level": item.get("level", task["level"]), **found, "days": item["days"], "by": item.get("by", "")}


def _people(view: View, workdays: int) -> list[Data]:
    """Return the people with their days of this week; where none is named, each level as a whole."""
    part = min(1.0, workdays / 5) / WEEKS
    named = people_of(view)
    if named:
        return [{**person, "days": round(float(person["days"]) * part, 2)} for person in named]  # type: ignore[arg-type]
    return [{"who": "", "level": level, "days": round(view.amount(f"{level}_days") * part, 2), "skills": []} for level in view.entities("level")]


def _questions(view: View, question: Data | None, page: Data, gap: Data) -> list[Data]:
    """Return what has to be looked up: the unknown that could flip the strategy, and what the gap needs."""
    junior, lead = view.entities("level")[0], view.entities("level")[-1]
    found: list[Data] = []
    if question:
        skills = list(view.options("carrier", str(question["carrier"]), "skills")) if question["kind"] == "result" else []
        found.append(
            {
                "kind": "question",
                "level": junior if question["kind"] == "result" else lead,
                "words": [],
                "about": ["carrier", question["carrier"]] if question["kind"] == "result" else [],
                "days": A_TALK,
                "skills": skills,
            }
        )
    elif any(item["could_flip"] for item in page["assumed"]):  # type: ignore[attr-defined]
        found.append({"kind": "question", "level": lead, "words": [], "about": [], "days": A_TALK, "skills": []})
    for term in gap.get("missing") or []:  # type: ignore[attr-defined]
        found.append({"kind": "find", "level": lead, "words": [term], "about": [], "days": A_TALK, "skills": []})
    return found


def _steps(view: View, action: Data, rows: list[Data]) -> list[Data]:
    """Return the first steps of the one action and of the carriers, by level; each a week's part of its days."""
    found: list[Data] = []
    first = first_practice(action)
    steps: list[Data] = action["steps"]  # type: ignore[assignment]
    begins = bool(first) and steps[0]["week"] == 0
    for place, level in enumerate(view.entities("level")):
        if begins:
            days = float(steps[0]["days_a_month"]) * share(view, first, level) / WEEKS  # type: ignore[arg-type]
            found.append({"kind": "step", "level": level, "words": ["practice", first, f"steps_{level}", 0], "about": ["practice", first], "days": round(days, 2), "skills": []})
        for row in [row for row in rows if row["role"] == "keep"] + [row for row in rows if row["role"] != "keep"]:
            words = _carrier_task(view, row, place)
            if words:
                days = float(row["days"]) * level_share(view, level) / WEEKS  # type: ignore[arg-type]
                skills = list(view.options("carrier", str(row["carrier"]), "skills"))
                found.append({"kind": "step", "level": level, "words": words, "about": ["carrier", row["carrier"]], "days": round(days, 2), "skills": skills})
    return found


def _carrier_task(view: View, row: Data, place: int) -> list[object]:
    """Return the first step on a carrier; where it has shown itself, the pace, the tracing and the hand-over to hold."""
    carrier = str(row["carrier"])
    if row["role"] == "run" and row["standing"] in ("promising", "proven"):
        return ["carrier", carrier, RUNNING_TASKS[place], 0] if place < len(RUNNING_TASKS) else []
    steps = view.words("carrier", carrier, "first_steps")
    return ["carrier", carrier, "first_steps", place] if steps and len(steps.lines("en")) > place else []


def _asked(requests: list[Data], friday: date) -> list[Data]:
    """Return the requests to other departments that must leave the house this week."""
    return [
        {"kind": "request", "level": item["level"], "words": ["request", item["request"], "asks", 0], "about": ["department", item["to"]], "days": A_TALK, "skills": [], "who": item["who"]}
        for item in requests
        if str(item["ask_by"]) <= friday.isoformat()
    ]


def _first_question(view: View, page: Data) -> Data | None:
    """Return the unknown that could flip the strategy: a carrier that was run but whose result is unread."""
    firm: Data = page["firm"]  # type: ignore[assignment]
    open_terms = {item["term"] for item in page["assumed"] if item["could_flip"]}  # type: ignore[attr-defined]
    results = firm["results"]
    assert isinstance(results, list)
    for carrier in view.entities("carrier"):
        if view.raw("reading", carrier) == "unreadable" and any(item["term"] == f"reading[{carrier}]" for item in results):
            return {"kind": "result", "carrier": carrier}
    flips = firm["flips"]
    assert isinstance(flips, list)
    for item in flips:
        if item["term"] in open_terms:
            return {"kind": "term", "term": item["term"], "gives": item["gives"], "after": item["after"]}
    opened = [c for c in view.entities("carrier") if view.holds("open", c) and view.raw("reading", c) == "none" and view.holds("fits", c)]
    return {"kind": "result", "carrier": opened[0]} if opened else None
