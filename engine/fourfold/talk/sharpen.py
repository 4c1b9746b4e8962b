"""After the strategy is settled: which further answers would change the plan, most valuable first."""

from collections.abc import Mapping, Sequence

from fourfold.decide import decide
from fourfold.expression.kinds import Choice, Kind, Number
from fourfold.model import Fact, Facts, Given, GroundTerm, RuleBook, Selection, Share
from fourfold.planning.objective import objective
from fourfold.planning.view import Data, View
from fourfold.problem import Problems
from fourfold.talk.fields import declared, kinds
from fourfold.talk.state import Talk, answered_terms, facts_in
from fourfold.written import TermDecl

CARRIERS, BUDGET, PEOPLE, GAP = "carriers", "budget", "people", "gap"
ITEMS, LISTING = "items", "listing"  # the items of a listing job are no question to anybody else
WORTH = {CARRIERS: 4, BUDGET: 3, PEOPLE: 2, GAP: 3}


def worth_asking(talk: Talk) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the terms without an exact answer whose answer would change the plan, with the parts it improves; registers come last.

    Those come first of which a list said only where they lie. Each is tried with other values than the assumed one through the whole decision; the more parts change,
    and the more they weigh, the earlier it comes; ties in the order of the vocabulary.
    """
    book, said = talk.book, set(answered_terms(talk.book, talk.text, talk.file))
    try:
        facts = facts_in(book, talk.text, talk.file)
        values = decide(book, facts).values
    except Problems:
        return ()
    gap = objective(View(book, facts, decide(book, facts)))
    held = talk.interview.held
    found = []
    for term in book.content.terms:
        if (term.name in facts.known and term.name not in held) or (term.name in said and term.name not in values) or not term.ask.by_language or term.of:
            continue
        improves = _improves(book, facts, values, gap, term)
        if improves:
            found.append((term.name, improves))
    found.sort(key=lambda item: (item[0] not in held, -sum(WORTH[part] for part in item[1])))
    registers = [
        (register.name, (PEOPLE,))
        for register in book.content.registers
        if register.name not in said
        and (register.name != ITEMS or values.get("job_plan") == LISTING)
        and not any(name.partition("[")[0] == low.term for low in register.lowerings for name in facts.known)
    ]
    return (*found, *registers)


def _improves(book: RuleBook, facts: Facts, values: Mapping[str, object], gap: Data, term: TermDecl) -> tuple[str, ...]:
    parts: dict[str, None] = {}
    for other in _other_values(kinds(book)[term.name], values.get(term.name), book.as_of):
        changed = Facts({**facts.known, term.name: Fact(other)}, facts.texts, facts.records, facts.name)
        try:
            decision = decide(book, changed)
        except Problems:
            continue
        for name, value in decision.values.items():
            if values.get(name) != value and (part := _part(book, book.terms.get(name))):
                parts[part] = None
        if objective(View(book, changed, decision))["gap"] != gap["gap"]:
            parts[GAP] = None
    return tuple(part for part in (CARRIERS, BUDGET, PEOPLE, GAP) if part in parts)


def _other_values(kind: Kind, now: object, as_of: int) -> Sequence[int | str]:
    if isinstance(kind, Choice):
        return [option for option in kind.options if option != now][:4]
    if not isinstance(kind, Number):
        return []
    if kind.form == "date":
        return [value for value in (as_of + 61, as_of + 122) if kind.low <= value <= kind.high and value != now]
    usual = now if isinstance(now, int) and now > 0 else max(kind.low, min(kind.high, 10 ** (kind.scale + 2)))
    return [value for value in (usual // 3, usual * 3) if kind.low <= value <= kind.high and value != now]


def _part(book: RuleBook, term: GroundTerm | None) -> str:
    """Return the part of the plan that a concluded term belongs to, or nothing."""
    if term is None or not term.is_plan:
        return ""
    node = next((node for node in book.nodes if node.term in {term.name, term.source}), None)
    if isinstance(node, Given):
        return ""
    if isinstance(node, Selection):
        return CARRIERS
    if isinstance(node, Share) or (isinstance(term.kind, Number) and term.kind.form == "money"):
        return BUDGET
    return PEOPLE if isinstance(term.kind, Number) and "person-days" in term.kind.unit else ""


def is_register(talk: Talk, name: str) -> bool:
    """Return whether a name is a register and no term."""
    return name not in declared(talk.book)
