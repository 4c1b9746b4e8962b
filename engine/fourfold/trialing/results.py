"""Results as rows: every line of every export read once, with what is wrong or odd about it named."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from fourfold.door.state import find_entity
from fourfold.model import RuleBook
from fourfold.noun import noun
from fourfold.problem import Collector, Problem
from fourfold.rates import rates_in_force
from fourfold.span import NOWHERE, Span
from fourfold.suggest import did_you_mean, listed
from fourfold.trialing.cells import Manner, currency_in, day_of, is_nothing, is_two_ways, manner_of, number_of
from fourfold.trialing.exports import Export, words_of

COUNTS = ("visits", "conversions", "impressions", "returns", "reached", "reached_back", "left_out", "left_out_back")
AMOUNTS = ("spend", "revenue", "repeat_revenue")
NO = ("no", "false", "否", "nein", "non", "0")
ROUNDING = Fraction(2, 100)


@noun
class Row:
    """One line of results: whose, when, what it cost and brought; `values` holds only what the file gives."""

    carrier: str
    label: str
    first: date | None
    last: date | None
    values: dict[str, Fraction]
    is_traced: bool
    place: Span = NOWHERE

    def get(self, name: str) -> Fraction | None:
        """Return a value, or None where the file has none."""
        return self.values.get(name)

    @property
    def key(self) -> tuple[object, ...]:
        """Return what two lines about the same thing have in common."""
        return self.carrier, self.label, self.first, self.last


@noun
class Results:
    """Every row that counts, the warnings, and how many lines there were, counted, and left out."""

    rows: tuple[Row, ...]
    warnings: tuple[Problem, ...]
    read: int
    totals: int
    twice: int
    currency: str = ""


def read_results(book: RuleBook, exports: Iterable[Export], *, day_first: bool | None = None) -> Results:
    """Return the rows of exports in the currency of the book; whatever cannot be read or be true is raised, all at once."""
    problems = Collector()
    rows: list[Row] = []
    read = totals = 0
    currencies: dict[str, Span] = {}
    for export in exports:
        manner = _manner(export, day_first)
        total_words = {word.lower() for word in words_of(book, "total")}
        found: list[Row] = []
        lines = sorted({line for line, _ in export.grid.cells if line > export.header})
        for line in lines:
            read += 1
            if _is_total(export, line, total_words):
                totals += 1
                _compare_total(export, line, manner, found, problems)
                continue
            row = _row(book, export, line, manner, problems, currencies)
            if row is not None:
                found.append(row)
        rows += found
    rate, currency = _rate(book, currencies, problems)
    if rate != 1:
        rows = [_converted(row, rate) for row in rows]
    rows, twice = _once(rows, problems)
    problems.found[:] = _said_once(problems.found)
    problems.stop_if_any()
    return Results(tuple(rows), tuple(problems.found), read, totals, twice, currency)


def _manner(export: Export, day_first: bool | None) -> Manner:
    lines = sorted({line for line, _ in export.grid.cells if line > export.header})
    numbers = [export.text(line, name) for line in lines for name in (*COUNTS, *AMOUNTS, "hours", "cost_each") if name in export.columns]
    days = [export.text(line, name) for line in lines for name in ("day", "from", "to") if name in export.columns]
    return manner_of(numbers, days, by_semicolon=export.by_semicolon, day_first=day_first)


def _is_total(export: Export, line: int, words: set[str]) -> bool:
    """Return whether a line sums up others: its first text begins with a word for it, and it names no day."""
    texts = [text for (row, _), text in sorted(export.grid.cells.items()) if row == line]
    first = texts[0].strip().lower() if texts else ""
    return (
        first in words
        or any(first.startswith((f"{word}:", f"{word} -", f"{word} (", f"{word}：")) for word in words)
        or bool({export.text(line, name).lower() for name in ("carrier", "label", "day", "from")} & words)
    )


def _compare_total(export: Export, line: int, manner: Manner, rows: list[Row], problems: Collector) -> None:
    """Hold a totals row against the rows above it: it is left out, and said where it contradicts them."""
    for name in (*AMOUNTS, *COUNTS):
        text = export.text(line, name)
        stated = number_of(text, manner) if text and not is_nothing(text) else None
        if stated is None:
            continue
        summed = sum((row.values.get(name, Fraction(0)) for row in rows), Fraction(0))
        if abs(stated - summed) > max(Fraction(1, 2), summed * ROUNDING):
            problems.add(
                "F170",
                f"the total says {shown(stated)} of `{export.head(name)}`, its rows give {shown(summed)}",
                export.place(line, name),
                is_warning=True,
                help="the rows count; export again if rows are missing",
            )
            return


def shown(value: Fraction) -> str:
    """Return an amount as problems write it."""
    text = f"{float(value):,.2f}"
    return text.removesuffix(".00")


def _row(book: RuleBook, export: Export, line: int, manner: Manner, problems: Collector, currencies: dict[str, Span]) -> Row | None:
    before = len(problems.found)
    carrier = _carrier(book, export, line, problems)
    first, last = _days(export, line, manner, problems)
    values: dict[str, Fraction] = {}
    for name in (*AMOUNTS, *COUNTS, "hours", "cost_each"):
        text = export.text(line, name)
        if name not in export.columns or (is_nothing(text) and name not in COUNTS[:2]):
            continue
        value = Fraction(0) if is_nothing(text) else number_of(text, manner)
        if value is None:
            problems.add("F161", f"`{export.head(name)}` is a number; `{text[:40]}` is none", export.place(line, name), help="correct the cell, or clear it")
            continue
        if name in AMOUNTS or name == "spend":
            _note_currency(book, export, line, name, text, currencies)
        values[name] = value
    _impossible(export, line, values, problems)
    if any(not problem.is_warning for problem in problems.found[before:]):
        return None
    label = " · ".join(text for text in (export.text(line, "label"), *(f"{head}={text}" for head, text in export.others(line) if not is_nothing(text) and number_of(text, manner) is None)) if text)
    traced = export.text(line, "traced").lower() not in NO
    return Row(carrier, label, first, last, values, traced, export.place(line, "carrier"))


def _carrier(book: RuleBook, export: Export, line: int, problems: Collector) -> str:
    """Return the carrier of a line; what the file cannot trace has none."""
    text = export.text(line, "carrier")
    untraced = {word.lower() for word in words_of(book, "untraced")}
    if "carrier" not in export.columns:
        if export.carrier:
            return export.carrier
        problems.add("F162", "this file names no carrier", export.place(export.header), help="name it before the file: CARRIER=FILE, such as douyin_ads=export.csv")
        return ""
    if is_nothing(text) or text.lower() in untraced:
        return ""
    found = find_entity(book, "carrier", text) or _begun(book, text, export.place(line, "carrier"), problems)
    if found is None:
        problems.add(
            "F162",
            f"`{text[:60]}` is no carrier",
            export.place(line, "carrier"),
            help=did_you_mean(text, book.entities.get("carrier", ())) or f"known are {listed(book.entities.get('carrier', ()), 8)}; or name it before the file: CARRIER=FILE",
        )
        return ""
    return found


def _begun(book: RuleBook, text: str, place: Span, problems: Collector) -> str | None:
    """Return the one carrier whose name begins with a text, and say that it was read so."""
    wanted = text.strip().lower()
    found = {
        entity.name: line
        for entity in book.content.entities
        if entity.kind == "carrier" and len(wanted) > 2
        for _, lines in entity.title.by_language
        for line in lines
        if line.lower().startswith(wanted)
    }
    if len(found) != 1:
        return None
    ((name, line),) = found.items()
    problems.add("F162", f"`{text[:60]}` was read as `{line}`", place, is_warning=True, help=f"if it is another carrier, write its name, or {name}=FILE before a file of its own")
    return name


def _said_once(problems: list[Problem]) -> list[Problem]:
    """Return problems with those that say the same of many lines of a file shown once, at the first line."""
    by_text: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        by_text.setdefault((problem.code, problem.message, problem.span.file), []).append(problem)
    return [first if len(same) == 1 else replace(first, message=f"{first.message} (in {len(same)} lines)") for same in by_text.values() for first in same[:1]]


def _days(export: Export, line: int, manner: Manner, problems: Collector) -> tuple[date | None, date | None]:
    found: dict[str, date | None] = {}
    for name in ("day", "from", "to"):
        text = export.text(line, name)
        if name not in export.columns or is_nothing(text):
            continue
        found[name] = day_of(text, manner)
        if found[name] is None:
            if is_two_ways(text, manner):
                problems.add("F161", f"`{text}` may be two days", export.place(line, name), help="say which with --dates day-first or --dates month-first")
            else:
                problems.add("F161", f"`{text[:40]}` is not a day", export.place(line, name), help="write it as 2026-12-14")
    first, last = found.get("from") or found.get("day"), found.get("to") or found.get("day")
    if first and last and first > last:
        problems.add("F216", "this line ends before it begins", export.place(line, "to"), help="exchange the two days")
    return first or last, last or first


def _note_currency(book: RuleBook, export: Export, line: int, name: str, text: str, currencies: dict[str, Span]) -> None:
    known = rates_in_force(book)
    found = currency_in(export.text(line, "currency"), known) or currency_in(text, known) or currency_in(export.head(name), known)
    if found:
        currencies.setdefault(found, export.place(line, name))


def _impossible(export: Export, line: int, values: dict[str, Fraction], problems: Collector) -> None:
    for name in ("spend", *COUNTS, "hours"):
        if values.get(name, Fraction(0)) < 0:
            problems.add("F166", f"`{export.head(name)}` is below 0", export.place(line, name), help="a refund or correction belongs to the day it corrects: sum the two, or leave the correction out")
    for name in COUNTS:
        if name in values and values[name].denominator != 1 and name != "conversions":
            problems.add("F161", f"`{export.head(name)}` counts whole things; this is {shown(values[name])}", export.place(line, name), help="correct the cell")
    for part, whole in (("conversions", "visits"), ("reached_back", "reached"), ("left_out_back", "left_out"), ("returns", "conversions")):
        if part in values and whole in values and values[part] > values[whole]:
            problems.add(
                "F165",
                f"more of `{export.head(part)}` ({shown(values[part])}) than of `{export.head(whole)}` ({shown(values[whole])})",
                export.place(line, part),
                help="the columns are exchanged, or another event is counted; map them with --map",
            )
    stated, spend, count = values.get("cost_each"), values.get("spend"), values.get("conversions")
    if stated is not None and spend is not None and count:
        real = spend / count
        if abs(stated - real) > max(Fraction(1, 100), real * ROUNDING):
            problems.add(
                "F170",
                f"the file says {shown(stated)} for one event, its own numbers give {shown(spend)} / {shown(count)} = {shown(real)}",
                export.place(line, "cost_each"),
                is_warning=True,
                help="spend and count are used; the average may come from another time, or count another event",
            )


def _rate(book: RuleBook, currencies: dict[str, Span], problems: Collector) -> tuple[Fraction, str]:
    """Return what one unit of the files' currency is worth in the book's; two currencies are a problem."""
    if len(currencies) > 1:
        names = list(currencies)
        problems.add("F163", f"currencies are mixed: {listed(names)}", currencies[names[1]], help="export each account in one currency, and judge them in the company's")
        return Fraction(1), ""
    found = next(iter(currencies), book.currency)
    if found == book.currency:
        return Fraction(1), ""
    rates = rates_in_force(book)
    rate = rates[found] / rates[book.currency]
    day = date.fromordinal(book.as_of)
    problems.add("F163", f"the results are in {found}, the company counts in {book.currency}: converted at {float(rate):.4f} (the rate in force on {day})", currencies[found], is_warning=True)
    return rate, found


def _converted(row: Row, rate: Fraction) -> Row:
    values = {name: value * rate if name in (*AMOUNTS, "cost_each") else value for name, value in row.values.items()}
    return Row(row.carrier, row.label, row.first, row.last, values, row.is_traced, row.place)


def _once(rows: list[Row], problems: Collector) -> tuple[list[Row], int]:
    """Return each result once: the same line again is left out, a newer export of it replaces the older, an overlap is a problem."""
    kept: dict[tuple[object, ...], Row] = {}
    twice: list[tuple[Row, Row]] = []
    for row in rows:
        other = kept.get(row.key)
        if other is None:
            kept[row.key] = row
        elif other.values == row.values or other.place.file != row.place.file:
            twice.append((row, other))
            kept[row.key] = row
        else:
            kept[(*row.key, row.place)] = row
    if twice:
        row, other = twice[0]
        changed = sum(new.values != old.values for new, old in twice)
        more = f"; {changed} of them with newer numbers, which count" if changed else ""
        problems.add("F167", f"{len(twice)} line(s) stand twice and are counted once{more}", row.place, is_warning=True, help=f"the first also stands at {other.place}")
    found = list(kept.values())
    for row in found:
        if row.first and row.last and row.first != row.last:
            inner = next(
                (
                    item
                    for item in found
                    if item is not row and item.carrier == row.carrier and item.label == row.label and item.first and item.last and row.first <= item.last and item.first <= row.last
                ),
                None,
            )
            if inner is not None:
                problems.add("F167", f"this line covers {row.first} to {row.last}, and another one lies within these days", row.place, help=f"the other is at {inner.place}; leave one of them out")
                break
    return found, len(twice)
