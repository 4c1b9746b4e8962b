"""Ground conditions and expressions as functions: the meaning of `decide.py`, for samples of many companies."""

from collections.abc import Callable
from operator import eq as equal
from operator import ge, gt, le, lt
from operator import ne as unequal
from typing import Any, assert_never

from fourfold.model import Always, Among, Best, Case, Compare, Condition, Const, Every, Expr, Floor, Gated, Member, Opposite, Product, Ref, Some, Sum

Company = dict[str, int | str]
Test = Callable[[Company], bool]
Give = Callable[[Company], int]
SIGNS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": equal, "!=": unequal}


def test_of(node: Condition) -> Test:
    """Return the function that tells whether a condition holds for a company."""
    match node:
        case Member():
            term, options = node.term, node.options
            return lambda company: company[term] in options
        case Compare():
            return _compare(node)
        case Every():
            parts = tuple(test_of(part) for part in node.parts)
            return lambda company: all(part(company) for part in parts)
        case Some():
            others = tuple(test_of(part) for part in node.parts)
            return lambda company: any(part(company) for part in others)
        case Opposite():
            inner = test_of(node.part)
            return lambda company: not inner(company)
        case Always():
            always = node.holds
            return lambda _: always
        case _:
            assert_never(node)


def _compare(node: Compare) -> Test:
    sign = SIGNS[node.operator]
    if isinstance(node.left, Ref) and isinstance(node.right, Const):
        term, fixed = node.left.term, node.right.value
        return lambda company: sign(company[term], fixed)
    left, right = give_of(node.left), give_of(node.right)
    return lambda company: sign(left(company), right(company))


def give_of(node: Expr) -> Give:
    """Return the function that gives the value of an expression (a whole number, or an option) for a company."""
    match node:
        case Ref():
            term = node.term
            return lambda company: company[term]  # type: ignore[return-value]
        case Const():
            fixed = node.value
            return lambda _: fixed  # type: ignore[return-value]
        case Product():
            left, right = give_of(node.left), give_of(node.right)
            return lambda company: left(company) * right(company)
        case Sum():
            parts = tuple(give_of(part) for part in node.parts)
            return lambda company: sum([part(company) for part in parts])
        case Gated():
            condition, gated = test_of(node.condition), give_of(node.part)
            return lambda company: gated(company) if condition(company) else 0
        case Case():
            choice, branches = node.term, {name: give_of(part) for name, part in node.branches}
            return lambda company: branches[company[choice]](company)  # type: ignore[index]
        case Best():
            best, several = max if node.largest else min, tuple(give_of(part) for part in node.parts)
            return lambda company: best([part(company) for part in several])
        case Floor():
            top, bottom = give_of(node.top), give_of(node.bottom)
            return lambda company: top(company) // bottom(company)
        case Among():
            return _among(node)
        case _:
            assert_never(node)


def _among(node: Among) -> Give:
    best, none = max if node.largest else min, give_of(node.none)
    members = tuple((test_of(condition), give_of(part)) for condition, part in node.members)

    def give(company: Company) -> int:
        found = [part(company) for condition, part in members if condition(company)]
        return best(found) if found else none(company)

    return give
