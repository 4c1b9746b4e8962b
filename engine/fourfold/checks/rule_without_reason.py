"""Allow rule-without-reason."""

from fourfold.model import RuleBook
from fourfold.problem import Problem


def check(book: RuleBook) -> list[Problem]:
    """Find rules without `because`.

    What it finds. A rule that says what follows and not why.
    Why it matters. The plan and `fourfold why` give the reason to the reader; without it they show the rule's id.
    Example. `- {id: focus-proven, when: {proven_carriers: ">= 1"}, then: focus}`
    Instead. Add `because: {en: "A carrier has proven itself.", zh: "已有载体得到验证。"}`
    """
    return [
        Problem("F219", f"rule `{rule.id}` has no `because`", rule.span, is_warning=True, help="say why in one sentence, in each language")
        for table in book.content.tables
        for rule in table.rules
        if not rule.because.by_language
    ]
