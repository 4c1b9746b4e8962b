"""Allow override-without-clash."""

from collections.abc import Iterator

from fourfold.checks.regions import is_apart, said
from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F343"


def check(seen: Seen) -> Iterator[Problem]:
    """Find overrides that never settle anything.

    What it finds. A rule that overrides one which says the same, or which never hits together with it.
    Why it matters. Overrides are the exceptions of a book. One that settles nothing makes readers look for a clash that is not there.
    Example. `{id: a, when: {cash: tight}, overrides: [b]}` where `b` asks for `cash: plenty`.
    Instead. Remove the override.
    """
    for table in seen.content.tables:
        rules = {rule.id: rule for rule in table.rules}
        for rule in table.rules:
            for name, span in rule.overrides:
                other = rules.get(name)
                if other is None:
                    continue
                if other.is_otherwise:
                    yield Problem(CODE, f"`{rule.id}` overrides `{name}`, which speaks only where no other rule does", span, is_warning=True, help="remove the override")
                elif said(rule) == said(other):
                    yield Problem(CODE, f"`{rule.id}` overrides `{name}`, which says the same", span, is_warning=True, help="remove the override")
                elif is_apart(seen, rule, other):
                    yield Problem(CODE, f"`{rule.id}` overrides `{name}`, and the two never hit together", span, is_warning=True, help="remove the override")
