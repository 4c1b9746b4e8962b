"""What comes in as a workbook or CSV may be anything: it is refused with a reason, and never half taken."""

import io
import zipfile
from pathlib import Path

import pytest
from common import export, read_sheet, take, texts, workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.exchange import read_xlsx as reading
from fourfold.exchange.csv_files import csv_text, guarded, read_csv, unguarded
from fourfold.exchange.nouns import Column, Row, Sheet
from fourfold.exchange.read_xlsx import read_xlsx
from fourfold.problem import Problems

SHEET = "xl/worksheets/sheet2.xml"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    root = workspace(folder / "w")
    export(root, folder / "strategy.xlsx", tables=["strategy"])
    return folder / "strategy.xlsx", root


def packed(source: Path, changes: dict, leave=()) -> bytes:
    """Return a workbook with some parts changed or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in leave:
                data = old.read(name)
                change = changes.get(name)
                new.writestr(name, change(data) if callable(change) else data if change is None else change)
        for name, data in changes.items():
            if name not in old.namelist():
                new.writestr(name, data)
    return buffer.getvalue()


def replaced(old: bytes, new: bytes):
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


LINK = b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
REFUSED = [
    ("macros", {"xl/vbaProject.bin": b"x"}, "F122", "holds macros"),
    ("macro type", {"[Content_Types].xml": replaced(b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml")}, "F122", "with macros"),
    ("external link", {"xl/externalLinks/externalLink1.xml": b"<a/>"}, "F122", "links to other files"),
    ("reach", {"xl/_rels/workbook.xml.rels": replaced(b"</Relationships>", LINK)}, "F122", "reaches for another file"),
    ("connection", {"xl/connections.xml": b"<a/>"}, "F122", "connection to data"),
    ("object", {"xl/embeddings/oleObject1.bin": b"x"}, "F122", "embedded objects"),
    ("formula", {SHEET: replaced(b"<v>", b"<f>HYPERLINK(1)</f><v>")}, "F122", "a formula stands here"),
    ("merged", {SHEET: replaced(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="B3:C4"/></mergeCells>')}, "F122", "the cells B3:C4 are merged"),
    ("error", {SHEET: replaced(b't="s"><v>', b't="e"><v>#REF!')}, "F122", "an error value"),
    ("entities", {SHEET: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ccc">]><a>&b;</a>'}, "F121", "not plain XML"),
    ("utf-16", {SHEET: "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a []><a/>".encode("utf-16")}, "F121", "not plain XML"),
    ("half a part", {SHEET: lambda data: data[: len(data) // 2]}, "F121", "broken workbook"),
    ("no such string", {"xl/sharedStrings.xml": b"<sst/>"}, "F121", "broken workbook"),
    ("no rows with names", {SHEET: replaced(b"<sheetData>", b"<sheetData/><x>")}, "F121", "broken workbook"),
]


@pytest.mark.parametrize(("name", "changes", "code", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_could_act_or_is_broken_is_refused_with_a_reason(book, tmp_path, name, changes, code, words):
    path, root = book
    before = texts(root)
    (tmp_path / "bad.xlsx").write_bytes(packed(path, changes))
    with pytest.raises(Problems) as fault:
        take(root, tmp_path / "bad.xlsx")
    problem = fault.value.problems[0]
    assert (problem.code, words in problem.message) == (code, True), problem
    assert problem.help
    assert texts(root) == before


def test_a_formula_a_merged_range_and_an_error_are_told_together_each_at_its_cell(book):
    path, _ = book
    both = lambda data: replaced(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="B3:C4"/></mergeCells>')(replaced(b"<v>", b"<f>1+1</f><v>")(data))  # noqa: E731
    with pytest.raises(Problems) as fault:
        read_xlsx(packed(path, {SHEET: both}), "x.xlsx")
    assert [problem.span.cell for problem in fault.value.problems] == ["tables!A1", "tables!B3"]


def test_missing_parts_are_told(book):
    path, _ = book
    for part in ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET):
        with pytest.raises(Problems) as fault:
            read_xlsx(packed(path, {}, leave=(part,)), "x.xlsx")
        assert [problem.code for problem in fault.value.problems] == ["F121"], part


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "F121"), (b"PK\x03\x04", "F121"), (b"PK\x03\x04" + b"\0" * 400, "F121"), (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "F121"), (b"hello", "F121"), (b"PK\x05\x06" + b"\0" * 18, "F121")],
)
def test_what_is_no_workbook_is_told(data, code):
    with pytest.raises(Problems) as fault:
        read_xlsx(data, "x.xlsx")
    assert [problem.code for problem in fault.value.problems] == [code]


def test_an_open_document_is_told_what_to_do():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(Problems) as fault:
        read_xlsx(buffer.getvalue(), "x.xlsx")
    assert "save it as .xlsx" in fault.value.problems[0].help


def test_bombs_are_refused_before_they_are_unpacked(book, monkeypatch):
    path, _ = book
    opened = []
    original = zipfile.ZipFile.open
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, name, *rest, **more: opened.append(name) or original(self, name, *rest, **more))
    tight = packed(path, {SHEET: b" " * 40_000_000})
    many = packed(path, {f"xl/part{number}.xml": b"" for number in range(2100)})
    opened.clear()
    for data in (tight, many):
        with pytest.raises(Problems) as fault:
            read_xlsx(data, "x.xlsx")
        assert [problem.code for problem in fault.value.problems] == ["F108"]
    assert opened == []
    monkeypatch.setattr(reading, "LARGEST_FILE", 100)
    with pytest.raises(Problems) as fault:
        read_xlsx(tight, "x.xlsx")
    assert [problem.code for problem in fault.value.problems] == ["F108"]


def test_a_part_that_is_larger_than_it_says_is_cut_off(book, monkeypatch):
    path, _ = book
    monkeypatch.setattr(reading, "LARGEST_PART", 1000)
    with pytest.raises(Problems) as fault:
        read_xlsx(path.read_bytes(), "x.xlsx")
    assert fault.value.problems[0].code == "F108"


def test_too_many_cells_are_refused(book, monkeypatch):
    path, _ = book
    monkeypatch.setattr(reading, "MOST_CELLS", 20)
    with pytest.raises(Problems) as fault:
        read_xlsx(path.read_bytes(), "x.xlsx")
    assert "more than 20 cells" in fault.value.problems[0].message


def codes(data: bytes) -> set[str]:
    """Return the codes for which a workbook is refused; none where it is read."""
    try:
        read_xlsx(data, "x.xlsx")
    except Problems as fault:
        return {problem.code for problem in fault.problems}
    return set()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_workbook_gives_cells_or_problems_and_nothing_else(book, data):
    path, _ = book
    with zipfile.ZipFile(path) as parts:
        names = [name for name in parts.namelist() if name.endswith((".xml", ".rels"))]
        name = data.draw(st.sampled_from(names))
        text = bytearray(parts.read(name))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        kind = data.draw(st.sampled_from(["set", "cut", "twice"]))
        if kind == "set":
            text[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del text[at : at + data.draw(st.integers(1, 40))]
        else:
            text[at:at] = text[at : at + data.draw(st.integers(1, 40))]
        if not text:
            text = bytearray(b"x")
    assert codes(packed(path, {name: bytes(text)})) <= {"F108", "F121", "F122"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_archive_gives_cells_or_problems_and_nothing_else(book, data):
    path, _ = book
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    assert codes(bytes(whole[: data.draw(st.integers(1, len(whole)))])) <= {"F108", "F121", "F122"}


# ---------------------------------------------------------------- CSV

CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=20)
RUNS = "=+-@\t\r\n＝＋－＠"


@settings(max_examples=300, deadline=None)
@given(st.one_of(CELL, st.sampled_from(["=1+1", "+49", "-", "-4", "- 4", "@SUM(A1)", "'=1", "''", "=cmd|' /C calc'!A0", "＝1+1", "-1.5%", "'", "\t=1"])))
def test_a_cell_of_csv_comes_back_as_it_was_and_is_never_run(text):
    assert unguarded(guarded(text)) == text
    written = guarded(text)
    assert written[0] not in RUNS or written.lstrip("-").replace(".", "").rstrip("%").isdigit()
    sheet = Sheet("s", "table", "s", "", (Column("a"), Column("b")), (Row(("x",), {"a": text, "b": "y"}),))
    grid = read_csv(csv_text(sheet), "s.csv", "s")
    assert grid.cells[2, 1] == text
    assert grid.cells[2, 2] == "y"


def test_no_cell_of_the_shipped_book_is_run_by_a_spreadsheet(book, tmp_path):
    _, root = book
    export(root, tmp_path / "csv")
    cells = [cell for path in (tmp_path / "csv").iterdir() for row in read_sheet(path) for cell in row]
    assert len(cells) > 10_000
    assert [cell for cell in cells if cell[:1] in tuple("=+@＝＋－＠\t\r") or (cell[:1] == "-" and not cell[1:].replace(".", "").rstrip("%").isdigit())] == []


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_read(sign):
    grid = read_csv(f"rule{sign}when cash\na{sign}tight\n".encode(), "x.csv", "x")
    assert grid.cells == {(1, 1): "rule", (1, 2): "when cash", (2, 1): "a", (2, 2): "tight"}


@pytest.mark.parametrize(("data", "code"), [(b'a,b\n"open,1\n', "F121"), ("规则,条件".encode("gb18030"), "F101"), (b"a\x00b", "F101"), ("a,b".encode("utf-16"), "F101")])
def test_broken_csv_is_refused_with_a_reason(data, code):
    with pytest.raises(Problems) as fault:
        read_csv(data, "x.csv", "x")
    assert [problem.code for problem in fault.value.problems] == [code]
    assert fault.value.problems[0].help


# ---------------------------------------------------------------- files


def test_nothing_is_written_through_a_link_or_half(tmp_path, monkeypatch):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / "csv", tables=["stage", "split"])
    for name, row, column, value in (("stage", "stage-new", "because en", "New."), ("split", "split-testing", "because en", "Tests.")):
        from common import edit

        edit(tmp_path / "csv" / f"{name}.csv", row, column, value)
    inside = root / "rules" / "company.yaml"
    real = root / "knowledge" / "company_rules.txt"
    inside.rename(real)
    inside.symlink_to(real)
    before = texts(root)
    with pytest.raises(Problems) as fault:
        take(root, tmp_path / "csv")
    assert [problem.code for problem in fault.value.problems] == ["F127"]
    assert texts(root) == before
    inside.unlink()
    real.rename(inside)
    import os

    before, replace, count = texts(root), os.replace, []

    def once(source, target):
        count.append(target)
        if len(count) == 2:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", once)
    with pytest.raises(Problems) as fault:
        take(root, tmp_path / "csv")
    assert [problem.code for problem in fault.value.problems] == ["F116"]
    assert texts(root) == before
    assert [path for path in root.rglob(".*") if path.is_file()] == []


def test_a_link_out_of_a_folder_of_csv_is_not_read(tmp_path):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / "csv", tables=["stage"])
    (tmp_path / "secret.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "csv" / "more.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(Problems) as fault:
        take(root, tmp_path / "csv")
    assert [problem.code for problem in fault.value.problems] == ["F127"]


def test_a_file_outside_the_workspace_cannot_be_named_in_a_sheet(tmp_path):
    from common import write_sheet

    root = workspace(tmp_path / "w")
    export(root, tmp_path / "cases.csv", only=["cases"])
    rows = read_sheet(tmp_path / "cases.csv")
    for name in ("../../../outside.yaml", "/etc/outside.yaml", "new.yaml"):
        write_sheet(tmp_path / "cases.csv", [*rows, ["a new case", name]])
        with pytest.raises(Problems) as fault:
            take(root, tmp_path / "cases.csv")
        assert [problem.code for problem in fault.value.problems] == ["F126"]
    assert not (tmp_path / "outside.yaml").exists()
