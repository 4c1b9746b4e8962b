"""The questionnaire as a value: answers go in, the next state comes out; terminal and web only draw it.

Three things are known at each moment. What is *open*: the outcomes that the answers still allow. What is
*waiting*: screens such that, whatever is answered to them, nothing else can change the outcome; their number
is "at most N left". And whether the outcome is *settled*: no answer that is still to come can change it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from fourfold.expression.kinds import Choice, Number
from fourfold.linking.simplify import terms_in
from fourfold.model import Answer, Expr, Given, GroundNever, RuleBook, Table
from fourfold.narrow import Part, narrowed, part_of
from fourfold.solving import Solved, can_differ, can_other
from fourfold.written import TermDecl

SETTLE_WITHIN = 400
MATTER_WITHIN = 150


@dataclass(frozen=True, slots=True)
class Screen:
    """One question: an asked term, or the grid of all asked terms of one kind of entity."""

    name: str
    terms: tuple[str, ...]
    is_grid: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What a person said of a term without giving its value: values it lies within, and the usual one among them."""

    answer: Answer
    usual: int | str


@dataclass(frozen=True, slots=True)
class Interview:
    """The state of a conversation about one target term.

    `held` are the terms that wait and of which it is known that they lie within some values; `untrue` are terms
    and values within which not all of them lie.
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
    held: Mapping[str, Held] = field(default_factory=dict)
    untrue: tuple[tuple[tuple[str, ...], Answer], ...] = ()

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
    """Return the screens of a part of a book in the order of the vocabulary.

    All asked terms of one kind of entity make one grid. A choice whose assumption follows from another
    asked choice alone stands on that choice's screen, filled in with what is usual. A term without a
    question that is known by its parts stands on the screen of the part that is asked, or has its own.
    Other terms without a question have no screen.
    """
    declared = {term.name: term for term in book.content.terms}
    place = {name: at for at, name in enumerate(declared)}
    givens = {node.term: node for node in book.nodes if isinstance(node, Given)}
    found: dict[str, list[str]] = {}
    grids = set()
    for name in sorted(givens, key=lambda name: place.get(book.terms[name].source, -1)):
        term = declared.get(book.terms[name].source)
        home = "" if term is None else term.of or leader(book, givens, name) or term.name if term.ask.by_language else _home_by_parts(book, givens, declared, name)
        if term is not None and home:
            found.setdefault(home, []).append(name)
            grids |= {term.of}
    for name, terms in found.items():
        terms.sort(key=lambda term: (book.terms[term].source != name, place[book.terms[term].source]))
    return tuple(Screen(name, tuple(terms), name in grids) for name, terms in found.items())


def _home_by_parts(book: RuleBook, givens: Mapping[str, Given], declared: Mapping[str, TermDecl], name: str) -> str:
    parts = [part for way in book.or_from.get(name, ()) for part in way.reads if part in declared and declared[part].ask.by_language and isinstance(book.terms[part].kind, Number)]
    return next((part for part in parts if part in givens), name) if parts else ""


def leader(book: RuleBook, givens: Mapping[str, Given], name: str) -> str:
    """Return the asked choice that alone says what is usual for another choice, or nothing."""
    assume = givens[name].assume
    if assume is None or not isinstance(book.terms[name].kind, Choice):
        return ""
    roots = _roots(book, assume)
    if len(roots) != 1:
        return ""
    root = roots.pop()
    is_choice = isinstance(book.terms[root].kind, Choice) and not book.terms[root].entity and root in givens
    has_question = any(term.name == root and term.ask.by_language for term in book.content.terms)
    return root if is_choice and has_question else ""


def _roots(book: RuleBook, value: Expr) -> set[str]:
    """Return the given terms that an expression over choices rests on."""
    tables = {node.term: node for node in book.nodes if isinstance(node, Table)}
    found: set[str] = set()
    for name in terms_in(value):
        if name in tables:
            found |= {root for row in tables[name].rows for cell in row.cells for root in terms_in(cell.condition)}
        else:
            found.add(name)
    return found


def presets(book: RuleBook, target: str) -> dict[str, str]:
    """Return the choices that the day and the currency fill in; they are shown at the opening and can be changed."""
    part = part_of(book, [target])
    door = {"as_of", "currency"}
    givens = [node for node in part.nodes if isinstance(node, Given) and isinstance(part.terms[node.term].kind, Choice)]
    filled = [node for node in givens if node.assume is not None and (roots := _roots(part, node.assume)) and roots <= door]
    left = narrowed(part, {"as_of": book.as_of, "currency": book.currency, **{node.term: None for node in filled}}, [target])
    found: dict[str, str] = {}
    for node in filled:
        options = left.open[node.term]
        if isinstance(options, frozenset) and len(options) == 1:
            found[node.term] = next(iter(options))
    return found


def begin(book: RuleBook, target: str, answers: Mapping[str, Answer], held: Mapping[str, Held] | None = None) -> Interview:
    """Return the interview about a target from the answers (and what was said besides); terms that nobody is asked take their assumption."""
    part = part_of(book, [target])
    screens = screens_of(part)
    asked = {term for screen in screens for term in screen.terms}
    unasked = {node.term: None for node in part.nodes if isinstance(node, Given) and node.term not in asked and not node.is_required}
    everything = {**unasked, **{term: answer for term, answer in answers.items() if term in part.terms}}
    state = Interview(part, target, screens, {}, Part(part, {}), tuple(screen.name for screen in screens))
    return told(state, everything, held)


def told(interview: Interview, answers: Mapping[str, Answer], held: Mapping[str, Held] | None = None) -> Interview:
    """Return the interview after more answers; those of a screen that are left out count as don't know.

    `held` is what was said besides of terms that stay open. A don't know about a term that is held is the usual one of
    its values; an answer outside of them takes their place, and what waits is found anew.
    """
    complete = dict(answers)
    for screen in interview.screens:
        if any(term in answers for term in screen.terms):
            complete |= {term: None for term in screen.terms if term not in answers and term not in interview.answers}
    said = {**interview.held, **(held or {})}
    unsaid = {term for term, answer in complete.items() if answer is None}
    complete |= {term: said[term].usual for term in unsaid & said.keys()}
    outside = {term for term, one in said.items() if not is_within(complete.get(term), one.answer)}
    if outside & interview.held.keys():
        return _afresh(interview, complete, {term: one for term, one in said.items() if term not in outside})
    fresh = {term: one for term, one in (held or {}).items() if term not in complete and term not in interview.answers}
    left = interview.left.under({**{term: one.answer for term, one in fresh.items()}, **complete}, [interview.target])
    still = {term: one for term, one in {**interview.held, **fresh}.items() if term not in complete or term in unsaid or complete[term] == one.usual}
    state = replace(interview, answers={**interview.answers, **complete}, left=left, held=still)
    kept = open_screens(interview, left)
    waiting = tuple(name for name in interview.waiting if name in kept and not state.is_answered(name))
    state = replace(state, waiting=waiting)
    # WHY: the solver is asked when the next question is sought, where no sampled companies show that it is still open
    return settle(state) if len(state.open) == 1 or not waiting else state


def open_screens(interview: Interview, left: Part) -> set[str]:
    """Return the names of the screens of which some term still is open in what is left."""
    inside = {node.term for node in left.book.nodes if isinstance(node, Given)}
    return {screen.name for screen in interview.screens if not inside.isdisjoint(screen.terms)}


def _afresh(interview: Interview, answers: Mapping[str, Answer], held: Mapping[str, Held]) -> Interview:
    """Return the interview begun again with all answers, where one of them takes the place of what was held."""
    start = Interview(interview.book, interview.target, interview.screens, {}, Part(interview.book, {}), tuple(screen.name for screen in interview.screens))
    return told(start, {**interview.answers, **answers}, held)


def is_within(answer: Answer, other: Answer) -> bool:
    """Return whether every value of an answer lies within another one; don't know does."""
    if answer is None or other is None or answer == other:
        return True
    if isinstance(answer, int) and isinstance(other, tuple):
        return other[0] <= answer <= other[1]
    if isinstance(answer, tuple) and isinstance(other, tuple):
        return other[0] <= answer[0] and answer[1] <= other[1]
    if isinstance(answer, str) and isinstance(other, frozenset):
        return answer in other
    return isinstance(answer, frozenset) and isinstance(other, frozenset) and answer <= other


