"""What a written formula means: one exact fraction, rounded down once."""

from fourfold.expression.kinds import Number
from fourfold.expression.nodes import Binary, Extreme, Literal, Word
from fourfold.expression.nodes import Expr as Written
from fourfold.linking.amounts import amount_written, is_money, wanted_parts
from fourfold.linking.names import Names, NotedBefore, NotMeant, placed
from fourfold.linking.simplify import Fraction, best, common, floor, minus, multiplied, plus, times
from fourfold.model import Const, Expr
from fourfold.written import WrittenExpr

Scope = dict[str, str]


def fraction_of(names: Names, written: WrittenExpr, scope: Scope, kind: Number | None = None) -> Fraction:
    """Return a written formula as one exact fraction; a fault knows its place.

    With the kind of its result, an amount of money and another number are told apart.
    """
    try:
        money = is_money(names, written.node, scope)
        wanted = money if kind is None else kind.form == "money"
        if wanted and money is False:
            raise NotMeant(
                "F203",
                "the result is an amount of money, and this gives another number",
                0,
                len(written.text),
                "multiply by an amount, or declare what stands for money with `kind: money`: amounts are converted",
            )
        return _fraction(names, written.node, scope, money=bool(wanted))
    except NotedBefore:
        raise
    except NotMeant as fault:
        raise NotMeant(fault.code, fault.message, help=fault.help, span=placed(fault, written.span, written.text)) from None


def number_of(names: Names, written: WrittenExpr, kind: Number | None, scope: Scope) -> Expr | None:
    """Return a written formula rounded down once to the scale of a kind (of none, to six decimals); problems are noted."""
    try:
        return scaled(fraction_of(names, written, scope, kind), kind or Number(scale=6))
    except NotMeant as fault:
        names.note(fault, written.span, written.text)
        return None


def scaled(value: Fraction, kind: Number) -> Expr:
    """Return a fraction rounded down to the scale of a kind."""
    return floor(times(value.top, Const(10**kind.scale)), value.bottom)


def _fraction(names: Names, node: Written, scope: Scope, *, money: bool) -> Fraction:
    match node:
        case Literal():
            return amount_written(names, node) if money and not node.percent else Fraction(Const(node.top), Const(10 ** (node.places + (2 if node.percent else 0))))
        case Word():
            meaning = names.meaning(node, scope)
            if meaning.number is None:
                help_text = "a formula computes with numbers; test it in a table or in `where`"
                raise NotMeant("F203", f"`{node.text}` is no number", node.offset, len(node.text), help_text)
            return meaning.number
        case Extreme():
            shared = common([_fraction(names, part, scope, money=money or bool(is_money(names, node, scope))) for part in node.parts])
            if shared is None:
                raise NotMeant("F305", f"a quotient of terms stands inside {node.name}", node.offset, 3, "name the quotient as a term of its own")
            return Fraction(best(node.name == "max", shared[0]), Const(shared[1]))
        case Binary():
            return _binary(names, node, scope, money=money)


def _binary(names: Names, node: Binary, scope: Scope, *, money: bool) -> Fraction:
    on_left, on_right = wanted_parts(names, node, scope, money=money)
    left, right = _fraction(names, node.left, scope, money=on_left), _fraction(names, node.right, scope, money=on_right)
    match node.operator:
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, minus(right))
        case "*":
            return multiplied(left, right)
        case _:
            return _quotient(left, right, node.offset)


def _quotient(left: Fraction, right: Fraction, offset: int) -> Fraction:
    if isinstance(right.top, Const):
        number = int(right.top.value)
        if number == 0:
            raise NotMeant("F306", "this divides by 0", offset, help="divide by a number that is not 0")
        if number < 0:
            left, right = minus(left), minus(right)
    return Fraction(times(left.top, right.bottom), times(left.bottom, right.top))


def ratio_parts(names: Names, term: str, entity: str) -> tuple[Expr, Expr, tuple[int, int] | None]:
    """Return top, bottom and the value at zero of a ratio, over one shared bottom."""
    declared = names.formulas.get(term)
    if declared is None or declared.form != "ratio" or len(declared.expressions) != 2:
        raise NotedBefore
    scope = {declared.loop: entity} if entity else {}
    shared = common(_both(names, declared.expressions, scope))
    if shared is None:
        raise NotMeant("F305", f"a part of the ratio `{term}` divides by a term", help="name the quotient as a term of its own", span=declared.span)
    (top, bottom), _ = shared
    zero = None
    if declared.at_none is not None:
        value = fraction_of(names, declared.at_none, {})
        if not isinstance(value.top, Const) or not isinstance(value.bottom, Const):
            raise NotMeant("F104", "`at zero` is a number", help="write a number, not a name", span=declared.at_none.span)
        zero = (int(value.top.value), int(value.bottom.value))
    return top, bottom, zero


def _both(names: Names, parts: tuple[WrittenExpr, ...], scope: Scope) -> list[Fraction]:
    """Return top and bottom of a ratio; written digits are amounts where the other side is one."""
    try:
        sorts = [is_money(names, part.node, scope) for part in parts]
    except NotMeant:
        sorts = [False] * len(parts)
    return [fraction_of(names, part, scope, Number("money") if sort is None and True in sorts else None) for part, sort in zip(parts, sorts, strict=True)]
