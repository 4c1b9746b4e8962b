"""Allow template-in-one-language."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem
from fourfold.span import Span

CODE = "F510"


def check(seen: Seen) -> Iterator[Problem]:
    """Find templates that exist in one language only.

    What it finds. A template such as `plan.en.md.j2` without its twin `plan.zh.md.j2`, or the other way round.
    Why it matters. Whoever asks for the other language gets a problem instead of a plan.
    Example. `templates/letter.en.md.j2` alone.
    Instead. Add the twin.
    """
    for name in sorted(seen.templates):
        for mine, other in (("en", "zh"), ("zh", "en")):
            twin = name.replace(f".{mine}.", f".{other}.")
            if twin != name and twin not in seen.templates:
                yield Problem(CODE, f"`{name}` has no twin `{twin}`", Span(name, 1, 1), is_warning=True, help="add it")
