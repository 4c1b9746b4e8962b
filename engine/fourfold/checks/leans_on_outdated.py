"""Allow leans-on-outdated."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.expression.kinds import Choice, Options
from fourfold.problem import Problem

CODE = "F248"


def check(seen: Seen) -> Iterator[Problem]:
    """Find entities that rest on an outdated one alone.

    What it finds. An entity whose choice or set names entities of another kind, all of which are marked `outdated: true`, and that is not outdated itself.
    Why it matters. It is recommended although nothing is left that could carry it.
    Example. A practice whose only carrier is closed.
    Instead. Name a carrier that is in use, or mark the practice as outdated too.
    """
    gone = {(entity.kind, entity.name) for entity in seen.content.entities for name, _, figures in entity.values if name == "outdated" and figures[-1].texts in (("true",), ("yes",))}
    for entity in seen.content.entities:
        for name, _, figures in entity.values:
            kind = seen.kind_of(f"{entity.kind}.{name}")
            if isinstance(kind, Choice | Options) and kind.entity and (entity.kind, entity.name) not in gone:
                named = [text for figure in figures for text in figure.texts]
                if named and all((kind.entity, text) in gone for text in named):
                    yield Problem(
                        CODE, f"{entity.kind} `{entity.name}` names only outdated ones under `{name}`", figures[0].span, is_warning=True, help="name one that is in use, or mark this one as outdated"
                    )
