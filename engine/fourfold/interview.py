"""The questionnaire as a value: answers go in, the next state comes out; terminal and web only draw it.

Three things are known at each moment. What is *open*: the outcomes that the answers still allow. What is
*waiting*: screens such that, whatever is answered to them, nothing else can change the outcome; their number
is "at most N left". And whether the outcome is *settled*: no answer that is still to come can change it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

from fourfold.decide import Values, compute
from fourfold.expression.kinds import Choice, Number
from fourfold.model import Answer, Fact, Given, GroundNever, RuleBook
from fourfold.narrow import Part, narrowed, part_of
from fourfold.problem import Problems
from fourfold.solving import Solved, can_differ, can_other

Profile = Mapping[str, int | str]
ROWS = 160
BRANCHES = 6
SETTLE_WITHIN = 400
MATTER_WITHIN = 150


@dataclass(frozen=True, slots=True)
class Screen:
    """One question: an asked term, or the grid of all asked terms of one kind of entity."""

    name: str
    terms: tuple[str, ...]
    is_grid: bool = False


@dataclass(frozen=True, slots=True)
class Interview:
    """The state of a conversation about one target term.

    INVARIANT: with the waiting screens answered, the answers to all others change nothing.
    """

    book: RuleBook
    target: str
    screens: tuple[Screen, ...]
    answers: Mapping[str, Answer]
    left: Part
    waiting: tuple[str, ...]
    settled: str = ""
    by: str = ""

    @property
    def open(self) -> tuple[str, ...]:
        """Return the outcomes that may still follow, in the order of their declaration."""
        kind, possible = self.book.terms[self.target].kind, self.left.open[self.target]
        assert isinstance(kind, Choice)
        assert isinstance(possible, frozenset)
        return tuple(option for option in kind.options if option in possible)

    @property
    def broken(self) -> tuple[GroundNever, ...]:
        """Return the declared impossible combinations that the answers make true."""
        return self.left.broken

    def screen(self, name: str) -> Screen:
        """Return a screen by its name."""
        return next(screen for screen in self.screens if screen.name == name)

    def is_answered(self, name: str) -> bool:
        """Return whether a screen was answered, don't know included."""
        return any(term in self.answers for term in self.screen(name).terms)


def screens_of(book: RuleBook) -> tuple[Screen, ...]:
    """Return the screens of a part of a book in the order of the vocabulary; terms without a question have none."""
    declared = {term.name: term for term in book.content.terms}
    found: dict[str, list[str]] = {}
    order = {name: at for at, name in enumerate(declared)}
    grids = set()
    for node in sorted((node for node in book.nodes if isinstance(node, Given)), key=lambda node: order.get(book.terms[node.term].source, 0)):
        term = declared.get(book.terms[node.term].source)
        if term is None or not term.ask.by_language:
            continue
        found.setdefault(term.of or term.name, []).append(node.term)
        if term.of:
            grids.add(term.of)
    return tuple(Screen(name, tuple(terms), name in grids) for name, terms in found.items())


def begin(book: RuleBook, target: str, answers: Mapping[str, Answer]) -> Interview:
    """Return the interview about a target from the answers so far; terms that nobody is asked take their assumption."""
    part = part_of(book, [target])
    screens = screens_of(part)
    asked = {term for screen in screens for term in screen.terms}
    unasked = {node.term: None for node in part.nodes if isinstance(node, Given) and node.term not in asked and not node.is_required}
    everything = {**unasked, **{term: answer for term, answer in answers.items() if term in part.terms}}
    state = Interview(part, target, screens, {}, Part(part, {}), tuple(screen.name for screen in screens))
    return told(state, everything)


def told(interview: Interview, answers: Mapping[str, Answer]) -> Interview:
    """Return the interview after more answers; those of a screen that are left out count as don't know."""
    complete = dict(answers)
    for screen in interview.screens:
        if any(term in answers for term in screen.terms):
            complete |= {term: None for term in screen.terms if term not in answers and term not in interview.answers}
    left = narrowed(interview.left.book, complete, [interview.target])
    state = replace(interview, answers={**interview.answers, **complete}, left=left)
    kept = {screen.name for screen in screens_of(left.book)}
    waiting = tuple(name for name in interview.waiting if name in kept and not state.is_answered(name))
    return _settle(replace(state, waiting=waiting))


