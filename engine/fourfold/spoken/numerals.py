"""Numbers in the writing of people: digits with any separators, Chinese numerals, English number words."""

import re
import unicodedata
from fractions import Fraction

CHINESE_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CHINESE = "".join((*CHINESE_DIGITS, *CHINESE_UNITS))
_CHINESE_NUMBER = re.compile(rf"(?<![\d.])[{''.join(CHINESE_DIGITS)}十][{_CHINESE}]*半?")
_TWO_DIGITS = re.compile(r"(?<![零一二两三四五六七八九十百千万亿])([一二两三四五六七八九])([二三四五六七八九])(?![零一二两三四五六七八九])([十百千万亿]*)")
_PLAIN_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ENGLISH = {word: value for value, word in enumerate(_PLAIN_WORDS)} | {word: 10 * value for value, word in enumerate(_TENS, 2)}
ENGLISH_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_ENGLISH_RUN = re.compile(rf"(?<![\d.,] )(?<!\d)\b(?:a |half a |half )?(?:{'|'.join((*ENGLISH, *ENGLISH_SCALES))})\b(?:[ -](?:and )?(?:{'|'.join((*ENGLISH, *ENGLISH_SCALES))})\b)*")


class NotANumber(Exception):
    """Digits whose separators make no number."""


def tidied(text: str) -> str:
    """Return a text with plain digits, signs and small letters, and number words as digits."""
    text = unicodedata.normalize("NFKC", text).lower().strip()
    text = re.sub(r"[‐-―−]", "-", text).replace("’", "'").replace("“", '"').replace("”", '"').replace("。", ".").replace("、", ",")
    text = re.sub(r"\s+", " ", text)
    text = _TWO_DIGITS.sub(_two_digits, text)
    text = _CHINESE_NUMBER.sub(lambda found: _with_unit(found.group()), text)
    text = re.sub(r"半(?=[百千万亿])", "0.5", text)
    text = re.sub(r"(\d+(?:\.\d+)?)([十百千万亿])半", lambda found: f"{_plain(Fraction(found.group(1)) + Fraction(1, 2))}{found.group(2)}", text)
    return _ENGLISH_RUN.sub(lambda found: str(_english(found.group())), text)


def _two_digits(found: re.Match[str]) -> str:
    """Return `两三万` as `2万-3万`; digits that are not neighbours (`一五`) stay."""
    first, second, unit = found.groups()
    low, high = CHINESE_DIGITS[first], CHINESE_DIGITS[second]
    return f"{low}{unit}-{high}{unit}" if high == low + 1 or (low, high) == (3, 5) else found.group()


def _with_unit(text: str) -> str:
    """Return Chinese numerals as digits; a unit at the end is kept (`三万` is `3万`), since a range may share it."""
    inner, unit = text[:-1], text[-1]
    if inner and unit in "百千万亿" and not any(CHINESE_UNITS.get(sign, 0) >= CHINESE_UNITS[unit] for sign in inner):
        return _chinese(inner) + unit
    return _chinese(text)


def _plain(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else str(float(value))


def _chinese(text: str) -> str:
    """Return Chinese numerals as digits; a last digit counts tenths of the unit before it (`一万五` is 15,000)."""
    half, text = text.endswith("半"), text.rstrip("半")
    if all(sign in CHINESE_DIGITS for sign in text) and len(text) > 1:
        return "".join(str(CHINESE_DIGITS[sign]) for sign in text)
    total = section = digit = 0
    unit = last = 1
    for sign in text:
        if sign in CHINESE_DIGITS:
            digit, last = CHINESE_DIGITS[sign], unit
            unit = 1 if sign in "零〇" else unit
            continue
        unit = CHINESE_UNITS[sign]
        if unit >= 10**4:
            total, section, digit = (total + section + digit) * unit if unit > 10**4 or not total else total + (section + digit) * unit, 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
    trailing = last // 10 if digit and text[-1] in CHINESE_DIGITS and last >= 100 and len(text) > 1 else 1
    value = Fraction(total + section + digit * trailing)
    return _plain(value + Fraction(unit, 2)) if half else _plain(value)


def _english(text: str) -> str:
    half = text.startswith("half")
    total = section = 0
    for word in re.split(r"[ -]", text):
        if word in ENGLISH:
            section += ENGLISH[word]
        elif word == "hundred":
            section = max(1, section) * 100
        elif word in ENGLISH_SCALES:
            total, section = total + max(1, section) * ENGLISH_SCALES[word], 0
    return _plain(Fraction(total + section, 2 if half else 1))


def values_of(digits: str) -> list[Fraction]:
    """Return what a run of digits and separators may mean: one value, or two where a point may be either mark.

    `20.000` is twenty thousand or twenty; `1.234.567`, `1,234.56`, `1.234,56`, `20'000` and `2,5` are clear.
    """
    text = re.sub(r"(?<=\d)['_](?=\d)", "", digits.strip())
    if " " in text:
        if not re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d+)?", text):
            raise NotANumber(digits)
        text = text.replace(" ", "")
    if len(text) > 24 or not re.fullmatch(r"\d[\d.,]*", text) or text.endswith((".", ",")):
        raise NotANumber(digits)
    if "." in text and "," in text:
        mark = max(".,", key=text.rfind)
        whole, _, decimals = text.rpartition(mark)
        return [_joined(_grouped(whole, "." if mark == "," else ","), decimals)]
    if "," in text:
        return [_with_commas(text)]
    return _with_points(text)


def _joined(whole: str, decimals: str) -> Fraction:
    if not decimals.isdigit():
        raise NotANumber(decimals)
    return Fraction(f"{whole}.{decimals}")


def _grouped(text: str, mark: str) -> str:
    """Return digits without the marks of their groups of three (the first up to three, Indian groups of two as well)."""
    first, *groups = text.split(mark)
    indian = groups and len(groups[-1]) == 3 and all(len(group) == 2 for group in groups[:-1])
    if not (1 <= len(first) <= 3 and (indian or all(len(group) == 3 for group in groups))):
        raise NotANumber(text)
    return first + "".join(groups)


def _with_commas(text: str) -> Fraction:
    whole, _, decimals = text.partition(",")
    if text.count(",") == 1 and len(decimals) in (1, 2):
        return _joined(whole, decimals)
    return Fraction(_grouped(text, ","))


def _with_points(text: str) -> list[Fraction]:
    if text.count(".") > 1:
        return [Fraction(_grouped(text, "."))]
    whole, point, decimals = text.partition(".")
    if point and len(decimals) == 3 and len(whole) <= 3 and whole != "0":
        return [Fraction(whole + decimals), Fraction(text)]
    return [Fraction(text)]