def settle(interview: Interview) -> Interview:
    """Return the interview with its outcome settled, if no answer that is still to come can change it."""
    if interview.broken:
        return interview
    if len(interview.open) == 1:
        return replace(interview, settled=interview.open[0], by="rules", waiting=())
    if any(is_required(interview, name) for name in interview.waiting):
        # WHY: these are asked in any case, so whether the rest is settled already need not be known yet
        return interview
    found = can_other(interview.left.book, interview.target, ranges(interview), SETTLE_WITHIN)
    return replace(interview, settled=found.value, by="solver", waiting=()) if found.state == "never" else interview


def is_required(interview: Interview, name: str) -> bool:
    """Return whether a screen must be answered before anything can be decided."""
    required = {node.term for node in interview.book.nodes if isinstance(node, Given) and node.is_required}
    return not required.isdisjoint(interview.screen(name).terms)


def ranges(interview: Interview) -> dict[str, Answer]:
    """Return what leaves a term open and still says something of it: ranges and sets of options, answered or held."""
    said = {**{term: one.answer for term, one in interview.held.items()}, **interview.answers}
    return {term: answer for term, answer in said.items() if isinstance(answer, tuple | frozenset)}


# ---------------------------------------------------------------- what still matters


def matters(interview: Interview, name: str, milliseconds: int = MATTER_WITHIN) -> Solved:
    """Return whether the answers to a waiting screen can still change the outcome: "can", "never", or "unknown".

    Unanswered screens that do not wait and are tied to this one by a constraint vary together with it, so
    that a screen proven to matter never can be left out without breaking the invariant.
    """
    free = set(unanswered(interview, name)) | _tied(interview, name)
    return can_differ(interview.left.book, interview.target, ranges(interview), free, milliseconds)


def unanswered(interview: Interview, name: str) -> tuple[str, ...]:
    """Return the terms of a screen without an answer."""
    return tuple(term for term in interview.screen(name).terms if term not in interview.answers)


def _tied(interview: Interview, name: str) -> set[str]:
    """Return the terms of screens that do not wait and that constraints tie to a screen, directly or through others."""
    givens = {node.term for node in interview.left.book.nodes if isinstance(node, Given)}
    ties = [part_terms & givens for part_terms in (_upstream(interview.left.book, never) for never in interview.left.book.constraints)]
    reached = set(unanswered(interview, name))
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
    part = part_of(replace(book, constraints=()), terms_in(never.condition))
    return {node.term for node in part.nodes}


def tightened(interview: Interview, milliseconds: int = MATTER_WITHIN) -> Interview:
    """Return the interview without those waiting screens that are proven to change nothing any more."""
    for name in interview.waiting:
        if matters(interview, name, milliseconds).state == "never":
            interview = replace(interview, waiting=tuple(other for other in interview.waiting if other != name))
    return interview


def waiting_terms(interview: Interview) -> Iterable[str]:
    """Return the ground terms that wait for an answer."""
    return (term for name in interview.waiting for term in unanswered(interview, name))
