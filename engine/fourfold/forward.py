"""The rule book chained forward by durable_rules, stratum by stratum, with a full trace.

The only module that imports durable_rules. It stays inside a narrow subset of that engine: one flat
`$and` a pattern behind a type guard, integers, texts compared for equality only, explicit fact ids,
a fresh state per evaluation, a primed state before anything is deleted, bounded firings, and this
module's own driver on the native calls. Lists become an `$or` of equalities on one attribute or
several rules; arithmetic is done here and the engine compares the results; overrides, sums and sets
are settled by decide.py on the rows that fired.
"""

import json
import locale
from dataclasses import dataclass, field
from itertools import count, product
from typing import Any, assert_never

from fourfold.decide import Values, compute, missing_facts, number, settle, with_assumed
from fourfold.linking.simplify import times, total
from fourfold.model import (
    Always,
    Compare,
    Condition,
    Const,
    Decision,
    Every,
    Expr,
    Facts,
    Hit,
    Member,
    Opposite,
    Ref,
    Row,
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

SHARD = 40
MOST_FIRINGS = 100_000
MOST_ALTERNATIVES = 256
_BOOT = {"all": [{"m": {"t": "boot"}}]}
_MIRROR = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_OPPOSITE = {"<": (">=",), "<=": (">",), ">": ("<=",), ">=": ("<",), "=": ("<", ">")}


class EngineFault(Exception):
    """The engine answered in a way that must not be; ours or the engine's fault, never the user's."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One firing: stratum, table, rule, what the engine saw, what was concluded."""

    stratum: int
    term: str
    rule: str
    saw: tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class _Atom:
    """One test that the engine can make: attribute, operator, constant(s)."""

    attribute: str
    operator: str
    constants: tuple[int | str, ...]


@dataclass(slots=True)
class _Fact:
    """One fact of a stratum: its type, the attributes it needs, how many markers it carries."""

    type_name: str
    attributes: dict[str, None] = field(default_factory=dict)
    rules: int = 0


@dataclass(slots=True)
class _Stratum:
    """The compiled rules of one stratum, and where each fires."""

    tables: list[Table]
    facts: dict[str, _Fact]
    differences: dict[str, Expr]
    owner: dict[str, tuple[str, str]]
    handle: int = 0


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


# ---------------------------------------------------------------- conditions to alternatives of atoms


def alternatives(node: Condition, names: dict[str, str], differences: dict[str, Expr]) -> list[tuple[_Atom, ...]]:
    """Return a condition as alternatives, each a tuple of atoms that must all hold."""
    match node:
        case Always():
            return [()] if node.holds else []
        case Member():
            return [(_Atom(_name(node.term, names), "in", tuple(sorted(node.options))),)]
        case Compare():
            return [(_comparison(node, node.operator, names, differences),)]
        case Every():
            return _joined([alternatives(part, names, differences) for part in node.parts])
        case Some():
            return [one for part in node.parts for one in alternatives(part, names, differences)]
        case Opposite():
            return _denied(node.part, names, differences)
        case _:
            assert_never(node)


def _denied(node: Condition, names: dict[str, str], differences: dict[str, Expr]) -> list[tuple[_Atom, ...]]:
    match node:
        case Always():
            return [] if node.holds else [()]
        case Member():
            return [(_Atom(_name(node.term, names), "not in", tuple(sorted(node.options))),)]
        case Compare():
            return [(_comparison(node, sign, names, differences),) for sign in _OPPOSITE[node.operator]]
        case Every():
            return [one for part in node.parts for one in _denied(part, names, differences)]
        case Some():
            return _joined([_denied(part, names, differences) for part in node.parts])
        case Opposite():
            return alternatives(node.part, names, differences)
        case _:
            assert_never(node)


def _joined(parts: list[list[tuple[_Atom, ...]]]) -> list[tuple[_Atom, ...]]:
    found = [tuple(atom for part in combination for atom in part) for combination in product(*parts)]
    if len(found) > MOST_ALTERNATIVES:
        raise EngineFault("a rule has too many alternatives for the engine")
    return found


def _name(term: str, names: dict[str, str]) -> str:
    return names.setdefault(term, f"v{len(names)}")


def _comparison(node: Compare, operator: str, names: dict[str, str], differences: dict[str, Expr]) -> _Atom:
    """Return a test of one attribute against a constant; other sides become a computed difference."""
    if isinstance(node.left, Ref) and isinstance(node.right, Const):
        return _Atom(_name(node.left.term, names), operator, (int(node.right.value),))
    key = f"{node.left!r} - {node.right!r}"
    label = f"difference {key}"
    if label not in differences:
        differences[label] = total((node.left, times(node.right, Const(-1))))
    return _Atom(_name(label, names), operator, (0,))


def _pattern(atoms: tuple[_Atom, ...], type_name: str, shard: int) -> dict[str, object]:
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
    """The compiled rule book: one ruleset of the engine per stratum."""

    def __init__(self, book: RuleBook) -> None:
        """Compile every table; formulas, selections and shares stay with decide.py."""
        if native is None:
            raise EngineFault("durable_rules is not installed")
        if locale.localeconv()["decimal_point"] != ".":
            raise EngineFault("the locale writes decimals with a comma; the engine would misread numbers")
        self.book = book
        self.names: dict[str, str] = {}
        self.strata = self._strata()
        self.count = count(1)

    def _strata(self) -> list[_Stratum]:
        by_level: dict[int, list[Table]] = {}
        for node in self.book.nodes:
            if isinstance(node, Table):
                by_level.setdefault(self.book.terms[node.term].stratum, []).append(node)
        return [self._compile(level, by_level[level]) for level in sorted(by_level)]

    def _compile(self, level: int, tables: list[Table]) -> _Stratum:
        stratum = _Stratum(tables, {}, {}, {})
        rules: dict[str, object] = {"boot": _BOOT}
        for table in tables:
            entity = self.book.terms[table.term].entity or "company"
            fact = stratum.facts.setdefault(entity, _Fact(entity))
            for row in table.rows:
                if not row.is_otherwise and not row.ruled_out:
                    self._compile_row(table, row, fact, stratum, rules)
        self._check_names(rules)
        stratum.handle = native.create_ruleset(f"s{level}", dumps(rules))
        return stratum

    def _compile_row(self, table: Table, row: Row, fact: _Fact, stratum: _Stratum, rules: dict[str, object]) -> None:
        parts = [alternatives(cell.condition, self.names, stratum.differences) for cell in row.cells]
        for atoms in _joined(parts):
            once = tuple(dict.fromkeys(atoms))
            name = f"r{len(rules)}"
            rules[name] = {"all": [{"m": _pattern(once, fact.type_name, fact.rules // SHARD)}]}
            stratum.owner[name] = (table.term, row.rule)
            fact.rules += 1
            fact.attributes.update(dict.fromkeys(atom.attribute for atom in atoms))

    def _check_names(self, rules: dict[str, object]) -> None:
        """Refuse attribute names whose 32-bit FNV-1a hashes are the same: the engine would mix them up."""
        seen: dict[int, str] = {}
        for name in (*self.names.values(), "t", "id", "sid", *(f"g{shard}" for shard in range(len(rules) // SHARD + 1))):
            code = 2166136261
            for byte in name.encode():
                code = (code ^ byte) * 16777619 % 2**32
            if seen.setdefault(code, name) != name:
                raise EngineFault(f"the names {name} and {seen[code]} collide in the engine")

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
            speaking = settle(node, [row for row in node.rows if row.rule in fired[node.term]], values)
            hits += [Hit(node.term, row.rule) for row in speaking]
        return Decision(values, with_assumed(self.book, facts, values), tuple(hits)), trace  # type: ignore[arg-type]

    def _fire(self, stratum: _Stratum, values: Values, level: int, trace: list[Firing]) -> dict[str, set[str]]:
        """Assert the facts of a stratum, let its rules fire, and return which rows fired by table."""
        sid = f"e{next(self.count)}"
        known = {name: term for term, name in self.names.items()}
        computed = {self.names[label]: number(expr, values) for label, expr in stratum.differences.items()}
        fired: dict[str, set[str]] = {table.term: set() for table in stratum.tables}
        state = self._assert(stratum, {"id": "boot", "t": "boot", "sid": sid})
        try:
            native.start_action_for_state(stratum.handle, state)
            native.complete_and_start_action(stratum.handle, state)
            for place, fact in enumerate(stratum.facts.values()):
                if fact.rules:
                    seen = {a: computed[a] if a in computed else values[known[a]] for a in fact.attributes}
                    markers = {f"g{shard}": 1 for shard in range(fact.rules // SHARD + 1)}
                    state = self._assert(stratum, {"id": f"f{place}", "t": fact.type_name, "sid": sid, **markers, **seen})
            self._drain(stratum, state, level, known, fired, trace)
        finally:
            native.delete_state(stratum.handle, sid)
        return fired

    @staticmethod
    def _assert(stratum: _Stratum, fact: dict[str, object]) -> int:
        code, state = native.assert_fact(stratum.handle, dumps(fact))
        if code not in (0, 1):
            raise EngineFault(f"the engine refused fact {fact['id']} ({code})")
        return int(state)

    def _drain(self, stratum: _Stratum, state: int, level: int, known: dict[str, str], fired: dict[str, set[str]], trace: list[Firing]) -> None:
        result = native.start_action_for_state(stratum.handle, state)
        message = result[1] if result else None
        while message:
            if len(trace) >= MOST_FIRINGS:
                raise EngineFault(f"more than {MOST_FIRINGS} firings")
            ((name, match),) = json.loads(message).items()
            term, rule = stratum.owner[name]
            if rule not in fired[term]:
                fired[term].add(rule)
                seen = match["m"]
                saw = tuple((known[key], seen[key]) for key in sorted(seen) if key in known and not known[key].startswith("difference "))
                trace.append(Firing(level, term, rule, saw))
            message = native.complete_and_start_action(stratum.handle, state)

    def close(self) -> None:
        """Give the engine's rulesets back."""
        for stratum in self.strata:
            native.delete_ruleset(stratum.handle)
        self.strata = []
