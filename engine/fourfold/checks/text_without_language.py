"""Allow text-without-language."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem
from fourfold.written import Words

CODE = "F234"


def check(seen: Seen) -> Iterator[Problem]:
    """Find texts that name no language in a book that has two.

    What it finds. A plain text where most other texts of the book are written per language.
    Why it matters. Every reader gets it, whatever his language.
    Example. `because: Nothing is proven.` beside `because: {en: …, zh: …}`
    Instead. `because: {en: Nothing is proven., zh: 还没有得到验证。}`
    """
    plain = [(what, span) for what, words, span in seen.texts if [name for name, _ in words.by_language] == [""] and not _is_bare(words)]
    several = sum(1 for _, words, _ in seen.texts if len(words.by_language) > 1)
    if len(plain) < several:
        for what, span in plain:
            yield Problem(CODE, f"the text of {what} names no language", span, is_warning=True, help="write `{en: …, zh: …}`")


def _is_bare(words: Words) -> bool:
    """Return whether a text has no words to translate: identifiers, numbers, lists of aliases."""
    return all(" " not in line.strip() for _, lines in words.by_language for line in lines)
