"""Part 5: growth points and systematic activities on a calendar by stage, and the numbers to reach by when."""

from datetime import date, timedelta

from fourfold.people import milestones
from fourfold.planning.calendar import calendar_note, closures, holiday, next_monday, workdays
from fourfold.planning.team import owner_at
from fourfold.planning.view import Data, View

TRIALS = "channel_roi_test"
NEVER_HERE = ("trade", "date")
CONDITIONAL = "scale"  # the money stage that begins only if a carrier passes
MOST_ROUNDS = 60


def nodes(view: View, sheet: Data | None, spans: list[Data], action: Data, gap: Data) -> Data:
    """Return phases, calendar, growth points and activities with the task of each module, and the numbers by date."""
    stage = view.text("stage")
    phases = _phases(view, spans, sheet)
    last = str(phases[-1]["to"])
    groups = _groups(phases)
    found = [item for group in groups for item in _of_stage(view, group, sheet)]
    planned = [item for item in found if item["practice"] or item["conditional"] or item["node"] == "channel_trials"]
    entries = [*_fixed(view, sheet), *_actions(action), *_entries(planned), *_closed(view, last)]
    entries.sort(key=lambda item: str(item["date"]))
    return {
        "stage": stage,
        "rules": view.speaking("stage"),
        "phases": phases,
        "groups": groups,
        "entries": entries,
        "planned": planned,
        "waiting": [{"node": item["node"], "waits_for": item["waits_for"]} for item in found if item not in planned],
        "modules": list(view.entities("module")),
        "milestones": _milestones(view, phases, action, gap),
        "calendar": calendar_note(view, date.fromisoformat(last)),
    }


def _phases(view: View, spans: list[Data], sheet: Data | None) -> list[Data]:
    """Return the stages of the money with the stage of the company that each belongs to."""
    stages = list(view.entities("stage"))
    now = view.text("stage")
    after = stages[(stages.index(now) + 1) % len(stages)]
    found: list[Data] = []
    for span in spans:
        is_next = bool(sheet) and span["stage"] == CONDITIONAL and view.text("strategy") == "focus_testing"
        found.append({"phase": span["stage"], "from": span["from"], "to": span["to"], "stage": after if is_next else now, "conditional": is_next})
    return found


def _groups(phases: list[Data]) -> list[Data]:
    """Return neighbouring phases of one company stage as one."""
    found: list[Data] = []
    for phase in phases:
        if found and found[-1]["stage"] == phase["stage"] and found[-1]["conditional"] == phase["conditional"]:
            found[-1] = {**found[-1], "to": phase["to"], "phases": [*found[-1]["phases"], phase["phase"]]}  # type: ignore[misc]
        else:
            found.append({**phase, "phases": [phase["phase"]]})
    return found


def _of_stage(view: View, group: Data, sheet: Data | None) -> list[Data]:
    """Return the growth points and activities of a company stage that fit this company, within the group's time."""
    first, last = date.fromisoformat(str(group["from"])), date.fromisoformat(str(group["to"]))
    found: list[Data] = []
    for name in view.entities("node_plan"):
        practices = view.options("node_plan", name, "practices")
        if view.option("node_plan", name, "stage") != group["stage"] or all(view.text("waits_for", p) in NEVER_HERE for p in practices):
            continue
        if practices == (TRIALS,):
            if sheet is None:
                continue
            day = date.fromisoformat(str(sheet["first"]))
        else:
            day = workdays(view).on_or_after(first + timedelta(weeks=int(view.figure("node_plan", name, "week"))))
        if day > last:
            continue
        found.append(_node(view, name, group, day, last))
    return sorted(found, key=lambda item: (item["sort"] != "growth_point", item["date"]))


def _node(view: View, name: str, group: Data, day: date, last: date) -> Data:
    every = int(view.figure("node_plan", name, "every_weeks")) if view.known("node_plan", name, "every_weeks") else 0
    rounds = [day]
    for place in range(1, MOST_ROUNDS if every else 1):
        coming = day + timedelta(weeks=every * place)
        held = workdays(view).on_or_after(coming)
        if held <= last and held - coming < timedelta(days=6):  # WHY: a round in closed days falls out; it is not made up for beside the next
            rounds.append(held)
    practices = [p for p in view.options("node_plan", name, "practices") if view.text("waits_for", p) not in NEVER_HERE]
    ready = next((p for p in practices if view.holds("usable", p)), "")
    level = view.option("practice", ready or practices[0], "output_level") or view.entities("level")[1]
    return {
        "node": name,
        "sort": view.option("node_plan", name, "sort"),
        "stage": group["stage"],
        "conditional": group["conditional"],
        "date": day.isoformat(),
        "every_weeks": every,
        "rounds": len(rounds),
        "days": [item.isoformat() for item in rounds],
        "until": rounds[-1].isoformat(),
        "feeds": list(view.options("node_plan", name, "feeds")),
        "practice": ready,
        "waits_for": "" if ready else view.text("waits_for", practices[0]),
        "level": level,
        "who": owner_at(view, level),
    }


