"""The meaning, pinned by tables: cells and formulas on the referee, the chained rules, and possible values."""

import csv
from pathlib import Path

import pytest
from columns_agreement import all_terms, columns_of

from fourfold import forward
from fourfold.columns.program import compile_columns, why_row
from fourfold.content import read_content_texts
from fourfold.decide import decide
from fourfold.linking import link
from fourfold.model import Fact, Facts
from fourfold.possible import possible
from fourfold.problem import Problems

HERE = Path(__file__).parent
DAY = 739_950  # 2026-11-30
TERMS = """
terms:
  whole: {kind: number, range: [-1000, 100_000], ask: q, assume: 0}
  other: {kind: number, range: [0, 100], ask: q, assume: 10}
  fine: {kind: number, scale: 2, range: [0, 10], ask: q, assume: 0}
  share: {kind: percent, scale: 1, ask: q, assume: 0}
  amount: {kind: money, range: [0, 100_000], ask: q, assume: 0}
  when: {kind: date, ask: q, required: true}
  colour: {kind: choice, options: [red, blue, green], ask: q, assume: red}
  same: {kind: choice, options: [red, blue, green], ask: q, assume: red}
  flag: {kind: yes_no, ask: q, assume: false}
  tags: {kind: set, options: [a, b, c], ask: q, assume: none}
  letter: {kind: choice, options: [a, b, c], ask: q, assume: a}
  result: {kind: yes_no}
"""
NUMBERS = """
kinds:
  thing: {weight: {kind: number, otherwise: 0}}
entities:
  thing:
    one: {weight: {value: 3, estimate: true, because: t, date: 2026, confidence: low}}
    two: {weight: {value: 5, estimate: true, because: t, date: 2026, confidence: low}}
terms:
  x: {kind: number, range: [0, 100], ask: q, assume: 10}
  y: {kind: number, range: [0, 100], ask: q, assume: 7}
  f: {kind: number, scale: 2, range: [0, 100], ask: q, assume: 0.25}
  p: {kind: percent, ask: q, assume: 25%}
  chosen: {kind: thing, ask: q, assume: one}
"""
AMOUNTS = """
rates: {base: CNY, USD: [{value: 8, source: x, date: 2026, confidence: high}]}
terms:
  m: {kind: money, scale: 2, range: [1, 1000], ask: q, assume: 0}
  n: {kind: number, range: [0, 100], ask: q, assume: 4}
"""


def rows(name):
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def book_of(terms, rules):
    return link(read_content_texts({"knowledge/terms.yaml": terms, "rules/rules.yaml": rules}), DAY)


def both(book, facts):
    right = decide(book, facts)
    if forward.is_available():
        chainer = forward.Chainer(book)
        mine = chainer.run(facts)[0]
        chainer.close()
        assert mine == right
    as_columns(book, facts, right)
    return right


def as_columns(book, facts, right):
    """Hold the columns against a decision: all values, and the rules that spoke."""
    row = {term: fact.value for term, fact in facts.known.items() if term not in ("as_of", "currency")}
    program = compile_columns(book, all_terms(book))
    result = program.run(columns_of(book, [row]), 1)
    assert result.failure(0) is None
    assert {term: result.value(term, 0) for term in program.wanted} == {term: right.values[term] for term in program.wanted}
    assert why_row(program, result, 0) == right.hits


@pytest.mark.parametrize("row", rows("cells.csv"), ids=lambda row: f"{row['kind']} {row['cell']} at {row['value']}")
def test_cells(row):
    rules = f'- table: t\n  concludes: result\n  rules:\n    - {{id: hit, when: {{{row["kind"]}: "{row["cell"]}"}}, then: true}}\n    - {{id: rest, otherwise: false}}\n'
    book = book_of(TERMS, rules)
    value = row["value"]
    known = {"when": Fact(DAY), "as_of": Fact(DAY), "currency": Fact("CNY")}
    if row["kind"] == "tags":
        known |= {f"tags[{option}]": Fact("true" if option == value else "false") for option in "abc"}
    else:
        known[row["kind"]] = Fact(int(value) if value.lstrip("-").isdigit() else value)
    wanted = "true" if row["holds"] == "yes" else "false"
    assert both(book, Facts(known)).values["result"] == wanted
    assert wanted in possible(book, known)["result"]
    everything = possible(book, {})["result"]
    assert wanted in everything


