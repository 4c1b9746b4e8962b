"""The door: what a company wrote becomes facts.

Groups are headings, registers are lowered to terms, amounts and dates are read as people write them,
money is converted, and `or from` is computed. Rules never see records.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import partial

from fourfold.decide import Values, holds, number, on_demand
from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Text, WrongKind, plain_day, rounded, word_option
from fourfold.expression.show import decimal_text
from fourfold.linking.knowledge import FIRST_DAY
from fourfold.model import Fact, Facts, GroundOrFrom, RuleBook, ground_name
from fourfold.problem import Collector, Label, Problem, Problems
from fourfold.reading.amounts import Amount, NotAnAmount, is_unknown, read_amount
from fourfold.reading.document import Items, Mapping, Node, Scalar, parse
from fourfold.reading.shape import is_mapping, shape_of, words
from fourfold.reading.values import inside
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed, nearest
from fourfold.trials import Cohort, latest_readings
from fourfold.written import ColumnDecl, LoweringDecl, RegisterDecl, TermDecl

MOST_RECORDS = 10_000


@dataclass(frozen=True, slots=True)
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


@dataclass(slots=True)
class _Door:
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


def enter(book: RuleBook, profile: Profile, changes: tuple[tuple[str, str], ...] = ()) -> Facts:
    """Return the facts of a profile; `changes` are further answers (term, text) that replace it.

    Every problem of the profile is raised at once.
    """
    door = _open_door(book)
    replaced = {name.partition("[")[0] for name, _ in changes}
    _mapping(door, profile.document, replaced)
    for name, text in changes:
        _change(door, name, text)
    door.problems.stop_if_any()
    door.known["as_of"] = Fact(book.as_of, "given" if profile.as_of else "door", note="" if profile.as_of else "today")
    door.known["currency"] = Fact(book.currency, "given" if profile.currency else "door", note="" if profile.currency else "the base of the book")
    if not (door.known.keys() - {"as_of", "currency"}) and not door.records:
        raise Problems([_empty(door, profile.file)])
    _lower_registers(door)
    _or_from(door)
    door.problems.stop_if_any()
    return Facts(door.known, door.texts, door.records, door.texts.get("company", ""))


def _open_door(book: RuleBook) -> _Door:
    door = _Door(book, Collector())
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


def _empty(door: _Door, file: str) -> Problem:
    required = [name for name, term in door.terms.items() if term.is_required]
    asked = [name for name, term in door.terms.items() if term.ask.by_language and not term.is_optional and name not in required]
    return Problem("F110", "no facts given, so every strategy is still possible", Span(file, 1, 1),
                   help=f"required: {listed(required)}; these help most: {listed(asked, 6)}")


# ---------------------------------------------------------------- the document


def _mapping(door: _Door, mapping: Mapping, replaced: set[str]) -> None:
    for key, value in mapping.entries:
        name = key.text
        if name in ("as_of", "currency") or name in replaced:
            continue
        if name in door.terms:
            _term(door, door.terms[name], key, value)
        elif name in door.registers:
            _register(door, door.registers[name], key, value)
        elif isinstance(value, Mapping):
            _mapping(door, value, replaced)
        else:
            _unknown(door, key, value)


def _unknown(door: _Door, key: Scalar, value: Node) -> None:
    asked = [name for name, term in door.terms.items() if term.ask.by_language or term.is_optional or term.assume]
    near = did_you_mean(key.text, [*asked, *door.registers])
    door.problems.add("F201", f"unknown term `{key.text}`", key.span, label="not in the vocabulary", help=near)


def _change(door: _Door, name: str, text: str) -> None:
    span = Span("--set", 1, 1, len(name) + len(text) + 1)
    plain, _, entity = name.rstrip("]").partition("[")
    term = door.terms.get(plain)
    if plain == "currency" or plain == "as_of":
        door.problems.add("F201", f"`{plain}` is not set here", span, help="use --as-of, or write it into the profile")
    elif term is None:
        door.problems.add("F201", f"unknown term `{plain}`", span, help=did_you_mean(plain, door.terms))
    elif term.of and entity:
        _of(door, term, Mapping(((Scalar(entity, span), Scalar(text, span)),), span))
    else:
        _term(door, term, Scalar(plain, span), Scalar(text, span))


def _term(door: _Door, term: TermDecl, key: Scalar, value: Node) -> None:
    if not _is_asked(term):
        door.problems.add("F217", f"`{term.name}` is concluded by the rules and cannot be given", key.span,
                          help="remove it; `fourfold why` shows where it comes from")
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
    _answer(door, term.name, term, door.kinds[term.name], value)


def _is_asked(term: TermDecl) -> bool:
    return bool(term.ask.by_language or term.is_required or term.is_optional or term.assume or term.or_from)


def _of(door: _Door, term: TermDecl, mapping: Mapping) -> None:
    entities = door.book.entities[term.of]
    for key, value in mapping.entries:
        entity = find_entity(door.book, term.of, key.text)
        if entity is None:
            help_text = did_you_mean(key.text, entities) or listed(entities)
            door.problems.add("F204", f"`{key.text}` is not a {term.of}", key.span, help=help_text)
            continue
        name = ground_name(term.name, entity)
        door.places[name] = value.span
        _answer(door, name, term, door.kinds[term.name], value)


def find_entity(book: RuleBook, kind: str, text: str) -> str | None:
    """Return the entity that a text names by id, name or alias, in any language."""
    if text in book.entities.get(kind, ()):
        return text
    folded = text.strip().lower()
    for entity in book.content.entities:
        if entity.kind != kind:
            continue
        names = [line for _, lines in entity.title.by_language for line in lines]
        aliases = book.knows(kind, entity.name, "aliases")
        if aliases is not None:
            names += [line for _, lines in aliases.value.by_language for line in lines]  # type: ignore[union-attr]
        if folded in (name.lower() for name in names) or folded.replace(" ", "_").replace("-", "_") == entity.name:
            return entity.name
    return None


def _answer(door: _Door, ground: str, term: TermDecl, kind: Kind, value: Node) -> None:
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
            fact = _number_fact(door, term.name, kind, value, term.cautious)
            if fact is not None:
                door.known[ground] = fact
        case Choice():
            option = _option(door, term.name, kind, value, term)
            if option is not None:
                door.known[ground] = Fact(option, span=value.span)
        case _:
            door.problems.add("F217", f"`{term.name}` cannot be given", value.span)


def _set(door: _Door, term: TermDecl, kind: Options, value: Node) -> None:
    given = set()
    for item in words(value, f"`{term.name}`", door.problems):
        for part in item.text.split(",") if isinstance(value, Scalar) else [item.text]:
            option = _named_option(door, kind, part.strip(), term)
            if option is None:
                door.problems.add("F204", f"`{part.strip()}` is not one of the choices of `{term.name}`", item.span,
                                  help=did_you_mean(part.strip(), kind.options) or f"one of {listed(kind.options, 20)}")
            else:
                given.add(option)
    for option in kind.options:
        door.known[f"{term.name}[{option}]"] = Fact("true" if option in given else "false", span=value.span)


def _named_option(door: _Door, kind: Choice | Options, text: str, term: TermDecl | None) -> str | None:
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


def _option(door: _Door, name: str, kind: Choice, value: Node, term: TermDecl | None) -> str | None:
    if not isinstance(value, Scalar):
        door.problems.add("F203", f"`{name}` is one choice; this is {shape_of(value)}", value.span)
        return None
    option = _named_option(door, kind, value.text, term)
    if option is None:
        options = ("yes", "no") if kind == YES_NO else kind.options
        near = nearest(value.text, options)
        choices = f"one of {listed(options, 20)}"
        door.problems.add("F204", f"`{value.text[:40]}` is not one of the choices of `{name}`", value.span,
                          help=f"did you mean `{near}`? {choices}" if near else choices)
    return option


# ---------------------------------------------------------------- numbers


def _number_fact(door: _Door, name: str, kind: Number, value: Node, cautious: str) -> Fact | None:
    ends = _ends(door, name, kind, value)
    if ends is None:
        return None
    low, high, note, place = ends
    shown = " %" if kind.form == "percent" else f" {kind.unit}" if kind.unit else ""
    for end in (low, high):
        if not kind.low <= end <= kind.high:
            edge = f"{_plain(kind, kind.low)} to {_plain(kind, kind.high)}{shown}"
            door.problems.add("F205", f"`{name}` is {edge}; it is {_plain(kind, end)}", place, help="correct it, or leave it out if it is unknown")
            return None
    chosen = low if cautious == "low" else high
    return Fact(chosen, low=low if low != high else None, high=high if low != high else None, note=note, span=place)


def _plain(kind: Number, value: int) -> str:
    if kind.form == "date":
        return date.fromordinal(max(FIRST_DAY, value)).isoformat()
    whole, _, decimals = decimal_text(value, kind.shown).partition(".")
    text = f"{int(whole):,}" if whole not in ("-0",) else whole
    return f"{text}.{decimals}".rstrip("0").rstrip(".") if decimals else text


def _ends(door: _Door, name: str, kind: Number, value: Node) -> tuple[int, int, str, Span] | None:
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


def _wanted(door: _Door, kind: Number) -> str:
    if kind.form == "money":
        return f"an amount in {door.book.currency}"
    return {"percent": "a percentage", "date": "a date"}.get(kind.form, "a number")


def _date_ends(door: _Door, name: str, value: Scalar) -> tuple[int, int, str, Span] | None:
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


def _amount_ends(door: _Door, name: str, kind: Number, value: Scalar) -> tuple[int, int, str, Span] | None:
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


def _converted(door: _Door, amount: Amount, kind: Number) -> tuple[int, int, str]:
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


def rate_of(book: RuleBook, currency: str) -> Fraction:
    """Return what one unit of a currency is worth in the base currency on the book's day."""
    if currency == book.content.base:
        return Fraction(1)
    for rate in book.content.rates:
        if rate.currency == currency and rate.period.covers(book.as_of):
            return Fraction(rate.text.replace("_", ""))
    raise Problems([Problem("F211", f"no rate for the currency `{currency}`")])


