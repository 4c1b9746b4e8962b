"""How sure the answer of a row is: settled by what the row gives, assumed but without effect, or hanging on an assumption.

An empty cell, and a range, is opened: it may hold anything that its term allows, and anything within the range. Where
one answer is left, the rest cannot matter. What has no column at all is assumed for every row alike; `wide` says of
each such term how many of some rows hang on it.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from fourfold.batching.desks import Desk, Facts
from fourfold.batching.open_columns import Given, OpenColumns
from fourfold.batching.tables import Array
from fourfold.columns.places import NotColumns
from fourfold.expression.kinds import Choice, Number
from fourfold.model import Given as Asked

SETTLED, NO_MATTER, HANGS, UNSEEN = "settled", "could not matter", "hangs on an assumption", "not looked at"
SIZE = 4_096


@dataclass(frozen=True, slots=True)
class Opened:
    """Rows of one book: columns with where they are known, and the other ends of ranges."""

    columns: Mapping[str, tuple[Array, Array]]
    ranges: Mapping[str, Array]

    def of(self, rows: Array) -> "Opened":
        """Return some of the rows."""
        return Opened({term: (values[rows], known[rows]) for term, (values, known) in self.columns.items()}, {term: ends[rows] for term, ends in self.ranges.items()})


@lru_cache(maxsize=16)
def _kept(_key: tuple[str, int, str]) -> list[OpenColumns | None]:
    """Return the place where what the answer of a book rests on is kept."""
    return []


def _lowered(desk: Desk, asked: frozenset[str]) -> OpenColumns | None:
    try:
        return OpenColumns(desk.book, desk.target, asked)
    except NotColumns:
        return None


class Sureness:
    """Looks at rows of one book."""

    def __init__(self, desk: Desk) -> None:
        """Lower what the answer rests on, for the columns of the file and for what has no column."""
        asked = {node.term: desk.book.terms[node.term] for node in desk.book.nodes if isinstance(node, Asked) and node.term not in ("as_of", "currency")}
        self.kinds = {term: ground.kind for term, ground in asked.items()}
        self.sources = {term: ground.source for term, ground in asked.items()}
        self.told = frozenset(term.name for term in desk.book.content.terms if term.ask.by_language)
        place = _kept((desk.book.hash, desk.book.as_of, desk.book.currency))
        if not place:
            place.append(_lowered(desk, frozenset(asked)))
        self.columns = place[0]

    def look(self, facts: Facts, size: int) -> tuple[pl.Series, pl.Series]:
        """Return for each row how sure its answer is, and on which empty or ranged cells it hangs."""
        sure = np.zeros(size, np.uint8)
        hangs: dict[int, str] = {}
        if self.columns is None:
            return pl.Series([UNSEEN]).new_from_index(0, size), pl.Series([""]).new_from_index(0, size)
        rows = Opened(facts.columns, facts.ranges)
        mine = [term for term in facts.columns if term in self.columns.reads]
        open_rows = np.zeros(size, np.bool_)
        for term in mine:
            open_rows |= self._open(rows, term)
        places = np.flatnonzero(open_rows)

        def work(first: int) -> None:
            at = places[first : first + SIZE]
            part = rows.of(at)
            many = self._several(part, at.size, {term: self._open(part, term) for term in mine})
            sure[at] = np.where(many, 2, 1)
            self._name(part, at, np.flatnonzero(many), mine, hangs)

        # WHY: NumPy lets go of the interpreter, so that two processors work at once; each row has its own place
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(work, range(0, places.size, SIZE)))
        words = pl.Series([SETTLED, NO_MATTER, HANGS], dtype=pl.String).gather(pl.Series(sure.astype(np.uint32)))
        named = [""] * size
        for row, text in hangs.items():
            named[row] = text
        return words, pl.Series(named, dtype=pl.String)

    def _name(self, part: Opened, at: Array, hanging: Array, terms: list[str], hangs: dict[int, str]) -> None:
        """Note the cells that alone may change the answer of a row; where none does alone, all that are open together."""
        if not hanging.size:
            return
        few = part.of(hanging)
        words: dict[int, list[str]] = {int(row): [] for row in hanging}
        every: dict[int, list[str]] = {int(row): [] for row in hanging}
        for source in dict.fromkeys(self.sources[term] for term in terms):
            mine = [term for term in terms if self.sources[term] == source]
            opened = {term: self._open(few, term) for term in mine}
            some = np.logical_or.reduce(list(opened.values()))
            if some.any():
                rows = np.flatnonzero(some)
                alone = self._several(few.of(rows), rows.size, {term: mask[rows] for term, mask in opened.items()})
                for row, does in zip(hanging[rows].tolist(), alone.tolist(), strict=True):
                    every[row].append(source)
                    words[row] += [source] * does
        for row, alone_ in words.items():
            hangs[int(at[row])] = "; ".join(alone_) or "together: " + "; ".join(every[row])

    def wide(self, facts: Facts, rows: Array) -> dict[str, int]:
        """Return how many of some rows hang on each term that has no column at all, alone."""
        if self.columns is None or not rows.size:
            return {}
        part = Opened(facts.columns, facts.ranges).of(rows)
        found = {}
        for source in sorted({self.sources[term] for term in self.columns.reads if term not in facts.columns and self.sources[term] in self.told}):
            mine = [term for term in self.columns.reads if self.sources[term] == source and term not in facts.columns]
            found[source] = int(self._several(part, rows.size, {term: np.ones(rows.size, np.bool_) for term in mine}).sum())
        return found

    # ------------------------------------------------------------ one look

    def _open(self, rows: Opened, term: str) -> Array:
        """Return where a term's cell is empty or a range."""
        values, known = rows.columns[term]
        empty: Array = ~known
        return empty | (rows.ranges[term] != values) if term in rows.ranges else empty

    def _several(self, rows: Opened, size: int, opened: Mapping[str, Array]) -> Array:
        """Return which rows have more than one answer where some cells are open."""
        assert self.columns is not None
        given = {term: self._given(term, rows, size, opened.get(term)) for term in self.columns.reads}
        mask = self.columns.possible(given, size)
        found: Array = (mask & (mask - 1)) != 0
        return found

    def _given(self, term: str, rows: Opened, size: int, opened: Array | None) -> Given:
        kind = self.kinds[term]
        values, known = rows.columns.get(term, (np.zeros(size, np.int64), np.zeros(size, np.bool_)))
        opened = np.zeros(size, np.bool_) if opened is None else opened
        free = opened & ~known
        if isinstance(kind, Number):
            held = np.clip(values, kind.low, kind.high)
            low, high = held, held
            if term in rows.ranges and opened.any():
                other = np.clip(rows.ranges[term], kind.low, kind.high)
                low, high = np.where(opened, np.minimum(held, other), held), np.where(opened, np.maximum(held, other), held)
            return Given(np.where(free, kind.low, low), np.where(free, kind.high, high), known, known | opened)
        assert isinstance(kind, Choice)
        mask = np.left_shift(np.int64(1), np.clip(values, 0, len(kind.options) - 1).astype(np.int64))
        mask = np.where(free, np.int64((1 << len(kind.options)) - 1), mask)
        return Given(mask, mask, known, known | opened)
