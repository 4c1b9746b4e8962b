"""The list to confirm: what a typed line says of it, and what of that stands in the saved answers."""

from dataclasses import replace

from fourfold.checklist import Checklist, confirmed, denied
from fourfold.decide import decide
from fourfold.expression.kinds import Number
from fourfold.expression.show import plain
from fourfold.interview import is_within, unanswered
from fourfold.problem import Problems
from fourfold.reading.amounts import is_unknown
from fourfold.talk import sheet
from fourfold.talk.state import Reply, Talk, answered_terms, facts_in, next_question, on_screen

YES = ("yes", "y", "go on", "go", "keep", "all true", "是", "对", "都对", "继续", "保留")


def checked(talk: Talk, word: str) -> Reply:
    """Return what follows where a person confirms the list, or names the lines that are not true."""
    listed = talk.step
    assert isinstance(listed, Checklist)
    if word in ("", *YES) or is_unknown(word):
        # WHY: who does not know takes what is usual, and that lies within every line
        return _confirm(talk, listed)
    pieces = word.replace(",", " ").replace("，", " ").replace("、", " ").split()
    if not pieces or not all(piece.isdecimal() and 1 <= int(piece) <= len(listed.lines) for piece in pieces):
        return Reply(talk, ({"kind": "check_help", "lines": len(listed.lines)},))
    interview, name = denied(talk.interview, listed, {int(piece) - 1 for piece in pieces}, talk.sample)
    if name:
        return Reply(on_screen(replace(talk, interview=interview, step=interview.screen(name)), name))
    after = next_question(with_held(replace(talk, interview=interview, asked=talk.asked + 1)))
    return Reply(after, ({"kind": "denied"},))


def _confirm(talk: Talk, listed: Checklist) -> Reply:
    interview = confirmed(talk.interview, listed)
    waiting = [name for name in talk.interview.waiting if name not in {line.screen for line in listed.lines}]
    open_terms = [*(term for line in listed.lines for term in line.terms), *(term for name in waiting for term in unanswered(talk.interview, name))]
    open_sources = dict.fromkeys(talk.interview.book.terms[term].source for term in open_terms)
    of = {term.name: term.of for term in talk.book.content.terms}
    text = sheet.changed(talk.text, {name: {} if of[name] else "unknown" for name in open_sources})
    order = (*talk.order, *(name for name in dict.fromkeys(line.screen for line in listed.lines) if name not in talk.order))
    after = with_held(replace(talk, text=text, interview=replace(interview, held=talk.interview.held), step=None, order=order, asked=talk.asked + 1))
    return Reply(after, ({"kind": "confirmed", "outcome": listed.outcome},))


def with_held(talk: Talk) -> Talk:
    """Return the conversation with what lists said of terms saved, once the strategy is settled.

    A term whose assumption lies within what was said of it is a don't know, another one takes the value nearest to
    the usual: so the saved answers lead to the strategy that was shown.
    """
    found = held_entries(talk)
    if not found:
        return talk
    screens = [screen.name for screen in talk.interview.screens if not talk.interview.held.keys().isdisjoint(screen.terms)]
    order = (*talk.order, *(name for name in screens if name not in talk.order))
    return replace(talk, text=sheet.changed(talk.text, found), order=order)


def held_entries(talk: Talk) -> dict[str, object]:
    """Return what to save of the terms that are held; nothing while the strategy is open."""
    interview = talk.interview
    if not interview.settled or not interview.held:
        return {}
    try:
        values = decide(talk.book, facts_in(talk.book, talk.text, talk.file)).values
    except Problems:
        return {}
    said = set(answered_terms(talk.book, talk.text, talk.file))
    found: dict[str, object] = {}
    for term, held in interview.held.items():
        ground = talk.book.terms[term]
        value = values.get(term)
        is_elsewhere = isinstance(value, int | str) and not is_within(value, held.answer)
        if ground.source not in said and ground.entity:
            found[ground.source] = {}
        elif not ground.entity and (is_elsewhere or ground.source not in said):
            shown = plain(ground.kind, held.usual) if isinstance(ground.kind, Number) else held.usual
            found[term] = str(shown) if is_elsewhere else "unknown"
    return found
