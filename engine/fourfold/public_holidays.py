"""Public holidays of a country, from the library `holidays`; kept in the user's cache, since importing it takes longer than a decision."""

from contextlib import suppress
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from fourfold import cache, packing
from fourfold.noun import noun

LANGUAGES = {"en": ("en_US", "en_GB", "en"), "zh": ("zh_CN", "zh")}


@noun
class Holidays:
    """The days off of a country in some years.

    `days` are (ordinal, English name, Chinese name), a name empty where the library has none in that language;
    `worked` are weekend days that are worked in exchange; `weekend` are weekdays, Monday 0.
    """

    days: tuple[tuple[int, str, str], ...]
    worked: tuple[int, ...]
    weekend: tuple[int, ...]
    version: str


def public_holidays(code: str, first: int, last: int) -> Holidays | None:
    """Return the public holidays of a country (ISO 3166-1) from year `first` to year `last`; None where they are not known.

    Source: the library `holidays` in the version that is installed, which follows the published laws and yearly
    notices; a notice that comes after its release (days worked in exchange, for instance) is not in it.
    """
    found = find_spec("holidays")
    if found is None or not found.origin:
        return None
    mark = Path(found.origin).stat()
    key = f"holidays {code} {first} {last} {found.origin} {mark.st_size} {mark.st_mtime_ns} {cache.program_mark()}"
    kept = cache.load(key)
    if kept is not None:
        with suppress(ValueError, TypeError):
            return Holidays(*packing.from_bytes(kept))
    made = _asked(code, first, last)
    if made is not None:
        cache.store(key, packing.to_bytes((made.days, made.worked, made.weekend, made.version)))
    return made


def _asked(code: str, first: int, last: int) -> Holidays | None:
    import holidays
    from holidays.version import __version__

    years = range(first, last + 1)
    known = holidays.list_supported_countries()
    if code not in known:
        return None
    speaks = holidays.country_holidays(code).supported_languages
    names: dict[str, dict[date, str]] = {}
    for language, tongues in LANGUAGES.items():
        tongue = next((item for item in tongues if item in speaks), None)
        names[language] = dict(holidays.country_holidays(code, years=years, language=tongue)) if tongue else {}
    calendar = holidays.country_holidays(code, years=years)
    days = tuple((day.toordinal(), names["en"].get(day, ""), names["zh"].get(day, "")) for day in sorted(calendar))
    worked = tuple(sorted(day.toordinal() for day in calendar.weekend_workdays if first <= day.year <= last))
    return Holidays(days, worked, tuple(sorted(calendar.weekend)), __version__)
