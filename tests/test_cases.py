"""Every case holds, and every rule has a case in which it fires and one in which it nearly does."""

import judgement
import pins

from fourfold.cases import run

NO_CASE_CAN_TELL = {
    # no carrier of the knowledge is outdated yet
    ("catches-keeper", "carrier.outdated"),
    ("fits-known", "carrier.outdated"),
    ("fits-shown", "carrier.outdated"),
    # the row beside it says the same where this cell fails
    ("testable-keep", "carrier.job"),
    ("stage-unproven", "months_live"),
}


def test_every_case_holds_and_every_rule_is_covered(root):
    report = run(root)
    assert not report.failed, report.text(root)
    assert len(report.outcomes) >= 130
    assert report.unhit() == []
    assert report.unneared() == []


def test_every_rule_and_every_cell_is_held_in_place_by_some_case(root):
    assert pins.loose_parts(root) == NO_CASE_CAN_TELL


def test_the_documented_decisions_agree_as_far_as_the_report_says(root):
    report = run(root, (root / "tests" / "cases" / "real_companies.yaml",))
    easy = [item for item in report.outcomes if not item.case.because.startswith("Hard case")]
    assert len(easy) == 21
    assert sum(not item.problems for item in easy) >= 17


def test_the_page_on_judgement_is_as_the_rules_are(root):
    rows = judgement.all_judged()
    assert (root / "docs" / "judgement.md").read_text(encoding="utf-8") == judgement.page(rows), "run: python tests/judgement.py"
    assert sum(row.bare[0] == row.label for row in rows if not row.is_hard) >= 17


def test_a_failing_case_says_expected_decided_rule_and_because(root, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("- case: wrong on purpose\n  given: {industry: beauty, primary_goal: new_buyers, monthly_budget: 60000}\n  expect: {strategy: omnichannel}\n  because: a slip\n", encoding="utf-8")
    report = run(root, (path,))
    assert report.failed
    text = report.text(root)
    for words in ("F401", "`strategy` is focus_testing by test-two-readable, expected omnichannel", "a slip"):
        assert words in text


def test_a_disagreement_that_now_agrees_is_said(root, tmp_path):
    path = tmp_path / "agrees.yaml"
    path.write_text(
        "- case: agrees\n  given: {industry: beauty, primary_goal: new_buyers, monthly_budget: 60000}\n  expect: {strategy: focus_testing}\n  because: it does\n  disagrees: it did not\n",
        encoding="utf-8",
    )
    report = run(root, (path,))
    assert report.failed
    assert "F403" in report.text(root)


def test_a_case_that_breaks_a_promise_is_named(root, tmp_path):
    import shutil

    from fourfold.workspaces import make_workspace

    folder = tmp_path / "mine"
    make_workspace(folder)
    shutil.rmtree(folder / "tests")
    path = folder / "knowledge" / "constraints.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  - id: never-focus\n    never: {strategy: focus}\n    because: {en: a promise that cannot be kept, zh: 守不住的承诺}\n", encoding="utf-8")
    case = tmp_path / "case.yaml"
    case.write_text("- case: lean\n  given: {industry: beauty, primary_goal: new_buyers, monthly_budget: 300}\n  expect: {strategy: focus}\n  because: too little\n", encoding="utf-8")
    text = run(folder, (case,)).text(folder)
    assert "F404" in text
    assert "never-focus" in text


def test_case_files_that_cannot_be_read_are_problems(root, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("- case: a\n  given: {industry: nothing}\n  expect: {strategi: focus}\n  because: b\n- cas: b\n", encoding="utf-8")
    report = run(root, (path,))
    assert report.failed
    assert "F402" in report.text(root)
