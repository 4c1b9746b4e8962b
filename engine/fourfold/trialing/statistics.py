"""Exact limits and chances by SciPy, the only module that knows it; imported when it is called.

Counts of conversions are Poisson, shares of visits or customers binomial. Limits are exact: Garwood for
counts (Garwood 1936), Clopper and Pearson for shares (1934); the comparison of two arms is Fisher's exact
test (1935), its limits of the difference those of Newcombe (1998, method 10, from Wilson's limits).
"""

import math
from typing import Any

from fourfold.problem import Problem, Problems


def _distributions() -> Any:
    try:
        from scipy import stats
    except ImportError:
        raise Problems([Problem("F172", "trials are judged with SciPy, and it is not installed", help="pip install 'fourfold[trials]'")]) from None
    return stats


def is_available() -> bool:
    """Return whether SciPy is installed."""
    try:
        _distributions()
    except Problems:
        return False
    return True


def count_limits(count: int, outside: float = 0.05) -> tuple[float, float]:
    """Return the exact limits of the expected count when `count` were seen."""
    chi2 = _distributions().chi2
    low = 0.0 if count == 0 else float(chi2.ppf(outside / 2, 2 * count)) / 2
    return low, float(chi2.ppf(1 - outside / 2, 2 * count + 2)) / 2


def share_limits(hits: int, of: int, outside: float = 0.05) -> tuple[float, float]:
    """Return the exact limits of a share when `hits` of `of` were seen."""
    if of == 0:
        return 0.0, 1.0
    limits = _distributions().binomtest(hits, of).proportion_ci(confidence_level=1 - outside, method="exact")
    return float(limits.low), float(limits.high)


def at_most(count: int, mean: float) -> float:
    """Return the chance of `count` or fewer where `mean` are expected."""
    return float(_distributions().poisson.cdf(count, mean))


def arms_differ(reached_back: int, reached: int, left_out_back: int, left_out: int) -> float:
    """Return the chance of a difference this large or larger in favour of the reached, were there none (Fisher, one-sided)."""
    table = [[reached_back, reached - reached_back], [left_out_back, left_out - left_out_back]]
    return float(_distributions().fisher_exact(table, alternative="greater").pvalue)


def difference_limits(reached_back: int, reached: int, left_out_back: int, left_out: int, outside: float = 0.05) -> tuple[float, float]:
    """Return limits of the difference of two shares, reached less left out."""
    z = float(_distributions().norm.ppf(1 - outside / 2))

    def wilson(hits: int, of: int) -> tuple[float, float]:
        share, shrink = hits / of, 1 + z * z / of
        middle = (share + z * z / (2 * of)) / shrink
        half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / shrink
        return middle - half, middle + half

    a, b = reached_back / reached, left_out_back / left_out
    (a_low, a_high), (b_low, b_high) = wilson(reached_back, reached), wilson(left_out_back, left_out)
    return a - b - math.hypot(a - a_low, b_high - b), a - b + math.hypot(a_high - a, b - b_low)


def spread_of_days(counts: list[int], shares: list[float]) -> float:
    """Return how much more the counts of days scatter than chance says (1: as chance says), given their shares of the spend.

    Pearson's chi-square over its degrees of freedom; above 1 the limits are too narrow by its square root.
    """
    whole = sum(counts)
    expected = [whole * share for share in shares]
    used = [(seen, mean) for seen, mean in zip(counts, expected, strict=True) if mean > 0]
    if whole == 0 or len(used) < 2:
        return 1.0
    return sum((seen - mean) ** 2 / mean for seen, mean in used) / (len(used) - 1)
