"""Allow unused-allowance."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.outcomes import FAULTS
from fourfold.problem import Problem
from fourfold.suggest import did_you_mean

CODE = "F260"


def check(seen: Seen, used: frozenset[int] = frozenset(), known: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Find allowances that allow nothing.

    What it finds. An entry under `checks` in the book whose check finds nothing at that name, or that names no check.
    Why it matters. It was written for something that is mended since, and would hide the next mistake of the kind.
    Example. `- {allow: unread-term, at: old_score, because: …}` after `old_score` was removed.
    Instead. Remove the entry, or correct the name of the check.
    """
    for place, item in enumerate(seen.content.allowances):
        if item.check in FAULTS:
            # WHY: what `fourfold prove` may find is judged by it, not here
            continue
        if item.check not in known:
            yield Problem(CODE, f"there is no check `{item.check}`", item.span, is_warning=True, help=did_you_mean(item.check, known) or "`fourfold check --list` shows all")
        elif place not in used:
            yield Problem(CODE, f"`{item.check}` finds nothing at `{item.at}`", item.span, is_warning=True, help="remove the entry")
