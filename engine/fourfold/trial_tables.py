"""A book with one table written otherwise, tried on companies without linking it again: only what rests on the table is computed anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from fourfold.cases import Case, Outcome, failures
from fourfold.company_outcomes import Step, step_of
from fourfold.decide import Values, compute
from fourfold.downstream import Readers
from fourfold.linking.gather import Lowering
from fourfold.linking.knowledge import know
from fourfold.linking.names import Names
from fourfold.linking.tables import lower_table
from fourfold.model import Decision, Fact, GroundNode, RuleBook, Table
from fourfold.narrow import part_of
from fourfold.population.compiled import Company
from fourfold.problem import Collector, Problems
from fourfold.written import Content, TableDecl

UNDECIDED = ""


class Bench:
    """One book, ready to have tables changed; `content` holds all figures, which a book from the cache does not."""

    def __init__(self, book: RuleBook, content: Content) -> None:
        """Find what is known on the book's day, and who reads whom."""
        self.book = book
        self.readers = Readers(book)
        problems = Collector()
        known = know(content, book.as_of, book.currency, problems)
        self.names = Names(known, {item.name.rpartition(".")[2]: item for item in content.formulas}, {item.name: item for item in content.selections}, problems)
        self.places = {node.term: at for at, node in enumerate(book.nodes)}

    def tables(self, declared: TableDecl) -> dict[str, Table] | None:
        """Return the ground tables of a table as it is written now, or None where it means nothing or reads what comes after it."""
        problems = self.names.problems
        count = len(problems.found)
        lowering = Lowering(self.names)
        lowering.definers = {name.rpartition(".")[2]: declared for name, _ in declared.concludes}
        lower_table(lowering, declared)
        wrong = len(problems.found) > count
        del problems.found[count:]
        found = {node.term: node for node in lowering.nodes if isinstance(node, Table)}
        return found if found and not wrong and all(self._comes_in_time(node) for node in found.values()) else None

    def _comes_in_time(self, node: Table) -> bool:
        at = self.places.get(node.term)
        return at is not None and all(self._place(name) < at for row in node.rows for cell in row.cells for name in cell.reads)

    def _place(self, name: str) -> int:
        return self.places.get(name, self.places.get(name.rpartition("[")[0], -1))

    def nodes_from(self, tables: Mapping[str, Table]) -> tuple[GroundNode, ...]:
        """Return the changed tables and all nodes that rest on them, in the order of the book."""
        return tuple(tables.get(node.term, node) for node in self.readers.nodes_from(tables))

    def with_tables(self, tables: Mapping[str, Table]) -> RuleBook:
        """Return the book with the tables in the place of their namesakes."""
        return replace(self.book, nodes=tuple(tables.get(node.term, node) for node in self.book.nodes))


def recomputed(nodes: Iterable[GroundNode], values: Values, given: dict[str, Fact], tables: Mapping[str, Table]) -> Values | None:
    """Return the values of a company under changed tables, the same ones where they conclude the same; None where something is undecided."""
    after, is_moved, left = dict(values), False, len(tables)
    try:
        for node in nodes:
            if node.term in tables:
                compute(node, after, given)
                left -= 1
                is_moved = is_moved or after[node.term] != values.get(node.term)
            elif is_moved:
                compute(node, after, given)
            elif not left:
                break
    except Problems:
        return None
    return after if is_moved else values


@dataclass(slots=True)
class HeldCases:
    """The cases that pass, each with the bench of its own day and currency."""

    outcomes: list[Outcome]
    content: Content
    benches: dict[int, Bench] = field(default_factory=dict)

    def broken(self, declared: TableDecl, most: int = 0) -> list[tuple[Case, Values]] | None:
        """Return the cases that fail with a table as it is written now (at most so many, 0: all), with their values before; None where it means nothing in one of their books."""
        changed: dict[int, tuple[dict[str, Table], tuple[GroundNode, ...]]] = {}
        found: list[tuple[Case, Values]] = []
        for item in self.outcomes:
            book = item.book
            assert book is not None
            assert item.decision is not None
            assert item.facts is not None
            if id(book) not in changed:
                if id(book) not in self.benches:
                    self.benches[id(book)] = Bench(book, self.content)
                bench = self.benches[id(book)]
                tables = bench.tables(declared)
                if tables is None:
                    return None
                changed[id(book)] = (tables, bench.nodes_from(tables))
            tables, nodes = changed[id(book)]
            before: Values = dict(item.decision.values)
            after = recomputed(nodes, before, item.facts.known, tables)
            if after is None or (after is not before and failures(book, Decision(after, {}, ()), item.case)):  # type: ignore[arg-type]
                found.append((item.case, before))
                if len(found) == most:
                    break
        return found


class Others:
    """Companies under one book, with the values of the core that an outcome rests on."""

    def __init__(self, book: RuleBook, target: str, companies: Iterable[Mapping[str, int | str]]) -> None:
        """Compute every company once."""
        self.book, self.target = part_of(book, [target]), target
        self.terms = {node.term for node in self.book.nodes}
        self.values: list[Company] = []
        steps = [step_of(node) for node in self.book.nodes]
        for company in companies:
            values = dict(company)
            if all(step(values) for step in steps):
                self.values.append(values)

    def moved(self, nodes: Iterable[GroundNode], tables: Mapping[str, Table]) -> int:
        """Return how many companies get another outcome under changed tables; `nodes` are these and what rests on them."""
        steps = [(node.term, step_of(node), node.term in tables) for node in nodes if node.term in self.terms]
        return len([before for before in self.values if self._outcome(before, steps) != before[self.target]])

    def _outcome(self, before: Company, steps: list[tuple[str, Step, bool]]) -> int | str:
        after, is_moved = before, False
        for term, step, is_table in steps:
            if not is_table and not is_moved:
                continue
            if after is before:
                after = dict(before)
            if not step(after):
                return UNDECIDED
            is_moved = is_moved or after.get(term) != before.get(term)
        return after[self.target]
