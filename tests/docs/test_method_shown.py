"""The method is alive: what a row of the coverage table names can not go without its case failing."""

import re

import pytest
import removal
from test_coverage import rows

from fourfold.cases import all_cases, open_case

REFERENCE = re.compile(r"(rule|term|constant|entity|kind|method|part|block) `([^`]+)`")
PLAIN = re.compile(r"(?<![\w`.])([a-z_]+\.[a-z_]+)(?![\w`.])")


def references(text):
    """Return what a cell names, as pairs such as (`rule`, `focus-proven`)."""
    return REFERENCE.findall(text) + [("attribute", name) for name in PLAIN.findall(re.sub(r"`[^`]*`", "", text))]


SHOWN = [row for row in rows() if row[4] == "shown"]


@pytest.fixture(scope="module")
def runs(root):
    """Return the cases by name, opened when first asked for."""
    cases = {case.name: case for case in all_cases(root)[0]}
    opened = {}

    def of(name):
        if name not in opened:
            opened[name] = removal.Run(cases[name], *open_case(root, cases[name]))
        return opened[name]

    return of


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: row[0])
def test_coverage_of_the_method(root, runs, row):
    named = [runs(name) for name in re.findall(r"case `([^`]+)`", row[3])]
    assert named, "a shown row names a case"
    for run in named:
        assert not removal.fails(run, root), run.case.name
    idle = [f"{what} `{name}`" for what, name in references(row[2]) if not any(removal.is_needed(run, root, what, name) for run in named)]
    assert not idle, f"no case notices when these go: {idle}"
