"""Allow unread-answer."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F220"


def check(seen: Seen) -> Iterator[Problem]:
    """Find questions whose answer nobody reads.

    What it finds. An asked term that no rule, formula, assumption, template or method of the plan reads.
    Why it matters. Somebody is asked in vain. Every question costs patience, and an answer that changes nothing costs trust.
    Example. `fleet: {kind: number, ask: "How many cars do you have?", …}` and no rule about cars.
    Instead. Remove the term, or write the rule that needs it.
    """
    for term in seen.asked:
        if not seen.is_read(term.name) and term.kind.word != "text":
            yield Problem(CODE, f"`{term.name}` is asked and nobody reads the answer", term.span, is_warning=True, help="remove the term, or let a rule read it")
