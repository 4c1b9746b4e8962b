"""Amounts as people write them, and the methods of trials and plan."""

import math
from fractions import Fraction

import pytest

from fourfold.plan import (
    forecast,
    greedy_cover,
    in_time,
    level_gap,
    log_split,
    money_lines,
    recurring_split,
    saving,
    sized,
    stage_money,
    steps_in_time,
    visit_value,
    whole_parts,
    worth,
)
from fourfold.reading.amounts import NotAnAmount, read_amount
from fourfold.trials import Cohort, error_chances, latest_readings, poisson_at_most, poisson_limits, reading, verdict_counts
from fourfold.verifying import replay_lines


@pytest.mark.parametrize(("text", "low", "high"), [
    ("20k", 20_000, 20_000), ("20,000", 20_000, 20_000), ("20000", 20_000, 20_000), ("2万", 20_000, 20_000), ("2w", 20_000, 20_000),
    ("10-30k", 10_000, 30_000), ("1万到3万", 10_000, 30_000), ("about 20k", 18_000, 22_000), ("约5000", 4_500, 5_500), ("1.5 million", 1_500_000, 1_500_000),
    ("65-70%", 65, 70), ("¥30,000", 30_000, 30_000), ("900万", 9_000_000, 9_000_000), ("8千", 8_000, 8_000), ("-5", -5, -5), ("60k-75k", 60_000, 75_000),
])  # fmt: skip
def test_amounts_as_people_write_them(text, low, high):
    amount = read_amount(text)
    assert (amount.low, amount.high) == (low, high)


@pytest.mark.parametrize("text", ["twenty", "20.000", "30-10k", "", "1e5", "--5", "nan", "inf", "¥5 $6", "5 apples", "1" * 40])
def test_doubtful_amounts_are_refused(text):
    with pytest.raises(NotAnAmount):
        read_amount(text)


def test_counts_of_the_example_plan():
    assert verdict_counts(8000, 140.4, 1.25, 2).value == {"keep": 57, "cut": 45, "half": 14}
    chances = error_chances(8000, 140.4, 57, 45, 14, 120 / 140.4, 1.25).value
    assert chances == {"good_kept": 89.6, "at_bar_cut": 6.1, "at_bar_stopped": 0.2, "bad_kept": 5.7, "bad_kept_twice": 0.3, "bad_cut": 50.6}


def test_exact_poisson_limits():
    """Garwood's limits for 6, 20, 30 and 100 counts, as published."""
    for count, low, high in ((6, 2.2, 13.1), (20, 12.2, 30.9), (30, 20.2, 42.8), (100, 81.4, 121.6)):
        found = poisson_limits(count)
        assert (round(found[0], 1), round(found[1], 1)) == (low, high)
    assert poisson_limits(0)[0] == 0


def test_poisson_holds_for_large_means():
    assert poisson_at_most(1000, 1000) == pytest.approx(0.508, abs=0.002)
    assert poisson_at_most(10, 5000) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("spend", "seen", "traced", "expected"), [
    (295, 42, True, "meets"), (242, 1, True, "misses"), (700, None, True, "unreadable"), (750, 40, False, "unreadable"),
    (100, 3, True, "unreadable"), (750, 30, True, "meets"), (751, 30, True, "near"), (938, 30, True, "misses"), (800, 0, True, "misses"),
])  # fmt: skip
def test_readings_against_a_bar_of_25(spend, seen, traced, expected):
    assert reading(Cohort(Fraction(spend), seen, 1, traced), Fraction(25), 30, Fraction(5, 4)) == expected


def test_latest_and_earlier_reading():
    cohorts = [Cohort(Fraction(750), 40, 20, is_traced=True), Cohort(Fraction(750), 1, 10, is_traced=True)]
    assert latest_readings(cohorts, Fraction(25), 30, Fraction(5, 4)) == ("meets", "misses")
    assert latest_readings([], Fraction(25), 30, Fraction(5, 4)) == ("none", "none")


def test_the_gap_adds_up_and_the_needed_factors_reach_the_target():
    now = {"visits": 9000.0, "conversion": 0.02, "order": 300.0, "repeat": 1.25}
    split = log_split(67_500, 120_000, now, {"visits": 0.4, "conversion": 0.2, "order": 0.1, "repeat": 0.1}).value
    assert split["gap"] == 52_500 == sum(row["gap"] for row in split["rows"].values())
    assert math.prod(row["ratio"] for row in split["rows"].values()) == pytest.approx(120_000 / 67_500, rel=1e-3)
    assert sum(row["share"] for row in split["rows"].values()) == pytest.approx(100, abs=1e-9)


def test_no_gap_is_no_gap():
    split = log_split(100, 90, {"a": 100.0}, {"a": 0.1}).value
    assert split["gap"] == -10
    assert split["rows"]["a"]["gap"] == 0


def test_forecast_moves_one_factor_by_its_trend():
    assert forecast({"visits": 100_000.0, "rest": 6.0}, "visits", -0.01, 2).value["total"] == 588_060


