"""Allow attribute-never-given."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F237"


def check(seen: Seen) -> Iterator[Problem]:
    """Find attributes that no entity gives.

    What it finds. An attribute for which no entity of its kind has a value of its own.
    Why it matters. Every entity takes `otherwise`, so rules about it always end alike.
    Example. `outdated: {kind: yes_no, otherwise: false}` and no entity that is outdated.
    Instead. Give it where it differs, or remove it and what reads it.
    """
    given = {(entity.kind, name) for entity in seen.content.entities for name, _, _ in entity.values}
    kinds = {entity.kind for entity in seen.content.entities}
    for item in seen.content.attributes:
        if item.kind_name in kinds and (item.kind_name, item.name) not in given:
            yield Problem(CODE, f"no {item.kind_name} gives `{item.kind_name}.{item.name}`", item.span, is_warning=True, help="give it where it differs from `otherwise`, or remove it")
