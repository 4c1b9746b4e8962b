"""DMN: it opens without warnings, and an engine that shares nothing with us decides alike on 10,000 generated companies."""

import json
import os
import random
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from common import DAY
from conftest import ROOT

from fourfold.decide import hit_rows, number, settle
from fourfold.exchange.dmn import dmn_text
from fourfold.expression.kinds import Choice, Number
from fourfold.expression.show import decimal_text
from fourfold.library import open_book
from fourfold.model import Compare, Const, Every, Opposite, RatioOf, Ref, Some, Table
from fourfold.problem import Problems

HERE = Path(__file__).parent
INPUTS = 10_000


def modules():
    """Return the folder of installed Node packages: FOURFOLD_NODE_MODULES, or node_modules in the checkout."""
    return Path(os.environ.get("FOURFOLD_NODE_MODULES", ROOT / "node_modules"))


def needs(package):
    return pytest.mark.skipif(shutil.which("node") is None or not (modules() / package).is_dir(), reason=f"node with {package} is not here; .ci/run installs it")


def node(script, *arguments, folder):
    """Run a script of ours where its packages are found."""
    copy = folder / script
    copy.write_text((HERE / script).read_text(encoding="utf-8"), encoding="utf-8")
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(modules())
    result = subprocess.run(["node", str(copy), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=600, cwd=folder)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout


@pytest.fixture(scope="module")
def shipped():
    return open_book(ROOT, DAY)


@needs("dmn-moddle")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_opens_without_warnings_in_dmn_moddle(tmp_path, shipped, language):
    (tmp_path / "book.dmn").write_text(dmn_text(shipped, shipped.content.tables, language, "1.3"), encoding="utf-8")
    found = json.loads(node("dmn_opens.mjs", tmp_path / "book.dmn", folder=tmp_path))
    assert found["warnings"] == []
    assert found["elements"] > 20


def test_dmn_1_5_and_1_3_differ_in_their_namespaces_only(shipped):
    new, old = (dmn_text(shipped, shipped.content.tables, "en", version) for version in ("1.5", "1.3"))
    assert "20230324/MODEL/" in new
    assert new.replace("20230324", "20191111") == old


def test_every_reference_of_the_file_leads_somewhere_and_each_id_stands_once(shipped):
    root = ET.fromstring(dmn_text(shipped, shipped.content.tables, "en"))
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    links = [item.get("href")[1:] for item in root.iter() if item.get("href")] + [item.get("dmnElementRef") for item in root.iter() if item.get("dmnElementRef")]
    assert links
    assert set(links) <= set(ids)
    rules = [rule.id for table in shipped.content.tables if not table.loop for rule in table.rules]
    assert [text for text in rules if f"<annotationEntry><text>{text}</text>" not in ET.tostring(root, encoding="unicode").replace("ns0:", "")] == []


# ---------------------------------------------------------------- the same decisions


def constants(condition, found):
    """Note every number that a condition compares a term with."""
    match condition:
        case Compare(left=Ref(term=term), right=Const(value=value)) if isinstance(value, int):
            found.setdefault(term, set()).add(value)
        case Every(parts=parts) | Some(parts=parts):
            for part in parts:
                constants(part, found)
        case Opposite(part=part):
            constants(part, found)


def tables_of(book):
    plain = {name for table in book.content.tables if not table.loop for name, _ in table.concludes}
    return [item for item in book.nodes if isinstance(item, Table) and item.term in plain]


def company(book, tables, borders, chance):
    """Return values for everything that the tables read and do not conclude."""
    concluded = {item.term for item in tables} | {f"{item.term}[{option}]" for item in tables for option in item.options}
    values = {}
    for name in dict.fromkeys(read for item in tables for row in item.rows for cell in row.cells for read in cell.reads):
        if name in concluded:
            continue
        kind = book.terms[name].kind
        if isinstance(kind, Choice):
            values[name] = chance.choice(kind.options)
        else:
            near = [value + step for value in borders.get(name, (0,)) for step in (-1, 0, 1)]
            drawn = chance.choice([*near, chance.randint(0, 200), chance.randint(0, 10**7)])
            values[name] = max(book.terms[name].low, min(book.terms[name].high, drawn))
    return values


def people(kind, value):
    """Return a value as people write it."""
    if isinstance(kind, Number):
        text = decimal_text(value, kind.shown)
        return float(text) if "." in text else int(text)
    return value == "true" if isinstance(kind, Choice) and kind.options == ("false", "true") else value


def generated(book, count):
    """Return inputs as DMN takes them, with what the referee concludes from them."""
    chance, tables = random.Random(20261125), tables_of(book)
    borders = {}
    for item in tables:
        for row in item.rows:
            for cell in row.cells:
                constants(cell.condition, borders)
    ratios = {item.term: item for item in book.nodes if isinstance(item, RatioOf)}
    columns = {cell.column for item in tables for row in item.rows for cell in row.cells}
    for _ in range(count):
        values = company(book, tables, borders, chance)
        given = {name: people(book.terms[name].kind, value) for name, value in values.items()}
        for name in columns & set(ratios):
            top, bottom = number(ratios[name].top, values), number(ratios[name].bottom, values)
            top, bottom = (top, bottom) if bottom else ratios[name].at_zero
            given[name] = top / bottom
        try:
            for item in tables:
                settle(item, hit_rows(item, values), values, book)
        except Problems:
            continue
        yield given, {item.term: values[item.term] if not item.options else tuple(o for o in item.options if values[f"{item.term}[{o}]"] == "true") for item in tables}


@needs("@hbtgmbh/dmn-eval-js")
def test_an_independent_engine_decides_alike_on_ten_thousand_generated_companies(tmp_path, shipped):
    names = {name: table.name for table in shipped.content.tables if not table.loop for name, _ in table.concludes}
    several = [table.name for table in shipped.content.tables if not table.loop and len(table.concludes) > 1]
    cases = []
    for given, wanted in generated(shipped, 4 * INPUTS):
        cases.append((given, wanted))
        if len(cases) == INPUTS:
            break
    assert len(cases) == INPUTS
    # WHY: this engine knows no Any; where all rows that hit agree, the first of them says the same
    written = dmn_text(shipped, shipped.content.tables, "en").replace('hitPolicy="ANY"', 'hitPolicy="FIRST"')
    (tmp_path / "book.dmn").write_text(written, encoding="utf-8")
    (tmp_path / "inputs.jsonl").write_text("\n".join(json.dumps(given) for given, _ in cases), encoding="utf-8")
    lines = node("dmn_engine.cjs", tmp_path / "book.dmn", tmp_path / "inputs.jsonl", json.dumps(several), folder=tmp_path).strip().split("\n")
    assert len(lines) == INPUTS
    seen = {}
    for (given, wanted), line in zip(cases, lines, strict=True):
        answer = json.loads(line)
        for name, value in wanted.items():
            kind = shipped.terms[name].kind
            got = answer[f"decision_{names[name]}"]
            if isinstance(value, tuple) and isinstance(got, list):
                assert {item[name] for item in got} == set(value), (name, given)
            else:
                assert got[name] == people(kind, value), (name, given)
            seen.setdefault(name, set()).add(str(value))
    assert all(len(values) > 1 for values in seen.values())
