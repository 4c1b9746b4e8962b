"""Allow wide-table."""

from collections.abc import Iterator

from fourfold.checks.regions import by_column
from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F354"
MOST = 9


def check(seen: Seen) -> Iterator[Problem]:
    """Find tables that are too wide to be read.

    What it finds. A table whose rows together test more than nine columns, where most rows leave most of them open; or a rule with more than nine cells.
    Why it matters. Nobody sees any more what is missing. On paper nine columns fill a page.
    Example. A rule with twelve cells.
    Instead. Name a part of the conditions as a yes-or-no term, decided in a table of its own.
    """
    for table in seen.content.tables:
        for rule in table.rules:
            if len(by_column(rule)) > MOST:
                yield Problem(CODE, f"rule `{rule.id}` has {len(by_column(rule))} cells", rule.span, is_warning=True, help="name a part of them as a yes-or-no term with its own table")
        columns = {column for rule in table.rules for column in by_column(rule)}
        used = sum(len(by_column(rule)) for rule in table.rules)
        if len(columns) > MOST and table.policy == "unique" and 2 * used > len(columns) * len(table.rules):
            yield Problem(CODE, f"table `{table.name}` has {len(columns)} columns", table.span, is_warning=True, help="name a part of them as a yes-or-no term with its own table")
