"""Answers as people give them, for the questionnaire: read, said back, and written as a profile takes them.

`heard` returns what an answer says, or the ways in which it may be meant (the face asks back), or a problem.
Nothing is guessed in silence: what is taken is echoed.
"""

import re

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Ratio, Text
from fourfold.model import RuleBook
from fourfold.problem import Problem
from fourfold.reading.amounts import is_unknown
from fourfold.span import Span
from fourfold.spoken.answers import Doubt, Heard
from fourfold.spoken.choices import NO, YES, NoChoice, Picked, choice_of, folded, names_of, set_of
from fourfold.spoken.measures import measured
from fourfold.suggest import listed
from fourfold.written import TermDecl

__all__ = ["Doubt", "Heard", "heard", "says_unknown"]

UNKNOWN = (
    *("don't know", "dont know", "do not know", "dunno", "no idea", "not sure", "unsure", "idk", "no clue", "can't say", "cannot say", "hard to say", "i don't know", "skip", "pass", "later", "next"),
    *(
        "unknown",
        "unclear",
        "n/a",
        "-",
        "…",
        "...",
        "不知道",
        "不清楚",
        "不确定",
        "不晓得",
        "不了解",
        "没概念",
        "没数",
        "说不准",
        "说不清",
        "不好说",
        "未知",
        "不详",
        "跳过",
        "略过",
        "先跳过",
        "下一题",
        "过",
    ),
)
LONGEST = 2000


def says_unknown(text: str) -> bool:
    """Return whether an answer says that it is not known, or is to be left out."""
    plain = re.sub(r"[.!。！]+$", "", text.strip().lower().replace("’", "'")) or text.strip()
    return is_unknown(text) or plain in UNKNOWN


def heard(book: RuleBook, term: TermDecl, kind: Kind, text: str, language: str = "en", order: tuple[str, ...] = ()) -> Heard | Doubt | Problem:
    """Return what an answer says of a term, the ways in which it may be meant, or a problem.

    `kind` is the term's kind in the book (a set as `Options`), `order` how its options are numbered on the
    screen, where that is not their own order.
    """
    if isinstance(kind, Text):
        return _text(term, text)
    order = order or (kind.options if isinstance(kind, Choice | Options) else ())
    names = names_of(book, kind, term) if isinstance(kind, Choice | Options) else {}
    if says_unknown(text) and not any(folded(text) in mine for mine in names.values()):
        return Heard(None, None, "")
    match kind:
        case Number():
            return measured(book, term, kind, text)
        case Choice():
            return _choice(book, term, kind, text, language, names, order)
        case Options():
            return _set(book, term, kind, text, language, names, order)
        case Ratio():
            return Problem("F217", f"`{term.name}` cannot be given", _span(text))


def _span(text: str) -> Span:
    return Span("answer", 1, 1, max(1, len(text)))


def _text(term: TermDecl, text: str) -> Heard | Problem:
    plain = " ".join(part for part in "".join(sign if sign.isprintable() else " " for sign in text).split(" ") if part)
    if len(plain) > LONGEST:
        return Problem("F203", f"`{term.name}` is longer than {LONGEST:,} characters", _span(text[:40]), help="say it in a sentence")
    return Heard(plain, plain, plain) if plain else Heard(None, None, "")


def _choice(book: RuleBook, term: TermDecl, kind: Choice, text: str, language: str, names: dict[str, tuple[str, ...]], order: tuple[str, ...]) -> Heard | Doubt | Problem:
    try:
        picked = choice_of(text, names, order)
    except NoChoice as fault:
        return _no_choice(term, kind, fault, text)
    readings = tuple(Heard(item.options[0], _saved(kind, item.options[0]), name_of(book, kind, term, item.options[0], language)) for item in picked)
    return _one_or_doubt(picked, readings)


def _set(book: RuleBook, term: TermDecl, kind: Options, text: str, language: str, names: dict[str, tuple[str, ...]], order: tuple[str, ...]) -> Heard | Doubt | Problem:
    try:
        picked = set_of(text, names, order)
    except NoChoice as fault:
        return _no_choice(term, kind, fault, text)
    mark, nothing = ("、", "无") if language == "zh" else (", ", "none")
    readings = tuple(Heard(frozenset(item.options), list(item.options), mark.join(name_of(book, kind, term, option, language) for option in item.options) or nothing) for item in picked)
    return _one_or_doubt(picked, readings)


def _one_or_doubt(picked: list[Picked], readings: tuple[Heard, ...]) -> Heard | Doubt:
    return readings[0] if len(readings) == 1 and not picked[0].doubt else Doubt(picked[0].doubt, readings)


def _saved(kind: Choice, option: str) -> str:
    return {"true": "yes", "false": "no"}[option] if kind == YES_NO else option


def name_of(book: RuleBook, kind: Choice | Options, term: TermDecl, option: str, language: str) -> str:
    """Return the name of an option in a language, as declared; else its id."""
    if kind == YES_NO:
        return {"true": YES, "false": NO}[option][0] if language != "zh" else {"true": "是", "false": "否"}[option]
    titles = [title for name, title, _ in term.kind.options if name == option]
    titles += [entity.title for entity in book.content.entities if entity.kind == kind.entity and entity.name == option]
    return (titles[0].text(language) if titles else "") or option


def _no_choice(term: TermDecl, kind: Choice | Options, fault: NoChoice, text: str) -> Problem:
    options = ("yes", "no") if kind == YES_NO else kind.options
    near = f"did you mean `{fault.near}`? " if fault.near else ""
    return Problem("F204", f"`{fault.part[:40]}` is not one of the choices of `{term.name}`", _span(text), help=f"{near}a number from 1 to {len(options)}, or one of {listed(options, 8)}")
