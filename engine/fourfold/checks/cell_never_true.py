"""Allow cell-never-true."""

from collections.abc import Iterator

from fourfold.checks.regions import domain, region
from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F345"


def check(seen: Seen) -> Iterator[Problem]:
    """Find cells that no value passes.

    What it finds. A cell whose range lies outside the range of its column, whose range is empty, or that excludes every option.
    Why it matters. The row can never hit; a constraint or promise with such a cell says nothing.
    Example. `staff: "< 1"` where the range begins at 1, or `"(3..3)"`.
    Instead. Correct the bound, or remove the row.
    """
    for row in seen.rows:
        for cell in row.cells:
            whole = domain(seen.kind_of(cell.column), is_bounded=cell.column.rpartition(".")[2] not in seen.concluded)
            passed = region(seen, cell, whole) if cell.node.tests and whole else None
            if passed is not None and not passed:
                yield Problem(CODE, f"no value of `{cell.column}` passes the cell of {row.what}", cell.span, is_warning=True, help="correct the cell, or remove what it stands in")
