"""One book ready for rows of its day and currency: cells to columns, columns to conclusions."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from fourfold.batching.cells import CellReader, Parsed
from fourfold.batching.mapping import Chosen, Column, asked_names
from fourfold.batching.reasons import BESIDE, lists_of, numbers_of, sets_of, target_of, with_rules
from fourfold.batching.shapes import RANGE, UNREAD
from fourfold.batching.tables import Array
from fourfold.columns.program import Program, compile_columns
from fourfold.columns.result import Result
from fourfold.door.state import open_door
from fourfold.model import RuleBook


@dataclass(slots=True)
class Facts:
    """The columns of the rows of one book: numbers with where they are known, notes, other ends of ranges."""

    columns: dict[str, tuple[Array, Array]]
    notes: Array
    ranges: dict[str, Array]
    parsed: dict[str, Parsed]


def _passed_over(parsed: Parsed) -> None:
    """Let cells that nothing rests on be unknown where they cannot be read; a note says so."""
    for row in parsed.faults:
        parsed.known[row] = False
        parsed.notes[row] = UNREAD
    parsed.faults.clear()


@lru_cache(maxsize=16)
def _kept(_key: tuple[str, int, str]) -> list[Program]:
    """Return the place where the compiled program of a book is kept."""
    return []


def program_of(book: RuleBook) -> Program:
    """Return a book with the rules beside its answers as a program, compiled once."""
    place = _kept((book.hash, book.as_of, book.currency))
    if not place:
        target = target_of(book)
        place.append(compile_columns(with_rules(book, target), (target, BESIDE + target, *sets_of(book), *lists_of(book), *numbers_of(book))))
    return place[0]


class Desk:
    """One book ready for rows of its day and currency: compiled, with a reader for each column."""

    def __init__(self, book: RuleBook, chosen: Chosen) -> None:
        """Compile the book with the rules beside its answers."""
        self.book, self.target = book, target_of(book)
        self.program = program_of(book)
        self.matters = self._matters()
        door, asked = open_door(book), asked_names(book)
        used = [column for column in chosen.columns if column.term in asked]
        self.readers = {column.header: CellReader(book, door, column, asked[column.term]) for column in used}
        self.fixed = {term: CellReader(book, door, Column(term, term), asked[term]).cell(text) for term, text in chosen.fixed.items()}
        self.fixed_terms = {term: CellReader(book, door, Column(term, term), asked[term]).terms for term in chosen.fixed}

    def _matters(self) -> frozenset[str]:
        """Return the terms that what is written rests on; what else a row gives is for its plan."""
        found: set[str] = set()
        left = [self.target, *sets_of(self.book), *lists_of(self.book), *numbers_of(self.book), *(name for never in self.book.constraints for cell in never.cells for name in cell.reads)]
        while left:
            term = left.pop()
            if term not in found and term in self.book.terms:
                found.add(term)
                left += self.book.terms[term].reads
                left += [name for way in self.book.or_from.get(term, ()) for name in (*way.reads, *way.where)]
        return frozenset(found)

    def facts(self, frame: pl.DataFrame) -> Facts:
        """Return the columns of some rows."""
        size = frame.height
        found = Facts({}, np.zeros(size, np.uint8), {}, {})
        for header, reader in self.readers.items():
            parsed = reader.read(frame[header])
            if not self.matters.intersection(reader.terms):
                _passed_over(parsed)
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
