"""What may stand in a column: options, entities, tests of them."""

from fourfold.span import NOWHERE
from fourfold.written import NO_WORDS, Content, KindDecl

NUMBERS = ("number", "money", "percent", "date")


def kind_of(content: Content, name: str, loop: str = "") -> KindDecl | None:
    """Return the written kind of a term, an attribute, a selection or the entity of a loop; None where the name is unknown."""
    head, _, plain = name.rpartition(".")
    if plain == "as_of":
        return KindDecl("date", NOWHERE)
    if plain == "currency":
        names = dict.fromkeys((content.base, *(rate.currency for rate in content.rates)))
        return KindDecl("choice", NOWHERE, tuple((item, NO_WORDS, NOWHERE) for item in names))
    term = next((term for term in content.terms if term.name == plain), None)
    if term is not None:
        return term.kind
    if name == loop and loop:
        return KindDecl(loop, NOWHERE)
    attribute = next((item for item in content.attributes if item.name == plain and head in (item.kind_name, loop, "")), None)
    attribute = attribute or next((item for item in content.attributes if item.name == plain), None)
    return attribute.kind if attribute is not None else None


def options_of(content: Content, kind: KindDecl | None, depth: int = 0) -> tuple[str, ...]:
    """Return the options of a kind: written ones, those of another term, or the entities of a kind."""
    if kind is None or depth > 5:
        return ()
    if kind.word == "yes_no":
        return ("true", "false")
    if kind.options:
        return tuple(name for name, _, _ in kind.options)
    source = kind.options_of or (kind.word if kind.word not in (*NUMBERS, "choice", "set", "ratio", "text") else "")
    if not source:
        return ()
    entities = tuple(entity.name for entity in content.entities if entity.kind == source)
    term = next((term for term in content.terms if term.name == source), None)
    return entities or (options_of(content, term.kind, depth + 1) if term is not None else ())


def legal_values(content: Content, name: str, loop: str = "") -> tuple[str, ...]:
    """Return what a term may be, where it is one of a list."""
    return options_of(content, kind_of(content, name, loop))


def legal_tests(content: Content, name: str, loop: str = "") -> tuple[str, ...]:
    """Return tests to choose from in a column; numbers have none."""
    kind = kind_of(content, name, loop)
    options = options_of(content, kind)
    if kind is not None and kind.word == "set":
        found = tuple(f"contains {option}" for option in options)
        asked = tuple(f"contains {term.name}" for term in content.terms if term.kind.word in ("choice", kind.options_of) and not term.of and options_of(content, term.kind) == options and options)
        return asked + found
    if kind is not None and kind.word == "yes_no":
        return options
    return options + tuple(f"not({option})" for option in options) if len(options) <= 12 else options
