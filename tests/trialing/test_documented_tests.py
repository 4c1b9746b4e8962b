"""The documented tests of channels: each verdict from its own numbers, each difference argued."""

import trial_judgement
from conftest import ROOT


def test_the_verdicts_are_those_of_the_page():
    found = {(row["test"], row["channel"]): (verdict, item.state) for row, item, verdict, _ in trial_judgement.all_judged()}
    assert found["CT-01", "search ads"] == ("keep", "over")
    assert found["CT-01", "social ads"] == ("cut", "luck_misses")
    assert found["CT-03", "BookBub ads"] == ("cut", "over")
    assert found["CT-16", "campaign 916"] == ("hold", "underspent")
    assert found["CT-16", "campaign 936"] == ("keep", "over")
    assert found["CT-16", "campaign 1178"] == ("watch", "over")


def test_what_has_no_spend_or_no_count_is_held():
    for row, item, verdict, _ in trial_judgement.all_judged():
        if not row["spend"] or not row["conversions"]:
            assert (verdict, item.state) == ("hold", "not_counted")
            assert item.missing["conversions"] == 30


def test_every_difference_is_argued():
    assert {(row["test"], row["channel"]) for row, _, _, agrees in trial_judgement.all_judged() if not agrees} == set(trial_judgement.ARGUED)


def test_the_drawing_shows_every_campaign_and_segment_and_is_as_the_data_are():
    drawn = trial_judgement.drawing()
    assert drawn.count("<circle") == 27
    assert trial_judgement.PICTURE.read_text(encoding="utf-8") == drawn
    assert (ROOT / "docs" / "judgement.md").read_text(encoding="utf-8").count("advertising.svg") == 1
