"""Allow shared-alias."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem
from fourfold.written import EntityDecl, Figure

CODE = "F238"


def check(seen: Seen) -> Iterator[Problem]:
    """Find names under which two entities answer.

    What it finds. A name or alias that two entities of one kind share, in whatever language or spelling.
    Why it matters. A company that types it gets the first of them, silently.
    Example. `bakery: {aliases: [shop]}` and `gym: {aliases: [shop]}`
    Instead. Leave the alias to one of them, or make both more precise.
    """
    first: dict[tuple[str, str], EntityDecl] = {}
    for entity in seen.content.entities:
        lines = [line for _, texts in entity.title.by_language for line in texts]
        lines += [text for name, _, figures in entity.values if name == "aliases" for figure in figures for text in _texts(figure)]
        for folded in dict.fromkeys(line.strip().lower() for line in lines):
            other = first.setdefault((entity.kind, folded), entity)
            if other is not entity:
                yield Problem(
                    CODE,
                    f"{entity.kind} `{entity.name}` and `{other.name}` both answer to `{folded}`",
                    entity.span,
                    labels=(Label(other.span, "the other"),),
                    is_warning=True,
                    help="leave the name to one of them",
                )


def _texts(figure: Figure) -> list[str]:
    return [*figure.texts, *(line for _, lines in figure.words.by_language for line in lines)]
