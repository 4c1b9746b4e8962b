"""An amount as somebody says it: its ends, its currency, what it is of; with every way to mean it."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from fourfold.reading.amounts import UNITS
from fourfold.spoken.numerals import NotANumber, tidied, values_of

CURRENCY_WORDS = {
    "CNY": ("人民币", "rmb", "cny", "yuan", "元", "块钱", "块", "cn¥", "¥"),
    "USD": ("us dollars", "us dollar", "dollars", "dollar", "bucks", "usd", "us$", "美元", "美金", "$"),
    "EUR": ("euros", "euro", "eur", "欧元", "€"),
    "GBP": ("pounds", "pound", "quid", "gbp", "英镑", "£"),
    "HKD": ("hk dollars", "hkd", "hk$", "港币", "港元"),
    "SGD": ("sgd", "s$", "新币", "新加坡元"),
    "AUD": ("aud", "a$", "澳元"),
    "CAD": ("cad", "c$", "加元"),
    "JPY": ("yen", "jpy", "日元", "日圆"),
    "KRW": ("krw", "won", "韩元"),
    "INR": ("rupees", "inr", "卢比", "₹"),
}
SHARED_SIGNS = {"$": ("USD", "CAD", "AUD", "SGD", "HKD"), "dollars": ("USD", "CAD", "AUD", "SGD", "HKD"), "dollar": ("USD", "CAD", "AUD", "SGD", "HKD"), "¥": ("CNY", "JPY")}
PER = (
    ("month", Fraction(1), r"(?:per|a|each|every|/) ?(?:calendar )?(?:month|mo)\b|monthly|每个?月|/月|每月|一个月|1个月|月均|/ ?m\b"),
    ("year", Fraction(1, 12), r"(?:per|a|each|every|/) ?(?:year|yr|annum)\b|yearly|annually|annual|每年|/年|一年|1年|年均|全年"),
    ("week", Fraction(52, 12), r"(?:per|a|each|every|/) ?(?:week|wk)\b|weekly|每周|/周|一周|1周|每星期"),
    ("day", Fraction(365, 12), r"(?:per|a|each|every|/) ?day\b|daily|每天|/天|一天|1天|每日"),
)
ABOUT = re.compile(r"^(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|some|~|≈|大约|大概|约莫|差不多|约)\s*|\s*(?:or so|ish|左右|上下|来|多)$")
AT_LEAST = re.compile(r"^(?:at least|minimum(?: of)?|min\.?|no less than|not less than|>=|≥|至少|最少|起码|不少于|不低于)\s*|\s*(?:\+|or more|and more|and up|or above|以上|起)$")
ABOVE = re.compile(r"^(?:more than|over|above|>|超过|大于|高于|多于)\s*")
AT_MOST = re.compile(r"^(?:at most|maximum(?: of)?|max\.?|up to|no more than|not more than|within|<=|≤|最多|至多|不超过|不多于|不高于)\s*|\s*(?:or less|or fewer|at most|以内|以下|之内)$")
BELOW = re.compile(r"^(?:less than|fewer than|under|below|<|不到|少于|小于|低于|不足)\s*")
_UNIT = "|".join(sorted((*map(re.escape, UNITS), "grand", "mil", "mio", "百"), key=len, reverse=True))
_MORE_UNITS = {"百": 100, "grand": 1000, "mil": 10**6, "mio": 10**6}
_NUMBER = rf"([+-]?) ?(\d[\d.,'_ ]*?) ?({_UNIT})?"
_ONE = re.compile(_NUMBER)
_PER_PATTERNS = tuple((name, times, re.compile(rf"(?:^|(?<=[\d\s\w/])){'(?:' + pattern + ')'}")) for name, times, pattern in PER)
_CURRENCY_PATTERNS = tuple(
    (word, name, re.compile(rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() and word.isalpha() else re.escape(word)))
    for word, name in sorted(((word, name) for name, words in CURRENCY_WORDS.items() for word in words), key=lambda pair: -len(pair[0]))
)
_TWO = re.compile(rf"(?:between |from |从|介于)?{_NUMBER} ?(?:-|~|to|until|till|bis|and|和|到|至|\.\.+|…) ?{_NUMBER}(?:之间)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """One way to mean an amount, exact: both ends, where an end is open None, and what was said with it."""

    low: Fraction | None
    high: Fraction | None
    currency: str = ""
    percent: bool = False
    per: str = ""
    doubt: str = ""
    is_outside: bool = False


class NotAFigure(Exception):
    """A text that is no amount, with a help."""

    def __init__(self, help: str = "") -> None:
        """Keep the help."""
        super().__init__(help)
        self.help = help


def figures_of(text: str, currency: str, counters: tuple[str, ...] = ()) -> list[Figure]:
    """Return every way to mean a text as an amount, the likeliest first.

    `currency` is the company's own; `counters` are words that may stand behind the number, such as people.
    """
    rest = tidied(text)
    if len(rest) > 80:
        raise NotAFigure("write the number alone")
    rest, per, times = _without_period(rest)
    rest, currencies = _without_currency(rest, currency)
    rest, percent, tenths = _without_percent(rest)
    found = _bounded(_without_counter(rest, counters))
    if times != 1:
        found = [_times(figure, times) for figure in found]
    if tenths:
        found = [_times(figure, Fraction(10)) for figure in found]
    doubt = "currency" if len(currencies) > 1 else ""
    return [replace(figure, currency=name, percent=percent, per=per, doubt=figure.doubt or doubt) for name in currencies for figure in found]


def _times(figure: Figure, factor: Fraction) -> Figure:
    return replace(figure, low=None if figure.low is None else figure.low * factor, high=None if figure.high is None else figure.high * factor)


def _without_period(text: str) -> tuple[str, str, Fraction]:
    for name, times, pattern in _PER_PATTERNS:
        rest, seen = pattern.subn(" ", text)
        if seen:
            return rest.strip(" ,/"), name, times
    return text, "", Fraction(1)


def _without_currency(text: str, own: str) -> tuple[str, tuple[str, ...]]:
    for word, name, pattern in _CURRENCY_PATTERNS:
        rest, seen = pattern.subn(" ", text) if word in text else (text, 0)
        if not seen:
            continue
        rest, more = _without_currency(re.sub(r"\s+", " ", rest).strip(), "")
        if more != ("",) and name not in more:
            raise NotAFigure("two currencies stand in one amount; write one")
        shared = SHARED_SIGNS.get(word, (name,))
        return rest, (name,) if not own or own not in shared or own == name else (own, name)
    return text, ("",)


def _without_percent(text: str) -> tuple[str, bool, bool]:
    rest, seen = re.subn(r"%|percent|per cent|pct\.?|百分之|个点", " ", text)
    if seen:
        return re.sub(r"\s+", " ", rest).strip(), True, False
    tenths = re.fullmatch(r"(.*\d) ?成(?:左右)?", text)
    return (tenths.group(1), True, True) if tenths else (text, False, False)


def _without_counter(text: str, counters: tuple[str, ...]) -> str:
    for word, pattern in _counter_patterns(counters):
        rest, seen = pattern.subn(" ", text) if word in text else (text, 0)
        if seen:
            return re.sub(r"\s+", " ", rest).strip()
    return text


@lru_cache(maxsize=4)
def _counter_patterns(counters: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the counting words, longest first, each as what is looked for behind a number."""
    return tuple(
        (word, re.compile(rf"(?<=[\d.\s万千百亿kwm+]) ?{re.escape(word)}\b" if word.isascii() else rf"(?<=[\d.\s万千百亿kwm多来几+]) ?{re.escape(word)}"))
        for word in sorted(counters, key=len, reverse=True)
    )


