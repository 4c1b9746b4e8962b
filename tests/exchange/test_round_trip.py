"""Export and import: without edits nothing changes; with edits only what was edited; a sheet alone rebuilds its table."""

import difflib
import shutil
import subprocess

import pytest
from common import declared, edit, export, forget, plain, put, read_sheet, take, texts, workspace, write_sheet
from conftest import ROOT

from fourfold.content import read_content
from fourfold.exchange.edits import applied, changed, restructured
from fourfold.exchange.shelf import open_shelf
from fourfold.problem import Problems

TABLES = [table.name for table in read_content(ROOT).tables]
KINDS = list(dict.fromkeys(entity.kind for entity in read_content(ROOT).entities))


def sorted_cells(value):
    """Return declarations with the cells of each row in one order: they all must hold, so their order means nothing."""
    if isinstance(value, tuple):
        inner = [sorted_cells(item) for item in value]
        if inner and all(isinstance(item, tuple) and item and item[0] == "WrittenCell" for item in inner):
            inner.sort(key=repr)
        return tuple(inner)
    return value


@pytest.mark.parametrize("name", ["book.xlsx", "book_zh.xlsx", "folder"])
def test_without_edits_every_file_stays_byte_for_byte(tmp_path, name):
    root = workspace(tmp_path / "w")
    before = texts(root)
    export(root, tmp_path / name, language="zh" if "zh" in name else "en")
    report = take(root, tmp_path / name)
    assert (report.changes, report.files) == ((), ())
    assert report.unchanged > 1500
    assert texts(root) == before


def test_an_export_is_the_same_bytes_each_time(tmp_path):
    root = workspace(tmp_path / "w")
    for name in ("a.xlsx", "b.xlsx"):
        export(root, tmp_path / name, tables=["strategy"])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def strip_tables(root):
    """Leave of each table its first rule, and of that nothing but its name and a wrong result."""
    shelf = open_shelf(root)
    for file, tree in shelf.trees.items():
        if not file.startswith("rules/"):
            continue
        text, edits = shelf.texts[file], []
        for node in tree.items:
            if node.get("table") is not None:
                rules = node.get("rules")
                gone = {key.text: None for key, _ in rules.items[0].entries if key.text not in ("id", "then", "when", "otherwise")}
                edits += restructured(text, rules, changed(text, rules.items[0], gone), set(range(1, len(rules.entries))), [])
        (root / file).write_text(applied(text, edits), encoding="utf-8")


def test_every_table_is_rebuilt_from_its_sheet_alone(tmp_path):
    root = workspace(tmp_path / "w")
    wanted = {table.name: sorted_cells(plain(table)) for table in read_content(root).tables}
    export(root, tmp_path / "csv", only=["tables"])
    forget(tmp_path / "csv")
    strip_tables(root)
    assert {table.name for table in read_content(root).tables if sorted_cells(plain(table)) == wanted[table.name]} == set()
    take(root, tmp_path / "csv")
    found = {table.name: sorted_cells(plain(table)) for table in read_content(root).tables}
    assert list(found) == TABLES
    for name in TABLES:
        assert found[name] == wanted[name], name


def test_terms_constants_entities_figures_and_cases_are_rebuilt_from_their_sheets(tmp_path):
    root = workspace(tmp_path / "w")
    wanted, cases = declared(root), [open_shelf(root).texts[name] for name in open_shelf(root).texts if name.startswith("tests/")]
    export(root, tmp_path / "csv")
    forget(tmp_path / "csv")
    strip_knowledge(root)
    assert declared(root) != wanted
    take(root, tmp_path / "csv")
    shelf = open_shelf(root)
    found = declared(root)
    for old, new in zip(by_name(wanted), by_name(found), strict=True):
        assert sorted_values(old) == sorted_values(new)
    assert [said(text) for text in cases] == [said(shelf.texts[name]) for name in shelf.texts if name.startswith("tests/")]


def by_name(content):
    """Return terms, attributes, entities… of declared content as a list of pieces."""
    return [item for part in content if isinstance(part, tuple) for item in part]


def sorted_values(piece):
    """Return an entity with its values in one order, and texts with their languages in one."""
    if not isinstance(piece, tuple):
        return piece
    inner = [sorted_values(item) for item in piece]
    if inner and inner[0] == "EntityDecl":
        inner[-1] = tuple(sorted(inner[-1], key=repr))
    if inner and inner[0] == "Words":
        inner[1] = tuple(sorted(inner[1]))
    return tuple(inner)


