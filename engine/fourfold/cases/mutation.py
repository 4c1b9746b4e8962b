"""How well the cases hold a rule book in place: each small change of it must make some case fail."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from fourfold.cases.mutants import Mutant, mutants_of
from fourfold.cases.report import Report
from fourfold.cases.running import Outcome, failures
from fourfold.decide import Values, compute, holds
from fourfold.downstream import Readers
from fourfold.linking.cells import ground_cells
from fourfold.linking.knowledge import know
from fourfold.linking.names import Names
from fourfold.linking.simplify import FALSE
from fourfold.model import Decision, GroundCell, Hit, Row, RuleBook, Table
from fourfold.problem import Collector, Problems


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants some case notices, and those that none does."""

    noticed: int
    survivors: tuple[Mutant, ...]

    @property
    def total(self) -> int:
        """Return how many mutants were tried."""
        return self.noticed + len(self.survivors)

    def text(self) -> str:
        """Return the score for the terminal, survivors first."""
        lines = [f"{item.place}  {item.rule.id}: {item.what}, and no case notices" for item in self.survivors]
        share = f" ({100 * self.noticed / self.total:.1f}%)" if self.total else ""
        return "\n".join([*lines, f"mutation score: {self.noticed} of {self.total} small changes are noticed by some case{share}"]) + "\n"

    def as_data(self) -> dict[str, object]:
        """Return the score as JSON has it."""
        return {"noticed": self.noticed, "total": self.total, "survivors": [{"place": item.place, "rule": item.rule.id, "change": item.what} for item in self.survivors]}


@dataclass(slots=True)
class _Bench:
    """The cases that pass, and by (rule, place of a cell) the ground rows whose other cells all hold in each."""

    runs: list[Outcome]
    names: dict[int, Names] = field(default_factory=dict)
    near: dict[tuple[str, int | None], list[tuple[int, str, Row]]] = field(default_factory=lambda: defaultdict(list))
    readers: dict[int, Readers] = field(default_factory=dict)

    def below(self, book: RuleBook, terms: set[str]) -> set[str]:
        """Return the ground terms that rest on some terms."""
        if id(book) not in self.readers:
            self.readers[id(book)] = Readers(book)
        return self.readers[id(book)].below(terms)


def score(report: Report) -> Score:
    """Return the mutation score of the book that a report's cases were decided by.

    A mutant that means the same as the rule (for every entity, on the day and currency of each case) is not counted.
    """
    bench = _Bench([item for item in report.outcomes if not item.problems and not item.case.disagrees and item.book is not None])
    if not bench.runs:
        return Score(0, ())
    _fill(bench)
    noticed, survivors = 0, []
    book = bench.runs[0].book
    assert book is not None
    for mutant in mutants_of(book.content):
        told = _is_noticed(bench, mutant)
        if told:
            noticed += 1
        elif told is not None:
            survivors.append(mutant)
    return Score(noticed, tuple(survivors))


def _fill(bench: _Bench) -> None:
    for at, run in enumerate(bench.runs):
        assert run.book is not None
        assert run.decision is not None
        values: Values = dict(run.decision.values)
        spoken = set(run.decision.hits)
        for node in run.book.nodes:
            for row in node.rows if isinstance(node, Table) else ():
                if row.is_otherwise:
                    if Hit(node.term, row.rule) in spoken:
                        bench.near[row.rule, None].append((at, node.term, row))
                    continue
                failing = [place for place, cell in enumerate(row.cells) if not holds(cell.condition, values)]
                if not failing:
                    bench.near[row.rule, None].append((at, node.term, row))
                for place in range(len(row.cells)):
                    if failing in ([], [place]):
                        bench.near[row.rule, place].append((at, node.term, row))


def _is_noticed(bench: _Bench, mutant: Mutant) -> bool | None:
    """Return whether a case fails under a mutant; None where it means the same as before."""
    near = bench.near.get((mutant.rule.id, mutant.at), [])
    grounds: dict[int, dict[str, GroundCell | None]] = {}
    touched: dict[int, set[str]] = defaultdict(set)
    for at, term, row in near:
        run = bench.runs[at]
        assert run.book is not None
        assert run.decision is not None
        ground = grounds.setdefault(id(run.book), {})
        if term not in ground:
            ground[term] = _ground(bench, run.book, mutant, term)
        if mutant.at is None or mutant.cell is None:
            touched[at].add(term)
            continue
        cell = ground[term]
        if cell is None:
            return None
        values: Values = dict(run.decision.values)
        if all(name in values for name in cell.reads) and holds(cell.condition, values) != holds(row.cells[mutant.at].condition, values):
            touched[at].add(term)
    if mutant.cell is not None and _is_same(bench, mutant):
        return None
    return any(_fails(bench, bench.runs[at], mutant, terms, grounds) for at, terms in touched.items())


def _ground(bench: _Bench, book: RuleBook, mutant: Mutant, term: str) -> GroundCell | None:
    """Return what a changed cell means for the entity of a ground table, or None where it means nothing."""
    if mutant.cell is None:
        return None
    names = bench.names.get(id(book))
    if names is None:
        known = know(book.content, book.as_of, book.currency, Collector())
        content = book.content
        names = bench.names[id(book)] = Names(known, {item.name.rpartition(".")[2]: item for item in content.formulas}, {item.name: item for item in content.selections}, known.problems)
    entity = book.terms[term].entity
    count = len(names.problems.found)
    found = ground_cells(names, (mutant.cell,), {mutant.table.loop: entity} if mutant.table.loop else {})
    if found is None or len(names.problems.found) > count:
        del names.problems.found[count:]
        return None
    return found[0]


def _is_same(bench: _Bench, mutant: Mutant) -> bool:
    """Return whether a changed cell means the same as before for every entity of the first book, or means nothing."""
    book = bench.runs[0].book
    assert book is not None
    assert mutant.at is not None
    for node in book.nodes:
        for row in node.rows if isinstance(node, Table) and node.table == mutant.table.name else ():
            if row.rule == mutant.rule.id:
                cell = _ground(bench, book, mutant, node.term)
                if cell is None:
                    return True
                if cell.condition != row.cells[mutant.at].condition:
                    return False
    return True


def _fails(bench: _Bench, run: Outcome, mutant: Mutant, terms: set[str], grounds: dict[int, dict[str, GroundCell | None]]) -> bool:
    """Return whether a case fails when some of its ground tables are changed."""
    book = run.book
    assert book is not None
    assert run.decision is not None
    assert run.facts is not None
    ground, below = grounds[id(book)], bench.below(book, terms)
    values: dict[str, object] = dict(run.decision.values)
    try:
        for node in book.nodes:
            if node.term in terms and isinstance(node, Table):
                compute(_mutated(node, mutant, ground.get(node.term)), values, run.facts.known)
            elif node.term in below:
                compute(node, values, run.facts.known)
    except Problems:
        return True
    return bool(failures(book, Decision(values, {}, ()), run.case))  # type: ignore[arg-type]


def _mutated(node: Table, mutant: Mutant, cell: GroundCell | None) -> Table:
    if mutant.at is None:
        return replace(node, rows=tuple(row for row in node.rows if row.rule != mutant.rule.id))
    rows = []
    for row in node.rows:
        if row.rule == mutant.rule.id:
            cells = [*row.cells[: mutant.at], *([cell] if cell is not None else []), *row.cells[mutant.at + 1 :]]
            row = replace(row, cells=tuple(cells), ruled_out=next((item.column for item in cells if item.condition == FALSE), ""))  # noqa: PLW2901  # the same row, changed
        rows.append(row)
    return replace(node, rows=tuple(rows))
