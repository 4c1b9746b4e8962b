"""A profile as it was written, before any book is linked."""

from fourfold.expression.kinds import WrongKind, plain_day
from fourfold.noun import noun
from fourfold.problem import Collector, Problem, Problems
from fourfold.reading.document import Mapping, Scalar, parse
from fourfold.reading.shape import is_mapping
from fourfold.span import Span


@noun
class Profile:
    """A profile as it was written: its file, its document, and what decides which book applies."""

    file: str
    document: Mapping
    as_of: int | None
    currency: str


def read_profile(text: str, file: str) -> Profile:
    """Return a profile's document with its date and currency, before any book is linked."""
    node = parse(text, file)
    problems = Collector()
    mapping = Mapping((), Span(file, 1, 1)) if node is None else is_mapping(node, "a profile", problems)
    problems.stop_if_any()
    assert mapping is not None
    return read_profile_node(mapping, file)


def read_profile_node(mapping: Mapping, file: str) -> Profile:
    """Return a profile from keys with values that are part of another document."""
    day, currency = _find(mapping, "as_of"), _find(mapping, "currency")
    as_of = None
    if day is not None:
        try:
            found = plain_day(day.text)
        except WrongKind as fault:
            raise Problems([Problem("F112", fault.reason, day.span)]) from None
        if found is None:
            raise Problems([Problem("F112", f"`{day.text}` is not a date", day.span, help="write a date as 2026-11-30")])
        as_of = found.ordinal
    return Profile(file, mapping, as_of, currency.text.upper() if currency is not None else "")


def _find(mapping: Mapping, name: str) -> Scalar | None:
    for key, value in mapping.entries:
        if key.text == name and isinstance(value, Scalar):
            return value
        if isinstance(value, Mapping):
            found = _find(value, name)
            if found is not None:
                return found
    return None
