"""Working days: weekdays without public holidays and without the company's closures."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FARTHEST = 400  # days; no company of the knowledge is closed for longer


@dataclass(frozen=True, slots=True)
class Span:
    """A closed span: first and last day, and its name by language (empty where it has none)."""

    first: date
    last: date
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Workdays:
    """The days on which a company works.

    `off` are public holidays, `worked` weekend days worked in exchange, `closed` the company's own closures;
    `country` is an entity (empty where none is known), `source` the library and version that the holidays come from.
    """

    weekend: tuple[int, ...]
    off: frozenset[date]
    worked: frozenset[date]
    closed: tuple[Span, ...]
    holidays: tuple[Span, ...]
    country: str
    source: str

    def works(self, day: date) -> bool:
        """Return whether a day is a working day."""
        if any(span.first <= day <= span.last for span in self.closed):
            return False
        return day in self.worked or (day.weekday() not in self.weekend and day not in self.off)

    def on_or_after(self, day: date) -> date:
        """Return the first working day from a day on."""
        return next((day + timedelta(days=more) for more in range(FARTHEST) if self.works(day + timedelta(days=more))), day)

    def on_or_before(self, day: date) -> date:
        """Return the last working day up to a day."""
        return next((day - timedelta(days=less) for less in range(FARTHEST) if self.works(day - timedelta(days=less))), day)

    def before(self, day: date, count: int) -> date:
        """Return the working day that lies `count` working days before a day."""
        for _ in range(count):
            day = self.on_or_before(day - timedelta(days=1))
        return day

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """Return the working days from first to last."""
        return tuple(day for day in _days(first, last) if self.works(day))

    def spans(self, first: date, last: date) -> list[Span]:
        """Return the public holidays that touch a time, neighbouring days together."""
        return [span for span in self.holidays if span.first <= last and span.last >= first]


def together(days: list[tuple[date, str, str]], weekend: tuple[int, ...]) -> tuple[Span, ...]:
    """Return single days as spans: days with nothing but weekend between them are one, by the name that most of them have."""
    groups: list[list[tuple[date, str, str]]] = []
    for item in days:
        before = groups[-1][-1][0] if groups else None
        if before is not None and all(gap.weekday() in weekend for gap in _days(before + timedelta(days=1), item[0] - timedelta(days=1))):
            groups[-1].append(item)
        else:
            groups.append([item])
    return tuple(Span(group[0][0], group[-1][0], _names(group)) for group in groups)


def _names(group: list[tuple[date, str, str]]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for place, language in ((1, "en"), (2, "zh")):
        plain = [re.split(r"[(（]", str(item[place]))[0].strip() for item in group if item[place]]
        if plain:
            found.append((language, Counter(plain).most_common(1)[0][0]))
    return tuple(found)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=more) for more in range((last - first).days + 1))
