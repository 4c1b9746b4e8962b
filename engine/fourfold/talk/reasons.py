"""Why a question is asked, and what a change of an answer does, made from the rules that still wait."""

from fourfold.checklist import Checklist
from fourfold.expression.kinds import Choice, Number
from fourfold.interview import begin, unanswered
from fourfold.model import Given, Table
from fourfold.narrow import reads
from fourfold.planning.view import Data
from fourfold.talk.state import TARGET, Talk, always, answers_in

MOST_STEPS = 40


def why_asked(talk: Talk) -> Data:
    """Return what hangs on the present question: outcomes by answer, and the rules that still wait for it."""
    interview = talk.interview
    rules = waiting_rules(talk)
    if isinstance(talk.step, Checklist) and not talk.fields:
        return {"kind": "why", "screen": "", "effects": [], "rules": rules, "outcome": talk.step.outcome, "border": None, "through": []}
    name = talk.at
    if not name:
        return {"kind": "why", "screen": "", "effects": [], "rules": [], "outcome": "", "border": None, "through": []}
    terms = [term for term in unanswered(interview, name) if term in {node.term for node in interview.left.book.nodes}]
    effects: list[Data] = []
    border: Data | None = None
    if len(terms) >= 1 and not interview.screen(name).is_grid:
        kind = interview.book.terms[terms[0]].kind
        if isinstance(kind, Choice) and len(kind.options) <= 6:
            effects = [{"option": option, "outcomes": _outcomes(talk, terms[0], option)} for option in kind.options]
        elif isinstance(kind, Number):
            border = _borders(talk, terms[0], kind)
    return {"kind": "why", "screen": name, "term": terms[0] if terms else "", "effects": effects, "rules": rules, "outcome": "", "border": border, "through": _through(talk, set(terms))}


def _outcomes(talk: Talk, term: str, answer: object) -> list[str]:
    left = talk.interview.left.under({term: answer}, [TARGET])  # type: ignore[dict-item]
    possible = left.open[TARGET]
    kind = talk.interview.book.terms[TARGET].kind
    assert isinstance(possible, frozenset)
    assert isinstance(kind, Choice)
    return [option for option in kind.options if option in possible]


def _borders(talk: Talk, term: str, kind: Number) -> Data:
    """Return up to which low value, and from which high value on, fewer outcomes are open."""
    everything = set(talk.interview.open)
    low, high = kind.low, kind.high
    below = above = None
    ends = (low, high)
    for _ in range(MOST_STEPS):
        if ends[0] >= ends[1]:
            break
        middle = (ends[0] + ends[1] + 1) // 2
        if set(_outcomes(talk, term, (low, middle))) != everything:
            below, ends = middle, (middle, ends[1])
        else:
            ends = (ends[0], middle - 1)
    ends = (low, high)
    for _ in range(MOST_STEPS):
        if ends[0] >= ends[1]:
            break
        middle = (ends[0] + ends[1]) // 2
        if set(_outcomes(talk, term, (middle, high))) != everything:
            above, ends = middle, (ends[0], middle)
        else:
            ends = (middle + 1, ends[1])
    return {
        "below": below,
        "below_outcomes": _outcomes(talk, term, (low, below)) if below is not None else [],
        "above": above,
        "above_outcomes": _outcomes(talk, term, (above, high)) if above is not None else [],
    }


def waiting_rules(talk: Talk) -> list[str]:
    """Return the rules of the target's table that may still hit."""
    node = next((node for node in talk.interview.left.book.nodes if node.term == TARGET), None)
    return [row.rule for row in node.rows if not row.is_otherwise] if isinstance(node, Table) else []


def _through(talk: Talk, terms: set[str]) -> list[str]:
    """Return the concluded terms without a loop that read the asked ones next."""
    book = talk.interview.left.book
    reached, found = set(terms), []
    for node in book.nodes:
        if isinstance(node, Given):
            continue
        if reads(node) & reached:
            reached.add(node.term)
            if not book.terms[node.term].entity and node.term != TARGET:
                found.append(node.term)
    return found[:4]


def stays_and_falls(before: Talk, after: Talk) -> Data:
    """Return what a change of an answer does: what stays, what no longer matters, what must be asked now."""
    base = begin(after.book, TARGET, always(after.book))
    answers = answers_in(base, after.book, after.text, after.file)
    stays: list[str] = []
    falls: list[str] = []
    for name in before.order:
        mine = {term for term in base.screen(name).terms if term in answers} if any(screen.name == name for screen in base.screens) else set()
        left = base.left.under({term: answer for term, answer in answers.items() if term not in mine and term not in base.answers}, [TARGET])
        still = {node.term for node in left.book.nodes if isinstance(node, Given)} & mine
        (stays if still else falls).append(name)
    fresh = [name for name in after.interview.waiting if name not in before.interview.waiting and name not in before.order]
    return {
        "stays": stays,
        "falls": falls,
        "fresh": fresh,
        "before": before.interview.settled,
        "after": after.interview.settled,
        "open": list(after.interview.open),
        "left": len(after.interview.waiting),
        "numbers": {name: at for at, name in enumerate(before.order, 1)},
    }
