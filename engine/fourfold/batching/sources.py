"""Which files are meant by what was typed: files, folders, globs, standard input; each opened as the table that it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from fourfold.batching.delimited import open_delimited
from fourfold.batching.outputs import REASONS, unguarded
from fourfold.batching.records import JsonLines, Parquet, Sheet
from fourfold.batching.streams import Stream, encoding_of, kind_of
from fourfold.batching.tables import Block, Table
from fourfold.problem import Problem, Problems
from fourfold.span import Span

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".jsonl", ".ndjson", ".json", ".parquet", ".gz")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is read, and what tells whether it is still the same."""

    path: Path
    table: Table

    @property
    def mark(self) -> tuple[int, int]:
        """Return size and time of the last change."""
        found = self.path.stat()
        return found.st_size, found.st_mtime_ns


def files_of(inputs: tuple[str, ...]) -> list[Path]:
    """Return the files that were meant, each once, folders and globs in the order of names."""
    found: dict[Path, None] = {}
    problems = []
    for text in inputs:
        path = Path(text)
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in ENDINGS and not any(part.startswith(".") for part in file.relative_to(path).parts))
            problems += [] if inside else [Problem("F101", f"`{text}` holds no tables", Span(text, 1, 1), help=f"give files ending in {', '.join(ENDINGS)}")]
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            inside = sorted(Path(name) for name in glob(text, recursive=True) if Path(name).is_file())  # noqa: PTH207  # a pattern may be absolute
            problems += [] if inside else [Problem("F101", f"`{text}` cannot be read: no such file", Span(text, 1, 1), help="is the name right? a pattern is put in quotes")]
            found |= dict.fromkeys(inside)
    if problems:
        raise Problems(problems)
    return list(found)


class Mended:
    """A file of rows that were set aside, after somebody mended it: the reasons are passed over, the apostrophes before formulas taken off."""

    def __init__(self, table: Table) -> None:
        """Look at the columns behind the reasons."""
        self.table, self.name, self.about = table, table.name, f"{table.about} · mended rejects"
        self.columns = tuple(name for name in table.columns if name not in REASONS)

    def size(self) -> int:
        """Return how much there is to read."""
        return self.table.size()

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the blocks without the reasons."""
        for block in self.table.blocks(start):
            block.frame = unguarded(block.frame.select(self.columns))
            block.broken = [(reject, cells[len(REASONS) :]) for reject, cells in block.broken]
            yield block


def open_table(path: Path, sheet: str = "") -> Table:
    """Return a file as the table that it is, told by its content first and its name second."""
    table = _opened(path, sheet)
    return Mended(table) if set(REASONS) <= set(table.columns) else table


def _opened(path: Path, sheet: str) -> Table:
    stream = Stream(path)
    sample = stream.sample()
    kind = kind_of(sample, path)
    if kind == "parquet":
        return Parquet(path)
    if kind == "xlsx":
        return Sheet(path, sheet)
    stream.encoding = encoding_of(sample, path)
    names = path.name.lower().removesuffix(".gz")
    try:
        is_json = names.endswith((".jsonl", ".ndjson", ".json")) or sample.lstrip()[:1] == b"{"
        return JsonLines(path, stream) if is_json else open_delimited(path, stream)
    finally:
        stream.close()


def open_sources(paths: list[Path], sheet: str = "") -> list[Source]:
    """Return files as tables; the problems of all are raised together."""
    found: list[Source] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(Source(path, open_table(path, sheet)))
        except Problems as fault:
            problems += fault.problems
    if problems:
        raise Problems(problems)
    return found
