"""Cells that differ only in their numbers, all at once: `¥1,200`, `3.5万`, `12 people`, `10-30k`.

What stands around the number says what it is multiplied by. That is asked of the reader of single answers once for
each different surrounding, with two numbers, and taken only where its answer is clear and in proportion.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import polars as pl

from fourfold.batching.mapping import Column
from fourfold.batching.tables import Array
from fourfold.expression.kinds import Number, rounded
from fourfold.model import RuleBook
from fourfold.rates import rates_in_force
from fourfold.spoken.figures import CURRENCY_WORDS, Figure, NotAFigure, figures_of
from fourfold.spoken.measures import COUNTERS

RANGE, CONVERTED, ROUNDED, UNREAD = 1, 2, 4, 8
MOST = 3000
# WHY: digits of other scripts are read one text at a time; here they would be no numbers, and no surroundings either
_NUMBER = r"([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,13})(?:\.([0-9]{1,2}))?"
ONE = rf"^(\D*?){_NUMBER}(\D*)$"
TWO = rf"^(\D*?){_NUMBER}(\D+?){_NUMBER}(\D*)$"
_OWN_UNIT = re.compile(r"\d\s*(?:k|thousand|千|m|mn|mio|million|百万|b|bn|billion|w|万|萬|亿|億)(?![a-z])", re.IGNORECASE)
_PERIOD = re.compile(r"month|year|week|day|annual|/ ?(?:m|y|mo|yr)\b|p\.?a\.?\b|[每/]?[年月周天日]", re.IGNORECASE)
_CURRENCY = re.compile("|".join(re.escape(word) if not word.isalpha() or not word.isascii() else rf"\b{word}\b" for words in CURRENCY_WORDS.values() for word in words), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scale:
    """What numbers of a column are: its kind, and what the column and the book say of plain ones."""

    book: RuleBook
    column: Column
    kind: Number
    rate: Fraction

    @property
    def base(self) -> str:
        """Return what the numbers of the term are of: a year, a month, or nothing."""
        said = f"{self.kind.per} {self.kind.unit}"
        return "year" if "year" in said else "month" if "month" in said or "four weeks" in said else ""

    def plain(self) -> Fraction:
        """Return what plain numbers are multiplied by."""
        return self._factor(self.column, self.rate)

    def beside(self, text: str) -> Fraction:
        """Return what the column says of a number, less what the cell says itself."""
        column = replace(
            self.column, times=Fraction(1) if _OWN_UNIT.search(text) else self.column.times, per="" if _PERIOD.search(text) else self.column.per, form="" if "%" in text else self.column.form
        )
        return self._factor(column, Fraction(1) if _CURRENCY.search(text) else self.rate)

    def _factor(self, column: Column, rate: Fraction) -> Fraction:
        found = column.times * rate
        if column.per == "year" and self.base == "month":
            found /= 12
        if column.per == "month" and self.base == "year":
            found *= 12
        return found * 100 if column.form == "fraction" else found


def stored(hundredths: Array, factor: Fraction) -> tuple[Array, Array]:
    """Return numbers of hundredths times a factor, rounded half up, as whole numbers of the smallest unit; and where that rounded."""
    top, bottom = factor.numerator, factor.denominator * 100
    if float(hundredths.max()) * top * 2 < 2**62:
        return (hundredths * (2 * top) + bottom) // (2 * bottom), (hundredths * top) % bottom != 0
    exact = [int(value) * top for value in hundredths]
    return np.array([min(rounded(value, bottom), 2**62) for value in exact], np.int64), np.array([value % bottom != 0 for value in exact], np.bool_)


def noted(is_rounded: Array, notes: int) -> Array:
    """Return the notes of numbers: what is converted is always rounded, and not said to be."""
    return np.where(is_rounded & ((notes & CONVERTED) == 0), notes | ROUNDED, notes).astype(np.uint8)


def hundredths_of(whole: pl.Series, decimals: pl.Series | None) -> Array:
    """Return digits with groups of three and up to two decimals as hundredths."""
    found: Array = whole.str.replace_all(",", "", literal=True).cast(pl.Int64).to_numpy() * 100
    if decimals is not None and decimals.null_count() < len(decimals):
        found = found + decimals.fill_null("0").str.pad_end(2, "0").cast(pl.Int64).to_numpy()
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one surrounding: both ends as stored numbers (equal where it is one number), and notes."""

    rows: Array
    low: Array
    high: Array
    notes: Array


