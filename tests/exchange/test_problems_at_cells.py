"""What is wrong in a sheet is told at sheet and cell, all at once, and then nothing is written."""

import pytest
from common import edit, export, put, read_sheet, take, texts, workspace, write_sheet

from fourfold.exchange.nouns import letters
from fourfold.problem import Problems
from fourfold.show_problem import as_data, show


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    root = workspace(folder / "w")
    export(root, folder / "book.xlsx", tables=["strategy", "stage"])
    export(root, folder / "csv")
    return folder


@pytest.fixture
def place(exported, tmp_path):
    """Return a copy of the exports to edit, and the workspace they are from; it must not change."""
    import shutil

    shutil.copy(exported / "book.xlsx", tmp_path)
    shutil.copytree(exported / "csv", tmp_path / "csv")
    before = texts(exported / "w")
    yield tmp_path, exported / "w"
    assert texts(exported / "w") == before


def refused(root, source):
    with pytest.raises(Problems) as fault:
        take(root, source)
    return fault.value.problems


CASES = [
    ("strategy", "test-two-readable", "when pair_testable", "3 or more", "F104", "write `>= 3`"),
    ("strategy", "test-two-readable", "when pair_testable", ">== 3", "F104", "write `>= 3`"),
    ("strategy", "test-two-readable", "then strategy", "focussing", "F204", "focus"),
    ("strategy", "focus-proven", "overrides", "test-two-readible", "F201", "did you mean `test-two-readable`"),
    ("strategy", "focus-proven", "from", "soon", "F112", "2026-11-30"),
    ("strategy", "focus-lean", "when appetite", "explore", "F106", "clear"),
    ("strategy", "focus-lean", "otherwise", "maybe", "F203", "yes"),
    ("carrier_fit", "fit-goal", "then carrier.fit", "three", "F203", ""),
    ("tables", "strategy", "hit policy", "first", "F204", "sorting"),
    ("terms", "cash", "assume", "stedy", "F204", "steady"),
    ("terms", "monthly_budget", "range", "[0", "F102", ""),
    ("constants", "conversions_to_read", "value", "30.5", "F207", ""),
    ("constants", "conversions_to_read", "confidence", "sure", "F204", "high"),
    ("entities_carrier", "douyin_content", "job", "fnd", "F204", "find"),
]


@pytest.mark.parametrize(("sheet", "row", "column", "value", "code", "help"), CASES)
def test_a_wrong_cell_is_told_at_its_cell(place, sheet, row, column, value, code, help):
    folder, root = place
    file = folder / "csv" / f"{sheet}.csv"
    edit(file, row, column, value)
    rows = read_sheet(file)
    where = f"{letters(rows[0].index(column) + 1)}{next(at for at, line in enumerate(rows, 1) if line[0] == row)}"
    problems = refused(root, file)
    assert [problem.code for problem in problems][:1] == [code]
    assert str(problems[0].span) == f"{file}:{where}"
    assert help in (problems[0].help or "")


def test_all_problems_of_all_sheets_are_shown_at_once(place):
    folder, root = place
    for sheet, row, column, value, *_ in CASES[:2]:
        put(folder / "book.xlsx", sheet, row, column, value)
    put(folder / "book.xlsx", "stage", "stage-new", "when months_live", "under six")
    cells = {problem.span.cell for problem in refused(root, folder / "book.xlsx")}
    assert {cell.partition("!")[0] for cell in cells} == {"stage", "strategy"}


def test_the_block_of_a_problem_names_sheet_and_cell_and_shows_no_line_of_yaml(place):
    folder, root = place
    put(folder / "book.xlsx", "strategy", "test-two-readable", "when pair_testable", "3 or more")
    problems = refused(root, folder / "book.xlsx")
    text = show(problems, lambda _file, _line: "never shown")
    assert text.startswith(f"{folder / 'book.xlsx'}:strategy!F6: F104 cell `pair_testable`: ")
    assert "never shown" not in text
    assert as_data(problems[0])["cell"] == "strategy!F6"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda rows: [rows[0], *rows[1:], rows[1]], "F105", "stands here twice"),
        (lambda rows: [row[1:] for row in rows], "F123", "lacks the column `rule`"),
        (lambda rows: [[cell for at, cell in enumerate(row) if rows[0][at] != "when appetite"] for row in rows], "F123", "lacks the column `when appetite`"),
        (lambda rows: [[*row, "appetit" if at == 0 else "x"] for at, row in enumerate(rows)], "F123", "no column `appetit`"),
        (lambda rows: [[*row, "" if at == 0 else "x"] for at, row in enumerate(rows)], "F123", "has no name"),
        (lambda rows: [[*row, "then strategy" if at == 0 else "x"] for at, row in enumerate(rows)], "F105", "stands here twice"),
        (lambda rows: [rows[0], ["", *rows[1][1:]], *rows[2:]], "F123", "this row has no `rule`"),
        (lambda rows: rows[1:], "F123", "no row with the names"),
        (lambda rows: [[*row, "when no_such_term" if at == 0 else "x" if at == 1 else ""] for at, row in enumerate(rows)], "F201", "unknown term"),
    ],
)
def test_a_sheet_of_the_wrong_form_is_refused_with_its_cell(place, change, code, words):
    folder, root = place
    path = folder / "csv" / "strategy.csv"
    write_sheet(path, change(read_sheet(path)))
    problems = refused(root, path)
    assert problems[0].code == code
    assert words in problems[0].message
    assert problems[0].span.cell


def test_a_missing_sheet_and_an_unknown_one_are_told(place):
    folder, root = place
    (folder / "csv" / "strategy.csv").unlink()
    (folder / "csv" / "stratgy.csv").write_text("a,b\nc,d\n", encoding="utf-8")
    found = refused(root, folder / "csv")
    assert [(problem.code, problem.message) for problem in found] == [
        ("F123", "the sheet `strategy` is missing"),
        ("F123", "there is no table, kind or section for the sheet `stratgy`"),
    ]
    assert "strategy" in found[1].help


def test_what_cannot_be_added_in_a_sheet_says_where_it_begins(place):
    folder, root = place
    for name, row in (("tables", ["new_table"]), ("cases", ["a case", "elsewhere.yaml"]), ("figures_carrier", ["no_such", "floor_money", "", "", "5"])):
        path = folder / "csv" / f"{name}.csv"
        rows = read_sheet(path)
        write_sheet(path, [*rows, row])
    assert [(problem.code, problem.span.file.rpartition("/")[2]) for problem in refused(root, folder / "csv")] == [("F126", "cases.csv"), ("F202", "figures_carrier.csv"), ("F126", "tables.csv")]


def test_a_check_writes_nothing(place):
    folder, root = place
    edit(folder / "csv" / "stage.csv", "stage-new", "when months_live", "< 5")
    report = take(root, folder / "csv", write=False)
    assert not report.is_written
    assert [change.after for change in report.changes] == ["< 5"]
