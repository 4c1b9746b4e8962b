"""The readers agree: on generated rule books and on generated profiles."""

import random

import pytest
from agreement import chained, first_code, outcome, random_book, unsound
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_books import boundaries, random_facts, random_texts

from fourfold import forward
from fourfold.decide import decide, largest_remainder
from fourfold.expression.parse import ParseFault, parse_cell, parse_expression
from fourfold.expression.show import show_cell, show_expression

QUICK = settings(derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.mark.skipif(not forward.is_available(), reason="durable_rules is not here")
@QUICK
@given(st.integers(0, 2**32))
def test_the_chained_rules_and_the_referee_agree(seed):
    rng = random.Random(seed)
    book = random_book(rng)
    if book is None:
        return
    near, chainer = boundaries(book), forward.Chainer(book)
    try:
        for _ in range(6):
            facts = random_facts(rng, book, near)
            right, mine = outcome(decide, book, facts), outcome(chained(chainer), book, facts)
            if first_code(right):
                assert first_code(right) == first_code(mine)
            else:
                assert right == mine
    finally:
        chainer.close()


@QUICK
@given(st.integers(0, 2**32))
def test_what_is_possible_contains_what_follows(seed):
    rng = random.Random(seed)
    book = random_book(rng)
    if book is None:
        return
    near = boundaries(book)
    for _ in range(6):
        facts = random_facts(rng, book, near)
        result = outcome(decide, book, facts)
        if not first_code(result):
            assert unsound(book, facts, result[0], rng) == []


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
            assert all(mine[0][name] == value for name, value in right[0].items())


@QUICK
@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_always_add_up(amount, weights):
    parts = largest_remainder(amount, weights)
    assert sum(parts) == amount
    whole = sum(weights)
    if whole:
        assert all(abs(part - amount * weight / whole) < 1 + 1e-6 for part, weight in zip(parts, weights, strict=True))


@QUICK
@given(st.text(alphabet="abx_.0123456789+-*/()<>=,[] %", max_size=30))
def test_what_parses_is_shown_as_the_same(text):
    for parse, show in ((parse_expression, show_expression), (parse_cell, show_cell)):
        try:
            node = parse(text)
        except ParseFault:
            continue
        shown = show(node)
        assert show(parse(shown)) == shown
