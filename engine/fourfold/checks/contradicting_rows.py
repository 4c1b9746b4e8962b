"""Allow contradicting-rows."""

from collections.abc import Iterator
from itertools import permutations

from fourfold.checks.regions import is_within, said
from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem
from fourfold.written import RuleDecl

CODE = "F340"


def check(seen: Seen) -> Iterator[Problem]:
    """Find rows that contradict each other whenever the narrower one hits.

    What it finds. Two rows of a unique table, of which one hits whenever the other does, that conclude different values and do not override each other.
    Why it matters. Every company that the narrower row hits gets no decision but a conflict.
    Example. `{when: {staff: "< 5"}, then: one}` and `{when: {staff: "< 10"}, then: everywhere}`
    Instead. Let the narrower rule override the wider one, or take its region out of the wider one's cells.
    """
    for table in seen.content.tables:
        if table.policy == "unique":
            for rule, other in permutations(table.rules, 2):
                if said(rule) != said(other) and is_within(seen, rule, other) and not _are_settled(rule, other) and (not is_within(seen, other, rule) or rule.span > other.span):
                    text = f"rules `{rule.id}` and `{other.id}` disagree wherever `{rule.id}` hits"
                    yield Problem(CODE, text, rule.span, labels=(Label(other.span, "hits there too"),), help=f"write `overrides: [{other.id}]` at `{rule.id}`, or keep its region out of the other")


def _are_settled(rule: RuleDecl, other: RuleDecl) -> bool:
    """Return whether one of two rules overrides the other, or they are never in force together."""
    overridden = {name for name, _ in rule.overrides} | {name for name, _ in other.overrides}
    days = bool(rule.period.last and other.period.first > rule.period.last) or bool(other.period.last and rule.period.first > other.period.last)
    return rule.id in overridden or other.id in overridden or days