def test_a_subscription_loses_and_wins():
    value = recurring_split(443, 11.17, 0.03, 140, 9, 80_000, 0.15, 0.25).value
    assert value["total"] == pytest.approx(59_648, abs=2)
    assert sum(row["gap"] for row in value["rows"].values()) == value["gap"]
    assert value["stretch"] > 1
    assert value["needed_alone"] == pytest.approx(29.4, abs=0.1)


def test_the_first_practice_moves_most_dimensions():
    practices = {
        "wide": {"effects": {"a": [0.1, 0.5, 1], "b": [0.1, 0.5, 1]}, "cost": 100.0},
        "deep": {"effects": {"a": [0.9, 1.0, 1], "b": [0.1, 0.1, 0]}, "cost": 10.0},
    }
    value = greedy_cover({"a": 60.0, "b": 40.0}, practices, 1.5, 4).value
    assert [item["practice"] for item in value["order"]] == ["wide", "deep"]
    assert value["best_per_cost"] == "deep"
    assert value["dimensions"] == {"wide": 2, "deep": 1}
    assert sum(item["total"] for item in value["order"]) + value["uncovered"] == pytest.approx(100, abs=1e-9)
    assert value["out_of_reach"] == 0


def test_no_more_is_covered_than_can_be_moved():
    """A goal four times out of reach leaves three quarters open, whatever the steps promise."""
    practices = {"strong": {"effects": {"a": [5.0, 1.0, 1], "b": [5.0, 1.0, 1]}, "cost": 1.0}}
    value = greedy_cover({"a": 60.0, "b": 40.0}, practices, 1.5, 4, 4.0).value
    assert value["order"][0]["covered"] == {"a": 15.0, "b": 10.0}
    assert (value["uncovered"], value["out_of_reach"]) == (75.0, 75.0)


@pytest.mark.parametrize(("amount", "shares", "parts"), [(1000, [1 / 3] * 3, [334, 333, 333]), (10, [0.25, 0.75], [3, 7]), (7, [1.0], [7])])
def test_whole_parts_add_up_and_ties_go_to_the_earlier(amount, shares, parts):
    assert whole_parts(amount, shares) == parts


def test_steps_run_beside_each_other_as_far_as_people_and_money_allow():
    steps = [{"days": 10, "cash": 100, "weeks": 4}, {"days": 5, "cash": 0, "weeks": 8}, {"days": 8, "cash": 50, "weeks": 2}]
    assert steps_in_time(steps, 15, 200, 0).value["steps"] == [{"start": 0, "end": 4}, {"start": 0, "end": 8}, {"start": 4, "end": 6}]
    late = steps_in_time(steps, 30, 100, 10).value["steps"]
    assert [item["start"] for item in late] == [0, 0, 5]


def test_what_begins_after_the_target_covers_nothing_of_it():
    value = in_time([30.0, 20.0], [0, 12], 10, 90_000, 20_000).value
    assert value == {"covered": 30.0, "late": [False, True], "reaches": 96_000}


def test_a_round_grows_with_the_size_beyond_what_its_base_covers():
    assert sized(1000, 300, 2.5, 500).value == {"total": 1500.0}
    assert sized(1000, 300, 2.5, 100).value == {"total": 1000.0}


@pytest.mark.parametrize(("needed", "a_month", "months", "wait"), [(7466, 2100, 3, 1), (6300, 2100, 3, 0), (12_601, 2100, 3, 4), (100, 0, 3, 0)])
def test_a_trial_is_saved_up_for_until_each_month_pays_what_it_spends(needed, a_month, months, wait):
    assert saving(needed, a_month, months).value["wait_months"] == wait


def test_money_always_adds_up():
    value = money_lines(30_000, {"a": 5_625, "b": 4_500}, 0.1).value
    assert value == {"lines": {"a": 5_625, "b": 4_500}, "reserve": 3_000, "waiting": 16_875, "sum": 30_000}
    short = money_lines(1_000, {"a": 900, "b": 300}, 0.1).value
    assert short == {"lines": {"a": 900, "b": 100}, "reserve": 0, "waiting": 0, "sum": 1_000}


def test_the_money_of_stages_is_carried_over_and_keeps_its_reserve():
    value = stage_money({"one": 1_000, "two": 500}, {"one": {"a": 300}, "two": {"a": 1_500, "b": 10}}, 0.1).value
    one, two = value["stages"]["one"], value["stages"]["two"]
    assert (one["left"], two["before"]) == (700, 700)
    assert two["lines"] == {"a": 1_050, "b": 0}
    assert two["left"] == 150
    assert value["planned"] + value["left"] == value["total"] == 1_500


def test_small_methods():
    assert worth(1000, 0.5, 0.1, 300).value == {"contribution": 450, "spend": 300, "difference": 150}
    assert visit_value(300, 0.02, 1.25, 1.5, 300, 0.02, 4).value["total_now"] == 2.25
    assert level_gap({"junior": 10}, {"junior": 12}, 0.1).value["total"]["gap"] == 1.0


def test_a_line_with_a_foreign_method_or_broken_inputs_is_named():
    assert replay_lines({"a": {"method": "os.system", "inputs": {}, "value": 1}}) == ["lines.a: unknown method"]
    assert "cannot be computed" in replay_lines({"a": {"method": "worth", "inputs": {"extra": "x"}, "value": 1}})[0]
