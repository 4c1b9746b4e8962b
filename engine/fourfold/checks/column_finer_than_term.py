"""Allow column-finer-than-term."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F250"


def check(seen: Seen) -> Iterator[Problem]:
    """Find summed columns with more decimals than their term.

    What it finds. A register's `sum` whose column has a larger `scale` than the term that it is lowered to.
    Why it matters. The sum would be cut. Half days vanish, and the plan counts fewer people than there are.
    Example. A column `days` with `scale: 1` summed into a term without decimals.
    Instead. Give the term the scale of the column.
    """
    for register in seen.content.registers:
        scales = {column.name: column.kind.scale for column in register.columns}
        for item in register.lowerings:
            if item.form == "sum" and scales.get(item.column, 0) > seen.terms[item.term].kind.scale:
                yield Problem(CODE, f"column `{item.column}` has more decimals than `{item.term}`, which sums it", item.span, help=f"write `scale: {scales[item.column]}` at the term")
