"""Allow long-reason."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F362"
MOST = 200
MOST_CHINESE = 90


def check(seen: Seen) -> Iterator[Problem]:
    """Find reasons that are too long to be read in a table.

    What it finds. A `because` of more than 200 characters, or more than 90 where it is Chinese.
    Why it matters. Reasons stand in the plan beside each line. One long reason hides ten others.
    Example. A reason that retells the article.
    Instead. One sentence; the rest belongs into `source`.
    """
    for table in seen.content.tables:
        for rule in table.rules:
            for _, lines in rule.because.by_language:
                text = " ".join(lines)
                most = MOST_CHINESE if any("一" <= sign <= "鿿" for sign in text) else MOST
                if len(text) > most:
                    yield Problem(CODE, f"the reason of rule `{rule.id}` has {len(text)} characters; {most} is much", rule.span, is_warning=True, help="say it in one sentence")
                    break