# ---------------------------------------------------------------- registers


def _register(door: _Door, register: RegisterDecl, key: Scalar, value: Node) -> None:
    if not isinstance(value, Items):
        door.problems.add("F106", f"`{key.text}` is a list of records; this is {shape_of(value)}", value.span, help="begin each record with `- `")
        return
    if len(value.items) > MOST_RECORDS:
        door.problems.add("F108", f"`{key.text}` has more than {MOST_RECORDS:,} records", value.span)
        return
    found = []
    for item in value.items:
        record = is_mapping(item, f"a record of `{key.text}`", door.problems)
        if record is not None:
            found.append(_record(door, register, record))
    door.records[register.name] = (*door.records.get(register.name, ()), *found)


def _record(door: _Door, register: RegisterDecl, record: Mapping) -> dict[str, object]:
    columns = {column.name: column for column in register.columns}
    found: dict[str, object] = {"_line": record.span.line}
    for key, value in record.entries:
        column = columns.get(key.text)
        if column is None:
            door.problems.add("F109", f"`{register.name}` has no column `{key.text}`", key.span, help=did_you_mean(key.text, columns) or f"known here: {listed(columns)}")
        elif not (isinstance(value, Scalar) and is_unknown(value.text)):
            found[key.text] = _column_value(door, register, column, value)
    for name, column in columns.items():
        if column.is_required and name not in found:
            door.problems.add("F111", f"a record of `{register.name}` has no `{name}`", record.span)
    if isinstance(found.get("from"), int) and isinstance(found.get("to"), int) and found["from"] > found["to"]:  # type: ignore[operator]
        door.problems.add("F216", f"a record of `{register.name}` ends before it begins", record.span)
    return found


