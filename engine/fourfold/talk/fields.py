"""The fields of a screen: what is typed into each, and how it is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fourfold.decide import Values, holds
from fourfold.door import enter, read_profile
from fourfold.door.answers import answer
from fourfold.door.state import open_door
from fourfold.expression.kinds import YES_NO, Choice, Kind, Options, Text
from fourfold.interview import Interview, Screen
from fourfold.model import Fact, Given, GroundOrFrom, RuleBook, ground_name
from fourfold.possible import passes
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Scalar
from fourfold.span import Span
from fourfold.spoken import Doubt, Heard, heard, says_unknown
from fourfold.spoken.choices import NoChoice, choice_of, folded, set_of
from fourfold.spoken.choices import names_of as named
from fourfold.written import TermDecl


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to type: a value of a term, or which entities of a grid (`is_pick`).

    `options` are the legal choices; `usual` is filled in; `part_of` names the term that this one is a part of.
    A table (`is_table`) takes the records of a register, a line each.
    """

    term: str
    entity: str = ""
    options: tuple[str, ...] = ()
    usual: str = ""
    part_of: str = ""
    is_pick: bool = False
    is_required: bool = False
    is_table: bool = False

    @property
    def ground(self) -> str:
        """Return the ground term that the field gives a value to."""
        return ground_name(self.term, self.entity)


@dataclass(frozen=True, slots=True)
class Read:
    """What a typed text was read as: options of a choice or pick, an amount as a fact, don't know, or neither.

    `several` holds the options that a text may mean; `problems` what is wrong with it.
    """

    text: str
    options: tuple[str, ...] = ()
    fact: Fact | None = None
    is_unknown: bool = False
    several: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_wrong: bool = False


def declared(book: RuleBook) -> dict[str, TermDecl]:
    """Return the declarations of all terms by name."""
    return {term.name: term for term in book.content.terms}


def kinds(book: RuleBook) -> dict[str, Kind]:
    """Return the kind of every term by name; sets as their options."""
    return open_door(book).kinds


def fields_of(interview: Interview, screen: Screen, terms: Iterable[str]) -> tuple[Field, ...]:
    """Return the fields of a screen for some of its ground terms, in the order in which they are asked."""
    if screen.is_grid:
        return _grid_fields(interview, screen, tuple(terms))
    found: dict[str, Field] = {}
    for name in terms:
        term = declared(interview.book)[interview.book.terms[name].source]
        whole = [term_field(interview.book, term, usual=_usual(interview, name))] if term.ask.by_language else []
        for field in part_fields(interview, term) or whole:
            if field.term not in terms:
                found.setdefault(field.term, field)
            elif field.term == term.name:
                found[field.term] = field
    return tuple(found.values())


def term_field(book: RuleBook, term: TermDecl, *, usual: str = "", part_of: str = "") -> Field:
    """Return the field of one term."""
    kind = kinds(book)[term.name]
    options = kind.options if isinstance(kind, Choice | Options) else ()
    return Field(term.name, options=options, usual=usual, part_of=part_of, is_pick=isinstance(kind, Options), is_required=term.is_required)


def _usual(interview: Interview, name: str) -> str:
    """Return what is filled in for a choice that the present answers already make usual."""
    node = next((node for node in interview.left.book.nodes if isinstance(node, Given) and node.term == name), None)
    value = getattr(node.assume, "value", "") if node is not None else ""
    return value if isinstance(value, str) else ""


def part_fields(interview: Interview, term: TermDecl) -> list[Field]:
    """Return the fields of the parts by which a term is known, or nothing where it is asked whole."""
    book = interview.book
    ways = [way for way in book.or_from.get(term.name, ()) if _may_apply(interview, way)]
    if not ways:
        return []
    names = declared(book)
    elsewhere = {other for screen in interview.screens for other in screen.terms}
    parts = [name for name in ways[0].reads if name in names and names[name].ask.by_language and name not in elsewhere]
    return [term_field(book, names[name], part_of=term.name) for name in parts]


def _may_apply(interview: Interview, way: GroundOrFrom) -> bool:
    open_values = interview.left.open
    if all(name in open_values for name in way.where):
        return passes(way.condition, open_values) is not False
    values: Values = {name: value for name, value in interview.answers.items() if isinstance(value, str)}
    return all(name in values for name in way.where) and holds(way.condition, values)


def _grid_fields(interview: Interview, screen: Screen, terms: Sequence[str]) -> tuple[Field, ...]:
    """Return one pick for each asked term of a grid, over the entities that can still matter."""
    book = interview.book
    sources = list(dict.fromkeys(book.terms[name].source for name in terms))
    followers = {source for source in sources if _follows(book, source, sources)}
    return tuple(
        Field(source, options=tuple(book.terms[name].entity for name in terms if book.terms[name].source == source), is_pick=True, part_of=screen.name) for source in sources if source not in followers
    )


