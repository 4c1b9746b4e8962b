"""Allow same-case."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen, SeenCase
from fourfold.problem import Label, Problem

CODE = "F411"


def check(seen: Seen) -> Iterator[Problem]:
    """Find cases that repeat another case.

    What it finds. A case whose facts are those of an earlier case, whatever their order, and that expects nothing more.
    Why it matters. The second proves nothing more, unless it was meant to differ.
    Example. A copied case of which only the name was changed.
    Instead. Change the fact that was meant to differ, or join the expectations in one case.
    """
    first: dict[tuple[tuple[str, str], ...], SeenCase] = {}
    for case in seen.cases:
        other = first.setdefault(tuple(sorted((name, text) for name, text, _ in case.given)), case)
        expected = {(name, text) for name, text, _ in (*other.expect, *other.of_plan)}
        if other is not case and all((name, text) in expected for name, text, _ in (*case.expect, *case.of_plan)):
            yield Problem(
                CODE, f"case `{case.name}` repeats `{other.name}`", case.span, labels=(Label(other.span, "the other"),), is_warning=True, help="change what was meant to differ, or remove it"
            )
