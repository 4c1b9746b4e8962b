"""Which parts of a formula are amounts of money: they are converted, and not mixed with other numbers."""

from math import gcd

from fourfold.expression.kinds import Number, WrongKind
from fourfold.expression.nodes import Binary, Expr, Extreme, Literal, Word
from fourfold.linking.figures import money_in
from fourfold.linking.names import Names, NotMeant
from fourfold.linking.simplify import Fraction
from fourfold.model import Const

CENTS = 2


def is_money(names: Names, node: Expr, scope: dict[str, str]) -> bool | None:
    """Return whether an expression is an amount of money (True), another number (False), or either (None: written digits).

    Money added to or compared with another number is raised.
    """
    match node:
        case Literal():
            return False if node.percent else None
        case Word():
            kind = names.meaning(node, scope).kind
            return kind.form == "money" if isinstance(kind, Number) else None
        case Extreme():
            return _alike([is_money(names, part, scope) for part in node.parts], node.offset, len(node.name))
        case Binary():
            left, right = is_money(names, node.left, scope), is_money(names, node.right, scope)
            if node.operator in "+-":
                return _alike([left, right], node.offset, 1)
            return _product(left, right) if node.operator == "*" else _quotient(left, right)


def _alike(parts: list[bool | None], offset: int, length: int) -> bool | None:
    if True in parts and False in parts:
        raise NotMeant("F203", "an amount of money and another number do not go together here", offset, length, "multiply or divide until both are money, or declare the number with `kind: money`")
    return True if True in parts else False if False in parts else None


def _product(left: bool | None, right: bool | None) -> bool | None:
    if left and right:
        return None
    return True if left or right else False if left is right is False else None


def _quotient(left: bool | None, right: bool | None) -> bool | None:
    if right:
        return None if left is False else False
    return True if left else None if left is None else False


def wanted_parts(names: Names, node: Binary, scope: dict[str, str], *, money: bool) -> tuple[bool, bool]:
    """Return for both sides of an operator whether their written digits are amounts, where the whole is to be one or not."""
    left, right = is_money(names, node.left, scope), is_money(names, node.right, scope)
    if node.operator in "+-":
        both = money or bool(left) or bool(right)
        return both, both
    if node.operator == "/":
        return (left is None, True) if right else (money, False)
    if left or right:
        return bool(left), bool(right)
    return money and left is None, money and left is not None and right is None


def amount_written(names: Names, node: Literal) -> Fraction:
    """Return written digits as an amount of the base currency in the company's, rounded half up to cents (or to what is written)."""
    known = names.known
    if known.currency == known.content.base:
        return Fraction(Const(node.top), Const(10**node.places))
    scale = max(CENTS, node.places)
    try:
        value = money_in(known, node, Number("money", scale), known.content.base)
    except WrongKind as fault:
        raise NotMeant(fault.code, fault.reason, node.offset, node.length, fault.help) from None
    shared = gcd(value, 10**scale)
    return Fraction(Const(value // shared), Const(10**scale // shared))
