"""Columns at their edges: what comes in, what is set aside, what goes to the referee, threads, and other tables."""

import random
from importlib.util import find_spec

import numpy as np
import pytest
from columns_agreement import column_differences, columns_of, draw_rows
from conftest import ROOT

from fourfold.columns.cover import held_ways
from fourfold.columns.graph import Graph
from fourfold.columns.program import compile_columns, replay_row, usual_terms, why_row
from fourfold.content import read_content, read_content_texts
from fourfold.linking import link
from fourfold.problem import Problems

DAY = 739_945
BASE = {"primary_goal": "new_buyers", "industry": "beauty", "business_model": "ecommerce"}


@pytest.fixture(scope="module")
def book():
    return link(read_content(ROOT), DAY)


@pytest.fixture(scope="module")
def program(book):
    return compile_columns(book)


def run(program, rows, **more):
    return program.run(columns_of(program.book, rows), len(rows), **more)


def plausible(row):
    """A drawn row without most of what constraints refuse."""
    kept = {term: value for term, value in row.items() if not term.startswith(("earlier_reading", "employees", "heads", "months_live"))}
    return BASE | kept


def test_the_usual_terms_are_what_a_batch_is_about(book):
    found = usual_terms(book)
    assert {"strategy", "stage", "chosen_carriers", "carrier_budget", "trial_carriers", "warnings"} <= set(found)
    assert not [name for name in found if name.startswith(("fit[", "waits_for["))]


def test_the_shipped_book_and_the_referee_agree(book):
    rows = [plausible(row) for row in draw_rows(random.Random(11), book, 60)]
    decided, aside, bad, _ = column_differences(book, rows)
    assert bad == []
    assert (decided, aside) == (60, 0)


def test_every_carrier_may_have_a_result_of_its_own(program, book):
    rows = [BASE | {f"reading[{carrier}]": "meets", f"earlier_reading[{carrier}]": "meets", "monthly_budget": 90_000} for carrier in book.entities["carrier"]]
    columns, result = columns_of(book, rows), run(program, rows)
    for row in range(len(rows)):
        decision = replay_row(program, columns, row)
        assert result.value("chosen_carriers", row) == decision.values["chosen_carriers"]
        assert why_row(program, result, row) == decision.hits


@pytest.mark.parametrize(("row", "code", "term"), [
    ({}, "F309", "primary_goal"),
    (BASE | {"monthly_budget": -1}, "F205", "monthly_budget"),
    (BASE | {"monthly_budget": 10**14}, "F205", "monthly_budget"),
    (BASE | {"employees": 1, "heads": 50_000}, "F301", "team-larger-than-company"),
])  # fmt: skip
def test_a_row_is_set_aside_with_the_code_of_the_referee(program, row, code, term):
    result = run(program, [BASE, row])
    assert result.failure(0) is None
    assert (result.failure(1).code, result.failure(1).term) == (code, term)
    with pytest.raises(Problems) as fault:
        replay_row(program, columns_of(program.book, [BASE, row]), 1)
    assert fault.value.problems[0].code == code


def test_a_word_that_is_no_option_sets_its_row_aside(program):
    columns = {name: program.codes(name, [option, option]) for name, option in BASE.items()}
    columns["industry"] = program.codes("industry", ["beauty", "basket weaving"])
    result = program.run(columns)
    assert (result.failure(0), result.failure(1).code, result.failure(1).term) == (None, "F204", "industry")


@pytest.mark.parametrize(("columns", "code"), [
    ({"industri": np.zeros(2, np.int64)}, "F201"), ({"strategy": np.zeros(2, np.int64)}, "F201"), ({"as_of": np.zeros(2, np.int64)}, "F201"),
    ({"employees": np.zeros(2, np.int64), "heads": np.zeros(3, np.int64)}, "F203"), ({"employees": np.zeros(2, np.float64)}, "F203"),
    ({"employees": (np.zeros(2, np.int64), np.ones(1, np.bool_))}, "F203"),
])  # fmt: skip
def test_columns_that_cannot_be_are_problems(program, columns, code):
    with pytest.raises(Problems) as fault:
        program.run(columns)
    assert [problem.code for problem in fault.value.problems] == [code]


def test_rows_without_any_column_are_set_aside(program):
    assert [program.run({}, rows=2).failure(row).code for row in range(2)] == ["F309", "F309"]
    assert program.run({}).rows == 0


def test_numbers_beyond_64_bits_go_to_the_referee():
    terms = "\n".join(f"  {name}: {{kind: number, range: [0, 1_000_000_000], ask: q, assume: 1}}" for name in "abc")
    texts = {"knowledge/t.yaml": f"terms:\n{terms}\n  d: {{kind: number, range: [0, 5], ask: q, or from: a * b * c / 1_000_000_000, assume: 1}}\n"}
    small = compile_columns(link(read_content_texts(texts), DAY), ("d",))
    rows = [{"a": 10**9, "b": 10**9, "c": value} for value in (0, 1, 10**9)] + [{"a": 2, "b": 3, "c": 10**9}]
    result = run(small, rows)
    assert [result.value("d", row) for row in range(4)] == [0, 5, 5, 5]