def column_kind(door_book: RuleBook, column: ColumnDecl) -> Kind:
    """Return the kind of a register's column."""
    word, decl = column.kind.word, column.kind
    if word in door_book.entities:
        return Choice(door_book.entities[word], word)
    if word == "yes_no":
        return YES_NO
    if word in ("choice", "set"):
        entity = decl.options_of if decl.options_of in door_book.entities else ""
        options: tuple[str, ...] = door_book.entities[entity] if entity else tuple(name for name, _, _ in decl.options)
        if decl.options_of and not entity:
            options = next((t.kind.options for t in door_book.terms.values() if t.source == decl.options_of and isinstance(t.kind, Choice)), ())
        return Choice(options, entity) if word == "choice" else Options(options, entity)
    if word in ("number", "money", "percent", "date"):
        scale = decl.scale + (2 if word == "percent" else 0)
        low, high = (int(float(end.replace("_", "")) * 10**scale) if end else 0 for end in (decl.low, decl.high))
        if word == "date":
            low, high = FIRST_DAY, date(2199, 12, 31).toordinal()
        return Number(word, scale, low, high or 10**12, decl.unit)
    return Text()


def _column_value(door: _Door, register: RegisterDecl, column: ColumnDecl, value: Node) -> object:
    kind = column_kind(door.book, column)
    name = f"{register.name}.{column.name}"
    if isinstance(kind, Number):
        fact = _number_fact(door, name, kind, value, "low")
        return fact.value if fact else None
    if isinstance(kind, Options):
        members = []
        for item in words(value, f"`{name}`", door.problems):
            option = _named_option(door, kind, item.text, None)
            if option is None:
                door.problems.add("F204", f"`{item.text}` is not one of the choices of `{name}`", item.span, help=did_you_mean(item.text, kind.options) or f"one of {listed(kind.options, 20)}")
            else:
                members.append(option)
        return tuple(members)
    if isinstance(kind, Choice):
        other = door.terms.get(column.kind.options_of)
        return _option(door, name, kind, value, other or TermDecl(name, column.kind, value.span))
    return value.text if isinstance(value, Scalar) else shape_of(value)


