"""Numbers, dates and plurals as a language writes them: Babel, imported when the first of them is shown."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Forms:
    """The locale of a language and the patterns of its dates (Unicode date patterns)."""

    locale: str
    day: str
    day_with_weekday: str
    short_day: str
    month: str
    short_month: str


FORMS = {
    "en": Forms("en_GB", "d MMMM y", "EEEE d MMMM y", "EEE d MMM", "MMMM y", "MMM"),
    "zh": Forms("zh_CN", "y年M月d日", "y年M月d日（EEE）", "M月d日（EEE）", "y年M月", "M月"),
}


@lru_cache(maxsize=4096)
def decimal(value: float, decimals: int, language: str) -> str:
    """Return a number with so many decimals and the separators of the language, halves rounded to even."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=_locale(language)))


@lru_cache(maxsize=1024)
def percent(share: float, decimals: int, language: str) -> str:
    """Return a share of 1 as per cent, with no more than so many decimals."""
    from babel.numbers import format_percent

    return str(format_percent(share, format="#,##0" + ("." + "#" * decimals if decimals else "") + "%", locale=_locale(language)))


@lru_cache(maxsize=1024)
def day(value: date, form: str, language: str) -> str:
    """Return a date in a form of `Forms`, such as `short_day`."""
    from babel.dates import format_date

    return str(format_date(value, format=getattr(FORMS[language], form), locale=_locale(language)))


def plural(count: float, forms: dict[str, str], language: str) -> str:
    """Return the form of a word that goes with a count: `forms` by plural category, of which `other` is always there."""
    return forms.get(str(_locale(language).plural_form(count)), forms["other"])


def currency_name(code: str, language: str) -> str:
    """Return the name of a currency, or its code where the language has none."""
    from babel.numbers import get_currency_name

    return str(get_currency_name(code, locale=_locale(language)))


@lru_cache(maxsize=4)
def _locale(language: str) -> Any:
    from babel.core import Locale

    return Locale.parse(FORMS[language].locale)
