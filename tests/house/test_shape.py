"""The house: imports go down, files and functions keep their size, one library in one place, no clock."""

import ast
import re
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "engine" / "fourfold"
HEIGHTS = {
    "": 0, "noun": 0, "suggest": 0, "span": 0.1,
    "problem": 1, "show_problem": 1.5,
    "expression": 2, "expression.nodes": 2, "expression.kinds": 2.1, "expression.parse": 2.1, "expression.show": 2.2,
    "written": 3, "model": 3.1,
    "reading": 4, "reading.amounts": 4, "reading.document": 4, "reading.shape": 4.1, "reading.values": 4.2, "reading.knowledge": 4.3, "reading.population": 4.3, "reading.rules": 4.3,
    "reading.sections": 4.4, "content": 4.5,
    "linking.known": 5, "linking.simplify": 5, "linking.figures": 5.05, "linking.meant_kinds": 5.05, "linking.knowledge": 5.1, "linking.names": 5.1, "linking.amounts": 5.15,
    "linking.formulas": 5.2, "linking.cells": 5.3, "linking.gather": 5.3, "linking.aggregates": 5.4, "linking.bounds": 5.4, "linking.cycles": 5.4, "linking.distributions": 5.4,
    "linking.doorway": 5.4, "linking.selections": 5.4, "linking.tables": 5.4, "linking.terms": 5.4, "linking.draws": 5.45, "linking.memo": 5.45, "linking.lower": 5.5, "linking.order": 5.6,
    "linking.whole": 5.65, "linking": 5.7, "writing": 5.75, "cache": 5.8, "packing": 5.8, "rates": 5.8, "public_holidays": 5.85, "library": 5.9, "line": 5.9, "revisions": 5.9,
    "decide": 6, "edits": 6, "rulesets": 6, "population.chance": 6.01, "population.compiled": 6.01, "population.trees": 6.02, "population.steps": 6.03, "population.filling": 6.04,
    "population": 6.05, "possible": 6.1, "atoms": 6.2, "certificate": 6.2, "narrow": 6.2, "solver_terms": 6.25, "logic": 6.3, "why": 6.3, "witnesses": 6.3, "findings": 6.4, "regions": 6.4,
    "solving": 6.4, "compiling": 6.5, "interview": 6.5, "outcomes": 6, "prove": 6.5, "smallest": 6.5, "company_outcomes": 6.52, "asking": 6.55, "checklist": 6.6,
    "flips": 7, "forward": 7, "measuring": 7, "people": 7, "plan": 7, "trials": 7, "door.profile": 7.1, "door.state": 7.1, "door.answers": 7.2, "door.parts": 7.2, "spoken.answers": 7.2, "spoken.numerals": 7.2,
    "spoken.choices": 7.25, "spoken.dates": 7.25, "spoken.figures": 7.25, "door.registers": 7.3, "spoken.measures": 7.3, "spoken": 7.35, "door": 7.4, "columns.places": 7.405,
    "columns.fast": 7.41, "columns.graph": 7.41, "columns.cover": 7.42, "columns.meaning": 7.42, "columns.door": 7.43, "columns.inputs": 7.43, "columns.tables": 7.43, "columns.picks": 7.44,
    "columns.lowering": 7.45, "columns.machine": 7.45, "columns.referee": 7.45, "columns.words": 7.45, "columns.registers": 7.46, "columns.walks": 7.46, "columns.arrays": 7.47,
    "columns.encoding": 7.47, "columns.layout": 7.47, "columns.running": 7.48, "columns.fast_running": 7.485, "columns.result": 7.49, "columns": 7.5, "columns.program": 7.5, "planning": 7.4,
    "planning.workdays": 7.45, "planning.view": 7.5, "planning.calendar": 7.6, "planning.bearing": 7.55, "planning.by_parts": 7.55, "planning.decision_page": 7.6, "planning.objective": 7.6, "planning.reasons": 7.6, "planning.action": 7.65, "planning.money": 7.68,
    "planning.matrix": 7.7, "planning.team": 7.7, "planning.nodes": 7.72, "planning.review": 7.72, "planning.staffing": 7.72, "planning.week": 7.73, "planning.trial_sheet": 7.7, "planning.whole": 7.75, "talk": 7.75, "checks.program_names": 7.8, "locales": 7.79, "report": 7.8, "agenda": 7.81, "plan_workbook": 7.82,
    "talk.fields": 7.8, "talk.sheet": 7.8, "exchange": 7.81, "exchange.dmn_drawing": 7.81, "exchange.legal": 7.81, "exchange.places": 7.81, "exchange.edits": 7.82, "exchange.naming": 7.82,
    "exchange.nouns": 7.82, "exchange.shelf": 7.82, "exchange.csv_files": 7.83, "exchange.forms": 7.83, "exchange.read_xlsx": 7.83, "exchange.sentences": 7.83, "exchange.dmn": 7.84,
    "exchange.words": 7.84, "checks.seen": 7.85, "exchange.rule_sheets": 7.85, "exchange.write_xlsx": 7.85, "talk.state": 7.85, "exchange.case_sheets": 7.86,
    "exchange.knowledge_sheets": 7.86, "checks.regions": 7.87, "exchange.sheets": 7.87, "checks.gap_in_column": 7.88, "exchange.compare": 7.88, "exchange.memory": 7.885,
    "exchange.outgoing": 7.89, "exchange.plan_edits": 7.89, "exchange.regions": 7.89, "exchange.incoming": 7.895, "cases.planned": 7.91, "cases.reading": 7.9, "talk.reasons": 7.9, "cases.coverage": 7.92,
    "cases.mutants": 7.92, "cases.running": 7.92, "cases.text": 7.92, "cases.report": 7.94, "cases.generating": 7.95, "cases.keeping": 7.95, "cases.mutation": 7.95, "checks": 7.95,
    "talk.listing": 7.9, "talk.replies": 7.95, "talk.sharpen": 7.96, "talk.showing": 7.96,
    "advice": 8, "cases": 8, "change": 8, "company_lists": 7.99, "tallies": 8, "console": 8, "doctoring": 8, "formatting": 8, "sampled": 8, "verifying": 8, "workspaces": 8, "adding": 8.1, "proving": 8.1,
    "checked": 8.1, "checking": 8.2, "rechecking": 8.25, "diffing": 8.2, "fixing": 8.2, "graphing": 8.2, "editor": 8.25, "editor.schemas": 8.3, "editor.meaning": 8.35, "editor.server": 8.4, "terminal": 8.4, "faces": 8.5,
    "planning.asked": 7.7, "planning.carrying": 7.6, "planning.jobs": 7.65, "planning.learned": 7.6, "planning.means": 7.7, "planning.phases": 7.6, "planning.sections": 7.6,
    "planning.trade": 7.6,
    "commands": 9, "commands.options": 9, "commands.company": 9.1, "commands.program": 9.1, "commands.proofs": 9.1, "commands.rules": 9.1, "commands.workbench": 9.1,
    "commands.workbooks": 9.1, "cli": 9.2, "__main__": 9.3,
}  # fmt: skip
# a list of companies, from its files to its table
HEIGHTS |= {
    "commands.batch": 9.1, "batching": 8.5, "batching.tables": 8.5, "batching.framing": 8.51, "batching.streams": 8.51, "batching.header_words": 8.5, "batching.delimited": 8.52, "batching.records": 8.53,
    "batching.sources": 8.545, "batching.mapping": 8.51, "batching.classes": 8.51, "batching.shapes": 8.515, "batching.cells": 8.52, "batching.reasons": 8.5, "batching.headers": 8.53, "batching.long_tables": 8.54, "batching.desks": 8.53, "batching.open_columns": 8.52, "batching.sureness": 8.54, "batching.conclusions": 8.54, "batching.deciding": 8.55, "batching.keeping": 8.51,
    "batching.outputs": 8.51, "batching.speaking": 8.56, "batching.tallying": 8.56, "batching.preview": 8.56, "batching.running": 8.57, "batching.summing": 8.58, "batching.again": 8.58, "batching.rows": 8.59, "batching.command": 8.6,
}  # fmt: skip
# correct by example
HEIGHTS |= {
    "cell_moves": 6, "downstream": 6, "widening": 6.3, "answer_changes": 6.55, "rule_edits": 7.83, "narrowing": 7.84, "nearby_rules": 7.85, "still_proven": 7.85, "other_companies": 8.05,
    "trial_tables": 8.05, "workspaces_named": 8.05, "suggesting": 8.1, "suggestion_page": 8.2,
}  # fmt: skip
HEIGHTS |= {"columns.exact": 7.42, "columns.fast_steps": 7.405, "columns.fusing": 7.46, "sparking": 8.575, "sparking.pieces": 8.576, "sparking.running": 8.577}
NUMPY_IN_BATCHES = {
    f"batching.{part}" for part in ["again", "cells", "conclusions", "deciding", "delimited", "desks", "framing", "keeping", "open_columns", "records", "running", "shapes", "sureness", "tables"]
}
POLARS_IN_BATCHES = {
    f"batching.{part}"
    for part in [
        "again",
        "cells",
        "command",
        "conclusions",
        "deciding",
        "desks",
        "delimited",
        "headers",
        "long_tables",
        "outputs",
        "preview",
        "records",
        "rows",
        "running",
        "shapes",
        "speaking",
        "sureness",
        "tables",
        "tallying",
    ]
}
# a check stands alone: one file each, above what checks share
HEIGHTS |= {f"checks.{path.stem}": 7.9 for path in (PACKAGE / "checks").glob("*.py") if path.stem != "__init__" and f"checks.{path.stem}" not in HEIGHTS}


