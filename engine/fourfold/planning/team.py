"""Part 6 and this week: who does what, and what is missing by level."""

from datetime import timedelta

from fourfold.plan import level_gap
from fourfold.planning.action import share
from fourfold.planning.calendar import next_monday
from fourfold.planning.view import Data, View

TASKS_A_LEVEL = 3
RUNNING_TASKS = ("pace", "how_traced", "hand_over")


def team(view: View, action: Data, rows: list[Data]) -> Data:
    """Return needed and present person-days by level over four weeks, with the first remedy."""
    levels = view.entities("level")
    needed = dict.fromkeys(levels, 0.0)
    for row in rows:
        for level in levels:
            needed[level] += float(row["days"]) * view.constant(f"{level}_share") if level != "lead" else 0.0  # type: ignore[arg-type]
        needed["lead"] += float(row["days"]) * (1 - view.constant("junior_share") - view.constant("senior_share"))  # type: ignore[arg-type]
    first = _first_practice(action)
    if first:
        days = float(action["steps"][0]["days_a_month"])  # type: ignore[index]
        for level in levels:
            needed[level] += days * share(view, first, level)
    present = {level: view.amount(f"{level}_days") for level in levels}
    gap = view.keep("team", level_gap(needed, present, view.constant("team_slack")))
    wanted = {skill for row in rows for skill in view.options("carrier", str(row["carrier"]), "skills")}
    have = {skill for skill in wanted if view.raw(f"skills[{skill}]") == "true"}
    known = any(f"skills[{skill}]" in view.facts.known for skill in wanted)
    return {
        **gap,
        "remedy": view.text("remedy"),
        "skills_missing": sorted(wanted - have) if known else [],
        "skills_unknown": sorted(wanted) if not known else [],
        "hire_days": int(view.constant("hire_days")),
    }


def _first_practice(action: Data) -> str:
    order = action.get("order")
    return str(order[0]["practice"]) if isinstance(order, list) and order else ""


def this_week(view: View, action: Data, rows: list[Data], page: Data) -> Data:
    """Return the first week's tasks: the unknown that could flip the strategy first, then each person's first step.

    A task names its words by place in the knowledge: (kind, entity, attribute, line).
    """
    monday = next_monday(view.as_of)
    people = [record for record in view.facts.records.get("people", ()) if record.get("level")]
    tasks = _tasks(view, action, rows, people=bool(people))
    if people:
        tasks = _to_people(tasks, people)
    return {"monday": monday.isoformat(), "friday": (monday + timedelta(days=4)).isoformat(), "first_question": _first_question(view, page), "tasks": tasks}


def _tasks(view: View, action: Data, rows: list[Data], *, people: bool) -> list[Data]:
    levels = list(view.entities("level"))
    found: list[Data] = []
    first = _first_practice(action)
    for place, level in enumerate(levels):
        if first:
            found.append({"level": level, "who": "", "words": ["practice", first, f"steps_{level}", 0], "about": ["practice", first]})
        mine = [row for row in rows if row["role"] == "keep"] + [row for row in rows if row["role"] != "keep"]
        for row in mine[: TASKS_A_LEVEL - bool(first)] if not people else mine:
            words = _carrier_task(view, row, place)
            if words:
                found.append({"level": level, "who": "", "words": words, "about": ["carrier", row["carrier"]]})
    return found


def _carrier_task(view: View, row: Data, place: int) -> list[object]:
    """Return the first step on a carrier; where it has shown itself, the pace, the tracing and the hand-over to hold."""
    carrier = str(row["carrier"])
    if row["role"] == "run" and row["standing"] in ("promising", "proven"):
        return ["carrier", carrier, RUNNING_TASKS[place], 0] if place < len(RUNNING_TASKS) else []
    steps = view.words("carrier", carrier, "first_steps")
    return ["carrier", carrier, "first_steps", place] if steps and len(steps.lines("en")) > place else []


def _to_people(tasks: list[Data], people: "list[dict[str, object]]") -> list[Data]:
    """Give each task of a level to whom it weighs least by the days each has; nobody stays without one."""
    found: list[Data] = []
    for level in dict.fromkeys(task["level"] for task in tasks):
        mine = [task for task in tasks if task["level"] == level]
        hands = [(str(person["who"]), float(str(person.get("days") or 1))) for person in people if person["level"] == level]
        if not hands:
            found += mine
            continue
        given = dict.fromkeys((name for name, _ in hands), 0)
        for place in range(max(len(mine), len(hands))):
            idle = [hand for hand in hands if not given[hand[0]]] if max(len(mine), len(hands)) - place <= sum(not count for count in given.values()) else hands
            name = min(idle, key=lambda hand: (given[hand[0]] + 1) / hand[1])[0]
            given[name] += 1
            found.append({**mine[place % len(mine)], "who": name})
    return found


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