def _bounded(text: str) -> list[Figure]:
    """Return an amount with what stands before or behind it: about, at least, under."""
    for pattern, is_lower, is_outside in ((AT_LEAST, True, False), (ABOVE, True, True), (AT_MOST, False, False), (BELOW, False, True)):
        rest, seen = pattern.subn("", text, count=1)
        if seen:
            figures = [figure for figure in _plain(rest) if figure.low == figure.high]
            if not figures:
                raise NotAFigure("write either both ends, such as 10-30k, or one, such as at least 10k")
            return [replace(figure, low=figure.low if is_lower else None, high=None if is_lower else figure.high, is_outside=is_outside) for figure in figures]
    rest, seen = ABOUT.subn("", text)
    figures = _plain(rest.strip())
    if not seen:
        return figures
    return [
        replace(figure, low=figure.low * Fraction(9, 10), high=figure.high * Fraction(11, 10)) if figure.low == figure.high and figure.low is not None and figure.high is not None else figure
        for figure in figures
    ]


def _plain(text: str) -> list[Figure]:
    one = _ONE.fullmatch(text)
    if one:
        values = _values(*one.groups())
        return [Figure(value, value, doubt="separator" if len(values) > 1 else "") for value in values]
    two = _TWO.fullmatch(text)
    if not two:
        raise NotAFigure
    first, second = two.groups()[:3], two.groups()[3:]
    lows, highs = _values(first[0], first[1], first[2] or second[2]), _values(*second)
    if not first[2] and second[2] and lows[0] > highs[0]:
        return [*_pairs(lows, highs), *(replace(figure, doubt="order") for figure in _pairs(_values(*first), highs))]
    if first[2] and not second[2]:
        return [replace(figure, doubt="unit") for figure in _pairs(lows, _values(second[0], second[1], first[2]))]
    return _pairs(lows, highs)


def _values(sign: str, digits: str, unit: str | None) -> list[Fraction]:
    times = {**UNITS, **_MORE_UNITS}[unit] if unit else 1
    try:
        values = values_of(digits)
    except NotANumber:
        raise NotAFigure("write 20000, 20,000, 20k or 2万") from None
    if unit and len(values) > 1:
        values = values[1:]
    return [-value * times if sign == "-" else value * times for value in values]


def _pairs(lows: list[Fraction], highs: list[Fraction]) -> list[Figure]:
    """Return the ranges that two ends may mean; ends of the same writing go together, swapped ones are turned with a question."""
    doubt = "separator" if len(lows) == len(highs) == 2 else ""
    pairs = list(zip(lows, highs, strict=True)) if len(lows) == len(highs) else [(low, high) for low in lows for high in highs if low <= high] or [(lows[-1], highs[-1])]
    return [Figure(low, high, doubt=doubt) if low <= high else Figure(high, low, doubt="order") for low, high in pairs]
