"""The schemas take every shipped file, refuse a slip, and know every key that the reader knows."""

import datetime as dt
import json

import jsonschema
import pytest
import yaml
from conftest import DAY, ROOT

from fourfold.checking import Checker
from fourfold.editor.schemas import MEANS, schemas
from fourfold.reading import knowledge, rules, values


@pytest.fixture(scope="module")
def made():
    checker = Checker(ROOT)
    checker.check(DAY)
    return {name: jsonschema.Draft7Validator(schema) for name, schema in schemas(checker.seen).items()}


def plain(data):
    """Return what an editor's YAML gives a schema: days are texts there."""
    if isinstance(data, dict):
        return {str(key).lower() if isinstance(key, bool) else str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item) for item in data]
    return data.isoformat() if isinstance(data, dt.date) else data


def errors(validator, text):
    return [error.message for error in validator.iter_errors(plain(yaml.load(text, Loader=yaml.CSafeLoader)))]


FILES = [("rules", "rules"), ("knowledge", "knowledge"), ("cases", "tests/cases"), ("profile", "examples")]


@pytest.mark.parametrize("name, path", [(name, path) for name, folder in FILES for path in sorted((ROOT / folder).glob("*.yaml"))], ids=lambda value: getattr(value, "name", value))
def test_every_shipped_file_fits_its_schema(made, name, path):
    assert errors(made[name], path.read_text(encoding="utf-8")) == []


RULE = "- table: strategy\n  concludes: strategy\n  rules:\n    - {id: a-b, when: {%s}, then: focus}\n"


@pytest.mark.parametrize(
    "cell",
    ["cash: tight", "cash: [tight, steady]", 'cash: "tight, steady"', "cash: not(tight)", "proven_carriers: 1", 'proven_carriers: ">= 1"', 'proven_carriers: "[1..3)"', "reach_all: true", "carrier.serves: contains primary_goal", 'budget_coverage: ">= 1.5"', 'monthly_budget: "< trial_pot"', "cash: usual_cash", "chosen_carriers: not(contains carrier)", 'gross_margin: "> 30%, < 10"', "carrier: douyin_ads"],
)  # fmt: skip
def test_a_right_cell_is_taken(made, cell):
    assert errors(made["rules"], RULE % cell) == []


@pytest.mark.parametrize(
    "cell",
    [
        "chash: tight",
        'proven_carriers: ">== 1"',
        'proven_carriers: "3 or more"',
        'cash: "tight or steady"',
        "reach_all: maybe",
        'budget_coverage: "high"',
        "carrier.srves: contains primary_goal",
        'monthly_budget: "[1..2"',
    ],
)
def test_a_wrong_cell_is_underlined(made, cell):
    assert errors(made["rules"], RULE % cell)


@pytest.mark.parametrize(
    "text",
    [
        "- tabel: x\n",
        "- table: x\n  concludes: nothing_known\n  rules: []\n",
        "- table: x\n  concludes: stage\n  rules: [{id: A_B, then: x}]\n",
        "- select: x\n",
        "- formula: test_money\n  is: 1\n  at zerro: 0\n",
    ],
)
def test_a_wrong_declaration_is_underlined(made, text):
    assert errors(made["rules"], text)


@pytest.mark.parametrize(
    "text", ["termes: {}\n", "terms: {a: {kind: nummber}}\n", "entities: {carrier: {x: {colour: red}}}\n", "sources: {S1: {title: t}}\n", "constants: {a: {kind: number, confidence: sure}}\n"]
)
def test_wrong_knowledge_is_underlined(made, text):
    assert errors(made["knowledge"], text)


def test_every_key_of_the_language_is_told_in_words():
    keys = {
        *rules.TABLE_KEYS,
        *rules.RULE_KEYS,
        *rules.FORMULA_KEYS,
        *rules.SELECT_KEYS,
        *rules.SHARE_KEYS,
        *knowledge.TERM_KEYS,
        *knowledge.CONSTANT_KEYS,
        *knowledge.NEVER_KEYS,
        *values.FIGURE_KEYS,
        *values.KIND_KEYS,
    }
    assert keys - set(MEANS) == set()


def test_the_command_writes_the_schemas_and_an_editor_setting(run, tmp_path):
    result = run("schema", tmp_path / "here", "--workspace", ROOT)
    assert result.exit_code == 0, result.output
    for name in ("rules", "knowledge", "cases", "profile"):
        jsonschema.Draft7Validator.check_schema(json.loads((tmp_path / "here" / f"{name}.schema.json").read_text(encoding="utf-8")))
    assert "yaml.schemas" in result.output
