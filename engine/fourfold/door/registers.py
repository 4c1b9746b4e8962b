"""Registers: lists of records, read by their columns and lowered to terms."""

from datetime import date
from fractions import Fraction
from functools import partial

from fourfold.decide import Values, on_demand
from fourfold.door.answers import named_option, number_fact, option_of
from fourfold.door.parts import compute_parts
from fourfold.door.state import Door
from fourfold.expression.kinds import YES, YES_NO, Choice, Kind, Number, Options, Text, rounded
from fourfold.linking.knowledge import FIRST_DAY
from fourfold.model import Fact, RuleBook, ground_name
from fourfold.reading.amounts import is_unknown
from fourfold.reading.document import Items, Mapping, Node, Scalar
from fourfold.reading.shape import is_mapping, shape_of, words
from fourfold.suggest import did_you_mean, listed
from fourfold.trials import Cohort, latest_readings
from fourfold.written import ColumnDecl, LoweringDecl, RegisterDecl, TermDecl

MOST_RECORDS = 10_000


def register_records(door: Door, register: RegisterDecl, key: Scalar, value: Node) -> None:
    """Read the records of a register."""
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


def _record(door: Door, register: RegisterDecl, record: Mapping) -> dict[str, object]:
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


def _column_value(door: Door, register: RegisterDecl, column: ColumnDecl, value: Node) -> object:
    kind = column_kind(door.book, column)
    name = f"{register.name}.{column.name}"
    if isinstance(kind, Number):
        fact = number_fact(door, name, kind, value, "low")
        return fact.value if fact else None
    if isinstance(kind, Options):
        members = []
        for item in words(value, f"`{name}`", door.problems):
            option = named_option(door, kind, item.text, None)
            if option is None:
                door.problems.add("F204", f"`{item.text}` is not one of the choices of `{name}`", item.span, help=did_you_mean(item.text, kind.options) or f"one of {listed(kind.options, 20)}")
            else:
                members.append(option)
        return tuple(members)
    if isinstance(kind, Choice):
        other = door.terms.get(column.kind.options_of)
        return option_of(door, name, kind, value, other or TermDecl(name, column.kind, value.span))
    return value.text if isinstance(value, Scalar) else shape_of(value)


def lower_registers(door: Door) -> None:
    """Lower every register that the profile has to the terms that it stands for."""
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
    return all(str(record.get(column)) in {YES.get(item, item) for item in wanted} for column, wanted in lowering.where)


def _lower(door: Door, register: RegisterDecl, lowering: LoweringDecl, records: list[dict[str, object]]) -> None:
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
        total = sum(int(record.get(lowering.column) or 0) for record in records)  # type: ignore[call-overload]
        value = total * 10**shift if shift >= 0 else rounded(total, 10**-shift)
    if not kind.low <= value <= kind.high:
        door.problems.add("F205", f"`{lowering.term}` from `{register.name}` is outside its range")
        return
    door.known[lowering.term] = Fact(value, "door", note=note)


def _lower_results(door: Door) -> None:
    """Lower the register `results` to readings, against the success bar as far as it is known now."""
    names = {lowering.column: lowering.term for register in door.registers.values() for lowering in register.lowerings if lowering.form == "method"}
    if "latest_reading" not in names or "results" not in door.records:
        return
    compute_parts(door)
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
    for carrier, found in by_carrier.items():
        cohorts = found
        job = door.book.knows("carrier", carrier, "job")
        if job is not None and job.value == "keep":
            cohorts = [cohort for cohort in cohorts if cohort.read_as]
        if not cohorts:
            continue
        given = door.known.get(ground_name(names["latest_reading"], carrier))
        is_judged = any(cohort.keep_at is not None or cohort.read_as for cohort in cohorts)
        before = str(given.value) if given and is_judged else "none"
        latest, earlier = latest_readings(cohorts, exact_bar, int(constant("conversions_to_read")), constant("near_factor"), int(constant("promising_gap_days")), before)
        note = f"read from {len(cohorts)} result(s) against a bar of {float(exact_bar):,.2f}"
        for source, value in (("latest_reading", latest), ("earlier_reading", earlier)):
            name = ground_name(names[source], carrier)
            if name not in door.known or is_judged:
                door.known[name] = Fact(value, "door", note=note)


def _constant(book: RuleBook, name: str) -> Fraction:
    value = book.values[name].value
    kind = next(term for term in book.content.terms if term.name == name).kind
    return Fraction(int(value), 10 ** (kind.scale + (2 if kind.word == "percent" else 0)))  # type: ignore[arg-type]


def _cohort(record: dict[str, object]) -> Cohort:
    spend, seen = record.get("spend"), record.get("conversions")
    keep_at, cut_at = (value if isinstance(value, int) else None for value in (record.get("keep_at"), record.get("cut_at")))
    return Cohort(
        Fraction(int(spend), 100) if isinstance(spend, int) else Fraction(0),
        seen if isinstance(seen, int) else None,
        int(record.get("to") or 0),  # type: ignore[call-overload]
        record.get("traced") != "false",
        int(record.get("from") or 0),  # type: ignore[call-overload]
        keep_at,
        cut_at,
        str(record.get("read_as") or ""),
    )
