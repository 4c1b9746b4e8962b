"""What a task of a batch is told, and what it does: some blocks of one file decided and kept as parts, as an embedded run keeps them.

A task is a function of its piece and the files alone. It may run twice, anywhere, in any order: it writes the
same parts, and the state of a part, which makes it count, last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np

from fourfold.batching.keeping import Data, Seen, State
from fourfold.batching.records import ROWS, Parquet
from fourfold.batching.running import Order, Progress, Run
from fourfold.batching.sources import Source, open_table
from fourfold.batching.tables import Array, Block, Table
from fourfold.problem import Problem, Problems


@dataclass(frozen=True, slots=True)
class Job:
    """What all tasks of a run share: the order without its files, which are opened where a task runs; size and time of each file; what marks the run."""

    order: Order
    paths: tuple[Path, ...]
    marks: tuple[tuple[int, int], ...]
    mark: Data
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Blocks of one file that follow each other: the part that the first becomes, where it begins, how many there are.

    `before` rows of the run stand before.
    `again` names, by part, the places of companies that came before in the run, where that is known already.
    """

    source: int
    number: int
    start: int
    count: int
    before: int
    again: dict[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a piece: the parts it kept, or the problems that stop the run."""

    numbers: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


class Told(Seen):
    """Who came before: within a block as it is seen, in the whole run as the driver tells."""

    def __init__(self, again: tuple[int, ...] | None) -> None:
        """Keep the places that are known."""
        super().__init__()
        self.again = again

    def repeated(self, marks: Array) -> Array:
        """Return which companies of a block came before."""
        if self.again is None:
            return super().repeated(marks)
        found = np.zeros(marks.size, np.bool_)
        found[list(self.again)] = True
        return found

    def add(self, marks: Array) -> None:
        """Forget them: each task sees its own blocks only."""


class Some:
    """A table of which only some blocks are read."""

    def __init__(self, table: Table, count: int) -> None:
        """Look like the table."""
        self.table, self.count = table, count
        self.name, self.columns, self.about = table.name, table.columns, table.about

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield so many blocks from a place on."""
        yield from islice(self.table.blocks(start), self.count)

    def size(self) -> int:
        """Return how much there is in all."""
        return self.table.size()


class Hand(Run):
    """A run as far as a task does it: blocks are decided and kept by the run's own steps; it begins nothing and ends nothing."""

    def __init__(self, job: Job, source: int) -> None:
        """Open the book and the one file."""
        self.job = job
        table = open_table(job.paths[source])
        super().__init__(replace(job.order, sources=tuple(Source(path, table) for path in job.paths), fresh=False))
        self.columns = job.columns
        self.marks = dict(zip(job.paths, job.marks, strict=True))
        self.piece = Piece(source, 0, 0, 0, 0)
        self.done = 0

    def mark(self) -> Data:
        """Return the mark of the run that the task belongs to, so that its parts are taken for what they are."""
        return self.job.mark

    def decide(self, piece: Piece) -> tuple[int, ...]:
        """Decide the blocks of a piece and keep them; return the numbers of their parts."""
        self.piece, self.done = piece, 0
        opened = self.order.sources[piece.source]
        table = Some(opened.table.table if isinstance(opened.table, Some) else opened.table, piece.count)
        self.order = replace(self.order, sources=tuple(Source(path, table) for path in self.job.paths))
        self._source(piece.source, piece.start, Progress(read=piece.before), [0] * len(self.job.paths), lambda _: None)
        return tuple(range(piece.number, piece.number + piece.count))

    def _block(self, at: int, block: Block, following: int, progress: Progress, sizes: list[int], tell: Callable[[Progress], None]) -> None:
        """Decide and keep a block as the part that it is in the whole run."""
        number = self.piece.number + self.done
        # WHY: a part has its number by how many there are before it, and who came before is told
        self.states = [State(0, 0, 0, 0, 0, 0)] * number
        self.seen = Told(self.piece.again.get(number))
        self.done += 1
        super()._block(at, block, following, progress, sizes, tell)


def work(job: Job, piece: Piece) -> Done:
    """Do one piece where a task runs; problems come back as values."""
    try:
        return Done(_hand(job, piece.source).decide(piece))
    except Problems as fault:
        return Done(problems=fault.problems)


_HANDS: dict[str, Hand] = {}


def _hand(job: Job, source: int) -> Hand:
    """Return what this process has open for a file; the book is compiled once a process, not once a task."""
    key = repr((job, source))
    if key not in _HANDS:
        _HANDS.clear()
        _HANDS[key] = Hand(job, source)
    return _HANDS[key]


def blocks_of(job: Job, source: int) -> list[tuple[int, int]]:
    """Return where the blocks of a file begin and how many rows are read in each."""
    table = open_table(job.paths[source])
    if isinstance(table, Parquet):
        return [(first, min(ROWS, table.rows - first)) for first in range(0, table.rows, ROWS)]
    found, start = [], 0
    for block in table.blocks(0):
        found.append((start, block.read))
        start = block.following
    return found


def pieces_of(job: Job, blocks: list[list[tuple[int, int]]], most: int) -> list[Piece]:
    """Return the pieces of a run: up to `most` blocks of one file each, in the order of an embedded run."""
    found: list[Piece] = []
    number = before = 0
    for source, own in enumerate(blocks):
        # WHY: what is packed or sent through a decoder can only be read from its beginning
        step = most if _can_begin_anywhere(job.paths[source]) else len(own)
        for first in range(0, len(own), step or 1):
            held = own[first : first + step]
            found.append(Piece(source, number, held[0][0], len(held), before))
            number, before = number + len(held), before + sum(read for _, read in held)
    return found


def _can_begin_anywhere(path: Path) -> bool:
    table = open_table(path)
    return isinstance(table, Parquet) or bool(table.size())
