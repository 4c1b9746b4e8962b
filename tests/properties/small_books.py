"""Random books so small that every company there can be is looked at: three answers, a loop of two, tables over each other."""

import json
from itertools import product
from random import Random

from fourfold.expression.kinds import Choice, Number
from fourfold.model import Given, RuleBook
from fourfold.outcomes import Known

COLOURS = ("red", "green", "blue")
CELLS = {
    "size": ["0", "1", ">= 1", ">= 2", "< 2", "3", "not(1)", "[1..3)", "0, 3"],
    "colour": ["red", "green", "blue", "red, blue", "not(red)"],
    "ready": ["true", "false"],
    "way.tried": ["true", "false"],
    "way.cost": ["<= size", "> 1"],
    "way.ok": ["true", "false"],
    "score": ["0", ">= 1", ">= 2", "< 2", "1"],
    "first": ["red", "green", "blue", "not(green)"],
}


def small_texts(rng: Random) -> dict[str, str]:
    """Return the files of a random small workspace."""
    figure = {"estimate": True, "because": "drawn", "date": "2026", "confidence": "low"}
    terms = {
        "size": {"kind": "number", "range": ["0", "3"], "ask": "?", **rng.choice([{"required": True}, {"assume": str(rng.randint(0, 3))}])},
        "colour": {"kind": "choice", "options": list(COLOURS), "ask": "?", **rng.choice([{"required": True}, {"assume": rng.choice(COLOURS)}])},
        "ready": {"kind": "yes_no", "ask": "?", "assume": rng.choice(["true", "false"])},
        "tried": {"of": "way", "kind": "yes_no", "ask": "?", "assume": rng.choice(["true", "false"])},
        "ok": {"of": "way", "kind": "yes_no"},
        "score": {"kind": "number"},
        "first": {"kind": "choice", "options": list(COLOURS)},
        "last": {"kind": "choice", "options": list(COLOURS)},
    }
    knowledge = {
        "terms": terms,
        "kinds": {"way": {"cost": {"kind": "number"}}},
        "entities": {"way": {"a": {"cost": {"value": str(rng.randint(0, 2)), **figure}}, "b": {"cost": {"value": str(rng.randint(1, 3)), **figure}}}},
        "constraints": [{"id": "never-so", "never": _cells(rng, ["size", "colour", "ready"], 2, 2), "because": "drawn"}] if rng.random() < 0.6 else [],
        "promises": [
            {"id": "never-then", "never": _cells(rng, ["colour", "ready", "first"], 2, 2), "because": "drawn"},
            {"id": "more-keeps", "more": "size", "never loses": _cells(rng, ["first", "score", "colour"], 1, 2), "because": "drawn"},
            {"id": "more-keeps-way", "for each": "way", "more": "size", "never loses": {"way.ok": "true"}, "because": "drawn"},
        ],
    }
    rules = [
        {"table": "ways", "for each": "way", "concludes": "way.ok", "rules": _rows(rng, "ok", ["size", "ready", "way.tried", "way.cost"], ["true", "false"])},
        {"formula": "score", "count": "way", "where": {"way.ok": "true"}},
        {"table": "firsts", "concludes": "first", "rules": _rows(rng, "first", ["size", "colour", "score"], COLOURS)},
        {"table": "lasts", "concludes": "last", "rules": _rows(rng, "last", ["first", "ready", "score"], COLOURS)},
    ]
    return {"knowledge/k.yaml": json.dumps(knowledge), "rules/r.yaml": json.dumps(rules)}


def _cells(rng: Random, columns: list[str], least: int, most: int) -> dict[str, str]:
    picked = rng.sample(columns, rng.randint(least, min(most, len(columns))))
    return {column: rng.choice(CELLS[column]) for column in picked}


def _rows(rng: Random, stem: str, columns: list[str], values: object) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [{"id": f"{stem}-{at}", "when": _cells(rng, columns, 1, 2), "then": rng.choice(list(values)), "because": "drawn"} for at in range(rng.randint(1, 4))]  # type: ignore[call-overload]
    for place, row in enumerate(rows):
        weaker = [other["id"] for other in rows[place + 1 :] if rng.random() < 0.6]
        if weaker:
            row["overrides"] = weaker
    if rng.random() < 0.6:
        rows.append({"id": f"{stem}-rest", "otherwise": rng.choice(list(values)), "because": "drawn"})  # type: ignore[call-overload]
    return rows


def every_company(book: RuleBook) -> list[Known]:
    """Return the answers of every company there can be, "don't know" among them."""
    names, choices = [], []
    for node in book.nodes:
        if isinstance(node, Given) and node.term not in ("as_of", "currency"):
            kind = book.terms[node.term].kind
            values: list[int | str | None] = list(kind.options) if isinstance(kind, Choice) else list(range(kind.low, kind.high + 1)) if isinstance(kind, Number) else []
            names.append(node.term)
            choices.append(values if node.is_required else [None, *values])
    fixed: Known = {"as_of": book.as_of, "currency": book.currency}
    return [fixed | {name: value for name, value in zip(names, row, strict=True) if value is not None} for row in product(*choices)]
