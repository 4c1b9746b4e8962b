"""The gap by dimensions, for each of the nine business models, worked out by hand from the factors."""

import math

import pytest

BASE = "primary_goal: new_buyers\nmonthly_budget: 80k\nemployees: 12\nheads: 6\nhas_tracking: yes\n"
CASES = {  # model: (industry, factors as written, what comes without action)
    "ecommerce": ("beauty", "visits: 50000\npay_conversion: 2\naverage_order_value: 200\nrepeat_orders: 0.5\n", 50_000 * 0.02 * 200 * 1.5),
    "local_store": ("local_services_restaurants", "active_customers: 1200\norders_per_customer: 1.5\naverage_order_value: 80\n", 1200 * 1.5 * 80),
    "lead_gen": ("legal", "leads: 90\nlead_to_customer: 20\ncustomer_value: 8000\n", 90 * 0.2 * 8000),
    "app_game": ("games_apps", "installs: 20000\nfirst_value_share: 40\nstay_months: 2.5\npaying_share: 4\npayer_spend: 60\n", 20_000 * 0.4 * 2.5 * 0.04 * 60),
    "platform": ("home_furnishing", "active_customers: 3000\nrequests_per_buyer: 1.2\nmatch_rate: 25\naverage_order_value: 900\ntake_rate: 12\n", 3000 * 1.2 * 0.25 * 900 * 0.12),
    "content_media": ("education", "reads: 400000\nnext_step_rate: 1.5\nstep_conversion: 4\nconversion_value: 99\n", 400_000 * 0.015 * 0.04 * 99),
    "private_community": ("mother_baby", "contacts: 8000\nactive_share: 30\nbuying_share: 20\norders_per_customer: 1.1\naverage_order_value: 150\n", 8000 * 0.3 * 0.2 * 1.1 * 150),
    "team": ("b2b_manufacturing", "planned_days: 12\nskilled_share: 60\nday_value: 2500\n", 6 * 12 * 0.6 * 2500),
}  # fmt: skip


def planned(root, day, industry, model, factors, target):
    from fourfold.advice import decided, plan_of
    from fourfold.door.profile import read_profile

    text = f"{BASE}industry: {industry}\nbusiness_model: {model}\n{factors}target: {target}\ntarget_month: 2027-05\n"
    return plan_of(decided(root, read_profile(text, "p.yaml"), day))["objective"]["gap"]


@pytest.mark.parametrize("model", CASES)
def test_a_model_splits_its_gap_over_its_factors(root, day, model):
    industry, factors, total = CASES[model]
    target = round(total * 1.5)
    gap = planned(root, day, industry, model, factors, target)
    assert gap["known"]
    assert gap["forecast"] == round(total)
    assert sum(row["gap"] for row in gap["rows"]) == target - round(total)
    assert math.prod(row["ratio"] for row in gap["rows"]) == pytest.approx(target / round(total), rel=2e-3)
    assert sum(gap["dimensions"].values()) == pytest.approx(100, abs=0.5)


def test_a_subscription_splits_its_gap_over_who_stays_and_who_comes(root, day):
    gap = planned(root, day, "b2b_software", "subscription_saas", "subscribers: 300\nnew_customers: 12\nchurn: 3\nmonthly_price: 500\n", 200_000)
    assert gap["kind"] == "recurring"
    assert sum(row["gap"] for row in gap["rows"]) == gap["gap"] > 0


def test_every_model_has_factors_and_every_factor_a_term(book):
    models = {model: [f for f in book.entities["factor"] if book.knows("factor", f, "model").value == model] for model in book.entities["business_model"]}
    assert {model for model, factors in models.items() if not factors} == set()
    for factor in book.entities["factor"]:
        assert book.knows("factor", factor, "measures").value.text("en") in book.terms, factor


def test_one_missing_factor_is_named_and_no_gap_invented(root, day):
    industry, factors, total = CASES["platform"]
    gap = planned(root, day, industry, "platform", factors.replace("take_rate: 12\n", ""), round(total * 2))
    assert not gap["known"]
    assert gap["missing"] == ["take_rate"]
