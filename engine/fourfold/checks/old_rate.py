"""Allow old-rate."""

from collections.abc import Iterator
from datetime import date

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F245"
MOST_YEARS = 2


def check(seen: Seen) -> Iterator[Problem]:
    """Find exchange rates that have grown old.

    What it finds. A currency whose rate in force is dated more than two years before the day of the check.
    Why it matters. Every figure in that currency is converted with it, so all of them drift together.
    Example. `USD: [{from: 2020-01-01, value: 7, date: 2020, …}]`
    Instead. Add the rate of this year with its `from`, and end the old one with `until`.
    """
    now = date.fromordinal(seen.book.as_of).year
    for rate in seen.content.rates:
        year = rate.origin.date[:4]
        if rate.period.covers(seen.book.as_of) and year.isdigit() and now - int(year) > MOST_YEARS:
            yield Problem(CODE, f"the rate of `{rate.currency}` is of {rate.origin.date}", rate.span, is_warning=True, help="add the rate of this year with `from`, and end this one with `until`")
