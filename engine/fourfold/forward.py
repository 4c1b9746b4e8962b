"""The rule book chained forward by durable_rules, stratum by stratum, with a full trace.

The only module that imports durable_rules. It stays inside a narrow subset of that engine: one flat
`$and` a pattern behind a type guard, integers, texts compared for equality only, explicit fact ids,
a fresh state per evaluation, a primed state before anything is deleted, bounded firings, and this
module's own driver on the native calls. Lists become an `$or` of equalities on one attribute or
several rules; arithmetic is done here and the engine compares the results; a cell with too many
alternatives is settled here too, and the engine tests its truth (0 or 1); overrides, sums and sets are
settled by decide.py on the rows that fired. A large stratum becomes several rulesets.
"""

import json
import locale
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from fourfold.atoms import MOST_RULES, SHARD, Atom, Attributes, row_alternatives
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
from fourfold.problem import Problem, Problems

native: Any
try:
    import durable_rules_engine

    native = durable_rules_engine
except ImportError:  # Python 3.13, or no C compiler when this was installed
    native = None

MOST_FIRINGS = 100_000
MOST_ATTRIBUTES, MOST_FACTS = 150, 100
_BOOT = {"all": [{"m": {"t": "boot"}}]}
_MIRROR = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


class EngineFault(Exception):
    """The engine answered in a way that must not be; ours or the engine's fault, never the user's."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One firing: stratum, table, rule, what the engine saw, what was concluded."""

    stratum: int
    term: str
    rule: str
    saw: tuple[tuple[str, int | str], ...]


@dataclass(slots=True)
class _Fact:
    """One fact of a ruleset: its type, the attributes it needs, how many rules look at it."""

    type_name: str
    attributes: dict[str, None] = field(default_factory=dict)
    rules: int = 0


@dataclass(slots=True)
class _Ruleset:
    """Some rules of a stratum as the engine has them, and where each fires."""

    facts: list[_Fact] = field(default_factory=list)
    rules: dict[str, object] = field(default_factory=lambda: {"boot": _BOOT})
    owner: dict[str, tuple[str, str]] = field(default_factory=dict)
    handle: int = 0


@dataclass(slots=True)
class _Stratum:
    """The compiled rules of one stratum; `computed` are the differences and truths that stand in facts."""

    tables: list[Table]
    rulesets: list[_Ruleset] = field(default_factory=list)
    computed: dict[str, Expr | Condition] = field(default_factory=dict)


def is_available() -> bool:
    """Return whether durable_rules can be used here."""
    return native is not None


