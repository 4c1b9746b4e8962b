"""Queries about an outcome, put to the solver where it is installed; without it the answer is "unknown"."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fourfold.model import Answer, RuleBook

if TYPE_CHECKING:
    from fourfold.logic import Logic


@dataclass(frozen=True, slots=True)
class Solved:
    """The answer of the solver: "can" (with the facts that show it), "never", or "unknown" (no solver, or no time)."""

    state: str
    value: str = ""
    facts: Mapping[str, Answer] | None = None


UNKNOWN = Solved("unknown")


def is_available() -> bool:
    """Return whether the solver is installed."""
    return find_spec("z3") is not None


def can_other(book: RuleBook, target: str, answers: Mapping[str, Answer], milliseconds: int) -> Solved:
    """Return whether two outcomes are possible for companies that the book decides; "never" carries the only one."""
    if not is_available():
        return UNKNOWN
    logic = logic_of(book, target)
    known = [*logic.known(answers), logic.decided()]
    first = logic.find(known, milliseconds)
    if first.state != "can":
        return UNKNOWN
    now = logic.option_of(first, target)
    other = logic.find([*known, logic.is_not(target, now)], milliseconds)
    return Solved(other.state, now)


def can_differ(book: RuleBook, target: str, answers: Mapping[str, Answer], free: Collection[str], milliseconds: int) -> Solved:
    """Return whether two companies that differ only in the free terms can have different outcomes."""
    if not is_available():
        return UNKNOWN
    return Solved(logic_of(book, target).differ(target, answers, free, milliseconds))


_LAST: list[tuple[RuleBook, str, "Logic"]] = []


def logic_of(book: RuleBook, target: str) -> "Logic":
    """Return the solver terms of a part of a book; those of the last part asked about are kept."""
    from fourfold.logic import Logic

    if not _LAST or _LAST[0][0] is not book or _LAST[0][1] != target:
        _LAST[:] = [(book, target, Logic(book, [target]))]
    return _LAST[0][2]