def _lower_registers(door: _Door) -> None:
    for register in door.registers.values():
        records = door.records.get(register.name)
        if records is None:
            continue
        for lowering in register.lowerings:
            if lowering.form == "method":
                continue
            records_used = [record for record in records if _matches(record, lowering)]
            _lower(door, register, lowering, records_used)
    _lower_results(door)


def _matches(record: dict[str, object], lowering: LoweringDecl) -> bool:
    return all(str(record.get(column)) in wanted for column, wanted in lowering.where)


def _lower(door: _Door, register: RegisterDecl, lowering: LoweringDecl, records: list[dict[str, object]]) -> None:
    kind, note = door.kinds[lowering.term], f"from the register `{register.name}`"
    if isinstance(kind, Options):
        if any(name.startswith(f"{lowering.term}[") for name in door.known):
            return
        taken = {member for record in records for member in record.get(lowering.column) or ()}  # type: ignore[attr-defined]
        for option in kind.options:
            door.known[f"{lowering.term}[{option}]"] = Fact("true" if option in taken else "false", "door", note=note)
        return
    if lowering.term in door.known or not isinstance(kind, Number):
        return
    if lowering.form == "count":
        value = len(records) * 10**kind.scale
    else:
        column = next(column for column in register.columns if column.name == lowering.column)
        shift = kind.scale - column.kind.scale
        value = sum(int(record.get(lowering.column) or 0) for record in records) * 10 ** max(0, shift)  # type: ignore[call-overload]
    if not kind.low <= value <= kind.high:
        door.problems.add("F205", f"`{lowering.term}` from `{register.name}` is outside its range")
        return
    door.known[lowering.term] = Fact(value, "door", note=note)


