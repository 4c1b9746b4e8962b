"""What cases cover, the changes that they notice, cases made for the rest: on a small book worked out by hand."""

import pytest

from fourfold.cases import run
from fourfold.cases.generating import generate
from fourfold.cases.mutation import score

KNOWLEDGE = """terms:
  cash: {kind: choice, options: [tight, steady, plenty], ask: "Cash?", assume: steady}
  staff: {kind: number, unit: people, range: [1, 500], ask: "Staff?", assume: 3}
  bold: {kind: yes_no}
book: {proved: [bold]}
"""
RULES = """- table: bold
  concludes: bold
  rules:
    - {id: bold-plenty, when: {cash: plenty, staff: ">= 5"}, then: true}
    - {id: bold-not, otherwise: false}
"""
CASES = """- {case: rich, given: {cash: plenty, staff: 9}, expect: {bold: true}, because: t}
- {case: poor, given: {cash: tight, staff: 9}, expect: {bold: false}, because: t}
"""
EXACT = (
    CASES
    + """- {case: just enough, given: {cash: plenty, staff: 5}, expect: {bold: true}, because: t}
- {case: one too few, given: {cash: plenty, staff: 4}, expect: {bold: false}, because: t}
- {case: steady, given: {cash: steady, staff: 9}, expect: {bold: false}, because: t}
"""
)


@pytest.fixture
def shop(tmp_path):
    for name, text in (("knowledge/k.yaml", KNOWLEDGE), ("rules/r.yaml", RULES), ("tests/cases/c.yaml", CASES)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_coverage_counts_rules_cells_and_both_sides_of_each_bound(shop):
    report = run(shop)
    assert (report.unhit(), report.unneared()) == ([], [])
    assert report.loose_cells() == ["bold-plenty, staff"]
    assert report.loose_bounds() == ["bold-plenty, staff, inside", "bold-plenty, staff, outside"]
    (shop / "tests/cases/c.yaml").write_text(EXACT, encoding="utf-8")
    report = run(shop)
    assert (report.loose_cells(), report.loose_bounds()) == ([], [])


def test_every_small_change_is_told_apart_from_what_it_changes(shop):
    (shop / "tests/cases/c.yaml").write_text(EXACT, encoding="utf-8")
    found = score(run(shop))
    assert found.survivors == ()
    assert found.total == found.noticed == 10


def test_survivors_are_named_with_their_place_and_change(shop):
    found = score(run(shop))
    changes = {mutant.what for mutant in found.survivors}
    assert changes == {"`staff: >= 5` is gone", "`staff: >= 5` is `> 5`", "`staff: >= 5` is `>= 4`", "`staff: >= 5` is `>= 6`"}
    assert "rules/r.yaml:4  bold-plenty: `staff: >= 5` is `> 5`, and no case notices" in found.text()
    assert "of 10 small changes" in found.text()


def test_a_change_that_means_the_same_is_not_counted(shop):
    (shop / "rules/r.yaml").write_text(RULES.replace('">= 5"', '">= 1"'), encoding="utf-8")
    (shop / "tests/cases/c.yaml").write_text("- {case: rich, given: {cash: plenty}, expect: {bold: true}, because: t}\n", encoding="utf-8")
    assert "`staff: >= 1` is gone" in {mutant.what for mutant in score(run(shop)).survivors}


def test_generated_cases_cover_what_was_not_covered_and_pass(shop):
    made = generate(shop, run(shop))
    assert made.left == ()
    assert "staff: 4}" in made.text
    assert "staff: 5}" in made.text
    (shop / "tests/cases/generated.yaml").write_text(made.text, encoding="utf-8")
    report = run(shop)
    assert not report.failed
    assert (report.loose_cells(), report.loose_bounds()) == ([], [])


def test_generated_cases_are_the_same_each_time(shop):
    assert generate(shop, run(shop)) == generate(shop, run(shop))


def test_a_failing_case_names_the_nearest_rule_and_what_it_lacks(shop):
    (shop / "tests/cases/c.yaml").write_text("- {case: small, given: {cash: plenty, staff: 4}, expect: {bold: true}, because: they asked for it}\n", encoding="utf-8")
    report = run(shop)
    (problem,) = report.problems()
    assert problem.message == "case `small` fails: `bold` is false by bold-not, expected true"
    assert problem.help == "because (the case): they asked for it; nearest rule: bold-plenty, staff is 4, wanted >= 5"
    assert problem.labels[0].span.line == 4
    assert "rules/r.yaml" in report.text(shop)
