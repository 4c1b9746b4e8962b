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


@lru_cache(maxsize=64)
def _kept(_key: tuple[str, int, str, frozenset[str]]) -> list[OpenColumns | None]:
    """Return the place where what the answer of a book rests on is kept, by the terms that have columns."""
    return []


def _lowered(desk: Desk, present: frozenset[str]) -> OpenColumns | None:
    place = _kept((desk.book.hash, desk.book.as_of, desk.book.currency, present))
    if not place:
        try:
            place.append(OpenColumns(desk.book, desk.target, present))
        except NotColumns:
            place.append(None)
    return place[0]


class Sureness:
    """Looks at rows of one book."""

    def __init__(self, desk: Desk) -> None:
        """Find what may be asked; what the answer rests on is lowered for the columns of the rows, and for all terms when those without a column are looked at."""
        self.desk = desk
        asked = {node.term: desk.book.terms[node.term] for node in desk.book.nodes if isinstance(node, Asked) and node.term not in ("as_of", "currency")}
        self.kinds = {term: ground.kind for term, ground in asked.items()}
        self.sources = {term: ground.source for term, ground in asked.items()}
        self.told = frozenset(term.name for term in desk.book.content.terms if term.ask.by_language)

    def look(self, facts: Facts, size: int) -> tuple[pl.Series, pl.Series]:
        """Return for each row how sure its answer is, and on which empty or ranged cells it hangs."""
        columns = _lowered(self.desk, frozenset(facts.columns) & frozenset(self.kinds))
        if columns is None:
            return pl.Series([UNSEEN]).new_from_index(0, size), pl.Series([""]).new_from_index(0, size)
        rows = Opened(facts.columns, facts.ranges)
        mine = [term for term in facts.columns if term in columns.reads]
        opened = {term: self._open(rows, term) for term in mine}
        places = _by_pattern(list(opened.values()), size)
        sources = list(dict.fromkeys(self.sources[term] for term in mine))
        sure, names = np.zeros(size, np.uint8), np.zeros((size, 1 + len(sources)), np.bool_)

        def work(first: int) -> None:
            at = places[first : first + SIZE]
            many = self._several(columns, rows.of(at), at.size, {term: mask[at] for term, mask in opened.items()})
            sure[at] = np.where(many, 2, 1)

        # WHY: NumPy lets go of the interpreter, so that two processors work at once; each row has its own place
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(work, range(0, places.size, SIZE)))
            hanging = places[sure[places] == 2]
            if hanging.size:
                names[hanging] = self._named(columns, rows.of(hanging), {term: mask[hanging] for term, mask in opened.items()}, sources, pool)
        words = pl.Series([SETTLED, NO_MATTER, HANGS], dtype=pl.String).gather(pl.Series(sure.astype(np.uint32)))
        return words, _texts(names, sources)

    def _named(self, columns: OpenColumns, part: Opened, opened: Mapping[str, Array], sources: list[str], pool: ThreadPoolExecutor) -> Array:
        """Return by row (across: by source) which cells alone may change its answer; where none does alone, all that are open, and the first place is true."""
        by_source = np.array([np.logical_or.reduce([mask for term, mask in opened.items() if self.sources[term] == source]) for source in sources])
        count = by_source.sum(axis=0)
        alone = by_source & (count == 1)
        # WHY: what is open alone is what the row hangs on; only rows with several are looked at again
        looks = [(place, rows[first : first + SIZE]) for place in range(len(sources)) for rows in [np.flatnonzero(by_source[place] & (count > 1))] for first in range(0, rows.size, SIZE)]

        def work(look: tuple[int, Array]) -> None:
            place, rows = look
            mine = {term: mask[rows] for term, mask in opened.items() if self.sources[term] == sources[place]}
            alone[place, rows] = self._several(columns, part.of(rows), rows.size, mine)

        list(pool.map(work, looks))
        together = ~alone.any(axis=0)
        return np.vstack([together, np.where(together, by_source, alone)]).T

    def wide(self, facts: Facts, rows: Array) -> dict[str, int]:
        """Return how many of some rows hang on each term that has no column at all, alone."""
        columns = _lowered(self.desk, frozenset(self.kinds)) if rows.size else None
        if columns is None:
            return {}
        part = Opened(facts.columns, facts.ranges).of(rows)
        free = np.ones(rows.size, np.bool_)
        given = {term: self._given(term, part, rows.size, None) for term in columns.reads}
        changes: dict[str, dict[str, Given]] = {}
        for term in sorted(columns.reads):
            if term not in facts.columns and self.sources[term] in self.told:
                changes.setdefault(self.sources[term], {})[term] = self._given(term, part, rows.size, free)
        masks = columns.possible_each(given, changes, rows.size)
        return {source: int(((masks[source] & (masks[source] - 1)) != 0).sum()) for source in sorted(masks)}

    # ------------------------------------------------------------ one look

    def _open(self, rows: Opened, term: str) -> Array:
        """Return where a term's cell is empty or a range."""
        values, known = rows.columns[term]
        empty: Array = ~known
        return empty | (rows.ranges[term] != values) if term in rows.ranges else empty

    def _several(self, columns: OpenColumns, rows: Opened, size: int, opened: Mapping[str, Array]) -> Array:
        """Return which rows have more than one answer where some cells are open."""
        given = {term: self._given(term, rows, size, opened.get(term)) for term in columns.reads}
        mask = columns.possible(given, size)
        found: Array = (mask & (mask - 1)) != 0
        return found

    def _given(self, term: str, rows: Opened, size: int, opened: Array | None) -> Given:
        kind = self.kinds[term]
        values, known = rows.columns.get(term, (np.zeros(size, np.int64), np.zeros(size, np.bool_)))
        is_open = opened is not None and bool(opened.any())
        may_be = known | opened if opened is not None and is_open else known
        free = may_be & ~known
        if isinstance(kind, Number):
            held = np.clip(values, kind.low, kind.high)
            low, high = held, held
            if opened is not None and is_open:
                if term in rows.ranges:
                    other = np.clip(rows.ranges[term], kind.low, kind.high)
                    low, high = np.where(opened, np.minimum(held, other), held), np.where(opened, np.maximum(held, other), held)
                low, high = np.where(free, kind.low, low), np.where(free, kind.high, high)
            return Given(low, high, known, may_be)
        assert isinstance(kind, Choice)
        mask = np.left_shift(np.int64(1), np.clip(values, 0, len(kind.options) - 1).astype(np.int64))
        if is_open:
            mask = np.where(free, np.int64((1 << len(kind.options)) - 1), mask)
        return Given(mask, mask, known, may_be)


def _by_pattern(opened: list[Array], size: int) -> Array:
    """Return the rows in which something is open, those with the same cells open next to each other."""
    pattern = np.zeros(size, np.uint64)
    for place, mask in enumerate(opened[:64]):
        pattern |= mask.astype(np.uint64) << np.uint64(place)
    some = np.logical_or.reduce(opened) if opened else np.zeros(size, np.bool_)
    rows = np.flatnonzero(some)
    found: Array = rows[np.argsort(pattern[rows], kind="stable")]
    return found


def _texts(names: Array, sources: list[str]) -> pl.Series:
    """Return flags (together, then by source) as the names of their columns; each different text is made once."""
    bits = np.packbits(names, axis=1, bitorder="little")
    padded = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    words = padded.view(np.uint64)
    _, first, at = np.unique(words if words.shape[1] > 1 else words[:, 0], return_index=True, return_inverse=True, axis=0)
    texts = ["together: " * bool(row[0]) + "; ".join(source for source, does in zip(sources, row[1:], strict=True) if does) for row in names[first]]
    return pl.Series(texts, dtype=pl.String).gather(pl.Series(at.reshape(-1).astype(np.uint32)))