# trials and the cycle
HEIGHTS |= {
    "journal": 5.85, "trialing": 7.9, "trialing.cells": 7.9, "trialing.exports": 7.9, "trialing.protocol": 7.9, "trialing.statistics": 7.9, "trialing.results": 7.92, "trialing.judging": 7.94,
    "trialing.differing": 7.92, "trialing.predicting": 7.95, "trialing.rounds": 8.1, "trialing.telling": 8.15, "trialing.review": 8.2, "trialing.keeping": 8.25, "cycle": 8.4,
    "reviewing": 8.45, "histories": 8.4, "commands.trials": 9.1,
}  # fmt: skip


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        if "bundled" not in path.parts:
            name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
            yield name.removesuffix(".__init__").removesuffix("__init__"), path


MODULES = dict(modules())


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_has_a_height_and_no_height_is_left_over():
    assert set(MODULES) == set(HEIGHTS)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down(name):
    for target in imported(MODULES[name]):
        inner = target.removeprefix("fourfold").removeprefix(".")
        if target.startswith("fourfold") and inner in HEIGHTS and inner not in ("", name):
            assert HEIGHTS[inner] < HEIGHTS[name], f"{name} imports {inner}"


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("yaml", {"reading.document"}),
        ("durable_rules_engine", {"forward"}),
        (
            "click",
            {"cli", "commands.company", "commands.batch", "commands.options", "commands.program", "commands.rules", "commands.workbench", "commands.workbooks", "commands.proofs", "commands.trials"},
        ),
        ("pygls", {"editor.server"}),
        ("lsprotocol", {"editor.server"}),
        ("jinja2", {"report", "checking"}),
        ("weasyprint", {"report", "doctoring"}),
        ("markdown_it", {"report"}),
        ("marshal", {"packing"}),
        ("xlsxwriter", {"exchange.write_xlsx", "plan_workbook"}),
        ("icalendar", {"agenda"}),
        ("zipfile", {"exchange.read_xlsx"}),
        ("pickle", set()),
        ("numpy", {f"columns.{part}" for part in ("arrays", "encoding", "fast", "fast_running", "fast_steps", "program", "result", "running", "walks")} | NUMPY_IN_BATCHES | {"sparking.pieces"}),
        ("polars", POLARS_IN_BATCHES),
        ("fastexcel", {"batching.records"}),
        ("prompt_toolkit", {"terminal"}),
        ("filelock", {"terminal"}),
        ("holidays", {"public_holidays"}),
        ("babel", {"locales"}),
        ("numba", {"columns.fast_steps"}),
        ("scipy", {"trialing.statistics"}),
        ("sqlite3", {"journal"}),
        ("pyspark", {"sparking.running"}),
        ("z3", {"logic", "solver_terms"}),
    ],
)
def test_one_library_has_one_home(library, homes):
    users = {name for name, path in MODULES.items() if any(item.split(".")[0] == library for item in imported(path))}
    assert users == homes


