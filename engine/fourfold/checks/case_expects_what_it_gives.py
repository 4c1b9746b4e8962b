"""Allow case-expects-what-it-gives."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F413"


def check(seen: Seen) -> Iterator[Problem]:
    """Find cases that expect nothing but what they give themselves.

    What it finds. A case all of whose expectations are about terms that stand in `given`.
    Why it matters. A given fact is never concluded, so the expectation holds whatever the rules say.
    Example. `given: {cash: tight}, expect: {cash: tight}`
    Instead. Expect what follows from the fact.
    """
    for case in seen.cases:
        given = {name for name, _, _ in case.given}
        if case.expect and all(name in given for name, _, _ in case.expect):
            yield Problem(CODE, f"case `{case.name}` expects `{case.expect[0][0]}`, which it gives itself", case.expect[0][2], is_warning=True, help="expect what follows from it")
