"""Days of the plan: Mondays, the window of the trials, working days with holidays and closures."""

import math
from datetime import date, timedelta

from fourfold.planning.view import Data, View
from fourfold.planning.workdays import Span, Workdays, together
from fourfold.public_holidays import public_holidays

MONTH_DAYS = 30.44
YEARS_AHEAD = 2
WEEKEND = (5, 6)


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


# ---------------------------------------------------------------- working days


def workdays(view: View) -> Workdays:
    """Return the working days of the company, gathered once for a decision."""
    if view.workdays is None:
        view.workdays = _workdays(view)
    return view.workdays


def country_of(view: View) -> str:
    """Return the country that the company names, else the only one that counts in its currency, else none."""
    if view.raw("country") is not None:
        return view.text("country")
    same = [item for item in view.entities("country") if _plain(view, item, "money") == view.book.currency]
    return same[0] if len(same) == 1 else ""


def _workdays(view: View) -> Workdays:
    country = country_of(view)
    year = view.as_of.year
    found = public_holidays(_plain(view, country, "code"), year, year + YEARS_AHEAD) if country else None
    closed = tuple(Span(first, last) for first, last in closures(view))
    if found is None:
        return Workdays(WEEKEND, frozenset(), frozenset(), closed, (), "", "")
    days = [(date.fromordinal(day), english, chinese) for day, english, chinese in found.days]
    off, worked = frozenset(day for day, _, _ in days), frozenset(date.fromordinal(day) for day in found.worked)
    return Workdays(found.weekend, off, worked, closed, together(days, found.weekend), country, f"holidays {found.version}")


def _plain(view: View, country: str, attribute: str) -> str:
    words = view.words("country", country, attribute)
    return words.text("en") if words else ""


def first_week(view: View) -> tuple[date, ...]:
    """Return the working days of the first week from next Monday on that has any."""
    monday, days = next_monday(view.as_of), workdays(view)
    found = days.between(monday, monday + timedelta(days=6))
    while not found:
        monday = next_monday(days.on_or_after(monday + timedelta(days=7)) - timedelta(days=6))
        found = days.between(monday, monday + timedelta(days=6))
    return found


def calendar_note(view: View, until: date) -> Data:
    """Return what the working days rest on, and the public holidays until a day."""
    days = workdays(view)
    return {
        "country": days.country,
        "given": view.raw("country") is not None,
        "source": days.source,
        "holidays": [holiday(span) for span in days.spans(next_monday(view.as_of), until)],
    }


def holiday(span: Span) -> Data:
    """Return a span of public holidays as data."""
    return {"from": span.first.isoformat(), "to": span.last.isoformat(), "names": dict(span.names)}


# ---------------------------------------------------------------- trials


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
    """Return the first working day, from a Monday on, on which the trials can be judged: late results are in by then."""
    wait = int(view.figure("business_model", view.text("business_model"), "read_days"))
    return workdays(view).on_or_after(next_monday(last + timedelta(days=wait + 1)))


def is_short(target: str, last: date) -> bool:
    """Return whether the target day comes before the trials can be read."""
    return bool(target) and date.fromisoformat(target) < last
