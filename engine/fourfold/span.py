"""A place in a file."""

from fourfold.noun import noun


@noun
class Span:
    """Where something stands: file, line and column (from 1), and how many characters it takes; in a sheet also the cell, such as `strategy!G6`."""

    file: str
    line: int
    column: int
    length: int = 1
    cell: str = ""

    def at(self, offset: int, length: int) -> "Span":
        """Return the part of this place that begins `offset` characters further on."""
        return Span(self.file, self.line, self.column + offset, max(1, length))

    def __lt__(self, other: "Span") -> bool:
        """Return whether this place comes first: by file, line, column."""
        return (self.file, self.line, self.column, self.length) < (other.file, other.line, other.column, other.length)

    def __str__(self) -> str:
        """Return the place as people and editors read it."""
        return f"{self.file}:{self.cell}" if self.cell else f"{self.file}:{self.line}:{self.column}"


NOWHERE = Span("", 0, 0)
