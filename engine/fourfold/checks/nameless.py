"""Allow nameless."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F232"


def check(seen: Seen) -> Iterator[Problem]:
    """Find terms and entities without a name for people.

    What it finds. A term, a kind of entity or an entity that has no `name`.
    Why it matters. Questions, plans and reasons show the bare identifier instead, with its underscores.
    Example. `gym: {usual_money: …}`
    Instead. `gym: {name: {en: gym, zh: 健身房}, usual_money: …}`
    """
    content = seen.content
    found = [("constant" if term.figures else "term", term.name, term.title, term.span) for term in content.terms]
    found += [("kind", name, title, span) for name, title, span in content.kinds]
    found += [(entity.kind, entity.name, entity.title, entity.span) for entity in content.entities]
    for what, name, title, span in found:
        if not title.by_language:
            yield Problem(CODE, f"{what} `{name}` has no `name`", span, is_warning=True, help="add `name: {en: …, zh: …}`")
