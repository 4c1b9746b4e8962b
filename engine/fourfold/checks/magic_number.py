"""Allow magic-number."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.expression.kinds import Number, WrongKind, stored
from fourfold.expression.nodes import Cell, Comparison, Interval, Literal
from fourfold.expression.show import show_cell
from fourfold.problem import Problem

CODE = "F351"


def check(seen: Seen) -> Iterator[Problem]:
    """Find numbers written out that are also a constant.

    What it finds. A number in a cell or formula that has the value and the kind of a constant which the book declares.
    Why it matters. When the constant moves, the rule stays behind.
    Example. `margin: "< 35"` beside a constant `thin_margin: {kind: percent, value: 35}`
    Instead. Name the constant instead: `margin: "< thin_margin"`. If the two are equal by chance, allow it with the reason.
    """
    constants: dict[tuple[str, int, str], str] = {}
    for term in seen.content.terms:
        value, kind = seen.constant(term.name), seen.kind_of(term.name)
        if isinstance(value, int) and isinstance(kind, Number):
            constants.setdefault((kind.form, value * 10 ** (6 - kind.scale), kind.unit), term.name)
    for row in seen.rows:
        for cell in row.cells:
            kind = seen.kind_of(cell.column)
            if isinstance(kind, Number):
                for value, text in _numbers(cell.node, kind):
                    name = constants.get((kind.form, value * 10 ** (6 - kind.scale), kind.unit))
                    if name is not None and abs(value) > 2 * 10**kind.scale:
                        yield Problem(
                            CODE, f"`{text}` in the cell `{cell.column}` of {row.what} is the constant `{name}`", cell.span, is_warning=True, help=f"write `{name}` instead, so that both move together"
                        )


def _numbers(cell: Cell, kind: Number) -> Iterator[tuple[int, str]]:
    for test in cell.tests:
        operands = (test.low, test.high) if isinstance(test, Interval) else (test.operand,)
        for operand in operands:
            if isinstance(operand, Literal):
                try:
                    yield stored(kind, operand), show_cell(Cell((Comparison("=", operand),)))
                except WrongKind:
                    continue
