"""Companies a second through the columns: python tests/bench/columns.py [rows] [rounds].

Two books (the shipped one, and one of about 250 rules over 40 carriers), NumPy and the compiled kernel,
with and without the words of the why, in memory and from Parquet to Parquet by Polars; the floor is
Polars reading all columns and writing the same output with no work between. Medians over interleaved
rounds on all processors; where others work on the machine, the rate of one processor says more.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "engine"), str(Path(__file__).parent)]

from companies import companies  # noqa: E402
from grown import grown_book  # noqa: E402

from fourfold.columns.program import compile_columns, replay_row  # noqa: E402
from fourfold.content import read_content  # noqa: E402
from fourfold.decide import decide  # noqa: E402
from fourfold.linking import link  # noqa: E402
from fourfold.model import Fact, Facts, Selection, Share, Table  # noqa: E402

DAY = 739_945


def seconds(action):
    """Return how long an action takes: by the clock, and in seconds of a processor."""
    start, worked = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - start, time.process_time() - worked


def rules_of(book):
    return len({(node.table, row.rule) for node in book.nodes if isinstance(node, Table) for row in node.rows})


def check(program, columns, result, rows):
    """Hold a few rows against the referee before anything is timed."""
    for row in range(rows):
        if result.failure(row) is not None:
            continue
        decision = replay_row(program, columns, row)
        for node in program.book.nodes:
            if node.term in program.wanted:
                assert result.value(node.term, row) == decision.values[node.term], (node.term, row)


def as_frame(result, ids):
    """Return the output table of a result: strategy, chosen and tried carriers, their budgets, words."""
    import polars as pl

    columns = {"id": ids, "reject": result.reject}
    columns |= {f"{term} {part}".strip(): values for (term, part), values in result.columns.items()}
    columns |= {f"why {place}": result.words[:, place] for place in range(result.words.shape[1])}
    frame = pl.DataFrame(columns)
    for term, (offsets, values) in result.lists.items():
        frame = frame.with_columns(as_list(term, offsets, values))
    return frame


def as_list(name, offsets, values):
    import polars as pl
    import pyarrow as pa

    lists = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))
    return pl.from_arrow(lists).alias(name)


def from_parquet(program, source, target, *, fast):
    import polars as pl

    frame = pl.read_parquet(source)
    columns = {}
    for name in frame.columns[1:]:
        column = frame[name]
        columns[name] = (column.fill_null(0).to_numpy(), column.is_not_null().to_numpy()) if column.null_count() else column.to_numpy()
    as_frame(program.run(columns, fast=fast), frame["id"]).write_parquet(target, compression="zstd", compression_level=1)


def floor(source, output, target):
    import polars as pl

    pl.read_parquet(source)
    output.write_parquet(target, compression="zstd", compression_level=1)


def write_input(columns, rows, path):
    import numpy as np
    import polars as pl

    frame = {"id": np.arange(rows)}
    for name, given in columns.items():
        values, known = given if isinstance(given, tuple) else (given, None)
        series = pl.Series(values)
        frame[name] = series if known is None else pl.select(pl.when(pl.Series(known)).then(series)).to_series()
    pl.DataFrame(frame).write_parquet(path, compression="zstd", compression_level=1)


def measure(name, book, rows, rounds, folder):
    columns = companies(book, rows)
    with_why, plain = compile_columns(book), compile_columns(book, why=False)
    first = with_why.run(columns, fast=False)
    check(with_why, columns, first, 60)
    check(with_why, columns, with_why.run(columns, fast=True), 60)
    source, target = folder / "in.parquet", folder / "out.parquet"
    write_input(columns, rows, source)
    output = as_frame(first, range(rows))
    decided = int((first.reject == 0).sum())
    chosen = sum(isinstance(node, Selection | Share) for node in book.nodes)
    print(f"\n{name}: {rules_of(book)} rules, {len(book.entities['carrier'])} carriers, {len(columns)} columns in, {chosen} lists out, {rows:,} rows, {rows - decided:,} set aside")
    ways = {
        "NumPy": lambda: with_why.run(columns, fast=False),
        "NumPy, no why": lambda: plain.run(columns, fast=False),
        "kernel": lambda: with_why.run(columns, fast=True),
        "kernel, no why": lambda: plain.run(columns, fast=True),
        "Parquet to Parquet, NumPy": lambda: from_parquet(with_why, source, target, fast=False),
        "Parquet to Parquet, kernel": lambda: from_parquet(with_why, source, target, fast=True),
        "Parquet to Parquet, kernel, no why": lambda: from_parquet(plain, source, target, fast=True),
        "floor: Polars reads and writes": lambda: floor(source, output, target),
    }
    times = {way: [] for way in ways}
    for _ in range(rounds):
        for way, action in ways.items():
            times[way].append(seconds(action))
    bottom = statistics.median(clock for clock, _ in times["floor: Polars reads and writes"])
    print(f"{'':<34} {'M rows/s':>9} {'x floor':>8} {'M rows/s of one processor':>26}")
    for way, found in times.items():
        middle, worked = (statistics.median(column) for column in zip(*found, strict=True))
        print(f"{way:<34} {rows / middle / 1e6:>9.2f} {middle / bottom:>8.2f} {rows / worked / 1e6:>26.2f}")
    single = Facts({"as_of": Fact(book.as_of), "currency": Fact(book.currency)} | {term: Fact(value) for term, value in _one(book, columns).items()})
    print(f"{'referee, one after the other':<34} {1 / statistics.median(seconds(lambda: decide(book, single))[0] for _ in range(30)) / 1e6:>9.5f}")


def _one(book, columns):
    from fourfold.columns.program import given_row

    program = compile_columns(book)
    return given_row(book, program._columns(columns), 0)


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    content = read_content(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        measure("the shipped book", link(content, DAY), rows, rounds, Path(folder))
        measure("a larger book", grown_book(content, DAY), rows, rounds, Path(folder))


if __name__ == "__main__":
    main()