def said(text):
    """Return the cases of a file as data, keys in one order."""
    from fourfold.exchange.places import places

    def data(place):
        if place.what == "scalar":
            return place.text
        items = [(key.text if key else "", data(value)) for key, value in place.entries]
        return tuple(sorted(items)) if place.what == "keys" else tuple(items)

    return data(places(text))


def strip_knowledge(root):
    """Leave every other term, entity, figure and case away, and of the rest all names and texts."""
    shelf = open_shelf(root)
    for file, tree in shelf.trees.items():
        if file.startswith("rules/") or tree is None:
            continue
        text, edits = shelf.texts[file], []
        holders = [tree] if file.startswith("tests/") else [tree.get("terms"), tree.get("constants"), *(tree.get("entities").items if tree.get("entities") else ())]
        for holder in filter(None, holders):
            inner = []
            for _, node in list(holder.entries)[::2]:
                gone = {key.text: None for key, value in node.entries if key.text in ("name", "because", "help", "suits", "floor_days", "price_factor", "effect")}
                inner += changed(text, node, gone) if len(gone) < len(node.entries) else []
            edits += restructured(text, holder, inner, set(range(1, len(holder.entries), 2)), [])
        (root / file).write_text(applied(text, edits), encoding="utf-8")


def lines_changed(before, after):
    gone, come = 0, 0
    for name in before:
        for line in difflib.ndiff(before[name].decode().splitlines(), after[name].decode().splitlines()):
            gone += line.startswith("- ")
            come += line.startswith("+ ")
    return gone, come


EDITS = {
    "because en": "A new reason: with a colon, a comma and {carrier}.",
    "because zh": "新的原因：有冒号，也有 # 号。",
    "source": "our own trial, 2026",
    "from": "2026-01-01",
    "until": "2031-12-31",
}


def test_an_edit_in_every_row_of_every_table_touches_these_rows_only_and_back_gives_the_same_text(tmp_path):
    root = workspace(tmp_path / "w")
    before = texts(root)
    export(root, tmp_path / "csv", only=["tables"])
    forget(tmp_path / "csv")
    originals, count = {}, 0
    for name in TABLES:
        path = tmp_path / "csv" / f"{name}.csv"
        rows = originals[path] = read_sheet(path)
        count += len(rows) - 1
        write_sheet(path, [rows[0], *([EDITS.get(column, cell) for column, cell in zip(rows[0], row, strict=True)] for row in rows[1:])])
    report = take(root, tmp_path / "csv")
    assert len(report.changes) == len(EDITS) * count
    gone, come = lines_changed(before, texts(root))
    in_blocks = sum(text.count(b"\n    - id: ") for text in before.values())  # rules with their keys one a line
    assert gone <= count
    assert come <= count + 3 * in_blocks
    comments = [line for text in before.values() for line in text.decode().splitlines() if line.lstrip().startswith("#")]
    after = {line for text in texts(root).values() for line in text.decode().splitlines()}
    assert all(line in after for line in comments)
    for path, rows in originals.items():
        write_sheet(path, rows)
    take(root, tmp_path / "csv")
    assert {name: text.replace(b'"', b"") for name, text in texts(root).items()} == {name: text.replace(b'"', b"") for name, text in before.items()}


def test_a_changed_bound_changes_these_characters_and_no_others(tmp_path):
    root = workspace(tmp_path / "w")
    before = (root / "rules/strategy.yaml").read_text(encoding="utf-8")
    export(root, tmp_path / "strategy.csv", tables=["strategy"])
    edit(tmp_path / "strategy.csv", "test-two-readable", "when pair_testable", ">= 3")
    report = take(root, tmp_path / "strategy.csv")
    assert [(change.row, change.column, change.before, change.after) for change in report.changes] == [("test-two-readable", "when pair_testable", ">= 2", ">= 3")]
    assert (root / "rules/strategy.yaml").read_text(encoding="utf-8") == before.replace('{pair_testable: ">= 2"}', '{pair_testable: ">= 3"}', 1)


def test_rows_in_another_order_are_no_edit(tmp_path):
    root = workspace(tmp_path / "w")
    before = texts(root)
    export(root, tmp_path / "split.csv", tables=["split"])
    head, *rows = read_sheet(tmp_path / "split.csv")
    write_sheet(tmp_path / "split.csv", [head, *sorted(rows, reverse=True)])
    assert take(root, tmp_path / "split.csv").changes == ()
    assert texts(root) == before


