"""Possible values, pinned by a table: a cell on a range of facts is sure, impossible or open."""

import pytest
from language.test_tables import DAY, TERMS, book_of, both, rows

from fourfold.content import read_content_texts
from fourfold.decide import decide
from fourfold.linking import link
from fourfold.model import Fact, Facts
from fourfold.possible import possible
from fourfold.problem import Problems

VERDICTS = {"yes": frozenset({"true"}), "no": frozenset({"false"}), "open": frozenset({"false", "true"})}
CELL = '- table: t\n  concludes: result\n  rules:\n    - {{id: hit, when: {{{}: "{}"}}, then: true}}\n    - {{id: rest, otherwise: false}}\n'
HEAD = {"as_of": Fact(DAY), "currency": Fact("CNY")}


@pytest.mark.parametrize("row", rows("open.csv"), ids=lambda row: f"{row['kind']} {row['cell']} from {row['low']} to {row['high']}")
def test_a_cell_on_a_range(row):
    book = book_of(TERMS, CELL.format(row["kind"], row["cell"]))
    low, high = int(row["low"]), int(row["high"])
    assert possible(book, {row["kind"]: Fact(low, low=low, high=high)})["result"] == VERDICTS[row["verdict"]]


NUMBERS = """
kinds:
  thing: {weight: {kind: number}}
entities:
  thing:
    one: {weight: {value: 3, estimate: true, because: t, date: 2026, confidence: low}}
    two: {weight: {value: 5, estimate: true, because: t, date: 2026, confidence: low}}
terms:
  x: {kind: number, range: [0, 100], ask: q, assume: 10}
  y: {kind: number, range: [-10, 10], ask: q, assume: 7}
  which: {kind: thing, ask: q, assume: one}
  flag: {kind: yes_no, ask: q, assume: false}
  good: {of: thing, kind: yes_no, ask: q, assume: false}
"""


@pytest.mark.parametrize(("formula", "low", "high"), [
    ("is: x + y", -10, 110), ("is: x - y", -10, 110), ("is: x * 2", 0, 200), ("is: y * -2", -20, 20), ("is: y / 3", -4, 3), ("is: max(x, y)", 0, 100), ("is: min(x, y)", -10, 10),
    ("is: which.weight", 3, 5), ("is: which.weight - 4", -1, 1), ("count: thing\n  where: {thing.good: true}", 0, 2), ("sum: thing.weight\n  over: thing\n  where: {thing.good: true}", 0, 8),
    ("lowest: thing.weight\n  over: thing\n  where: {thing.good: true}\n  at none: 9", 3, 9), ("highest: thing.weight\n  over: thing\n  where: {thing.weight: '> 2'}", 5, 5),
])  # fmt: skip
def test_a_formula_on_all_that_its_terms_may_be(formula, low, high):
    book = book_of(NUMBERS + "  out: {kind: number}\n", f"- formula: out\n  {formula}\n")
    assert possible(book, {})["out"] == (low, high)


TABLE = "- table: t\n  concludes: out\n{}  rules:\n{}"


@pytest.mark.parametrize(("policy", "rules", "expected"), [
    ("", "    - {id: a, when: {x: '>= 0'}, then: 1}\n    - {id: b, when: {x: '> 5'}, then: 2}\n", (1, 1)),
    ("", "    - {id: a, when: {x: '>= 0'}, then: 1}\n    - {id: b, when: {x: '> 5'}, then: 2, overrides: [a]}\n", (1, 2)),
    ("", "    - {id: a, when: {x: '>= 0'}, then: 1, overrides: [b]}\n    - {id: b, when: {x: '> 5'}, then: 2}\n", (1, 1)),
    ("", "    - {id: a, when: {x: '>= 0'}, then: 1}\n    - {id: b, when: {x: '> 5'}, then: 2, overrides: [a]}\n    - {id: c, when: {x: '> 9'}, then: 3, overrides: [b]}\n", (1, 3)),
    ("", "    - {id: a, when: {x: '> 5'}, then: 1}\n    - {id: z, otherwise: 9}\n", (1, 9)),
    ("", "    - {id: a, when: {x: '> 100'}, then: 1}\n    - {id: z, otherwise: 9}\n", (9, 9)),
    ("  hit policy: sum\n", "    - {id: a, when: {x: '>= 0'}, then: 4}\n    - {id: b, when: {x: '> 5'}, then: 2}\n    - {id: c, when: {x: '> 6'}, then: -3}\n", (1, 6)),
])  # fmt: skip
def test_a_table_on_all_that_its_terms_may_be(policy, rules, expected):
    book = book_of(NUMBERS + "  out: {kind: number}\n", TABLE.format(policy, rules))
    assert possible(book, {})["out"] == expected


