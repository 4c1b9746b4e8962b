"""Compiling a rule book to rulesets of the engine.

A pattern is one flat `$and` behind a type guard and a shard marker; a list becomes an `$or` of
equalities on one attribute, other alternatives become rules of their own. A large stratum becomes many
small rulesets: the time the engine needs to take one grows faster than its size.
"""

from dataclasses import dataclass, field

from fourfold.atoms import Atom, Attributes, row_alternatives
from fourfold.expression.kinds import Choice
from fourfold.model import Condition, Expr, RuleBook, Table
from fourfold.rulesets import MOST_RULES, SHARD, FactForm, Ruleset, Rulesets, Stratum, dumps

MOST_ATTRIBUTES, MOST_FACTS, ENOUGH_RULES = 150, 100, 40
_BOOT = {"all": [{"m": {"t": "boot"}}]}
_MIRROR = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


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


@dataclass(slots=True)
class _Fact:
    type_name: str
    attributes: dict[str, None] = field(default_factory=dict)
    rules: int = 0


@dataclass(slots=True)
class _Growing:
    """A ruleset while rules are put to it."""

    facts: list[_Fact] = field(default_factory=list)
    rules: dict[str, object] = field(default_factory=lambda: {"boot": _BOOT})
    owner: dict[str, tuple[str, str]] = field(default_factory=dict)

    def done(self) -> Ruleset:
        facts = tuple(FactForm(fact.type_name, tuple(fact.attributes), fact.rules) for fact in self.facts)
        return Ruleset(dumps(self.rules), facts, self.owner)


def rulesets_of(book: RuleBook) -> Rulesets:
    """Return the tables of a book as rulesets; formulas, selections and shares stay outside."""
    names = Attributes({name: term.kind.options for name, term in book.terms.items() if isinstance(term.kind, Choice)})
    by_level: dict[int, list[Table]] = {}
    for node in book.nodes:
        if isinstance(node, Table):
            by_level.setdefault(book.terms[node.term].stratum, []).append(node)
    strata = tuple(_stratum(book, level, by_level[level], names) for level in sorted(by_level))
    return Rulesets(strata, names.labels)


def _stratum(book: RuleBook, level: int, tables: list[Table], names: Attributes) -> Stratum:
    computed: dict[str, Expr | Condition] = {}
    rulesets: list[_Growing] = []
    places: dict[str, tuple[_Growing, _Fact]] = {}
    for table in tables:
        entity = book.terms[table.term].entity
        for row in table.rows:
            if not row.is_otherwise and not row.ruled_out:
                for atoms in row_alternatives(row, names, computed):
                    _add_rule(tuple(dict.fromkeys(atoms)), (table.term, row.rule), entity, rulesets, places)
    known = {names.names[label]: node for label, node in computed.items()}
    return Stratum(level, tuple(table.term for table in tables), tuple(ruleset.done() for ruleset in rulesets), known)


def _add_rule(atoms: tuple[Atom, ...], owner: tuple[str, str], entity: str, rulesets: list[_Growing], places: dict[str, tuple[_Growing, _Fact]]) -> None:
    """Put a rule to the fact of its entity, or to a further one where that carries all it may."""
    ruleset, fact = places.get(entity, (_Growing(), _Fact("")))
    wanted = fact.attributes.keys() | {atom.attribute for atom in atoms}
    if entity not in places or fact.rules == MOST_RULES or len(wanted) > MOST_ATTRIBUTES:
        if not rulesets or len(rulesets[-1].facts) == MOST_FACTS or len(rulesets[-1].rules) > ENOUGH_RULES:
            rulesets.append(_Growing())
        ruleset = rulesets[-1]
        fact = _Fact(f"p{len(ruleset.facts)}")
        ruleset.facts.append(fact)
        places[entity] = ruleset, fact
    name = f"r{len(ruleset.rules)}"
    ruleset.rules[name] = {"all": [{"m": _pattern(atoms, fact.type_name, fact.rules // SHARD)}]}
    ruleset.owner[name] = owner
    fact.rules += 1
    fact.attributes.update(dict.fromkeys(atom.attribute for atom in atoms))
