"""Allow unit-mismatch."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.expression.nodes import Binary, Comparison, Expr, Extreme, Literal, Word
from fourfold.problem import Problem

CODE = "F353"
MONEY = "money"


def check(seen: Seen) -> Iterator[Problem]:
    """Find sums and comparisons of unlike things.

    What it finds. A `+`, `-`, `max` or `min` of names with different units, a cell that compares its column with a name of another unit, and a formula that is money while its term is not, or the other way round.
    Why it matters. Days added to people, or money compared with heads, give a number without sense, and nothing in the language stops it.
    Example. `is: person_days + employees`, or the cell `person_days: "> monthly_budget"`
    Instead. Multiply by what turns one unit into the other, such as days per head. Where the units differ only in words, write them alike.
    """
    for name, written in seen.expressions:
        found = list(_clashes(seen, written.node))
        mine, declared = measure(seen, written.node), seen.declaration(name)
        if not found and mine and declared is not None and declared.word in ("money", "number") and (mine == MONEY) != (declared.word == "money"):
            found = [(f"is {mine}", "is not" if mine == MONEY else f"is {MONEY}")]
            yield Problem(
                CODE, f"the formula of `{name}` gives {mine}, and the term is {declared.unit or declared.word}", written.span, is_warning=True, help="correct the formula, or the kind of the term"
            )
            continue
        for left, right in found:
            yield Problem(CODE, f"the formula of `{name}` takes {left} and {right} together", written.span, is_warning=True, help="turn one into the unit of the other, or write the units alike")
    for row in seen.rows:
        for cell in row.cells:
            column = measure(seen, Word(cell.column))
            for test in cell.node.tests:
                other = measure(seen, test.operand) if isinstance(test, Comparison) and isinstance(test.operand, Word) else ""
                if column and other and column != other:
                    yield Problem(CODE, f"the cell `{cell.column}` of {row.what} compares {column} with {other}", cell.span, is_warning=True, help="compare like with like, or write the units alike")


def is_factor_unit(unit: str) -> bool:
    """Return whether a unit says that its number is a mere factor: nothing, `times`, or a mark such as "1 where …"."""
    return unit in ("", "times") or unit.startswith("1 where ")


def measure(seen: Seen, node: Expr) -> str:
    """Return the unit of an expression in words, or nothing where it is unknown or a mere factor."""
    match node:
        case Word():
            declared = seen.declaration(node.text)
            if declared is None or declared.word not in ("money", "number", "date"):
                return ""
            return declared.word if declared.word != "number" else "" if is_factor_unit(declared.unit) else declared.unit
        case Binary(operator="+" | "-"):
            parts = {measure(seen, node.left), measure(seen, node.right)} - {""}
            return parts.pop() if len(parts) == 1 and "date" not in parts else ""
        case Binary(operator="*") if _is_factor(seen, node.left) or _is_factor(seen, node.right):
            return measure(seen, node.left) or measure(seen, node.right)
        case Binary(operator="/") if _is_factor(seen, node.right):
            return measure(seen, node.left)
        case Extreme():
            parts = {measure(seen, part) for part in node.parts} - {""}
            return parts.pop() if len(parts) == 1 else ""
        case _:
            return ""


def _is_factor(seen: Seen, node: Expr) -> bool:
    """Return whether multiplying by an expression keeps the unit: a number, a share, a plain factor."""
    match node:
        case Literal():
            return True
        case Word():
            declared = seen.declaration(node.text)
            return declared is not None and (declared.word == "percent" or (declared.word == "number" and is_factor_unit(declared.unit) and declared.unit != ""))
        case Binary() | Extreme():
            parts = (node.left, node.right) if isinstance(node, Binary) else node.parts
            return all(_is_factor(seen, part) for part in parts)


def _clashes(seen: Seen, node: Expr) -> Iterator[tuple[str, str]]:
    parts: tuple[Expr, ...] = (node.left, node.right) if isinstance(node, Binary) else node.parts if isinstance(node, Extreme) else ()
    if not (isinstance(node, Binary) and node.operator in "*/"):
        units = list(dict.fromkeys(unit for part in parts if (unit := measure(seen, part))))
        if len(units) > 1 and "date" not in units:
            yield units[0], units[1]
    for part in parts:
        yield from _clashes(seen, part)
