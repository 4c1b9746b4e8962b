"""Allow similar-names."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem
from fourfold.written import TermDecl

CODE = "F230"


def check(seen: Seen) -> Iterator[Problem]:
    """Find names that are too alike.

    What it finds. Two terms of one kind that differ only in a plural, in the order of their words, or in an underscore.
    Why it matters. The wrong one is typed sooner or later, and both are known, so nobody complains.
    Example. `trial_share` and `share_trials`
    Instead. Rename one of them, so that its name says how it differs.
    """
    first: dict[tuple[str, ...], TermDecl] = {}
    for term in seen.content.terms:
        words = tuple(sorted(part.removesuffix("s") for part in term.name.split("_")))
        for key in ((term.kind.word, *words), (term.kind.word, "".join(part.removesuffix("s") for part in term.name.split("_")))):
            other = first.setdefault(key, term)
            if other is not term:
                yield Problem(
                    CODE,
                    f"`{term.name}` and `{other.name}` are hard to tell apart",
                    term.span,
                    labels=(Label(other.span, "the other"),),
                    is_warning=True,
                    help="rename one, so that it says how it differs",
                )
                break