def test_a_table_that_can_decide_nothing_leaves_its_reader_all_it_can_be():
    rules = TABLE.format("", "    - {id: a, when: {x: '> 5'}, then: 1}\n    - {id: b, when: {x: '> 6'}, then: 4}\n") + "- formula: more\n  is: out + 1\n"
    book = book_of(NUMBERS + "  out: {kind: number}\n  more: {kind: number}\n", rules)
    found = possible(book, {"x": Fact(3)})
    assert (found["out"], found["more"]) == ((1, 4), (2, 5))
    with pytest.raises(Problems):
        decide(book, Facts({**HEAD, "x": Fact(3)}))


RATES = """
rates:
  base: CNY
  USD:
    - {value: 6.5, until: 2026-11-29, source: S, date: 2026, confidence: high}
    - {value: 7.1, from: 2026-11-30, source: S, date: 2026, confidence: high}
sources: {S: {title: s, date: 2026}}
constants:
  fee: {kind: money, scale: 2, value: 100, source: S, date: 2026, confidence: high}
  toll: {kind: money, scale: 2, value: 100, currency: USD, source: S, date: 2026, confidence: high}
  old: {kind: number, values: [{value: 1, until: 2026-11-29, source: S, date: 2026, confidence: low}, {value: 2, from: 2026-11-30, source: S, date: 2026, confidence: low}]}
terms:
  budget: {kind: money, scale: 2, range: [0, 1000], ask: q, required: true}
  rich: {kind: yes_no}
  a: {kind: money, scale: 2}
  b: {kind: money, scale: 2}
  c: {kind: number}
"""
MONEY = CELL.format("budget", ">= 100").replace("result", "rich") + "- formula: a\n  is: fee\n- formula: b\n  is: toll\n- formula: c\n  is: old\n"


@pytest.mark.parametrize(("day", "currency", "fee", "toll", "old"), [
    (DAY - 1, "", 10000, 65000, 1), (DAY, "", 10000, 71000, 2), (DAY - 1, "USD", 1538, 10000, 1), (DAY, "USD", 1408, 10000, 2),
])  # fmt: skip
def test_the_knowledge_is_converted_half_up_at_the_rate_of_the_day(day, currency, fee, toll, old):
    """100 CNY at 6.5 are 15.3846 USD, at 7.1 14.0845; a border of a period is in."""
    book = link(read_content_texts({"knowledge/k.yaml": RATES, "rules/r.yaml": MONEY}), day, currency)
    for budget, rich in ((fee, "true"), (fee - 1, "false")):
        found = both(book, Facts({"as_of": Fact(day), "currency": Fact(currency or "CNY"), "budget": Fact(budget)})).values
        assert (found["a"], found["b"], found["c"], found["rich"]) == (fee, toll, old, rich)


def test_half_a_cent_is_rounded_up():
    """0.05 CNY at 10 CNY a dollar are half a cent."""
    texts = {
        "knowledge/k.yaml": "rates: {base: CNY, USD: [{value: 10, source: S, date: 2026, confidence: high}]}\nsources: {S: {title: s, date: 2026}}\n"
        "constants:\n  up: {kind: money, scale: 2, value: 0.05, source: S, date: 2026, confidence: high}\n  down: {kind: money, scale: 2, value: 0.04, source: S, date: 2026, confidence: high}\n"
        "  below: {kind: money, scale: 2, value: -0.05, source: S, date: 2026, confidence: high}\n",
    }
    values = link(read_content_texts(texts), DAY, "USD").values
    assert [values[name].value for name in ("up", "down", "below")] == [1, 0, 0]
