"""Allow repeated-test."""

from collections.abc import Iterator

from fourfold.checks.regions import minus, parts_of
from fourfold.checks.seen import Seen
from fourfold.expression.nodes import Cell
from fourfold.expression.show import show_cell
from fourfold.problem import Problem

CODE = "F346"


def check(seen: Seen) -> Iterator[Problem]:
    """Find tests in a cell that another test of the cell covers.

    What it finds. A list in a cell of which one member is let through by another member already.
    Why it matters. It hints at a slip: the same option twice, or `>` where `<` was meant.
    Example. `cash: "tight, tight"`, or `staff: "> 3, > 5"`
    Instead. Remove the member, or correct it.
    """
    for row in seen.rows:
        for cell in row.cells:
            parts = parts_of(seen, cell)
            texts = [show_cell(Cell((test,))) for test in cell.node.tests]
            for at, part in enumerate(parts):
                others = [other for place, other in enumerate(parts) if place != at and other is not None and (part != other or place < at)]
                is_covered = part is not None and any(not minus(part, other) for other in others)
                if is_covered or texts[at] in texts[:at]:
                    yield Problem(CODE, f"`{texts[at]}` in the cell `{cell.column}` of {row.what} is covered by another test", cell.span, is_warning=True, help="remove it, or correct it")
                    break
