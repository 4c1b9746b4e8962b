"""The kinds of terms, and how a written value becomes a value of its kind."""

import re
from datetime import date

from fourfold.expression.nodes import Day, Literal
from fourfold.noun import noun

LARGEST = 10**15


@noun
class Number:
    """A number held as a whole count of `10**-scale`; `form` says how it is shown."""

    form: str = "number"
    scale: int = 0
    low: int = 0
    high: int = 0
    unit: str = ""
    per: str = ""

    @property
    def shown(self) -> int:
        """Return the decimals that people see (two fewer for a percent)."""
        return self.scale - 2 if self.form == "percent" else self.scale


@noun
class Choice:
    """One of some options; `entity` names the kind of entity, if the options are entities."""

    options: tuple[str, ...]
    entity: str = ""


@noun
class Options:
    """A set: one yes or no for each option."""

    options: tuple[str, ...]
    entity: str = ""


@noun
class Ratio:
    """Two numbers that are compared as a fraction and never divided."""


@noun
class Text:
    """Words that are shown and never tested."""


Kind = Number | Choice | Options | Ratio | Text
YES_NO = Choice(("false", "true"))
YES = {"true": "true", "yes": "true", "false": "false", "no": "false"}


class WrongKind(Exception):
    """A written value that is not of the kind: the reason and a help."""

    def __init__(self, reason: str, help: str | None = None, code: str = "F203") -> None:
        """Keep the reason and the help."""
        super().__init__(reason)
        self.reason, self.help, self.code = reason, help, code


def stored(kind: Number, literal: Literal | Day) -> int:
    """Return a written number as a count of the kind's smallest unit; too many decimals are refused."""
    if isinstance(literal, Day):
        if kind.form != "date":
            raise WrongKind("a date stands where a number belongs")
        return literal.ordinal
    if kind.form == "date":
        raise WrongKind("a number stands where a date belongs", "write a date as 2026-11-30")
    shift = kind.scale - literal.places
    if kind.form == "percent" or literal.percent:
        shift -= 2
    if shift >= 0:
        return literal.top * int(10**shift)
    whole, rest = divmod(literal.top, int(10**-shift))
    if rest:
        reason = f"more than {kind.shown} decimals" if kind.shown > 0 else "decimals, where only whole numbers stand"
        raise WrongKind(reason, "round it, or raise the scale of the term", "F207")
    return whole


def word_option(kind: Choice | Options, word: str) -> str | None:
    """Return the option that a word names, or None."""
    if kind == YES_NO:
        return YES.get(word.lower())
    return word if word in kind.options else None


_PLAIN = re.compile(r"([+-]?)(\d[\d_]*)(?:\.(\d+))?\s*(%?)", re.ASCII)


def plain_number(text: str) -> Literal | None:
    """Return a number written as in rules (digits, `_`, one point, `%`), or None."""
    found = _PLAIN.fullmatch(text.strip())
    if not found or len(found.group(2)) > 24 or len(found.group(3) or "") > 24:
        return None
    sign, whole, decimals, percent = found.groups()
    top = int(whole.replace("_", "") + (decimals or ""))
    return Literal(-top if sign == "-" else top, len(decimals or ""), bool(percent))


def plain_day(text: str) -> Day | None:
    """Return a written date as days, or None where the text is not a date."""
    try:
        return Day(date.fromisoformat(text.strip()).toordinal()) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()) else None
    except ValueError:
        raise WrongKind(f"there is no day {text.strip()}") from None


def rounded(top: int, bottom: int) -> int:
    """Return top / bottom rounded to the nearest whole number, halves up."""
    return (2 * top + bottom) // (2 * bottom)