def test_a_choice_too_wide_for_columns_is_said_and_decided_all_the_same():
    options = ", ".join(f"o{place}" for place in range(300))
    texts = {
        "knowledge/t.yaml": f"terms:\n  wide: {{kind: choice, options: [{options}], ask: q, required: true}}\n  last: {{kind: yes_no}}\n",
        "rules/r.yaml": "- table: t\n  concludes: last\n  rules:\n    - {id: is-last, when: {wide: o299}, then: true}\n    - {id: not-last, otherwise: false}\n",
    }
    wide = compile_columns(link(read_content_texts(texts), DAY), ("last",))
    (note,) = wide.notes(frozenset({"wide"}))
    assert (note.term, note.span.line) == ("wide", 2)
    assert "250" in note.reason
    result = run(wide, [{"wide": "o299"}, {"wide": "o1"}])
    assert [result.value("last", row) for row in range(2)] == ["true", "false"]
    assert [[hit.rule for hit in why_row(wide, result, row)] for row in range(2)] == [["is-last"], ["not-last"]]


def test_threads_and_chunks_change_nothing(program, book):
    drawn = [plausible(row) for row in draw_rows(random.Random(3), book, 40)]
    # WHY: rows at the far ends of all ranges go to the referee, one by one
    rows = [{term: value for term, value in row.items() if isinstance(value, str) or value < 10**7} for row in drawn] * 450
    columns = columns_of(book, rows)
    one, two = program.run(columns, threads=1, fast=False), program.run(columns, threads=2, fast=False)
    others = [two] if find_spec("numba") is None else [two, program.run(columns, threads=2, fast=True)]
    good = one.reject == 0
    for other in others:
        assert np.array_equal(one.reject, other.reject)
        assert np.array_equal(one.words[good], other.words[good])
        assert all(np.array_equal(one.columns[key][good], other.columns[key][good]) for key in one.columns)
        assert other.parts("carrier_budget", 17_999) == one.parts("carrier_budget", 17_999)


BUDGETS = [30_000, None, 5_000]


def by_polars():
    polars = pytest.importorskip("polars")
    column = polars.DataFrame({"monthly_budget": BUDGETS})["monthly_budget"]
    return column.fill_null(0).to_numpy(), column.is_not_null().to_numpy()


def by_pandas():
    pandas = pytest.importorskip("pandas")
    column = pandas.Series(BUDGETS, dtype="Int64")
    return column.fillna(0).to_numpy("int64"), column.notna().to_numpy()


def by_arrow():
    arrow = pytest.importorskip("pyarrow")
    column = arrow.array(BUDGETS, arrow.int64())
    return column.fill_null(0).to_numpy(), column.is_valid().to_numpy(zero_copy_only=False)


def by_duckdb():
    duckdb = pytest.importorskip("duckdb")
    column = duckdb.sql("select * from (values (30000), (null), (5000)) t(monthly_budget)").fetchnumpy()["monthly_budget"]
    return column.data, ~column.mask


@pytest.mark.parametrize("reader", [by_polars, by_pandas, by_arrow, by_duckdb])
def test_tables_of_others_go_in_as_they_are_documented(program, reader):
    columns = {name: program.codes(name, [option] * 3) for name, option in BASE.items()} | {"monthly_budget": reader()}
    result = compile_columns(program.book, ("monthly_budget", "strategy")).run(columns)
    assert [result.value("monthly_budget", row) for row in (0, 2)] == [30_000, 5_000]
    assert result.value("monthly_budget", 1) == replay_row(program, columns, 1).values["monthly_budget"]


def test_the_ways_in_which_flags_hold_are_those_of_every_combination():
    """Flags made by chance of a code, a number and plain flags, held against each combination tried out."""
    chance = random.Random(4)
    for _ in range(40):
        graph = Graph()
        code, number, plain = graph.place("code", (), "c", 0, 2), graph.place("column", (), "n", 0, 9), graph.place("flag column", (), "f", 0, 1)
        flags = [graph.place("in", (code,), (1 << option, 3), 0, 1) for option in range(3)] + [graph.place("ge", (number,), 5, 0, 1), plain]
        asks = dict(zip(flags, [lambda c, n, f, o=option: c == o for option in range(3)] + [lambda c, n, f: n >= 5, lambda c, n, f: f], strict=True))
        for _ in range(12):
            name, parts = chance.choice(["and", "or", "not"]), tuple(chance.sample(flags, 2))
            parts = parts[:1] if name == "not" else parts
            at = graph.place(name, parts, None, 0, 1)
            one, other = asks[parts[0]], asks[parts[-1]]
            asks.setdefault(at, {"and": lambda *way, a=one, b=other: a(*way) and b(*way), "or": lambda *way, a=one, b=other: a(*way) or b(*way), "not": lambda *way, a=one: not a(*way)}[name])
            flags.append(at)
        some = chance.sample(flags, 4)
        ways = [(c, n, f) for c in range(3) for n in (0, 9) for f in (False, True)]
        found = held_ways(graph, some)
        assert found is not None
        held, every = found
        tried = {tuple(bool(asks[at](*way)) for at in some) for way in ways}
        assert {tuple(bool(bits >> way & 1) for bits in held) for way in range(every.bit_length())} == tried
