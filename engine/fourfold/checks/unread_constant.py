"""Allow unread-constant."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F235"


def check(seen: Seen) -> Iterator[Problem]:
    """Find constants that nobody reads.

    What it finds. A constant that no rule, formula, assumption, template or method of the plan names.
    Why it matters. Its source is kept up to date for nothing; or a rule still has the number written out instead.
    Example. A constant `reserve` while the formula says `* 90%`.
    Instead. Remove it, or name it where its number stands.
    """
    for term in seen.content.terms:
        if term.figures and not seen.is_read(term.name):
            yield Problem(CODE, f"nobody reads the constant `{term.name}`", term.span, is_warning=True, help="remove it, or name it where its number stands")
