"""Part 8: what is measured and judged, when, by whom, and the file to feed back."""

from datetime import date, timedelta

from fourfold.planning.calendar import next_monday, workdays
from fourfold.planning.team import owner_at
from fourfold.planning.view import Data, View

COLUMNS = ("carrier", "goal", "from", "to", "spend", "visits", "conversions", "revenue", "traced")


def review(view: View, sheet: Data | None, action: Data, node: Data) -> Data:
    """Return the rhythm of the review with dates and people, and the rows of results to fill in."""
    days = workdays(view)
    monday = next_monday(view.as_of)
    junior, senior, lead = view.entities("level")
    weekly = days.on_or_after(monday + timedelta(weeks=1))
    judged = str(sheet["judged"]) if sheet else days.on_or_after(monday + timedelta(weeks=5)).isoformat()
    steps: list[Data] = action["steps"]  # type: ignore[assignment]
    marks: Data = node["milestones"] or {"dates": []}  # type: ignore[assignment]
    dated: list[Data] = [{"kind": "verdict", "date": judged, "level": lead}]
    dated += [{"kind": "half_check", "date": sheet["half_check"], "level": senior}] if sheet else []
    dated += [{"kind": "action", "date": step["ends"], "level": senior, "practice": step["practice"]} for step in steps]
    dated += [{"kind": "numbers", "date": days.on_or_after(date.fromisoformat(str(day)) + timedelta(days=1)).isoformat(), "level": lead} for day in marks["dates"]]  # type: ignore[attr-defined]
    return {
        "weekly_from": weekly.isoformat(),
        "judged": judged,
        "dated": sorted(dated, key=lambda item: str(item["date"])),
        "who": {level: owner_at(view, level) for level in (junior, senior, lead)},
        "columns": list(COLUMNS),
        "rows": _rows(view, sheet, monday),
    }


def _rows(view: View, sheet: Data | None, monday: date) -> list[Data]:
    """Return one row for each carrier that is run or tested, without its results."""
    tested = view.members("trial_carriers")
    running = view.members("chosen_carriers")
    goal = view.text("primary_goal")
    found: list[Data] = [{"carrier": c, "goal": goal, "from": monday.isoformat(), "to": (monday + timedelta(days=27)).isoformat()} for c in running]
    if sheet:
        found += [{"carrier": c, "goal": goal, "from": sheet["first"], "to": sheet["last"]} for c in tested]
    return found


def results_file(plan: Data) -> str:
    """Return the rows of results as CSV: one line a carrier and cohort, to be filled in and put back under `results`."""
    part: Data = plan["review"]  # type: ignore[assignment]
    columns: list[str] = part["columns"]  # type: ignore[assignment]
    rows: list[Data] = part["rows"]  # type: ignore[assignment]
    return "".join(",".join(cells) + "\n" for cells in [columns, *([str(row.get(column, "")) for column in columns] for row in rows)])
