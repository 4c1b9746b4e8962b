"""The door: what a company wrote becomes facts.

Groups are headings, registers are lowered to terms, amounts and dates are read as people write them,
money is converted, and `or from` is computed. Rules never see records.
"""

from fourfold.decide import Values, holds
from fourfold.door.answers import answer
from fourfold.door.parts import compute_parts
from fourfold.door.profile import Profile, read_profile
from fourfold.door.registers import column_kind, lower_registers, register_records
from fourfold.door.state import Door, find_entity, is_asked, open_door
from fourfold.model import Fact, Facts, RuleBook, ground_name
from fourfold.problem import Label, Problem, Problems
from fourfold.rates import rate_of
from fourfold.reading.document import Mapping, Node, Scalar
from fourfold.reading.shape import is_mapping
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.written import TermDecl

__all__ = ["Profile", "column_kind", "contradictions", "enter", "find_entity", "rate_of", "read_profile"]


def enter(book: RuleBook, profile: Profile, changes: tuple[tuple[str, str], ...] = (), results: tuple[dict[str, object], ...] = ()) -> Facts:
    """Return the facts of a profile; `changes` are further answers (term, text) that replace it, `results` further records of results.

    Every problem of the profile is raised at once.
    """
    door = open_door(book)
    replaced = {name.partition("[")[0] for name, _ in changes}
    _mapping(door, profile.document, replaced)
    for name, text in changes:
        _change(door, name, text)
    door.problems.stop_if_any()
    door.known["as_of"] = Fact(book.as_of, "given" if profile.as_of else "door", note="" if profile.as_of else "today")
    door.known["currency"] = Fact(book.currency, "given" if profile.currency else "door", note="" if profile.currency else "the base of the book")
    if results:
        door.records["results"] = (*door.records.get("results", ()), *results)
    if not (door.known.keys() - {"as_of", "currency"}) and not door.records:
        raise Problems([_empty(door, profile.file)])
    lower_registers(door)
    compute_parts(door)
    door.problems.stop_if_any()
    return Facts(door.known, door.texts, door.records, door.texts.get("company", ""))


def _empty(door: Door, file: str) -> Problem:
    required = [name for name, term in door.terms.items() if term.is_required]
    asked = [name for name, term in door.terms.items() if term.ask.by_language and not term.is_optional and name not in required]
    return Problem("F110", "no facts given, so every strategy is still possible", Span(file, 1, 1), help=f"required: {listed(required)}; these help most: {listed(asked, 6)}")


def _mapping(door: Door, mapping: Mapping, replaced: set[str]) -> None:
    for key, value in mapping.entries:
        name = key.text
        if name in ("as_of", "currency") or name in replaced:
            continue
        if name in door.terms:
            _term(door, door.terms[name], key, value)
        elif name in door.registers:
            register_records(door, door.registers[name], key, value)
        elif isinstance(value, Mapping):
            _mapping(door, value, replaced)
        else:
            _unknown(door, key)


def _unknown(door: Door, key: Scalar) -> None:
    asked = [name for name, term in door.terms.items() if term.ask.by_language or term.is_optional or term.assume]
    near = did_you_mean(key.text, [*asked, *door.registers])
    door.problems.add("F201", f"unknown term `{key.text}`", key.span, label="not in the vocabulary", help=near)


def _change(door: Door, name: str, text: str) -> None:
    span = Span("--set", 1, 1, len(name) + len(text) + 1)
    plain, _, entity = name.rstrip("]").partition("[")
    term = door.terms.get(plain)
    if plain in {"currency", "as_of"}:
        door.problems.add("F201", f"`{plain}` is not set here", span, help="use --as-of, or write it into the profile")
    elif term is None:
        door.problems.add("F201", f"unknown term `{plain}`", span, help=did_you_mean(plain, door.terms))
    elif term.of and entity:
        _of(door, term, Mapping(((Scalar(entity, span), Scalar(text, span)),), span))
    else:
        _term(door, term, Scalar(plain, span), Scalar(text, span))


def _term(door: Door, term: TermDecl, key: Scalar, value: Node) -> None:
    if not is_asked(term):
        door.problems.add("F217", f"`{term.name}` is concluded by the rules and cannot be given", key.span, help="remove it; `fourfold why` shows where it comes from")
        return
    if term.of:
        mapping = is_mapping(value, f"`{term.name}` (one value per {term.of})", door.problems)
        if mapping is not None:
            _of(door, term, mapping)
        return
    if term.name in door.places:
        door.problems.add("F105", f"`{term.name}` is given twice", key.span, help=f"the first is at {door.places[term.name]}")
        return
    door.places[term.name] = value.span
    answer(door, term.name, term, door.kinds[term.name], value)


def _of(door: Door, term: TermDecl, mapping: Mapping) -> None:
    entities = door.book.entities[term.of]
    for key, value in mapping.entries:
        entity = find_entity(door.book, term.of, key.text)
        if entity is None:
            help_text = did_you_mean(key.text, entities) or listed(entities)
            door.problems.add("F204", f"`{key.text}` is not a {term.of}", key.span, help=help_text)
            continue
        name = ground_name(term.name, entity)
        door.places[name] = value.span
        answer(door, name, term, door.kinds[term.name], value)


def contradictions(book: RuleBook, facts: Facts, values: Values) -> list[Problem]:
    """Return a problem for each declared impossible combination that the values make true."""
    found = []
    for never in book.constraints:
        if not holds(never.condition, values):
            continue
        reads = sorted({name for cell in never.cells for name in cell.reads})
        places = [(facts.known[name].span, name) for name in reads if name in facts.known and facts.known[name].span.line]
        seen = ", ".join(f"`{name}` is {values[name]}" for name in reads)
        labels = tuple(Label(span, f"`{name}`") for span, name in places[1:])
        found.append(
            Problem(
                "F301",
                "these answers cannot all be true" + ("" if places else f": {seen}"),
                places[0][0] if places else Span("", 0, 0),
                label=f"`{places[0][1]}`" if places else "",
                labels=labels,
                help=f"{never.because.text('en')} ({never.span.file}:{never.span.line})",
            )
        )
    return found
