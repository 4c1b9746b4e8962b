"""Numbers, money, percent and dates of an answer, in the smallest unit of their term."""

import re
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from fourfold.door.state import plain_text
from fourfold.expression.kinds import Number, rounded
from fourfold.expression.show import decimal_text
from fourfold.model import RuleBook
from fourfold.problem import Problem
from fourfold.rates import rates_in_force
from fourfold.span import Span
from fourfold.spoken.answers import Doubt, Heard
from fourfold.spoken.dates import dates_of
from fourfold.spoken.figures import Figure, NotAFigure, figures_of
from fourfold.spoken.numerals import tidied
from fourfold.written import TermDecl

COUNTERS = (
    *("people", "persons", "person", "employees", "employee", "staff", "heads", "head", "full-time", "fte", "ftes", "men", "of us"),
    *(
        "outlets",
        "outlet",
        "stores",
        "store",
        "shops",
        "shop",
        "locations",
        "products",
        "product",
        "items",
        "skus",
        "sku",
        "orders",
        "order",
        "contracts",
        "customers",
        "customer",
        "buyers",
        "clients",
    ),
    *(
        "guests",
        "members",
        "visits",
        "visitors",
        "leads",
        "cities",
        "countries",
        "places",
        "languages",
        "times",
        "days",
        "person-days",
        "months",
        "month",
        "subscribers",
        "users",
        "points",
        "out of 100",
    ),
    *(
        "人",
        "个人",
        "位",
        "名",
        "个",
        "家",
        "间",
        "店",
        "家店",
        "门店",
        "款",
        "件",
        "种",
        "单",
        "笔",
        "条",
        "次",
        "天",
        "人天",
        "个月",
        "月",
        "城市",
        "国家",
        "个点",
        "名员工",
        "员工",
        "顾客",
        "会员",
        "户",
    ),
)


@dataclass(frozen=True, slots=True)
class _Reading:
    low: int
    high: int
    heard: Heard
    doubt: str


def measured(book: RuleBook, term: TermDecl, kind: Number, text: str) -> Heard | Doubt | Problem:
    """Return a number, an amount, a percentage or a date that an answer says, the ways to mean it, or a problem."""
    span = Span("answer", 1, 1, max(1, len(text)))
    if kind.form == "date":
        return _date(book, text, span)
    try:
        figures = _figures(book, kind, text)
    except NotAFigure as fault:
        wanted = {"money": f"an amount in {book.currency}", "percent": "a percentage"}.get(kind.form, "a number")
        return Problem("F203", f"`{term.name}` is {wanted}; `{text.strip()[:40]}` is not", span, help=fault.help or _example(kind))
    wrong = _wrong(book, term, kind, figures[0], text, span)
    if wrong is not None:
        return wrong
    readings = [_reading(book, kind, figure) for figure in figures]
    inside = [reading for reading in readings if kind.low <= reading.low <= reading.high <= kind.high]
    if not inside:
        first = readings[0]
        edge = f"{plain_text(kind, kind.low)} to {plain_text(kind, kind.high)}{' %' if kind.form == 'percent' else ''}"
        seen = plain_text(kind, first.low if not kind.low <= first.low <= kind.high else first.high)
        return Problem("F205", f"`{term.name}` is {edge}; it is {seen}", span, help="correct it, or say that it is unknown")
    different = list({(reading.low, reading.high): reading for reading in reversed(inside)}.values())[::-1]
    if len(different) == 1 and different[0].doubt in ("", "separator", "percent", "currency"):
        return different[0].heard
    return Doubt(different[0].doubt, tuple(reading.heard for reading in different))


def _example(kind: Number) -> str:
    if kind.form == "percent":
        return "write 55, 55%, or a range such as 50-60"
    return "write 20k, 20,000, 2万, or a range such as 10-30k" if kind.form == "money" else "write a number such as 12, or a range such as 10-20"


def _figures(book: RuleBook, kind: Number, text: str) -> list[Figure]:
    months = _months(text) if "month" in kind.unit and " a month" not in kind.unit else None
    if months is not None:
        return [Figure(months, months)]
    found = figures_of(text, book.currency if kind.form == "money" else "", COUNTERS)
    if kind.form == "percent" and not found[0].percent:
        return [other for figure in found for other in _as_percent(figure)]
    return found


def _months(text: str) -> Fraction | None:
    """Return a time of years and months in months: `2 years`, `1年3个月`, `1.5 years`."""
    plain = tidied(text)
    found = re.fullmatch(r"(?:about |约|大约)?(\d+(?:\.\d+)?) ?(?:years?|yrs?|年)(?: ?(?:and )?(\d+) ?(?:months?|个月|月))?(半)?", plain)
    if not found:
        return None
    return Fraction(found.group(1)) * 12 + int(found.group(2) or 0) + (6 if found.group(3) else 0)


