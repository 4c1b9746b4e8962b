"""Whether a changed table keeps what was proven: the table, all that rests on it, and the promises that read any of it."""

from collections.abc import Iterator

from fourfold.downstream import Readers
from fourfold.linking.knowledge import LAST_DAY
from fourfold.linking.simplify import terms_in
from fourfold.model import RuleBook, Table
from fourfold.outcomes import Outcome
from fourfold.prove import STEPS_A_SECOND, Prover, is_core

SECONDS = 5
Subject = tuple[str, str]
Named = tuple[str, str, str]


class Look:
    """One book for the solver, asked about one table after a change: what is not proven, and which cells are idle."""

    def __init__(self, book: RuleBook, table: str) -> None:
        """Make the core's terms once."""
        self.book, self.table = book, table
        last = min((day for day in book.changes if day > book.as_of), default=LAST_DAY + 1) - 1
        self.prover = Prover(book, last, SECONDS * STEPS_A_SECOND)

    def outcomes(self, *, whole: bool = False) -> Iterator[Outcome]:
        """Yield what is not proven of the table and of all that rests on it, in the period of the book's day.

        On demand whole: idle cells too, and each with its smallest company, a gap or conflict with its rules and region.
        """
        grounds = {node.term for node in self.book.nodes if isinstance(node, Table) and node.table == self.table}
        touched = grounds | Readers(self.book).below(grounds)
        seen: set[Named] = set()
        for outcome in _judged(self.book, self.prover, touched, self.table, whole=whole):
            if outcome.state != "proven" and outcome.subject not in seen:
                seen.add(outcome.subject)
                yield outcome

    def idle_column(self, rule: str) -> str:
        """Return a column of a rule whose cell could go without changing what follows for any company, or nothing."""
        return self.prover.idle_column(rule)


class Keeper:
    """What of a book's proofs does not hold before an edit, so that an edit is blamed for nothing else."""

    def __init__(self, book: RuleBook) -> None:
        """Keep the book; its own faults are looked for table by table, when one is asked for."""
        self.book = book
        self.faults: dict[str, set[Named]] = {}

    @staticmethod
    def look(book: RuleBook, table: str) -> Look:
        """Return a changed book made ready for questions about one table."""
        return Look(book, table)

    def lost(self, changed: Look) -> Subject | None:
        """Return the first thing that a change of one table breaks, as a fault and a name: a gap, conflict, promise, or rule of the table that never speaks."""
        table = changed.table
        for outcome in changed.outcomes():
            if table not in self.faults:
                self.faults[table] = {item.subject for item in Look(self.book, table).outcomes()}
            if outcome.subject not in self.faults[table]:
                return outcome.fault, outcome.name
        return None


def _judged(book: RuleBook, prover: Prover, touched: set[str], table: str, *, whole: bool) -> Iterator[Outcome]:
    for node in prover.nodes:
        if node.term in touched and node.policy == "unique":
            for fault, condition in (("gap", prover.logic.gap(node)), ("conflict", prover.logic.conflict(node))):
                outcome = prover.none_shows(Outcome(fault, node.table, "", term=node.term), condition)
                yield prover.with_region(outcome, node, condition) if whole and outcome.state == "refuted" else outcome
    for promise in book.promises:
        if is_core(book, promise.condition) and _touches(terms_in(promise.condition), touched):
            outcome = prover.none_shows(Outcome("broken-promise", promise.name, "", term=promise.entity), prover.logic.holds(promise.condition))
            yield prover.smaller(outcome) if whole else outcome
    for kept in book.monotones:
        if is_core(book, kept.condition) and _touches(terms_in(kept.condition), touched):
            outcome = prover.monotone(kept)
            yield prover.smaller(outcome) if whole else outcome
    yield from prover.rules(table, with_cells=whole)


def _touches(names: set[str], touched: set[str]) -> bool:
    return any(name in touched or name.rpartition("[")[0] in touched for name in names)
