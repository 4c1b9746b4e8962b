"""The rule book chained forward by durable_rules, stratum by stratum, with a full trace.

The only module that imports durable_rules. It stays inside a narrow subset of that engine: one flat
`$and` a pattern behind a type guard, integers, texts compared for equality only, explicit fact ids,
a fresh state per evaluation, a primed state before anything is deleted, bounded firings, and this
module's own driver on the native calls. Arithmetic is done here and the engine compares the results; a
cell with too many alternatives is settled here too, and the engine tests its truth (0 or 1); overrides,
sums and sets are settled by decide.py on the rows that fired. compiling.py makes the rulesets.
"""

import json
import locale
from itertools import count
from typing import Any
from weakref import finalize

from fourfold.decide import Values, compute, holds, missing_facts, number, settle, with_assumed
from fourfold.model import (
    Always,
    Compare,
    Condition,
    Decision,
    Every,
    Expr,
    Facts,
    Hit,
    Member,
    Opposite,
    RuleBook,
    Some,
    Table,
)
from fourfold.noun import noun
from fourfold.problem import Problem, Problems
from fourfold.rulesets import SHARD, EngineFault, Ruleset, Rulesets, dumps, keep, kept

native: Any
try:
    import durable_rules_engine

    native = durable_rules_engine
except ImportError:  # Python 3.13, or no C compiler when this was installed
    native = None

MOST_FIRINGS = 100_000


@noun
class Firing:
    """One firing: stratum, table, rule, what the engine saw, what was concluded."""

    stratum: int
    term: str
    rule: str
    saw: tuple[tuple[str, int | str], ...]


def is_available() -> bool:
    """Return whether durable_rules can be used here."""
    return native is not None


class Chainer:
    """The compiled rule book: the tables of each stratum as rulesets of the engine, given back when nobody holds it."""

    def __init__(self, book: RuleBook, *, from_library: bool = False) -> None:
        """Give every table to the engine; formulas, selections and shares stay with decide.py.

        Of a book that `open_book` gave (`from_library`) the rulesets may come from the user's cache.
        """
        if native is None:
            raise EngineFault("durable_rules is not installed")
        if locale.localeconv()["decimal_point"] != ".":
            raise EngineFault("the locale writes decimals with a comma; the engine would misread numbers")
        self.book = book
        self.rulesets = _rulesets(book, from_library=from_library)
        self.handles: list[list[int]] = []
        self._end = finalize(self, _give_back, self.handles)
        # WHY: when the interpreter ends there is nothing left to give back to
        self._end.atexit = False
        for stratum in self.rulesets.strata:
            self.handles.append([])
            for part, ruleset in enumerate(stratum.rulesets):
                self.handles[-1].append(native.create_ruleset(f"s{stratum.level}.{part}", ruleset.definition))
        self.count = count(1)

    # ------------------------------------------------------------ running

    def run(self, facts: Facts) -> tuple[Decision, list[Firing]]:
        """Return the decision and every firing in its order."""
        missing = missing_facts(self.book, facts)
        if missing:
            raise Problems([Problem("F309", f"`{name}` is not given", help="it has no assumption; answer it") for name in missing])
        values: Values = {}
        hits: list[Hit] = []
        trace: list[Firing] = []
        fired: dict[str, set[str]] = {}
        done = 0
        for node in self.book.nodes:
            if not isinstance(node, Table):
                compute(node, values, facts.known)
                continue
            if node.term not in fired:
                fired.update(self._fire(done, values, trace))
                done += 1
            speaking = settle(node, [row for row in node.rows if row.rule in fired[node.term]], values, self.book)
            hits += [Hit(node.term, row.rule) for row in speaking]
        return Decision(values, with_assumed(self.book, facts, values), tuple(hits)), trace  # type: ignore[arg-type]

    def _fire(self, place: int, values: Values, trace: list[Firing]) -> dict[str, set[str]]:
        """Assert the facts of a stratum, let its rules fire, and return which rows fired by table."""
        stratum, labels = self.rulesets.strata[place], self.rulesets.labels
        known: dict[str, object] = {name: _value(node, values) for name, node in stratum.computed.items()}
        fired: dict[str, set[str]] = {term: set() for term in stratum.terms}
        for ruleset, handle in zip(stratum.rulesets, self.handles[place], strict=True):
            sid = f"e{next(self.count)}"
            state = self._assert(handle, {"id": "boot", "t": "boot", "sid": sid})
            native.start_action_for_state(handle, state)
            native.complete_and_start_action(handle, state)
            try:
                for at, fact in enumerate(ruleset.facts):
                    seen = {name: known[name] if name in known else values[labels[name]] for name in fact.attributes}
                    markers = {f"g{shard}": 1 for shard in range((fact.rules - 1) // SHARD + 1)}
                    state = self._assert(handle, {"id": f"f{at}", "t": fact.type_name, "sid": sid, **markers, **seen})
                self._drain(ruleset, handle, state, place + 1, fired, trace)
            finally:
                native.delete_state(handle, sid)
        return fired

    @staticmethod
    def _assert(handle: int, fact: dict[str, object]) -> int:
        code, state = native.assert_fact(handle, dumps(fact))
        if code not in (0, 1):
            raise EngineFault(f"the engine refused fact {fact['id']} ({code})")
        return int(state)

    def _drain(self, ruleset: Ruleset, handle: int, state: int, level: int, fired: dict[str, set[str]], trace: list[Firing]) -> None:
        result = native.start_action_for_state(handle, state)
        message = result[1] if result else None
        terms, labels = self.book.terms, self.rulesets.labels
        while message:
            if len(trace) >= MOST_FIRINGS:
                raise EngineFault(f"more than {MOST_FIRINGS} firings")
            ((name, match),) = json.loads(message).items()
            term, rule = ruleset.owner[name]
            if rule not in fired[term]:
                fired[term].add(rule)
                seen = match["m"]
                saw = tuple((labels[key], seen[key]) for key in sorted(seen) if labels.get(key) in terms)
                trace.append(Firing(level, term, rule, saw))
            message = native.complete_and_start_action(handle, state)

    def close(self) -> None:
        """Give the engine's rulesets back now."""
        self._end()


def _rulesets(book: RuleBook, *, from_library: bool) -> Rulesets:
    found = kept(book) if from_library else None
    if found is None:
        from fourfold.compiling import rulesets_of

        found = rulesets_of(book)
        if from_library:
            keep(book, found)
    return found


def _give_back(handles: list[list[int]]) -> None:
    for stratum in handles:
        for handle in stratum:
            native.delete_ruleset(handle)
    handles.clear()


def _value(node: Expr | Condition, values: Values) -> int:
    """Return a computed attribute: a difference, or the truth of a condition as 0 or 1."""
    if isinstance(node, Always | Member | Compare | Every | Some | Opposite):
        return int(holds(node, values))
    return number(node, values)