def _follows(book: RuleBook, source: str, sources: Sequence[str]) -> bool:
    """Return whether a term of a grid is asked with an earlier one of the same options, such as the result before."""
    order = list(declared(book))
    kind = kinds(book)[source]
    return kind != YES_NO and any(kinds(book)[other] == kind and order.index(other) < order.index(source) for other in sources if other != source)


def followed_by(book: RuleBook, source: str, sources: Iterable[str]) -> tuple[str, ...]:
    """Return the terms asked for each picked entity of a grid: the picked one where it is a choice, and what follows it."""
    if kinds(book)[source] == YES_NO:
        return ()
    return (source, *(other for other in sources if other != source and kinds(book)[other] == kinds(book)[source]))


def read_field(book: RuleBook, field: Field, typed: str) -> Read:
    """Return what a typed text means for a field."""
    text = typed.strip() or field.usual
    if not field.options:
        return Read(text, is_unknown=True) if says_unknown(text) else _amount(book, field, text)
    names = names_of(book, field)
    if says_unknown(text) and not any(folded(text) in mine for mine in names.values()):
        return Read(text, is_unknown=True)
    try:
        picked = set_of(text, names, field.options) if field.is_pick else choice_of(text, names, field.options)
    except NoChoice as fault:
        return Read(fault.part, several=_near(names, fault), is_wrong=True)
    if len(picked) > 1 or picked[0].doubt:
        return Read(text, several=tuple(dict.fromkeys(one.options[-1] for one in picked)), is_wrong=True)
    return Read(text, options=picked[0].options)


def _near(names: dict[str, tuple[str, ...]], fault: NoChoice) -> tuple[str, ...]:
    return tuple(option for option, mine in names.items() if fault.near in mine) if fault.near else ()


def options_like(book: RuleBook, field: Field, letters: str) -> tuple[str, ...]:
    """Return the options that some first letters may mean."""
    try:
        return tuple(option for one in choice_of(letters, names_of(book, field), field.options) for option in one.options)
    except NoChoice:
        return ()


def names_of(book: RuleBook, field: Field) -> dict[str, tuple[str, ...]]:
    """Return the names of the options of a field in every language; those of entities where it picks from a grid."""
    kind, term = kinds(book)[field.term], declared(book)[field.term]
    if field.is_pick and term.of:
        return named(book, Options(field.options, term.of), None)
    assert isinstance(kind, Choice | Options)
    return {option: mine for option, mine in named(book, kind, term).items() if option in field.options}


def _amount(book: RuleBook, field: Field, text: str) -> Read:
    """Return a number, an amount, a date or words: as the door reads them, else as people say them."""
    read = _at_the_door(book, field, text)
    if not read.is_wrong:
        return read
    said = heard(book, declared(book)[field.term], kinds(book)[field.term], text)
    if isinstance(said, Heard) and isinstance(said.saved, str):
        return _at_the_door(book, field, said.saved)
    # WHY: of a doubtful separator the door says itself what it may mean
    if isinstance(said, Doubt) and said.reason != "separator" and len(said.readings) > 1:
        ways = " or ".join(f"`{one.saved}`" for one in said.readings if isinstance(one.saved, str))
        return replace(read, problems=(Problem("F203", f"`{text[:40]}` may mean {ways}", help="type the one you mean"),)) if ways else read
    return read


def _at_the_door(book: RuleBook, field: Field, text: str) -> Read:
    door = open_door(book)
    term = declared(book)[field.term]
    answer(door, field.ground, term, door.kinds[field.term], Scalar(text, Span("answer", 1, 1, max(1, len(text)))))
    if door.problems.found:
        return Read(text, problems=tuple(door.problems.found), is_wrong=True)
    if isinstance(door.kinds[field.term], Text):
        return Read(text)
    return Read(text, fact=door.known.get(field.ground))


def read_record(book: RuleBook, register: str, typed: str, file: str) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return a typed line as a record of a register, its values in the order of the columns, and what is wrong with it."""
    columns = next(item for item in book.content.registers if item.name == register).columns
    pieces = [piece.strip() for piece in typed.replace("，", ",").replace("、", ",").split(",")]
    record = {column.name: piece for column, piece in zip(columns, pieces, strict=False) if piece}
    last = columns[-1].name
    if len(pieces) > len(columns):
        record[last] = ", ".join(pieces[len(columns) - 1 :])
    line = ", ".join(f"{name}: {_quoted(value)}" for name, value in record.items())
    try:
        enter(book, read_profile(f"currency: {book.currency}\n{register}:\n  - {{{line}}}\n", file))
    except Problems as fault:
        return record, tuple(problem for problem in fault.problems if problem.code != "F110")
    return record, ()


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
