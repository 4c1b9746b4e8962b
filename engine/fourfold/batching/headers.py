"""Headers matched to terms: by name, by what people call it in English and Chinese, by values, by closeness."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from fourfold.batching import header_words as hw
from fourfold.batching.cells import EMPTY, CellReader
from fourfold.batching.classes import system_of
from fourfold.batching.mapping import Chosen, Column, asked_names
from fourfold.door.state import open_door
from fourfold.expression.kinds import Choice, Number
from fourfold.model import RuleBook
from fourfold.spoken.choices import folded
from fourfold.spoken.figures import CURRENCY_WORDS

ENOUGH, NEAR = 0.5, 0.8
SAMPLED = 200
_HINT = re.compile(r"[\(（\[【]([^\)）\]】]*)[\)）\]】]")


@dataclass(frozen=True, slots=True)
class Header:
    """A header taken apart: its words, and what it says of unit, currency and period."""

    words: str
    times: Fraction = Fraction(1)
    currency: str = ""
    per: str = ""


def header_of(text: str) -> Header:
    """Return a header without what says how its numbers are written: `mkt budget (万/月)`, `Revenue USD m`, `annual budget`."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    hints = " ".join(_HINT.findall(plain))
    words = folded(re.sub(r"[.#/:]", " ", _HINT.sub(" ", plain)))
    times, currency, per = _hinted(hints)
    rest = words.split(" ")
    while len(rest) > 1 and (rest[-1] in hw.UNITS or rest[-1] in ("in", "usd", "cny", "eur", "gbp", "rmb", "hkd")) and rest[-1] not in ("b", "m", "k", "w"):
        more = _hinted(rest.pop())
        times, currency = times * more[0], currency or more[1]
    if not per and any(word in hw.YEAR for word in rest):
        per = "year"
        rest = [word for word in rest if word not in hw.YEAR]
    return Header(" ".join(rest) or words, times, currency, per)


def _hinted(text: str) -> tuple[Fraction, str, str]:
    """Return factor, currency and period of what stands in brackets behind a header."""
    times, currency, per = Fraction(1), "", ""
    for code, signs in CURRENCY_WORDS.items():
        for sign in signs:
            if (sign in text) if not sign.isascii() or not sign.isalpha() else re.search(rf"\b{sign}\b", text):
                currency = currency or code
    rest = text
    for period, signs in (("month", hw.MONTH), ("year", hw.YEAR)):
        for sign in sorted(signs, key=len, reverse=True):
            if (sign in rest) if not sign.isascii() else re.search(rf"(?<![a-z]){re.escape(sign)}(?![a-z])", rest):
                per = per or period
                rest = rest.replace(sign, " ")
    for sign in sorted(hw.UNITS, key=len, reverse=True):
        pattern = re.escape(sign) if not sign.isascii() else rf"(?<![a-z]){re.escape(sign)}(?![a-z])"
        if re.search(pattern, rest):
            return Fraction(hw.UNITS[sign]), currency, per
    return times, currency, per


