"""The last screen: a list of what must be true for the outcome to stand, to be confirmed in one go.

Around the usual company a box is grown, as wide as the outcome stays proven in it. Each side of the box
that is narrower than what is possible is a line to confirm; to a line that is not true its own question
is asked, so the screen always takes at least one question away.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from fourfold.asking import Profile, matching, next_screen
from fourfold.decide import Values, compute
from fourfold.expression.kinds import Choice, Number
from fourfold.interview import MATTER_WITHIN, Interview, Screen, is_required, ranges, unanswered
from fourfold.model import Answer, Fact, Given
from fourfold.problem import Problems

MOST_LINES = 6
LIKELY = 0.15


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
    """Return the next screen, or a list to confirm where that is likely to be the last one; None when nothing is open.

    Screens proven to change nothing are dropped on the way.
    """
    interview, screen = next_screen(interview, sample, milliseconds)
    if screen is None or is_required(interview, screen.name):
        return interview, screen
    listed = checklist(interview, matching(interview, sample))
    return interview, listed if listed is not None and listed.lines and listed.chance >= LIKELY else screen


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
        if not _is_all(interview, terms[0], answer):
            lines.append(Line(screen, terms, answer, values[terms[0]]))
        if len(lines) > MOST_LINES:
            return None
    inside = sum(all(_is_within(row.get(term, values[term]), answer) for term, answer in box.items()) for row in rows)
    return Checklist(outcome, tuple(lines), inside / len(rows) if rows else 0.0)


def confirmed(interview: Interview, listed: Checklist) -> Interview:
    """Return the interview with all lines confirmed: what is open takes what is usual, and the outcome stands."""
    open_terms = {term: None for name in interview.waiting for term in unanswered(interview, name)}
    return replace(interview, answers={**interview.answers, **open_terms}, settled=listed.outcome, by="confirmed", waiting=())


def usual_values(interview: Interview) -> tuple[str, dict[str, int | str]] | None:
    """Return the outcome and the values of the company that answers "don't know" to everything left; None if it cannot."""
    values: Values = {}
    givens = [node for node in interview.left.book.nodes if isinstance(node, Given)]
    if any(node.assume is None and node.term not in interview.answers for node in givens):
        return None
    answered = interview.left.under({node.term: None for node in givens if node.term not in interview.answers}, [interview.target])
    possible = answered.open[interview.target]
    if not isinstance(possible, frozenset) or len(possible) != 1 or answered.broken:
        return None
    facts = {term: Fact(answer[0] if isinstance(answer, tuple) else min(answer)) for term, answer in ranges(interview).items() if isinstance(answer, tuple | frozenset)}
    try:
        for node in interview.left.book.nodes:
            compute(node, values, facts)
    except Problems:
        return None
    return next(iter(possible)), {node.term: values[node.term] for node in givens if node.term not in interview.answers}  # type: ignore[misc]


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

    if isinstance(kind, Choice):
        kept = frozenset(str(values[term]) for term in terms)
        if settles(frozenset(kind.options)):
            return frozenset(kind.options)
        for option in kind.options:
            if option not in kept and settles(kept | {option}):
                kept |= {option}
        return kept
    assert isinstance(kind, Number)
    usual = int(values[terms[0]])
    low, high = kind.low, kind.high
    if settles((low, high)):
        return (low, high)
    if not settles((usual, high)):
        high = _farthest(settles, usual, round_steps(kind, usual, high))
    if not settles((low, high)):
        low = _farthest(settles, high, round_steps(kind, usual, low))
    return (low, high)


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
    """Return round values (1, 2 or 5 and zeros) from the usual one to an edge, nearest first, the usual one in front."""
    unit = 10**kind.scale
    values = [digit * 10**power * unit // 10 for power in range(17) for digit in (1, 2, 5)]
    between = [value for value in values if min(usual, edge) <= value <= max(usual, edge) and value != usual]
    return [usual, *(between if edge > usual else reversed(between)), edge]


def _is_all(interview: Interview, term: str, answer: Answer) -> bool:
    kind = interview.book.terms[term].kind
    return answer == (kind.low, kind.high) if isinstance(kind, Number) else isinstance(kind, Choice) and answer == frozenset(kind.options)


def _is_within(value: int | str, answer: Answer) -> bool:
    if isinstance(answer, tuple):
        return answer[0] <= int(value) <= answer[1]
    return value in answer if isinstance(answer, frozenset) else value == answer
