"""`fourfold trial`: from a plan's trial file and an export to verdicts."""

import json

import pytest
from worlds import FIRST, daily

from fourfold.advice import decided, load_profile, plan_of
from fourfold.trialing.protocol import trial_bytes, trial_data

THREE = (("xiaohongshu_content", 5400, 62), ("douyin_ads", 5360, 44), ("pinduoduo", 5390, 24))


@pytest.fixture(scope="module")
def trial_file(root, day):
    """The trial file of the example's plan."""
    advice = decided(root, load_profile(root / "examples" / "little_acorn.yaml"), day, day)
    return trial_bytes(trial_data(plan_of(advice)))


@pytest.fixture
def planned(tmp_path, trial_file):
    """Lay the trial file where the plan of the example would."""
    path = tmp_path / "plans" / "little_acorn" / "2026-11-25" / "trial.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(trial_file)
    return path


@pytest.fixture
def tested(run, acorn, tmp_path, planned):
    """Give a function that judges results of the example's trial."""

    def judge(text, *options, day="2027-02-01"):
        (tmp_path / "results.csv").write_text(text, encoding="utf-8")
        return run("trial", acorn, "results.csv", "--as-of", day, "--format", "json", *options)

    return judge


def by_carrier(result):
    assert result.exit_code == 0, result.output
    data = json.loads(result.output)
    return data, {item["carrier"]: item for item in data["carriers"]}


def codes(data):
    return [problem["code"] for problem in data["problems"]]


def test_three_carriers_are_kept_watched_and_cut(tested):
    data, found = by_carrier(tested(daily(THREE, FIRST, 42)))
    assert {name: (item["verdict"], item["next_step"], item["standing"]) for name, item in found.items()} == {
        "xiaohongshu_content": ("keep", "second_cohort", "promising"),
        "douyin_ads": ("watch", "retest", "watch"),
        "pinduoduo": ("cut", "stop", "cut"),
    }
    assert codes(data) == []
    assert data["fixed"] is True
    assert data["rows"]["read"] == data["rows"]["counted"] == 126
    assert found["xiaohongshu_content"]["counts"] == {"keep": 48, "cut": 34, "half": 11}
    assert found["xiaohongshu_content"]["rules"] == ["standing-promising", "verdict-keep", "next-second"]


def test_looking_early_shows_a_range_and_gives_no_verdict(tested):
    data, found = by_carrier(tested(daily((("xiaohongshu_content", 2200, 40),), FIRST, 18), day="2027-01-02"))
    item = found["xiaohongshu_content"]
    assert (item["state"], item["reading"], item["verdict"]) == ("early", "", "hold")
    assert item["low"] < item["cost"] < item["high"]
    assert item["missing"] == {"conversions": 0, "spend": 3200.0, "days": 25, "judged": "2027-02-01"}
    assert data["strategy"]["before"] == data["strategy"]["after"]


def test_the_half_way_stop_cuts_once_its_late_results_are_in(tested):
    text = daily((("pinduoduo", 2800, 9),), FIRST, 22)
    waits = by_carrier(tested(text, day="2027-01-06"))[1]["pinduoduo"]
    stopped = by_carrier(tested(text, day="2027-01-13"))[1]["pinduoduo"]
    assert (waits["state"], waits["reading"]) == ("half_waits", "")
    assert (stopped["state"], stopped["verdict"]) == ("half_way", "cut")


def test_what_was_spent_too_little_on_is_held_and_says_what_is_missing(tested):
    item = by_carrier(tested(daily((("douyin_ads", 1420, 9),), FIRST, 42)))[1]["douyin_ads"]
    assert (item["verdict"], item["next_step"], item["state"]) == ("hold", "extend", "underspent")
    assert item["missing"] == {"conversions": 21, "spend": 3980.0, "days": 31, "judged": ""}


def test_a_bar_moved_after_the_start_is_seen(tested, planned):
    planned.write_text(planned.read_text(encoding="utf-8").replace('"bar": 114.66', '"bar": 140.00'), encoding="utf-8")
    data, _ = by_carrier(tested(daily(THREE, FIRST, 42)))
    assert data["fixed"] is False
    assert codes(data) == ["F168", "F168"]
    assert any("hash differs" in problem["message"] for problem in data["problems"])


@pytest.mark.usefixtures("planned")
def test_the_screen_fits_and_says_the_numbers_of_each_verdict(run, acorn, tmp_path):
    (tmp_path / "r.csv").write_text(daily(THREE, FIRST, 42), encoding="utf-8")
    for language, words in (("en", "62 counted; 48 or more keep, 34 or fewer cut."), ("zh", "计数62；达到48保留，不超过34淘汰。")):
        result = run("trial", acorn, "r.csv", "--as-of", "2027-02-01", "--lang", language)
        assert words in result.output
        assert max(len(line) for line in result.output.splitlines()) <= 100
