"""A larger book for benches: the shipped one with further rules about the fit of carriers, drawn from a seed."""

import random
from dataclasses import replace

from fourfold.content import read_content_texts
from fourfold.linking import link
from fourfold.model import RuleBook
from fourfold.written import Content

WANTED = 250
TESTS = (
    ("carrier.serves", ("contains primary_goal",)),
    ("carrier.suits", ("contains industry", "not(contains industry)")),
    ("carrier.models", ("contains business_model",)),
    ("carrier.job", ("find", "convert", "keep")),
    ("carrier.standing", ("promising", "proven", "watch")),
    ("cash", ("tight", "plenty")),
    ("appetite", ("maximise", "efficient")),
    ("primary_goal", ("awareness", "leads", "repeat, retention")),
    ("customers", ("< 500", "[500..5000)", ">= 20_000")),
    ("products", ("< 5", ">= 40")),
    ("outlets", (">= 3", ">= 20")),
    ("months_live", ("< 6", ">= 24")),
    ("monthly_budget", ("< 5_000", ">= 200_000")),
    ("carrier.floor_days", ("<= half_days", "> half_days")),
)


def grown_book(content: Content, day: int, wanted: int = WANTED) -> RuleBook:
    """Return the book with so many rules more that there are about as many as wanted, each with two or three cells."""
    rng = random.Random(250)
    have = sum(len(table.rules) for table in content.tables)
    lines = ["- table: carrier_fit\n  for each: carrier\n  concludes: carrier.fit\n  hit policy: sum\n  rules:\n"]
    for place in range(max(0, wanted - have)):
        cells = ", ".join(f'{column}: "{rng.choice(tests)}"' for column, tests in rng.sample(TESTS, rng.choice((2, 2, 3))))
        lines.append(f"    - {{id: more-{place}, when: {{{cells}}}, then: {rng.choice((-2, -1, 1, 2))}, because: drawn for a bench}}\n")
    more = read_content_texts({"rules/more.yaml": "".join(lines)}).tables[0]
    tables = tuple(replace(table, rules=table.rules + more.rules) if table.name == "carrier_fit" else table for table in content.tables)
    return link(replace(content, tables=tables), day)
