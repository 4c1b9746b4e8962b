"""Parts of the plan that no case can see: tasks, assumptions, figures, money, on examples."""

import pytest
from conftest import DAY, ROOT

from fourfold.advice import decided, load_profile, plan_of

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def plans():
    return {name: plan_of(decided(ROOT, load_profile(ROOT / "examples" / f"{name}.yaml"), DAY)) for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_money_and_days_add_up_to_what_there_is(plans, name):
    money, days = plans[name]["matrix"]["money"], plans[name]["matrix"]["days"]
    assert sum(money["lines"].values()) + money["waiting"] + money["reserve"] == money["total"] == money["sum"]
    assert days["used"] + days["action"] + days["left"] == pytest.approx(days["present"], abs=0.05)
    stages = plans[name]["matrix"]["stages"]
    assert stages["planned"] + stages["left"] == stages["total"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_covered_and_what_is_open_are_the_whole_gap(plans, name):
    action = plans[name]["action"]
    shares = sum(action["shares"].values())
    assert shares == pytest.approx(100, abs=1e-6) or not shares
    assert sum(item["total"] for item in action["order"]) + action["uncovered"] == pytest.approx(shares, abs=1e-6)
    stretch = plans[name]["objective"]["gap"].get("stretch", 0)
    if stretch > 1:
        assert action["covered"] <= 100 / stretch + 0.5


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_first_action_is_carried_by_the_people_who_are_left(plans, name):
    """By total: the days with slack never pass those present because of the action."""
    team, action = plans[name]["team"], plans[name]["action"]
    assert not action["order"] or team["total"]["gap"] >= -0.2


@pytest.mark.parametrize("name", EXAMPLES)
def test_trials_with_their_opening_fit_into_the_money_of_the_round(plans, name):
    sheet = plans[name]["trial"]
    if sheet:
        spend = sum(item["cap"] + item["opening"] for item in sheet["carriers"])
        assert spend == sheet["money"]
        reasons = plans[name]["decision"]["reasons"]
        assert plans[name]["decision"]["strategy"] != "focus_testing" or spend <= reasons["test_money"]
        assert all(item["cap"] >= item["floor"] for item in sheet["carriers"])


def test_only_what_met_the_bar_gets_more_than_its_running_level_in_an_omnichannel_plan(plans):
    matrix = plans["beiwo"]["matrix"]
    assert {row["raised"] for row in matrix["rows"]} == {True, False}
    for row in matrix["rows"]:
        money = matrix["money"]["lines"][row["carrier"]]
        assert row["raised"] == (money > row["running_level"])
        assert row["standing"] in ("proven", "promising") if row["raised"] else money == row["running_level"]
        assert row["days"] == row["full_days"]
    assert matrix["money"]["waiting"] > 0


def test_a_lean_company_saves_up_for_its_trial_and_says_when_it_begins(plans):
    sheet = plans["ledgerline"]["trial"]
    assert sheet["saved"] == {"wait_months": 1, "a_month": 2100}
    assert sheet["first"] > "2026-12-25"


def test_the_usual_business_model_is_no_open_question(plans):
    assumed = {item["term"]: item for item in plans["little_acorn"]["decision"]["assumed"]}
    assert assumed["business_model"]["usual"]
    assert not assumed["business_model"]["could_flip"]
    first = plans["sparse"]["decision"]["assumed"][0]
    assert (first["term"], first["could_flip"]) == ("success_bar", True)


def test_only_figures_of_carriers_in_use_carry_the_plan(plans):
    for name, plan in plans.items():
        assert plan["reasons"]["figures"] < 260, name
        assert len(plan["reasons"]["sources"]) < 80, name


def test_who_has_few_days_gets_few_tasks_and_nobody_none(plans):
    tasks = plans["yanhe_skin"]["week"]["tasks"]
    count = {who: sum(task["who"] == who for task in tasks) for who in {task["who"] for task in tasks}}
    assert len(count) == 8
    assert count["founder"] < count["operations lead"]


def test_a_carrier_that_has_shown_itself_is_not_opened_again(plans):
    words = [task["words"] for task in plans["beiwo"]["week"]["tasks"] if task["about"] == ["carrier", "wecom_private_domain"]]
    assert words
    assert all(place[2] in ("pace", "how_traced", "hand_over") for place in words)
