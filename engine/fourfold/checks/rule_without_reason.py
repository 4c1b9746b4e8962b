"""Allow rule-without-reason."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F219"


def check(seen: Seen) -> Iterator[Problem]:
    """Find rules without `because`.

    What it finds. A rule that says what follows and not why.
    Why it matters. The plan and `fourfold why` give the reason to the reader; without it they show the rule's id.
    Example. `- {id: focus-proven, when: {proven_carriers: ">= 1"}, then: focus}`
    Instead. Add `because: {en: "A carrier has proven itself.", zh: "已有载体得到验证。"}`
    """
    for table in seen.content.tables:
        for rule in table.rules:
            if not rule.because.by_language:
                yield Problem(CODE, f"rule `{rule.id}` has no `because`", rule.span, is_warning=True, help="say why in one sentence, in each language")