class Matcher:
    """Finds the term of each column of a file, for one book."""

    def __init__(self, book: RuleBook) -> None:
        """Gather the names of what is asked."""
        self.book, self.door = book, open_door(book)
        self.asked = asked_names(book)
        self.names: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        for term, source in self.asked.items():
            decl = self.door.terms[source]
            if not decl.of:
                titles = [line for _, lines in decl.title.by_language for line in lines]
                for name in (term, term.replace("_", " "), *titles):
                    self.names.setdefault(folded(name), term)
                    self.kinds.setdefault(folded(name), "name")
            else:
                self.names.setdefault(folded(term), term)
        for term, words in (*hw.WORDS.items(), ("id", hw.ID), ("company", hw.COMPANY), ("currency", hw.CURRENCY), ("as_of", hw.AS_OF)):
            if term in self.asked or term in ("id", "company", "currency", "as_of"):
                for word in words:
                    self.names.setdefault(folded(word), term)
        if "market" in self.asked:
            # WHY: where the customers are decides the carriers; a country of its own only the holidays of a plan
            self.names |= {folded(word): "market" for word in hw.COUNTRY}

    def matched(self, frame: pl.DataFrame, fixed: dict[str, str]) -> Chosen:
        """Return the mapping that the headers and a sample of the values suggest."""
        found = [self._column(name, frame[name]) for name in frame.columns]
        return Chosen(tuple(self._one_each(found, set(fixed))), fixed)

    def _column(self, header: str, series: pl.Series) -> Column:
        said = header_of(header)
        sample = [text for text in series.head(20_000).unique(maintain_order=True).head(SAMPLED).to_list() if text.strip().lower() not in EMPTY]
        exact = folded(unicodedata.normalize("NFKC", header))
        term = self.names.get(exact) or self.names.get(said.words)
        of_entity = self._of_entity(header)
        if of_entity:
            term = of_entity
        if term:
            how = "name" if of_entity or self.kinds.get(said.words) == "name" or self.kinds.get(exact) == "name" else "alias"
            return self._held(Column(header, term, how), said, sample)
        near = self._near(said.words)
        if near:
            column = self._held(Column(header, near, "similar name: please look", is_sure=False), said, sample)
            if column.readable >= ENOUGH:
                return replace(column, is_sure=False)
        return self._by_values(header, sample)

    def _of_entity(self, header: str) -> str:
        """Return the ground term of a column such as `reading[douyin_ads]`, its entity by id, name or alias."""
        from fourfold.door.state import find_entity

        plain, _, entity = header.strip().removesuffix("]").partition("[")
        source = self.door.terms.get(plain.strip())
        if source is None or not source.of or not entity:
            return ""
        name = find_entity(self.book, source.of, entity.strip())
        return f"{source.name}[{name}]" if name else ""

    def _near(self, words: str) -> str:
        inside = (
            [name for name in self.names if len(name) > 3 and re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", words)]
            if words.isascii()
            else [name for name in self.names if not name.isascii() and name in words]
        )
        if inside:
            return self.names[max(inside, key=len)]
        close = difflib.get_close_matches(words, list(self.names), n=1, cutoff=NEAR)
        return self.names[close[0]] if close else ""

    def _held(self, column: Column, said: Header, sample: list[str]) -> Column:
        """Return a column with what its header and values say of its numbers, and how many of its values can be read."""
        if column.term not in self.asked:
            return column
        kind = self.door.kinds[self.asked[column.term]]
        if isinstance(kind, Number):
            column = replace(column, times=said.times, currency=said.currency if kind.form == "money" else "", per=said.per, form=_form(kind, sample))
            if said.currency and kind.form != "money":
                return replace(column, is_sure=False, how=f"{column.how}, but it names a currency: please look", readable=0.0)
        if column.term == "market" and folded(column.header) in map(folded, hw.COUNTRY):
            column = replace(column, form="country")
        if isinstance(kind, Choice) and kind.entity and (system := system_of(column.header)):
            column = replace(column, form=system)
        reader = CellReader(self.book, self.door, column, self.asked[column.term])
        cells = [reader.cell(text.strip()) for text in sample]
        readable = sum(cell.fault is None for cell in cells) / len(cells) if cells else 1.0
        if isinstance(kind, Choice) and cells:
            known = sum(cell.values is not None for cell in cells)
            how = f"{column.how}; {known} of {len(cells)} values known"
            return replace(column, how=how if readable >= ENOUGH else f"{how}: please look", is_sure=column.is_sure and readable >= ENOUGH, readable=readable)
        if readable < ENOUGH:
            return replace(column, how=f"{column.how}; {readable:.0%} of the values can be read: please look", is_sure=False, readable=readable)
        return replace(column, readable=readable)

    def _by_values(self, header: str, sample: list[str]) -> Column:
        """Return a column whose values are the options of one choice, or one that is not used."""
        if not 2 <= len(sample) <= 60:
            return Column(header)
        best = (0.0, "")
        for term, source in self.asked.items():
            kind = self.door.kinds[source]
            if term != source or not isinstance(kind, Choice) or len(kind.options) < 3:
                continue
            reader = CellReader(self.book, self.door, Column(header, term), source)
            share = sum(reader.cell(text.strip()).values is not None for text in sample) / len(sample)
            best = max(best, (share, term))
        share, term = best
        if share < 0.6:
            return Column(header)
        return Column(header, term, f"values: {share:.0%} known: please look", is_sure=False, readable=share)

    def _one_each(self, found: list[Column], fixed: set[str]) -> Iterable[Column]:
        """Return the columns so that each term has one: the surest, then the one whose values can be read, then the first."""
        for column in found:
            rivals = [other for other in found if other.term == column.term and column.term]
            best = max(rivals, key=lambda other: (other.is_sure, other.how == "name", other.readable), default=column)
            if column.term in fixed:
                yield Column(column.header, how=f"set for every row: {column.term}")
            elif best is not column:
                yield Column(column.header, how=f"another column is taken for {column.term}")
            else:
                yield column


def _form(kind: Number, sample: list[str]) -> str:
    """Return how the numbers of a column are written, where the sample settles it: shares of 1, decimal comma, order of dates."""
    if kind.form == "date":
        pairs_ = [(int(a), int(b)) for text in sample for a, b in re.findall(r"^\s*(\d{1,2})[-/](\d{1,2})[-/]\d{2,4}\s*$", text)]
        if any(first > 12 for first, _ in pairs_) and not any(second > 12 for _, second in pairs_):
            return "day first"
        return "month first" if any(second > 12 for _, second in pairs_) and not any(first > 12 for first, _ in pairs_) else ""
    commas = sum(bool(re.search(r"\d,\d{1,2}(?!\d)", text)) for text in sample)
    points = sum(bool(re.search(r"\d\.\d{1,2}(?!\d)", text)) or bool(re.search(r"\d,\d{3}(?!\d)", text)) for text in sample)
    if commas and not points:
        return "decimal comma"
    if kind.form == "percent":
        numbers = [float(text) for text in sample if re.fullmatch(r"\s*-?\d*\.?\d+\s*", text)]
        if numbers and all(-1 <= number <= 1 for number in numbers) and any(0 < abs(number) < 1 for number in numbers):
            return "fraction"
        if any(0 < number < 1 for number in numbers) and not any(1 <= number < 5 for number in numbers):
            return "fraction below 1"
        if any(0 < number < 1 for number in numbers) and any(1 <= number < 5 for number in numbers):
            return "percent"
    return "decimal point" if points and not commas else ""
