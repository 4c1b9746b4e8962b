"""Messy cells as columns: plain numbers all at once, everything else once for each different text."""

import re
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import polars as pl

from fourfold.batching.classes import classes_of
from fourfold.batching.header_words import CHINA
from fourfold.batching.mapping import Column
from fourfold.batching.shapes import CONVERTED, RANGE, ROUNDED, Scale, Shapes, hundredths_of, noted, stored
from fourfold.batching.tables import Array
from fourfold.door.state import Door, plain_text
from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, rounded
from fourfold.model import RuleBook
from fourfold.problem import Problem
from fourfold.rates import rates_in_force
from fourfold.spoken import Doubt, Heard, heard, says_unknown
from fourfold.spoken.choices import NoChoice, choice_of, folded, names_of
from fourfold.written import TermDecl

EMPTY = frozenset({"", "-", "--", "n/a", "na", "nan", "null", "nil", "none", "#n/a", "#null!", "tbd", "tba", "unknown", ".", "…", "...", "/", "\\n", "未知", "无数据", "不详", "暂无", "待定"})
MOST_KEPT = 300_000
MOST_DIGITS = 13
WRITTEN = r"^(?:[0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,2})?$"


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
        self.classes = classes_of(book, self.kind.entity) if isinstance(self.kind, Choice) and self.kind.entity else None
        self.own = {folded(word): option for word, option in column.values.items()}
        self.scale = Scale(book, column, self.kind, self._rate()) if isinstance(self.kind, Number) else None
        self.shapes = Shapes(self.scale) if self.scale is not None and self.scale.kind.form != "date" else None
        self.kept: dict[str, Cell] = {}

    def _rate(self) -> Fraction:
        rates = rates_in_force(self.book)
        name = self.column.currency
        return rates[name] / rates[self.book.currency] if name and name in rates and self.book.currency in rates else Fraction(1)

    # ------------------------------------------------------------ columns

    def read(self, series: pl.Series) -> Parsed:
        """Return a column of texts as numbers."""
        size = len(series)
        found = Parsed([np.zeros(size, np.int64) for _ in self.terms], np.zeros(size, np.bool_), np.zeros(size, np.int64), np.zeros(size, np.uint8))
        text = series.str.strip_chars()
        rest = np.ones(size, np.bool_)
        if self.shapes is not None:
            rest = self._plain_numbers(text, found)
            left = np.flatnonzero(rest)
            for group in self.shapes.groups(text.gather(pl.Series(left))) if left.size else ():
                rows = left[group.rows]
                rest[rows] = False
                self._store(rows, group.low, group.high, group.notes, found)
        if rest.any():
            self._texts(text, np.flatnonzero(rest), found)
        return found

    def _plain_numbers(self, text: pl.Series, found: Parsed) -> Array:
        """Read digits, with or without groups of three and up to two decimals; return which rows are left."""
        assert self.scale is not None
        whole = text.cast(pl.Int64, strict=False)
        plain: Array = (whole.is_not_null() & (text.str.len_bytes() <= MOST_DIGITS) & ~text.str.contains("^[+-]")).to_numpy().copy()
        every = whole.fill_null(0).to_numpy() * 100
        left_over = np.flatnonzero(~plain)
        if left_over.size and self.column.form != "decimal comma":
            # WHY: most numbers are digits alone, which are read at a fraction of the price of those that a pattern must take apart
            part = text.gather(pl.Series(left_over))
            written = part.str.contains(WRITTEN).to_numpy()
            if written.any():
                ends = part.filter(pl.Series(written)).str.splitn(".", 2).struct.unnest()
                every[left_over[written]] = hundredths_of(ends["field_0"], ends["field_1"])
                plain[left_over[written]] = True
        rows = np.flatnonzero(plain)
        hundredths = every[rows]
        if rows.size:
            if self.scale.kind.form == "percent" and self.column.form not in ("fraction", "percent"):
                # WHY: 0.42 among per cents may be 42 % or 0.42 %, unless the column has nothing between 1 and 5
                small = (hundredths > 0) & (hundredths < 100)
                if self.column.form == "fraction below 1":
                    hundredths = np.where(small, hundredths * 100, hundredths)
                else:
                    plain[rows[small]] = False
                    rows, hundredths = rows[~small], hundredths[~small]
        if rows.size:
            values, is_rounded = stored(hundredths, self.scale.plain() * Fraction(10) ** self.scale.kind.shown)
            self._store(rows, values, values, noted(is_rounded, CONVERTED if self.scale.rate != 1 else 0), found)
        left: Array = ~plain
        return left

    def _store(self, rows: Array, low: Array, high: Array, notes: Array, found: Parsed) -> None:
        assert isinstance(self.kind, Number)
        chosen, other = (high, low) if self.decl.cautious == "high" else (low, high)
        found.values[0][rows], found.other[rows], found.known[rows] = chosen, other, True
        found.notes[rows] |= np.where(low != high, notes | RANGE, notes).astype(np.uint8)
        for at in np.flatnonzero((low < self.kind.low) | (high > self.kind.high)).tolist():
            found.faults[int(rows[at])] = self._outside(int(low[at] if low[at] < self.kind.low else high[at]))

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
        if "&" in word and option is None:
            word = " ".join(word.replace("&", " and ").split())
        if option is None and self.column.form == "country" and word not in EMPTY:
            option = "cn" if word in CHINA else "global"
        exact = [name for name, mine in self.names.items() if word in mine] if option is None else [option]
        if self.kind == YES_NO and not exact and word in ("0", "1"):
            exact = ["true" if word == "1" else "false"]
        if not exact and self.classes is not None and (entity := self.classes.meant(text, self.column.form)):
            exact = [entity]
        if len(exact) == 1 and exact[0] in self.kind.options:
            return Cell((self.kind.options.index(exact[0]),))
        if word in EMPTY or says_unknown(text):
            return Cell()
        near = self.near(text)
        return Cell(fault=("F204", f"`{text[:60]}` is not one of the choices of `{self.column.term}`", f"did you mean `{near}`?" if near else f"one of {', '.join(self.kind.options[:8])}"))

    def alike(self, text: str) -> str:
        """Return the one option with a name that has the words of a text, or nothing: `travel` for travel and hotels."""
        word = folded(text)
        if len(word) < (4 if word.isascii() else 2):
            return ""
        found = [option for option, mine in self.names.items() if any(re.search(rf"\b{re.escape(word)}\b", name) if word.isascii() else word in name for name in mine)]
        return found[0] if len(found) == 1 else ""

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
        if isinstance(answer, Doubt) and answer.reason == "percent" and self.column.form.startswith("fraction"):
            return self._scaled(answer.readings[0], f"{text}%")
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
            return last if self.column.form == "percent" else None
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
        assert self.scale is not None
        factor = self.scale.beside(text)
        notes = (CONVERTED if "converted" in said.notes or self.scale.rate != 1 else 0) | (ROUNDED if "rounded" in said.notes else 0)
        low, high = (end if end in (self.kind.low, self.kind.high) and ends[0] != ends[1] else rounded((end * factor).numerator, (end * factor).denominator) for end in ends)
        for end in (low, high):
            if not self.kind.low <= end <= self.kind.high:
                return Cell(fault=self._outside(end))
        if low == high:
            return Cell((low,), notes=notes)
        chosen, other = (high, low) if self.decl.cautious == "high" else (low, high)
        return Cell((chosen,), other, notes | RANGE)
