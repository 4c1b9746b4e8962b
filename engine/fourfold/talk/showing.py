"""What a state of the conversation shows: the question, the list to confirm, or that the strategy is settled."""

from fourfold.asking import Profile
from fourfold.checklist import Checklist, Line
from fourfold.expression.kinds import Choice, Number
from fourfold.model import Given
from fourfold.planning.view import Data
from fourfold.talk import sheet
from fourfold.talk.fields import Field, declared, kinds
from fourfold.talk.replies import answer_values, bounds
from fourfold.talk.state import TARGET, Talk, always, answered_terms

LONG = 9

__all__ = ["Profile", "opening", "present", "resumed"]


def opening(talk: Talk, file: str) -> Data:
    """Return what a new conversation begins with."""
    from fourfold.interview import presets

    return {"kind": "opening", "as_of": _iso(talk), "book": talk.book.hash[:6], "waiting": len(talk.interview.waiting), "file": file, "filled": presets(talk.book, TARGET)}


def _iso(talk: Talk) -> str:
    from datetime import date

    return date.fromordinal(talk.book.as_of).isoformat()


def resumed(talk: Talk, old_text: str, lost: tuple[Data, ...]) -> Data:
    """Return what a conversation that goes on begins with: what was kept, and whether the rules changed."""
    old = sheet.book_of(old_text)
    return {
        "kind": "resumed",
        "count": len(talk.order),
        "last": talk.order[-1] if talk.order else "",
        "waiting": len(talk.interview.waiting),
        "settled": talk.interview.settled,
        "old_book": old[:6] if old and not talk.book.hash.startswith(old) else "",
        "book": talk.book.hash[:6],
        "lost": list(lost),
    }


def present(talk: Talk, was_settled: str = "") -> tuple[Data, ...]:
    """Return what the present state asks or says."""
    if talk.before is not None or talk.done:
        return ()
    if talk.fields:
        return (_field(talk),)
    if isinstance(talk.step, Checklist):
        return (_checklist(talk, talk.step),)
    if talk.interview.settled and (not was_settled or was_settled != talk.interview.settled):
        return (_settled(talk),)
    if talk.interview.settled and talk.sharpened and not talk.sharpen:
        return ({"kind": "sharpened_all"},)
    if not talk.interview.settled:
        return ({"kind": "open_end", "open": list(talk.interview.open)},)
    return ()


def _field(talk: Talk) -> Data:
    field = talk.fields[0]
    if field.is_table:
        return {"kind": "table", "register": field.term, "columns": list(field.options), "at": len(talk.sharpened), "of": len(talk.sharpen), "rows": len(talk.draft.get(field.term, []))}  # type: ignore[arg-type]
    term = declared(talk.book)[field.term]
    is_first = not talk.draft
    data: Data = {
        "term": field.term,
        "entity": field.entity,
        "question_of": field.entity,
        "help_of": field.term,
        "options": [{"id": option} for option in field.options] if len(field.options) <= LONG or field.is_pick else [],
        "more_letters": len(field.options) > LONG and not field.is_pick,
        "usual": field.usual,
        "number": talk.number,
        "left": max(1, len(talk.interview.waiting)),
        "is_grid_term": bool(term.of),
        "now": answer_values(talk, talk.at) if talk.at and talk.interview.is_answered(talk.at) and is_first else [],
        "screen": talk.at,
    }
    if not talk.at and talk.interview.settled:
        said = talk.interview.held.get(field.term)
        held = bounds(talk, field.term, said.answer) if said is not None and isinstance(said.answer, tuple) else None
        return {"kind": "sharpen", "at": len(talk.sharpened), "of": len(talk.sharpen), "improves": dict(talk.sharpen).get(field.term, ()), "held": held, **data}
    if field.is_pick and term.of:
        return {"kind": "pick", "is_first": is_first, **data}
    return {"kind": "question" if is_first else "field", **data}


def _checklist(talk: Talk, listed: Checklist) -> Data:
    lines = [_line(talk, line) for line in listed.lines]
    return {"kind": "checklist", "number": talk.number, "left": max(1, len(talk.interview.waiting)), "outcome": listed.outcome, "lines": lines}


def _line(talk: Talk, line: Line) -> Data:
    kind = talk.interview.book.terms[line.terms[0]].kind
    source = talk.interview.book.terms[line.terms[0]].source
    data: Data = {
        "terms": list(line.terms),
        "source": source,
        "is_grid": talk.interview.screen(line.screen).is_grid,
        "options": [],
        "low": None,
        "high": None,
        "usual": None,
        "from_edge": False,
        "to_edge": False,
    }
    if isinstance(kind, Number) and isinstance(line.answer, tuple):
        low, high = line.answer
        return {**data, "low": low, "high": high, "from_edge": low == kind.low, "to_edge": high == kind.high, "usual": line.usual}
    assert isinstance(kind, Choice)
    assert isinstance(line.answer, frozenset)
    return {**data, "options": [option for option in kind.options if option in line.answer]}


def _settled(talk: Talk) -> Data:
    asked = set(talk.order)
    idle = [screen.name for screen in talk.interview.screens if screen.name not in asked and not talk.interview.is_answered(screen.name)]
    said = set(answered_terms(talk.book, talk.text, talk.file))
    required = [node.term for node in talk.book.nodes if isinstance(node, Given) and node.is_required and node.term not in always(talk.book) and node.term not in said]
    return {
        "kind": "settled",
        "count": talk.asked,
        "outcome": talk.interview.settled,
        "by": talk.interview.by,
        "is_held": bool(talk.interview.held),
        "idle": idle,
        "required": required,
        "sharpen": [name for name, _ in talk.sharpen],
        "rule": "",
    }


def number_of(talk: Talk, field: Field, option: str) -> int:
    """Return the number under which an option is listed."""
    return field.options.index(option) + 1 if option in kinds(talk.book) else 0
