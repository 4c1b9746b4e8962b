"""The columns against other ways to decide the same rows by the same rules: python tests/bench/columns_rivals.py [rows] [rounds].

The rules are the strategy core of the shipped book with all its carriers: who fits, what has shown itself, what
each costs at this size, what can be tested, whether all are covered, and the strategy. Selections and share-outs
are left out, because most rivals cannot say them; durable_rules alone runs the whole book, as `fourfold plan` has
it. Every rival gets knowledge folded and equal values once, as the columns have them (columns_dialects.py), and
nobody keeps a why but in the last two lines. Engines of columns go from Parquet to Parquet,
engines of rows from dictionaries to tuples in memory, on fewer rows where they are slow (said beside each).
Each rival's answers are held against the columns before anything is timed. Medians over interleaved rounds.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("POLARS_ENGINE_AFFINITY", "streaming")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "engine"), str(Path(__file__).parent)]

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from columns import write_input  # noqa: E402
from columns_dialects import clips_rules, loads_of, plain_row, polars_plan, python_function, sql_query, zen_decision  # noqa: E402
from companies import companies  # noqa: E402

from fourfold.columns.lowering import lower_book  # noqa: E402
from fourfold.columns.machine import in_order  # noqa: E402
from fourfold.columns.program import compile_columns, given_row  # noqa: E402
from fourfold.content import read_content  # noqa: E402
from fourfold.door.parts import compute_parts  # noqa: E402
from fourfold.door.state import open_door  # noqa: E402
from fourfold.linking import link  # noqa: E402
from fourfold.model import Fact, Facts  # noqa: E402

DAY = 739_945
WANTED = ("strategy", "reach_all")
ZSTD = {"compression": "zstd", "compression_level": 1}
FEW = {"plain Python": 20_000, "zen-engine, evaluate_batch": 400, "clipspy": 60, "whole book: durable_rules": 12}


def core(book, columns):
    """Return the graph of the core, the values it needs and the two that are wanted."""
    program = compile_columns(book, WANTED, why=False)
    held = program._columns(columns)
    layout = program._layout_for(held, 10**6, narrow=True)
    key = next(iter(program.narrow))
    lowered = lower_book(book, *key, program.narrow[key][0], layout.candidates)
    chosen = lowered.meaning.chosen("strategy")
    outs = [lowered.meaning.code(chosen, chosen.options), lowered.meaning.option(lowered.meaning.chosen("reach_all"), "true")]
    return lowered.graph, in_order(lowered.graph, outs), outs, program


def columns_of_frame(frame):
    found = {}
    for name in frame.columns[1:]:
        column = frame[name]
        found[name] = (column.fill_null(value=0).to_numpy(), column.is_not_null().to_numpy()) if column.null_count() else column.to_numpy()
    return found


def ours(program, source, target, *, fast):
    frame = pl.read_parquet(source)
    result = program.run(columns_of_frame(frame), fast=fast)
    found = {"id": frame["id"], "out0": result.columns["strategy", ""], "out1": result.columns["reach_all", ""]}
    pl.DataFrame(found).write_parquet(target, **ZSTD)


def duck(query, target):
    import duckdb

    duckdb.sql(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")


def floor(source, output, target):
    pl.read_parquet(source)
    output.write_parquet(target, **ZSTD)


def zen_batch(graph, needed, outs, rows):
    import zen as zen_engine

    content = zen_decision(graph, needed, outs)
    engine = zen_engine.ZenEngine({"loader": lambda _: content})
    plain = [plain_row(row) for row in rows]

    def run():
        found = []
        for first in range(0, len(plain), 200):
            answers = engine.evaluate_batch([{"key": "core", "context": row} for row in plain[first : first + 200]])
            found += [tuple(int(answer["data"]["result"][f"out{place}"]) for place in range(len(outs))) for answer in answers]
        return found

    return run


def clips(graph, needed, outs, rows):
    import clips as clips_engine

    engine = clips_engine.Environment()
    for rule in clips_rules(graph, needed, outs):
        engine.build(rule)
    collected = {}
    engine.define_function(lambda place, value: collected.__setitem__(int(place), int(value)), "collect")
    for place, at in enumerate(outs):
        engine.build(f"(defrule out{place} (v{at} ?x) => (collect {place} ?x))")
    loads = loads_of(graph, needed)

    def one(row):
        engine.reset()
        for at, term, is_known in loads:
            value = row.get(term)
            engine.assert_string(f"(v{at} {int(value is not None) if is_known else int(value or 0)})")
        engine.run()
        return tuple(collected[place] for place in range(len(outs)))

    return lambda: [one(row) for row in rows]


def behind_the_door(book, row):
    """Return the facts of a row with what is known by its parts, as the chainer takes them."""
    door = open_door(book)
    door.known = {"as_of": Fact(book.as_of), "currency": Fact(book.currency)} | {term: Fact(value) for term, value in row.items()}
    compute_parts(door)
    return Facts(door.known)


def durable(book, given):
    from fourfold.forward import Chainer

    chainer = Chainer(book)
    options = book.terms["strategy"].kind.options
    facts = [behind_the_door(book, row) for row in given]

    def run():
        decisions = [chainer.run(fact)[0] for fact in facts]
        return [(options.index(one.values["strategy"]), int(one.values["reach_all"] == "true")) for one in decisions]

    return run


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    book = link(read_content(ROOT), DAY)
    columns = companies(book, rows)
    graph, needed, outs, program = core(book, columns)
    whole = compile_columns(book)
    right = program.run(columns)
    good = np.flatnonzero(right.reject == 0)
    answers = np.stack([right.columns["strategy", ""], right.columns["reach_all", ""]], 1)
    held = program._columns(columns)
    chosen = good[: max(FEW.values())]
    few = [{term: int(column.values[row]) for term, column in held.items() if column.known is None or column.known[row]} for row in chosen]
    given = [given_row(book, held, int(row)) for row in chosen[: FEW["whole book: durable_rules"]]]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        write_input(columns, rows, source)
        ours(program, source, target, fast=True)
        output = pl.read_parquet(target)
        function = python_function(graph, needed, outs)
        query = sql_query(graph, needed, outs, f"'{source}'")
        core_kernel, whole_kernel = "columns, kernel", "whole book: columns, kernel, with the why"
        ways = {
            core_kernel: (rows, core_kernel, lambda: ours(program, source, target, fast=True)),
            "columns, NumPy": (rows, core_kernel, lambda: ours(program, source, target, fast=False)),
            "Polars, one plan": (rows, core_kernel, lambda: polars_plan(graph, needed, outs, pl.scan_parquet(source)).sink_parquet(target, **ZSTD)),
            "DuckDB, one query": (rows, core_kernel, lambda: duck(query, target)),
            "floor: Polars reads and writes": (rows, core_kernel, lambda: floor(source, output, target)),
            "plain Python": (FEW["plain Python"], core_kernel, lambda: [function(row) for row in few]),
            whole_kernel: (rows, whole_kernel, lambda: whole.run(columns, fast=True)),
        }
        makers = {
            "zen-engine, evaluate_batch": lambda count: zen_batch(graph, needed, outs, few[:count]),
            "clipspy": lambda count: clips(graph, needed, outs, few[:count]),
            "whole book: durable_rules": lambda count: durable(book, given[:count]),
        }
        for name, make in makers.items():
            try:
                ways[name] = (FEW[name], whole_kernel if "whole" in name else core_kernel, make(FEW[name]))
            except ImportError as fault:
                print(f"{name}: left out, {fault}")
        check(ways, answers, good, target)
        measure(ways, rounds, rows)


def check(ways, answers, good, target):
    """Hold every rival's answers against the columns."""
    for name, (count, _, action) in ways.items():
        found = action()
        if name in ("Polars, one plan", "DuckDB, one query"):
            frame = pl.read_parquet(target).sort("id")
            assert np.array_equal(frame.select("out0", "out1").to_numpy()[good], answers[good]), name
        elif isinstance(found, list):
            assert found == [tuple(int(part) for part in answers[row]) for row in good[:count]], name


def measure(ways, rounds, rows):
    times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (_, _, action) in ways.items():
            start, worked = time.perf_counter(), time.process_time()
            action()
            times[name].append((time.perf_counter() - start, time.process_time() - worked))
    middle = {name: [statistics.median(column) * 1e9 / count for column in zip(*times[name], strict=True)] for name, (count, _, _) in ways.items()}
    print(f"{rows:,} rows, medians of {rounds} rounds, load {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors")
    print(f"{'':<42} {'rows':>9} {'rows/s':>12} {'times slower':>13} {'in seconds of a processor':>26}")
    for name, (count, other, _) in ways.items():
        (clock, worked), (least, work) = middle[name], middle[other]
        print(f"{name:<42} {count:>9,} {1e9 / clock:>12,.0f} {clock / least:>13.2f} {worked / work:>26.2f}")


if __name__ == "__main__":
    main()
