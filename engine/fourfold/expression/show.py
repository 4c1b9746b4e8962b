"""Nodes and values back to text."""

from datetime import date

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Ratio
from fourfold.expression.nodes import Binary, Cell, Comparison, Contains, Day, Expr, Extreme, Interval, Literal, Operand, Test, Word

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}


def show_expression(node: Expr) -> str:
    """Return a formula as text that parses to the same formula."""
    match node:
        case Literal():
            return _literal(node)
        case Word():
            return node.text
        case Extreme():
            return f"{node.name}({', '.join(show_expression(part) for part in node.parts)})"
        case Binary():
            left = _inside(node.left, _RANK[node.operator], strict=False)
            right = _inside(node.right, _RANK[node.operator], strict=True)
            return f"{left} {node.operator} {right}"


def _inside(node: Expr, rank: int, *, strict: bool) -> str:
    text = show_expression(node)
    if isinstance(node, Binary) and (_RANK[node.operator] < rank or (strict and _RANK[node.operator] == rank)):
        return f"({text})"
    return text


def _literal(node: Literal) -> str:
    sign, digits = ("-", str(-node.top)) if node.top < 0 else ("", str(node.top))
    if node.places:
        digits = digits.rjust(node.places + 1, "0")
        digits = f"{digits[: -node.places]}.{digits[-node.places :]}"
    return sign + digits + ("%" if node.percent else "")


def show_cell(cell: Cell) -> str:
    """Return a cell as text that parses to the same cell."""
    if not cell.tests:
        return "-"
    text = ", ".join(_test(test) for test in cell.tests)
    return f"not({text})" if cell.negated else text


def _test(test: Test) -> str:
    match test:
        case Comparison(operator="="):
            return _operand(test.operand)
        case Comparison():
            return f"{test.operator} {_operand(test.operand)}"
        case Interval():
            opening, closing = "(" if test.low_open else "[", ")" if test.high_open else "]"
            return f"{opening}{_operand(test.low)}..{_operand(test.high)}{closing}"
        case Contains():
            return f"contains {test.operand.text}"


def _operand(node: Operand) -> str:
    match node:
        case Literal():
            return _literal(node)
        case Day():
            return date.fromordinal(node.ordinal).isoformat()
        case Word():
            return node.text


def decimal_text(value: int, scale: int) -> str:
    """Return a stored number as plain decimal text."""
    if scale <= 0:
        return str(value * 10**-scale)
    sign, digits = ("-", str(-value)) if value < 0 else ("", str(value))
    digits = digits.rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"


def plain(kind: Kind, value: object) -> object:
    """Return a stored value as JSON has it: numbers in their own unit, dates as text, yes_no as true or false."""
    if isinstance(kind, Number) and isinstance(value, int):
        if kind.form == "date":
            return date.fromordinal(value).isoformat() if value > 0 else value
        return value if kind.shown == 0 else float(decimal_text(value, kind.shown))
    if isinstance(kind, Choice) and kind == YES_NO:
        return value == "true"
    if isinstance(value, tuple):
        return list(value)
    return value


def shown(kind: Kind, value: object) -> str:
    """Return a stored value as words for a problem: numbers in their own unit, a ratio as its two parts."""
    if isinstance(kind, Number) and isinstance(value, int):
        if kind.form == "date" and value > 0:
            return date.fromordinal(value).isoformat()
        return decimal_text(value, kind.shown) + ("%" if kind.form == "percent" else "")
    if isinstance(value, tuple):
        return (" / " if isinstance(kind, Ratio) else ", ").join(map(str, value)) or "none"
    return str(value)
