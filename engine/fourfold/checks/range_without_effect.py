"""Allow range-without-effect."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F227"


def check(seen: Seen) -> Iterator[Problem]:
    """Find ranges of concluded terms; nothing enforces them.

    What it finds. A `range` at a term that a table or formula concludes.
    Why it matters. It looks like a limit and is none: the bounds of a concluded term follow from what it reads. Whoever relies on it is wrong.
    Example. `cost: {kind: money, range: [0, 1000]}` with a formula `cost` that can give 5,000.
    Instead. Remove the range; limit the value in the formula with `min(1000, …)`; or say what must never follow as a promise.
    """
    for term in seen.content.terms:
        if term.name in seen.concluded and (term.kind.low or term.kind.high) and term.kind.word in ("number", "money", "percent"):
            yield Problem(CODE, f"`{term.name}` is concluded, so its range has no effect", term.span, is_warning=True, help="remove `range`, or limit the value where it is concluded")
