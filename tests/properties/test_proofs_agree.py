"""What is proven agrees with looking at every company of small books; on larger ones no drawn company contradicts it."""

from dataclasses import replace
from random import Random

import pytest
from agreement import random_book
from conftest import DAY
from random_books import boundaries, random_facts
from small_books import every_company, small_texts

from fourfold.content import read_content_texts
from fourfold.decide import compute, hit_rows, holds
from fourfold.linking import link
from fourfold.model import Always, Fact, Facts, Given, Table
from fourfold.outcomes import NO_COMPANY
from fourfold.problem import Problems
from fourfold.proving import prove_book
from fourfold.witnesses import shows


def looked_at(book, known):
    """Return the values of a company, and the undecided table with its problem's code, by the referee."""
    values, facts = {}, {term: Fact(value) for term, value in known.items()}
    for node in book.nodes:
        try:
            compute(node, values, facts)
        except Problems as fault:
            return values, node, fault.problems[0].code
    return values, None, ""


def is_legal(book, values):
    return not any(holds(never.condition, values) for never in book.constraints)


def result_of(node, values):
    """Return what a table says, or that it is undecided; its value is not needed before."""
    try:
        after = dict(values)
        compute(node, after, {})
    except Problems:
        return None
    return after[node.term]


def without(node, rule, column):
    return replace(node, rows=tuple(_without(row, column) if row.rule == rule else row for row in node.rows))


def _without(row, column):
    cells = tuple(cell for cell in row.cells if cell.column != column)
    return replace(row, cells=cells, ruled_out=next((cell.column for cell in cells if cell.condition == Always(False)), ""))


class Brute:
    """Every company of a book, and the faults that some of them show, by the definitions of docs/proofs.md."""

    def __init__(self, book):
        self.book, self.seen, self.found = book, [], set()
        for known in every_company(book):
            values, node, code = looked_at(book, known)
            self.seen.append((known, values, node, code))
        self.legal = [(known, values, node, code) for known, values, node, code in self.seen if is_legal(book, values)]
        self.tables = [node for node in book.nodes if isinstance(node, Table)]

    def faults(self):
        yield from {({"F307": "gap", "F308": "conflict"}[code], node.table, "") for _, _, node, code in self.legal if node}
        yield from self.promises()
        yield from self.assumptions()
        yield from self.rules()

    def promises(self):
        whole = [(known, values) for known, values, node, _ in self.legal if node is None]
        yield from {("broken-promise", item.name, "") for item in self.book.promises for _, values in whole if holds(item.condition, values)}
        by_known = {tuple(known.items()): values for known, values in whole}
        for item in self.book.monotones:
            for known, values in whole:
                if item.more in known and holds(item.condition, values):
                    more = [by_known.get(tuple({**known, item.more: size}.items())) for size in range(known[item.more], 4)]
                    if any(other is not None and not holds(item.condition, other) for other in more):
                        yield ("lost-with-more", item.name, "")

    def assumptions(self):
        asked = [node.term for node in self.book.nodes if isinstance(node, Given)]
        for never in self.book.constraints:
            for known, values, _, _ in self.seen:
                more = [other for other, _, _, _ in self.legal if set(other) == set(asked) and known.items() <= other.items()]
                if holds(never.condition, values) and more:
                    yield ("assumption-against-constraint", never.name, "")

    def rules(self):
        for name in dict.fromkeys(row.rule for node in self.tables for row in node.rows):
            places = [(node, row) for node in self.tables for row in node.rows if row.rule == name]
            reached = [
                (node, row, values) for node, row in places for _, values, stop, _ in self.legal if stop is None or self.tables.index(stop) >= self.tables.index(node) or stop.table == node.table
            ]
            reached = [(node, row, values) for node, row, values in reached if all(read in values for cell in row.cells for read in cell.reads)]
            if places[0][1].is_otherwise:
                if all(hit_rows(node, values) for node, _, values in reached):
                    yield ("dead-rule", name, "")
                continue
            hits = [(node, row, values) for node, row, values in reached if row in hit_rows(node, values)]
            if not hits:
                yield ("dead-rule", name, "")
                continue
            if not any(name not in {weaker for other in hit_rows(node, values) for weaker in other.overrides} for node, row, values in hits):
                yield ("shadowed-rule", name, "")
            for column in dict.fromkeys(cell.column for _, row in places for cell in row.cells if cell.reads):
                if all(result_of(node, values) == result_of(without(node, name, column), values) for node, _, values in reached):
                    yield ("idle-cell", name, column)


def small_book(seed):
    return link(read_content_texts(small_texts(Random(seed))), DAY)


@pytest.mark.parametrize("seed", range(60))
def test_proofs_agree_with_looking_at_every_company(seed):
    book = small_book(seed)
    found = prove_book(book)
    refuted = {outcome.subject for outcome in found.outcomes if outcome.state == "refuted"}
    assert {outcome.state for outcome in found.outcomes} <= {"proven", "refuted"}
    assert refuted == set(Brute(book).faults())


@pytest.mark.parametrize("seed", range(100, 130))
def test_every_witness_is_seen_by_the_referee(seed):
    for item in prove_book(small_book(seed)).findings:
        if item.outcome.facts:
            assert shows(item.book, item.outcome)(dict(item.outcome.facts)), item.outcome


@pytest.mark.parametrize("seed", range(8))
def test_no_drawn_company_contradicts_what_is_proven_of_a_large_book(seed):
    rng = Random(9_000 + seed)
    book = random_book(rng)
    if book is None:
        pytest.skip("the draft does not link")
    found = prove_book(link(book.content, book.as_of))
    base = found.findings[0].book if found.findings else link(book.content, book.as_of)
    proven = {outcome.subject for outcome in found.outcomes if outcome.state == "proven" and outcome.fault in NO_COMPANY}
    core = {node.table for node in base.nodes if isinstance(node, Table) and not base.terms[node.term].is_plan}
    near = boundaries(base)
    for _ in range(200):
        facts: Facts = random_facts(rng, base, near)
        _, node, code = looked_at(base, {term: fact.value for term, fact in facts.known.items()})
        if node is not None and node.table in core:
            assert ({"F307": "gap", "F308": "conflict"}[code], node.table, "") not in proven
