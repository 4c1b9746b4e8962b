"""Expressions and conditions of the ground book as solver terms, folded and kept linear."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, assert_never

import z3

from fourfold.model import (
    Always,
    Among,
    Best,
    Case,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Floor,
    Formula,
    Gated,
    GroundNode,
    Member,
    Opposite,
    Product,
    Ref,
    Row,
    Some,
    Sum,
    Table,
)

Bool = Any
Int = Any
TRUE, FALSE = z3.BoolVal(val=True), z3.BoolVal(val=False)


def both(parts: Iterable[Bool]) -> Bool:
    """Return the conjunction of some conditions, folded."""
    kept = [part for part in parts if part is not TRUE]
    if any(part is FALSE for part in kept):
        return FALSE
    return z3.And(kept) if len(kept) > 1 else kept[0] if kept else TRUE


def either(parts: Iterable[Bool]) -> Bool:
    """Return the disjunction of some conditions, folded."""
    kept = [part for part in parts if part is not FALSE]
    if any(part is TRUE for part in kept):
        return TRUE
    return z3.Or(kept) if len(kept) > 1 else kept[0] if kept else FALSE


def opposite(part: Bool) -> Bool:
    """Return the negation of a condition, folded."""
    return FALSE if part is TRUE else TRUE if part is FALSE else z3.Not(part)


def unlike(left: Bool, right: Bool) -> Bool:
    """Return that one of two conditions holds and the other does not, folded."""
    return FALSE if left.eq(right) else z3.Xor(left, right)


def pick(condition: Bool, yes: Int, no: Int) -> Int:
    """Return one number where the condition holds, else the other, folded."""
    if condition is TRUE or yes.eq(no):
        return yes
    return no if condition is FALSE else z3.If(condition, yes, no)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a table says: which rows hit, which of them speak (are not overridden), and that none speaks."""

    hits: dict[str, Bool]
    speaking: dict[str, Bool]
    none: Bool


def compared(operator: str, left: Int, right: Int) -> Bool:
    """Return a comparison of two numbers."""
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case _:
            return left == right


def merged(leaves: Iterable[tuple[Bool, int]]) -> list[tuple[Bool, int]]:
    """Return leaves with each value once; what cannot hold is left out."""
    found: dict[int, list[Bool]] = {}
    for when, value in leaves:
        if when is not FALSE:
            found.setdefault(value, []).append(when)
    return [(either(when), value) for value, when in found.items()]


