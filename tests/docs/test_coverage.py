"""The table of the 92 concepts: whole, in order, and every reference exists."""

import re

import pytest
import yaml
from conftest import ROOT

PARTS = sorted((ROOT / "templates" / "parts").glob("*.en.md.j2"))
STATES = {"shown", "part", "data", "open"}


def rows():
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if re.match(r"\| \d+ \|", line)]


@pytest.fixture(scope="module")
def known():
    from fourfold.content import read_content
    from fourfold.measuring import METHODS as MEASURING
    from fourfold.people import METHODS as PEOPLE
    from fourfold.plan import METHODS as PLAN
    from fourfold.trials import METHODS as TRIALS

    content = read_content(ROOT)
    kinds = {name for name, _, _ in content.kinds}
    tests = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tests |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M))
    cases = set()
    for path in (ROOT / "tests" / "cases").glob("*.yaml"):
        cases |= {str(item["case"]) for item in yaml.safe_load(path.read_text(encoding="utf-8")) or [] if "case" in item}
    templates = ROOT / "templates"
    headings = "\n".join(path.read_text(encoding="utf-8") for path in (templates / "plan.en.md.j2", *sorted((templates / "parts").glob("*.en.md.j2"))))
    return {
        "rule": {rule.id for table in content.tables for rule in table.rules},
        "term": {term.name for term in content.terms if not term.figures} | {item.name for item in (*content.selections, *content.registers)},
        "constant": {term.name for term in content.terms if term.figures},
        "entity": {f"{item.kind}.{item.name}" for item in content.entities},
        "kind": kinds,
        "attribute": {f"{item.kind_name}.{item.name}" for item in content.attributes},
        "method": set(PLAN) | set(MEASURING) | set(PEOPLE) | set(TRIALS),
        "block": set(re.findall(r"^#+ (.*)$", headings, re.M)),
        "part": {path.name.partition(".")[0] for path in PARTS},
        "case": cases,
        "test": tests,
    }


def test_the_table_has_92_rows_in_order():
    assert [int(row[0]) for row in rows()] == list(range(1, 93))


def test_every_row_has_a_state_and_says_what_is_missing():
    for number, concept, _, shown_by, state, missing in rows():
        assert state in STATES, number
        assert bool(missing) == (state != "shown"), (number, concept)
        assert shown_by or state != "shown", (number, concept)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_reference_exists(known, row):
    _, _, lives, shown_by, _, _ = row
    found = re.findall(r"(rule|term|constant|entity|kind|method|part|block|case|test) `([^`]+)`", f"{lives}, {shown_by}")
    plain = re.findall(r"(?<![\w`.])([a-z_]+\.[a-z_]+)(?![\w`.])", re.sub(r"`[^`]*`", "", lives))
    assert found or plain
    for what, name in found:
        names = known[what]
        assert any(name in item for item in names) if what == "block" else name in names, f"{what} `{name}`"
    for name in plain:
        assert name in known["attribute"], name
