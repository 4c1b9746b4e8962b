"""Allow ended-attribute."""

from collections.abc import Iterator
from datetime import date

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F246"
LAST = 10**9


def check(seen: Seen) -> Iterator[Problem]:
    """Find figures that have ended without a successor.

    What it finds. An attribute of an entity, or a rule of a table, whose last `until` lies before the day of the check.
    Why it matters. It falls back to `otherwise` without a word, as if nothing had ever been known.
    Example. `floor: [{value: 700, until: 2024-12-31, …}]` in 2026.
    Instead. Add the figure that holds now, with `from`; or remove the entry if `otherwise` is meant.
    """
    for entity in seen.content.entities:
        for name, key, figures in entity.values:
            last = max((figure.period.last or LAST for figure in figures), default=LAST)
            if last < seen.book.as_of:
                inside = f"{entity.name}, {key}" if key else entity.name
                yield Problem(
                    CODE, f"`{entity.kind}.{name}[{inside}]` ended on {date.fromordinal(last)}", figures[-1].span, is_warning=True, help="add what holds now with `from`, or remove the entry"
                )
    for table in seen.content.tables:
        for rule in table.rules:
            if rule.period.last and rule.period.last < seen.book.as_of:
                yield Problem(CODE, f"rule `{rule.id}` ended on {date.fromordinal(rule.period.last)}", rule.span, is_warning=True, help="remove it, or move `until`")
