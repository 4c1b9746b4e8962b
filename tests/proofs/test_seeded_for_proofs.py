"""Faults put into a copy of the shipped book that no check can see, since each shows only through what the rules conclude together.

Each is found by a proof, told with a smallest company that the referee sees, and nothing else is found at that table.
"""

import re
import shutil

import pytest
from conftest import DAY, ROOT

from fourfold.checking import Checker
from fourfold.findings import told
from fourfold.still_proven import Look
from fourfold.witnesses import shows

FAULTS = {
    "a gap": (
        "rules/company.yaml", r'"\[-2..2\)"', '"[-1..2)"', "stage",
        "F310", "no rule of table `stage` decides `stage` when `months_live` >= 6, `monthly_growth` is [-2.0%..-1.0%), `proven_carriers` >= 1",
        "`--fix 1 --widen stage-steady` lets that rule take it in (`monthly_growth` [-1..2) → [-2..2))",
    ),
    "an overlap": (
        "rules/carriers.yaml", r'carrier.opening: "> monthly_budget"', 'carrier.opening: ">= monthly_budget"', "reachable",
        "F311", "rules `reachable-payable` and `reachable-not` disagree about", "let one of them override the other, or narrow a cell of one",
    ),
    "a cell that never matters": (
        "rules/carriers.yaml", r'carrier.standing: "promising, proven"', 'carrier.standing: "promising, proven", carrier.reading: not(misses)', "carrier_fits",
        "F317", "the cell `carrier.reading` of rule `fits-shown` never matters", "remove the cell, or correct it",
    ),
    "a rule that is overridden wherever it hits": (
        "rules/strategy.yaml", r'when: \{promising_carriers: ">= 1", appetite: efficient\}', 'when: {promising_carriers: ">= 1", budget_coverage: ">= 1", team_coverage: ">= 1", appetite: maximise, cash: not(tight)}',
        "strategy", "F316", "rule `focus-promising` never speaks: whenever it hits, `omnichannel-rich-willing` overrides it", "turn an override round",
    ),
    "more that loses": (
        "rules/carriers.yaml", r"(id: testable-new, when: \{)", r'\g<1>monthly_budget: "< 5000000", ', "testable",
        "F313", "more `monthly_budget` loses `carrier.testable` is true", "More money never makes a carrier untestable.",
    ),
    "a broken promise": (
        "rules/strategy.yaml", r"appetite: maximise, cash: not\(tight\)", "appetite: maximise", "reach_all",
        "F312", "the promise `omnichannel-needs-cash` is broken", "Tight cash never leads to omnichannel.",
    ),
}  # fmt: skip


# the book allows these with a reason, or they lie beside what the fault changes
ALLOWED = {("idle-cell", "stage-unproven", "months_live"), ("idle-cell", "fits-known", "carrier.outdated"), ("idle-cell", "fits-shown", "carrier.outdated")}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeded")
    for part in ("rules", "knowledge", "templates", "tests/cases"):
        shutil.copytree(ROOT / part, folder / part)
    checker = Checker(folder)
    assert checker.check(DAY).problems == ()
    return checker


@pytest.mark.parametrize("fault", FAULTS)
def test_only_a_proof_finds_it_and_an_expert_reads_what_is_wrong(workshop, fault):
    name, before, after, table, code, words, help_text = FAULTS[fault]
    path = workshop.root / name
    text = path.read_text(encoding="utf-8")
    wrong, count = re.subn(before, after, text, count=1)
    assert count == 1
    path.write_text(wrong, encoding="utf-8")
    try:
        checked = workshop.check(DAY).problems
    finally:
        path.write_text(text, encoding="utf-8")
    assert checked == ()
    book = workshop.seen.book
    found = [item for item in Look(book, table).outcomes(whole=True) if item.subject not in ALLOWED]
    problems = [told(book, item, 1, 5) for item in found]
    mine = [(item, problem) for item, problem in zip(found, problems, strict=True) if problem.code == code and words in problem.message]
    assert mine, [problem.message for problem in problems]
    item, problem = mine[0]
    assert help_text in problem.help
    assert not item.facts or shows(book, item)(dict(item.facts))
    assert not item.facts or any(title == "witness" for title, _ in problem.notes)
    assert len(problems) <= 2, [problem.message for problem in problems]