def _settle(interview: Interview) -> Interview:
    if interview.broken:
        return interview
    if len(interview.open) == 1:
        return replace(interview, settled=interview.open[0], by="rules", waiting=())
    found = can_other(interview.left.book, interview.target, ranges(interview), SETTLE_WITHIN)
    return replace(interview, settled=found.value, by="solver", waiting=()) if found.state == "never" else interview


def ranges(interview: Interview) -> dict[str, Answer]:
    """Return the answers that leave a term open: ranges and sets of options."""
    return {term: answer for term, answer in interview.answers.items() if isinstance(answer, tuple | frozenset)}


# ---------------------------------------------------------------- what still matters


def matters(interview: Interview, name: str, milliseconds: int = MATTER_WITHIN) -> Solved:
    """Return whether the answers to a waiting screen can still change the outcome: "can", "never", or "unknown".

    Unanswered screens that do not wait and are tied to this one by a constraint vary together with it, so
    that a screen proven to matter never can be left out without breaking the invariant.
    """
    free = set(_unanswered(interview, name)) | _tied(interview, name)
    return can_differ(interview.left.book, interview.target, ranges(interview), free, milliseconds)


def _unanswered(interview: Interview, name: str) -> tuple[str, ...]:
    return tuple(term for term in interview.screen(name).terms if term not in interview.answers)


def _tied(interview: Interview, name: str) -> set[str]:
    """Return the terms of screens that do not wait and that constraints tie to a screen, directly or through others."""
    givens = {node.term for node in interview.left.book.nodes if isinstance(node, Given)}
    ties = [part_terms & givens for part_terms in (_upstream(interview.left.book, never) for never in interview.left.book.constraints)]
    reached = set(_unanswered(interview, name))
    grown = True
    while grown:
        grown = False
        for tie in ties:
            if tie & reached and not tie <= reached:
                reached |= tie
                grown = True
    waiting = {term for screen in interview.screens if screen.name in interview.waiting for term in screen.terms}
    return reached - waiting - interview.answers.keys()


def _upstream(book: RuleBook, never: GroundNever) -> set[str]:
    from fourfold.linking.simplify import terms_in

    part = part_of(replace(book, constraints=()), terms_in(never.condition))
    return {node.term for node in part.nodes}


def tightened(interview: Interview, milliseconds: int = MATTER_WITHIN) -> Interview:
    """Return the interview without those waiting screens that are proven to change nothing any more."""
    for name in interview.waiting:
        if matters(interview, name, milliseconds).state == "never":
            interview = replace(interview, waiting=tuple(other for other in interview.waiting if other != name))
    return interview


# ---------------------------------------------------------------- the next question


def next_screen(interview: Interview, sample: Sequence[Profile], milliseconds: int = MATTER_WITHIN) -> tuple[Interview, Screen | None]:
    """Return the screen that promises the fewest questions to the end, or None when nothing can change the outcome.

    Screens are tried in the order of their promise on the sample; the first that can still change the
    outcome is asked. Those proven on the way to change nothing are dropped from the waiting ones.
    """
    if interview.settled or interview.broken:
        return interview, None
    for name in ranked(interview, sample):
        if matters(interview, name, milliseconds).state != "never":
            return interview, interview.screen(name)
        interview = replace(interview, waiting=tuple(other for other in interview.waiting if other != name))
    return interview, None


def ranked(interview: Interview, sample: Sequence[Profile]) -> list[str]:
    """Return the waiting screens, most promising first: what is expected to be left after them, then information."""
    if len(interview.waiting) < 2:
        return list(interview.waiting)
    rows = matching(interview, sample)
    labels = [label(interview, row) for row in rows]
    scores = {}
    for at, name in enumerate(interview.waiting):
        bands = [band(interview, name, row, rows) for row in rows]
        scores[name] = (expected_left(interview, name, rows, bands), -information(bands, labels), at)
    return sorted(scores, key=lambda name: scores[name])


