"""Allow repeated-row."""

from collections.abc import Iterator
from itertools import permutations

from fourfold.checks.regions import is_within, said
from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem

CODE = "F341"


def check(seen: Seen) -> Iterator[Problem]:
    """Find rows that add nothing to another row.

    What it finds. Two rows of a unique table, or of a table with hit policy all, of which one hits whenever the other does and says the same.
    Why it matters. The narrower row can be removed without changing any decision. Often it was copied to be changed, and the change was forgotten.
    Example. `{when: {cash: tight, staff: 1}, then: one}` beside `{when: {cash: tight}, then: one}`
    Instead. Remove the narrower row, or change what was meant to differ.
    """
    for table in seen.content.tables:
        if table.policy != "sum":
            for rule, other in permutations(table.rules, 2):
                if said(rule) == said(other) and rule.period == other.period and is_within(seen, rule, other) and {name for name, _ in rule.overrides} <= {name for name, _ in other.overrides}:
                    if not is_within(seen, other, rule) or rule.span > other.span:
                        yield Problem(
                            CODE,
                            f"rule `{rule.id}` adds nothing to `{other.id}`",
                            rule.span,
                            labels=(Label(other.span, "hits there too and says the same"),),
                            is_warning=True,
                            help="remove it, or change what was meant to differ",
                        )
