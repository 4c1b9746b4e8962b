"""Allow question-without-help."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F223"


def check(seen: Seen) -> Iterator[Problem]:
    """Find questions for an amount that nobody can answer without a word of help.

    What it finds. An asked amount of money or percentage without `help`, `unit` or `per`; a question of the form "how many of 100" says it itself.
    Why it matters. "What is your margin?" has three answers. Whoever guesses the wrong one gets a plan for another company.
    Example. `margin: {kind: percent, ask: "What is your margin?", …}`
    Instead. Say in `help` what counts and what does not: `help: {en: "Of the price, after purchase and packing.", zh: 售价减去进货与包装后的占比。}`
    """
    for term in seen.asked:
        kind = term.kind
        is_plain = kind.word == "percent" and ("100" in term.ask.text("en") or "%" in term.ask.text("en"))
        if kind.word in ("money", "percent") and not (term.help.by_language or kind.unit or kind.per or is_plain):
            yield Problem(CODE, f"`{term.name}` is asked without `help`, `unit` or `per`", term.span, is_warning=True, help="say what counts: per month or per order, with or without tax")
