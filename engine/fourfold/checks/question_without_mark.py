"""Allow question-without-mark."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F221"


def check(seen: Seen) -> Iterator[Problem]:
    """Find questions that end without a question mark.

    What it finds. An `ask` in some language whose text ends in neither `?` nor `？`, and has none before a last remark.
    Why it matters. Without the mark a question reads like a heading, and people type a title instead of an answer.
    Example. `ask: {en: Monthly budget, zh: 每月预算}`
    Instead. `ask: {en: "How much can you spend in a month?", zh: 每个月能花多少钱？}`
    """
    for term in seen.asked:
        for language, lines in term.ask.by_language:
            text = " ".join(lines)
            if text and "?" not in text and "？" not in text:
                yield Problem(CODE, f"the question of `{term.name}` has no question mark" + (f" in `{language}`" if language else ""), term.span, is_warning=True, help="ask a whole question")
