"""The last screen: a list of what must be true for the outcome to stand, to be confirmed in one go.

Around the usual company a box is grown, as wide as the outcome stays proven in it. Each side of the box
that is narrower than what is possible is a line to confirm; to a line that is not true its own question
is asked, so the screen always takes at least one question away.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from fourfold.asking import Profile, best_of, most_promising, next_screen, seen
from fourfold.decide import Values, compute
from fourfold.expression.kinds import Choice, Number
from fourfold.interview import MATTER_WITHIN, Held, Interview, Screen, is_required, is_within, ranges, settle, told, unanswered
from fourfold.model import Answer, Fact, Given
from fourfold.problem import Problems

MOST_LINES = 6
ROUND = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to confirm: the screen it belongs to, the terms, the values they may have, and what is usual."""

    screen: str
    terms: tuple[str, ...]
    answer: Answer
    usual: int | str


@dataclass(frozen=True, slots=True)
class Checklist:
    """What must be true for an outcome, and the share of the sampled companies for which it is."""

    outcome: str
    lines: tuple[Line, ...]
    chance: float


def next_step(interview: Interview, sample: Sequence[Profile], milliseconds: int = MATTER_WITHIN) -> tuple[Interview, Screen | Checklist | None]:
    """Return the next screen or list to confirm; None when nothing is open.

    A list comes as soon as one of at most six lines settles the strategy: it takes no more questions than the screen of a
    line that is not true, and says something of the other terms besides; where a line was said to be untrue on an earlier
    list (of these entities or more), its screen is asked instead. Screens proven to change nothing are dropped on the way.
    """
    if interview.settled or interview.broken or any(is_required(interview, name) for name in interview.waiting):
        return next_screen(interview, sample, milliseconds)
    shown = seen(interview, sample)
    interview = interview if shown.differ else settle(interview)
    if interview.settled:
        return interview, None
    listed = checklist(interview, shown.rows)
    if listed is None or not listed.lines:
        return most_promising(interview, shown, milliseconds)
    known = next((line.screen for line in listed.lines if any(set(line.terms) <= set(terms) and is_within(line.answer, answer) for terms, answer in interview.untrue)), "")
    return interview, interview.screen(known) if known else listed


def checklist(interview: Interview, rows: Sequence[Profile]) -> Checklist | None:
    """Return what to confirm, or None where a question without a usual answer is open or the list grows long."""
    usual = usual_values(interview)
    if usual is None or interview.settled or interview.broken:
        return None
    outcome, values = usual
    box: dict[str, Answer] = {term: values[term] for term in _open_terms(interview)}
    lines = []
    for screen, terms in _groups(interview, rows, values):
        answer = _widest(interview, outcome, box, terms, values)
        box |= dict.fromkeys(terms, answer)
        if not all(is_within(possible(interview, term), answer) for term in terms):
            lines.append(Line(screen, terms, answer, values[terms[0]]))
        if len(lines) > MOST_LINES:
            return None
    inside = sum(all(is_within(row.get(term, values[term]), answer) for term, answer in box.items()) for row in rows)
    return Checklist(outcome, tuple(lines), inside / len(rows) if rows else 0.0)


def confirmed(interview: Interview, listed: Checklist) -> Interview:
    """Return the interview with all lines confirmed: what is open takes what is usual, and the outcome stands."""
    open_terms = {term: interview.held[term].answer if term in interview.held else None for name in interview.waiting for term in unanswered(interview, name)}
    return replace(interview, answers={**interview.answers, **open_terms}, settled=listed.outcome, by="confirmed", waiting=())


def denied(interview: Interview, listed: Checklist, wrong: Collection[int], sample: Sequence[Profile]) -> tuple[Interview, str]:
    """Return the interview where some lines (by place) are not true, and the screen to ask now, or nothing where none is needed.

    Lines that are true hold; of a line on one term that is not true its opposite holds, if that is one range or some options.
    The most promising of the screens whose lines are not true is asked.
    """
    held: dict[str, Held] = {}
    for at, line in enumerate(listed.lines):
        answer = _opposite(interview, line) if at in wrong else line.answer
        for term in line.terms:
            both = _common(answer, interview.held[term].answer if term in interview.held else answer)
            if both is not None:
                held[term] = Held(both, nearest(line.usual, both))
    untrue = tuple((line.terms, line.answer) for at, line in enumerate(listed.lines) if at in wrong)
    interview = replace(told(interview, {}, held), untrue=(*interview.untrue, *untrue))
    names = [name for name in dict.fromkeys(listed.lines[at].screen for at in sorted(wrong)) if name in interview.waiting]
    if interview.settled or not names:
        return interview, ""
    shown = seen(interview, sample)
    interview = interview if shown.differ else settle(interview)
    return interview, "" if interview.settled else best_of(interview, names, shown)


def _opposite(interview: Interview, line: Line) -> Answer:
    """Return the values that a line excludes, or None where they are no one range or the line is about several terms."""
    kind = interview.book.terms[line.terms[0]].kind
    if len(line.terms) > 1:
        return None
    if isinstance(kind, Choice) and isinstance(line.answer, frozenset):
        return frozenset(kind.options) - line.answer
    if isinstance(kind, Number) and isinstance(line.answer, tuple):
        low, high = line.answer
        return (high + 1, kind.high) if low == kind.low else (kind.low, low - 1) if high == kind.high else None
    return None


