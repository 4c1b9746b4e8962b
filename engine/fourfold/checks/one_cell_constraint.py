"""Allow one-cell-constraint."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F357"


def check(seen: Seen) -> Iterator[Problem]:
    """Find constraints with a single cell.

    What it finds. A constraint that forbids values of one term, whatever the others are.
    Why it matters. The question still offers the value and the company is refused afterwards. A range or the list of options says it at the question.
    Example. `never: {staff: "> 500"}`
    Instead. Narrow the range of the term, or remove the option.
    """
    for constraint in seen.content.constraints:
        cells = [cell for cell in constraint.cells if cell.node.tests]
        if len(cells) == 1:
            yield Problem(CODE, f"constraint `{constraint.name}` forbids values of `{cells[0].column}` alone", constraint.span, is_warning=True, help="narrow the range, or remove the option")
