"""Comparing the columns with the referee: a random book, many companies at once, every term, every rule that spoke."""

import json
from importlib.util import find_spec

import numpy as np
from random_books import AS_OF, boundaries, random_facts, random_texts

from fourfold.columns.program import compile_columns, replay_row, why_row
from fourfold.content import read_content_texts
from fourfold.expression.kinds import Number
from fourfold.linking import link
from fourfold.model import Given, Share, Table
from fourfold.problem import Problems


def with_door(texts, rng):
    """Return the texts of a workspace with some numbers that may be known by their parts, and constraints."""
    knowledge = json.loads(texts["knowledge/k.yaml"])
    terms = knowledge["terms"]
    numbers = [name for name, body in terms.items() if "ask" in body and body["kind"] in ("number", "money", "percent") and "of" not in body]
    choices = [name for name, body in terms.items() if "ask" in body and body["kind"] == "choice" and "of" not in body]
    for name in rng.sample(numbers, min(len(numbers), rng.randint(1, 2))):
        factors = [other for other in numbers if other != name and terms[other]["kind"] != "money"]
        alike = [other for other in numbers if other != name and (terms[other]["kind"] == "money") == (terms[name]["kind"] == "money")]
        if alike and factors:
            ways = [_way(rng, alike, factors, choices) for _ in range(rng.choice([1, 1, 2]))]
            terms[name]["or from"] = ways if rng.random() < 0.6 else ways[0]["is"]
    for place in range(rng.choice([0, 0, 1])):
        cell = {rng.choice(choices): "red", rng.choice(numbers): f">= {rng.randint(0, 60)}"}
        knowledge.setdefault("constraints", []).append({"id": f"never-{place}", "never": cell, "because": "drawn"})
    return texts | {"knowledge/k.yaml": json.dumps(knowledge, indent=1)}


def _way(rng, alike, factors, choices):
    left, other, factor = rng.choice(alike), rng.choice(alike), rng.choice(factors)
    text, right = rng.choice(
        [(f"{left} * {factor}", factor), (f"{left} + {other}", other), (f"{left} / max(1, {factor})", factor), (f"{left} / {factor}", factor), (f"{left} * 2 - {other} / 3", other)]
    )
    way = {"is": text}
    if rng.random() < 0.4:
        way["where"] = {rng.choice(choices): rng.choice(["red", "not(red)", "green, blue"])}
    if rng.random() < 0.6:
        way["may assume"] = sorted({left, right} if rng.random() < 0.5 else {right})
    return way


def book_for_columns(rng):
    """Return a linked random book with a door, or None where the draft does not link."""
    texts = random_texts(rng)
    if rng.random() < 0.7:
        texts = with_door(texts, rng)
    try:
        content = read_content_texts(texts)
        currency = "USD" if "USD" in {rate.currency for rate in content.rates} and rng.random() < 0.4 else ""
        return link(content, AS_OF + rng.randint(-1, 1), currency)
    except Problems as fault:
        if not {problem.code for problem in fault.problems} <= {"F303", "F306", "F305", "F302", "F304"}:
            raise
        return None


def columns_of(book, rows):
    """Return the columns of many facts; a term that no row gives has none."""
    columns = {}
    for node in book.nodes:
        term = node.term
        if not isinstance(node, Given) or term in ("as_of", "currency") or not any(term in row for row in rows):
            continue
        kind = book.terms[term].kind
        known = np.array([term in row for row in rows])
        options = {} if isinstance(kind, Number) else {option: place for place, option in enumerate(kind.options)}
        values = np.array([options.get(row.get(term), row.get(term, -77)) for row in rows], np.int64)
        columns[term] = (values, known)
    return columns


def all_terms(book):
    """Return every term that a decision holds a value for, members of sets and parts apart."""
    return tuple(node.term for node in book.nodes if not (isinstance(node, Given) and node.assume is None and not node.is_required) and node.term not in ("as_of", "currency"))


def draw_rows(rng, book, count):
    near = boundaries(book)
    left_out = {node.term for node in book.nodes if isinstance(node, Given) and rng.random() < (0.01 if node.is_required else 0.2)}
    rows = []
    for _ in range(count):
        known = random_facts(rng, book, near, 0.75).known
        rows.append({term: fact.value for term, fact in known.items() if term not in ("as_of", "currency") and term not in left_out})
    return rows


def column_differences(book, rows):
    """Return how many rows were decided and set aside, every difference from the referee, and how many values were compared."""
    program = compile_columns(book, all_terms(book))
    columns = columns_of(book, rows)
    result = program.run(columns, len(rows), narrow=False)
    bad, decided, aside = other_differences(program, columns, result, len(rows)), 0, 0
    for row in range(len(rows)):
        try:
            decision = replay_row(program, columns, row)
        except Problems as fault:
            aside += 1
            failure, codes = result.failure(row), [problem.code for problem in fault.problems]
            if failure is None or failure.code != codes[0]:
                bad.append((row, "set aside", failure, codes))
            continue
        decided += 1
        if result.failure(row) is not None:
            bad.append((row, "decided", result.failure(row)))
            continue
        bad += [(row, *item) for item in _row_differences(book, program, result, decision, row)]
    return decided, aside, bad, decided * len(program.wanted)


def other_differences(program, columns, result, count):
    """Return in what other ways to run differ: for the range of the data, and by the compiled kernel where it is installed."""
    fast = (False, True) if find_spec("numba") else (False,)
    ways = [(is_fast, narrow) for is_fast in fast for narrow in (False, True) if is_fast or narrow]
    return [item for is_fast, narrow in ways for item in _differences(program.run(columns, count, threads=1, fast=is_fast, narrow=narrow), result, ("kernel" if is_fast else "NumPy", narrow))]


def reasons(result):
    return [(failure.code, failure.term) if (failure := result.failure(row)) else None for row in range(result.rows)]


def _differences(mine, result, way):
    if reasons(mine) != reasons(result):
        return [(-1, *way, "set aside")]
    good = result.reject == 0
    bad = [(-1, *way, key) for key, column in result.columns.items() if not np.array_equal(mine.columns[key][good], column[good])]
    if not np.array_equal(mine.words[good], result.words[good]):
        bad.append((-1, *way, "words"))
    for term in result.lists:
        if any(listed(mine, term, row) != listed(result, term, row) for row in np.flatnonzero(good)):
            bad.append((-1, *way, term))
    return bad


def listed(result, term, row):
    offsets, values = result.lists[term]
    return values[offsets[row] : offsets[row + 1]].tolist()


def _row_differences(book, program, result, decision, row):
    for node in book.nodes:
        if node.term not in program.wanted:
            continue
        if result.value(node.term, row) != decision.values[node.term]:
            yield node.term, result.value(node.term, row), decision.values[node.term]
        if isinstance(node, Share):
            for entity, part in result.parts(node.term, row).items():
                if decision.values[f"{node.term}[{entity}]"] != part:
                    yield node.term, entity, part, decision.values[f"{node.term}[{entity}]"]
        if isinstance(node, Table) and node.policy == "all":
            for option in node.options:
                if result.value(f"{node.term}[{option}]", row) != decision.values[f"{node.term}[{option}]"]:
                    yield node.term, option
    if why_row(program, result, row) != decision.hits:
        yield "why", why_row(program, result, row), decision.hits
