"""Conditions as alternatives of atoms, each a test of one attribute against constants.

What an engine can match is narrow; a condition with more alternatives than it should carry is computed
outside, and its truth (0 or 1) becomes an attribute.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import assert_never

from fourfold.linking.simplify import times, total
from fourfold.model import Always, Compare, Condition, Const, Every, Expr, Member, Opposite, Ref, Row, Some
from fourfold.noun import noun
from fourfold.rulesets import MOST_RULES, SHARD

MOST_ALTERNATIVES = 64
MOST_OPTIONS = 100
_OPPOSITE = {"<": (">=",), "<=": (">",), ">": ("<=",), ">=": ("<",), "=": ("<", ">")}


@noun
class Atom:
    """One test that the engine can make: attribute, operator, constant(s)."""

    attribute: str
    operator: str
    constants: tuple[int | str, ...]


class _TooMany(Exception):
    """A condition with more alternatives than the engine should carry."""


@dataclass(slots=True)
class Attributes:
    """The engine's short names of terms, differences and truths; no two have the same 32-bit FNV-1a hash.

    `options` says what each choice may be, so that a long list is matched by what it leaves out.
    """

    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    codes: set[int] = field(default_factory=lambda: {_fnv(name) for name in ("t", "id", "sid", *(f"g{shard}" for shard in range(MOST_RULES // SHARD + 1)))})
    tried: int = 0

    def name(self, label: str) -> str:
        """Return the attribute for a term or a computed label."""
        while label not in self.names:
            name = f"v{self.tried}"
            self.tried += 1
            if _fnv(name) not in self.codes:
                self.codes.add(_fnv(name))
                self.names[label] = name
                self.labels[name] = label
        return self.names[label]


def _fnv(name: str) -> int:
    code = 2166136261
    for byte in name.encode():
        code = (code ^ byte) * 16777619 % 2**32
    return code


Alternatives = list[tuple[Atom, ...]]


def alternatives(node: Condition, names: Attributes, computed: dict[str, Expr | Condition]) -> Alternatives:
    """Return a condition as alternatives, each a tuple of atoms that must all hold."""
    match node:
        case Always():
            return [()] if node.holds else []
        case Member():
            return [(_member(node, "in", names),)]
        case Compare():
            return [(_comparison(node, node.operator, names, computed),)]
        case Every():
            return _joined([alternatives(part, names, computed) for part in node.parts])
        case Some():
            return _few([one for part in node.parts for one in alternatives(part, names, computed)])
        case Opposite():
            return _denied(node.part, names, computed)
        case _:
            assert_never(node)


def _denied(node: Condition, names: Attributes, computed: dict[str, Expr | Condition]) -> Alternatives:
    match node:
        case Always():
            return [] if node.holds else [()]
        case Member():
            return [(_member(node, "not in", names),)]
        case Compare():
            return [(_comparison(node, sign, names, computed),) for sign in _OPPOSITE[node.operator]]
        case Every():
            return _few([one for part in node.parts for one in _denied(part, names, computed)])
        case Some():
            return _joined([_denied(part, names, computed) for part in node.parts])
        case Opposite():
            return alternatives(node.part, names, computed)
        case _:
            assert_never(node)


def _few(found: Alternatives) -> Alternatives:
    if len(found) > MOST_ALTERNATIVES:
        raise _TooMany
    return found


def _joined(parts: list[Alternatives]) -> Alternatives:
    if prod(map(len, parts)) > MOST_ALTERNATIVES:
        raise _TooMany
    return [tuple(atom for part in combination for atom in part) for combination in product(*parts)]


def _member(node: Member, operator: str, names: Attributes) -> Atom:
    options = node.options
    others = frozenset(names.options.get(node.term, ())) - options
    if others and len(others) < len(options):
        options, operator = others, "in" if operator == "not in" else "not in"
    if len(options) > MOST_OPTIONS:
        raise _TooMany
    return Atom(names.name(node.term), operator, tuple(sorted(options)))


def _comparison(node: Compare, operator: str, names: Attributes, computed: dict[str, Expr | Condition]) -> Atom:
    """Return a test of one attribute against a constant; other sides become a computed difference."""
    if isinstance(node.left, Ref) and isinstance(node.right, Const):
        return Atom(names.name(node.left.term), operator, (int(node.right.value),))
    label = f"difference {node.left!r} - {node.right!r}"
    if label not in computed:
        computed[label] = total((node.left, times(node.right, Const(-1))))
    return Atom(names.name(label), operator, (0,))


def row_alternatives(row: Row, names: Attributes, computed: dict[str, Expr | Condition]) -> Alternatives:
    """Return the alternatives of a row; where they are too many, the truth of its widest cells is computed."""
    cells: list[tuple[Condition, Alternatives]] = []
    for cell in row.cells:
        try:
            cells.append((cell.condition, alternatives(cell.condition, names, computed)))
        except _TooMany:
            cells.append((cell.condition, _truth(cell.condition, names, computed)))
    if prod(len(found) for _, found in cells) > MOST_ALTERNATIVES:
        cells = [(condition, found if len(found) == 1 else _truth(condition, names, computed)) for condition, found in cells]
    return _joined([found for _, found in cells])


def _truth(condition: Condition, names: Attributes, computed: dict[str, Expr | Condition]) -> Alternatives:
    label = f"truth {condition!r}"
    computed[label] = condition
    return [(Atom(names.name(label), "=", (1,)),)]
