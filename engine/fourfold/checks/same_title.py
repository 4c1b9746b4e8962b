"""Allow same-title."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem
from fourfold.span import Span
from fourfold.written import Words

CODE = "F231"


def check(seen: Seen) -> Iterator[Problem]:
    """Find things that have the same name for people.

    What it finds. Two terms that one list shows, two options of a choice, or two entities of a kind whose `name` is the same in some language.
    Why it matters. A reader cannot tell them apart on the screen, and what he types may mean either.
    Example. `repeat: {en: orders, zh: 复购}` beside `new: {en: orders, zh: 拉新}`
    Instead. Give each its own name in each language.
    """
    content = seen.content
    groups: dict[str, list[tuple[str, Words, Span]]] = {"terms": [(term.name, term.title, term.span) for term in content.terms]}
    for term in content.terms:
        groups[f"options of `{term.name}`"] = list(term.kind.options)
    for entity in content.entities:
        groups.setdefault(f"entities of kind `{entity.kind}`", []).append((entity.name, entity.title, entity.span))
    for what, members in groups.items():
        yield from _twice(what, members)


def _twice(what: str, members: list[tuple[str, Words, Span]]) -> Iterator[Problem]:
    first: dict[tuple[str, str], tuple[str, Span]] = {}
    noted = set()
    for name, title, span in members:
        for language, lines in title.by_language:
            text = " ".join(lines).strip().lower()
            other = first.setdefault((language, text), (name, span))
            if text and other[0] != name and name not in noted:
                noted.add(name)
                yield Problem(
                    CODE, f"`{name}` and `{other[0]}` among the {what} are both called `{text}`", span, labels=(Label(other[1], "the other"),), is_warning=True, help="give each its own name"
                )
