"""A block of rows decided: cells to columns, columns to conclusions, conclusions to a table; what is set aside comes with its reason."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from fourfold.batching.cells import CONVERTED, RANGE, ROUNDED, CellReader, Parsed
from fourfold.batching.mapping import Chosen, Column, asked_names
from fourfold.batching.reasons import BESIDE, lists_of, sets_of, target_of, with_rules
from fourfold.batching.tables import Array, Block, Reject
from fourfold.columns.program import Program, compile_columns
from fourfold.columns.result import Result
from fourfold.door.state import open_door
from fourfold.expression.kinds import Choice
from fourfold.library import open_book
from fourfold.model import RuleBook, Share
from fourfold.rates import rates_in_force
from fourfold.spoken.dates import dates_of

NOTES = ((RANGE, "range"), (CONVERTED, "converted"), (ROUNDED, "rounded"))
MOST_BOOKS = 16
HELP = {
    "F204": "correct it, or leave it empty if it is unknown",
    "F205": "correct it, or leave it empty if it is unknown",
    "F301": "correct one of them, or leave one empty",
    "F307": "the rule book has a gap here; see fourfold prove",
    "F308": "the rule book has a conflict here; see fourfold prove",
    "F309": "fill it in, or give it for all rows: --set TERM=VALUE",
}
SAID = {
    "F204": "`{term}` is not one of its choices",
    "F205": "`{term}` is outside its range",
    "F301": "these answers cannot all be true",
    "F307": "no rule decides `{term}`",
    "F308": "two rules disagree on `{term}`",
    "F309": "`{term}` is missing and has no assumption",
}


@dataclass(slots=True)
class Decided:
    """What became of a block: the rows that were decided (with `at`, their place in the block), and those set aside by place."""

    frame: pl.DataFrame
    aside: dict[int, Reject] = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """The columns of the rows of one book: numbers with where they are known, notes, other ends of ranges."""

    columns: dict[str, tuple[Array, Array]]
    notes: Array
    ranges: dict[str, Array]
    parsed: dict[str, Parsed]


class Desk:
    """One book ready for rows of its day and currency: compiled, with a reader for each column."""

    def __init__(self, book: RuleBook, chosen: Chosen) -> None:
        """Compile the book with the rules beside its answers."""
        self.book, self.target = book, target_of(book)
        self.program: Program = compile_columns(with_rules(book, self.target), (self.target, BESIDE + self.target, *sets_of(book), *lists_of(book)))
        door, asked = open_door(book), asked_names(book)
        used = [column for column in chosen.columns if column.term in asked]
        self.readers = {column.header: CellReader(book, door, column, asked[column.term]) for column in used}
        self.fixed = {term: CellReader(book, door, Column(term, term), asked[term]).cell(text) for term, text in chosen.fixed.items()}
        self.fixed_terms = {term: CellReader(book, door, Column(term, term), asked[term]).terms for term in chosen.fixed}

    def facts(self, frame: pl.DataFrame) -> Facts:
        """Return the columns of some rows."""
        size = frame.height
        found = Facts({}, np.zeros(size, np.uint8), {}, {})
        for header, reader in self.readers.items():
            parsed = reader.read(frame[header])
            found.parsed[header] = parsed
            found.notes |= parsed.notes
            for term, values in zip(reader.terms, parsed.values, strict=True):
                found.columns[term] = (values, parsed.known)
            if (parsed.notes & RANGE).any():
                found.ranges[reader.terms[0]] = np.where(parsed.notes & RANGE, parsed.other, parsed.values[0])
        for term, cell in self.fixed.items():
            for ground, value in zip(self.fixed_terms[term], cell.values or (), strict=False):
                found.columns[ground] = (np.full(size, value, np.int64), np.ones(size, np.bool_))
        return found

    def run(self, facts: Facts, size: int) -> Result:
        """Return what follows. One row more is decided of which nothing is known, so that every block has the same machine."""
        columns = {term: (np.append(values, 0), np.append(known, False)) for term, (values, known) in facts.columns.items()}
        return self.program.run(columns, size + 1)


class Decider:
    """Decides blocks by a mapping; books of other days and currencies are opened when rows need them."""

    def __init__(self, root: Path, day: int, currency: str, chosen: Chosen) -> None:
        """Open the book of the run's own day and currency."""
        self.root, self.day, self.currency, self.chosen = root, day, currency, chosen
        self.desks: dict[tuple[int, str], Desk] = {}
        self.desk = self.at(day, currency)
        self.known_currencies = set(rates_in_force(self.desk.book))

    def at(self, day: int, currency: str) -> Desk:
        """Return the desk of a day and a currency."""
        key = (day, currency)
        if key not in self.desks:
            self.desks[key] = Desk(open_book(self.root, day, currency), self.chosen)
        return self.desks[key]

    def decide(self, block: Block, ids: pl.Series, skip: dict[int, Reject]) -> Decided:
        """Return the decisions of a block; the rows in `skip` are set aside already."""
        aside = dict(skip)
        frames = []
        for desk, places in self._by_book(block, aside):
            frames.append(self._decided(desk, block, ids, places, aside))
        frame = pl.concat(frames).sort("at") if frames else pl.DataFrame()
        return Decided(frame, aside)

    # ------------------------------------------------------------ which book

    def _by_book(self, block: Block, aside: dict[int, Reject]) -> list[tuple[Desk, Array]]:
        """Return the rows by the book that decides them: that of their day and currency."""
        every = np.array([at for at in range(block.frame.height) if at not in aside], np.int64) if aside else np.arange(block.frame.height)
        roles = [column for column in (self.chosen.of("as_of"), self.chosen.of("currency")) if column is not None]
        if not roles:
            return [(self.desk, every)] if every.size else []
        texts = block.frame.select(pl.concat_str([pl.col(column.header).str.strip_chars() for column in roles], separator="\x1f")).to_series()
        found: list[tuple[Desk, Array]] = []
        kept = texts.gather(pl.Series(every)) if every.size else texts.head(0)
        for text in kept.unique(maintain_order=True).to_list():
            places = every[(kept == text).to_numpy()]
            desk = self._desk_of(dict(zip([column.term for column in roles], text.split("\x1f"), strict=True)))
            if isinstance(desk, Desk):
                found.append((desk, places))
            else:
                code, message, help_text = desk
                aside |= {int(at): Reject(int(block.rows[at]), roles[0].header, text.replace("\x1f", " "), code, message, help_text) for at in places}
        return found

    def _desk_of(self, said: dict[str, str]) -> Desk | tuple[str, str, str]:
        day, currency = self.day, self.currency
        if text := said.get("as_of", ""):
            days = dates_of(text, _date(self.day))
            if len(days) != 1:
                return "F112", f"`{text[:40]}` is not a date", "write a day as 2026-11-30"
            day = days[0].day.toordinal()
        if text := said.get("currency", ""):
            currency = text.upper()
            if currency not in self.known_currencies:
                return "F211", f"no rate for the currency `{text[:20]}`", f"one of {', '.join(sorted(self.known_currencies))}"
        if (day, currency) not in self.desks and len(self.desks) >= MOST_BOOKS:
            return "F134", f"more than {MOST_BOOKS} days and currencies in one run", "split the file by day, or leave the column of days out and give --as-of"
        return self.at(day, currency)

    # ------------------------------------------------------------ rows of one book

    def _decided(self, desk: Desk, block: Block, ids: pl.Series, places: Array, aside: dict[int, Reject]) -> pl.DataFrame:
        whole = len(places) == block.frame.height
        frame = block.frame if whole else block.frame[places]
        facts = desk.facts(frame)
        bad = np.zeros(len(places), np.bool_)
        for header, parsed in facts.parsed.items():
            for row, (code, problem, help_text) in parsed.faults.items():
                at = int(places[row])
                bad[row] = True
                if at not in aside:
                    aside[at] = Reject(int(block.rows[at]), header, str(frame[header][row]), code, problem, help_text)
        result = desk.run(facts, len(places))
        for row in np.flatnonzero(result.reject[:-1]).tolist():
            at, failure = int(places[row]), result.failure(row)
            assert failure is not None
            bad[row] = True
            if at not in aside:
                column = self.chosen.of(failure.term)
                value = str(frame[column.header][int(row)]) if column is not None else ""
                aside[at] = Reject(int(block.rows[at]), column.header if column else "", value, failure.code, SAID[failure.code].format(term=failure.term), HELP[failure.code])
        return written(desk, facts, result, ids.gather(pl.Series(places)), places, ~bad, self.chosen)


