"""One answer: a written value as a fact of its kind."""

from datetime import date
from fractions import Fraction

from fourfold.door.state import Door, find_entity, plain_text
from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Text, WrongKind, plain_day, rounded, word_option
from fourfold.model import Fact
from fourfold.rates import rate_of
from fourfold.reading.amounts import Amount, NotAnAmount, is_unknown, read_amount
from fourfold.reading.document import Mapping, Node, Scalar
from fourfold.reading.shape import shape_of, words
from fourfold.reading.values import inside
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed, nearest
from fourfold.written import TermDecl


def answer(door: Door, ground: str, term: TermDecl, kind: Kind, value: Node) -> None:
    """Read one answer into the facts, by its kind; what cannot be read is noted."""
    if isinstance(value, Scalar) and is_unknown(value.text) and not isinstance(kind, Text):
        return
    match kind:
        case Options():
            _set(door, term, kind, value)
        case Text():
            if isinstance(value, Scalar):
                door.texts[term.name] = value.text
            else:
                door.problems.add("F203", f"`{term.name}` is a text; this is {shape_of(value)}", value.span)
        case Number():
            fact = number_fact(door, term.name, kind, value, term.cautious)
            if fact is not None:
                door.known[ground] = fact
        case Choice():
            option = option_of(door, term.name, kind, value, term)
            if option is not None:
                door.known[ground] = Fact(option, span=value.span)
        case _:
            door.problems.add("F217", f"`{term.name}` cannot be given", value.span)


def _set(door: Door, term: TermDecl, kind: Options, value: Node) -> None:
    given = set()
    for item in words(value, f"`{term.name}`", door.problems):
        for part in item.text.split(",") if isinstance(value, Scalar) else [item.text]:
            option = named_option(door, kind, part.strip(), term)
            if option is None:
                door.problems.add(
                    "F204", f"`{part.strip()}` is not one of the choices of `{term.name}`", item.span, help=did_you_mean(part.strip(), kind.options) or f"one of {listed(kind.options, 20)}"
                )
            else:
                given.add(option)
    for option in kind.options:
        door.known[f"{term.name}[{option}]"] = Fact("true" if option in given else "false", span=value.span)


def named_option(door: Door, kind: Choice | Options, text: str, term: TermDecl | None) -> str | None:
    """Return the option that a text names by id or by name in any language, or None."""
    option = word_option(kind, text)
    if option is not None:
        return option
    if kind.entity:
        return find_entity(door.book, kind.entity, text)
    folded = text.strip().lower()
    for name, title, _ in term.kind.options if term else ():
        if folded.replace(" ", "_") == name or folded in (line.lower() for _, lines in title.by_language for line in lines):
            return name
    return None


def option_of(door: Door, name: str, kind: Choice, value: Node, term: TermDecl | None) -> str | None:
    """Return the option that a written value names, or note a problem."""
    if not isinstance(value, Scalar):
        door.problems.add("F203", f"`{name}` is one choice; this is {shape_of(value)}", value.span)
        return None
    option = named_option(door, kind, value.text, term)
    if option is None:
        options = ("yes", "no") if kind == YES_NO else kind.options
        near = nearest(value.text, options)
        choices = f"one of {listed(options, 20)}"
        door.problems.add("F204", f"`{value.text[:40]}` is not one of the choices of `{name}`", value.span, help=f"did you mean `{near}`? {choices}" if near else choices)
    return option


def number_fact(door: Door, name: str, kind: Number, value: Node, cautious: str) -> Fact | None:
    """Return a written number or range as a fact, or note a problem; a range is decided at its cautious end."""
    ends = _ends(door, name, kind, value)
    if ends is None:
        return None
    low, high, note, place = ends
    shown = " %" if kind.form == "percent" else f" {kind.unit}" if kind.unit else ""
    for end in (low, high):
        if not kind.low <= end <= kind.high:
            edge = f"{plain_text(kind, kind.low)} to {plain_text(kind, kind.high)}{shown}"
            door.problems.add("F205", f"`{name}` is {edge}; it is {plain_text(kind, end)}", place, help="correct it, or leave it out if it is unknown")
            return None
    chosen = low if cautious == "low" else high
    return Fact(chosen, low=low if low != high else None, high=high if low != high else None, note=note, span=place)