class Shapes:
    """Knows what the surroundings of numbers mean in one column."""

    def __init__(self, scale: Scale) -> None:
        """Begin knowing nothing."""
        self.scale = scale
        self.known: dict[tuple[str, ...], tuple[Fraction, Fraction, int] | None] = {}

    def groups(self, text: pl.Series) -> Iterator[Group]:
        """Yield the rows whose cells are one number, or two, in a surrounding that is clear."""
        if self.scale.column.form == "decimal comma" or "month" in self.scale.kind.unit:
            return
        left = np.ones(len(text), np.bool_)
        for group in self._groups(text, ONE, 4, lambda parts: (parts["0"], parts["3"])):
            left[group.rows] = False
            yield group
        rows = np.flatnonzero(left)
        for group in self._groups(text.gather(pl.Series(rows)), TWO, 7, lambda parts: (parts["0"], parts["3"], parts["6"])) if rows.size else ():
            yield replace(group, rows=rows[group.rows])

    def _groups(self, text: pl.Series, pattern: str, size: int, around: Callable[[pl.DataFrame], tuple[pl.Series, ...]]) -> Iterator[Group]:
        parts = text.str.extract_groups(pattern).struct.unnest()
        parts.columns = [str(place) for place in range(size)]
        rows = np.flatnonzero(parts["1"].is_not_null().to_numpy())
        if not rows.size:
            return
        parts = parts[rows]
        shapes = pl.DataFrame([series.alias(str(at)) for at, series in enumerate(around(parts))]).with_columns(pl.Series("row", np.arange(rows.size)))
        keys = [name for name in shapes.columns if name != "row"]
        for key, members in shapes.group_by(keys, maintain_order=True).agg(pl.col("row")).rows_by_key(keys).items():
            found = self._factor(tuple(str(item) for item in key)) if len(self.known) < MOST or key in self.known else None
            if found is not None:
                yield from self._group(parts, rows, np.array(members[0][0] if isinstance(members[0], tuple) else members[0], np.int64), found, two=size == 7)

    def _group(self, parts: pl.DataFrame, rows: Array, at: Array, found: tuple[Fraction, Fraction, int], *, two: bool) -> Iterator[Group]:
        first, last, notes = found
        own = parts[at]
        unit = Fraction(10) ** self.scale.kind.shown
        low, is_rounded = stored(hundredths_of(own["1"], own["2"]), first * unit)
        high = low
        if two:
            high, other = stored(hundredths_of(own["4"], own["5"]), last * unit)
            is_rounded = is_rounded | other
        good = low <= high
        if good.any():
            yield Group(rows[at[good]], low[good], high[good], noted(is_rounded[good], notes))

    def _factor(self, key: tuple[str, ...]) -> tuple[Fraction, Fraction, int] | None:
        if key not in self.known:
            self.known[key] = self._asked(key)
        return self.known[key]

    def _asked(self, key: tuple[str, ...]) -> tuple[Fraction, Fraction, int] | None:
        """Return what the numbers in a surrounding are multiplied by, and notes; None where that is not clear."""
        if any(sign in part for part in key[:1] for sign in "-−–—(") or key[-1].strip()[:1] in (".", ",", "-", "+"):
            return None
        probes = ((7, 400), (7, 800)) if len(key) == 3 else ((7, 7), (400, 400))
        seen = []
        for low, high in probes:
            text = f"{key[0]}{low}{key[1]}" if len(key) == 2 else f"{key[0]}{low}{key[1]}{high}{key[2]}"
            figure = self._figure(text)
            if figure is None or figure.low is None or figure.high is None:
                return None
            seen.append((figure.low / low, figure.high / high, figure))
        if seen[0][:2] != seen[1][:2] or (len(key) == 2 and seen[0][0] != seen[0][1]):
            return None
        figure, sample = seen[0][2], f"{key[0]}7{key[1]}" + (f"400{key[2]}" if len(key) == 3 else "")
        rates, own = rates_in_force(self.scale.book), self.scale.book.currency
        is_foreign = bool(figure.currency) and figure.currency != own
        rate = rates[figure.currency] / rates[own] if is_foreign else Fraction(1)
        times = rate * (12 if figure.per and self.scale.base == "year" else 1) * self.scale.beside(sample)
        return seen[0][0] * times, seen[0][1] * times, CONVERTED if is_foreign or (self.scale.rate != 1 and not figure.currency) else 0

    def _figure(self, text: str) -> Figure | None:
        """Return the only way to mean a text as an amount of this kind, or None."""
        kind = self.scale.kind
        try:
            found = figures_of(text, self.scale.book.currency if kind.form == "money" else "", COUNTERS)
        except NotAFigure:
            return None
        figure = found[0]
        wrong = figure.percent != (kind.form == "percent") or (figure.currency and kind.form != "money") or (figure.per and not self.scale.base)
        unknown = figure.currency and figure.currency not in rates_in_force(self.scale.book)
        return None if len(found) != 1 or figure.doubt or figure.is_outside or wrong or unknown else figure
