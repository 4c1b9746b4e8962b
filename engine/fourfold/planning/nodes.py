"""Parts 5 and 8: growth points and systematic activities on a calendar, and the review."""

from datetime import date, timedelta

from fourfold.planning.calendar import closures, next_monday
from fourfold.planning.view import Data, View


def nodes(view: View, sheet: Data | None) -> Data:
    """Return the calendar of the next months and the KPI that run through the modules in this stage."""
    stage = view.text("stage")
    monday = next_monday(view.as_of)
    entries: list[Data] = [{"date": monday.isoformat(), "node": "prepare", "kind": "prepare"}]
    if sheet:
        entries += [
            {"date": sheet["first"], "node": "trials_start", "kind": "growth_point"},
            {"date": sheet["half_check"], "node": "half_way", "kind": "decision"},
            {"date": sheet["judged"], "node": "verdicts", "kind": "decision"},
        ]
    entries += _growth_points(view, stage, monday, sheet)
    entries += _activities(view, stage, monday)
    for opening, ending in closures(view):
        entries.append({"date": opening.isoformat(), "until": ending.isoformat(), "node": "closed", "kind": "closed"})
    entries.sort(key=lambda item: str(item["date"]))
    return {"stage": stage, "rules": view.speaking("stage"), "entries": entries, "modules": list(view.entities("module"))}


def _growth_points(view: View, stage: str, monday: date, sheet: Data | None) -> list[Data]:
    words = view.words("stage", stage, "growth_points")
    start = date.fromisoformat(str(sheet["judged"])) if sheet else monday + timedelta(weeks=4)
    count = len(words.lines("en")) if words else 0
    return [{"date": (start + timedelta(weeks=4 * place)).isoformat(), "node": ["stage", stage, "growth_points", place], "kind": "growth_point"} for place in range(min(2, count))]


def _activities(view: View, stage: str, monday: date) -> list[Data]:
    words = view.words("stage", stage, "activities")
    count = len(words.lines("en")) if words else 0
    return [{"date": (monday + timedelta(weeks=1 + place)).isoformat(), "node": ["stage", stage, "activities", place], "kind": "activity"} for place in range(min(3, count))]


def review(view: View, sheet: Data | None) -> Data:
    """Return when is measured and judged, and the row to feed back."""
    monday = next_monday(view.as_of)
    carriers = view.members("trial_carriers") or view.members("chosen_carriers")
    first = str(sheet["first"]) if sheet else monday.isoformat()
    last = str(sheet["last"]) if sheet else (monday + timedelta(days=27)).isoformat()
    return {
        "weekly_from": (monday + timedelta(weeks=1)).isoformat(),
        "judged": sheet["judged"] if sheet else (monday + timedelta(weeks=5)).isoformat(),
        "half_check": sheet["half_check"] if sheet else "",
        "columns": ["carrier", "spend", "visits", "conversions", "revenue", "from", "to"],
        "example": [carriers[0] if carriers else "", first, last],
    }