def dumps(value: object) -> str:
    """Return JSON as the engine reads it: whole numbers below 2^53 and texts."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 2**53:
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ",".join(f"{dumps(key)}:{dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    raise EngineFault(f"{value!r} is not for the engine")


def _pattern(atoms: tuple[Atom, ...], type_name: str, shard: int) -> dict[str, object]:
    """Return one flat pattern: type guard, shard marker, then the tests."""
    tests: list[dict[str, object]] = [{"t": type_name}, {f"g{shard}": 1}]
    for atom in atoms:
        if atom.operator == "in":
            choices: list[dict[str, object]] = [{atom.attribute: constant} for constant in atom.constants]
            tests.append(choices[0] if len(choices) == 1 else {"$or": choices})
        elif atom.operator == "not in":
            for constant in atom.constants:
                tests.append({"$neq": {atom.attribute: constant}})
        elif atom.operator == "=":
            tests.append({atom.attribute: atom.constants[0]})
        else:
            tests.append({_MIRROR[atom.operator]: {atom.attribute: atom.constants[0]}})
    return {"$and": tests}


# ---------------------------------------------------------------- compiling


class Chainer:
    """The compiled rule book: the tables of each stratum as rulesets of the engine."""

    def __init__(self, book: RuleBook) -> None:
        """Compile every table; formulas, selections and shares stay with decide.py."""
        if native is None:
            raise EngineFault("durable_rules is not installed")
        if locale.localeconv()["decimal_point"] != ".":
            raise EngineFault("the locale writes decimals with a comma; the engine would misread numbers")
        self.book = book
        self.names = Attributes()
        self.strata = self._strata()
        self.count = count(1)

    def _strata(self) -> list[_Stratum]:
        by_level: dict[int, list[Table]] = {}
        for node in self.book.nodes:
            if isinstance(node, Table):
                by_level.setdefault(self.book.terms[node.term].stratum, []).append(node)
        return [self._compile(level, by_level[level]) for level in sorted(by_level)]

    def _compile(self, level: int, tables: list[Table]) -> _Stratum:
        stratum = _Stratum(tables)
        places: dict[str, tuple[_Ruleset, _Fact]] = {}
        for table in tables:
            entity = self.book.terms[table.term].entity
            for row in table.rows:
                if not row.is_otherwise and not row.ruled_out:
                    for atoms in row_alternatives(row, self.names, stratum.computed):
                        self._add_rule(tuple(dict.fromkeys(atoms)), (table.term, row.rule), entity, stratum, places)
        for part, ruleset in enumerate(stratum.rulesets):
            ruleset.handle = native.create_ruleset(f"s{level}.{part}", dumps(ruleset.rules))
        return stratum

    @staticmethod
    def _add_rule(atoms: tuple[Atom, ...], owner: tuple[str, str], entity: str, stratum: _Stratum, places: dict[str, tuple[_Ruleset, _Fact]]) -> None:
        """Put a rule to the fact of its entity, or to a further one where that carries all it may."""
        ruleset, fact = places.get(entity, (_Ruleset(), _Fact("")))
        wanted = fact.attributes.keys() | {atom.attribute for atom in atoms}
        if entity not in places or fact.rules == MOST_RULES or len(wanted) > MOST_ATTRIBUTES:
            if not stratum.rulesets or len(stratum.rulesets[-1].facts) == MOST_FACTS or len(stratum.rulesets[-1].rules) > MOST_RULES:
                stratum.rulesets.append(_Ruleset())
            ruleset = stratum.rulesets[-1]
            fact = _Fact(f"p{len(ruleset.facts)}")
            ruleset.facts.append(fact)
            places[entity] = ruleset, fact
        name = f"r{len(ruleset.rules)}"
        ruleset.rules[name] = {"all": [{"m": _pattern(atoms, fact.type_name, fact.rules // SHARD)}]}
        ruleset.owner[name] = owner
        fact.rules += 1
        fact.attributes.update(dict.fromkeys(atom.attribute for atom in atoms))

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
                fired.update(self._fire(self.strata[done], values, done + 1, trace))
                done += 1
            speaking = settle(node, [row for row in node.rows if row.rule in fired[node.term]], values, self.book)
            hits += [Hit(node.term, row.rule) for row in speaking]
        return Decision(values, with_assumed(self.book, facts, values), tuple(hits)), trace  # type: ignore[arg-type]

    def _fire(self, stratum: _Stratum, values: Values, level: int, trace: list[Firing]) -> dict[str, set[str]]:
        """Assert the facts of a stratum, let its rules fire, and return which rows fired by table."""
        known: dict[str, object] = {self.names.names[label]: _value(node, values) for label, node in stratum.computed.items()}
        fired: dict[str, set[str]] = {table.term: set() for table in stratum.tables}
        for ruleset in stratum.rulesets:
            sid = f"e{next(self.count)}"
            state = self._assert(ruleset, {"id": "boot", "t": "boot", "sid": sid})
            native.start_action_for_state(ruleset.handle, state)
            native.complete_and_start_action(ruleset.handle, state)
            try:
                for place, fact in enumerate(ruleset.facts):
                    seen = {name: known[name] if name in known else values[self.names.labels[name]] for name in fact.attributes}
                    markers = {f"g{shard}": 1 for shard in range((fact.rules - 1) // SHARD + 1)}
                    state = self._assert(ruleset, {"id": f"f{place}", "t": fact.type_name, "sid": sid, **markers, **seen})
                self._drain(ruleset, state, level, fired, trace)
            finally:
                native.delete_state(ruleset.handle, sid)
        return fired

    @staticmethod
    def _assert(ruleset: _Ruleset, fact: dict[str, object]) -> int:
        code, state = native.assert_fact(ruleset.handle, dumps(fact))
        if code not in (0, 1):
            raise EngineFault(f"the engine refused fact {fact['id']} ({code})")
        return int(state)

    def _drain(self, ruleset: _Ruleset, state: int, level: int, fired: dict[str, set[str]], trace: list[Firing]) -> None:
        result = native.start_action_for_state(ruleset.handle, state)
        message = result[1] if result else None
        terms = self.book.terms
        while message:
            if len(trace) >= MOST_FIRINGS:
                raise EngineFault(f"more than {MOST_FIRINGS} firings")
            ((name, match),) = json.loads(message).items()
            term, rule = ruleset.owner[name]
            if rule not in fired[term]:
                fired[term].add(rule)
                seen = match["m"]
                saw = tuple((self.names.labels[key], seen[key]) for key in sorted(seen) if self.names.labels.get(key) in terms)
                trace.append(Firing(level, term, rule, saw))
            message = native.complete_and_start_action(ruleset.handle, state)

    def close(self) -> None:
        """Give the engine's rulesets back."""
        for stratum in self.strata:
            for ruleset in stratum.rulesets:
                native.delete_ruleset(ruleset.handle)
        self.strata = []


def _value(node: Expr | Condition, values: Values) -> int:
    """Return a computed attribute: a difference, or the truth of a condition as 0 or 1."""
    if isinstance(node, Always | Member | Compare | Every | Some | Opposite):
        return int(holds(node, values))
    return number(node, values)
