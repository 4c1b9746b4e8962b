"""Allow cell-always-true."""

from collections.abc import Iterator

from fourfold.checks.regions import Region, domain, minus, region
from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F344"


def check(seen: Seen) -> Iterator[Problem]:
    """Find cells that every value passes.

    What it finds. A cell that lists all options of its column, or a range that holds every value that the column can have.
    Why it matters. It looks like a condition and is none.
    Example. `cash: "tight, steady, plenty"`, or `staff: ">= 1"` where the range begins at 1.
    Instead. Remove the cell, write `-`, or correct the bound.
    """
    for row in seen.rows:
        for cell in row.cells:
            whole = domain(seen.kind_of(cell.column))
            passed = region(seen, cell) if cell.node.tests and whole else None
            if passed is not None and whole is not None and not minus(whole, passed) and _is_bounded(seen, cell.column, whole):
                yield Problem(CODE, f"the cell `{cell.column}` of {row.what} lets every value through", cell.span, is_warning=True, help="remove the cell, or correct it")


def _is_bounded(seen: Seen, column: str, whole: Region) -> bool:
    """Return whether the declared range of a column is enforced, so that no other value comes; one of a single option has its own check."""
    if isinstance(whole, frozenset):
        return len(whole) > 1
    return column.rpartition(".")[2] not in seen.concluded