def _lower_results(door: _Door) -> None:
    """Lower the register `results` to readings, against the success bar as far as it is known now."""
    names = {lowering.column: lowering.term for register in door.registers.values() for lowering in register.lowerings if lowering.form == "method"}
    if "latest_reading" not in names or "results" not in door.records:
        return
    _or_from(door)
    values: Values = {}
    bar = on_demand(door.book, door.known, "event_bar", values)
    if not isinstance(bar, int):
        return
    constant = partial(_constant, door.book)
    kind = door.kinds["event_bar"]
    assert isinstance(kind, Number)
    exact_bar = Fraction(bar, 10**kind.scale)
    goal = door.known.get("primary_goal")
    by_carrier: dict[str, list[Cohort]] = {}
    for record in door.records["results"]:
        if record.get("goal") in (None, goal and goal.value) and record.get("carrier"):
            by_carrier.setdefault(str(record["carrier"]), []).append(_cohort(record))
    for carrier, cohorts in by_carrier.items():
        job = door.book.knows("carrier", carrier, "job")
        if job is not None and job.value == "keep":
            continue
        latest, earlier = latest_readings(cohorts, exact_bar, int(constant("conversions_to_read")), constant("near_factor"))
        note = f"read from {len(cohorts)} result(s) against a bar of {float(exact_bar):,.2f}"
        for source, value in (("latest_reading", latest), ("earlier_reading", earlier)):
            name = ground_name(names[source], carrier)
            if name not in door.known:
                door.known[name] = Fact(value, "door", note=note)


def _constant(book: RuleBook, name: str) -> Fraction:
    value = book.values[name].value
    kind = next(term for term in book.content.terms if term.name == name).kind
    return Fraction(int(value), 10 ** (kind.scale + (2 if kind.word == "percent" else 0)))  # type: ignore[arg-type]


def _cohort(record: dict[str, object]) -> Cohort:
    spend, seen = record.get("spend"), record.get("conversions")
    return Cohort(
        Fraction(int(spend), 100) if isinstance(spend, int) else Fraction(0),
        seen if isinstance(seen, int) else None,
        int(record.get("to") or 0),  # type: ignore[call-overload]
        record.get("traced") != "false",
    )


# ---------------------------------------------------------------- or from


def _or_from(door: _Door) -> None:
    """Compute each term that may be known by its parts, as long as that gives something new."""
    found = True
    while found:
        found = False
        for term, ways in door.book.or_from.items():
            if term not in door.known:
                fact = _from_parts(door, term, ways)
                if fact is not None:
                    door.known[term] = fact
                    found = True


def _from_parts(door: _Door, term: str, ways: tuple[GroundOrFrom, ...]) -> Fact | None:
    results: dict[int, Fact] = {}
    for way in ways:
        fact = _one_way(door, term, way)
        if fact is not None:
            results.setdefault(int(fact.value), fact)
    if len(results) > 1:
        door.problems.add("F308", f"two ways to compute `{term}` from the answers disagree: {', '.join(_plain_any(door, term, value) for value in results)}")
    return next(iter(results.values()), None)


def _plain_any(door: _Door, term: str, value: int) -> str:
    kind = door.kinds[term]
    return _plain(kind, value) if isinstance(kind, Number) else str(value)


def _one_way(door: _Door, term: str, way: GroundOrFrom) -> Fact | None:
    book, kind = door.book, door.kinds[term]
    given = [name for name in way.reads if name in door.known]
    if not given or not all(name in door.known or name in way.may_assume for name in way.reads):
        return None
    values: Values = {}
    demand: Callable[[str], object] = partial(_demanded, book, door.known, values)
    if any(demand(name) is None for name in (*way.reads, *way.where)) or not holds(way.condition, values):
        return None
    try:
        value = number(way.value, values)
    except ZeroDivisionError:
        return None
    assumed = [name for name in way.reads if name not in door.known]
    note = f"{way.text}" + (f", with {listed(assumed)} assumed" if assumed else "")
    assert isinstance(kind, Number)
    return Fact(max(kind.low, min(kind.high, value)), "door", note=note)


def _demanded(book: RuleBook, known: dict[str, Fact], values: Values, name: str) -> object:
    return on_demand(book, known, name, values)


# ---------------------------------------------------------------- contradictions


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
        found.append(Problem(
            "F301", "these answers cannot all be true" + ("" if places else f": {seen}"), places[0][0] if places else Span("", 0, 0),
            label=f"`{places[0][1]}`" if places else "", labels=labels,
            help=f"{never.because.text('en')} ({never.span.file}:{never.span.line})",
        ))
    return found


def without(facts: Facts, name: str) -> Facts:
    """Return the facts without one of them."""
    return replace(facts, known={term: fact for term, fact in facts.known.items() if term != name})
