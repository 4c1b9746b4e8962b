"""What the knowledge promises of itself: breadth, and that its parts hang together."""

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def content():
    from fourfold.content import read_content

    return read_content(ROOT)


def of(content, kind):
    return {item.name: item for item in content.entities if item.kind == kind}


def given(entity, attribute, key=""):
    """Return what an entity gives for an attribute, as text, or None."""
    return next((figures[0] for name, second, figures in entity.values if name == attribute and second == key), None)


def members(entity, attribute):
    found = given(entity, attribute)
    return found.texts if found else ()


def keys(entity, attribute):
    return [key for name, key, _ in entity.values if name == attribute]


@pytest.mark.parametrize(
    ("kind", "least"), [("practice", 60), ("carrier", 40), ("industry", 18), ("business_model", 9), ("stage", 4), ("dimension", 10), ("staffing", 5), ("regulation", 15), ("banned_form", 8)]
)
def test_the_breadth_is_there(content, kind, least):
    assert len(of(content, kind)) >= least


def test_no_level_is_spared_execution(content):
    for name, practice in of(content, "practice").items():
        for level in ("junior", "senior", "lead"):
            assert given(practice, f"steps_{level}").words.lines("en"), (name, level)
            assert len(given(practice, f"steps_{level}").words.lines("en")) == len(given(practice, f"steps_{level}").words.lines("zh")), (name, level)


def test_every_step_of_a_practice_in_use_says_when_it_is_done(content):
    for name, practice in of(content, "practice").items():
        if given(practice, "outdated"):
            continue
        for level in ("junior", "senior", "lead"):
            for step in given(practice, f"steps_{level}").words.lines("en"):
                assert "done" in step, (name, step)


def test_the_days_of_a_practice_are_shared_out_whole(content):
    for name, practice in of(content, "practice").items():
        assert sum(int(given(practice, "days_share", level).texts[0]) for level in ("junior", "senior", "lead")) == 100, name


def test_every_practice_says_what_comes_out_and_what_does_not_carry_over(content):
    for name, practice in of(content, "practice").items():
        if not given(practice, "outdated"):
            assert given(practice, "output"), name
            assert given(practice, "not_carried"), name
            assert given(practice, "stop_rule"), name


def test_what_begins_from_another_practice_begins_from_no_circle(content):
    practices = of(content, "practice")
    begun = {name: set(members(item, "starts_from")) for name, item in practices.items()}
    done = set()
    while begun:
        ready = {name for name, needs in begun.items() if needs <= done}
        assert ready, begun
        done |= ready
        begun = {name: needs for name, needs in begun.items() if name not in ready}


def test_no_practice_works_with_what_it_fights(content):
    for name, practice in of(content, "practice").items():
        assert not set(members(practice, "works_with")) & set(members(practice, "conflicts_with")), name
        assert name not in members(practice, "works_with") + members(practice, "conflicts_with")


def test_a_banned_form_is_replaced_by_something_that_may_be_done(content):
    practices = of(content, "practice")
    for name, form in of(content, "banned_form").items():
        assert members(form, "instead"), name
        assert not [item for item in members(form, "instead") if given(practices[item], "outdated")], name


def test_every_stage_has_growth_points_and_activities_that_feed_two_modules(content):
    for stage in of(content, "stage"):
        plans = [item for item in of(content, "node_plan").values() if members(item, "stage") == (stage,)]
        for sort in ("growth_point", "activity"):
            assert len([item for item in plans if members(item, "sort") == (sort,)]) >= 3, (stage, sort)
        for plan in plans:
            assert len(members(plan, "feeds")) >= 2, plan.name
            assert sorted(keys(plan, "task")) == sorted(members(plan, "feeds")), plan.name


def test_every_factor_has_small_numbers_behind_it_and_every_node_its_place(content):
    factors = of(content, "factor")
    behind = {}
    for name, node in of(content, "gap_node").items():
        factor = members(node, "factor")[0]
        assert members(node, "model") == members(factors[factor], "model"), name
        behind.setdefault(factor, []).append(name)
        assert members(node, "module"), name
        assert members(node, "level"), name
    models_with_nodes = {members(factors[name], "model")[0] for name in behind}
    assert models_with_nodes == set(of(content, "business_model"))


def test_every_trade_has_a_belief_to_test_and_a_picture_to_start_from(content):
    industries = set(of(content, "industry"))
    assert {members(item, "industry")[0] for item in of(content, "belief").values()} == industries
    for name, cell in of(content, "model_cell").items():
        if keys(cell, "starter"):
            assert set(keys(cell, "starter")) == industries, name
    for industry in industries:
        assert any(industry in members(rule, "industries") for rule in of(content, "regulation").values()), industry


def test_every_skill_has_a_way_to_be_got(content):
    assert sorted(members(item, "skill")[0] for item in of(content, "skill_path").values()) == sorted(of(content, "skill"))


@pytest.mark.parametrize(("job", "least"), [("listing", 13), ("clarification", 9)])
def test_the_steps_of_a_job_follow_each_other(content, job, least):
    steps = [item for item in of(content, "job_step").values() if members(item, "job") == (job,)]
    assert len(steps) >= least
    order = [int(step.name.split("_")[1]) for step in steps]
    assert order == list(range(1, len(steps) + 1))
    for step in steps:
        assert given(step, "output"), step.name
        assert given(step, "next_needs"), step.name
        assert members(step, "level"), step.name


def test_a_listing_is_looked_at_after_three_seven_and_fourteen_days(content):
    days = {item.name: int(given(item, "day").texts[0]) for item in of(content, "job_step").values()}
    live = days["listing_9_live"]
    assert [days[name] - live for name in ("listing_10_day3", "listing_11_day7", "listing_12_day14")] == [3, 7, 14]


def test_the_target_for_listing_an_item_is_near_the_sum_of_its_steps(content):
    steps = of(content, "job_step")
    before = [name for name in steps if name.startswith("listing_") and int(name.split("_")[1]) <= 9]
    assert sum(int(given(steps[name], "minutes").texts[0]) for name in before) == 98


def test_a_function_is_told_for_every_ecosystem(content):
    ecosystems = set(of(content, "ecosystem"))
    for name, function in of(content, "carrier_function").items():
        assert set(keys(function, "here")) == ecosystems, name
        assert set(keys(function, "differs")) == ecosystems, name


def test_two_sources_that_disagree_are_both_named(content):
    for name, item in of(content, "disagreement").items():
        assert members(item, "sources"), name
        assert given(item, "because"), name