def test_a_new_row_a_new_column_a_removed_row_and_a_new_name(tmp_path):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / "stage.csv", tables=["stage"])
    head, *rows = read_sheet(tmp_path / "stage.csv")
    head.append("when cash")
    for row in rows:
        row.append("")
    named = {row[0]: row for row in rows}
    named["stage-steady"][0] = "stage-level"
    named["stage-new"][head.index("when cash")] = "not(tight)"
    tight = [""] * len(head)
    for name, value in {
        "rule": "stage-new-tight",
        "when months_live": "< 6",
        "when cash": "tight",
        "then stage": "cold_start",
        "because en": "New, and short of cash.",
        "because zh": "刚开业，现金紧张。",
    }.items():
        tight[head.index(name)] = value
    write_sheet(tmp_path / "stage.csv", [head, rows[0], tight, *rows[1:]])
    take(root, tmp_path / "stage.csv")
    text = (root / "rules/company.yaml").read_text(encoding="utf-8")
    assert '- {id: stage-new-tight, when: {months_live: "< 6", cash: tight}, then: cold_start, because: {en: "New, and short of cash.", zh: 刚开业，现金紧张。}}' in text
    assert '- {id: stage-new, when: {months_live: "< 6", cash: not(tight)}, then: cold_start,' in text
    assert "{id: stage-level, when:" in text
    rules = next(table for table in read_content(root).tables if table.name == "stage").rules
    assert [rule.id for rule in rules] == ["stage-new", "stage-new-tight", "stage-shrinking", "stage-unproven", "stage-growing", "stage-level"]
    rows = [row for row in read_sheet(tmp_path / "stage.csv") if row[0] != "stage-new-tight"]
    write_sheet(tmp_path / "stage.csv", rows)
    take(root, tmp_path / "stage.csv")
    assert "stage-new-tight" not in (root / "rules/company.yaml").read_text(encoding="utf-8")


def test_a_figure_gets_a_second_value_with_its_days(tmp_path):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / "constants.csv", only=["constants"])
    export(root, tmp_path / "csv", only=["entities"])
    path = tmp_path / "csv" / "figures_carrier.csv"
    head, *rows = read_sheet(path)
    at = next(at for at, row in enumerate(rows) if row[:2] == ["douyin_content", "floor_money"])
    first, second = list(rows[at]), list(rows[at])
    first[head.index("nr")], first[head.index("until")] = "1", "2026-12-31"
    second[head.index("nr")], second[head.index("from")], second[head.index("value")] = "2", "2027-01-01", "1800"
    write_sheet(path, [head, *rows[:at], first, second, *rows[at + 1 :]])
    take(root, tmp_path / "csv")
    entity = next(entity for entity in read_content(root).entities if entity.name == "douyin_content")
    figures = next(figures for name, _, figures in entity.values if name == "floor_money")
    assert [(figure.texts, bool(figure.period.first), bool(figure.period.last), figure.origin.sources) for figure in figures] == [
        (("1500",), False, True, ("S18",)),
        (("1800",), True, False, ("S18",)),
    ]


@pytest.mark.parametrize("name", ["csv", "book.xlsx"])
def test_what_was_edited_in_the_files_since_the_export_stays_and_edits_on_both_sides_are_refused(tmp_path, name):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / name, tables=["strategy", "stage"])
    file = root / "rules/strategy.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('{pair_testable: ">= 2"}', '{pair_testable: ">= 4"}'), encoding="utf-8")
    put(tmp_path / name, "stage", "stage-new", "when months_live", "< 5")
    assert [change.row for change in take(root, tmp_path / name).changes] == ["stage-new"]
    assert '">= 4"' in file.read_text(encoding="utf-8")
    assert take(root, tmp_path / name).changes == ()
    put(tmp_path / name, "stage", "stage-new", "because en", "Young.")
    assert [change.column for change in take(root, tmp_path / name).changes] == ["because en"]
    put(tmp_path / name, "strategy", "test-two-readable", "when pair_testable", ">= 3")
    with pytest.raises(Problems) as fault:
        take(root, tmp_path / name)
    assert [problem.code for problem in fault.value.problems] == ["F124"]
    assert '">= 4"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["csv"])
