"""Numbers and dates as exports write them: in the manner of their file, never guessed from one cell."""

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from fourfold.noun import noun

NOTHING = frozenset(("", "-", "--", "—", "–", "n/a", "na", "null", "none", "nan", "无", "暂无", "/"))
_SIGNS = re.compile(r"[^\d.,'\-+%]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OTHER_MONTHS = {"mai": 5, "mär": 3, "mrz": 3, "okt": 10, "dez": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12, "fév": 2, "fev": 2, "avr": 4, "aoû": 8, "déc": 12, "juin": 6, "juil": 7, "janv": 1}
_NUMERIC = re.compile(r"(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})(?:[ T].*)?")
_WORDS = re.compile(r"(?:[a-zäéû]+,?\s+)?(?:(\d{1,2})\.?\s+([a-zäéû]{3,})\.?,?\s+(\d{4})|([a-zäéû]{3,})\.?\s+(\d{1,2}),?\s+(\d{4}))", re.IGNORECASE)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?")
_CURRENCY = {"¥": "CNY", "￥": "CNY", "元": "CNY", "$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "rmb": "CNY", "人民币": "CNY"}


@noun
class Manner:
    """How a file writes: whether a comma is its decimal mark, and whether the day stands before the month (None: not to be told)."""

    comma_is_decimal: bool = False
    day_first: bool | None = None


def manner_of(numbers: Iterable[str], dates: Iterable[str], *, by_semicolon: bool, day_first: bool | None = None) -> Manner:
    """Return how a file writes numbers and dates, by all of its cells together."""
    comma = point = 0
    for text in numbers:
        plain = _SIGNS.sub("", text)
        if re.search(r"\.\d{3},\d|,\d{1,2}%?$|^-?\d+,\d{4,}$", plain):
            comma += 1
        if re.search(r",\d{3}\.\d|\.\d{1,2}%?$|^-?\d+\.\d{4,}$", plain):
            point += 1
    first = day_first
    for text in dates:
        found = _NUMERIC.fullmatch(text.strip())
        if first is None and found and len(found[1]) <= 2:
            a, b = int(found[1]), int(found[2])
            first = True if a > 12 >= b or ("." in text) else False if b > 12 >= a else None
    return Manner(comma > point or (by_semicolon and comma == point), first)


def currency_in(text: str, currencies: Iterable[str]) -> str:
    """Return the currency that a header or cell names, or nothing."""
    lowered = text.lower()
    for word in sorted(_CURRENCY, key=len, reverse=True):
        if word in lowered:
            return _CURRENCY[word]
    named = re.findall(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", text)
    known = set(currencies)
    return next((word for word in named if word in known), "")


def is_nothing(text: str) -> bool:
    """Return whether a cell says that there is nothing."""
    return text.strip().lower() in NOTHING


def number_of(text: str, manner: Manner) -> Fraction | None:
    """Return the number of a cell, or None where it is none."""
    shown = text.strip().replace("\u2212", "-").replace("(", "-") if text.strip().startswith("(") else text.strip().replace("\u2212", "-")
    factor = 1
    for unit, times in (("万", 10_000), ("亿", 100_000_000)):
        if unit in shown:
            factor = times
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", shown)
    for word in sorted(_CURRENCY, key=len, reverse=True):
        plain = re.sub(re.escape(word), "", plain, flags=re.IGNORECASE)
    plain = re.sub(r"^[A-Z]{3}|[A-Z]{3}$|[万亿)]", "", plain)
    decimal, group = (",", ".") if manner.comma_is_decimal else (".", ",")
    plain = plain.replace(group, "") if _is_grouped(plain, group, decimal) else plain
    plain = plain.replace(decimal, ".")
    return Fraction(plain) * factor if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", plain) else None


def _is_grouped(text: str, group: str, decimal: str) -> bool:
    """Return whether every mark of thousands has three digits behind it, and none stands behind the decimal mark."""
    whole = text.lstrip("+-").partition(decimal)[0]
    parts = whole.split(group)
    return len(parts) == 1 or (all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3)


def day_of(text: str, manner: Manner) -> date | None:
    """Return the day of a cell; None where it is none, or where day and month cannot be told apart."""
    shown = text.strip()
    if re.fullmatch(r"(19|20)\d{6}", shown):
        return _day(int(shown[:4]), int(shown[4:6]), int(shown[6:]))
    found = _NUMERIC.fullmatch(shown) or _CHINESE.match(shown)
    if found:
        a, b, c = int(found[1]), int(found[2]), int(found[3])
        if len(found[1]) == 4:
            return _day(a, b, c)
        if manner.day_first is None:
            return _day(c, a, b) if a == b else None
        return _day(c, b, a) if manner.day_first else _day(c, a, b)
    words = _WORDS.fullmatch(shown)
    if words:
        day, month, year = (words[1], words[2], words[3]) if words[1] else (words[5], words[4], words[6])
        return _day(int(year), _month(month), int(day))
    return None


def is_two_ways(text: str, manner: Manner) -> bool:
    """Return whether day and month of a date could be exchanged."""
    found = _NUMERIC.fullmatch(text.strip())
    return bool(found) and len(found[1]) <= 2 and manner.day_first is None and found[1] != found[2]  # type: ignore[index]


def _month(word: str) -> int:
    lowered = word.lower()
    if lowered[:3] in _MONTHS:
        return _MONTHS.index(lowered[:3]) + 1
    return next((number for start, number in _OTHER_MONTHS.items() if lowered.startswith(start)), 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
