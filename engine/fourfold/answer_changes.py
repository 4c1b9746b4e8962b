"""Which answers of one company would give it a wanted outcome, if they were otherwise: one alone, or the smallest sets of several."""

from dataclasses import dataclass

from fourfold.model import Decision, Facts, Given, RuleBook
from fourfold.narrow import part_of
from fourfold.smallest import Change, Neighbours, needed

FIXED = ("as_of", "currency")
MILLISECONDS = 3000


@dataclass(frozen=True, slots=True)
class AnswerChanges:
    """State ("proven", "none", "unknown" as in smallest.py, or "" where nothing was looked for), single changes by term, and sets of several."""

    state: str = ""
    single: tuple[tuple[str, tuple[Change, ...]], ...] = ()
    sets: tuple[tuple[Change, ...], ...] = ()


def answer_changes(book: RuleBook, target: str, wanted: str, facts: Facts, decision: Decision) -> AnswerChanges:
    """Return the smallest changes of answers that give a wanted outcome; those that the company gave itself stand first.

    A term that was assumed counts as an answer: the company may know better.
    """
    terms = [node.term for node in part_of(book, [target]).nodes if isinstance(node, Given) and node.term not in FIXED]
    found = needed(Neighbours(book, target, facts, decision.values, terms), wanted, MILLISECONDS)
    alone = [changes[0] for changes in found.sets if len(changes) == 1]
    by_term: dict[str, list[Change]] = {}
    for change in alone:
        by_term.setdefault(change.term, []).append(change)
    order = sorted(by_term, key=lambda term: (_is_assumed(facts, term), "[" in term))
    return AnswerChanges(found.state, tuple((term, tuple(by_term[term])) for term in order), tuple(changes for changes in found.sets if len(changes) > 1))


def _is_assumed(facts: Facts, term: str) -> bool:
    fact = facts.known.get(term)
    return fact is None or fact.origin == "assumed"
