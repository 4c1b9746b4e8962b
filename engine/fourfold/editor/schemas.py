"""JSON Schemas of a workspace's files, made from the keys that the reader knows and the names of the book.

An editor completes and underlines with them while a file is typed. Draft 7, which the YAML extensions of editors read.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from fourfold.cases.reading import KEYS as CASE_KEYS
from fourfold.checks.seen import Seen
from fourfold.content import read_content
from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Ratio
from fourfold.linking import link
from fourfold.reading import knowledge, rules, values
from fourfold.reading.sections import SECTIONS
from fourfold.written import TermDecl

Schema = dict[str, object]
DRAFT = "http://json-schema.org/draft-07/schema#"
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
NUMBER: Schema = {"type": ["number", "string"]}
YES: Schema = {"enum": [True, False, "yes", "no"]}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
LINES: Schema = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}
WORDS: Schema = {"anyOf": [*LINES["anyOf"], {"type": "object", "properties": dict.fromkeys(values.LANGUAGES, LINES), "additionalProperties": False}]}  # type: ignore[misc]
NAMES: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_NAME = r"[A-Za-z_]\w*(\.\w+)?"
_SIGNED = rf"(-?\d[\d_]*(\.\d+)?\s*%?|\d{{4}}-\d\d-\d\d|{_NAME})"
_TEST = rf"((<=|>=|<|>|=)?\s*{_SIGNED}|[\[(]\s*{_SIGNED}\s*\.\.\s*{_SIGNED}\s*[\])])"

MEANS = {
    "table": "the name of a decision table", "for each": "a kind of entity: one table or value for each of them", "concludes": "the term, or terms, that the rules decide",
    "hit policy": "unique: one value; sum: the values are added; all: the set of them", "rules": "the rows", "id": "its name: topic and what it says, joined by -",
    "when": "the cells: every one must hold", "then": "what follows", "otherwise": "what follows where no other row speaks; of an attribute: its value where none is given",
    "overrides": "the weaker rules that this one beats", "because": "why, for the reader of the plan", "source": "where it comes from",
    "from": "the first day in force; of a selection: the kind to choose from", "until": "the last day in force", "formula": "the term that it defines", "is": "arithmetic",
    "sum": "the sum over the members", "lowest": "the lowest over the members", "highest": "the highest over the members", "count": "the number of members", "ratio": "[top, bottom]",
    "over": "a kind of entity, or a selection", "where": "the cells that a member must pass", "at none": "its value without members", "at zero": "its value where the bottom is 0",
    "select": "the name of the selection", "order by": "which come first: `fit descending`", "within": "resource and what each takes of it", "at least": "so many are taken in any case", "at most": "no more are taken",
    "share out": "the term that gets the parts", "amount": "what is divided", "by": "the weight; of an attribute: the second key",
    "kind": "number, money, percent, date, choice, set, yes_no, ratio, text, or a kind of entity", "options": "a list, a list with names, or the name of another choice", "unit": "of what: people, days",
    "per": "in what time or for what: month, trial", "scale": "decimals, 0 to 6", "range": "[lowest, highest]", "of": "one value for each entity of this kind", "name": "its name for people", "ask": "the question",
    "help": "more words for the question", "required": "without it nothing is decided", "optional": "it may stay unknown", "assume": "what it is taken to be when it is not known", "or from": "how it follows from other answers",
    "cautious": "the end of a range at which it is decided", "changeable": "a company can change it", "value": "the figure", "low": "the lowest that it may truly be", "high": "the highest that it may truly be",
    "currency": "of the amount, where it is not the base", "date": "a year, a month, a day, or undated", "confidence": "high, medium or low", "estimate": "true where it is ours; then because says how it was reasoned",
    "near": "sources near an estimate", "values": "several values with their days", "case": "what it shows, readable aloud", "given": "the facts", "expect": "what must follow", "plan": "values that the plan must have, by their path", "says": "sentences that the plan must say, by language", "disagrees": "why the rules differ here, and are right to",
    "never": "the cells that must not all hold", "more": "the number of which more must lose nothing", "never loses": "the cells that must go on holding", "proved": "the terms that are to be proved", "checks": "what the checks are to allow, with reasons", "allow": "the name of a check", "at": "the name that it is about; * for any part",
}  # fmt: skip


def schemas(seen: Seen) -> dict[str, Schema]:
    """Return the schemas of rule files, knowledge files, case files and profiles, by name."""
    names = _Names(seen)
    profile = _profile(seen)
    return {
        "rules": _rules(names),
        "knowledge": _knowledge(names),
        "cases": {
            "$schema": DRAFT,
            "type": "array",
            "items": _object(CASE_KEYS, {"given": {**profile, "additionalProperties": True}, **{key: {"type": "object"} for key in ("expect", "plan", "says")}}, ("case", "given", "because")),
        },
        "profile": {"$schema": DRAFT, **profile, "additionalProperties": True},
    }


def written(root: Path, today: int) -> dict[str, Schema]:
    """Return the schemas of a workspace by file name; a workspace that cannot be linked raises its problems."""
    content = read_content(root)
    return {f"{name}.schema.json": schema for name, schema in schemas(Seen(link(content, today), content)).items()}


def settings(folder: Path) -> dict[str, list[str]]:
    """Return which schema is for which files, as the YAML extension of VS Code has it."""
    places = {"rules": ["rules/**/*.yaml"], "knowledge": ["knowledge/**/*.yaml"], "cases": ["tests/cases/**/*.yaml"], "profile": ["examples/*.yaml", "profiles/*.yaml"]}
    return {f"{folder.as_posix()}/{name}.schema.json": files for name, files in places.items()}


class _Names:
    """The names of a book, as schemas."""

    def __init__(self, seen: Seen) -> None:
        """Gather them."""
        content = seen.content
        self.seen = seen
        self.kinds: Schema = {"enum": [name for name, _, _ in content.kinds]}
        self.members: Schema = {"enum": [*(name for name, _, _ in content.kinds), *(item.name for item in content.selections)]}
        self.concluded: Schema = {"enum": [name for term in content.terms if not term.figures for name in ((term.name, f"{term.of}.{term.name}") if term.of else (term.name,))]}
        self.cells: Schema = {
            "type": "object",
            "properties": {column: _cell(seen.kind_of(column), column in {item.name for item in content.selections}) for column in columns(seen)},
            "additionalProperties": False,
        }
        self.sources: Schema = {"anyOf": [{"enum": [source.name for source in content.sources]}, {"type": "array", "items": {"enum": [source.name for source in content.sources]}}]}


def columns(seen: Seen) -> list[str]:
    """Return every name that a cell may test, whatever the loop."""
    content = seen.content
    found = [term.name for term in content.terms if not term.of and term.kind.word != "text"] + ["as_of", "currency"]
    found += [name for name, _, _ in content.kinds] + [item.name for item in content.selections]
    owners = {name: [name, *(term.name for term in content.terms if term.kind.word == name and not term.of)] for name, _, _ in content.kinds}
    for attribute in content.attributes:
        if attribute.kind.word != "text":
            found += [f"{owner}.{attribute.name}" for owner in owners.get(attribute.kind_name, ())]
    for term in content.terms:
        if term.of:
            found += [f"{owner}.{term.name}" for owner in owners.get(term.of, ())]
    return list(dict.fromkeys(found))


def _object(keys: Iterable[str], shapes: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of keys with values: those that are told, any single value for the rest."""
    properties = {key: {**shapes.get(key, SCALAR), **({"description": MEANS[key]} if key in MEANS else {})} for key in keys}
    return {"type": "object", "properties": properties, "additionalProperties": False, **({"required": list(required)} if required else {})}