@pytest.mark.parametrize("row", rows("formulas.csv"), ids=lambda row: row["formula"])
def test_formulas(row):
    terms = NUMBERS + f"  out: {{kind: number, scale: {row['scale']}}}\n"
    book = book_of(terms, f"- formula: out\n  is: {row['formula']}\n")
    facts = Facts({"as_of": Fact(DAY), "currency": Fact("CNY")})
    assert both(book, facts).values["out"] == int(row["value"])
    if book.terms["out"].is_plan:
        return
    low, high = possible(book, {})["out"]
    assert low <= int(row["value"]) <= high


RATIO = """
terms:
  top: {kind: number, range: [0, 1000], ask: q, assume: 0}
  bottom: {kind: number, range: [0, 1000], ask: q, assume: 0}
  r: {kind: ratio}
  rich: {kind: yes_no}
"""


@pytest.mark.parametrize(("test", "top", "bottom", "zero", "holds"), [
    (">= 1", 5, 5, "0", True), (">= 1", 4, 5, "0", False), (">= 0.8", 4, 5, "0", True), (">= 0.8", 399, 500, "0", False),
    ("< 1", 5, 5, "0", False), ("[0.5..1)", 5, 10, "0", True), ("[0.5..1)", 10, 10, "0", False), (">= 80%", 4, 5, "0", True),
    (">= 1", 7, 0, "0", False), (">= 1", 7, 0, "2", True), ("< 1", 0, 0, "0", True), ("[0.5..1)", 9, 0, "0.5", True),
])  # fmt: skip
def test_ratios_are_compared_and_never_divided(test, top, bottom, zero, holds):
    rules = (
        f"- formula: r\n  ratio: [top, bottom]\n  at zero: {zero}\n"
        f'- table: t\n  concludes: rich\n  rules:\n    - {{id: hit, when: {{r: "{test}"}}, then: true}}\n    - {{id: rest, otherwise: false}}\n'
    )
    book = book_of(RATIO, rules)
    facts = Facts({"top": Fact(top), "bottom": Fact(bottom), "as_of": Fact(DAY), "currency": Fact("CNY")})
    assert both(book, facts).values["rich"] == ("true" if holds else "false")


TABLE = "- table: t\n  concludes: out\n  rules:\n"


@pytest.mark.parametrize(("rules", "x", "code", "value"), [
    ("    - {id: a, when: {x: '< 5'}, then: 1}\n", 7, "F307", None),
    ("    - {id: a, when: {x: '< 5'}, then: 1}\n", 3, None, 1),
    ("    - {id: a, when: {x: '< 9'}, then: 1}\n    - {id: b, when: {x: '> 2'}, then: 2}\n", 5, "F308", None),
    ("    - {id: a, when: {x: '< 9'}, then: 1}\n    - {id: b, when: {x: '> 2'}, then: 1}\n", 5, None, 1),
    ("    - {id: a, when: {x: '< 9'}, then: 1}\n    - {id: b, when: {x: '> 2'}, then: 2, overrides: [a]}\n", 5, None, 2),
    ("    - {id: a, when: {x: '< 9'}, then: 1, overrides: [b]}\n    - {id: b, when: {x: '> 2'}, then: 2}\n", 5, None, 1),
    ("    - {id: a, when: {x: '< 5'}, then: 1}\n    - {id: z, otherwise: 9}\n", 7, None, 9),
    ("    - {id: a, when: {x: '< 5'}, then: 1, until: 2026-11-29}\n    - {id: z, otherwise: 9}\n", 3, None, 9),
    ("    - {id: a, when: {x: '< 5'}, then: 1, until: 2026-11-30}\n    - {id: z, otherwise: 9}\n", 3, None, 1),
    ("    - {id: a, when: {x: '< 5'}, then: 1, from: 2026-11-30}\n    - {id: z, otherwise: 9}\n", 3, None, 1),
    ("    - {id: a, when: {x: '< 5'}, then: 1, from: 2026-12-01}\n    - {id: z, otherwise: 9}\n", 3, None, 9),
])  # fmt: skip
def test_unique_tables_gaps_conflicts_overrides_and_dates(rules, x, code, value):
    book = book_of("terms:\n  x: {kind: number, range: [0, 10], ask: q, assume: 0}\n  out: {kind: number}\n", TABLE + rules)
    facts = Facts({"x": Fact(x), "as_of": Fact(DAY), "currency": Fact("CNY")})
    if code is None:
        assert both(book, facts).values["out"] == value
        return
    with pytest.raises(Problems) as fault:
        decide(book, facts)
    assert [problem.code for problem in fault.value.problems] == [code]
    result = compile_columns(book).run(columns_of(book, [{"x": x}]), 1)
    assert result.failure(0).code == code


