"""Allow mixed-language."""

import re
from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F233"


def check(seen: Seen) -> Iterator[Problem]:
    """Find texts that are written in the other language.

    What it finds. A Chinese text without any Chinese character, or an English text of which a third or more is Chinese.
    Why it matters. The translation was forgotten, or pasted into the wrong line.
    Example. `name: {en: 现金, zh: cash}`
    Instead. Put each text under its own language. A name that is the same in both, such as a brand, is left alone.
    """
    for what, words, span in seen.texts:
        texts = dict(words.by_language)
        for language, lines in words.by_language:
            text = " ".join(lines)
            chinese = sum("一" <= sign <= "鿿" for sign in text)
            is_same = texts.get("en") == texts.get("zh")
            if language == "en" and chinese * 3 >= max(1, len(text)):
                yield Problem(CODE, f"the English text of {what} is Chinese", span, is_warning=True, help="write it in English, or move it to `zh`")
            elif language == "zh" and not chinese and not is_same and re.search(r"[A-Za-z]{3}.*\s.*[A-Za-z]{3}", text):
                yield Problem(CODE, f"the Chinese text of {what} has no Chinese character", span, is_warning=True, help="write it in Chinese, or move it to `en`")
