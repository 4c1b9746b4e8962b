"""What a task of a batch is told, and what it does: some blocks of one file decided and kept as parts, as an embedded run keeps them.

A task is a function of its piece and the files alone. It may run twice, anywhere, in any order: it writes the
same parts, and the state of a part, which makes it count, last.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fourfold.batching.deciding import Decider
from fourfold.batching.keeping import Seen, State, Workspace
from fourfold.batching.mapping import Chosen
from fourfold.batching.records import ROWS, Parquet
from fourfold.batching.running import Order, Progress, Run
from fourfold.batching.sources import Source, open_table
from fourfold.batching.speaking import Voice
from fourfold.batching.tables import Array, Block
from fourfold.problem import Problem, Problems

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Job:
    """What all tasks of a run share; files are opened where a task runs."""

    root: Path
    paths: tuple[Path, ...]
    marks: tuple[Mark, ...]
    columns: tuple[str, ...]
    chosen: Chosen
    output: Path
    form: str
    day: int
    currency: str
    language: str
    keep: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Blocks of one file that follow each other: the part that the first becomes, where it begins, how many there are.

    `is_last` says that the last of them is the last of its file. `before` rows of the run stand before.
    `again` names, by part, the places of companies that came before in the run, where that is known already.
    """

    source: int
    number: int
    start: int
    count: int
    is_last: bool
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


class Hand(Run):
    """A run's own way to decide and keep a block, in a task: it begins nothing, ends nothing and counts for itself alone."""

    def __init__(self, job: Job, source: int) -> None:
        """Open the book and the one file."""
        opened = Source(job.paths[source], open_table(job.paths[source]))
        sources = tuple(opened if place == source else Source(path, opened.table) for place, path in enumerate(job.paths))
        self.order = Order(job.root, sources, job.chosen, job.output, job.form, job.day, job.currency, job.language, job.keep)
        self.decider = Decider(job.root, job.day, job.currency, job.chosen)
        self.voice = Voice(self.decider.desk, job.language, job.root)
        self.place = Workspace(job.output)
        self.columns = job.columns
        self.names = []
        self.marks = dict(zip(job.paths, job.marks, strict=True))
        self.states: list[State] = []

    def decide(self, piece: Piece) -> tuple[int, ...]:
        """Decide the blocks of a piece and keep them; return the numbers of their parts."""
        table, numbers = self.order.sources[piece.source].table, range(piece.number, piece.number + piece.count)
        before = piece.before
        for number, block in zip(numbers, table.blocks(piece.start), strict=False):
            is_last = piece.is_last and number == numbers[-1]
            self._one(piece, number, block, before, -1 if is_last else block.following)
            before += block.read
        return tuple(numbers)

    def _one(self, piece: Piece, number: int, block: Block, before: int, following: int) -> None:
        # WHY: a part has its number by how many there are before it, and companies are told apart up to a number of rows
        self.states = [State(0, 0, 0, 0, 0, 0)] * number
        self.seen = Told(piece.again.get(number))
        self._block(piece.source, block, following, Progress(read=before), [0] * len(self.order.sources), lambda _: None)


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
            found.append(Piece(source, number, held[0][0], len(held), first + step >= len(own), before))
            number, before = number + len(held), before + sum(read for _, read in held)
    return found


def _can_begin_anywhere(path: Path) -> bool:
    table = open_table(path)
    return isinstance(table, Parquet) or bool(table.size())
