"""Allow case-names-unknown."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem
from fourfold.suggest import did_you_mean

CODE = "F414"


def check(seen: Seen) -> Iterator[Problem]:
    """Find cases that name a term which is not there.

    What it finds. A name in `given` or `expect` that is no term, register or selection of the book.
    Why it matters. The case fails before anything is decided. It is told here at once, with the nearest name.
    Example. `given: {montly_budget: 500}`
    Instead. Correct the name.
    """
    known = {*seen.terms, *(item.name for item in seen.content.registers), "as_of", "currency", "name"}
    expected = {*seen.book.terms, *seen.terms}
    for case in seen.cases:
        for name, _, span in case.given:
            if name.partition("[")[0] not in known and name not in seen.book.terms:
                yield Problem(CODE, f"case `{case.name}` gives the unknown term `{name}`", span, help=did_you_mean(name, known) or "it must be a term of the vocabulary")
        for name, _, span in case.expect:
            if name not in expected:
                yield Problem(CODE, f"case `{case.name}` expects the unknown term `{name}`", span, help=did_you_mean(name, seen.book.terms) or "it must be a term of the book")
