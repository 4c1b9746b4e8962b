"""Methods of trials: readings from results, caps, verdict counts and their chances of being wrong.

Counts of conversions are taken as Poisson (rare independent events; source: any statistics text,
Garwood 1936 for the exact limits). No threshold, name or text stands here: all come in as inputs.
"""

import math
from collections.abc import Callable
from fractions import Fraction

from fourfold.line import Line, line
from fourfold.noun import noun


def poisson_at_most(count: int, mean: float) -> float:
    """Return the chance of `count` or fewer events where `mean` are expected."""
    if count < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    term, whole = math.exp(-mean), 0.0
    if term == 0.0:
        return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))
    for k in range(count + 1):
        whole += term
        term *= mean / (k + 1)
    return min(1.0, whole)


def poisson_limits(count: int, outside: float = 0.05) -> tuple[float, float]:
    """Return the exact (Garwood) limits of the expected count when `count` were seen."""
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - poisson_at_most(count - 1, mean), outside / 2, count, rising=True)
    return low, _solve(lambda mean: poisson_at_most(count, mean), outside / 2, count, rising=False)


def _solve(chance: Callable[[float], float], wanted: float, count: int, *, rising: bool) -> float:
    low, high = 0.0, 10.0 + count * 3
    for _ in range(100):
        middle = (low + high) / 2
        above = chance(middle) > wanted
        low, high = (low, middle) if above == rising else (middle, high)
    return (low + high) / 2


@noun
class Cohort:
    """One counted result of a carrier: spend, conversions (None: not counted), last day, whether it was traced."""

    spend: Fraction
    conversions: int | None
    last_day: int
    is_traced: bool


def reading(cohort: Cohort, bar: Fraction, to_read: int, near_factor: Fraction) -> str:
    """Return the reading of one cohort: unreadable, misses, near or meets.

    Readable when the floor (`to_read` x bar) was spent, when `to_read` conversions were counted, or
    earlier when even the luckiest reading misses the bar.
    """
    if cohort.conversions is None or not cohort.is_traced or bar <= 0:
        return "unreadable"
    seen = cohort.conversions
    lucky = Fraction(poisson_limits(seen)[1])
    if cohort.spend < bar * to_read and seen < to_read:
        return "misses" if cohort.spend > lucky * bar else "unreadable"
    if seen and cohort.spend <= bar * seen:
        return "meets"
    return "near" if seen and cohort.spend <= bar * near_factor * seen else "misses"


def latest_readings(cohorts: list[Cohort], bar: Fraction, to_read: int, near_factor: Fraction) -> tuple[str, str]:
    """Return the latest reading and the one before it (none where there is none)."""
    ordered = sorted(cohorts, key=lambda cohort: cohort.last_day)
    found = ["none", "none", *(reading(cohort, bar, to_read, near_factor) for cohort in ordered)]
    return found[-1], found[-2]


def verdict_counts(cap: float, bar: float, near_factor: float, half_way_factor: float) -> Line:
    """Return the counts at the cap: keep at or above, cut at or below, and the half-way stop.

    Keep when the cost is at most the bar, cut when it is above the bar times `near_factor`; at half
    the cap stop when the cost is above the bar times `half_way_factor`. Rounded so that a count on
    the line keeps. Unit: conversions.
    """
    if cap <= 0 or bar <= 0:
        value = {"keep": 0, "cut": -1, "half": -1}
    else:
        keep = math.ceil(round(cap / bar, 9))
        cut = math.ceil(round(cap / (bar * near_factor), 9)) - 1
        half = math.ceil(round(cap / 2 / (bar * half_way_factor), 9)) - 1
        value = {"keep": keep, "cut": min(cut, keep - 1), "half": half}
    return line(value, "verdict_counts", cap=cap, bar=bar, near_factor=near_factor, half_way_factor=half_way_factor)


def error_chances(cap: float, bar: float, keep: int, cut: int, half: int, good: float, bad: float) -> Line:
    """Return how often the counts are wrong, in per cent with one decimal.

    A carrier whose true cost is `good` bars is kept; one exactly at the bar is cut, or stopped
    half-way; one whose true cost is `bad` bars is kept.
    """

    def mean(cost: float) -> float:
        return cap / (bar * cost) if bar > 0 else 0.0

    value = {
        "good_kept": _percent(1 - poisson_at_most(keep - 1, mean(good))),
        "at_bar_cut": _percent(poisson_at_most(cut, mean(1))),
        "at_bar_stopped": _percent(poisson_at_most(half, mean(1) / 2)),
        "bad_kept": _percent(1 - poisson_at_most(keep - 1, mean(bad))),
        "bad_kept_twice": _percent((1 - poisson_at_most(keep - 1, mean(bad))) ** 2),
    }
    return line(value, "error_chances", cap=cap, bar=bar, keep=keep, cut=cut, half=half, good=good, bad=bad)


def _percent(chance: float) -> float:
    return round(100 * chance, 1)


def pace(cap: float, days: int, conversions: float) -> Line:
    """Return money a day and expected conversions a day over the days of a trial."""
    value = {"a_day": round(cap / days, 2) if days else 0, "conversions_a_day": round(conversions / days, 2) if days else 0}
    return line(value, "pace", cap=cap, days=days, conversions=conversions)


METHODS: dict[str, Callable[..., Line]] = {"verdict_counts": verdict_counts, "error_chances": error_chances, "pace": pace}
