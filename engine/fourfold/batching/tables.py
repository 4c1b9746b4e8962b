"""What travels between reading, deciding and writing: a block of rows, and a row that is set aside."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is set aside: its number in the file, and why; `column` is empty where the whole row is wrong."""

    row: int
    column: str
    value: str
    code: str
    problem: str
    help: str


@dataclass(slots=True)
class Block:
    """Some rows of a file as text columns, with their numbers in the file.

    `broken` are rows that have no columns (ragged, unreadable), each with the cells that could be told apart.
    `following` is where the next block begins, in the reader's own count. `blank` counts empty rows, which
    are no companies.
    """

    frame: pl.DataFrame
    rows: Array
    following: int
    broken: list[tuple[Reject, list[str]]] = field(default_factory=list)
    blank: int = 0

    @property
    def read(self) -> int:
        """Return how many rows were read: good and broken."""
        return len(self.rows) + len(self.broken)


def widened(block: Block, headers: Iterable[str]) -> Block:
    """Return a block with every column of a mapping; those that its file does not have are empty."""
    missing = [name for name in headers if name not in block.frame.columns]
    if missing:
        block.frame = block.frame.with_columns(pl.lit("").alias(name) for name in missing)
    return block


class Table(Protocol):
    """A file that is read block by block."""

    name: str
    columns: tuple[str, ...]
    about: str

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the blocks from a place that an earlier block named as `following`; 0 is the beginning."""
        ...

    def size(self) -> int:
        """Return how much there is to read, in the same count as `following`; 0 where nobody can say."""
        ...


def numbered(first: int, count: int) -> Array:
    """Return row numbers."""
    return np.arange(first, first + count, dtype=np.int64)
