"""Allow rule-without-effect."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F355"


def check(seen: Seen) -> Iterator[Problem]:
    """Find rules of a sum that add nothing.

    What it finds. A row with `then: 0` in a table with hit policy sum.
    Why it matters. Adding 0 changes nothing, whether the row hits or not.
    Example. `{id: fit-none, when: {cash: tight}, then: 0}`
    Instead. Remove the row, or give it the number it was meant to have.
    """
    for table in seen.content.tables:
        for rule in table.rules:
            if table.policy == "sum" and rule.then and all(text.strip("+-0._%") == "" for _, text, _ in rule.then):
                yield Problem(CODE, f"rule `{rule.id}` adds 0", rule.then[0][2], is_warning=True, help="remove it, or give it a number")
