"""How long the rule workbench takes: check, prove, diff, suggest on the shipped book, and how check and prove grow with the rules.

    python tests/bench/workbench.py            seconds of the processor (all processes of a command) and on the clock
    python tests/bench/workbench.py growth     three times and ten times the rules

Each command is a new process on a warm disk; "nothing kept" has no cache at all.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "engine"), str(Path(__file__).parent)]

from run import more_rules  # noqa: E402

from fourfold import checks  # noqa: E402
from fourfold.checking import Checker  # noqa: E402
from fourfold.checks.seen import Seen  # noqa: E402
from fourfold.content import read_content  # noqa: E402
from fourfold.linking import link  # noqa: E402
from fourfold.prove import proofs  # noqa: E402

DAY = 739_945
ACORN = str(ROOT / "examples" / "little_acorn.yaml")


def command(env, *arguments, times=1):
    """Return processor and clock of a command, the least of several."""
    found = []
    for _ in range(times):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "cli.py", *arguments], env=env, cwd=ROOT, check=False, capture_output=True)
        clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock))
    return min(found)


def here(action):
    """Return processor and clock of a call in this process."""
    before, start = time.process_time(), time.perf_counter()
    action()
    return time.process_time() - before, time.perf_counter() - start


def row(name, times):
    print(f"{name:<58} {times[0]:>9.2f} {times[1]:>9.2f}", flush=True)


def edited_rule():
    """Return how long a check takes that has looked at the book before, after one rule was edited."""
    checker = Checker(ROOT)
    checker.check(DAY)
    text = (ROOT / "rules" / "strategy.yaml").read_text(encoding="utf-8")
    checker.texts = {"rules/strategy.yaml": text.replace('pair_testable: ">= 2"', 'pair_testable: ">= 3"')}
    return here(lambda: checker.check(DAY))


def commands(folder):
    kept, bare = {**os.environ, "FOURFOLD_CACHE": str(folder / "cache")}, {**os.environ, "FOURFOLD_CACHE": ""}
    other, rows = folder / "other", str(folder / "companies.csv")
    command(kept, "init", str(other))
    path = other / "rules" / "strategy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('pair_testable: ">= 2"', 'pair_testable: ">= 3"'), encoding="utf-8")
    command(kept, "sample", "100000", "--currency", "CNY", "-o", rows)
    print(f"{'':<58} {'processor':>9} {'clock':>9}")
    row("check, nothing kept", command(bare, "check", times=3))
    command(kept, "check")
    row("check, no file changed since the last", command(kept, "check", times=3))
    row("check --watch, after an edited rule", edited_rule())
    row("prove, nothing kept", command(bare, "prove"))
    command(kept, "prove")
    row("prove, kept by content", command(kept, "prove"))
    row("diff of two folders, a bound moved", command(kept, "diff", ".", str(other)))
    row("diff --on 100,000 companies", command(kept, "diff", ".", str(other), "--on", rows))
    row("suggest, one wanted answer, others from the population", command(kept, "suggest", ACORN, "--wanted", "focus"))
    row("suggest --on 100,000 companies", command(kept, "suggest", ACORN, "--wanted", "focus", "--on", rows))


def growth():
    print(f"{'':<58} {'processor':>9} {'clock':>9}")
    content = read_content(ROOT)
    for factor in (1, 3, 10):
        more = replace(more_rules(content, factor), proved=())
        count = sum(len(table.rules) for table in more.tables)
        book = link(more, DAY)
        row(f"link, {count} rules", here(lambda: link(more, DAY)))  # noqa: B023
        row(f"all checks, {count} rules", here(lambda: checks.run(Seen(book, more, (), {}))))  # noqa: B023
        row(f"all proofs, {count} rules", here(lambda: proofs(book, book.as_of, 10)))  # noqa: B023


if __name__ == "__main__":
    if "growth" in sys.argv:
        growth()
    else:
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o700)
            (Path(place) / "cache").mkdir(mode=0o700)
            commands(Path(place))
