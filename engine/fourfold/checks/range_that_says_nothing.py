"""Allow range-that-says-nothing."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F249"


def check(seen: Seen) -> Iterator[Problem]:
    """Find figures whose low and high end are the figure itself.

    What it finds. A figure other than 0, without high confidence, whose `low` and `high` both equal its `value`.
    Why it matters. It claims that the figure cannot be wrong at all. Sensitivity has nothing to try.
    Example. `{value: 20, low: 20, high: 20, …}`
    Instead. Give the range in which the truth is thought to lie, or leave `low` and `high` out.
    """
    for name, _, figure in seen.figures:
        if figure.low and figure.low == figure.high and figure.texts == (figure.low,) and figure.texts != ("0",) and figure.origin.confidence != "high":
            yield Problem(CODE, f"the range of `{name}` is its value alone", figure.span, is_warning=True, help="give the range in which the truth lies, or leave `low` and `high` out")