def _cell(kind: Kind | None, is_selection: bool) -> Schema:
    """Return the schema of a cell of a column."""
    match kind:
        case Choice() if kind == YES_NO:
            return {"enum": [True, False, "yes", "no", "-", "not(true)", "not(false)"]}
        case Choice():
            word = f"({'|'.join([*map(re.escape, kind.options), _NAME])})"
            listed: Schema = {"type": "array", "items": {"type": "string"}}
            return {
                "anyOf": [
                    {"enum": [*kind.options, *(f"not({option})" for option in kind.options)]},
                    {"type": "string", "pattern": rf"^\s*(-|(not\s*\()?\s*{word}(\s*,\s*{word})*\s*\)?)\s*$"},
                    listed,
                    SCALAR if _is_odd(kind) else listed,
                ]
            }
        case Number():
            return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"^\s*(-|(not\s*\()?\s*{_TEST}(\s*,\s*{_TEST})*\s*\)?)\s*$"}, {"type": "array"}]}
        case Options():
            return {"anyOf": [{"enum": [*(f"contains {option}" for option in kind.options), *(f"not(contains {option})" for option in kind.options)]}, {"type": "string", "pattern": "contains"}]}
        case Ratio():
            return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[^A-Za-z]*$"}]}
        case _:
            return {"type": "string", "pattern": "contains"} if is_selection else SCALAR


