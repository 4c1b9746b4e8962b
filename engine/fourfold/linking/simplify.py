"""Making ground expressions and conditions, folded as far as the knowledge allows."""

from collections.abc import Callable, Iterable
from math import gcd

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
    Gated,
    Member,
    Opposite,
    Product,
    Ref,
    Some,
    Sum,
)
from fourfold.noun import noun

ZERO, ONE = Const(0), Const(1)
TRUE, FALSE = Always(holds=True), Always(holds=False)


@noun
class Fraction:
    """An exact fraction of two ground expressions; the bottom is above 0."""

    top: Expr
    bottom: Expr = ONE


def total(parts: Iterable[Expr]) -> Expr:
    """Return the sum of some parts."""
    flat: list[Expr] = []
    constant = 0
    for part in parts:
        for item in part.parts if isinstance(part, Sum) else (part,):
            if isinstance(item, Const):
                constant += int(item.value)
            else:
                flat.append(item)
    if constant or not flat:
        flat.append(Const(constant))
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def times(left: Expr, right: Expr) -> Expr:
    """Return the product of two parts."""
    match left, right:
        case Const(), Const():
            return Const(int(left.value) * int(right.value))
        case Const(), _:
            return times(right, left)
        case _, Const(value=0):
            return ZERO
        case _, Const(value=1):
            return left
        case Case(), Const():
            return Case(left.term, tuple((option, times(part, right)) for option, part in left.branches))
        case Case(), Case() if left.term == right.term:
            other = dict(right.branches)
            return Case(left.term, tuple((option, times(part, other[option])) for option, part in left.branches))
        case Sum(), Const():
            return total(times(part, right) for part in left.parts)
        case Product(), Const() if isinstance(left.right, Const):
            return times(left.left, times(left.right, right))
        case Gated(), Const():
            return Gated(left.condition, times(left.part, right))
        case _:
            return Product(left, right)


