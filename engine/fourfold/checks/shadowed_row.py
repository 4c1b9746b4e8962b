"""Allow shadowed-row."""

from collections.abc import Iterator

from fourfold.checks.regions import is_within
from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem

CODE = "F342"


def check(seen: Seen) -> Iterator[Problem]:
    """Find rows that are always overridden.

    What it finds. A row that another row overrides and that hits only where that other row hits.
    Why it matters. It can never speak, whatever the company.
    Example. `{id: one, when: {cash: tight, staff: 1}, …}` beside `{id: other, when: {cash: tight}, overrides: [one], …}`
    Instead. Turn the override round, so that the narrower row is the stronger one; or remove the row.
    """
    for table in seen.content.tables:
        for other in table.rules:
            weaker = {name for name, _ in other.overrides}
            for rule in table.rules:
                if rule.id in weaker and is_within(seen, rule, other):
                    yield Problem(
                        CODE,
                        f"rule `{rule.id}` never speaks: `{other.id}` overrides it wherever it hits",
                        rule.span,
                        labels=(Label(other.span, "overrides it"),),
                        is_warning=True,
                        help="turn the override round, or remove the row",
                    )
