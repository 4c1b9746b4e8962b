"""The nouns of exchange: sheets of columns and rows, each cell with its place in a YAML file."""

import re
from dataclasses import dataclass, field

from fourfold.exchange.places import Place
from fourfold.span import Span

SEEN = "see "  # the head of a column that shows a number which is edited on the sheet of figures


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file, the path in a row's keys, the form of its cells, and what helps people."""

    name: str
    path: tuple[str, ...] = ()
    form: str = "text"
    group: str = "about"
    title: str = ""
    help: str = ""
    legal: tuple[str, ...] = ()
    is_strict: bool = False
    is_key: bool = False
    width: int = 18
    is_shown: bool = True

    @property
    def is_view(self) -> bool:
        """Return whether the column only shows what other columns say."""
        return self.group == "view"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, its cells by column, and where it stands: file, keys, path within them, member of what."""

    key: tuple[str, ...]
    cells: dict[str, str]
    file: str = ""
    base: Place | None = None
    prefix: tuple[str, ...] = ()
    holder: Place | None = None
    index: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: `what` it holds, of which table or kind, its columns and rows; of figures, also the keys of each entity."""

    name: str
    what: str
    subject: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    homes: dict[str, tuple[str, Place]] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[Column, ...]:
        """Return the columns that an export writes; the others may be added by hand."""
        return tuple(column for column in self.columns if column.is_shown)

    def column(self, name: str) -> Column | None:
        """Return a column by its name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it came in: texts by row and column (from 1)."""

    name: str
    file: str
    cells: dict[tuple[int, int], str]
    is_alone: bool = False

    def place(self, line: int, column: int) -> Span:
        """Return the place of a cell: `strategy!G6`; in a file that is one sheet, `G6`."""
        name = f"'{self.name}'" if re.search(r"[^\w.]", self.name) else self.name
        return Span(self.file, line, column, 1, f"{'' if self.is_alone else name + '!'}{letters(column)}{line}")

    @property
    def size(self) -> tuple[int, int]:
        """Return the last row and the last column that hold something."""
        return max((row for row, _ in self.cells), default=0), max((at for _, at in self.cells), default=0)


def letters(column: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
