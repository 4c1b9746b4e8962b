"""Allow assumption-outside-range."""

from collections.abc import Iterator
from fractions import Fraction

from fourfold.checks.seen import Seen, words_of
from fourfold.expression.kinds import Number
from fourfold.expression.nodes import Binary, Expr, Literal, Word
from fourfold.expression.show import decimal_text
from fourfold.problem import Problem
from fourfold.written import TermDecl, WrittenExpr

CODE = "F228"


def check(seen: Seen) -> Iterator[Problem]:
    """Find assumptions that lie outside the range of their term.

    What it finds. An `assume` that always, or for one chosen entity, is a number below or above the declared range.
    Why it matters. The assumption is pushed back to the end of the range without a word. What the book says is not what is taken.
    Example. `staff: {kind: number, range: [1, 50], assume: 80, …}`
    Instead. Correct the assumption, or widen the range.
    """
    for term in seen.content.terms:
        kind = seen.kind_of(term.name)
        if term.assume is not None and isinstance(kind, Number) and kind.low != kind.high:
            yield from _outside(seen, term, kind, term.assume)


def _outside(seen: Seen, term: TermDecl, kind: Number, assume: WrittenExpr) -> Iterator[Problem]:
    chosen = {word.partition(".")[0] for word in words_of(assume.node) if "." in word}
    owners = {seen.terms[name].kind.word for name in chosen if name in seen.terms}
    for entity in seen.book.entities.get(owners.pop(), ()) if len(owners) == 1 else ("",):
        value = _value(seen, assume.node, entity)
        if value is not None and not kind.low <= value * 10**kind.scale <= kind.high:
            where = f" for `{entity}`" if entity else ""
            low, high = (decimal_text(end, kind.shown) for end in (kind.low, kind.high))
            text = f"`{term.name}` is assumed to be {float(value * (100 if kind.form == 'percent' else 1)):g}{where}, outside its range {low} to {high}"
            yield Problem(CODE, text, assume.span, is_warning=True, help="correct the assumption, or widen the range")


def _value(seen: Seen, node: Expr, entity: str) -> Fraction | None:
    """Return the value of an expression of numbers, constants and figures of one entity; None where it hangs on answers."""
    match node:
        case Literal():
            return Fraction(node.top, 10 ** (node.places + 2 * node.percent))
        case Word():
            return _named(seen, node.text, entity)
        case Binary(operator="+" | "-" | "*"):
            left, right = _value(seen, node.left, entity), _value(seen, node.right, entity)
            if left is None or right is None:
                return None
            return left * right if node.operator == "*" else left + right if node.operator == "+" else left - right
        case _:
            return None


def _named(seen: Seen, name: str, entity: str) -> Fraction | None:
    first, _, second = name.partition(".")
    kind = seen.kind_of(name)
    value: object = seen.constant(name)
    if second and entity and first in seen.terms:
        figure = seen.book.knows(seen.terms[first].kind.word, entity, second)
        value = figure.value if figure is not None else None
    return Fraction(value, 10**kind.scale) if isinstance(value, int) and isinstance(kind, Number) else None
