"""Allow bare-rule-id."""

import re
from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F361"


def check(seen: Seen) -> Iterator[Problem]:
    """Find rule ids that say nothing.

    What it finds. An id of a single word or letter, or one that only counts.
    Why it matters. Ids stand in plans, certificates and cases for years. `row-3` does not say what it was about.
    Example. `id: r1`, `id: row-3`, `id: budget`
    Instead. Topic and what it says: `budget-floor`.
    """
    for table in seen.content.tables:
        for rule in table.rules:
            words = [part for part in rule.id.split("-") if not re.fullmatch(r"\d+|[a-z]\d*|rule|row|case|line", part)]
            if len(words) < 2:
                yield Problem(CODE, f"the id `{rule.id}` does not say what the rule is about", rule.span, is_warning=True, help="write topic and what it says, as `budget-floor`")
