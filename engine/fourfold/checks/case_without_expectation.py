"""Allow case-without-expectation."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F410"


def check(seen: Seen) -> Iterator[Problem]:
    """Find cases that expect nothing.

    What it finds. A case with nothing under `expect`, `plan` or `says`.
    Why it matters. It passes whatever the rules say.
    Example. `- {case: a small shop, given: {…}, expect: {}, because: …}`
    Instead. Say what must follow.
    """
    for case in seen.cases:
        if not (case.expect or case.of_plan):
            yield Problem(CODE, f"case `{case.name}` expects nothing", case.span, is_warning=True, help="say what must follow")
