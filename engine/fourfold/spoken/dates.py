"""Dates as people say them, in English and Chinese: days, months, quarters, ends of years, times from now."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from fourfold.spoken.numerals import tidied

MONTHS = {name[:3]: number for number, name in enumerate(["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1)}
_MONTH = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_YEAR = r"(\d{4}|今年|明年|后年|去年|this year|next year)"
_UNIT = {"day": "d", "天": "d", "日": "d", "week": "w", "周": "w", "星期": "w", "month": "m", "个月": "m", "月": "m", "year": "y", "年": "y", "quarter": "q", "季度": "q"}
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Said:
    """One way to mean a date: a day, or (`is_month`) a month by its first day."""

    day: date
    is_month: bool = False

    @property
    def text(self) -> str:
        """Return the date as a profile writes it."""
        return self.day.isoformat()[:7] if self.is_month else self.day.isoformat()


def dates_of(text: str, today: date) -> list[Said]:
    """Return every way to mean a text as a date, seen from a day; none where it is no date."""
    plain = re.sub(r"^(?:by|until|before|in|on|at|the|到|在|截至) (?=\D)|^(?:by|until|before|到|在|截至) ?(?=\d)", "", tidied(text)).strip(" .,")
    for read in (_numeric, _worded, _chinese, _relative):
        found = [said for said in read(plain, today) if FIRST_YEAR <= said.day.year <= LAST_YEAR]
        if found:
            return found
    return []


def _day(year: int, month: int, day: int) -> list[Said]:
    return [Said(date(year, month, day))] if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else []


def _month(year: int, month: int) -> list[Said]:
    return [Said(date(year, month, 1), is_month=True)] if 1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR else []


def _numeric(text: str, today: date) -> list[Said]:
    """Read 2027-02-15, 2027/2/15, 15.2.2027, 2027-02, 02/2027, 2027q2; days before months and months before days are both kept."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    if found:
        return _day(*map(int, found.groups()))
    found = re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)", text)
    if found:
        first, second, year = int(found.group(1)), int(found.group(3)), int(found.group(4))
        year += 2000 if year < 100 else 0
        both = [*_day(year, second, first), *_day(year, first, second)]
        return both[:1] if found.group(2) == "." or first == second else both
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text)
    if found:
        return _month(int(found.group(1)), int(found.group(2)))
    found = re.fullmatch(r"(\d{1,2})[-/.](\d{4})", text)
    if found:
        return _month(int(found.group(2)), int(found.group(1)))
    found = re.fullmatch(r"(\d{4}) ?-?q([1-4])", text) or re.fullmatch(r"(\d{4})年?第?([1-4])季度", text)
    if found:
        return _month(int(found.group(1)), 3 * int(found.group(2)))
    found = re.fullmatch(rf"{_YEAR}年?", text)
    if found:
        return [*_month(_year(found.group(1), today), 12), *_month(_year(found.group(1), today), 1)]
    found = re.fullmatch(r"q([1-4])(?: (\d{4}))?", text)
    if found:
        return _next(3 * int(found.group(1)), found.group(2), today)
    return []


def _next(month: int, year: str | None, today: date) -> list[Said]:
    """Return a month of a year, or the next one of its name."""
    if year:
        return _month(_year(year, today), month)
    return _month(today.year + (month < today.month), month)


def _year(text: str, today: date) -> int:
    ahead = {"今年": 0, "明年": 1, "后年": 2, "去年": -1, "this year": 0, "next year": 1}
    return today.year + ahead[text] if text in ahead else int(text)


def _worded(text: str, today: date) -> list[Said]:
    """Read february 2027, 15 feb 2027, february 15th, end of march, end of the year, mid 2027."""
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text).replace(" of ", " ").replace(",", " ")
    text = re.sub(r"\s+", " ", text)
    found = re.fullmatch(rf"(?:(early|mid|late|end|beginning|start|middle) )?{_MONTH}(?: {_YEAR})?", text)
    if found:
        return _next(MONTHS[found.group(2)[:3]], found.group(3), today)
    found = re.fullmatch(rf"(\d{{1,2}}) {_MONTH}(?: (\d{{4}}))?", text)
    pair = (found.group(1), found.group(2), found.group(3)) if found else None
    other = re.fullmatch(rf"{_MONTH} (\d{{1,2}})(?: (\d{{4}}))?", text)
    pair = pair or ((other.group(2), other.group(1), other.group(3)) if other else None)
    if pair:
        month = MONTHS[pair[1][:3]]
        year = int(pair[2]) if pair[2] else today.year + ((month, int(pair[0])) < (today.month, today.day))
        return _day(year, month, int(pair[0]))
    found = re.fullmatch(rf"(mid|middle|end)(?: the)?(?: {_YEAR}| year)", text)
    if found:
        year = _year(found.group(2), today) if found.group(2) else today.year
        return _month(year, 12 if found.group(1) == "end" else 6)
    return []


def _chinese(text: str, today: date) -> list[Said]:
    """Read 2027年2月15日, 明年3月, 3月, 2027年底, 年中, 下半年."""
    found = re.fullmatch(rf"(?:{_YEAR}年?)?(\d{{1,2}})月(?:份|底|初|中旬?)?(?:(\d{{1,2}})[日号]?)?", text)
    if found:
        month = int(found.group(2))
        if found.group(3):
            year = _year(found.group(1), today) if found.group(1) else today.year + ((month, int(found.group(3))) < (today.month, today.day))
            return _day(year, month, int(found.group(3)))
        return _next(month, found.group(1), today) if 1 <= month <= 12 else []
    found = re.fullmatch(rf"(?:{_YEAR}年?)?(?:年)?(底|末|中|初)", text)
    if found:
        year = _year(found.group(1), today) if found.group(1) else today.year
        return _month(year, {"底": 12, "末": 12, "中": 6, "初": 1}[found.group(2)])
    found = re.fullmatch(rf"(?:{_YEAR}年?)?(?:第)?([1-4])季度", text)
    return _next(3 * int(found.group(2)), found.group(1), today) if found else []


def _relative(text: str, today: date) -> list[Said]:
    """Read today, tomorrow, next month, in 3 months, 3个月后, half a year."""
    days = {"today": 0, "今天": 0, "now": 0, "tomorrow": 1, "明天": 1, "后天": 2}
    if text in days:
        return [Said(date.fromordinal(today.toordinal() + days[text]))]
    months = {
        "this month": 0,
        "本月": 0,
        "这个月": 0,
        "next month": 1,
        "下个月": 1,
        "下月": 1,
        "next quarter": 3,
        "下季度": 3,
        "下个季度": 3,
        "半年后": 6,
        "半年": 6,
        "half a year": 6,
        "in half a year": 6,
    }
    if text in months:
        return [_ahead(today, months[text])]
    found = re.fullmatch(r"(?:in )?(\d{1,3}) ?(day|week|month|year|quarter|天|日|周|星期|个月|月(?=后|以后|之后|内|以内)|年|季度)s?(?: from now|后|以后|之后|内|以内)?", text)
    if not found:
        return []
    count, unit = int(found.group(1)), _UNIT[found.group(2)]
    if unit in "dw":
        return [Said(date.fromordinal(today.toordinal() + count * (7 if unit == "w" else 1)))]
    return [_ahead(today, count * {"m": 1, "q": 3, "y": 12}[unit])]


def _ahead(today: date, months: int) -> Said:
    """Return the month that lies some months ahead."""
    count = today.year * 12 + today.month - 1 + months
    return Said(date(min(9999, count // 12), count % 12 + 1, 1), is_month=True)
