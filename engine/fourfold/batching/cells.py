"""Messy cells as columns: plain numbers all at once, everything else once for each different text."""

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import polars as pl

from fourfold.batching.header_words import CHINA
from fourfold.batching.mapping import Column
from fourfold.batching.tables import Array
from fourfold.door.state import Door, plain_text
from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, rounded
from fourfold.model import RuleBook
from fourfold.problem import Problem
from fourfold.rates import rates_in_force
from fourfold.spoken import Doubt, Heard, heard, says_unknown
from fourfold.spoken.choices import NoChoice, choice_of, folded, names_of
from fourfold.spoken.figures import CURRENCY_WORDS
from fourfold.written import TermDecl

EMPTY = frozenset({"", "-", "--", "n/a", "na", "nan", "null", "nil", "none", "#n/a", "#null!", "tbd", "tba", "unknown", ".", "…", "...", "/", "\\n", "未知", "无数据", "不详", "暂无", "待定"})
MOST_KEPT = 300_000
RANGE, CONVERTED, ROUNDED = 1, 2, 4
_OWN_UNIT = re.compile(r"\d\s*(?:k|thousand|千|m|mn|mio|million|百万|b|bn|billion|w|万|萬|亿|億)(?![a-z])", re.IGNORECASE)
_PERIOD = re.compile(r"month|year|week|day|annual|/ ?(?:m|y|mo|yr)\b|p\.?a\.?\b|[每/]?[年月周天日]", re.IGNORECASE)
_CURRENCY = re.compile("|".join(re.escape(word) if not word.isalpha() or not word.isascii() else rf"\b{word}\b" for words in CURRENCY_WORDS.values() for word in words), re.IGNORECASE)
PLAIN = r"^\d{1,15}$"
GROUPED = r"^\d{1,3}(?:,\d{3}){1,4}$"
DECIMAL = r"^(?:\d{1,13}|\d{1,3}(?:,\d{3}){1,4})\.\d{1,2}$"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one text says: a value for each ground term (None: not known), the other end of a range, notes; or what is wrong."""

    values: tuple[int, ...] | None = None
    other: int | None = None
    notes: int = 0
    fault: tuple[str, str, str] | None = None


@dataclass(slots=True)
class Parsed:
    """A column as numbers: one array for each ground term, where it is known, the other end of ranges, notes, and what is wrong by row."""

    values: list[Array]
    known: Array
    other: Array
    notes: Array
    faults: dict[int, tuple[str, str, str]] = field(default_factory=dict)


class CellReader:
    """Reads the cells of one column for one book; each different text once."""

    def __init__(self, book: RuleBook, door: Door, column: Column, source: str) -> None:
        """Find the kind of the column's term; `source` is the declared term."""
        self.book, self.column = book, column
        self.decl: TermDecl = door.terms[source]
        self.kind: Kind = door.kinds[source]
        self.terms: tuple[str, ...] = (column.term,)
        if isinstance(self.kind, Options):
            self.terms = tuple(f"{source}[{option}]" for option in self.kind.options)
        self.names = names_of(book, self.kind, self.decl) if isinstance(self.kind, Choice | Options) else {}
        self.own = {folded(word): option for word, option in column.values.items()}
        self.rate = self._rate()
        self.kept: dict[str, Cell] = {}

    def _rate(self) -> Fraction:
        rates = rates_in_force(self.book)
        name = self.column.currency
        return rates[name] / rates[self.book.currency] if name and name in rates and self.book.currency in rates else Fraction(1)

    def _base(self) -> str:
        said = f"{self.kind.per} {self.kind.unit}" if isinstance(self.kind, Number) else ""
        return "year" if "year" in said else "month" if "month" in said else ""

    # ------------------------------------------------------------ columns

    def read(self, series: pl.Series) -> Parsed:
        """Return a column of texts as numbers."""
        size = len(series)
        found = Parsed([np.zeros(size, np.int64) for _ in self.terms], np.zeros(size, np.bool_), np.zeros(size, np.int64), np.zeros(size, np.uint8))
        text = series.str.strip_chars()
        rest = np.ones(size, np.bool_)
        if isinstance(self.kind, Number) and self.kind.form != "date":
            rest = self._plain_numbers(text, found)
        if rest.any():
            self._texts(text, np.flatnonzero(rest), found)
        return found

    def _plain_numbers(self, text: pl.Series, found: Parsed) -> Array:
        """Read digits, with or without groups of three and up to two decimals; return which rows are left."""
        whole = text.str.contains(PLAIN).to_numpy()
        grouped = text.str.contains(GROUPED).to_numpy() if self.column.form != "decimal comma" else np.zeros(len(text), np.bool_)
        decimal = text.str.contains(DECIMAL).to_numpy() if self.column.form != "decimal comma" else np.zeros(len(text), np.bool_)
        any_plain: Array = whole | grouped | decimal
        left: Array = ~any_plain
        rows = np.flatnonzero(any_plain)
        if not rows.size:
            return left
        chosen = text.filter(pl.Series(any_plain))
        if grouped.any() or decimal.any():
            chosen = chosen.str.replace_all(",", "", literal=True)
            parts = pl.DataFrame({"text": chosen}).select(
                pl.col("text").str.extract(r"^(\d+)").cast(pl.Int64).alias("whole"), pl.col("text").str.extract(r"\.(\d+)$").fill_null("0").str.pad_end(2, "0").cast(pl.Int64).alias("hundredths")
            )
            hundredths = parts["whole"].to_numpy() * 100 + parts["hundredths"].to_numpy()
        else:
            hundredths = chosen.cast(pl.Int64).to_numpy() * 100
        self._store(hundredths, rows, found)
        return left

    def _store(self, hundredths: Array, rows: Array, found: Parsed) -> None:
        assert isinstance(self.kind, Number)
        factor = factor_of(self.column, self.rate, self._base()) * Fraction(10) ** self.kind.shown / 100
        top, bottom = factor.numerator, factor.denominator
        if float(hundredths.max()) * top * 2 < 2**62:
            values = hundredths * top if bottom == 1 else (hundredths * (2 * top) + bottom) // (2 * bottom)
        else:
            values = np.array([min(rounded(int(value) * top, bottom), 2**62) for value in hundredths], np.int64)
        found.values[0][rows] = values
        found.known[rows] = True
        if self.rate != 1:
            found.notes[rows] |= CONVERTED
        outside = (values < self.kind.low) | (values > self.kind.high)
        for at in np.flatnonzero(outside):
            found.faults[int(rows[at])] = self._outside(int(values[at]))

    def _outside(self, value: int) -> tuple[str, str, str]:
        assert isinstance(self.kind, Number)
        sign = " %" if self.kind.form == "percent" else ""
        edge = f"{plain_text(self.kind, self.kind.low)} to {plain_text(self.kind, self.kind.high)}{sign}"
        return "F205", f"`{self.column.term}` is {edge}; it is {plain_text(self.kind, value)}", "correct it, or leave it empty if it is unknown"

    def _texts(self, text: pl.Series, rows: Array, found: Parsed) -> None:
        part = text.gather(pl.Series(rows))
        unique = part.unique(maintain_order=True)
        cells = [self.cell(item) for item in unique.to_list()]
        at = pl.DataFrame({"text": part}).join(pl.DataFrame({"text": unique, "at": np.arange(len(unique))}), on="text", how="left", maintain_order="left")["at"].to_numpy()
        for place in range(len(self.terms)):
            found.values[place][rows] = np.array([cell.values[place] if cell.values else 0 for cell in cells], np.int64)[at]
        found.known[rows] = np.array([cell.values is not None for cell in cells], np.bool_)[at]
        found.notes[rows] = np.array([cell.notes for cell in cells], np.uint8)[at]
        found.other[rows] = np.array([cell.other or 0 for cell in cells], np.int64)[at]
        faults = {place: cell.fault for place, cell in enumerate(cells) if cell.fault}
        if faults:
            for row, place in zip(rows.tolist(), at.tolist(), strict=True):
                if place in faults:
                    found.faults[row] = faults[place]

    # ------------------------------------------------------------ one text

    def cell(self, text: str) -> Cell:
        """Return what a text says; kept for the next time."""
        found = self.kept.get(text)
        if found is None:
            found = self._choice(text) if isinstance(self.kind, Choice) else self._set(text) if isinstance(self.kind, Options) else self._number(text)
            if len(self.kept) < MOST_KEPT:
                self.kept[text] = found
        return found

    def _choice(self, text: str) -> Cell:
        assert isinstance(self.kind, Choice)
        word = folded(text)
        option = self.own.get(word)
        if option is None and self.column.form == "country" and word not in EMPTY:
            option = "cn" if word in CHINA else "global"
        exact = [name for name, mine in self.names.items() if word in mine] if option is None else [option]
        if self.kind == YES_NO and not exact and word in ("0", "1"):
            exact = ["true" if word == "1" else "false"]
        if len(exact) == 1 and exact[0] in self.kind.options:
            return Cell((self.kind.options.index(exact[0]),))
        if word in EMPTY or says_unknown(text):
            return Cell()
        near = self.near(text)
        return Cell(fault=("F204", f"`{text[:60]}` is not one of the choices of `{self.column.term}`", f"did you mean `{near}`?" if near else f"one of {', '.join(self.kind.options[:8])}"))

    def near(self, text: str) -> str:
        """Return the option that a text may mean, or nothing; it is proposed and never taken."""
        assert isinstance(self.kind, Choice | Options)
        if not text.strip() or text.strip().isdigit():
            return ""
        try:
            found = choice_of(text, self.names, self.kind.options)
        except NoChoice as fault:
            return fault.near or ""
        return found[0].options[0] if len(found) == 1 else ""

    def _set(self, text: str) -> Cell:
        assert isinstance(self.kind, Options)
        if folded(text) in EMPTY:
            return Cell()
        members = set()
        for part in re.split(r"[,;、，；/|]", text):
            word = folded(part)
            option = self.own.get(word) or next((name for name, mine in self.names.items() if word in mine), None)
            if option is None and word:
                return Cell(fault=("F204", f"`{part.strip()[:60]}` is not one of the choices of `{self.column.term}`", f"one of {', '.join(self.kind.options[:8])}"))
            members |= {option} if option else set()
        return Cell(tuple(int(option in members) for option in self.kind.options))

    def _number(self, text: str) -> Cell:
        assert isinstance(self.kind, Number)
        if text.lower() in EMPTY:
            return Cell()
        answer = heard(self.book, self.decl, self.kind, self._decimal_point(text))
        said = self._settled(answer) if isinstance(answer, Doubt) else answer
        if said is None:
            return Cell(fault=("F203", f"`{text[:60]}` may mean several things", "write it plainly, or say in the mapping how the column is written (`form:`)"))
        if isinstance(said, Problem):
            return Cell(fault=(said.code, said.message, said.help or "correct it, or leave it empty if it is unknown"))
        return self._scaled(said, text)

    def _decimal_point(self, text: str) -> str:
        if self.column.form != "decimal comma" or not re.search(r"\d[.,]\d", text):
            return text
        return text.replace(".", "").replace(",", ".")

    def _settled(self, said: Doubt) -> Heard | None:
        """Return the reading that the form of the column settles, or None."""
        first, last = said.readings[0], said.readings[-1]
        by_form = {"day first": first, "month first": last, "decimal comma": first, "decimal point": last}
        if said.reason == "percent":
            return last
        if said.reason in ("date", "separator"):
            return by_form.get(self.column.form)
        return first if said.reason == "currency" and len(said.readings) == 1 else None

    def _scaled(self, said: Heard, text: str) -> Cell:
        """Return an answer times what the column says of its numbers, unless the cell says it itself."""
        assert isinstance(self.kind, Number)
        if said.value is None:
            return Cell()
        ends = [int(end) for end in (said.value if isinstance(said.value, tuple) else (said.value, said.value))]  # type: ignore[arg-type]
        if self.kind.form == "date":
            return Cell((ends[0],))
        factor = self._factor_beside(text)
        notes = (CONVERTED if "converted" in said.notes or self.rate != 1 else 0) | (ROUNDED if "rounded" in said.notes else 0)
        low, high = (end if end in (self.kind.low, self.kind.high) and ends[0] != ends[1] else rounded((end * factor).numerator, (end * factor).denominator) for end in ends)
        for end in (low, high):
            if not self.kind.low <= end <= self.kind.high:
                return Cell(fault=self._outside(end))
        if low == high:
            return Cell((low,), notes=notes)
        chosen, other = (high, low) if self.decl.cautious == "high" else (low, high)
        return Cell((chosen,), other, notes | RANGE)

    def _factor_beside(self, text: str) -> Fraction:
        plain = replace(
            self.column, times=Fraction(1) if _OWN_UNIT.search(text) else self.column.times, per="" if _PERIOD.search(text) else self.column.per, form="" if "%" in text else self.column.form
        )
        return factor_of(plain, Fraction(1) if _CURRENCY.search(text) else self.rate, self._base())


def factor_of(column: Column, rate: Fraction, base: str) -> Fraction:
    """Return what plain numbers of a column are multiplied by: its unit, its currency, its period, its form."""
    found = column.times * rate
    if column.per == "year" and base == "month":
        found /= 12
    if column.per == "month" and base == "year":
        found *= 12
    return found * 100 if column.form == "fraction" else found
