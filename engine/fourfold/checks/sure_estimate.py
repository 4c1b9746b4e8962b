"""Allow sure-estimate."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F242"


def check(seen: Seen) -> Iterator[Problem]:
    """Find estimates that claim high confidence.

    What it finds. A figure with `estimate: true` and `confidence: high`.
    Why it matters. What is estimated has not been looked up. High confidence tells the reader of the plan that it has.
    Example. `{value: 20, estimate: true, because: …, confidence: high}`
    Instead. Write `confidence: medium` or `low`; or name the source that makes it sure.
    """
    for name, _, figure in seen.figures:
        if figure.origin.is_estimate and figure.origin.confidence == "high":
            yield Problem(CODE, f"`{name}` is an estimate with high confidence", figure.span, is_warning=True, help="write medium or low, or name a source instead of `estimate`")
