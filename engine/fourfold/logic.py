"""The core of the rule book as solver terms, exact: the same numbers and the same borders as decide.py.

A choice is one yes-or-no variable an option, a number a whole number. An asked term is *given* any value of
its kind or *assumed*, and which of the two is a variable as well: so "don't know" is one of the answers that
a query ranges over. Only this module and solver_terms.py know the solver (Z3).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, assert_never

import z3

from fourfold.expression.kinds import Choice, Number
from fourfold.model import Answer, Formula, Given, GroundNode, Member, RatioOf, Row, RuleBook, Selection, Share, Table
from fourfold.narrow import part_of
from fourfold.solver_terms import FALSE, TRUE, Bool, Int, Spoken, Terms, both, either, opposite, pick, unlike

MILLISECONDS = 10_000
MOST_SETS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """The variables of an asked term: its value if it is given, and whether it is (None: it must be)."""

    raw: tuple[Bool, ...]
    given: Bool | None

    @property
    def variables(self) -> tuple[Bool, ...]:
        """Return all variables of the term."""
        return (*self.raw, self.given) if self.given is not None else self.raw


class Logic(Terms):
    """The part of a book's core that some terms rest on, as solver terms."""

    def __init__(self, book: RuleBook, targets: Iterable[str]) -> None:
        """Make the terms; constraints that touch the part come along, with all that they read."""
        super().__init__()
        self.book = part_of(book, targets)
        self.ratios: dict[str, tuple[Int, Int]] = {}
        self.asked: dict[str, Asked] = {}
        self.domain: list[Bool] = []
        self._solver: Any = None
        self._taken: list[Bool] = []
        for node in self.book.nodes:
            self.givers[node.term] = node
            self._add(node)
        self.legal = [opposite(self.holds(never.condition)) for never in self.book.constraints]

    # ------------------------------------------------------------ nodes

    def _add(self, node: GroundNode) -> None:
        match node:
            case Given():
                self._given(node)
            case Formula():
                self._formula(node)
            case RatioOf():
                self.ratios[node.term] = (self.number(node.top), self.number(node.bottom))
            case Table():
                self._table(node)
            case Selection() | Share():
                raise AssertionError(node.term)
            case _:
                assert_never(node)

    def _given(self, node: Given) -> None:
        kind, name = self.book.terms[node.term].kind, node.term
        given = z3.Bool(f"{name} is given") if node.assume is not None else None
        if isinstance(kind, Number):
            raw = z3.Int(name)
            self.domain += [raw >= kind.low, raw <= kind.high]
            self.asked[name] = Asked((raw,), given)
            self.numbers[name] = raw if node.assume is None or given is None else pick(given, raw, self.number(node.assume))
            return
        assert isinstance(kind, Choice)
        raws = tuple(z3.Bool(f"{name} is {option}") for option in (kind.options[1:] if len(kind.options) == 2 else kind.options))
        values = {kind.options[0]: opposite(raws[0]), kind.options[1]: raws[0]} if len(kind.options) == 2 else dict(zip(kind.options, raws, strict=True))
        if len(kind.options) != 2:
            self.domain.append(z3.PbEq([(raw, 1) for raw in raws], 1))
        self.asked[name] = Asked(raws, given)
        if node.assume is not None and given is not None:
            values = {option: either((both((given, value)), both((opposite(given), self.chosen(node.assume, option))))) for option, value in values.items()}
        self.choices[name] = values

    def _formula(self, node: Formula) -> None:
        kind = self.book.terms[node.term].kind
        if isinstance(kind, Choice):
            self.choices[node.term] = {option: self.chosen(node.value, option) for option in kind.options}
        else:
            self.numbers[node.term] = self.number(node.value)

    def _table(self, node: Table) -> None:
        hits = {row.rule: self.hit(row) for row in node.rows if not row.is_otherwise}
        if node.policy == "sum":
            parts = [pick(hits[row.rule], z3.IntVal(int(row.value)), z3.IntVal(0)) for row in node.rows if not row.is_otherwise and hits[row.rule] is not FALSE]
            self.numbers[node.term] = z3.Sum(parts) if parts else z3.IntVal(0)
            self.tables[node.term] = Spoken(hits, hits, FALSE)
        elif node.policy == "all":
            for option in node.options:
                yes = either(hits[row.rule] for row in node.rows if row.value == option and not row.is_otherwise)
                self.choices[f"{node.term}[{option}]"] = {"true": yes, "false": opposite(yes)}
            self.tables[node.term] = Spoken(hits, hits, FALSE)
        else:
            self._unique(node, hits)

    def _unique(self, node: Table, hits: dict[str, Bool]) -> None:
        speaking, none = spoken(node, hits)
        self.tables[node.term] = Spoken(hits, speaking, none)
        says = [(none if row.is_otherwise else speaking[row.rule], row.value) for row in node.rows]
        kind = self.book.terms[node.term].kind
        if isinstance(kind, Choice):
            self.choices[node.term] = {option: either(speaks for speaks, value in says if value == option) for option in kind.options}
            return
        value = z3.IntVal(int(says[-1][1]) if says else 0)
        for speaks, row_value in says[:-1]:
            value = pick(speaks, z3.IntVal(int(row_value)), value)
        self.numbers[node.term] = value

    # ------------------------------------------------------------ what is known, what is undecided

    def known(self, answers: Mapping[str, Answer]) -> list[Bool]:
        """Return what some answers say: a value, a range (low, high), some options, or None for don't know."""
        return [fact for term, answer in answers.items() if term in self.asked for fact in self.answered(term, answer)]

    def answered(self, term: str, answer: Answer) -> list[Bool]:
        """Return what one answer says."""
        asked, kind = self.asked[term], self.book.terms[term].kind
        if answer is None:
            # WHY: a term that need not be given and has no assumption is read by no rule
            giver = self.givers[term]
            is_needed = isinstance(giver, Given) and giver.is_required
            return [opposite(asked.given)] if asked.given is not None else [FALSE] if is_needed else []
        facts = [] if asked.given is None else [asked.given]
        if isinstance(kind, Number):
            low, high = answer if isinstance(answer, tuple) else (int(str(answer)), int(str(answer)))
            return [*facts, asked.raw[0] == low] if low == high else [*facts, asked.raw[0] >= low, asked.raw[0] <= high]
        assert isinstance(kind, Choice)
        options = answer if isinstance(answer, frozenset) else frozenset({str(answer)})
        return [*facts, *(opposite(raw) for option, raw in self.raw_options(term).items() if option not in options)]

    def raw_options(self, term: str) -> dict[str, Bool]:
        """Return the variables of a choice as it would be given, by option."""
        raw, kind = self.asked[term].raw, self.book.terms[term].kind
        assert isinstance(kind, Choice)
        return {kind.options[0]: opposite(raw[0]), kind.options[1]: raw[0]} if len(kind.options) == 2 else dict(zip(kind.options, raw, strict=True))

    def gap(self, node: Table) -> Bool:
        """Return that no row of a unique table speaks where there is no `otherwise`."""
        if node.policy != "unique" or any(row.is_otherwise for row in node.rows):
            return FALSE
        return self.tables[node.term].none

    def conflict(self, node: Table) -> Bool:
        """Return that two rows of a unique table speak and differ."""
        if node.policy != "unique":
            return FALSE
        speaking = self.tables[node.term].speaking
        rows = [row for row in node.rows if not row.is_otherwise and speaking[row.rule] is not FALSE]
        pairs = [(a, b) for at, a in enumerate(rows) for b in rows[:at] if a.value != b.value and not are_apart(a, b)]
        return either(both((speaking[a.rule], speaking[b.rule])) for a, b in pairs)

    def undecided(self) -> Bool:
        """Return that some table of the part has a gap or a conflict."""
        return either(part for node in self.book.nodes if isinstance(node, Table) for part in (self.gap(node), self.conflict(node)))

    def decided(self) -> Bool:
        """Return that every table of the part gives one result."""
        return opposite(self.undecided())

    # ------------------------------------------------------------ queries

    def find(self, conditions: Iterable[Bool], milliseconds: int = MILLISECONDS, effort: int = 0) -> "Found":
        """Return a model of some conditions within the domain and the constraints, that there is none, or that it is unknown.

        With an `effort` the limit is a count of the solver's steps, not time: the same answer on every machine.
        """
        conditions = list(conditions)
        solver = self.solver()
        solver.push()
        if effort:
            solver.set("rlimit", effort)
        else:
            solver.set("timeout", milliseconds)
        solver.add(*self.legal, *conditions)
        verdict = solver.check()
        found = Found("can", solver.model()) if verdict == z3.sat else Found("never" if verdict == z3.unsat else "unknown")
        solver.pop()
        if effort and found.state == "can":
            found.again = partial(_fresh_model, (*self.domain, *self._taken, *self.legal, *conditions), effort)
        return found

    def solver(self) -> Any:
        """Return the solver that knows the domain."""
        if self._solver is None:
            self._solver = z3.Solver()
            self._solver.add(*self.domain)
        return self._solver

    def take(self, conditions: Iterable[Bool]) -> None:
        """Take some conditions, and the constraints, for granted in all queries to come."""
        taken = [*self.legal, *conditions]
        self.solver().add(*taken)
        self._taken += taken
        self.legal = []

    def twin(self, free: Collection[str], *, is_given: bool = False) -> Callable[[Bool], Bool]:
        """Return how a condition reads for a second company that may differ in some asked terms; `is_given` gives it all its answers."""
        pairs = []
        for term in sorted(free):
            asked = self.asked[term]
            pairs += [(one, z3.Const(f"{one} (other)", one.sort())) for one in (asked.raw if is_given else asked.variables)]
        if is_given:
            pairs += [(asked.given, TRUE) for asked in self.asked.values() if asked.given is not None]
        return lambda condition: z3.substitute(condition, *pairs)

    def same_answers(self, other: Callable[[Bool], Bool]) -> list[Bool]:
        """Return that the second company gives every answer that the first one gives."""
        return [z3.Implies(asked.given, one == other(one)) if asked.given is not None else one == other(one) for asked in self.asked.values() for one in asked.raw]

    def facts(self, found: "Found", other: Callable[[Bool], Bool] | None = None, *, every: bool = False) -> dict[str, int | str]:
        """Return the answers that a model gives (or all of them, or those of its second company)."""
        known: dict[str, int | str] = {}
        for term, asked in self.asked.items():
            if not every and asked.given is not None and not found.holds(other(asked.given) if other else asked.given):
                continue
            if isinstance(self.book.terms[term].kind, Number):
                known[term] = found.number(other(asked.raw[0]) if other else asked.raw[0])
            else:
                known[term] = next(option for option, raw in self.raw_options(term).items() if found.holds(other(raw) if other else raw))
        return known

    def results(self, node: Table, row: Row | None = None) -> dict[object, Bool]:
        """Return each result of a table with the condition under which it follows; `row` stands in for its namesake."""
        hits = dict(self.tables[node.term].hits)
        if row is not None:
            hits[row.rule] = both(self.holds(cell.condition) for cell in row.cells)
        if node.policy == "unique":
            speaking, none = spoken(node, hits)
            says = [(none if one.is_otherwise else speaking[one.rule], one.value) for one in node.rows]
            return {value: either(when for when, other in says if other == value) for value in dict.fromkeys(value for _, value in says)}
        if node.policy == "all":
            return {option: either(hits[one.rule] for one in node.rows if one.value == option) for option in node.options}
        return {one.rule: hits[one.rule] for one in node.rows if int(one.value)}

    def changes(self, before: Mapping[object, Bool], after: Mapping[object, Bool], *, is_unique: bool) -> Bool:
        """Return that two tables have different results; a gap or conflict is as good as another."""
        values = list(dict.fromkeys([*before, *after]))
        one, other = [before.get(value, FALSE) for value in values], [after.get(value, FALSE) for value in values]
        differ = either(unlike(a, b) for a, b in zip(one, other, strict=True))
        if not is_unique:
            return differ
        decides = [z3.PbEq([(part, 1) for part in parts], 1) for parts in (one, other)]
        return both((differ, either(decides)))

    def option_of(self, found: "Found", term: str) -> str:
        """Return the option of a choice in a model."""
        return next(option for option, value in self.choices[term].items() if found.holds(value))

    def is_not(self, term: str, option: str) -> Bool:
        """Return that a choice has another option."""
        return opposite(self.choices[term][option])

    def differ(self, target: str, answers: Mapping[str, Answer], free: Collection[str], milliseconds: int) -> str:
        """Return whether two legal companies that differ only in the free terms can have different outcomes."""
        mine = [term for term in free if term in self.asked]
        if not mine:
            return "never"
        rules = [*self.known(answers), self.decided()]
        other = self.twin(mine)
        other_rules = [other(rule) for rule in (*self.domain, *self.legal, *rules)]
        outcomes = self.choices[target].values()
        differs = either(z3.And(one, z3.Not(other(one))) for one in outcomes)
        return self.find([*rules, *other_rules, differs], milliseconds).state

    # ------------------------------------------------------------ smallest changes

    def smallest_sets(self, target: str, wanted: str, now: Mapping[str, tuple[object, bool]], milliseconds: int) -> tuple[str, list[list[tuple[str, int | str]]]]:
        """Return the smallest sets of terms whose change gives a wanted outcome, with the values that change least.

        `now` has for each term that may change its value and whether that was assumed. The state is "proven"
        (no smaller set is enough), "none" (no change is), or "unknown".
        """
        goal = [self.choices[target][wanted], self.decided()]
        kept = {term: self._is_kept(term, value, was_assumed=assumed) for term, (value, assumed) in now.items()}
        for size in range(1, len(kept) + 1):
            few = z3.PbLe([(opposite(same), 1) for same in kept.values()], size)
            found = self.find([*goal, few], milliseconds)
            if found.state == "unknown":
                return "unknown", []
            if found.state == "can":
                return "proven", self._sets_of(size, goal, kept, now, milliseconds)
        return "none", []

    def _is_kept(self, term: str, value: object, *, was_assumed: bool) -> Bool:
        given = self.asked[term].given
        if was_assumed and given is not None:
            return opposite(given)
        raw = self.asked[term].raw[0] == int(str(value)) if term in self.numbers else self.raw_options(term)[str(value)]
        return raw if given is None else both((given, raw))

    def _sets_of(self, size: int, goal: list[Bool], kept: Mapping[str, Bool], now: Mapping[str, tuple[object, bool]], milliseconds: int) -> list[list[tuple[str, int | str]]]:
        sets: list[list[tuple[str, int | str]]] = []
        blocked: list[Bool] = []
        while len(sets) < MOST_SETS:
            few = z3.PbLe([(opposite(same), 1) for same in kept.values()], size)
            found = self.find([*goal, *blocked, few], milliseconds)
            if found.state != "can":
                break
            changed = [term for term, same in kept.items() if not found.holds(same)]
            sets.append(self._least(changed, [*goal, *(same for term, same in kept.items() if term not in changed)], now, milliseconds))
            blocked.append(either(kept[term] for term in changed))
        return sets

    def _least(self, changed: list[str], conditions: list[Bool], now: Mapping[str, tuple[object, bool]], milliseconds: int) -> list[tuple[str, int | str]]:
        """Return values of some terms, the numbers as near to the present ones as the conditions allow, one after the other."""
        optimizer = z3.Optimize()
        optimizer.set("timeout", milliseconds)
        optimizer.add(*self.domain, *self.legal, *conditions)
        optimizer.add(*(given for term in changed if (given := self.asked[term].given) is not None))
        for term in changed:
            if term in self.numbers:
                distance = self.asked[term].raw[0] - int(str(now[term][0]))
                optimizer.minimize(z3.If(distance >= 0, distance, -distance))
        assert optimizer.check() == z3.sat
        found = Found("can", optimizer.model())
        return [(term, found.number(self.numbers[term]) if term in self.numbers else self.option_of(found, term)) for term in changed]


