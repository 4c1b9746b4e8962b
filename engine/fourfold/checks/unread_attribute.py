"""Allow unread-attribute."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F236"


def check(seen: Seen) -> Iterator[Problem]:
    """Find attributes of entities that nobody reads.

    What it finds. An attribute that no rule, formula, assumption, template or method of the plan reads.
    Why it matters. Somebody looks up and dates a figure for every entity, and it decides and says nothing.
    Example. `channel: {colour: {kind: text}}` that no template shows.
    Instead. Remove the attribute, or read it.
    """
    for item in seen.content.attributes:
        if not seen.is_read(item.name):
            yield Problem(CODE, f"nobody reads `{item.kind_name}.{item.name}`", item.span, is_warning=True, help="remove it, or read it in a rule or template")
