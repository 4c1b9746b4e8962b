"""Allow otherwise-never-speaks."""

from collections.abc import Iterator
from itertools import combinations

from fourfold.checks.regions import by_column, domain, is_opposite, minus, region, union
from fourfold.checks.seen import Seen
from fourfold.expression.show import show_cell
from fourfold.problem import Problem
from fourfold.written import Period, WrittenCell

CODE = "F348"
ALWAYS = Period()


def check(seen: Seen) -> Iterator[Problem]:
    """Find rows with `otherwise` for which nothing is left.

    What it finds. A unique table in which some rows, each with one cell of the same column, let every value of it through, and an `otherwise` beside them.
    Why it matters. The last row never speaks; whoever changes it changes nothing.
    Example. Rows for `cash: tight` and `cash: not(tight)`, and `otherwise` as well.
    Instead. Remove the row with `otherwise`, or the row that took its place.
    """
    for table in seen.content.tables:
        rest = next((rule for rule in table.rules if rule.is_otherwise), None)
        columns: dict[str, list[WrittenCell]] = {}
        for rule in table.rules:
            cells = list(by_column(rule).values())
            if len(cells) == 1 and not rule.is_otherwise and rule.period == ALWAYS:
                columns.setdefault(cells[0].column, []).append(cells[0])
        for column, found in columns.items():
            if rest is not None and _are_all(seen, column, found):
                yield Problem(CODE, f"`otherwise` of table `{table.name}` never speaks: its rows let every `{column}` through", rest.span, is_warning=True, help="remove it, or correct a row")


def _are_all(seen: Seen, column: str, cells: list[WrittenCell]) -> bool:
    whole = domain(seen.kind_of(column), is_bounded=column.rpartition(".")[2] not in seen.concluded)
    known = [part for cell in cells if (part := region(seen, cell, whole)) is not None]
    joined = union(known)
    if all(show_cell(cell.node) != "" for cell in cells) and any(is_opposite(a.node, b.node) for a, b in combinations(cells, 2)):
        return True
    return whole is not None and joined is not None and not minus(whole, joined)
