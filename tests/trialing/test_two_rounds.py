"""One company through two full rounds, and a growth stage: each change of the strategy with its reason, each verdict with its numbers."""

import json
import sys
from datetime import date

import pytest
from click.testing import CliRunner
from conftest import ROOT
from worlds import FIRST, daily

from fourfold.cli import main

ROUND_1 = (("xiaohongshu_content", 5400, 62), ("douyin_ads", 5360, 44), ("pinduoduo", 5390, 24))
SECOND_FIRST = date(2027, 2, 15)
ROUND_2 = (("xiaohongshu_content", 6000, 70), ("douyin_ads", 6000, 30), ("kol_koc_seeding", 6000, 25))
GROWN = {"monthly_budget: 20k": "monthly_budget: 900k", "cash: steady": "cash: plenty\n  appetite: maximise", "heads: 2": "heads: 60", "employees: 12": "employees: 120"}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Go through the whole cycle once, with `review --save`; give what each command said."""
    folder = tmp_path_factory.mktemp("cycle")
    patch = pytest.MonkeyPatch()
    patch.chdir(folder)
    patch.setitem(sys.modules, "weasyprint", None)  # no PDF is looked at here
    profile = folder / "acorn.yaml"
    profile.write_text((ROOT / "examples" / "little_acorn.yaml").read_text(encoding="utf-8"), encoding="utf-8")

    def run(*arguments):
        result = CliRunner().invoke(main, [str(item) for item in arguments], prog_name="fourfold")
        assert result.exit_code == 0, result.output
        return result.output

    said = {"folder": folder, "profile": profile}
    run("plan", profile, "--as-of", "2026-11-25")
    (folder / "one.csv").write_text(daily(ROUND_1, FIRST, 42), encoding="utf-8")
    said["one"] = json.loads(run("review", profile, "one.csv", "--as-of", "2027-02-01", "--format", "json", "--save"))
    (folder / "two.csv").write_text(daily(ROUND_2, SECOND_FIRST, 42, seed=5), encoding="utf-8")
    said["two"] = json.loads(run("review", profile, "two.csv", "--as-of", "2027-04-06", "--format", "json", "--save"))
    text = profile.read_text(encoding="utf-8")
    for old, new in GROWN.items():
        text = text.replace(old, new)
    profile.write_text(text, encoding="utf-8")
    run("plan", profile, "--as-of", "2027-09-01")
    said["history"] = json.loads(run("history", "--format", "json"))
    said["drawn"] = run("history", "acorn", "-o", "cycle.svg")
    said["verified"] = run("verify", "plans/acorn/2027-04-06/review.json")
    yield said
    patch.undo()


def standing(review, carrier):
    item = next(item for item in review["carriers"] if item["carrier"] == carrier)
    return item["verdict"], item["standing"], item["next_step"]


def test_the_first_round_makes_one_carrier_promising_and_stays_with_testing(told):
    one = told["one"]
    assert one["strategy"] == {"before": "focus_testing", "after": "focus_testing"}
    assert standing(one, "xiaohongshu_content") == ("keep", "promising", "second_cohort")
    assert standing(one, "pinduoduo") == ("cut", "cut", "stop")
    assert one["strategy_rules"] == ["test-two-readable"]
    gone = {(item["term"], item["rule"], item["stopped"]) for item in one["shown_withdrawn"]}
    assert ("fits[pinduoduo]", "fits-known", "standing[pinduoduo]") in gone


def test_the_second_cohort_proves_it_and_the_strategy_becomes_focus(told):
    two = told["two"]
    assert two["strategy"]["after"] == "focus"
    assert standing(two, "xiaohongshu_content") == ("keep", "proven", "scale")
    assert two["strategy_rules"] == ["focus-proven"]
    turned = next(item for item in two["changes"]["withdrawn"] if item["term"] == "strategy")
    assert (turned["value"], turned["rule"]) == ("focus_testing", "test-two-readable")
    assert turned["lost"] == "overridden by focus-proven"


def test_after_the_growth_stage_it_is_omnichannel(told):
    assert [(turn["strategy"], turn["rules"]) for turn in told["history"]["turns"]] == [
        ("focus_testing", ["test-two-readable"]),
        ("focus", ["focus-proven"]),
        ("omnichannel", ["omnichannel-rich-willing"]),
    ]


@pytest.mark.parametrize("name", ["one", "two"])
def test_money_moves_and_both_columns_add_up_to_the_budget(told, name):
    budget = told[name]["budget"]
    assert budget["before"] == budget["after"] == 20000
    for column in ("before", "after", "change"):
        assert sum(row[column] for row in budget["rows"]) == budget[column]


@pytest.mark.parametrize("name", ["one", "two"])
def test_every_verdict_traces_to_its_numbers(told, name):
    for item in told[name]["carriers"]:
        counts, seen = item["counts"], item["conversions"]
        expected = "meets" if seen >= counts["keep"] else "misses" if seen <= counts["cut"] else "near"
        assert item["reading"] == expected
        assert item["places"]
        assert {rule.partition("-")[0] for rule in item["rules"]} == {"standing", "verdict", "next"}
        line = told[name]["lines"][f"trial_counts_{item['carrier']}"]
        assert line["value"] == counts
        assert line["inputs"]["bar"] == told[name]["bar"]


def test_own_results_come_first_and_the_published_range_second(told):
    for item in told["one"]["predicted"]:
        expected = item["expected"]
        assert expected["weight"] > 0.9
        assert expected["low"] < item["cost"] < expected["high"]
        assert item["published"] == [15.0, 189.0]


def test_the_new_plan_is_a_change_of_the_one_before_and_names_the_next_growth_point(told):
    changes = {(item["what"], item["of"]): (item["before"], item["after"]) for item in told["two"]["plan_changes"]}
    assert changes["role", "xiaohongshu_content"] == ("test", "run")
    assert told["two"]["growth_point"]["date"] >= "2027-04-06"
    assert (told["folder"] / "plans/acorn/2026-11-25/plan.json").is_file()


def test_a_review_is_replayed_and_its_records_stand_in_the_profile(told):
    assert "certificate holds" in told["verified"]
    text = told["profile"].read_text(encoding="utf-8")
    assert text.count("carrier: xiaohongshu_content") == 2
    assert "# What it shows" in text


def test_the_history_is_drawn_and_its_chain_holds(told):
    assert "the chain holds" in told["drawn"]
    drawing = (told["folder"] / "cycle.svg").read_text(encoding="utf-8")
    assert drawing.count("marker-end") == 2
    assert drawing.startswith("<svg")
