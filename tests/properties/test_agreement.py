"""The readers agree: on generated rule books and on generated profiles."""

import random
from dataclasses import fields, is_dataclass

import pytest
from agreement import chained, drawn, first_code, narrowing_differences, outcome, solver_differences, solver_of, unsound
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_meaning import differences
from random_books import boundaries, random_facts, random_texts

from fourfold import forward
from fourfold.company_outcomes import Outcomes
from fourfold.decide import decide, largest_remainder
from fourfold.expression.parse import ParseFault, parse_cell, parse_expression
from fourfold.expression.show import show_cell, show_expression
from fourfold.model import Table
from fourfold.narrow import part_of

QUICK = settings(derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.mark.skipif(not forward.is_available(), reason="durable_rules is not here")
@QUICK
@given(st.integers(0, 2**32))
def test_the_chained_rules_and_the_referee_agree(seed):
    for _, book, facts, right, chainer in drawn(seed, forward.Chainer if forward.is_available() else None):
        assert outcome(chained(chainer), book, facts) == right


@QUICK
@given(st.integers(0, 2**32))
def test_the_referee_decides_what_the_declarations_say(seed):
    for _, book, facts, right, _ in drawn(seed):
        assert differences(book, facts, right) == []


@QUICK
@given(st.integers(0, 2**32))
def test_the_solver_and_the_referee_agree(seed):
    for _, book, facts, right, logic in drawn(seed, solver_of):
        assert solver_differences(logic, book, facts, right) == []


@QUICK
@given(st.integers(0, 2**32))
def test_folding_some_facts_away_changes_nothing(seed):
    for rng, book, facts, right, _ in drawn(seed):
        assert first_code(right) or narrowing_differences(book, facts, right[0], rng) == []


@QUICK
@given(st.integers(0, 2**32))
def test_the_outcome_of_a_sampled_company_is_what_the_referee_says(seed):
    for _, _, facts, right, targets in drawn(seed, tables_of):
        company = {name: fact.value for name, fact in facts.known.items()}
        for target, outcomes in targets.items():
            assert first_code(right) or outcomes.of(company) == str(right[0][target])


def tables_of(book):
    """Return what tells the outcome of each core table's term for sampled companies."""
    targets = [node.term for node in book.nodes if isinstance(node, Table) and node.policy == "unique" and not book.terms[node.term].is_plan]
    return {target: Outcomes(part_of(book, [target]), target) for target in targets}


@QUICK
@given(st.integers(0, 2**32))
def test_what_is_possible_contains_what_follows(seed):
    for rng, book, facts, right, _ in drawn(seed):
        assert first_code(right) or unsound(book, facts, right[0], rng) == []


@QUICK
@given(st.integers(0, 2**32))
def test_the_order_of_rules_and_files_means_nothing(seed):
    from fourfold.content import read_content_texts
    from fourfold.linking import link
    from fourfold.problem import Problems

    rng = random.Random(seed)
    texts = random_texts(rng)
    try:
        content = read_content_texts(texts)
        book = link(content, 739_950)
    except Problems:
        return
    from dataclasses import replace

    tables = [replace(table, rules=tuple(rng.sample(table.rules, len(table.rules)))) for table in content.tables]
    rng.shuffle(tables)
    turned = link(replace(content, tables=tuple(tables), formulas=tuple(reversed(content.formulas))), 739_950)
    near = boundaries(book)
    for _ in range(4):
        facts = random_facts(rng, book, near)
        right, mine = outcome(decide, book, facts), outcome(decide, turned, facts)
        if first_code(right):
            assert first_code(mine)
        else:
            assert mine[0] == right[0]
            assert sorted(mine[1], key=str) == sorted(right[1], key=str)


@QUICK
@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_always_add_up(amount, weights):
    parts = largest_remainder(amount, weights)
    assert sum(parts) == amount
    whole = sum(weights)
    if whole:
        assert all(abs(part - amount * weight / whole) < 1 + 1e-6 for part, weight in zip(parts, weights, strict=True))


def bare(node):
    """Return a node without its places."""
    if isinstance(node, tuple):
        return tuple(bare(item) for item in node)
    if not is_dataclass(node):
        return node
    return (type(node).__name__, *(bare(getattr(node, item.name)) for item in fields(node) if item.name not in ("offset", "length")))


NAMES = st.sampled_from(["x", "budget", "carrier.cost", "max", "not", "contains", "e5"])
NUMBERS = st.sampled_from(["0", "7", "007", "1_000", "2.50", "30%", "0.5 %", "123456789.000001"])
DAYS = st.sampled_from(["2026-11-30", "2024-02-29"])
EXPRESSIONS = st.recursive(
    NUMBERS | NAMES.filter(lambda name: name != "max"),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["max", "min"]), inner, inner),
    ),
    max_leaves=12,
)
ENDS = NUMBERS | DAYS | NUMBERS.map("-{}".format)
TESTS = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "="]), ENDS | NAMES),
    ENDS,
    NAMES.filter(lambda name: name not in ("not", "contains")),
    st.builds("{}{}..{}{}".format, st.sampled_from("[("), ENDS, ENDS, st.sampled_from("])")),
    st.builds("contains {}".format, NAMES),
)
CELLS = st.one_of(st.just("-"), st.lists(TESTS, min_size=1, max_size=4).map(", ".join), st.lists(TESTS, min_size=1, max_size=3).map(lambda tests: f"not({', '.join(tests)})"))


@QUICK
@given(EXPRESSIONS)
def test_a_formula_is_shown_as_what_parses_to_it(text):
    node = parse_expression(text)
    assert bare(parse_expression(show_expression(node))) == bare(node)


@QUICK
@given(CELLS)
def test_a_cell_is_shown_as_what_parses_to_it(text):
    node = parse_cell(text)
    assert bare(parse_cell(show_cell(node))) == bare(node)


def fault_of(parse, text):
    try:
        parse(text)
    except ParseFault as fault:
        return fault
    return None


@QUICK
@given(st.text(alphabet="abx_.0123456789+-*/()<>=,[] %≥", max_size=40))
def test_any_text_parses_or_is_a_fault_at_a_place(text):
    for parse in (parse_expression, parse_cell):
        fault = fault_of(parse, text)
        assert fault is None or (fault.message and 0 <= fault.offset <= len(text))
