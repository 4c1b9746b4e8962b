"""Workbooks in a comparison: sheets laid over the workspace, places at sheet and cell, nothing written."""

import json
import re
import shutil
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "exchange"))

from common import export, put, read_sheet, take, texts, write_sheet

MENDS = [
    ("tried_poster:", "tried_posters:"),
    ("then: posters", "then: posters\n      overrides: [way-ads]"),
    ('">== 500"', '">= 500"'),
    ("    - {id: reserve-steady", "    - {id: reserve-plenty, when: {cash: plenty}, then: 0, because: {en: Nothing has to wait., zh: 不用留。}}\n    - {id: reserve-steady"),
]


def small(folder):
    """Return the tutorial's workspace with its mistakes mended, and the shipped templates."""
    shutil.copytree(ROOT / "examples" / "tutorial", folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    path = folder / "rules" / "shop.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in MENDS:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Return a small workspace with its tables exported as a workbook and as CSV, and cells edited in both."""
    folder = tmp_path_factory.mktemp("sheets")
    root = small(folder / "book")
    export(root, folder / "as_it_was.xlsx")
    for name in ("edited.xlsx", "edited"):
        export(root, folder / name)
        put(folder / name, "way", "way-ads", "when monthly_money", ">= 900")
        put(folder / name, "way", "way-wait", "when monthly_money", "< 900")
        put(folder / name, "reserve", "reserve-tight", "because en", "Tight cash waits.")
    return folder


def compared(run, shop, *names):
    found = run("diff", *names, "--workspace", shop / "book", "--as-of", "2026-11-25", "--regions", "1", "--format", "json")
    assert found.exit_code == 0, found.output
    return json.loads(found.output)


def said(edits):
    return [(item["thing"], item["aspect"], item["before"], item["after"]) for item in edits]


def test_a_workbook_is_compared_as_what_an_import_would_make_of_it(run, shop, tmp_path):
    before = texts(shop / "book")
    found = compared(run, shop, shop / "book", shop / "edited.xlsx")
    assert texts(shop / "book") == before
    imported = small(tmp_path / "imported")
    take(imported, shop / "edited.xlsx")
    by_folder = compared(run, shop, shop / "book", imported)
    assert said(found["edits"]) == said(by_folder["edits"])
    assert len(found["edits"]) == 3
    assert found["regions"] == by_folder["regions"]
    assert found["new"]["rule_book"] == by_folder["new"]["rule_book"]


@pytest.mark.parametrize(("name", "place", "other"), [("edited.xlsx", "edited.xlsx:way!", "edited.xlsx:reserve!"), ("edited", "edited/way.csv:", "edited/reserve.csv:")])
def test_the_places_are_those_of_sheet_and_cell(run, shop, name, place, other):
    text = run("diff", shop / "book", shop / name, "--workspace", shop / "book", "--as-of", "2026-11-25").output
    lines = [line for line in text.splitlines() if line.startswith("changed")]
    (ads,) = (line for line in lines if "way-ads" in line)
    assert "monthly_money: >= 500 → >= 900" in ads
    cell = re.search(re.escape(str(shop / place)) + r"([A-Z]+\d+)\)$", ads)[1]
    if name.endswith("xlsx"):
        import openpyxl

        assert openpyxl.load_workbook(shop / name)["way"][cell].value == ">= 900"
    assert any(f"({shop / other}" in line for line in lines)


def test_two_workbooks_are_compared_with_each_other(run, shop):
    found = compared(run, shop, shop / "as_it_was.xlsx", shop / "edited")
    assert [item["thing"] for item in found["edits"]] == ["rule way-ads", "rule way-wait", "rule reserve-tight"]
    assert compared(run, shop, shop / "as_it_was.xlsx")["edits"] == []


def test_what_is_wrong_in_a_sheet_is_told_at_its_cell(run, shop, tmp_path):
    rows = read_sheet(shop / "edited" / "way.csv")
    write_sheet(tmp_path / "way.csv", [[cell.replace(">= 900", ">== 900") for cell in row] for row in rows])
    found = run("diff", shop / "book", tmp_path / "way.csv", "--workspace", shop / "book")
    assert found.exit_code == 1
    assert "F104" in found.output
    assert f"{tmp_path / 'way.csv'}:" in found.output
    (tmp_path / "empty.xlsx").write_bytes(b"no workbook")
    assert run("diff", shop / "book", tmp_path / "empty.xlsx", "--workspace", shop / "book").exit_code == 1
    assert "F321" in run("diff", tmp_path / "nowhere.xlsx", "--workspace", shop / "book").output
