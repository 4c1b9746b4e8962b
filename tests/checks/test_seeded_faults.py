"""Faults put into a copy of the shipped book, one at a time: each is found, told in words, and nothing else is.

What only a proof can find (an overlap that no single column shows, a dead rule through chaining) is held by the tests of `prove`.
"""

import re
import shutil

import pytest
from conftest import DAY, ROOT

from fourfold.cases import run
from fourfold.checking import Checker

FAULTS = {
    "a gap": ("rules/company.yaml", r"    - \{id: appetite-tight.*\n", "", "F347", "no row of table `usual_appetite` lets `cash` `tight` through"),
    "an overlap": ("rules/carriers.yaml", r"carrier.reading: meets, carrier.earlier_reading: not\(meets\)", "carrier.reading: meets", "F340", "rules `standing-proven` and `standing-promising` disagree"),
    "a shadowed row": ("rules/strategy.yaml", r'when: \{proven_carriers: ">= 1"\}', 'when: {proven_carriers: ">= 1", reach_all: true}', "F342", "rule `focus-proven` never speaks"),
    "a wrong unit": ("rules/plan.yaml", r"is: max\(0, person_days - core_days\)", "is: max(0, employees - core_days)", "F353", "takes people and person-days in four weeks together"),
    "a cycle": ("rules/strategy.yaml", r"is: monthly_budget \* business_model.trial_months", "is: half_test_money * 2", "F302", "half_test_money"),
    "a stale source": ("knowledge/constants.yaml", r"(source: \[S124, .*\n    date: )2026", r"\g<1>2014", "F240", "of 2014, older than 3 years"),
    "a misspelt term": ("rules/plan.yaml", r"months_live: \"< 6\"", 'month_live: "< 6"', "F201", "unknown term `month_live`"),
    "a text in one language": ("rules/strategy.yaml", r"(id: focus-lean\n.*\n.*en: \"[^\"]*\"), zh: [^}]*\}", r"\1}", "F212", "rule `focus-lean` has no text in `zh`"),
    "a range upside down": ("knowledge/constants.yaml", r"low: 20\n    high: 50", "low: 50\n    high: 20", "F214", "the range of constant `conversions_to_read` does not hold its value"),
    "a currency without rate": ("knowledge/carriers_china.yaml", r"currency: CNY, source: S32", "currency: XAU, source: S32", "F211", "no rate for the currency `XAU`"),
    "a carrier that does not exist": ("knowledge/practices.yaml", r"carriers: \[wecom_private_domain, ", "carriers: [wecom_private_domian, ", "F204", "`wecom_private_domian` is not one of the choices"),
    "a source that does not exist": ("knowledge/constants.yaml", r"near: \[S87,", "near: [S8700,", "F201", "unknown source `S8700`"),
    "a warning that is never given": ("rules/plan.yaml", r"    - \{id: warn-cash.*\n", "", "F349", "no rule concludes `cash_tight` of `warnings`"),
    "a number instead of its constant": ("rules/plan.yaml", r'"< holdout_customers"', '"< 2000"', "F351", "is the constant `holdout_customers`"),
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeded")
    for part in ("rules", "knowledge", "templates", "tests/cases"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_told(workspace, fault):
    name, before, after, code, words = FAULTS[fault]
    path = workspace / name
    text = path.read_text(encoding="utf-8")
    wrong, count = re.subn(before, after, text, count=1)
    assert count == 1, before
    assert wrong != text
    path.write_text(wrong, encoding="utf-8")
    try:
        found = Checker(workspace).check(DAY).problems
    finally:
        path.write_text(text, encoding="utf-8")
    mine = [problem for problem in found if problem.code == code and words in problem.message]
    assert mine, [problem.message for problem in found]
    assert all(problem.help for problem in mine)
    assert len(found) <= 4, [problem.message for problem in found]


def test_a_bound_moved_by_mistake_fails_a_case_that_names_the_rule(workspace):
    path = workspace / "rules" / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('when: {pair_testable: ">= 2"}', 'when: {pair_testable: ">= 9"}'), encoding="utf-8")
    try:
        problems = run(workspace).problems()
    finally:
        path.write_text(text, encoding="utf-8")
    assert any(problem.code == "F401" and "nearest rule: test-two-readable" in problem.help for problem in problems)
