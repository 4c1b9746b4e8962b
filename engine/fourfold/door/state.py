"""What the door gathers for one profile."""

from dataclasses import dataclass, field
from datetime import date

from fourfold.expression.kinds import Kind, Number, Options, Text
from fourfold.expression.show import decimal_text
from fourfold.linking.knowledge import FIRST_DAY
from fourfold.model import Fact, RuleBook
from fourfold.problem import Collector
from fourfold.span import Span
from fourfold.written import RegisterDecl, TermDecl


@dataclass(slots=True)
class Door:
    """Gathers facts, texts and records of one profile."""

    book: RuleBook
    problems: Collector
    known: dict[str, Fact] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    records: dict[str, tuple[dict[str, object], ...]] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    terms: dict[str, TermDecl] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    registers: dict[str, RegisterDecl] = field(default_factory=dict)


def open_door(book: RuleBook) -> Door:
    """Return the door of a book, with nothing gathered yet."""
    door = Door(book, Collector())
    door.terms = {term.name: term for term in book.content.terms}
    door.registers = {register.name: register for register in book.content.registers}
    for ground in book.terms.values():
        door.kinds.setdefault(ground.source, ground.kind)
    for term in book.content.terms:
        if term.kind.word == "text":
            door.kinds[term.name] = Text()
        elif term.kind.word == "set":
            options = tuple(g.name.rpartition("[")[2][:-1] for g in book.terms.values() if g.source == term.name)
            door.kinds[term.name] = Options(options, term.kind.options_of)
    return door


def is_asked(term: TermDecl) -> bool:
    """Return whether a term may be given by a company."""
    return bool(term.ask.by_language or term.is_required or term.is_optional or term.assume or term.or_from)


def find_entity(book: RuleBook, kind: str, text: str) -> str | None:
    """Return the entity that a text names by id, name or alias, in any language.

    A name may be given without what stands behind it in brackets, where one entity alone is called so.
    """
    if text in book.entities.get(kind, ()):
        return text
    folded = text.strip().lower()
    short: set[str] = set()
    for entity in book.content.entities:
        if entity.kind != kind:
            continue
        names = [line for _, lines in entity.title.by_language for line in lines]
        aliases = book.knows(kind, entity.name, "aliases")
        if aliases is not None:
            names += [line for _, lines in aliases.value.by_language for line in lines]  # type: ignore[union-attr]
        if folded in (name.lower() for name in names) or folded.replace(" ", "_").replace("-", "_") == entity.name:
            return entity.name
        if folded in (name.lower().partition("(")[0].partition("（")[0].strip() for name in names):
            short.add(entity.name)
    return short.pop() if len(short) == 1 else None


def plain_text(kind: Number, value: int) -> str:
    """Return a stored number as people read it."""
    if kind.form == "date":
        return date.fromordinal(max(FIRST_DAY, value)).isoformat()
    whole, _, decimals = decimal_text(value, kind.shown).partition(".")
    text = f"{int(whole):,}" if whole != "-0" else whole
    return f"{text}.{decimals}".rstrip("0").rstrip(".") if decimals else text
