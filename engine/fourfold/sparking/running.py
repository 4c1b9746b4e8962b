"""A batch whose blocks are decided by tasks on Spark; beginning, sums, duplicates and the end are those of the embedded run."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import fourfold
from fourfold.batching.keeping import Data, Seen, State
from fourfold.batching.running import Ended, Order, Progress, Run
from fourfold.problem import Problem, Problems
from fourfold.sparking.pieces import Job, Piece, blocks_of, pieces_of, work

# blocks of some ten thousand rows or 8 MB in a task: some seconds of work, so that starting a task costs little and losing one too
BLOCKS = 8
# tasks for each place to work at before the driver counts, tells and looks at --max-rejects
WAVE = 4
Tell = Callable[[Progress], None]


class SparkRun(Run):
    """A run whose blocks are decided on Spark. The folder of its parts must be seen under one name by the driver and all workers."""

    def __init__(self, order: Order, url: str) -> None:
        """Open the book, and find what an earlier run of the same work has left."""
        super().__init__(order)
        self.url = url

    def mark(self) -> Data:
        """Return what makes two runs the same work; parts that tasks left may lack what only the whole run shows, so no embedded run goes on with them."""
        return {**super().mark(), "by": "tasks"}

    def resumed(self) -> int:
        """Return how many rows an earlier run has done."""
        return sum(state.read for state in self._kept())

    def go(self, tell: Tell) -> Ended:
        """Decide every row that is left, then write the output; return what it came to. Raises Problems where Spark cannot be had."""
        order = self.order
        paths = tuple(source.path.resolve() for source in order.sources)
        bare = replace(order, sources=(), root=order.root.resolve(), output=order.output.resolve())
        job = Job(bare, paths, tuple(source.mark for source in order.sources), self.mark(), self.columns)
        with session(self.url) as context:
            blocks = context.parallelize(range(len(paths)), len(paths)).map(partial(blocks_of, job)).collect()
            pieces = pieces_of(job, blocks, BLOCKS)
            progress = Progress(resumed=self.resumed(), whole=sum(read for own in blocks for _, read in own))
            left = [piece for piece in pieces if not all(self._state(number).exists() for number in range(piece.number, piece.number + piece.count))]
            self._do(context, job, left, partial(self._count_up, progress, tell))
            self._do(context, job, self._again(pieces), lambda: None)
        self.states = list(self._kept())
        whole = Progress(resumed=progress.resumed)
        for state in self.states:
            self._count(whole, state)
        return self._finish(whole)

    def _do(self, context: Any, job: Job, pieces: list[Piece], after: Callable[[], None]) -> None:
        """Let tasks do pieces, some at a time; Spark starts a task that dies on another worker."""
        step = WAVE * context.defaultParallelism
        for first in range(0, len(pieces), step):
            wave = pieces[first : first + step]
            done = context.parallelize(wave, len(wave)).map(partial(work, job)).collect()
            problems = [problem for one in done for problem in one.problems]
            if problems:
                raise Problems(problems)
            after()

    def _count_up(self, progress: Progress, tell: Tell) -> None:
        counted = Progress(resumed=progress.resumed, whole=progress.whole)
        for state in self._kept():
            self._count(counted, state)
        counted.done = counted.read
        tell(counted)
        self._check_rejects(counted)

    def _again(self, pieces: list[Piece]) -> list[Piece]:
        """Return the blocks that hold companies which came before in another block, with their places: they are decided again, knowing it."""
        if self.order.chosen.of("id") is None:
            return []
        found, seen = [], Seen()
        for piece in pieces:
            again = {}
            for number in range(piece.number, piece.number + piece.count):
                marks = self.place.ids(number)
                repeated = seen.repeated(marks)
                if (repeated != Seen().repeated(marks)).any():
                    again[number] = tuple(repeated.nonzero()[0].tolist())
                seen.add(marks)
            if again:
                found.append(replace(piece, again=again))
        return found

    def _kept(self) -> Iterator[State]:
        """Yield the states of all parts that tasks have kept, in their order."""
        for path in sorted(self.place.folder.glob("state-*.json")):
            yield State(**json.loads(path.read_text(encoding="utf-8")))

    def _state(self, number: int) -> Path:
        return self.place.folder / f"state-{number:06}.json"


def url_of(text: str) -> str:
    """Return the master that `--to` names: `spark` alone is this machine with all its processors."""
    name, _, url = text.partition(":")
    if name != "spark":
        raise Problems([Problem("F145", f"`{text}` is no place to run a batch", help="write --to spark, --to 'spark:local[4]', --to spark:spark://HOST:7077 or --to spark:yarn")])
    return url or "local[*]"


@contextmanager
def session(url: str) -> Iterator[Any]:
    """Yield a Spark context, stopped at the end."""
    try:
        from py4j.protocol import Py4JJavaError
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException
    except ImportError:
        raise Problems([Problem("F145", "Spark is asked for and PySpark is not installed", help="pip install 'fourfold[spark]'")]) from None
    # WHY: workers import this package from where the driver has it; a local worker that dies is started again as on a cluster
    package = str(Path(fourfold.__file__).resolve().parent.parent)
    master = url.replace("]", ",3]") if url.startswith("local[") and "," not in url else url
    configuration = SparkConf().setMaster(master).setAppName("fourfold batch").set("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    configuration.setExecutorEnv("PYTHONPATH", os.pathsep.join([package, os.environ.get("PYTHONPATH", "")]))
    try:
        context = SparkContext(conf=configuration)
    except (PySparkException, OSError, RuntimeError) as fault:
        raise Problems(
            [Problem("F145", f"Spark does not start: {str(fault).splitlines()[0][:150]}", help="it needs Java 17 or newer (JAVA_HOME), and the URL of a master that can be reached")]
        ) from None
    context.setLogLevel("ERROR")
    try:
        yield context
    except Py4JJavaError as fault:
        raise Problems([Problem("F145", f"a task failed on Spark again and again: {_cause(str(fault))}", help="the parts that are done are kept: mend it, and give the same command again")]) from None
    finally:
        context.stop()


def _cause(text: str) -> str:
    """Return the last line of the error that a worker's Python met, else the first of Spark's."""
    lines = text.splitlines()
    found = [line for before, line in pairwise(lines) if before.startswith("    ") and line and not line.startswith((" ", "\t"))]
    return (found[0] if found else lines[0])[:200]
