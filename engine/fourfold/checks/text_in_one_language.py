"""Allow text-in-one-language."""

from collections.abc import Iterator

from fourfold.model import RuleBook
from fourfold.problem import Problem
from fourfold.span import Span
from fourfold.written import Words

LANGUAGES = ("en", "zh")


def check(book: RuleBook) -> list[Problem]:
    """Find texts that stand in one language only.

    What it finds. A name, question, help or reason that is written for one language and not for the other.
    Why it matters. The reader of the other language gets a text that is not his.
    Example. `ask: {en: How is your cash?}`
    Instead. `ask: {en: How is your cash?, zh: 现金状况如何?}`
    """
    found = []
    for what, words, span in _texts(book):
        names = {name for name, _ in words.by_language}
        if names & set(LANGUAGES) and not set(LANGUAGES) <= names:
            missing = next(name for name in LANGUAGES if name not in names)
            found.append(Problem("F212", f"{what} has no text in `{missing}`", span, is_warning=True, help=f"add `{missing}: …`"))
    return found


def _texts(book: RuleBook) -> Iterator[tuple[str, Words, Span]]:
    content = book.content
    for term in content.terms:
        for words in (term.title, term.ask, term.help):
            yield f"term `{term.name}`", words, term.span
        for name, title, span in term.kind.options:
            yield f"option `{name}`", title, span
    for entity in content.entities:
        yield f"{entity.kind} `{entity.name}`", entity.title, entity.span
    for table in content.tables:
        for rule in table.rules:
            yield f"rule `{rule.id}`", rule.because, rule.span
    for value in book.values.values():
        if isinstance(value.value, Words):
            yield "a text", value.value, value.span