def _as_percent(figure: Figure) -> list[Figure]:
    """Return a share without its sign in both ways: 0.55 may be 55 % or 0.55 %."""
    ends = [end for end in (figure.low, figure.high) if end is not None]
    if not all(0 < end < 1 for end in ends):
        return [figure]
    hundred = [None if end is None else end * 100 for end in (figure.low, figure.high)]
    return [replace(figure, low=hundred[0], high=hundred[1], doubt="percent"), replace(figure, doubt="percent")]


def _base(kind: Number) -> str:
    """Return what a number of a term is of: a month, a year, or nothing."""
    said = f"{kind.per} {kind.unit}"
    return "year" if "year" in said else "month" if "month" in said or "four weeks" in said else ""


def _wrong(book: RuleBook, term: TermDecl, kind: Number, figure: Figure, text: str, span: Span) -> Problem | None:
    if figure.percent and kind.form != "percent":
        return Problem("F203", f"`{term.name}` is no percentage; `{text.strip()[:40]}` is one", span, help=_example(kind))
    if figure.currency and kind.form != "money":
        return Problem("F203", f"`{term.name}` is no money; `{text.strip()[:40]}` names a currency", span, help=_example(kind))
    if figure.currency and figure.currency not in rates_in_force(book):
        return Problem("F211", f"no rate for the currency `{figure.currency}`", span, help=f"give the amount in {book.currency}")
    if figure.per and not _base(kind):
        return Problem("F203", f"`{term.name}` is asked as a whole, not by the {figure.per}", span, help=_example(kind))
    return None


def _reading(book: RuleBook, kind: Number, figure: Figure) -> _Reading:
    """Return a figure in the smallest unit, with its echo and what a profile takes."""
    rates = rates_in_force(book)
    is_foreign = bool(figure.currency) and figure.currency != book.currency
    rate = rates[figure.currency] / rates[book.currency] if is_foreign else Fraction(1)
    times = Fraction(12 if figure.per and _base(kind) == "year" else 1)
    exact = [None if end is None else end * times for end in (figure.low, figure.high)]
    counts = [None if end is None else end * rate * 10**kind.shown for end in exact]
    low, high = (rounded(count.numerator, count.denominator) if count is not None else None for count in counts)
    if figure.is_outside:
        low, high = (None if low is None else low + 1), (None if high is None else high - 1)
    notes = [name for name, applies in (("converted", is_foreign), ("by_period", bool(figure.per) and figure.per != _base(kind))) if applies]
    if not is_foreign and any(count is not None and count.denominator != 1 for count in counts):
        notes.append("rounded")
    value_low, value_high = kind.low if low is None else low, kind.high if high is None else high
    original = _original(exact, figure.currency) if is_foreign and not figure.is_outside else None
    saved = original or _saved(kind, value_low, value_high)
    value = value_low if value_low == value_high else (value_low, value_high)
    return _Reading(value_low, value_high, Heard(value, saved, _echo(book, kind, low, high, exact if is_foreign else [], figure.currency), tuple(notes)), figure.doubt)


def _original(ends: list[Fraction | None], currency: str) -> str | dict[str, str] | None:
    """Return an amount in the currency in which it was said, where it can be written out."""
    if any(end is None or (end * 100).denominator != 1 for end in ends):
        return None
    low, high = (f"{currency} {_short(decimal_text(int(end * 100), 2))}" for end in ends if end is not None)
    return low if low == high else {"low": low, "high": high}


def _saved(kind: Number, low: int, high: int) -> str | dict[str, str]:
    first, last = (_short(decimal_text(value, kind.shown)) for value in (low, high))
    return first if low == high else {"low": first, "high": last}


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _echo(book: RuleBook, kind: Number, low: int | None, high: int | None, foreign: list[Fraction | None], currency: str) -> str:
    unit = f" {book.currency}" if kind.form == "money" else " %" if kind.form == "percent" else ""
    own = _between(*(None if value is None else plain_text(kind, value) for value in (low, high))) + unit
    if not foreign:
        return own
    money = Number("money", 2)
    said = _between(*(None if end is None else plain_text(money, rounded((end * 100).numerator, (end * 100).denominator)) for end in foreign))
    return f"{said} {currency} = {own}"


def _between(low: str | None, high: str | None) -> str:
    if low is None or high is None:
        return f"≤ {high}" if low is None else f"≥ {low}"
    return low if low == high else f"{low}–{high}"


def _date(book: RuleBook, text: str, span: Span) -> Heard | Doubt | Problem:
    found = dates_of(text, date.fromordinal(book.as_of))
    if not found:
        return Problem("F112", f"`{text.strip()[:40]}` is not a date", span, help="write 2027-02, february 2027, 2027年2月, next month, or a day such as 2027-02-15")
    readings = tuple(Heard(said.day.toordinal(), said.text, said.text) for said in found)
    return readings[0] if len(readings) == 1 else Doubt("date", readings)