def test_an_edited_sentence_or_shown_number_is_told_and_not_lost_silently(tmp_path, name):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / name)
    put(tmp_path / name, "strategy", "focus-lean", "sentence", "Otherwise do nothing.")
    put(tmp_path / name, "entities_carrier", "douyin_content", "see floor_money", "9000")
    with pytest.raises(Problems) as fault:
        take(root, tmp_path / name)
    assert [(problem.code, problem.span.cell.rpartition("!")[2][:1].isalpha()) for problem in fault.value.problems] == [("F125", True), ("F125", True)]


def test_signs_of_other_keyboards_are_read_and_an_edit_can_be_edited_again(tmp_path):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / "strategy.xlsx", tables=["strategy"])
    for typed, written in (("≥ 3", ">= 3"), ("＞ 4", "> 4"), ("【2..5）", "[2..5)")):
        put(tmp_path / "strategy.xlsx", "strategy", "test-two-readable", "when pair_testable", typed)
        assert [change.after for change in take(root, tmp_path / "strategy.xlsx").changes] == [written]
        assert f'{{pair_testable: "{written}"}}' in (root / "rules/strategy.yaml").read_text(encoding="utf-8")
        assert take(root, tmp_path / "strategy.xlsx").changes == ()


def test_a_table_left_out_of_the_index_is_not_taken_away(tmp_path):
    root = workspace(tmp_path / "w")
    before = texts(root)
    export(root, tmp_path / "csv", only=["tables"])
    write_sheet(tmp_path / "tables.csv", read_sheet(tmp_path / "csv" / "tables.csv")[:4])
    assert take(root, tmp_path / "tables.csv").changes == ()
    assert texts(root) == before


def test_a_row_becomes_the_one_for_all_other_cases_and_back(tmp_path):
    root = workspace(tmp_path / "w")
    file = root / "rules/plan.yaml"
    before = file.read_text(encoding="utf-8")
    export(root, tmp_path / "csv", tables=["cash_caps", "split"])
    old = read_sheet(tmp_path / "csv" / "cash_caps.csv")
    for row, name in (("caps-may-rise", "cash_caps"), ("split-testing", "split")):
        put(tmp_path / "csv", name, row, "otherwise", "yes")
        put(tmp_path / "csv", name, row, "when cash" if name == "cash_caps" else "when strategy", "")
    take(root, tmp_path / "csv")
    text = file.read_text(encoding="utf-8")
    assert "id: caps-may-rise, otherwise: 1" in text or "id: caps-may-rise, because" in text
    rules = {rule.id: rule for table in read_content(root).tables for rule in table.rules}
    assert (rules["split-testing"].is_otherwise, rules["split-testing"].cells) == (True, ())
    put(tmp_path / "csv", "split", "split-testing", "otherwise", "")
    put(tmp_path / "csv", "split", "split-testing", "when strategy", "focus_testing")
    write_sheet(tmp_path / "csv" / "cash_caps.csv", old)
    take(root, tmp_path / "csv")
    rules = {rule.id: sorted_cells(plain(rule)) for table in read_content(root).tables for rule in table.rules}
    assert rules == {rule.id: sorted_cells(plain(rule)) for table in read_content(ROOT).tables for rule in table.rules}
    others = [[line for line in text.splitlines() if "split-testing" not in line and "caps-may-rise" not in line] for text in (before, file.read_text(encoding="utf-8"))]
    assert others[0] == others[1]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_a_workbook_saved_by_libreoffice_says_the_same(tmp_path):
    root = workspace(tmp_path / "w")
    before = texts(root)
    export(root, tmp_path / "book.xlsx")
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(tmp_path / "book.xlsx")]
    subprocess.run(office, check=True, capture_output=True, timeout=300)
    assert take(root, tmp_path / "saved" / "book.xlsx").changes == ()
    assert texts(root) == before


@pytest.mark.parametrize(("name", "more"), [("stage", {"tables": ["stage"]}), ("terms", {"only": ["terms"]}), ("cases", {"only": ["cases"]})])
def test_a_sheet_under_another_name_is_known_by_its_columns_and_rows(tmp_path, name, more):
    root = workspace(tmp_path / "w")
    export(root, tmp_path / f"{name}.csv", **more)
    (tmp_path / f"{name}.csv").rename(tmp_path / "from Anna (2).csv")
    assert take(root, tmp_path / "from Anna (2).csv").changes == ()
