"""Allow text-in-one-language."""

from collections.abc import Iterator

from fourfold.checks.seen import LANGUAGES, Seen
from fourfold.problem import Problem

CODE = "F212"


def check(seen: Seen) -> Iterator[Problem]:
    """Find texts that stand in one language only.

    What it finds. A name, question, help, reason or text of the knowledge that is written for one language and not for the other.
    Why it matters. The reader of the other language gets a text that is not his.
    Example. `ask: {en: How is your cash?}`
    Instead. Add the other: `ask: {en: "How is your cash?", zh: 现金状况如何？}`
    """
    for what, words, span in seen.texts:
        names = {name for name, _ in words.by_language}
        if names & set(LANGUAGES) and not set(LANGUAGES) <= names:
            missing = next(name for name in LANGUAGES if name not in names)
            yield Problem(CODE, f"{what} has no text in `{missing}`", span, is_warning=True, help=f"add `{missing}: …`")
