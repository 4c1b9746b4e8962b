"""How the columns grow with rows, rules and carriers: python tests/bench/columns_growth.py [rows] [rounds].

Ten times the rows, about ten times the rules (drawn, about the fit of carriers), five times the carriers (each of
the knowledge's own, several times). Seconds of a processor a row, so that others on the machine disturb less.
"""

import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "engine"), str(Path(__file__).parent)]

from columns import rules_of  # noqa: E402
from companies import companies  # noqa: E402
from grown import grown_book  # noqa: E402

from fourfold.columns.program import compile_columns  # noqa: E402
from fourfold.content import read_content  # noqa: E402
from fourfold.linking import link  # noqa: E402

DAY = 739_945


def with_carriers(content, times):
    """Return knowledge that holds each carrier so many times, under names of their own."""
    copies = [replace(entity, name=f"{entity.name}_{place}") for place in range(1, times) for entity in content.entities if entity.kind == "carrier"]
    return replace(content, entities=content.entities + tuple(copies))


def measure(name, book, rows, rounds):
    start = time.process_time()
    program = compile_columns(book)
    columns = companies(book, rows)
    held = program._columns(columns)
    layout = program._layout_for(held, rows, narrow=True)
    compiling = time.process_time() - start
    found = []
    for fast in (True, False):
        program.run(columns, fast=fast, narrow=True)
        times = []
        for _ in range(rounds):
            start = time.process_time()
            program.run(columns, fast=fast, narrow=True)
            times.append(time.process_time() - start)
        found.append(statistics.median(times) * 1e9 / rows)
    carriers = len(book.entities["carrier"])
    print(f"{name:<18} {rows:>9,} {rules_of(book):>6} {carriers:>9} {len(layout.machine.steps):>7,} {compiling:>8.1f} {found[0]:>10,.0f} {found[1]:>10,.0f}", flush=True)


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    content = read_content(ROOT)
    print(f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors; nanoseconds of a processor a row")
    print(f"{'':<18} {'rows':>9} {'rules':>6} {'carriers':>9} {'steps':>7} {'compile s':>8} {'kernel':>10} {'NumPy':>10}")
    shipped = link(content, DAY)
    measure("shipped", shipped, rows, rounds)
    measure("10 x rows", shipped, 10 * rows, rounds)
    measure("250 rules", grown_book(content, DAY), rows, rounds)
    measure("10 x rules", grown_book(content, DAY, 910), rows, rounds)
    measure("5 x carriers", link(with_carriers(content, 5), DAY), rows, rounds)


if __name__ == "__main__":
    main()
