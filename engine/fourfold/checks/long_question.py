"""Allow long-question."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F222"
MOST = 110
MOST_CHINESE = 45


def check(seen: Seen) -> Iterator[Problem]:
    """Find questions that are too long to take in.

    What it finds. An `ask` of more than 110 characters, or more than 45 where it is Chinese.
    Why it matters. A question is read on a small screen, by somebody in a hurry. What is long belongs into `help`, which is shown on demand.
    Example. A question that explains what counts as a result, and then asks for it.
    Instead. Ask in one short sentence; move the explanation to `help`.
    """
    for term in seen.asked:
        for _, lines in term.ask.by_language:
            text = " ".join(lines)
            most = MOST_CHINESE if any("一" <= sign <= "鿿" for sign in text) else MOST
            if len(text) > most:
                yield Problem(
                    CODE, f"the question of `{term.name}` has {len(text)} characters; {most} is much", term.span, is_warning=True, help="ask in one short sentence and put the rest into `help`"
                )
