"""A batch from its first row to its last: blocks read, decided, kept, and at the end put together under the final name."""

import gc
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from fourfold import __version__
from fourfold.batching.deciding import Decided, Decider
from fourfold.batching.keeping import Data, Seen, State, Workspace
from fourfold.batching.mapping import Chosen, as_text
from fourfold.batching.outputs import head_bytes, join_parts, part_bytes, rejects_bytes, rejects_head
from fourfold.batching.sources import Source
from fourfold.batching.speaking import Voice
from fourfold.batching.streams import byte_and_line
from fourfold.batching.tables import Array, Block, Reject, widened
from fourfold.batching.tallying import added, tally_of
from fourfold.problem import Problem, Problems
from fourfold.span import Span
from fourfold.writing import write_whole

MOST_IDS = 40_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is to do."""

    root: Path
    sources: tuple[Source, ...]
    chosen: Chosen
    output: Path
    form: str
    day: int
    currency: str
    language: str
    keep: tuple[str, ...] = ()
    most_rejects: int = 0
    fresh: bool = False
    is_looking: bool = True
    appended: bool = False
    before: int = 0
    long: Path | None = None


@dataclass(slots=True)
class Progress:
    """How far a run is: rows read, decided and set aside; `done` of `whole` in the reader's own measure (0: unknown)."""

    read: int = 0
    decided: int = 0
    aside: int = 0
    done: int = 0
    whole: int = 0
    resumed: int = 0


@dataclass(slots=True)
class Ended:
    """What a run came to."""

    progress: Progress
    blank: int
    tally: Data
    codes: dict[str, int]
    files: list[Path] = field(default_factory=list)


