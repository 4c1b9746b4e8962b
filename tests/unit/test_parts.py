"""`or from`: what is known by its parts, held within the range of its term."""

import pytest
from conftest import DAY

from fourfold.content import read_content_texts
from fourfold.door import enter, read_profile
from fourfold.linking import link

TERMS = """
terms:
  price: {kind: money, range: [0, 1000], ask: q, assume: 0, or from: cost * 3}
  cost: {kind: money, range: [0, 900], ask: q, optional: true}
"""


@pytest.mark.parametrize(("cost", "price", "note"), [(100, 300, "cost * 3"), (800, 1000, "cost * 3; gives 2,400, held within the range of `price`")])
def test_a_value_held_within_its_range_says_so(cost, price, note):
    book = link(read_content_texts({"knowledge/k.yaml": TERMS}), DAY)
    fact = enter(book, read_profile(f"cost: {cost}\n", "p.yaml"), ()).known["price"]
    assert (fact.value, fact.note) == (price, note)
