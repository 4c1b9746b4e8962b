"""Methods of trials: readings from results, caps, verdict counts and their chances of being wrong.

Counts of conversions are taken as Poisson (rare independent events; source: any statistics text,
Garwood 1936 for the exact limits). No threshold, name or text stands here: all come in as inputs.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from statistics import NormalDist

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
    """One counted result of a carrier.

    Spend, conversions (None: not counted), first and last day as ordinals (0: not known), whether it was
    traced; the counts that were fixed before the start (None: none were), and a reading made elsewhere,
    such as one against customers left out.
    """

    spend: Fraction
    conversions: int | None
    last_day: int
    is_traced: bool
    first_day: int = 0
    keep_at: int | None = None
    cut_at: int | None = None
    read_as: str = ""


def reading(cohort: Cohort, bar: Fraction, to_read: int, near_factor: Fraction) -> str:
    """Return the reading of one cohort: unreadable, misses, near or meets.

    By the counts fixed before the start, where there are any. Else: readable when the floor (`to_read` x
    bar) was spent, when `to_read` conversions were counted, or earlier when even the luckiest reading
    misses the bar.
    """
    if cohort.read_as:
        return cohort.read_as
    if cohort.conversions is None or not cohort.is_traced or bar <= 0:
        return "unreadable"
    seen = cohort.conversions
    if cohort.keep_at is not None and cohort.cut_at is not None:
        return by_counts(seen, cohort.keep_at, cohort.cut_at)
    lucky = Fraction(poisson_limits(seen)[1])
    if cohort.spend < bar * to_read and seen < to_read:
        return "misses" if cohort.spend > lucky * bar else "unreadable"
    if seen and cohort.spend <= bar * seen:
        return "meets"
    return "near" if seen and cohort.spend <= bar * near_factor * seen else "misses"


def by_counts(seen: int, keep_at: int, cut_at: int) -> str:
    """Return the reading that a count gives against the counts fixed before the start."""
    if seen >= keep_at:
        return "meets"
    return "misses" if seen <= cut_at else "near"


def latest_readings(cohorts: list[Cohort], bar: Fraction, to_read: int, near_factor: Fraction, longest_gap: int = 0, before: str = "none") -> tuple[str, str]:
    """Return the latest reading and the one before it (none where there is none).

    Results that share days are one cohort, of which the last state counts; only that it could not be read
    before is remembered. With `longest_gap`, a reading that ended more than so many days before the latest
    began no longer counts as the one before it; `before` is a reading from before the first of them.
    """
    ordered = sorted(cohorts, key=lambda cohort: (cohort.last_day, cohort.first_day))
    kept: list[tuple[Cohort, str]] = []
    for cohort in ordered:
        if kept and cohort.first_day and cohort.first_day <= kept[-1][0].last_day and kept[-1][1] != "unreadable":
            kept.pop()
        kept.append((cohort, reading(cohort, bar, to_read, near_factor)))
    if len(kept) > 1 and longest_gap and kept[-1][0].first_day > kept[-2][0].last_day + longest_gap:
        kept = kept[-1:]
    found = ["none", before, *(read for _, read in kept)]
    return found[-1], found[-2]


def joint_chances(mean: float, keep: int, cut: int, half: int) -> tuple[float, float, float]:
    """Return the chances that a trial keeps, that it cuts (half-way stop included), and that it stops half-way.

    `mean` conversions are expected at the cap; half of them until half of it is spent. The two halves are
    independent Poisson counts, so the joint chance is a sum over the first one: exact, nothing simulated.
    """
    most = max(keep, cut, half) + 1
    at_most = _at_most_each(most, mean / 2)
    kept, cut_late, stopped = 1 - at_most[most], 0.0, 0.0
    for count in range(most + 1):
        share = at_most[count] - (at_most[count - 1] if count else 0.0)
        if count <= half:
            stopped += share
        else:
            kept += share * (1 - (at_most[keep - 1 - count] if keep > count else 0.0))
            cut_late += share * (at_most[cut - count] if cut >= count else 0.0)
    return min(1.0, kept), min(1.0, stopped + cut_late), min(1.0, stopped)


def _at_most_each(most: int, mean: float) -> list[float]:
    """Return the chance of at most 0, 1, … `most` events where `mean` are expected, in one pass."""
    if mean <= 0:
        return [1.0] * (most + 1)
    found, whole, log_mean = [], 0.0, math.log(mean)
    for count in range(most + 1):
        whole += math.exp(count * log_mean - mean - math.lgamma(count + 1))
        found.append(min(1.0, whole))
    return found


def _first(low: int, high: int, is_enough: Callable[[int], bool]) -> int:
    """Return the smallest number from `low` to `high` for which a condition holds that holds from there on; `high` where none does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low


