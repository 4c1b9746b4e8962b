"""The conclusions of the rows of a block as a table."""

import numpy as np
import polars as pl

from fourfold.batching.desks import Desk, Facts
from fourfold.batching.mapping import Chosen
from fourfold.batching.reasons import BESIDE, lists_of, numbers_of, sets_of
from fourfold.batching.shapes import CONVERTED, RANGE, ROUNDED, UNREAD
from fourfold.batching.tables import Array
from fourfold.columns.result import Result
from fourfold.expression.kinds import Choice, Number
from fourfold.model import Share

NOTES = ((RANGE, "range"), (CONVERTED, "converted"), (ROUNDED, "rounded"), (UNREAD, "unread"))
# the size classes of business statistics (OECD, Eurostat): micro, small, medium, large
SIZES = (1, 10, 50, 250)
SIZE_NAMES = ("", "1-9", "10-49", "50-249", "250+")


def written(desk: Desk, facts: Facts, result: Result, ids: pl.Series, places: Array, rows: Array, chosen: Chosen, sure: pl.Series | None, hangs: pl.Series | None) -> pl.DataFrame:
    """Return the conclusions of the rows that were decided (by place) as a table."""
    columns: dict[str, pl.Series] = {"at": pl.Series(places[rows]), "id": ids.gather(pl.Series(rows))}
    for term, name in ((desk.target, desk.target), (BESIDE + desk.target, "rule")):
        columns[name] = _options(desk, result, term, rows)
    if sure is not None and hangs is not None:
        columns |= {"how_sure": sure.gather(pl.Series(rows)), "hangs_on": hangs.gather(pl.Series(rows))}
    columns |= _lists(desk, result, rows)
    columns |= {term: _amount(desk, result, term, rows) for term in numbers_of(desk.book)}
    columns |= _groups(desk, facts, rows)
    columns["assumed"] = _assumed(facts, rows, chosen)
    columns["flags"] = _flags(desk, facts, result, rows)
    columns["why"] = _hex(result.words[rows])
    columns["book"] = pl.Series([f"{desk.book.as_of} {desk.book.currency}"]).new_from_index(0, len(rows))
    return pl.DataFrame(columns)


def _options(desk: Desk, result: Result, term: str, rows: Array) -> pl.Series:
    kind = desk.program.book.terms[term].kind
    assert isinstance(kind, Choice)
    return pl.Series(kind.options, dtype=pl.String).gather(pl.Series(result.columns[term, ""][rows].astype(np.uint32)))


def _lists(desk: Desk, result: Result, rows: Array) -> dict[str, pl.Series]:
    """Return the selections as lists of names, the share-outs as lists of amounts in the same order."""
    found: dict[str, pl.Series] = {}
    shares = {node.term for node in desk.book.nodes if isinstance(node, Share)}
    for term in lists_of(desk.book):
        offsets, values = result.lists[term]
        flat: pl.Series = pl.Series(values.astype(np.int64)) if term in shares else pl.Series(result.entities(term), dtype=pl.String).gather(pl.Series(values.astype(np.uint32)))
        found[term] = _nested(term, flat, offsets, rows)
    return found


def _amount(desk: Desk, result: Result, term: str, rows: Array) -> pl.Series:
    kind = desk.book.terms[term].kind
    values = pl.Series(result.columns[term, ""][rows])
    return values if not isinstance(kind, Number) or not kind.shown else values / 10**kind.shown


def _groups(desk: Desk, facts: Facts, rows: Array) -> dict[str, pl.Series]:
    """Return what the summary counts by: the first entity that a company is asked for, and its size by people."""
    found: dict[str, pl.Series] = {}
    for term, (values, known) in facts.columns.items():
        kind = desk.book.terms[term].kind
        if isinstance(kind, Choice) and kind.entity and "group" not in found:
            codes = np.where(known[rows], np.clip(values[rows], 0, len(kind.options) - 1), len(kind.options))
            found["group"] = pl.Series([*kind.options, ""], dtype=pl.String).gather(pl.Series(codes.astype(np.uint32)))
        if isinstance(kind, Number) and kind.unit == "people" and "size" not in found and "employees" in term:
            bands = np.where(known[rows], np.searchsorted(np.array(SIZES), values[rows], "right"), 0)
            found["size"] = pl.Series(SIZE_NAMES, dtype=pl.String).gather(pl.Series(bands.astype(np.uint32)))
    return found


def _nested(name: str, flat: pl.Series, offsets: Array, rows: Array) -> pl.Series:
    counts = np.diff(offsets)[rows]
    starts = offsets[:-1][rows]
    every = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(int(counts.sum())) if counts.size else np.zeros(0, np.int64)
    # WHY: rows that are known to be sorted are put into lists without a table of hashes
    frame = pl.DataFrame([pl.Series("row", np.repeat(np.arange(len(rows)), counts)).set_sorted(), flat.gather(pl.Series(every)).alias(name)])
    lists = frame.group_by("row", maintain_order=True).agg(pl.col(name))[name]
    place = pl.Series(np.cumsum(counts > 0) - 1).set(pl.Series(counts == 0), None)
    return lists.gather(place).fill_null([])


def _assumed(facts: Facts, rows: Array, chosen: Chosen) -> pl.Series:
    """Return what the columns of the file leave open in a row, and is assumed for it: terms between semicolons."""
    terms = [column.term for column in chosen.columns if column.term in facts.columns and "[" not in column.term]
    words: list[tuple[Array, str]] = [(~facts.columns[term][1][rows], term) for term in terms]
    return _worded(words, len(rows))


def _flags(desk: Desk, facts: Facts, result: Result, rows: Array) -> pl.Series:
    words = [((facts.notes[rows] & bit) != 0, name) for bit, name in NOTES]
    for term in sets_of(desk.book):
        words += [(result.columns[name, ""][rows] != 0, name.partition("[")[2][:-1]) for name, _ in result.columns if name.startswith(f"{term}[")]
    return _worded(words, len(rows))


def _worded(words: list[tuple[Array, str]], size: int) -> pl.Series:
    """Return for each row the words that hold, between semicolons; each different set of words is written once."""
    mask = np.zeros(size, np.uint64)
    for place, (holds, _) in enumerate(words[:64]):
        mask |= holds.astype(np.uint64) << np.uint64(place)
    unique, at = np.unique(mask, return_inverse=True)
    texts = ["; ".join(word for place, (_, word) in enumerate(words[:64]) if int(bits) >> place & 1) for bits in unique]
    return pl.Series(texts, dtype=pl.String).gather(pl.Series(at.astype(np.uint32)))


def _hex(words: Array) -> pl.Series:
    """Return the words of the why as text."""
    width = words.shape[1] * 8
    if not width or not words.shape[0]:
        return pl.Series([""] * words.shape[0], dtype=pl.String)
    signs = pl.Series(np.ascontiguousarray(words).view(np.uint8).reshape(words.shape[0], width))
    return signs.cast(pl.List(pl.UInt8)).cast(pl.Binary).bin.encode("hex")
