"""Allow amount-in-formula."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.expression.nodes import Binary, Expr, Extreme, Literal, Word
from fourfold.expression.show import show_expression
from fourfold.problem import Problem

CODE = "F352"


def check(seen: Seen) -> Iterator[Problem]:
    """Find amounts of money written out in formulas.

    What it finds. A number other than 0 that is added to money, subtracted from it, or compared with it by `max` or `min`.
    Why it matters. Numbers in formulas are not converted. A company that counts in dollars gets yuan as if they were dollars.
    Example. `is: max(700, channel.floor)`
    Instead. Make a constant of kind money, with its source, and name it.
    """
    for name, written in seen.expressions:
        for literal in _amounts(seen, written.node):
            text = show_expression(literal)
            yield Problem(CODE, f"the formula of `{name}` holds the amount `{text}`, which is not converted", written.span, is_warning=True, help="make it a constant of kind money and name it")


def _amounts(seen: Seen, node: Expr) -> Iterator[Literal]:
    match node:
        case Binary(operator="+" | "-"):
            parts: tuple[Expr, ...] = (node.left, node.right)
        case Extreme():
            parts = node.parts
        case Binary():
            yield from _amounts(seen, node.left)
            yield from _amounts(seen, node.right)
            return
        case _:
            return
    if any(_is_money(seen, part) for part in parts):
        yield from (part for part in parts if isinstance(part, Literal) and part.top > 1)
    for part in parts:
        yield from _amounts(seen, part)


def _is_money(seen: Seen, node: Expr) -> bool:
    match node:
        case Word():
            declared = seen.declaration(node.text)
            return declared is not None and declared.word == "money"
        case Binary(operator="*"):
            return _is_money(seen, node.left) != _is_money(seen, node.right)
        case Binary(operator="/"):
            return _is_money(seen, node.left) and not _is_money(seen, node.right)
        case Binary():
            return _is_money(seen, node.left) or _is_money(seen, node.right)
        case Extreme():
            return any(_is_money(seen, part) for part in node.parts)
        case _:
            return False
