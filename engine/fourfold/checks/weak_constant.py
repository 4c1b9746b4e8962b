"""Allow weak-constant."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F241"


def check(seen: Seen) -> Iterator[Problem]:
    """Find constants that decide what is to be proved and are weakly supported.

    What it finds. A constant of confidence `low`, without `low` and `high`, that a term under `proved` rests on.
    Why it matters. It decides for every company at once. Without a range nobody can try whether the decision would survive another value.
    Example. `conversions_to_read: {value: 30, estimate: true, confidence: low, …}`
    Instead. Find a better source; or give `low` and `high`, so that what hangs on it can be tried.
    """
    above = _rests_on(seen)
    for term in seen.content.terms:
        for figure in term.figures:
            if figure.origin.confidence == "low" and not (figure.low and figure.high) and term.name in above and figure.period.covers(seen.book.as_of):
                yield Problem(
                    CODE, f"`{term.name}` has low confidence and no range, and `{above[term.name]}` rests on it", figure.span, is_warning=True, help="give `low` and `high`, or a better source"
                )


def _rests_on(seen: Seen) -> dict[str, str]:
    """Return every figure that a proved term rests on, with one such term."""
    found: dict[str, str] = {}
    done: set[str] = set()
    for proved in seen.book.proved:
        todo = [name for name, item in seen.book.terms.items() if item.source == proved]
        while todo:
            ground = seen.book.terms.get(todo.pop())
            if ground is not None and ground.name not in done:
                done.add(ground.name)
                found.update({name: proved for name in ground.knowledge if name not in found})
                todo += ground.reads
    return found
