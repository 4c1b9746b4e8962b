"""Deep, wide and large inputs end in a decision that all readers share, or in a clear problem; never in a fault."""

import json
import random

import pytest
from agreement import outcome
from random_books import boundaries, random_facts

from fourfold import forward
from fourfold.content import read_content_texts
from fourfold.decide import decide
from fourfold.linking import link
from fourfold.problem import Problems
from fourfold.reading.document import parse
from fourfold.trials import poisson_limits

DAY = 739_950
NUMBER = {"kind": "number", "range": [0, 1000], "ask": "q", "assume": 0}
TERMS = {f"t{place}": NUMBER for place in range(400)}


def book_of(knowledge, rules):
    return link(read_content_texts({"knowledge/k.yaml": json.dumps(knowledge), "rules/r.yaml": json.dumps(rules)}), DAY)


def table(rules, **more):
    return {"table": "t", "concludes": "out", "rules": rules, **more}


def hit(**when):
    return [{"id": "hit", "when": when, "then": True}, {"id": "rest", "otherwise": False}]


def weights(count):
    return {f"e{place}": {"weight": {"value": place % 50, "estimate": True, "because": "x", "date": "2026", "confidence": "low"}} for place in range(count)}


WIDE = {
    "3,000 rules in one table": (
        {"terms": {**TERMS, "out": {"kind": "number"}}},
        [table([{"id": f"r{n}", "when": {f"t{n % 7}": f">= {n % 1000}"}, "then": 1} for n in range(3000)], **{"hit policy": "sum"})],
    ),
    "400 terms in one table": (
        {"terms": {**TERMS, "out": {"kind": "number"}}},
        [table([{"id": f"r{n}", "when": {f"t{n}": ">= 5", f"t{n * 7 % 400}": "< 700"}, "then": 1} for n in range(400)], **{"hit policy": "sum"})],
    ),
    "700 entities in one loop": (
        {
            "kinds": {"thing": {"weight": {"kind": "number"}}},
            "entities": {"thing": weights(700)},
            "terms": {"t": NUMBER, "out": {"kind": "number", "of": "thing"}},
        },
        [table([{"id": f"r{n}", "when": {"thing.weight": f"> {n}", "t": f"> {n}"}, "then": 1} for n in range(5)], **{"hit policy": "sum", "for each": "thing", "concludes": "thing.out"})],
    ),
    "not one of 300 numbers": ({"terms": {**TERMS, "out": {"kind": "yes_no"}}}, [table(hit(t1=f"not({', '.join(str(n * 3) for n in range(300))})"))]),
    "one of 300 numbers and 100 ranges": (
        {"terms": {**TERMS, "out": {"kind": "yes_no"}}},
        [table(hit(t1=", ".join(str(n * 3) for n in range(300)), t2=", ".join(f"[{n * 4}..{n * 4 + 2}]" for n in range(100))))],
    ),
    "40 by 40 by 40 alternatives": ({"terms": {**TERMS, "out": {"kind": "yes_no"}}}, [table(hit(**{f"t{k}": ", ".join(f"[{n * 4}..{n * 4 + 2}]" for n in range(40)) for k in range(3)}))]),
    "250 of 500 options": (
        {"terms": {"c": {"kind": "choice", "options": [f"o{n}" for n in range(500)], "ask": "q", "assume": "o1"}, "out": {"kind": "yes_no"}}},
        [table(hit(c=", ".join(f"o{n}" for n in range(0, 500, 2))))],
    ),
    "entities named like the engine's own": (
        {
            "kinds": {"thing": {"weight": {"kind": "number"}}},
            "entities": {"thing": dict(zip(("boot", "company", "f0", "p0", "sid"), weights(5).values(), strict=True))},
            "terms": {"t": NUMBER, "out": {"kind": "yes_no", "of": "thing"}},
        },
        [table(hit(**{"thing.weight": "<= t"}), **{"for each": "thing", "concludes": "thing.out"})],
    ),
}


@pytest.mark.skipif(not forward.is_available(), reason="durable_rules is not here")
@pytest.mark.parametrize("name", WIDE)
def test_wide_books_are_chained_as_they_are_decided(name):
    book = book_of(*WIDE[name])
    near, rng, chainer = boundaries(book), random.Random(1), forward.Chainer(book)
    try:
        for _ in range(4):
            facts = random_facts(rng, book, near)
            assert outcome(decide, book, facts) == outcome(lambda _book, given: chainer.run(given)[0], book, facts)
    finally:
        chainer.close()


def of_formula(text):
    return {"terms": {**{f"t{place}": NUMBER for place in range(9)}, "out": {"kind": "number"}}}, [{"formula": "out", "is": text}]


@pytest.mark.parametrize("text", ["(" * 40 + "t1" + ")" * 40, "(" * 59 + "t1" + " + 1)" * 59, "max(" * 50 + "t1" + ", 2)" * 50, "-" * 50 + "t1", " + ".join(["t1"] * 190)])
def test_deep_formulas_are_decided(text):
    book = book_of(*of_formula(text))
    assert isinstance(decide(book, random_facts(random.Random(1), book, {})).values["out"], int)


@pytest.mark.parametrize(("text", "code", "words"), [
    ("(" * 70 + "t1" + ")" * 70, "F113", "nested more than 60 deep"), ("+".join(["t1"] * 1300), "F113", "more than 200 signs"), ("t1 + " * 900 + "t1", "F113", "longer than 4000"),
    (" * ".join(["9" * 29] * 100), "F303", "beyond 10^15"), ("t1 * " * 10 + "t2", "F303", "beyond 10^15"), (" + ".join(f"t1 / {n}" for n in range(2, 60)), "F303", "beyond 10^15"),
    ("t1 / (2 - 2)", "F306", "divides by 0"), ("t1 / t2", "F306", "can be 0 or less"),
])  # fmt: skip
def test_formulas_beyond_the_limits_are_problems(text, code, words):
    with pytest.raises(Problems) as fault:
        book_of(*of_formula(text))
    assert [problem.code for problem in fault.value.problems] == [code]
    assert words in fault.value.problems[0].message


@pytest.mark.parametrize("text", ["[" * 100_000, "{" * 100_000, "a: [1, " + ": " * 100_000, "a: [1, >" + " " * 200_000, "a: {b: >= " + ", " * 100_000, "- " * 5000 + "a"])
def test_deep_and_long_yaml_is_refused_at_once(text):
    with pytest.raises(Problems):
        parse(text, "x.yaml")


def test_a_constant_has_no_more_digits_than_numbers_reach():
    figure = {"kind": "number", "scale": 6, "value": "0." + "1" * 5000, "estimate": True, "because": "x", "date": "2026", "confidence": "low"}
    with pytest.raises(Problems) as fault:
        book_of({"constants": {"k": figure}}, [])
    assert [problem.code for problem in fault.value.problems] == ["F203"]


def test_garwoods_limits_of_thirty_counts():
    assert [round(limit, 2) for limit in poisson_limits(30)] == [20.24, 42.83]
