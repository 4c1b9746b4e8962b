"""Every marked block of docs/language.md is read, linked and decided."""

import re

import pytest
from conftest import DAY, ROOT

from fourfold.content import read_content_texts
from fourfold.decide import decide
from fourfold.door import contradictions, enter, read_profile
from fourfold.expression.kinds import Number, plain_number, stored
from fourfold.expression.parse import ParseFault, parse_cell, parse_expression
from fourfold.linking import link
from fourfold.problem import Problems

PAGE = ROOT / "docs" / "language.md"
BLOCK = re.compile(r"<!-- (book|profile|follows|and|problem: (F\d{3})) -->\n```yaml\n(.*?)```", re.DOTALL)
YES = {"yes": "true", "no": "false", "true": "true", "false": "false"}


def blocks():
    return [(found[1].partition(":")[0], found[2], found[3]) for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]


def file_name(text, place):
    return f"rules/block_{place:02}.yaml" if text.lstrip().startswith("- ") else f"knowledge/block_{place:02}.yaml"


def book_texts():
    return {file_name(text, place): text for place, (mark, _, text) in enumerate(blocks()) if mark == "book"}


def one(mark):
    (found,) = [text for name, _, text in blocks() if name == mark]
    return found


@pytest.fixture(scope="module")
def small_book():
    return link(read_content_texts(book_texts()), DAY)


def expected(book, term, text):
    kind = book.terms[term].kind
    if text.startswith("["):
        return tuple(item.strip() for item in text.strip("[]").split(",") if item.strip())
    return stored(kind, plain_number(text)) if isinstance(kind, Number) else YES.get(text, text)


def test_every_yaml_block_is_marked():
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```yaml") == len(blocks())


def test_the_blocks_are_one_book_that_decides_what_the_page_says(small_book):
    facts = enter(small_book, read_profile(one("profile"), "profile.yaml"))
    decision = decide(small_book, facts)
    assert contradictions(small_book, facts, dict(decision.values)) == []
    lines = [line.split(": ", 1) for line in one("follows").splitlines()]
    said = {term: expected(small_book, term, value) for term, value in lines}
    assert {term: decision.values[term] for term in said} == said


def test_the_blocks_link_in_another_currency_and_another_year():
    content = read_content_texts(book_texts())
    assert link(content, DAY, "USD").values["channel.floor[ads]"].value == 100
    assert link(content, DAY + 365).values["channel.floor[ads]"].value == 900


def test_every_construct_is_shown(small_book):
    content = small_book.content
    assert {table.policy for table in content.tables} == {"unique", "sum", "all"}
    assert {formula.form for formula in content.formulas} == {"is", "sum", "count", "lowest", "highest", "ratio"}
    assert {item.form for register in content.registers for item in register.lowerings} == {"sum", "count", "members"}
    assert {term.kind.word for term in content.terms} >= {"number", "money", "percent", "date", "choice", "yes_no", "set", "ratio", "text", "trade"}
    assert content.selections
    assert content.shares
    assert content.constraints
    assert content.promises
    assert content.rates


def problem_groups():
    groups = []
    for mark, code, text in blocks():
        if mark == "problem":
            groups.append((code, [text]))
        elif mark == "and":
            groups[-1][1].append(text)
    return groups


@pytest.mark.parametrize("code, texts", problem_groups())
def test_a_wrong_block_gives_its_problem(code, texts):
    added = {file_name(text, 90 + place): text for place, text in enumerate(texts)}
    with pytest.raises(Problems) as found:
        link(read_content_texts({**book_texts(), **added}), DAY)
    assert {problem.code for problem in found.value.problems} == {code}


CELLS = ["-", "5", "-5.5", "= 5", "<= 1_000", "> 35%", "[0..5)", "(-2..2]", "(2026-01-01..2026-12-31]", "> 2026-01-01", "not(a, b)", "a, b", "contains x.y", "[1..2], > 7"]
NO_CELLS = ["", "a and b", "< a + 1", "[a..b]", "not(a), b", "contains 5", ">> 3", "5 6"]
EXPRESSIONS = ["1", "a.b * (c - 2.5) / 3", "-a", "max(1, min(a, b), 10%)", "a - -b"]
NO_EXPRESSIONS = ["", "a b", "a > 1", "2026-11-30", "a ^ 2", "max()", "a.b.c", "f(a)"]


@pytest.mark.parametrize("text", CELLS)
def test_the_grammar_of_cells_takes(text):
    parse_cell(text)


@pytest.mark.parametrize("text", NO_CELLS)
def test_the_grammar_of_cells_refuses(text):
    with pytest.raises(ParseFault):
        parse_cell(text)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_grammar_of_expressions_takes(text):
    parse_expression(text)


@pytest.mark.parametrize("text", NO_EXPRESSIONS)
def test_the_grammar_of_expressions_refuses(text):
    with pytest.raises(ParseFault):
        parse_expression(text)
