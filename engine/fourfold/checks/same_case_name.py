"""Allow same-case-name."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen, SeenCase
from fourfold.problem import Label, Problem

CODE = "F412"


def check(seen: Seen) -> Iterator[Problem]:
    """Find cases with the same name.

    What it finds. Two cases whose `case` is the same text.
    Why it matters. When one of them fails, nobody knows which.
    Example. `- case: a small shop` twice.
    Instead. Say in each name what it is about.
    """
    first: dict[str, SeenCase] = {}
    for case in seen.cases:
        other = first.setdefault(case.name, case)
        if other is not case:
            yield Problem(CODE, f"two cases are called `{case.name}`", case.span, labels=(Label(other.span, "the first"),), is_warning=True, help="say in each name what it is about")