def _common(left: Answer, right: Answer) -> Answer:
    if isinstance(left, tuple) and isinstance(right, tuple):
        low, high = max(left[0], right[0]), min(left[1], right[1])
        return (low, high) if low <= high else None
    return (left & right) or None if isinstance(left, frozenset) and isinstance(right, frozenset) else None


def nearest(value: int | str, answer: Answer) -> int | str:
    """Return a value, or what is nearest to it within some values."""
    if isinstance(answer, tuple):
        return max(answer[0], min(answer[1], int(value)))
    return value if not isinstance(answer, frozenset) or value in answer else min(answer)


def usual_values(interview: Interview) -> tuple[str, dict[str, int | str]] | None:
    """Return the outcome and the values of the company that answers "don't know" to everything left; None if it cannot."""
    values: Values = {}
    givens = [node for node in interview.left.book.nodes if isinstance(node, Given)]
    if any(node.assume is None and node.term not in interview.answers and node.term not in interview.held for node in givens):
        return None
    taken = {node.term: interview.held[node.term].usual if node.term in interview.held else None for node in givens if node.term not in interview.answers}
    answered = interview.left.under(taken, [interview.target])
    outcomes = answered.open[interview.target]
    if not isinstance(outcomes, frozenset) or len(outcomes) != 1 or answered.broken:
        return None
    facts = {term: Fact(answer[0] if isinstance(answer, tuple) else min(answer)) for term, answer in ranges(interview).items() if isinstance(answer, tuple | frozenset)}
    facts |= {term: Fact(value) for term, value in taken.items() if value is not None}
    try:
        for node in interview.left.book.nodes:
            compute(node, values, facts)
    except Problems:
        return None
    return next(iter(outcomes)), {node.term: values[node.term] for node in givens if node.term not in interview.answers}  # type: ignore[misc]


def _open_terms(interview: Interview) -> list[str]:
    return [node.term for node in interview.left.book.nodes if isinstance(node, Given) and node.term not in interview.answers]


def _groups(interview: Interview, rows: Sequence[Profile], values: Mapping[str, int | str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the open terms by screen and term, those on which companies differ most from the usual first."""
    left = set(_open_terms(interview))
    groups: dict[tuple[str, str], list[str]] = {}
    for name in interview.waiting:
        for term in interview.screen(name).terms:
            if term in left:
                groups.setdefault((name, interview.book.terms[term].source), []).append(term)
    found = [(screen, tuple(terms)) for (screen, _), terms in groups.items()]
    return sorted(found, key=lambda group: sum(all(row.get(term, values[term]) == values[term] for term in group[1]) for row in rows))


def _widest(interview: Interview, outcome: str, box: Mapping[str, Answer], terms: tuple[str, ...], values: Mapping[str, int | str]) -> Answer:
    """Return the widest values of some terms (the same for all) with which the outcome is still proven."""
    kind = interview.book.terms[terms[0]].kind
    rest = interview.left.under({term: answer for term, answer in box.items() if term not in terms}, [interview.target])

    def settles(answer: Answer) -> bool:
        return rest.under(dict.fromkeys(terms, answer), [interview.target]).open[interview.target] == frozenset({outcome})

    domain = possible(interview, terms[0])
    if isinstance(domain, frozenset):
        kept = frozenset(str(values[term]) for term in terms)
        if settles(domain | kept):
            return domain | kept
        for option in sorted(domain):
            if option not in kept and settles(kept | {option}):
                kept |= {option}
        return kept
    assert isinstance(kind, Number)
    assert isinstance(domain, tuple)
    usual = int(values[terms[0]])
    low, high = domain
    if settles((low, high)):
        return (low, high)
    if not settles((usual, high)):
        high = _farthest(settles, usual, round_steps(kind, usual, high))
    if not settles((low, high)):
        low = _farthest(settles, high, round_steps(kind, usual, low))
    return (low, high)


def possible(interview: Interview, term: str) -> Answer:
    """Return the values that a term may have as far as was said."""
    kind = interview.book.terms[term].kind
    if term in interview.held:
        return interview.held[term].answer
    return (kind.low, kind.high) if isinstance(kind, Number) else frozenset(kind.options) if isinstance(kind, Choice) else frozenset()


def _farthest(settles: Callable[[Answer], bool], other_end: int, steps: list[int]) -> int:
    """Return the farthest of some ends (nearest first) up to which the outcome is proven."""
    near, far = 0, len(steps) - 1
    while near < far:
        middle = (near + far + 1) // 2
        if settles((min(steps[middle], other_end), max(steps[middle], other_end))):
            near = middle
        else:
            far = middle - 1
    return steps[near]


def round_steps(kind: Number, usual: int, edge: int) -> list[int]:
    """Return round values from the usual one to an edge, nearest first, the usual one in front."""
    unit = 10**kind.scale
    values = [digit * 10**power * unit // 100 for power in range(18) for digit in ROUND]
    between = [value for value in values if min(usual, edge) <= value <= max(usual, edge) and value != usual]
    return [usual, *(between if edge > usual else reversed(between)), edge]
