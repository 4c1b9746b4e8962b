"""Kill a batch with signal 9 at random moments until it is done: the output must be the same bytes. `python tests/bench/kills.py messy.csv`."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20


def start(source, output):
    command = [sys.executable, str(ROOT / "cli.py"), "batch", str(source), "--yes", "--as-of", "2026-11-25", "-o", str(output)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")})


def main(source, seed=1):
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.monotonic()
        if start(source, folder / "whole.parquet").wait():
            raise SystemExit("the run that is left alone fails")
        takes = time.monotonic() - begun
        for kill in range(1, KILLS + 1):
            process = start(source, folder / "killed.parquet")
            time.sleep(chance.uniform(0.05, 1) * takes)
            process.send_signal(signal.SIGKILL)
            process.wait()
            parts = len(list((folder / ".killed.parquet.batch").glob("state-*")))
            print(f"kill {kill}: {parts} parts kept, {'done' if (folder / 'killed.parquet').exists() else 'not done'}", flush=True)
            if (folder / "killed.parquet").exists() and kill < KILLS:
                (folder / "killed.parquet").unlink()
        if start(source, folder / "killed.parquet").wait():
            raise SystemExit("the run that goes on fails")
        for ending in (".parquet", ".rejects.csv"):
            same = (folder / f"killed{ending}").read_bytes() == (folder / f"whole{ending}").read_bytes()
            print(f"{ending}: {'the same bytes' if same else 'DIFFERENT'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
