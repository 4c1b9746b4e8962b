"""The tables of a rule book as rulesets that the engine can take: plain texts and values, kept in the user's cache."""

import json

from fourfold import cache, packing
from fourfold.model import Condition, Expr, RuleBook
from fourfold.noun import noun

SHARD, MOST_RULES = 40, 800
_quoted = json.JSONEncoder(ensure_ascii=False).encode


class EngineFault(Exception):
    """The engine answered in a way that must not be, or would misread a value; our fault or the engine's, never the user's."""


@noun
class FactForm:
    """One fact of a ruleset: its type, the attributes it needs, how many rules look at it."""

    type_name: str
    attributes: tuple[str, ...]
    rules: int


@noun
class Ruleset:
    """Some rules of a stratum: their definition, the facts they look at, and (term, rule) by name."""

    definition: str
    facts: tuple[FactForm, ...]
    owner: dict[str, tuple[str, str]]


@noun
class Stratum:
    """The rules of one stratum; `computed` are, by attribute, the differences and truths that stand in facts."""

    level: int
    terms: tuple[str, ...]
    rulesets: tuple[Ruleset, ...]
    computed: dict[str, Expr | Condition]


@noun
class Rulesets:
    """A whole book; `labels` names the term behind each attribute."""

    strata: tuple[Stratum, ...]
    labels: dict[str, str]


def dumps(value: object) -> str:
    """Return JSON as the engine reads it: whole numbers below 2^53 and texts."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 2**53:
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{dumps(key)}:{dumps(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    raise EngineFault(f"{value!r} is not for the engine")


def kept(book: RuleBook) -> Rulesets | None:
    """Return the rulesets kept for a book that `open_book` gave, or None."""
    found = cache.load(_key(book))
    return None if found is None else _unpacked(found)


def keep(book: RuleBook, rulesets: Rulesets) -> None:
    """Keep the rulesets of a book that `open_book` gave."""
    cache.store(_key(book), _packed(rulesets))


def _key(book: RuleBook) -> str:
    return f"rulesets {book.hash} {book.as_of} {book.currency} {cache.program_mark()}"


def _packed(found: Rulesets) -> bytes:
    strata = []
    for stratum in found.strata:
        rulesets = tuple((item.definition, tuple((fact.type_name, fact.attributes, fact.rules) for fact in item.facts), item.owner) for item in stratum.rulesets)
        strata.append((stratum.level, stratum.terms, rulesets, stratum.computed))
    return packing.to_bytes((tuple(strata), found.labels))


def _unpacked(data: bytes) -> Rulesets | None:
    try:
        packed, labels = packing.from_bytes(data)
        strata = []
        for level, terms, rulesets, computed in packed:
            made = tuple(Ruleset(definition, tuple(FactForm(*fact) for fact in facts), owner) for definition, facts, owner in rulesets)
            strata.append(Stratum(level, terms, made, computed))
        return Rulesets(tuple(strata), labels)
    except (ValueError, TypeError):
        return None
