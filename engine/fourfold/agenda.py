"""All dates of a plan as rows, and as a calendar file (iCalendar, RFC 5545)."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fourfold import report
from fourfold.noun import noun
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems


@noun
class Entry:
    """A date of the plan: what, from when to when, by whom, with notes; `kind` is a word of the templates."""

    name: str
    kind: str
    start: date
    end: date
    title: str
    who: str
    notes: str


def agenda(root: Path, speaker: report.Speaker, plan: Data) -> tuple[Entry, ...]:
    """Return the dates of a plan in their order, in the language of the speaker."""
    text = report.render(root, f"agenda.{speaker.language}.txt.j2", speaker, plan)
    rows = [json.loads(row) for row in text.splitlines() if row.strip()]
    found = [Entry(row["id"], row["kind"], date.fromisoformat(row["start"]), date.fromisoformat(row["end"]), row["title"], row["who"], row["notes"]) for row in rows]
    return tuple(sorted(found, key=lambda item: (item.start, item.end)))


def calendar_file(root: Path, speaker: report.Speaker, plan: Data) -> bytes:
    """Return the dates as a calendar of whole days; the same plan gives the same bytes.

    The weekly review is one event that repeats, without the days on which nobody works. The time stamp is the
    day of the decision, and a name rests on company, day and entry, so that a second import replaces the first.
    """
    try:
        from icalendar import Calendar, Event
    except ImportError:
        raise Problems([Problem("F504", "no calendar file: icalendar is not installed", help="pip install 'fourfold[calendar]'")]) from None
    day = date.fromisoformat(str(plan["as_of"]))
    stamp = datetime(day.year, day.month, day.day, tzinfo=UTC)
    made = Calendar()
    made.add("prodid", f"-//Fourfold//plan//{speaker.language.upper()}")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", str(plan["company"]) or "Fourfold")
    for entry in agenda(root, speaker, plan):
        event = Event()
        event.add("uid", hashlib.sha256(f"{plan['company']} {plan['as_of']} {plan['rule_book']} {entry.name}".encode()).hexdigest()[:32] + "@fourfold")
        event.add("dtstamp", stamp)
        event.add("dtstart", entry.start)
        event.add("dtend", entry.end + timedelta(days=1))
        event.add("summary", f"{entry.title} ({entry.who})" if entry.who else entry.title)
        if entry.notes:
            event.add("description", entry.notes)
        event.add("categories", [entry.kind])
        event.add("transp", "TRANSPARENT")
        if entry.kind == "weekly":
            _repeat(event, entry.start, plan)
        made.add_component(event)
    return bytes(made.to_ical())


def _repeat(event: "object", start: date, plan: Data) -> None:
    """Let an event come back every week to the end of the plan, on working days."""
    last = _last(plan)
    event.add("rrule", {"freq": "weekly", "until": last})  # type: ignore[attr-defined]
    weeks = (last - start).days // 7
    off = [start + timedelta(weeks=week) for week in range(1, weeks + 1) if _is_off(start + timedelta(weeks=week), plan)]
    if off:
        event.add("exdate", off, parameters={"value": "DATE"})  # type: ignore[attr-defined]


def _last(plan: Data) -> date:
    phases = plan["nodes"]["phases"]  # type: ignore[index]
    return date.fromisoformat(phases[-1]["to"])


def _is_off(day: date, plan: Data) -> bool:
    spans = [*plan["nodes"]["calendar"]["holidays"], *plan["objective"]["resources"]["closures"]]  # type: ignore[index]
    return any(span["from"] <= day.isoformat() <= span["to"] for span in spans)