@pytest.mark.parametrize("name", MODULES)
def test_files_and_functions_keep_their_size(name):
    text = MODULES[name].read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{node.name} is too long"


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"commands.options"}))
def test_nothing_but_the_command_line_reads_the_clock(name):
    text = MODULES[name].read_text(encoding="utf-8")
    assert not re.search(r"date\.today|datetime\.now|time\.time\(|perf_counter|random\.", text)


def test_the_checkout_is_found_in_one_place():
    users = {name for name, path in MODULES.items() if "parents[" in path.read_text(encoding="utf-8")}
    assert users == {"content"}


def test_nobody_catches_everything():
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = node.type.id if isinstance(node.type, ast.Name) else "several"
                assert caught not in ("Exception", "BaseException"), name


def test_content_folders_hold_no_python():
    assert not [path for folder in ("rules", "knowledge", "templates", "examples") for path in (ROOT / folder).rglob("*.py")]


def test_start_up_imports_no_heavy_library():
    from conftest import python_without_site

    result = python_without_site("import sys, fourfold.cli; print([m for m in ('yaml', 'jinja2', 'weasyprint', 'durable_rules_engine', 'markdown_it', 'xlsxwriter') if m in sys.modules])")
    assert result.stdout.strip() == "[]", result.stderr


def test_the_content_is_found_without_a_bundle():
    from fourfold.content import content_root

    assert content_root() == ROOT
    assert content_root(Path("x")) == Path("x")
