"""A long run of the agreement of the readers: python tests/properties/agreement_run.py 100000 [first seed] [chained|columns [rows]].

With `chained` the solver, which takes ten times as long as all others together, is left out. With `columns` the columns are
compared with the referee, on books that have a door and constraints as well, and with so many rows (60) a book.
"""

import multiprocessing
import platform
import random
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "engine")]

from agreement import chained, first_code, narrowing_differences, outcome, random_book, solver_differences, solver_of, unsound  # noqa: E402
from columns_agreement import book_for_columns, column_differences, draw_rows  # noqa: E402
from plain_meaning import differences  # noqa: E402
from random_books import boundaries, random_facts  # noqa: E402

from fourfold.decide import decide  # noqa: E402
from fourfold.forward import Chainer  # noqa: E402

PER_BOOK = 20


def one_book(seed, *, with_solver=True):
    rng = random.Random(seed)
    counts = Counter()
    book = random_book(rng)
    if book is None:
        return counts, []
    counts["books"] += 1
    near, chainer, logic, bad = boundaries(book), Chainer(book), solver_of(book) if with_solver else None, []
    for _ in range(PER_BOOK):
        facts = random_facts(rng, book, near)
        right, mine = outcome(decide, book, facts), outcome(chained(chainer), book, facts)
        counts["pairs"] += 1
        if right != mine:
            bad.append((seed, "chained rules"))
        if counts["pairs"] % 4 == 0:
            counts["declarations"] += 1
            if differences(book, facts, right):
                bad.append((seed, "declarations"))
        if with_solver and solver_differences(logic, book, facts, right):
            bad.append((seed, "solver"))
        code = first_code(right)
        if code:
            counts[code] += 1
            continue
        counts["values"] += len(right[0])
        if with_solver and narrowing_differences(book, facts, right[0], rng):
            bad.append((seed, "narrowing"))
        if unsound(book, facts, right[0], rng):
            bad.append((seed, "possible"))
        counts["possible"] += 1
    chainer.close()
    return counts, bad


def one_book_chained(seed):
    return one_book(seed, with_solver=False)


def one_book_in_columns(seed, count=3 * PER_BOOK):
    rng = random.Random(seed)
    counts = Counter()
    book = book_for_columns(rng)
    if book is None:
        return counts, []
    rows = draw_rows(rng, book, count)
    decided, aside, bad, compared = column_differences(book, rows)
    counts.update({"books": 1, "pairs": len(rows), "decided": decided, "aside": aside, "values": compared})
    return counts, [(seed, *item) for item in bad]


def main():
    task = {"": one_book, "chained": one_book_chained, "columns": partial(one_book_in_columns, count=int("".join(sys.argv[4:5]) or 3 * PER_BOOK))}["".join(sys.argv[3:4])]
    wanted, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    start, counts, bad, seed = time.time(), Counter(), [], first
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=500) as pool:
        while counts["pairs"] < wanted:
            for more, wrong in pool.map(task, range(seed, seed + 400), chunksize=10):
                counts += more
                bad += wrong
            seed += 400
            if bad:
                break
    print(f"pairs {counts['pairs']:,}  books {counts['books']:,}  seeds {first} to {seed - 1}")
    if sys.argv[3:4] == ["columns"]:
        print(f"columns and referee: decided {counts['decided']:,}  set aside {counts['aside']:,}  values compared {counts['values']:,}")
    else:
        print_readers(counts)
    print(f"differences {len(bad)}  seconds {time.time() - start:.0f}  Python {platform.python_version()}")
    for item in bad[:10]:
        print(item)
    sys.exit(1 if bad else 0)


def print_readers(counts):
    print(f"values compared {counts['values']:,}  gaps met {counts['F307']:,}  conflicts met {counts['F308']:,}  possible values checked on {counts['possible']:,} pairs")
    print(f"compared with the plain meaning of the declarations {counts['declarations']:,} pairs")


if __name__ == "__main__":
    main()