def _is_odd(kind: Choice) -> bool:
    """Return whether YAML reads an option as something else than a text."""
    return bool({"true", "false", "yes", "no", "null", "on", "off"} & set(kind.options))


def _rules(names: _Names) -> Schema:
    then: Schema = {"anyOf": [SCALAR, {"type": "object"}]}
    shapes: dict[str, Schema] = {"when": names.cells, "then": then, "otherwise": then, "overrides": NAMES, "because": WORDS, "from": DAY, "until": DAY}
    rule = _object(rules.RULE_KEYS, {**shapes, "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}}, ("id",))
    concludes: Schema = {"anyOf": [names.concluded, {"type": "array", "items": names.concluded}]}
    table = _object(
        rules.TABLE_KEYS,
        {"for each": names.kinds, "concludes": concludes, "hit policy": {"enum": list(rules.POLICIES)}, "rules": {"type": "array", "items": rule}, "name": WORDS},
        ("table", "concludes", "rules"),
    )
    shared: dict[str, Schema] = {
        "for each": names.kinds,
        "over": names.members,
        "count": names.members,
        "where": names.cells,
        "ratio": {"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2},
    }
    formula = _object(rules.FORMULA_KEYS, {**shared, "formula": names.concluded}, ("formula",))
    select = _object(
        rules.SELECT_KEYS,
        {"from": names.kinds, "where": names.cells, "order by": {"type": "array", "items": {"type": "string", "pattern": "(ascending|descending)$"}}, "within": {"type": "object"}},
        ("select", "from"),
    )
    share = _object(rules.SHARE_KEYS, {"share out": names.concluded, "over": {"enum": [item.name for item in names.seen.content.selections]}}, ("share out", "amount", "over", "by"))
    return {"$schema": DRAFT, "type": "array", "items": {"anyOf": [table, formula, select, share]}}


def _kinded(names: _Names, keys: Iterable[str], more: dict[str, Schema] | None = None, required: tuple[str, ...] = ("kind",)) -> Schema:
    words = [*values.KINDS, *(name for name, _, _ in names.seen.content.kinds)]
    shapes: dict[str, Schema] = {
        "kind": {"enum": words},
        "options": {"anyOf": [{"type": "string"}, {"type": "array", "items": SCALAR}, {"type": "object", "additionalProperties": WORDS}]},
        "scale": {"enum": list(range(7))},
        "range": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
        "name": WORDS,
    }
    return _object(keys, {**shapes, **(more or {})}, required)


def _figure(names: _Names) -> Schema:
    shapes: dict[str, Schema] = {
        "value": LINES,
        "source": names.sources,
        "near": names.sources,
        "confidence": {"enum": list(values.CONFIDENCES)},
        "estimate": YES,
        "because": WORDS,
        "from": DAY,
        "until": DAY,
    }
    return _object(values.FIGURE_KEYS, shapes, ("value",))


def _knowledge(names: _Names) -> Schema:
    figure = _figure(names)
    several: Schema = {"anyOf": [SCALAR, {"type": "array"}, {"type": "object"}]}
    cells, content = names.cells, names.seen.content
    way = _object(("is", "where", "may assume"), {"where": cells, "may assume": NAMES}, ("is",))
    asked: dict[str, Schema] = {
        "of": names.kinds,
        "ask": WORDS,
        "help": WORDS,
        "required": YES,
        "optional": YES,
        "changeable": YES,
        "cautious": {"enum": ["low", "high"]},
        "or from": {"anyOf": [SCALAR, {"type": "array", "items": way}]},
    }
    properties = figure["properties"]
    assert isinstance(properties, dict)
    told: dict[str, Schema] = {str(name): shape for name, shape in properties.items()}
    constant = _kinded(names, knowledge.CONSTANT_KEYS, {**told, "values": {"type": "array", "items": figure}})
    attribute = _kinded(names, knowledge.ATTRIBUTE_KEYS, {"otherwise": several, "by": {"type": "string"}})
    kind: Schema = {"type": "object", "properties": {"name": WORDS}, "additionalProperties": attribute}
    entity = {
        name: {
            "type": "object",
            "additionalProperties": {"type": "object", "properties": {"name": WORDS, **{item.name: several for item in content.attributes if item.kind_name == name}}, "additionalProperties": False},
        }
        for name, _, _ in content.kinds
    }
    column = _kinded(names, knowledge.COLUMN_KEYS, {"required": YES})
    lowering = _object(knowledge.LOWERING_KEYS, {"where": {"type": "object"}})
    register = _object(knowledge.REGISTER_KEYS, {"name": WORDS, "columns": {"type": "object", "additionalProperties": column}, "lowers": {"type": "object", "additionalProperties": lowering}})
    source = _object(knowledge.SOURCE_KEYS, {"also": LINES}, ("date",))
    never = _object(knowledge.NEVER_KEYS, {"for each": names.kinds, "never": cells, "because": WORDS}, ("id", "never", "because"))
    nevers: Schema = {"type": "array", "items": never}
    monotone = _object(knowledge.MONOTONE_KEYS, {"for each": names.kinds, "never loses": cells, "because": WORDS}, ("id", "more", "never loses", "because"))
    promises: Schema = {"type": "array", "items": {"anyOf": [never, monotone]}}
    allowance = _object(knowledge.ALLOWANCE_KEYS, {"because": WORDS}, knowledge.ALLOWANCE_KEYS)
    sections: dict[str, Schema] = {
        "terms": {"type": "object", "additionalProperties": _kinded(names, knowledge.TERM_KEYS, asked)},
        "kinds": {"type": "object", "additionalProperties": kind},
        "entities": {"type": "object", "properties": entity, "additionalProperties": False},
        "constants": {"type": "object", "additionalProperties": constant},
        "registers": {"type": "object", "additionalProperties": register},
        "sources": {"type": "object", "additionalProperties": source},
        "rates": {"type": "object", "properties": {"base": {"type": "string"}}, "additionalProperties": {"type": "array", "items": {"type": "object"}}},
        "constraints": nevers,
        "promises": promises,
        "population": {"type": "object"},
        "book": _object(knowledge.BOOK_KEYS, {"name": WORDS, "proved": NAMES, "checks": {"type": "array", "items": allowance}}),
    }
    return {"$schema": DRAFT, **_object(SECTIONS, sections)}


def _profile(seen: Seen) -> Schema:
    """Return the schema of a company's facts: each asked term with its question."""
    given = [term for term in seen.content.terms if term.name not in seen.concluded and not term.figures]
    properties = {term.name: {**_answer(seen, term), "description": term.ask.text("en") or term.title.text("en")} for term in given}
    registers = {
        item.name: {"type": "array", "items": {"type": "object", "properties": {column.name: {} for column in item.columns}, "additionalProperties": False}} for item in seen.content.registers
    }
    return {"type": "object", "properties": {**properties, **registers, "as_of": DAY, "currency": {"enum": [seen.content.base, *dict.fromkeys(rate.currency for rate in seen.content.rates)]}}}


def _answer(seen: Seen, term: TermDecl) -> Schema:
    kind = seen.kind_of(term.name)
    listed = [*kind.options] if isinstance(kind, Choice | Options) else []
    one: Schema = {"anyOf": [{"enum": [*listed, True, False] if kind == YES_NO else listed}, SCALAR]} if listed else SCALAR
    if isinstance(kind, Options):
        one = {"anyOf": [SCALAR, {"type": "array", "items": one}]}
    if term.of:
        return {"type": "object", "properties": dict.fromkeys(seen.book.entities.get(term.of, ()), one)}
    return one if listed else {"anyOf": [SCALAR, {"type": "object"}]}
