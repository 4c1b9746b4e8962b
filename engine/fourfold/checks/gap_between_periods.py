"""Allow gap-between-periods."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F247"


def check(seen: Seen) -> Iterator[Problem]:
    """Find days between two periods on which nothing is in force.

    What it finds. Two figures of one attribute, the first ending more than a day before the next begins.
    Why it matters. On the days between, `otherwise` is taken silently. Usually one day was lost at a turn of the year.
    Example. `until: 2026-12-30` followed by `from: 2027-01-01`
    Instead. Let the first end on the day before the next begins.
    """
    for entity in seen.content.entities:
        for name, key, figures in entity.values:
            ordered = sorted((figure for figure in figures if figure.period.first or figure.period.last), key=lambda item: item.period.first)
            for before, after in pairwise(ordered):
                if before.period.last and after.period.first > before.period.last + 1:
                    inside = f"{entity.name}, {key}" if key else entity.name
                    first, last = date.fromordinal(before.period.last + 1), date.fromordinal(after.period.first - 1)
                    days = f"from {first} to {last}" if first != last else f"on {first}"
                    yield Problem(CODE, f"`{entity.kind}.{name}[{inside}]` has no value {days}", after.span, is_warning=True, help="let the first end on the day before the next begins")
