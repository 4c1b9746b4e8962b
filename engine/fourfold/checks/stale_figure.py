"""Allow stale-figure."""

from collections.abc import Iterator
from datetime import date

from fourfold.checks.seen import Seen
from fourfold.problem import Problem
from fourfold.written import Figure

CODE = "F240"


def check(seen: Seen) -> Iterator[Problem]:
    """Find sources that have grown old.

    What it finds. A source with a date more than `stale_years` years before the day of the check, and figures that rest on it alone. Without a constant of that name three years count.
    Why it matters. Prices of advertising double in a few years. A plan that rests on an old price says so; better is a new one.
    Example. `floor: {value: 14_000, source: S35, date: 2017, confidence: medium}`
    Instead. Look the figure up again and give the new date; or turn it into an estimate that says how the old figure was carried forward.
    """
    years = seen.constant("stale_years")
    limit = years if isinstance(years, int) else 3
    now = date.fromordinal(seen.book.as_of).year
    old: dict[str, list[tuple[str, Figure]]] = {}
    for name, kind, figure in seen.figures:
        year = int(figure.origin.date[:4]) if figure.origin.date[:4].isdigit() else now
        if kind.word in ("number", "money", "percent") and not figure.origin.is_estimate and figure.origin.sources and now - year > limit and figure.period.covers(seen.book.as_of):
            old.setdefault(figure.origin.sources[0], []).append((name, figure))
    for source, items in old.items():
        name, figure = items[0]
        more = f" and {len(items) - 1} more" if len(items) > 1 else ""
        yield Problem(
            CODE,
            f"`{name}`{more} rests on `{source}` of {figure.origin.date}, older than {limit} years",
            figure.span,
            is_warning=True,
            help="look it up again, or make it an estimate that says how the old figure was carried forward",
        )
