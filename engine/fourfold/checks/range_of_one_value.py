"""Allow range-of-one-value."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.expression.nodes import Cell, Comparison, Day, Interval, Literal
from fourfold.expression.show import show_cell
from fourfold.problem import Problem
from fourfold.span import Span
from fourfold.written import KindDecl

CODE = "F226"


def check(seen: Seen) -> Iterator[Problem]:
    """Find ranges whose two ends are equal.

    What it finds. A declared `range`, or a range in a cell, that holds a single value.
    Why it matters. It is nearly always a slip of the keyboard. Where it is meant, a single value says so more plainly.
    Example. `range: [100, 100]`, or the cell `"[3..3]"`
    Instead. Correct the end; or write the value alone, as `3`.
    """
    for what, kind, span in _declared(seen):
        if kind.low and kind.low.replace("_", "") == kind.high.replace("_", ""):
            yield Problem(CODE, f"the range of {what} holds only {kind.low}", span, is_warning=True, help="correct one of the ends")
    for row in seen.rows:
        for cell in row.cells:
            for test in cell.node.tests:
                if isinstance(test, Interval) and not (test.low_open or test.high_open) and show_test(test.low) == show_test(test.high):
                    yield Problem(
                        CODE, f"the cell `{cell.column}` of {row.what} has a range with equal ends", cell.span, is_warning=True, help=f"write `{show_test(test.low)}`, or correct one of the ends"
                    )


def _declared(seen: Seen) -> Iterator[tuple[str, KindDecl, Span]]:
    for term in seen.content.terms:
        yield f"`{term.name}`", term.kind, term.span
    for item in seen.content.attributes:
        yield f"`{item.kind_name}.{item.name}`", item.kind, item.span


def show_test(end: Literal | Day) -> str:
    """Return an end of a range as it is written."""
    return show_cell(Cell((Comparison("=", end),)))
