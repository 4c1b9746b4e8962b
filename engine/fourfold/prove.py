"""Properties of a rule book through all chaining: each is proven, refuted with a witness, or not settled.

A table is judged by induction over the book's order: for companies that every table before it decides.
Amounts are those of the base currency. What lies in the plan is outside.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from fourfold.decide import hit_rows
from fourfold.linking.simplify import terms_in
from fourfold.logic import Found, Logic
from fourfold.model import Condition, GroundMonotone, GroundNever, Row, RuleBook, Table
from fourfold.narrow import gives
from fourfold.outcomes import Known, Outcome
from fourfold.regions import Literal, columns_of, literals_at, meaning, texts, widened
from fourfold.solver_terms import FALSE, Bool, both, opposite
from fourfold.witnesses import Part, fewest_also, smallest

STEPS_A_SECOND = 1_500_000
Item = TypeVar("Item", GroundNever, GroundMonotone)


def proofs(book: RuleBook, last_day: int, seconds: int) -> tuple[Outcome, ...]:
    """Return what is proven, refuted or unsettled of a book from its day to a last day.

    A query may take as many of the solver's steps as a usual machine makes in some seconds, so that
    the same book has the same answer everywhere.
    """
    prover = Prover(book, last_day, seconds * STEPS_A_SECOND)
    return (*prover.tables(), *prover.promises(), *prover.monotones(), *prover.assumptions(), *prover.rules())


class Prover:
    """One solver that knows the whole core, and what has been proven so far."""

    def __init__(self, book: RuleBook, last_day: int, effort: int) -> None:
        """Make the core's terms; days stay within the period, the constraints are taken for granted."""
        self.book, self.effort, self.last_day = book, effort, last_day
        self.logic = Logic(book, [name for node in book.nodes if not book.terms[node.term].is_plan for name in gives(node)])
        self.rules_of_world = [*self.logic.domain, *self.logic.legal, *self._days(self.logic)]
        self.decided: list[tuple[Table, Bool]] = []
        self.logic.take(self._days(self.logic))
        self.nodes = [node for node in self.logic.book.nodes if isinstance(node, Table)]

    def _days(self, logic: Logic) -> list[Bool]:
        return logic.known({"as_of": (self.book.as_of, self.last_day)})

    def can(self, *conditions: Bool, at: Table | None = None) -> Found:
        """Return a company for which some conditions hold, that there is none, or that it is not settled.

        INVARIANT: it is one that all tables decide, or all those before `at`.
        """
        if any(condition.eq(FALSE) for condition in conditions):
            return Found("never")
        decided = self.decided
        if at is not None and decided:
            before = self.nodes[: self.nodes.index(at)]
            decided = [(node, decides) for node, decides in decided if node in before and node.table != at.table]
        return self.logic.find([*conditions, *(decides for _, decides in decided)], effort=self.effort)

    # ------------------------------------------------------------ what no company may show

    def tables(self) -> Iterator[Outcome]:
        """Judge that every unique table decides, and decides one thing."""
        found: dict[tuple[str, str], Outcome] = {}
        for node in self.nodes:
            for fault, condition in (("gap", self.logic.gap(node)), ("conflict", self.logic.conflict(node))):
                if node.policy != "unique":
                    continue
                outcome, first = self.none_shows(Outcome(fault, node.table, "", term=node.term), condition), found.get((fault, node.table))
                if outcome.state == "refuted" and (first is None or first.state != "refuted"):
                    outcome = self.with_region(outcome, node, condition)
                found[fault, node.table] = _with(first, outcome)
                if outcome.state != "proven":
                    self.decided.append((node, opposite(condition)))
        yield from found.values()

    def promises(self) -> Iterator[Outcome]:
        """Judge that what must never follow never follows."""
        yield from self._each(self.book.promises, lambda promise: self.none_shows(Outcome("broken-promise", promise.name, "", term=promise.entity), self.logic.holds(promise.condition)))

    def monotones(self) -> Iterator[Outcome]:
        """Judge that more of a number loses nothing of what is promised to stay."""
        yield from self._each(self.book.monotones, self.monotone)

    def monotone(self, promise: GroundMonotone) -> Outcome:
        """Return whether more of a number loses what one promise keeps."""
        outcome = Outcome("lost-with-more", promise.name, "", term=promise.entity)
        asked = self.logic.asked.get(promise.more)
        if asked is None:
            return replace(outcome, state="proven")
        other, holds = self.logic.twin([promise.more]), self.logic.holds(promise.condition)
        given = [] if asked.given is None else [asked.given]
        more = [*given, other(asked.raw[0]) >= asked.raw[0], *(other(rule) for rule in (*given, *self.rules_of_world, *(decides for _, decides in self.decided)))]
        found = self.can(*more, holds, opposite(other(holds)))
        if found.state != "can":
            return replace(outcome, state=_verdict(found))
        also = found.number(other(asked.raw[0]))
        return replace(outcome, state="refuted", facts=_pairs(self.logic.facts(found)), also=((promise.more, also),))

    def assumptions(self) -> Iterator[Outcome]:
        """Judge that no answers that could be true are refused because of what is assumed beside them."""
        yield from self._each(self.book.constraints, self._assumption)

    def _assumption(self, never: GroundNever) -> Outcome:
        outcome = Outcome("assumption-against-constraint", never.name, "", term=never.entity)
        logic = Logic(self.book, terms_in(never.condition))
        legal, logic.legal = logic.legal, []
        other = logic.twin(list(logic.asked), is_given=True)
        world = [*self._days(logic), opposite(logic.undecided())]
        found = logic.find([*world, logic.holds(never.condition), *logic.same_answers(other), *(other(rule) for rule in (*logic.domain, *legal, *world))], effort=self.effort)
        if found.state != "can":
            return replace(outcome, state=_verdict(found))
        return replace(outcome, state="refuted", facts=_pairs(logic.facts(found)), also=_pairs(logic.facts(found, other, every=True)))

    def none_shows(self, outcome: Outcome, condition: Bool) -> Outcome:
        """Return whether no company shows a condition, else one that does."""
        found = self.can(condition)
        return replace(outcome, state=_verdict(found), facts=_pairs(self.logic.facts(found)) if found.state == "can" else ())

    def _each(self, items: Iterable[Item], judge: Callable[[Item], Outcome]) -> Iterator[Outcome]:
        """Judge promises or constraints; those of one name, for several entities, are one outcome."""
        found: dict[str, Outcome] = {}
        for item in items:
            if is_core(self.book, item.condition):
                outcome = judge(item)
                found[outcome.name] = _with(found.get(outcome.name), outcome)
        yield from (self.smaller(outcome) for outcome in found.values())

    def smaller(self, outcome: Outcome) -> Outcome:
        """Return an outcome with its company made as small as it can be."""
        if not outcome.facts:
            return outcome
        facts = smallest(self.book, outcome, dict(outcome.facts))
        also = outcome.also
        if outcome.fault == "assumption-against-constraint":
            also = _pairs(fewest_also(self.book, outcome, facts))
        return replace(outcome, facts=_pairs(facts), also=also)

    def with_region(self, outcome: Outcome, node: Table, says: Bool) -> Outcome:
        """Return a gap or conflict with the rules concerned, and the region around its company in which all companies have it."""
        outcome = self.smaller(outcome)
        values, _, _ = Part(self.book, [node.term]).values(dict(outcome.facts))
        hits = hit_rows(node, values)
        beaten = {name for row in hits for name in row.overrides}
        cells = [cell for row in node.rows if not row.ruled_out for cell in row.cells]
        columns = columns_of(self.book, cells, self.book.terms[node.term].entity)

        def all_have_it(region: tuple[Literal, ...]) -> bool:
            return self.can(*(meaning(self.logic, columns, literal) for literal in region), opposite(says)).state == "never"

        start = literals_at(columns, values)
        found = widened(start, columns, all_have_it) if all_have_it(start) else start
        return replace(outcome, rules=tuple(row.rule for row in hits if row.rule not in beaten), region=texts(found, columns))

    # ------------------------------------------------------------ what some company must show

    def rules(self, table: str = "", *, with_cells: bool = True) -> Iterator[Outcome]:
        """Judge that every rule (of one table) hits and speaks for some company and every cell changes what follows for one, over all entities of a loop together."""
        by_rule: dict[str, list[tuple[Table, Row]]] = {}
        for node in self.nodes:
            for row in node.rows if table in ("", node.table) else ():
                by_rule.setdefault(row.rule, []).append((node, row))
        for rule, places in by_rule.items():
            hits = self.some_shows(Outcome("dead-rule", rule, ""), ((node, self._hit(node, row)) for node, row in places))
            yield hits
            if hits.state != "proven" or places[0][1].is_otherwise:
                continue
            if places[0][0].policy == "unique":
                yield self._shadowed(rule, places)
            # WHY: a cell about knowledge alone is for entities to come; companies say nothing about it
            for column in dict.fromkeys(cell.column for _, row in places for cell in row.cells if cell.reads and with_cells):
                yield self._idle(rule, column, places)

    def idle_column(self, rule: str) -> str:
        """Return the first column of a rule whose cell never changes what follows, or nothing where every cell does."""
        places = [(node, row) for node in self.nodes for row in node.rows if row.rule == rule]
        columns = dict.fromkeys(cell.column for _, row in places for cell in row.cells if cell.reads)
        for column in columns:
            if self.some_shows(Outcome("idle-cell", rule, "", column), ((node, self._matters(node, row, column)) for node, row in places)).state == "refuted":
                return column
        return ""

    def _hit(self, node: Table, row: Row) -> Bool:
        spoken = self.logic.tables[node.term]
        return spoken.none if row.is_otherwise else spoken.hits[row.rule]

    def some_shows(self, outcome: Outcome, places: Iterable[tuple[Table, Bool]]) -> Outcome:
        """Return whether a condition holds for some company at one of the places."""
        states = set()
        for node, condition in places:
            found = self.can(condition, at=node)
            if found.state == "can":
                return replace(outcome, state="proven")
            states.add(found.state)
            outcome = replace(outcome, term=outcome.term or node.term)
        return replace(outcome, state="unsettled" if "unknown" in states else "refuted")

    def _shadowed(self, rule: str, places: list[tuple[Table, Row]]) -> Outcome:
        outcome = self.some_shows(Outcome("shadowed-rule", rule, ""), ((node, self.logic.tables[node.term].speaking[rule]) for node, _ in places))
        return self._shown(outcome, ((node, self._hit(node, row)) for node, row in places))

    def _idle(self, rule: str, column: str, places: list[tuple[Table, Row]]) -> Outcome:
        outcome = self.some_shows(Outcome("idle-cell", rule, "", column), ((node, self._matters(node, row, column)) for node, row in places))
        return self._shown(outcome, ((node, self._stops(row, column)) for node, row in places))

    def _matters(self, node: Table, row: Row, column: str) -> Bool:
        """Return that a table without a cell has another result; the row hits then where that cell alone stopped it."""
        stops = self._stops(row, column)
        if stops.eq(FALSE):
            return FALSE
        without = replace(row, cells=tuple(cell for cell in row.cells if cell.column != column), ruled_out="")
        return both((stops, self.logic.changes(self.logic.results(node), self.logic.results(node, without), is_unique=node.policy == "unique")))

    def _stops(self, row: Row, column: str) -> Bool:
        return both(
            (*(self.logic.holds(cell.condition) for cell in row.cells if cell.column != column), opposite(both(self.logic.holds(cell.condition) for cell in row.cells if cell.column == column)))
        )

    def _shown(self, outcome: Outcome, places: Iterable[tuple[Table, Bool]]) -> Outcome:
        """Return a refuted outcome with a company that shows why nothing changes, if there is one."""
        if outcome.state != "refuted":
            return outcome
        for node, condition in places:
            found = self.can(condition, at=node)
            if found.state == "can" and not any(row.rule == outcome.name and row.ruled_out for row in node.rows):
                return self.smaller(replace(outcome, term=node.term, facts=_pairs(self.logic.facts(found))))
        return outcome


def is_core(book: RuleBook, item: Condition) -> bool:
    """Return whether a condition reads terms of the core alone, so that the proofs reach it."""
    return all(not book.terms[name].is_plan for name in terms_in(item) if name in book.terms)


def _verdict(found: Found) -> str:
    return {"can": "refuted", "never": "proven", "unknown": "unsettled"}[found.state]


def _pairs(known: Known) -> tuple[tuple[str, int | str], ...]:
    return tuple(known.items())


def _with(first: Outcome | None, outcome: Outcome) -> Outcome:
    """Return the outcome of one table, promise or constraint over the entities seen so far."""
    if first is None:
        return outcome
    if outcome.state == "proven" or (first.state == "refuted" and outcome.state == "unsettled"):
        return first
    if first.state == outcome.state:
        return replace(first, others=(*first.others, outcome.term))
    return outcome
