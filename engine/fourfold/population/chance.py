"""Chance that is the same for a seed on every Python, and the distributions made of it.

Python keeps one promise about its generator (Mersenne Twister): for the same whole-number seed the
sequence of fractions stays the same in later versions. Only those fractions are used here; everything
else is made of them by the arithmetic below.
"""

from collections.abc import Callable
from math import cos, exp, log, pi, sqrt
from random import Random

Uniform = Callable[[], float]
LARGEST_SEED = 2**64


def chances(seed: int, number: int) -> Uniform:
    """Return the source of chance of one company: fractions in [0, 1), told by seed and number alone."""
    return Random((seed % LARGEST_SEED) << 64 | number).random  # noqa: S311  # samples, no secrets


def normal(uniform: Uniform) -> float:
    """Return a draw of the standard normal distribution (Box and Muller 1958, the cosine half)."""
    radius = sqrt(-2 * log(1 - uniform()))
    return radius * cos(2 * pi * uniform())


def lognormal(median: float, sigma: float, uniform: Uniform) -> float:
    """Return a draw whose logarithm is normal; 0 where the median is 0 or less."""
    return median * exp(sigma * normal(uniform)) if median > 0 else 0.0


def loguniform(low: float, high: float, uniform: Uniform) -> float:
    """Return a draw whose logarithm is uniform between two ends above 0."""
    return low * (high / low) ** uniform() if 0 < low < high else low


def pareto(low: float, high: float, exponent: float, uniform: Uniform) -> float:
    """Return a draw of the bounded Pareto distribution: the share above x falls as x to the power of -exponent."""
    if not 0 < low < high:
        return low
    near, far = low**-exponent, high**-exponent
    return float((near - uniform() * (near - far)) ** (-1 / exponent))


def poisson(mean: float, uniform: Uniform) -> float:
    """Return a Poisson count (Knuth's product of fractions; above a mean of 30 its normal likeness)."""
    if mean > 30:
        return float(max(0, round(mean + sqrt(mean) * normal(uniform))))
    count, product, edge = 0, uniform(), exp(-max(0.0, mean))
    while product > edge:
        count += 1
        product *= uniform()
    return float(count)


def chosen(weights: list[float], uniform: Uniform) -> int:
    """Return the place of one of some weights, each as often as its share; the last where none is above 0."""
    rest = uniform() * sum(weights)
    for place, weight in enumerate(weights):
        rest -= weight
        if rest < 0:
            return place
    return max((place for place, weight in enumerate(weights) if weight > 0), default=len(weights) - 1)