def matching(interview: Interview, sample: Sequence[Profile]) -> list[dict[str, int | str]]:
    """Return the rows of a sample nearest to the answers, with the answers put in their place."""
    single = {term: answer for term, answer in interview.answers.items() if isinstance(answer, int | str)}
    choices = [(term, answer) for term, answer in single.items() if isinstance(answer, str)]
    order = sorted(range(len(sample)), key=lambda at: (-sum(sample[at].get(term) == answer for term, answer in choices), at))
    return [_under(interview, dict(sample[at]), single) for at in order[:ROWS]]


def _under(interview: Interview, row: dict[str, int | str], single: Mapping[str, int | str]) -> dict[str, int | str]:
    row.update(single)
    for term, answer in interview.answers.items():
        if answer is None:
            row.pop(term, None)
        elif isinstance(answer, tuple) and isinstance(value := row.get(term, answer[0]), int):
            row[term] = max(answer[0], min(answer[1], value))
        elif isinstance(answer, frozenset) and row.get(term) not in answer:
            row[term] = min(answer)
    return row


def label(interview: Interview, row: Profile) -> str:
    """Return the outcome of a sampled company, or nothing where it has none."""
    values: Values = {}
    facts = {node.term: Fact(row[node.term]) for node in interview.left.book.nodes if isinstance(node, Given) and node.term in row}
    try:
        for node in interview.left.book.nodes:
            compute(node, values, facts)
    except (Problems, KeyError):
        return ""
    return str(values.get(interview.target, ""))


def band(interview: Interview, name: str, row: Profile, rows: Sequence[Profile]) -> object:
    """Return the answer of a sampled company to a screen, numbers as one of eight bands of the rows."""
    terms = _unanswered(interview, name)
    if len(terms) > 1:
        usual = {node.term: node.assume for node in interview.left.book.nodes if isinstance(node, Given)}
        return frozenset((interview.book.terms[term].source, row[term]) for term in terms if term in row and getattr(usual.get(term), "value", None) != row[term])
    if isinstance(interview.book.terms[terms[0]].kind, Number):
        value = row.get(terms[0], 0)
        return sum(value > other for other in rows_cut(rows, terms[0]))  # type: ignore[operator]
    return row.get(terms[0])


def rows_cut(rows: Sequence[Profile], term: str) -> list[int]:
    """Return seven values that cut the rows into eight equal bands of a number."""
    values = sorted(int(row.get(term, 0)) for row in rows)
    return [values[len(values) * step // 8] for step in range(1, 8)] if values else []


def information(bands: Sequence[object], labels: Sequence[str]) -> float:
    """Return how many bits of the outcome the answer tells (Shannon's mutual information)."""
    by_band: dict[object, Counter[str]] = {}
    for one_band, outcome in zip(bands, labels, strict=True):
        by_band.setdefault(one_band, Counter())[outcome] += 1
    before = entropy(Counter(labels))
    return before - sum(counts.total() / len(labels) * entropy(counts) for counts in by_band.values())


def entropy(counts: Counter[str]) -> float:
    """Return the entropy of some counts in bits."""
    whole = counts.total()
    return -sum(count / whole * log2(count / whole) for count in counts.values() if count)


def expected_left(interview: Interview, name: str, rows: Sequence[Profile], bands: Sequence[object]) -> float:
    """Return how many screens are expected to be left after a screen, over its most frequent answers."""
    sizes = Counter(bands)
    first: dict[object, Profile] = {}
    for one_band, row in zip(bands, rows, strict=True):
        first.setdefault(one_band, row)
    top = sizes.most_common(BRANCHES)
    whole = sum(count for _, count in top)
    return sum(count * _left_after(interview, name, first[one_band]) for one_band, count in top) / whole if whole else 0.0


def _left_after(interview: Interview, name: str, row: Profile) -> int:
    terms = _unanswered(interview, name)
    left = narrowed(interview.left.book, {term: row.get(term) for term in terms}, [interview.target])
    possible = left.open[interview.target]
    if isinstance(possible, frozenset) and len(possible) == 1:
        return 0
    waiting = set(interview.waiting) - {name}
    return sum(screen.name in waiting for screen in screens_of(left.book))


def waiting_terms(interview: Interview) -> Iterable[str]:
    """Return the ground terms that wait for an answer."""
    return (term for name in interview.waiting for term in _unanswered(interview, name))
