"""What old and weak figures can do to a strategy: what is said to stand stands when the book is linked with other figures."""

import pytest
from conftest import DAY

from fourfold.content import read_content_texts
from fourfold.decide import decide
from fourfold.flips import Cone
from fourfold.linking import link
from fourfold.model import Fact, Facts
from fourfold.planning.bearing import OPEN, RANGE, UNUSED, WITHOUT, Bearing
from fourfold.planning.view import View

KINDS = """
kinds:
  trade:
    price: {kind: number, range: [0, 1000]}
    share: {kind: number, range: [0, 1000]}
    floor: {kind: number, range: [0, 1000]}
    idle: {kind: number, range: [0, 1000]}
"""
FIGURE = "      {name}: {{value: {value}, low: {low}, high: {high}, estimate: true, because: b, date: 2020, confidence: low}}\n"
TERMS = """
terms:
  trade: {kind: trade, ask: "Trade?", required: true}
  money: {kind: number, range: [0, 1000], ask: "Money?", required: true}
  heads: {kind: number, range: [0, 1000], ask: "Heads?", assume: trade.share * 10}
  cost: {kind: number, range: [0, 100_000]}
  least: {kind: number, range: [-100_000, 100_000]}
  spare: {kind: number, range: [0, 100_000]}
  strategy: {kind: choice, options: [wide, narrow]}
"""
RULES = """
- formula: cost
  is: trade.price * 2
- formula: least
  is: 300 - trade.floor
- formula: spare
  is: trade.idle
- table: strategy
  concludes: strategy
  rules:
    - {id: wide, when: {money: ">= cost, >= 900", heads: "< 200", least: "<= money"}, then: wide, because: b}
    - {id: narrow, otherwise: narrow, because: b}
"""
NOW = {"price": 40, "share": 2, "floor": 100, "idle": 7}
ENDS = {"price": (10, 60), "share": (1, 3), "floor": (5, 200), "idle": (5, 200)}


def book_with(figures):
    now = {**NOW, **figures}
    lines = [FIGURE.format(name=name, value=value, low=min(value, ENDS[name][0]), high=max(value, ENDS[name][1])) for name, value in now.items()]
    shop = "entities:\n  trade:\n    shop:\n" + "".join(lines)
    return link(read_content_texts({"knowledge/kinds.yaml": KINDS, "knowledge/shop.yaml": shop, "knowledge/terms.yaml": TERMS, "rules/rules.yaml": RULES}), DAY)


def strategy(book, money):
    return decide(book, facts(money)).values["strategy"]


def facts(money):
    return Facts({"as_of": Fact(DAY), "currency": Fact("CNY"), "trade": Fact("shop"), "money": Fact(money)})


@pytest.mark.parametrize(
    ("money", "states"),
    [
        (0, {"price": WITHOUT, "share": WITHOUT, "floor": WITHOUT, "idle": UNUSED}),
        (250, {"price": RANGE, "share": RANGE, "floor": OPEN, "idle": UNUSED}),
        (1000, {"price": WITHOUT, "share": RANGE, "floor": OPEN, "idle": UNUSED}),
    ],
)
def test_what_is_said_to_stand_stands_with_other_figures(money, states):
    book = book_with({})
    view = View(book, facts(money), decide(book, facts(money)))
    bearing = Bearing(view, Cone(book, "strategy"))
    found = {name: bearing.of(f"trade.{name}[shop]", book.values[f"trade.{name}[shop]"]) for name in states}
    now = strategy(book, money)
    for name, state in found.items():
        tried = {RANGE: ENDS[name], WITHOUT: (0, 1000), UNUSED: (0, 1000)}.get(state, ())
        assert {strategy(book_with({name: value}), money) for value in tried} <= {now}
    assert found == states
