"""Allow assumption-never-taken."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F229"


def check(seen: Seen) -> Iterator[Problem]:
    """Find assumptions of terms that must be given.

    What it finds. A term that is `required` and has an `assume` as well.
    Why it matters. Without the answer nothing is decided, so the assumption is never taken. One of the two is not meant.
    Example. `trade: {kind: trade, required: true, assume: bakery, …}`
    Instead. Remove `required` or `assume`.
    """
    for term in seen.content.terms:
        if term.is_required and term.assume is not None:
            yield Problem(CODE, f"`{term.name}` is required, so its assumption is never taken", term.assume.span, is_warning=True, help="remove `required`, or `assume`")
