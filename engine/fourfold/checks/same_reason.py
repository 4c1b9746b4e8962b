"""Allow same-reason."""

from collections.abc import Iterator

from fourfold.checks.regions import said
from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem
from fourfold.written import RuleDecl

CODE = "F359"


def check(seen: Seen) -> Iterator[Problem]:
    """Find rules that give the same reason for different results.

    What it finds. Two rules of one table that conclude different values with the same `because`.
    Why it matters. The reason was copied with the row. The plan then explains one thing with the reason of another.
    Example. Two rows for tight and for plenty of cash, both `because: There is money.`
    Instead. Say what is different.
    """
    for table in seen.content.tables:
        first: dict[str, RuleDecl] = {}
        for rule in table.rules:
            text = rule.because.text("en").strip().lower()
            other = first.setdefault(text, rule)
            if text and other is not rule and said(other) != said(rule):
                yield Problem(
                    CODE,
                    f"rules `{other.id}` and `{rule.id}` give the same reason for different results",
                    rule.span,
                    labels=(Label(other.span, "the other"),),
                    is_warning=True,
                    help="say what is different",
                )
