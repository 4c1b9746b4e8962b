"""Days of the plan: Mondays, the window of the trials, closures."""

import math
from datetime import date, timedelta

from fourfold.planning.view import View

MONTH_DAYS = 30.44


def next_monday(day: date) -> date:
    """Return the Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)


def closures(view: View) -> list[tuple[date, date]]:
    """Return the closed spans of the company."""
    found = []
    for record in view.facts.records.get("closures", ()):
        first, last = record.get("from"), record.get("to")
        if isinstance(first, int) and isinstance(last, int):
            found.append((date.fromordinal(first), date.fromordinal(last)))
    return sorted(found)


def trial_window(view: View, days: int, wait_months: int = 0) -> tuple[date, date]:
    """Return first and last day of the trials: after preparing, or after saving up, Mondays to Sundays, outside closures."""
    wait = max(view.constant("prepare_days"), wait_months * MONTH_DAYS)
    start = next_monday(next_monday(view.as_of) + timedelta(days=math.floor(wait)))
    for first, last in closures(view):
        if start <= last and start + timedelta(days=days - 1) >= first:
            start = next_monday(last + timedelta(days=1))
    return start, start + timedelta(days=days - 1)


def trial_days(view: View) -> int:
    """Return the days of a trial: the business model's months as whole weeks, at least two."""
    months = view.figure("business_model", view.text("business_model"), "trial_months")
    return max(14, int(months * 4) * 7)


def read_day(view: View, last: date) -> date:
    """Return the Monday on which the trials are judged: late results are in by then."""
    wait = int(view.figure("business_model", view.text("business_model"), "read_days"))
    return next_monday(last + timedelta(days=wait + 1))


def is_short(target: str, last: date) -> bool:
    """Return whether the target day comes before the trials can be read."""
    return bool(target) and date.fromisoformat(target) < last