def _date(day: int) -> date:
    return date.fromordinal(day)


# ---------------------------------------------------------------- the table of a block


def written(desk: Desk, facts: Facts, result: Result, ids: pl.Series, places: Array, good: Array, chosen: Chosen) -> pl.DataFrame:
    """Return the conclusions of the rows that were decided as a table."""
    rows = np.flatnonzero(good)
    columns: dict[str, pl.Series] = {"at": pl.Series(places[rows]), "id": ids.gather(pl.Series(rows))}
    for term, name in ((desk.target, desk.target), (BESIDE + desk.target, "rule")):
        columns[name] = _options(desk, result, term, rows)
    columns |= _lists(desk, result, rows)
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


def _nested(name: str, flat: pl.Series, offsets: Array, rows: Array) -> pl.Series:
    counts = np.diff(offsets)[rows]
    starts = offsets[:-1][rows]
    every = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(int(counts.sum())) if counts.size else np.zeros(0, np.int64)
    frame = pl.DataFrame({"row": np.repeat(np.arange(len(rows)), counts), name: flat.gather(pl.Series(every))})
    lists = frame.group_by("row", maintain_order=True).agg(pl.col(name))
    return pl.DataFrame({"row": np.arange(len(rows))}).join(lists, on="row", how="left", maintain_order="left")[name].fill_null([])


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


_DIGITS = np.frombuffer(b"".join(f"{number:02x}".encode() for number in range(256)), np.uint16)


def _hex(words: Array) -> pl.Series:
    """Return the words of the why as text."""
    width = words.shape[1] * 8
    if not width or not words.shape[0]:
        return pl.Series([""] * words.shape[0], dtype=pl.String)
    digits = _DIGITS[np.ascontiguousarray(words).view(np.uint8).reshape(words.shape[0], width)]
    return pl.Series(np.ascontiguousarray(digits).view(f"S{2 * width}").reshape(-1).astype(f"U{2 * width}"))
