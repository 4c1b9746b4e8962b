"""The state of a conversation: the saved text, what follows from it, and the screen that is being filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fourfold.asking import Profile
from fourfold.checklist import Checklist, next_step
from fourfold.door import enter, read_profile
from fourfold.interview import Interview, Screen, begin, is_required, presets, told, unanswered
from fourfold.model import Answer, Fact, Facts, RuleBook
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.talk import sheet
from fourfold.talk.fields import Field, declared, fields_of

TARGET = "strategy"
ALWAYS = ("as_of", "currency")


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation about one company; a new one comes out of every answer.

    `text` is the saved file; `order` the screens in the order of their answers; `fields` what is still to be
    typed on the screen `at`, `draft` what was typed on it; `before` the state to go back to while a change
    waits for "go on" or "undo"; `sharpen` the terms that are still worth asking after the strategy is settled.
    """

    book: RuleBook
    sample: Sequence[Profile] = field(repr=False)
    file: str = ""
    text: str = ""
    interview: Interview = field(default=None, repr=False)  # type: ignore[assignment]
    order: tuple[str, ...] = ()
    step: Screen | Checklist | None = None
    at: str = ""
    fields: tuple[Field, ...] = ()
    draft: Mapping[str, object] = field(default_factory=dict)
    before: "Talk | None" = None
    is_trial: bool = False
    sharpen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sharpened: tuple[str, ...] = ()
    done: str = ""
    asked: int = 0

    @property
    def number(self) -> int:
        """Return the number of the question that is asked now; a list that was confirmed counts as one."""
        return self.order.index(self.at) + 1 if self.at in self.order else self.asked + 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What a typed line leads to: the next state and what to show, each a kind with data for the templates."""

    talk: Talk
    shown: tuple[Data, ...] = ()


def always(book: RuleBook) -> dict[str, Answer]:
    """Return what is known before any question: the day and the currency."""
    return {"as_of": book.as_of, "currency": book.currency}


def facts_in(book: RuleBook, text: str, file: str) -> Facts:
    """Return the facts of a saved text through the door; day and currency alone where nothing else is answered."""
    names = {term.name for term in book.content.terms}
    registers = {register.name for register in book.content.registers}
    given = sheet.entries(text, file, dict.fromkeys(registers), dict.fromkeys(names))
    if not given.keys() - set(ALWAYS):
        return Facts({"as_of": Fact(book.as_of, "door"), "currency": Fact(book.currency, "given")})
    return enter(book, read_profile(text, file))


def answered_terms(book: RuleBook, text: str, file: str) -> tuple[str, ...]:
    """Return the terms and registers that a saved text says something about, don't know included, in its order."""
    names = {term.name: term for term in book.content.terms}
    registers = {register.name: register for register in book.content.registers}
    found = sheet.entries(text, file, registers, names)
    lowered = [lowering.term for name in found if name in registers for lowering in registers[name].lowerings]
    return tuple(dict.fromkeys([*found, *lowered]))


def answers_in(interview: Interview, book: RuleBook, text: str, file: str) -> dict[str, Answer]:
    """Return the answers of a saved text to the terms of an interview."""
    facts, said = facts_in(book, text, file), set(answered_terms(book, text, file))
    found: dict[str, Answer] = {}
    for screen in interview.screens:
        for name in screen.terms:
            fact = facts.known.get(name)
            if fact is not None:
                found[name] = (fact.low, fact.high) if fact.low is not None and fact.high is not None else fact.value
            elif interview.book.terms[name].source in said:
                found[name] = None
    for name, fact in facts.known.items():
        if name in interview.book.terms and name not in found and name not in ALWAYS:
            found[name] = (fact.low, fact.high) if fact.low is not None and fact.high is not None else fact.value
    return found


def opened(book: RuleBook, sample: Sequence[Profile], file: str, text: str) -> Talk:
    """Return the conversation of a saved text, or of a new one, with the next screen."""
    if not text:
        text = sheet.changed(sheet.new_text(book.hash[:12], book.currency), presets(book, TARGET))
    talk = with_text(Talk(book, sample, file), text)
    return replace(talk, asked=len(talk.order))


def with_text(talk: Talk, text: str, *, only_added: bool = False) -> Talk:
    """Return the conversation with another saved text; where answers were only added, what waits only shrinks."""
    held = talk.interview.held if talk.interview is not None else {}
    base = talk.interview if only_added else begin(talk.book, TARGET, always(talk.book))
    answers = answers_in(base, talk.book, text, talk.file)
    added = {term: answer for term, answer in answers.items() if term not in base.answers}
    if any(term in base.answers and base.answers[term] != answer and not (answer is None and term in base.held) for term, answer in answers.items()):
        interview = begin(talk.book, TARGET, {**always(talk.book), **answers}, held)
    else:
        interview = told(base, added, held) if added else base
    order = tuple(name for name in dict.fromkeys((*talk.order, *_screens_in(interview, talk, text))) if interview.is_answered(name))
    return next_question(replace(talk, text=text, interview=interview, order=order, draft={}, at="", fields=()))


def _screens_in(interview: Interview, talk: Talk, text: str) -> list[str]:
    """Return the answered screens in the order of the saved text, without what the opening filled in."""
    filled = presets(talk.book, TARGET)
    place = {screen_term: screen.name for screen in interview.screens for screen_term in [*(interview.book.terms[t].source for t in screen.terms)]}
    parts = {part.term: name for name in place for part in _parts(talk, interview, name)}
    said = answered_terms(talk.book, text, talk.file)
    return [name for term in said if (name := place.get(term) or place.get(parts.get(term, ""))) is not None and term not in filled]


def _parts(talk: Talk, interview: Interview, name: str) -> list[Field]:
    from fourfold.talk.fields import part_fields

    return part_fields(interview, declared(talk.book)[name])


def next_question(talk: Talk) -> Talk:
    """Return the conversation with the screen that comes next laid out."""
    if talk.interview.broken:
        return replace(talk, step=None, at="", fields=())
    interview, step = next_step(talk.interview, talk.sample)
    talk = replace(talk, interview=interview, step=step)
    if interview.settled and (needed := _needed_for_plan(talk)):
        return on_screen(talk, needed)
    if isinstance(step, Screen):
        return on_screen(talk, step.name)
    return replace(talk, at="", fields=())


def _needed_for_plan(talk: Talk) -> str:
    """Return the screen of a term that nothing can be decided without and that the settled strategy left unasked, or nothing."""
    return next((screen.name for screen in talk.interview.screens if is_required(talk.interview, screen.name) and not talk.interview.is_answered(screen.name)), "")


def on_screen(talk: Talk, name: str) -> Talk:
    """Return the conversation with one screen laid out to be typed, whether it was answered or not."""
    screen = talk.interview.screen(name)
    left = unanswered(talk.interview, name)
    inside = {node.term for node in talk.interview.left.book.nodes} & set(left) or set(left)
    # WHY: a term of which a list has said something no longer rests on its parts, and is still asked by them
    inside |= {part for term in inside for way in talk.interview.book.or_from.get(term, ()) for part in way.reads}
    terms = [term for term in screen.terms if term in inside] if left else list(screen.terms)
    return replace(talk, at=name, fields=fields_of(talk.interview, screen, terms), draft={})


def problems_of(fault: Problems) -> list[Problem]:
    """Return the problems of a fault, in order."""
    return sorted(fault.problems, key=lambda problem: problem.span)
