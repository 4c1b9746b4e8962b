"""Allow date-in-the-future."""

from collections.abc import Iterator
from datetime import date

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F244"


def check(seen: Seen) -> Iterator[Problem]:
    """Find dates of figures and sources that have not come yet.

    What it finds. A source or figure dated after the day of the check.
    Why it matters. It is a slip, and it hides that the figure will grow old.
    Example. `date: 2062`
    Instead. Correct the year.
    """
    today = date.fromordinal(seen.book.as_of).isoformat()
    found = [(f"source `{source.name}`", source.date, source.span) for source in seen.content.sources]
    found += [(f"`{name}`", figure.origin.date, figure.span) for name, _, figure in seen.figures]
    for what, day, span in found:
        if day[:4].isdigit() and day > today[: len(day)]:
            yield Problem(CODE, f"{what} is dated {day}, which has not come yet", span, is_warning=True, help="correct the date")