class Terms:
    """The solver terms of some nodes by name, and expressions over them."""

    def __init__(self) -> None:
        """Start without any term."""
        self.numbers: dict[str, Int] = {}
        self.choices: dict[str, dict[str, Bool]] = {}
        self.tables: dict[str, Spoken] = {}
        self.givers: dict[str, GroundNode] = {}
        self._leaves: dict[str, list[tuple[Bool, int]]] = {}

    def number(self, node: Expr) -> Int:
        """Return an expression as a whole number of the solver."""
        match node:
            case Const():
                return z3.IntVal(int(node.value))
            case Ref():
                return self.numbers[node.term]
            case Case():
                return self._chain([(self.choices[node.term][option], self.number(part)) for option, part in node.branches])
            case Sum():
                return z3.Sum([self.number(part) for part in node.parts])
            case Product():
                return self._times(node.left, node.right)
            case Best():
                return self._best(node.largest, [self.number(part) for part in node.parts])
            case Gated():
                return pick(self.holds(node.condition), self.number(node.part), z3.IntVal(0))
            case Among():
                return self._among(node)
            case Floor():
                return self._chain([(when, self.number(node.top) / z3.IntVal(value)) for when, value in self.leaves(node.bottom)])
            case _:
                assert_never(node)

    @staticmethod
    def _chain(branches: list[tuple[Bool, Int]]) -> Int:
        # WHY: a table that never decides has no value at all; any does, for nothing follows from it
        value = branches[-1][1] if branches else z3.IntVal(0)
        for condition, part in reversed(branches[:-1]):
            value = pick(condition, part, value)
        return value

    @staticmethod
    def _best(largest: bool, parts: list[Int]) -> Int:
        best = parts[0]
        for part in parts[1:]:
            best = pick(part > best if largest else part < best, part, best)
        return best

    def _among(self, node: Among) -> Int:
        found, best = FALSE, self.number(node.none)
        for condition, expression in node.members:
            holds, part = self.holds(condition), self.number(expression)
            better = either((opposite(found), part > best if node.largest else part < best))
            best, found = pick(both((holds, better)), part, best), either((found, holds))
        return best

    def _times(self, left: Expr, right: Expr) -> Int:
        """Return a product, the factor without numbers pushed into constants, so that it stays linear."""
        if not self.is_free(left):
            left, right = right, left
        other = self.number(right)
        return self._chain([(when, other * value if value != 0 else z3.IntVal(0)) for when, value in self.leaves(left)])

    def is_free(self, node: Expr) -> bool:
        """Return whether an expression depends on no number that is asked."""
        match node:
            case Const():
                return True
            case Ref():
                return self._is_free_term(node.term)
            case Case():
                return all(self.is_free(part) for _, part in node.branches)
            case Sum() | Best():
                return all(self.is_free(part) for part in node.parts)
            case Product():
                return self.is_free(node.left) and self.is_free(node.right)
            case Gated():
                return self.is_free(node.part)
            case Among():
                return self.is_free(node.none) and all(self.is_free(part) for _, part in node.members)
            case Floor():
                return self.is_free(node.top) and self.is_free(node.bottom)
            case _:
                assert_never(node)

    def _is_free_term(self, term: str) -> bool:
        giver = self.givers[term]
        return isinstance(giver, Table) or (isinstance(giver, Formula) and self.is_free(giver.value))

    def leaves(self, node: Expr) -> list[tuple[Bool, int]]:
        """Return the values that an expression without numbers can have, each with its condition; exactly one holds."""
        match node:
            case Const():
                return [(TRUE, int(node.value))]
            case Ref():
                return self._leaves_of(node.term)
            case Case():
                return merged((both((self.choices[node.term][option], when)), value) for option, part in node.branches for when, value in self.leaves(part))
            case Sum():
                return self._folded(lambda a, b: a + b, node.parts)
            case Product():
                return self._folded(lambda a, b: a * b, (node.left, node.right))
            case Best():
                return self._folded(max if node.largest else min, node.parts)
            case Gated():
                holds = self.holds(node.condition)
                return merged([*((both((holds, when)), value) for when, value in self.leaves(node.part)), (opposite(holds), 0)])
            case Among():
                return self._leaves_among(node)
            case Floor():
                return self._folded(lambda a, b: a // b, (node.top, node.bottom))
            case _:
                assert_never(node)

    def _leaves_of(self, term: str) -> list[tuple[Bool, int]]:
        if term not in self._leaves:
            giver = self.givers[term]
            if isinstance(giver, Formula):
                self._leaves[term] = self.leaves(giver.value)
            else:
                assert isinstance(giver, Table)
                self._leaves[term] = self._leaves_of_table(giver)
        return self._leaves[term]

    def _leaves_of_table(self, node: Table) -> list[tuple[Bool, int]]:
        spoken = self.tables[node.term]
        if node.policy == "sum":
            found = [(TRUE, 0)]
            for row in node.rows:
                if not row.is_otherwise:
                    hit, more = spoken.hits[row.rule], int(row.value)
                    found = merged(item for when, value in found for item in ((both((when, hit)), value + more), (both((when, opposite(hit))), value)))
            return found
        return merged((spoken.none if row.is_otherwise else spoken.speaking[row.rule], int(row.value)) for row in node.rows)

    def _folded(self, join: Callable[[int, int], int], parts: tuple[Expr, ...]) -> list[tuple[Bool, int]]:
        found = self.leaves(parts[0])
        for part in parts[1:]:
            more = self.leaves(part)
            found = merged((both((a, b)), join(x, y)) for a, x in found for b, y in more)
        return found

    def _leaves_among(self, node: Among) -> list[tuple[Bool, int]]:
        best_of = max if node.largest else min
        found: list[tuple[Bool, int | None]] = [(TRUE, None)]
        for condition, part in node.members:
            holds, more = self.holds(condition), self.leaves(part)
            inside = [(both((when, holds, which)), value if best is None else best_of(best, value)) for when, best in found for which, value in more]
            found = [*inside, *((both((when, opposite(holds))), best) for when, best in found)]
        none = self.leaves(node.none)
        return merged(item for when, best in found for item in ([(when, best)] if best is not None else [(both((when, which)), value) for which, value in none]))

    def chosen(self, node: Expr, option: str) -> Bool:
        """Return that an expression over choices gives one option."""
        match node:
            case Const():
                return TRUE if node.value == option else FALSE
            case Ref():
                return self.choices[node.term].get(option, FALSE)
            case Case():
                return either(both((self.choices[node.term][name], self.chosen(part, option))) for name, part in node.branches)
            case _:
                raise AssertionError(node)

    def holds(self, node: Condition) -> Bool:
        """Return a condition as one of the solver."""
        match node:
            case Always():
                return TRUE if node.holds else FALSE
            case Member():
                options = self.choices[node.term]
                return either(options[name] for name in sorted(node.options) if name in options)
            case Compare():
                return compared(node.operator, self.number(node.left), self.number(node.right))
            case Every():
                return both([self.holds(part) for part in node.parts])
            case Some():
                return either([self.holds(part) for part in node.parts])
            case Opposite():
                return opposite(self.holds(node.part))
            case _:
                assert_never(node)

    def hit(self, row: Row) -> Bool:
        """Return that all cells of a row hold."""
        if row.ruled_out:
            return FALSE
        return both(self.holds(cell.condition) for cell in row.cells if cell.reads)