def test_sum_and_all_tables():
    terms = "terms:\n  x: {kind: number, range: [0, 10], ask: q, assume: 0}\n  points: {kind: number}\n  notes: {kind: set, options: [a, b]}\n"
    rules = (
        "- table: p\n  concludes: points\n  hit policy: sum\n  rules:\n    - {id: one, when: {x: '> 1'}, then: 3}\n    - {id: two, when: {x: '> 2'}, then: -1}\n"
        "- table: n\n  concludes: notes\n  hit policy: all\n  rules:\n    - {id: na, when: {x: '> 1'}, then: a}\n    - {id: nb, when: {x: '> 2'}, then: b}\n"
    )
    book = book_of(terms, rules)
    for x, points, notes in ((0, 0, ()), (2, 3, ("a",)), (3, 2, ("a", "b"))):
        found = both(book, Facts({"x": Fact(x), "as_of": Fact(DAY), "currency": Fact("CNY")}))
        assert (found.values["points"], found.values["notes"]) == (points, notes)


def test_selection_passes_over_what_does_not_fit_and_ties_go_by_place():
    est = "estimate: true, because: t, date: 2026, confidence: low"
    terms = (
        "kinds:\n  thing: {cost: {kind: number}, rank: {kind: number}}\nentities:\n  thing:\n"
        + "".join(f"    {name}: {{cost: {{value: {cost}, {est}}}, rank: {{value: {rank}, {est}}}}}\n" for name, cost, rank in (("a", 6, 1), ("b", 5, 2), ("c", 4, 2), ("d", 9, 3)))
        + "terms:\n  pot: {kind: number, range: [0, 100], ask: q, assume: 10}\n  part: {of: thing, kind: number}\n"
    )
    rules = "- select: taken\n  from: thing\n  order by: [thing.rank descending]\n  within: {pot: thing.cost}\n  at most: 2\n- share out: part\n  amount: pot\n  over: taken\n  by: thing.cost\n"
    book = book_of(terms, rules)
    for pot, taken in ((10, ("d",)), (9, ("d",)), (8, ("b",)), (15, ("d", "b")), (13, ("d", "c")), (3, ())):
        found = both(book, Facts({"pot": Fact(pot), "as_of": Fact(DAY), "currency": Fact("CNY")}))
        assert found.values["taken"] == taken
        assert found.values["part"] == (pot if taken else 0)


# ---------------------------------------------------------------- amounts written in formulas


@pytest.mark.parametrize("currency", ["CNY", "USD"])
@pytest.mark.parametrize("row", rows("amounts.csv"), ids=lambda row: f"{row['kind']} {row['formula']}")
def test_an_amount_in_a_formula_is_in_the_currency_of_the_company(row, currency):
    terms = AMOUNTS + f"  result: {{kind: {row['kind']}, scale: 2}}\n"
    book = link(read_content_texts({"knowledge/terms.yaml": terms, "rules/rules.yaml": f"- {{formula: result, is: {row['formula']!r}}}"}), DAY, currency)
    facts = Facts({"as_of": Fact(DAY), "currency": Fact(currency), "m": Fact(10_000), "n": Fact(4)})
    assert both(book, facts).values["result"] == int(row[currency.lower()])
