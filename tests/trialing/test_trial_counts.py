"""The counts of a trial: exact chances with the half-way stop, levels that are kept, the arms of a holdout."""

import pytest
from scipy import stats

from fourfold.trialing.statistics import at_most, count_limits
from fourfold.trials import holdout_arms, joint_chances, poisson_at_most, poisson_limits, verdict_counts


@pytest.mark.parametrize("count, mean", [(0, 0.5), (7, 15.0), (39, 49.06), (120, 101.5)])
def test_our_own_poisson_is_that_of_scipy(count, mean):
    assert poisson_at_most(count, mean) == pytest.approx(at_most(count, mean), abs=1e-12)
    assert poisson_limits(count) == pytest.approx(count_limits(count), rel=1e-9)


@pytest.mark.parametrize("mean, keep, cut, half", [(30, 31, 22, 7), (24, 31, 22, 7), (47.1, 48, 37, 11), (4, 5, 2, -1), (10, 6, 5, 8)])
def test_joint_chances_are_the_sum_over_both_halves(mean, keep, cut, half):
    first = [stats.poisson.pmf(i, mean / 2) for i in range(200)]
    kept = sum(first[i] * first[j] for i in range(half + 1, 200) for j in range(200) if i + j >= keep)
    cut_late = sum(first[i] * first[j] for i in range(half + 1, 200) for j in range(200) if i + j <= cut)
    stopped = sum(first[: half + 1])
    assert joint_chances(mean, keep, cut, half) == pytest.approx((kept, stopped + cut_late, stopped), abs=1e-9)


@pytest.mark.parametrize("conversions", [6, 10, 20, 30, 47, 60, 90, 200])
def test_the_counts_keep_the_promised_levels(conversions):
    found = verdict_counts(conversions * 100, 100, 1.25, 2, 0.07, 0.04).value
    keep, cut, half = found["keep"], found["cut"], found["half"]
    assert joint_chances(conversions / 1.25, keep, cut, half)[0] <= 0.07
    assert joint_chances(conversions, keep, cut, half)[1] <= 0.04
    assert half <= cut < keep
    assert keep >= conversions


def test_the_levels_move_the_counts_only_where_they_err_too_often():
    assert verdict_counts(3000, 100, 1.25, 2).value == {"keep": 30, "cut": 23, "half": 7}
    assert verdict_counts(3000, 100, 1.25, 2, 0.1, 0.1).value == {"keep": 31, "cut": 22, "half": 7}
    assert verdict_counts(6000, 100, 1.25, 2, 0.1, 0.1).value == verdict_counts(6000, 100, 1.25, 2).value


def test_arms_are_those_of_the_textbook_and_say_what_few_customers_can_show():
    enough, few = holdout_arms(5000, 0.2, 0.25).value, holdout_arms(1500, 0.2, 0.25).value
    assert enough == {"needed": 1094, "left_out": 1094, "reached": 1094, "is_enough": True, "sees": 25.0}
    assert (few["left_out"], few["is_enough"], few["sees"]) == (750, False, 26.1)