class Run:
    """One run; `go` does it, telling how far it is after each block."""

    def __init__(self, order: Order) -> None:
        """Open the book, and find what an earlier run of the same work has left."""
        self.order = order
        self.decider = Decider(order.root, order.day, order.currency, order.chosen, is_looking=order.is_looking)
        self.voice = Voice(self.decider.desk, order.language, is_looking=order.is_looking)
        self.place = Workspace(order.output)
        self.states = self.place.begin(self.mark(), fresh=order.fresh)
        self.seen = Seen()
        self.columns = tuple(dict.fromkeys(name for source in order.sources for name in source.table.columns))
        self.names: list[str] = []
        self.marks = {source.path: source.mark for source in order.sources}

    def mark(self) -> Data:
        """Return what makes two runs the same work: files, mapping, rule book, program."""
        order = self.order
        files = [[str(source.path.resolve()), *source.mark] for source in order.sources]
        if order.long is not None:
            found = order.long.stat()
            files.append([str(order.long.resolve()), found.st_size, found.st_mtime_ns])
        return {
            "program": __version__, "polars": pl.__version__, "files": files, "mapping": as_text(order.chosen, ""), "book": self.decider.desk.book.hash,
            "as_of": order.day, "currency": order.currency, "language": order.language, "form": order.form, "keep": list(order.keep),
            "looking": order.is_looking, "onto": self._onto(),
        }  # fmt: skip

    def _onto(self) -> list[int]:
        """Return what tells whether the output that rows join is still the same."""
        found = self.order.output.stat() if self.order.appended else None
        return [found.st_size, found.st_mtime_ns] if found else []

    def resumed(self) -> int:
        """Return how many rows an earlier run has done."""
        return sum(state.read for state in self.states)

    def go(self, tell: Callable[[Progress], None]) -> Ended:
        """Decide every row that is left, then write the output; return what it came to."""
        order, progress = self.order, Progress(resumed=self.resumed())
        sizes = [source.table.size() for source in order.sources]
        progress.whole = sum(sizes) if all(sizes) else 0
        for number, state in enumerate(self.states):
            self._count(progress, state)
            self.seen.add(self.place.ids(number))
        first = self.states[-1].source if self.states else 0
        start = self.states[-1].following if self.states else 0
        for at in range(first, len(order.sources)):
            if start >= 0:
                self._source(at, start, progress, sizes, tell)
            start = 0
        return self._finish(progress)

    def _source(self, at: int, start: int, progress: Progress, sizes: list[int], tell: Callable[[Progress], None]) -> None:
        source = self.order.sources[at]
        last: Block | None = None
        headers = [column.header for column in self.order.chosen.columns]
        for block in _ahead(source.table.blocks(start)):
            widened(block, headers)
            if last is not None:
                self._block(at, last, last.following, progress, sizes, tell)
            last = block
        if last is not None:
            self._block(at, last, -1, progress, sizes, tell)

    def _block(self, at: int, block: Block, following: int, progress: Progress, sizes: list[int], tell: Callable[[Progress], None]) -> None:
        source = self.order.sources[at]
        ids = self._ids(block)
        marks = ids.hash().to_numpy() if self.order.chosen.of("id") is not None and progress.read < MOST_IDS else np.zeros(0, np.uint64)
        behind = self._behind(at, following, sizes)
        # WHY: a long run is told from its first block, so that the columns need not wait for many rows before they take their quickest way
        self.decider.desk.program.rows_ahead = block.read * progress.whole // max(1, behind) if not self.states else self.decider.desk.program.rows_ahead
        decided = self.decider.decide(block, ids, self._twice(block, ids, marks), is_first=not self.states)
        frame = self.voice.told(decided.frame, block, at + self.order.before, self.order.keep) if decided.frame.height else decided.frame
        rejects = self._rejects(block, ids, decided)
        if self._changed(source):
            raise Problems([Problem("F135", f"`{source.path}` was changed while it was read", Span(str(source.path), 1, 1), help="wait until it is whole, and start again with --fresh")])
        state = State(
            at,
            following,
            block.read,
            decided.frame.height,
            len(rejects),
            block.blank,
            {**tally_of(decided.frame, self.decider.desk), "wide": decided.wide, "codes": dict(Counter(reject.code for reject, _, _ in rejects))},
        )
        number = len(self.states)
        self.place.keep(number, part_bytes(frame, self.order.form) if frame.height else b"", rejects_bytes(rejects, self.columns), marks, state)
        self.states.append(state)
        self.seen.add(marks)
        self._count(progress, state)
        progress.done = behind
        tell(progress)
        # WHY: what decided the block holds itself in a circle, with all its columns; only the collector ends it
        gc.collect(1)
        self._check_rejects(progress)

    @staticmethod
    def _behind(at: int, following: int, sizes: list[int]) -> int:
        """Return how far a run is behind a block, in the reader's own measure."""
        return sum(sizes[:at]) + (sizes[at] if following < 0 else byte_and_line(following)[0] or following)

    def _check_rejects(self, progress: Progress) -> None:
        most = self.order.most_rejects
        if most and progress.aside > most:
            raise Problems(
                [
                    Problem(
                        "F136",
                        f"{progress.aside:,} of {progress.read:,} rows are set aside, more than {most:,}",
                        Span(str(self.order.output), 1, 1),
                        help=f"look at {self.place.reject(0).parent}, mend the mapping, or raise --max-rejects",
                    )
                ]
            )

    @staticmethod
    def _count(progress: Progress, state: State) -> None:
        progress.read, progress.decided, progress.aside = progress.read + state.read, progress.decided + state.decided, progress.aside + state.aside

    def _changed(self, source: Source) -> bool:
        try:
            return source.mark != self.marks[source.path]
        except OSError:
            return True

    # ------------------------------------------------------------ rows

    def _ids(self, block: Block) -> pl.Series:
        column = self.order.chosen.of("id")
        if column is None:
            return pl.Series("id", block.rows).cast(pl.String)
        given = block.frame[column.header].str.strip_chars()
        return pl.select(pl.when(given == "").then(pl.Series(block.rows).cast(pl.String)).otherwise(given)).to_series().alias("id") if (given == "").any() else given.alias("id")

    def _twice(self, block: Block, ids: pl.Series, marks: Array) -> dict[int, Reject]:
        column = self.order.chosen.of("id")
        if column is None or not marks.size:
            return {}
        return {
            int(at): Reject(int(block.rows[at]), column.header, str(ids[int(at)]), "F137", "this company came before", "one row a company: remove this one, or give it its own id")
            for at in np.flatnonzero(self.seen.repeated(marks))
        }

    def _rejects(self, block: Block, ids: pl.Series, decided: Decided) -> list[tuple[Reject, str, list[str]]]:
        columns = block.frame.columns
        place = [columns.index(name) if name in columns else -1 for name in self.columns]
        found: list[tuple[Reject, str, list[str]]] = [(reject, "", cells) for reject, cells in block.broken]
        for at, reject in decided.aside.items():
            cells = block.frame.row(at)
            found.append((reject, str(ids[at]), [str(cells[spot]) if spot >= 0 else "" for spot in place]))
        return sorted(found, key=lambda item: item[0].row)

    # ------------------------------------------------------------ the end

    def _finish(self, progress: Progress) -> Ended:
        tally: Data = {}
        for state in self.states:
            tally = added(tally, state.tally)
        codes = tally.pop("codes", {})
        assert isinstance(codes, dict)
        ended = Ended(progress, sum(state.blank for state in self.states), tally, dict(codes))
        order = self.order
        rejects = rejects_path(order.output)
        everyone = range(len(self.states))
        parts = [self.place.part(number) for number in everyone if self.states[number].decided]
        if order.appended:
            parts = [order.output, *parts]
        with whole(order.output, self.place.folder) as target:
            if parts or order.form != ".parquet":
                join_parts(parts, b"" if order.appended else head_bytes(self.voice.columns(order.keep), order.form), order.form, target)
            else:
                self.voice.empty(order.keep).write_parquet(target)
            with whole(rejects, self.place.folder) as other:
                join_parts([self.place.reject(number) for number in everyone], rejects_head(self.columns), ".csv", other)
        ended.files = [order.output, rejects]
        return ended


