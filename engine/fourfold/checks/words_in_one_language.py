"""Allow words-in-one-language."""

import re
from collections.abc import Iterator

from fourfold.checks.seen import LANGUAGES, Seen
from fourfold.problem import Problem
from fourfold.span import Span

CODE = "F511"


def check(seen: Seen) -> Iterator[Problem]:
    """Find words that one language's templates have and the other's lack.

    What it finds. An entry of a dictionary of words in `words.en.j2` that the same dictionary in `words.zh.j2` has not, or the other way round.
    Why it matters. The page breaks off in the other language, at the moment when somebody needs it.
    Example. `{% set ui = {"why": "Why"} %}` beside `{% set ui = {} %}`.
    Instead. Add it to the other file.
    """
    texts = {language: seen.templates.get(f"templates/words.{language}.j2") for language in LANGUAGES}
    if texts["en"] is None or texts["zh"] is None:
        return
    names = {language: _names(text or "") for language, text in texts.items()}
    dictionaries = {language: {name.partition(".")[0] for name in found} for language, found in names.items()}
    for mine, other in (("en", "zh"), ("zh", "en")):
        for name, line in names[mine].items():
            if name not in names[other] and name.partition(".")[0] in dictionaries[other]:
                yield Problem(CODE, f"`{name}` is missing in `words.{other}.j2`", Span(f"templates/words.{mine}.j2", line, 1), is_warning=True, help="add it there")


def _names(text: str) -> dict[str, int]:
    """Return the entries of the dictionaries in a file of words, each with its line."""
    found: dict[str, int] = {}
    for block in re.finditer(r"{%-?\s*set\s+(\w+)\s*=\s*{([^{}]*)}\s*-?%}", text):
        for entry in re.finditer(r'"(\w+)":', block[2]):
            found.setdefault(f"{block[1]}.{entry[1]}", text.count("\n", 0, block.start(2) + entry.start()) + 1)
    return found