def verdict_counts(cap: float, bar: float, near_factor: float, half_way_factor: float, most_wrong_keep: float = 1.0, most_wrong_cut: float = 1.0) -> Line:
    """Return the counts at the cap: keep at or above, cut at or below, and the half-way stop. Unit: conversions.

    Keep when the cost is at most the bar, cut when it is above the bar times `near_factor`; at half the
    cap stop when the cost is above the bar times `half_way_factor`; a count on the line keeps. Where these
    counts err too often they are moved: keep is raised until a carrier at `near_factor` bars is kept in at
    most `most_wrong_keep` of trials, half and cut are lowered until one at the bar is cut or stopped in at
    most `most_wrong_cut`. The half-way stop is part of both chances.
    """
    if cap <= 0 or bar <= 0:
        return line(
            {"keep": 0, "cut": -1, "half": -1},
            "verdict_counts",
            cap=cap,
            bar=bar,
            near_factor=near_factor,
            half_way_factor=half_way_factor,
            most_wrong_keep=most_wrong_keep,
            most_wrong_cut=most_wrong_cut,
        )
    mean = cap / bar
    keep = math.ceil(round(mean, 9))
    half = math.ceil(round(mean / 2 / half_way_factor, 9)) - 1
    half = -_first(-half, 1, lambda place: poisson_at_most(-place, mean / 2) <= most_wrong_cut)
    keep = _first(keep, 2 * keep + 20, lambda count: joint_chances(mean / near_factor, count, -1, half)[0] <= most_wrong_keep)
    cut = min(math.ceil(round(mean / near_factor, 9)) - 1, keep - 1)
    cut = -_first(-cut, 1, lambda place: joint_chances(mean, keep, -place, half)[1] <= most_wrong_cut)
    value = {"keep": keep, "cut": cut, "half": half}
    return line(value, "verdict_counts", cap=cap, bar=bar, near_factor=near_factor, half_way_factor=half_way_factor, most_wrong_keep=most_wrong_keep, most_wrong_cut=most_wrong_cut)


def error_chances(cap: float, bar: float, keep: int, cut: int, half: int, good: float, bad: float) -> Line:
    """Return how often the counts are wrong, the half-way stop included, in per cent with one decimal.

    A carrier whose true cost is `good` bars is kept; one exactly at the bar is cut or stopped half-way; one
    whose true cost is `bad` bars is kept, or kept twice in a row.
    """

    def chances(cost: float) -> tuple[float, float, float]:
        return joint_chances(cap / (bar * cost) if bar > 0 else 0.0, keep, cut, half)

    _, at_bar_cut, at_bar_stopped = chances(1)
    bad_kept = chances(bad)[0]
    value = {
        "good_kept": _percent(chances(good)[0]),
        "at_bar_cut": _percent(at_bar_cut),
        "at_bar_stopped": _percent(at_bar_stopped),
        "bad_kept": _percent(bad_kept),
        "bad_kept_twice": _percent(bad_kept**2),
        "bad_cut": _percent(chances(bad)[1]),
    }
    return line(value, "error_chances", cap=cap, bar=bar, keep=keep, cut=cut, half=half, good=good, bad=bad)


def holdout_arms(customers: float, rate: float, wanted: float, outside: float = 0.05, power: float = 0.8) -> Line:
    """Return the arms of a holdout: customers left out and reached, needed for each, and the rise that can be seen.

    Two equal arms, two shares, `outside` two-sided (source: Fleiss, Levin, Paik, Statistical Methods for Rates
    and Proportions, section 4.3). `rate` comes back when left out, `wanted` is the rate to be told apart from
    it; `sees` is the smallest rate that the customers there are can tell apart, in per cent.
    """
    normal = NormalDist()
    z_outside, z_power = normal.inv_cdf(1 - outside / 2), normal.inv_cdf(power)

    def needed(other: float) -> float:
        middle = (rate + other) / 2
        spread = z_outside * math.sqrt(2 * middle * (1 - middle)) + z_power * math.sqrt(rate * (1 - rate) + other * (1 - other))
        return (spread / (other - rate)) ** 2

    per_arm = math.ceil(needed(wanted))
    arm = max(0, min(per_arm, int(customers // 2)))
    low, high = rate, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle <= rate or needed(middle) > max(1, arm) else (low, middle)
    value = {"needed": per_arm, "left_out": arm, "reached": arm, "is_enough": arm >= per_arm, "sees": round(100 * high, 1)}
    return line(value, "holdout_arms", customers=customers, rate=rate, wanted=wanted, outside=outside, power=power)


def _percent(chance: float) -> float:
    return round(100 * chance, 1)


def pace(cap: float, days: int, conversions: float) -> Line:
    """Return money a day and expected conversions a day over the days of a trial."""
    value = {"a_day": round(cap / days, 2) if days else 0, "conversions_a_day": round(conversions / days, 2) if days else 0}
    return line(value, "pace", cap=cap, days=days, conversions=conversions)


METHODS: dict[str, Callable[..., Line]] = {"verdict_counts": verdict_counts, "error_chances": error_chances, "holdout_arms": holdout_arms, "pace": pace}
