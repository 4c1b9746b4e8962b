"""Allow table-without-source."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F358"


def check(seen: Seen) -> Iterator[Problem]:
    """Find tables that do not say where they come from.

    What it finds. A table without `source` of which some rule has no `source` either.
    Why it matters. Nobody can tell what was looked up, what the method says and what somebody once thought best.
    Example. `- table: split` with shares and no source.
    Instead. Name the article, the report, or `own judgement` with its date.
    """
    for table in seen.content.tables:
        if not table.source and not all(rule.source for rule in table.rules):
            yield Problem(CODE, f"table `{table.name}` has no `source`", table.span, is_warning=True, help="name where its rules come from: an article, a report, or own judgement")