def floor(top: Expr, bottom: Expr) -> Expr:
    """Return top / bottom rounded down."""
    if isinstance(bottom, Const):
        below = int(bottom.value)
        if below == 1:
            return top
        if isinstance(top, Const):
            return Const(int(top.value) // below)
        if isinstance(top, Case):
            return case(top.term, {option: floor(part, bottom) for option, part in top.branches})
        shared = gcd(below, _factor(top))
        if shared > 1:
            return floor(_divided(top, shared), Const(below // shared))
    return Floor(top, bottom)


def _factor(top: Expr) -> int:
    """Return a whole number that divides every part of a sum or product."""
    match top:
        case Const():
            return abs(int(top.value))
        case Product(right=Const(value=number)):
            return abs(int(number))
        case Sum():
            return gcd(*(_factor(part) for part in top.parts))
        case _:
            return 1


def _divided(top: Expr, by: int) -> Expr:
    match top:
        case Const():
            return Const(int(top.value) // by)
        case Product(left=left, right=Const(value=number)):
            return times(left, Const(int(number) // by))
        case Sum():
            return total(_divided(part, by) for part in top.parts)
        case _:
            return top


def case(term: str, branches: dict[str, Expr]) -> Expr:
    """Return one expression per option, or the expression itself where all are the same."""
    first = next(iter(branches.values()))
    if isinstance(first, Const) and all(part == first for part in branches.values()):
        return first
    return Case(term, tuple(branches.items()))


def plus(left: Fraction, right: Fraction) -> Fraction:
    """Return the sum of two fractions."""
    if isinstance(left.bottom, Const) and isinstance(right.bottom, Const):
        a, b = int(left.bottom.value), int(right.bottom.value)
        shared = a * b // gcd(a, b)
        return Fraction(total((times(left.top, Const(shared // a)), times(right.top, Const(shared // b)))), Const(shared))
    if left.bottom == right.bottom:
        return Fraction(total((left.top, right.top)), left.bottom)
    top = total((times(left.top, right.bottom), times(right.top, left.bottom)))
    return Fraction(top, times(left.bottom, right.bottom))


def minus(value: Fraction) -> Fraction:
    """Return the fraction with the other sign."""
    return Fraction(times(value.top, Const(-1)), value.bottom)


def multiplied(left: Fraction, right: Fraction) -> Fraction:
    """Return the product of two fractions."""
    return Fraction(times(left.top, right.top), times(left.bottom, right.bottom))


def common(parts: Iterable[Fraction]) -> tuple[list[Expr], int] | None:
    """Return the tops over one shared constant bottom, or None where a bottom is no constant."""
    several = list(parts)
    bottoms = [int(part.bottom.value) for part in several if isinstance(part.bottom, Const)]
    if len(bottoms) != len(several):
        return None
    shared = 1
    for bottom in bottoms:
        shared = shared * bottom // gcd(shared, bottom)
    return [times(part.top, Const(shared // bottom)) for part, bottom in zip(several, bottoms, strict=True)], shared


def best(largest: bool, parts: list[Expr]) -> Expr:
    """Return the largest or smallest of some parts."""
    constants = [int(part.value) for part in parts if isinstance(part, Const)]
    others: list[Expr] = [part for part in parts if not isinstance(part, Const)]
    if constants:
        others.append(Const(max(constants) if largest else min(constants)))
    return others[0] if len(others) == 1 else Best(largest, tuple(others))


def gated(condition: Condition, part: Expr) -> Expr:
    """Return the part where the condition holds, else 0."""
    if isinstance(condition, Always):
        return part if condition.holds else ZERO
    return ZERO if part == ZERO else Gated(condition, part)


def every(parts: Iterable[Condition]) -> Condition:
    """Return the condition that all parts hold."""
    kept: list[Condition] = []
    for part in parts:
        if isinstance(part, Always):
            if not part.holds:
                return FALSE
            continue
        kept.extend(part.parts if isinstance(part, Every) else (part,))
    return TRUE if not kept else kept[0] if len(kept) == 1 else Every(tuple(dict.fromkeys(kept)))


def some(parts: Iterable[Condition]) -> Condition:
    """Return the condition that at least one part holds."""
    kept: list[Condition] = []
    members: dict[str, frozenset[str]] = {}
    for part in parts:
        if isinstance(part, Always):
            if part.holds:
                return TRUE
        elif isinstance(part, Member):
            members[part.term] = members.get(part.term, frozenset()) | part.options
        else:
            kept.extend(part.parts if isinstance(part, Some) else (part,))
    kept = [Member(term, options) for term, options in members.items()] + kept
    return FALSE if not kept else kept[0] if len(kept) == 1 else Some(tuple(dict.fromkeys(kept)))


def opposite(part: Condition) -> Condition:
    """Return the condition that the part does not hold."""
    if isinstance(part, Always):
        return Always(not part.holds)
    return part.part if isinstance(part, Opposite) else Opposite(part)


COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def compare(left: Expr, operator: str, right: Expr) -> Condition:
    """Return the comparison of two whole numbers."""
    match left, right:
        case Const(), Const():
            return Always(COMPARISONS[operator](int(left.value), int(right.value)))
        case Const(), _:
            return compare(right, _MIRROR[operator], left)
        case Case(), Const() if all(isinstance(part, Const) for _, part in left.branches):
            test = COMPARISONS[operator]
            passing = {o for o, part in left.branches if test(int(part.value), int(right.value))}  # type: ignore[union-attr]
            return among_options(left.term, passing, {option for option, _ in left.branches})
        case _:
            return Compare(left, operator, right)


def among_options(term: str, options: Iterable[str], all_options: Iterable[str]) -> Condition:
    """Return the condition that a choice has one of these options."""
    wanted, every_option = frozenset(options), frozenset(all_options)
    if not wanted & every_option:
        return FALSE
    return TRUE if every_option <= wanted else Member(term, wanted & every_option)


def choice_is(choice: Expr, options: frozenset[str], all_options: frozenset[str]) -> Condition:
    """Return the condition that an expression whose value is an option has one of these options."""
    match choice:
        case Const():
            return Always(choice.value in options)
        case Ref():
            return among_options(choice.term, options, all_options)
        case Case():
            sure = {o for o, part in choice.branches if isinstance(part, Const) and part.value in options}
            open_ones = [every((Member(choice.term, frozenset({o})), choice_is(part, options, all_options))) for o, part in choice.branches if not isinstance(part, Const)]
            return some([among_options(choice.term, sure, (o for o, _ in choice.branches)), *open_ones])
        case _:
            raise AssertionError(choice)


def terms_in(node: Expr | Condition) -> set[str]:
    """Return the ground terms that an expression or condition reads."""
    found: set[str] = set()
    _collect(node, found)
    return found


def _collect(node: Expr | Condition, found: set[str]) -> None:
    match node:
        case Ref() | Member():
            found.add(node.term)
        case Case():
            found.add(node.term)
            for _, branch in node.branches:
                if not isinstance(branch, Const):
                    _collect(branch, found)
        case Sum() | Best():
            for part in node.parts:
                _collect(part, found)
        case Every() | Some():
            for condition in node.parts:
                _collect(condition, found)
        case Product() | Compare():
            _collect(node.left, found)
            _collect(node.right, found)
        case Gated():
            _collect(node.condition, found)
            _collect(node.part, found)
        case Among():
            _collect(node.none, found)
            for test, member in node.members:
                _collect(test, found)
                _collect(member, found)
        case Floor():
            _collect(node.top, found)
            _collect(node.bottom, found)
        case Opposite():
            _collect(node.part, found)
        case Const() | Always():
            pass
