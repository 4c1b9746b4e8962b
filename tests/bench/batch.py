"""How fast `fourfold batch` is on a messy list, against Polars reading and writing it with no work between.

    python tests/bench/batch.py            1,000 rows cold, 1,000,000 rows, 5,000,000 rows
    python tests/bench/batch.py 100000     that many rows only

Each run is a process of its own, rounds of all runs interleaved; times are medians. Peak memory is that of the process.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from messy import main as write_messy

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
FLOOR = "import sys, polars as pl; pl.scan_csv(sys.argv[1], infer_schema=False, truncate_ragged_lines=True).sink_parquet(sys.argv[2])"


def measured(command):
    """Return seconds and the peak memory in MB of a command in a process of its own."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")})
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise SystemExit(process.stderr.read().decode())
    process.stderr.close()
    process.returncode = 0
    return seconds, used.ru_maxrss / 1024


def commands(source, folder):
    batch = [sys.executable, str(ROOT / "cli.py"), "batch", str(source), "--yes", "--fresh", "--as-of", "2026-11-25"]
    return {
        "Polars, read and write": [sys.executable, "-c", FLOOR, str(source), str(folder / "floor.parquet")],
        "batch": [*batch, "-o", str(folder / "a.parquet")],
        "batch --quick": [*batch, "--quick", "-o", str(folder / "b.parquet")],
    }


def main(counts):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| rows | run | seconds | rows/s | × floor | peak MB |\n|--:|---|--:|--:|--:|--:|")
        for count in counts:
            source = folder / f"messy-{count}.csv"
            write_messy(count, source)
            runs = commands(source, folder)
            times = {run: [] for run in runs}
            rounds = ROUNDS if count <= 1_000_000 else 1
            for _ in range(rounds):
                for run, command in runs.items():
                    times[run].append(measured(command))
            floor = statistics.median(seconds for seconds, _ in times["Polars, read and write"])
            for run, found in times.items():
                seconds = statistics.median(seconds for seconds, _ in found)
                print(f"| {count:,} | {run} | {seconds:.2f} | {count / seconds:,.0f} | {seconds / floor:.1f} | {max(peak for _, peak in found):,.0f} |", flush=True)
            source.unlink()


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1_000, 1_000_000, 5_000_000])
