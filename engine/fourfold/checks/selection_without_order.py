"""Allow selection-without-order."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F363"


def check(seen: Seen) -> Iterator[Problem]:
    """Find selections without an order.

    What it finds. A `select` that can leave candidates out and has no `order by`.
    Why it matters. It then takes what happens to stand first in the knowledge files.
    Example. `select: chosen` with `at most: 2` and no `order by`.
    Instead. Say which come first: `order by: [channel.fit descending]`.
    """
    for item in seen.content.selections:
        if not item.order and (item.at_most is not None or item.within):
            yield Problem(CODE, f"selection `{item.name}` has no `order by`", item.span, is_warning=True, help="say which come first")