def _ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield blocks, each read while the one before it is decided."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, blocks, None)
        while (block := following.result()) is not None:
            following = pool.submit(next, blocks, None)
            yield block


def rejects_path(output: Path) -> Path:
    """Return the file of the rows that were set aside, beside an output."""
    return beside(output, ".rejects.csv")


def beside(output: Path, ending: str) -> Path:
    """Return a file beside an output, named after it."""
    name = output.name.removesuffix(".gz")
    return output.with_name(name.rpartition(".")[0] + ending)


class whole:  # noqa: N801  # read as a word of the statement: with whole(path) as target
    """A file that is there whole or not at all: written in a folder of the same disk, put in its place at the end."""

    def __init__(self, path: Path, folder: Path) -> None:
        """Name the file in the folder; a run that was killed leaves nothing elsewhere."""
        self.path, self.temporary = path, folder / f"whole-{path.name}"

    def __enter__(self) -> Path:
        """Return the file to write."""
        return self.temporary

    def __exit__(self, kind: object, *_: object) -> None:
        """Put the file in its place, unless writing it failed."""
        if kind is not None:
            self.temporary.unlink(missing_ok=True)
            return
        with self.temporary.open("rb+") as file:
            os.fsync(file.fileno())
        self.temporary.replace(self.path)


def remember(run: Run, ended: Ended) -> Path:
    """Write beside the output what made it, so that any row can be explained and more rows can join."""
    order = run.order
    path = beside(order.output, ".run.json")
    before = json.loads(path.read_text(encoding="utf-8")) if order.appended else {}
    inputs = [str(source.path.resolve()) for source in order.sources]
    data = {
        "made_by": f"fourfold {__version__}", "rule_book": run.decider.desk.book.hash, "as_of": order.day, "currency": order.currency, "language": order.language,
        "inputs": [*before.get("inputs", []), *inputs], "mapping": as_text(order.chosen, order.output.name), "columns": list(run.columns), "keep": list(order.keep),
        "long": str(order.long.resolve()) if order.long is not None else "",
        "read": before.get("decided", 0) + ended.progress.read, "decided": before.get("decided", 0) + ended.progress.decided, "set_aside": ended.progress.aside, "blank": ended.blank,
        "codes": ended.codes, "tally": added(before.get("tally", {}), ended.tally),
    }  # fmt: skip
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    return path
