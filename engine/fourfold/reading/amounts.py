"""Numbers as people write them: 20k, 2万, 1.5 million, ¥30,000, 10-30k, about 5000."""

import re
from fractions import Fraction

from fourfold.noun import noun

UNITS = {
    "k": 1000,
    "thousand": 1000,
    "千": 1000,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "百万": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
    "w": 10**4,
    "万": 10**4,
    "萬": 10**4,
    "千万": 10**7,
    "亿": 10**8,
    "億": 10**8,
}
SYMBOLS = {"¥": "CNY", "￥": "CNY", "$": "USD", "€": "EUR", "£": "GBP", "元": "CNY", "rmb": "CNY", "人民币": "CNY", "us$": "USD", "hk$": "HKD", "美元": "USD"}
ABOUT = ("about", "around", "roughly", "approx", "approximately", "ca", "~", "约", "大约", "大概", "左右")
UNKNOWN = ("unknown", "don't know", "dont know", "?", "skip", "n/a", "na", "null", "~", "none given", "不知道", "未知", "不清楚", "跳过", "")
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_ONE = re.compile(rf"([+-]?)\s*((?:\d[\d_]*)(?:,\d{{3}})*)(?:\.(\d+))?\s*({_UNIT})?(?![a-z])", re.IGNORECASE | re.ASCII)
_JOIN = re.compile(r"\s*(?:-|–|—|~|to|bis|到|至)\s*", re.IGNORECASE)


class NotAnAmount(Exception):
    """A text that is no amount, or a doubtful one; with a help."""

    def __init__(self, reason: str, help: str | None = None) -> None:
        """Keep the reason and the help."""
        super().__init__(reason)
        self.reason, self.help = reason, help


@noun
class Amount:
    """A number or a range that somebody wrote, exact, with the currency if one was named."""

    low: Fraction
    high: Fraction
    currency: str = ""
    percent: bool = False

    @property
    def is_range(self) -> bool:
        """Return whether it is more than one value."""
        return self.low != self.high


def is_unknown(text: str) -> bool:
    """Return whether a text says that the answer is not known."""
    return text.strip().lower() in UNKNOWN


def read_amount(text: str, currencies: tuple[str, ...] = ()) -> Amount:
    """Return the number or range that a text names.

    `about` widens by a tenth to both sides. A text such as `20.000` may mean two things and is refused.
    """
    rest, currency = _without_currency(text.strip(), currencies)
    rest, about = _without_about(rest)
    percent = rest.endswith(("%", "％"))
    rest = rest.rstrip("%％ ")
    if len(rest) > 60:
        raise NotAnAmount("longer than an amount")
    parts = _parts(rest)
    numbers = [_number(part, parts[-1] if len(parts) == 2 else "") for part in parts]
    low, high = (numbers[0], numbers[-1])
    if low > high:
        raise NotAnAmount(f"the ends of `{text.strip()}` are swapped", "write the smaller number first")
    if about and low == high:
        low, high = low * Fraction(9, 10), high * Fraction(11, 10)
    return Amount(low, high, currency, percent)


def _without_currency(text: str, currencies: tuple[str, ...]) -> tuple[str, str]:
    found = ""
    for word in (*currencies, *sorted(SYMBOLS, key=len, reverse=True)):
        pattern = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() and word.isalpha() else re.escape(word)
        text, times = re.subn(pattern, " ", text, flags=re.IGNORECASE)
        if times:
            name = SYMBOLS.get(word.lower(), word)
            if found and name != found:
                raise NotAnAmount("two currencies in one amount")
            found = name
    return text.strip(), found


def _without_about(text: str) -> tuple[str, bool]:
    lowered = text.lower()
    for word in ABOUT:
        if lowered.startswith(word):
            return text[len(word) :].lstrip(" ."), True
        if lowered.endswith(word) and not word.isascii():
            return text[: -len(word)].strip(), True
    return text, False


def _parts(text: str) -> list[str]:
    if _ONE.fullmatch(text):
        return [text]
    pieces = _JOIN.split(text)
    if len(pieces) == 2 and all(pieces):
        return pieces
    return [text]


def _number(text: str, last: str) -> Fraction:
    found = _ONE.fullmatch(text.strip())
    if not found:
        raise NotAnAmount(f"`{text.strip()[:30]}` is not an amount", "write 20k, 20,000, 2万, or a range such as 10-30k")
    sign, whole, decimals, unit = found.groups()
    if decimals and len(decimals) == 3 and not unit and "," not in whole and len(whole) <= 3 and whole != "0":
        raise NotAnAmount(f"`{text.strip()}` may mean {whole},{decimals} or {whole}.{decimals.rstrip('0') or '0'}", "write it with a comma for thousands, or with fewer decimals")
    digits = re.sub(r"[_,]", "", whole)
    if len(digits) > 20:
        raise NotAnAmount("more than 20 digits")
    value = Fraction(int(digits + (decimals or "")), 10 ** len(decimals or ""))
    if not unit and last and last != text:
        shared = _ONE.fullmatch(last.strip())
        unit = shared.group(4) if shared else None
    value *= UNITS[unit.lower()] if unit else 1
    return -value if sign == "-" else value
