"""Allow mixed-language."""

import re
from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F233"
_CHINESE = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[A-Za-z]{3}.*\s.*[A-Za-z]{3}")


def check(seen: Seen) -> Iterator[Problem]:
    """Find texts that are written in the other language.

    What it finds. A Chinese text without any Chinese character, or an English text of which a third or more is Chinese.
    Why it matters. The translation was forgotten, or pasted into the wrong line.
    Example. `name: {en: 现金, zh: cash}`
    Instead. Put each text under its own language. A name that is the same in both, such as a brand, is left alone.
    """
    for what, words, span in seen.texts:
        for language, lines in words.by_language:
            text = " ".join(lines)
            if language == "en" and _CHINESE.search(text) and 3 * len(_CHINESE.findall(text)) >= len(text):
                yield Problem(CODE, f"the English text of {what} is Chinese", span, is_warning=True, help="write it in English, or move it to `zh`")
            elif language == "zh" and not _CHINESE.search(text) and _LATIN.search(text) and dict(words.by_language).get("en") != lines:
                yield Problem(CODE, f"the Chinese text of {what} has no Chinese character", span, is_warning=True, help="write it in Chinese, or move it to `en`")