# ---------------------------------------------------------------- the calendar


def _fixed(view: View, sheet: Data | None) -> list[Data]:
    """Return the days that the plan itself sets: preparing, trials, verdicts, the second cohort, the target."""
    monday = workdays(view).on_or_after(next_monday(view.as_of))
    begins = date.fromisoformat(str(sheet["first"])) if sheet else monday + timedelta(days=14)
    found: list[Data] = [{"date": monday.isoformat(), "until": workdays(view).on_or_before(begins - timedelta(days=1)).isoformat(), "node": "prepare", "kind": "prepare"}]
    if sheet:
        found += [
            {"date": sheet["first"], "until": sheet["last"], "node": "trials_start", "kind": "trial"},
            {"date": sheet["half_check"], "node": "half_way", "kind": "decision"},
            {"date": sheet["judged"], "node": "verdicts", "kind": "decision"},
            {"date": sheet["second_from"], "until": sheet["second_to"], "node": "second_cohort", "kind": "trial"},
        ]
    target = view.raw("target_month")
    if isinstance(target, int) and target > view.book.as_of:
        month = date.fromordinal(target).replace(day=1)
        found.append({"date": ((month + timedelta(days=31)).replace(day=1) - timedelta(days=1)).isoformat(), "node": "target_month", "kind": "decision"})
    return found


def _actions(action: Data) -> list[Data]:
    steps: list[Data] = action["steps"]  # type: ignore[assignment]
    return [{"date": step["starts"], "until": step["ends"], "node": ["practice", step["practice"]], "kind": "action"} for step in steps]


def _entries(planned: list[Data]) -> list[Data]:
    """Return the calendar's line of each growth point and activity; trials stand there already."""
    found: list[Data] = []
    for item in planned:
        if item["node"] == "channel_trials":
            continue
        entry: Data = {"date": item["date"], "node": ["node_plan", item["node"]], "kind": item["sort"], "conditional": item["conditional"]}
        if item["every_weeks"]:
            entry |= {"every": item["every_weeks"], "days": item["days"], "until": item["until"]}
        found.append(entry)
    return found


def _closed(view: View, last: str) -> list[Data]:
    found: list[Data] = [{"date": first.isoformat(), "until": end.isoformat(), "node": "closed", "kind": "closed"} for first, end in closures(view)]
    for span in workdays(view).spans(next_monday(view.as_of), date.fromisoformat(last)):
        data = holiday(span)
        found.append({"date": data["from"], "until": data["to"], "node": "holiday", "names": data["names"], "kind": "holiday"})
    return found


# ---------------------------------------------------------------- numbers by date


def _milestones(view: View, phases: list[Data], action: Data, gap: Data) -> Data | None:
    """Return what each factor has to show at the end of each phase up to the target, if the plan covers what it says."""
    target = view.raw("target_month")
    if not gap.get("known") or float(gap["gap"]) <= 0 or not isinstance(target, int):  # type: ignore[arg-type]
        return None
    start = next_monday(view.as_of)
    month = date.fromordinal(target).replace(day=1)
    ends = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = (ends - start).days
    dates = [day for phase in phases if (day := date.fromisoformat(str(phase["to"]))) < ends]
    if days <= 0:
        return None
    dates.append(ends)
    rows: list[Data] = gap["rows"]  # type: ignore[assignment]
    now = {str(row["factor"]): float(row["now"]) for row in rows}  # type: ignore[arg-type]
    needed = {str(row["factor"]): float(row["needed"]) for row in rows}  # type: ignore[arg-type]
    found = view.keep("milestones", milestones(now, needed, float(action["covered"]), days, [(day - start).days for day in dates]))  # type: ignore[arg-type]
    return {"dates": [day.isoformat() for day in dates], "rows": found["rows"], "covered": action["covered"]}