def _ends(door: Door, name: str, kind: Number, value: Node) -> tuple[int, int, str, Span] | None:
    if isinstance(value, Mapping):
        pair = [value.get("low"), value.get("high")]
        if len(value.entries) != 2 or not all(isinstance(item, Scalar) for item in pair):
            door.problems.add("F203", f"`{name}` is {_wanted(door, kind)}; this is {shape_of(value)}", value.span, help="a range is {low: 10, high: 20}")
            return None
        found = [_ends(door, name, kind, item) for item in pair if item is not None]
        if found[0] is None or found[1] is None:
            return None
        if found[0][0] > found[1][1]:
            door.problems.add("F214", f"the ends of `{name}` are swapped", value.span, help="low first")
            return None
        return found[0][0], found[1][1], found[0][2], value.entries[0][1].span
    if not isinstance(value, Scalar):
        door.problems.add("F203", f"`{name}` is {_wanted(door, kind)}; this is {shape_of(value)}", value.span)
        return None
    return _date_ends(door, name, value) if kind.form == "date" else _amount_ends(door, name, kind, value)


def _wanted(door: Door, kind: Number) -> str:
    if kind.form == "money":
        return f"an amount in {door.book.currency}"
    return {"percent": "a percentage", "date": "a date"}.get(kind.form, "a number")


def _date_ends(door: Door, name: str, value: Scalar) -> tuple[int, int, str, Span] | None:
    text = value.text.strip()
    try:
        day = plain_day(text if len(text) != 7 else f"{text}-01")
    except WrongKind as fault:
        door.problems.add("F112", fault.reason, value.span)
        return None
    if day is None:
        door.problems.add("F203", f"`{name}` is a date; `{text[:40]}` is text", value.span, help="write a date as 2026-11-30, a month as 2026-11")
        return None
    return day.ordinal, day.ordinal, "", value.span


def _amount_ends(door: Door, name: str, kind: Number, value: Scalar) -> tuple[int, int, str, Span] | None:
    book = door.book
    known = tuple(dict.fromkeys((book.content.base, *(rate.currency for rate in book.content.rates))))
    try:
        amount = read_amount(value.text, known if kind.form == "money" else ())
        if amount.percent and kind.form != "percent":
            raise NotAnAmount(f"`{value.text}` is a percentage")
    except NotAnAmount as fault:
        what = _wanted(door, kind)
        reason = fault.reason if "may mean" in fault.reason or "swapped" in fault.reason else f"`{value.text[:40]}` is text"
        help_text = fault.help or "write 20k, a range such as 18k-22k, or leave the line out if it is unknown"
        door.problems.add("F203", f"`{name}` is {what}; {reason}", inside(value, 0, len(value.text)), help=help_text)
        return None
    low, high, note = _converted(door, amount, kind)
    return low, high, note, inside(value, 0, len(value.text))


def _converted(door: Door, amount: Amount, kind: Number) -> tuple[int, int, str]:
    book = door.book
    rate, notes = Fraction(1), []
    scale = kind.scale - 2 if kind.form == "percent" else kind.scale
    if kind.form == "money" and amount.currency and amount.currency != book.currency:
        rate = rate_of(book, amount.currency) / rate_of(book, book.currency)
        notes.append(f"converted from {amount.currency} at {float(rate):.4g} on {date.fromordinal(book.as_of)}")
    low, high = amount.low * rate * 10**scale, amount.high * rate * 10**scale
    if rate == 1 and (low.denominator != 1 or high.denominator != 1):
        notes.append(f"rounded half up to {scale} decimals")
    return rounded(low.numerator, low.denominator), rounded(high.numerator, high.denominator), "; ".join(notes)