def _fresh_model(conditions: tuple[Bool, ...], effort: int) -> "tuple[Any, Any] | None":
    """Return a model that does not hang on what the solver was asked before, with its context; None where that takes too long."""
    context = z3.Context()
    solver = z3.Solver(ctx=context)
    solver.set("rlimit", effort)
    solver.add(*(condition.translate(context) for condition in conditions))
    return (solver.model(), context) if solver.check() == z3.sat else None


@dataclass(slots=True)
class Found:
    """What the solver found: "can" with a model, "never", or "unknown".

    `again` finds the model anew in a context of its own, so that the same question has the same witness;
    it is called when the model is first looked at, since most answers are only asked whether they are there.
    """

    state: str
    model: Any = None
    context: Any = None
    again: "Callable[[], tuple[Any, Any] | None] | None" = None

    def holds(self, condition: Bool) -> bool:
        """Return whether a condition holds in the model."""
        return bool(z3.is_true(self._value(condition)))

    def number(self, value: Int) -> int:
        """Return a number of the model."""
        return int(self._value(value).as_long())

    def _value(self, term: Any) -> Any:
        if self.again is not None:
            # WHY: a company was found already; where the second look takes too long, the first model stands
            self.model, self.context = self.again() or (self.model, None)
            self.again = None
        return self.model.eval(term if self.context is None else term.translate(self.context), model_completion=True)

    def agrees(self, logic: "Logic", term: str, value: object) -> bool:
        """Return whether a term has a value in the model; a set is told by its options, a ratio by its two numbers."""
        if term in logic.ratios:
            return tuple(self.number(part) for part in logic.ratios[term]) == value
        if term in logic.numbers:
            return self.number(logic.numbers[term]) == value
        return term not in logic.choices or self.holds(logic.choices[term][str(value)])


def spoken(node: Table, hits: Mapping[str, Bool]) -> tuple[dict[str, Bool], Bool]:
    """Return which rows of a unique table speak, given which hit, and that none does."""
    over = {row.rule: [other.rule for other in node.rows if row.rule in other.overrides and other.rule in hits and other.rule != row.rule] for row in node.rows}
    speaking = {rule: both((hit, *(opposite(hits[other]) for other in over[rule]))) for rule, hit in hits.items()}
    return speaking, opposite(either(speaking.values()))


def are_apart(left: Row, right: Row) -> bool:
    """Return whether two rows ask one choice for different options, so that they never both hit."""
    asked = {cell.condition.term: cell.condition.options for cell in left.cells if isinstance(cell.condition, Member)}
    return any(isinstance(cell.condition, Member) and asked.get(cell.condition.term, cell.condition.options).isdisjoint(cell.condition.options) for cell in right.cells)
