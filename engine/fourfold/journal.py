"""A company's journal: what was decided, planned, tried and reviewed, in one SQLite file that only grows.

Each entry holds the hash of the one before it, so that nothing can be taken out or altered unseen. Written in
one transaction with a rollback journal (SQLite's mode DELETE, synchronous FULL): what was cut off is undone
by the next who opens the file, writers wait for each other, and a copy of the file is a backup.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

from fourfold.noun import noun
from fourfold.problem import Problem, Problems
from fourfold.span import Span

NAME = "journal.sqlite"
KINDS = ("plan", "review")
FIRST = "0" * 64
WAIT_SECONDS = 30.0
_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    before TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    data TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_last BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
"""
Data = dict[str, object]


@noun
class Entry:
    """One entry: its number from 1, kind, day, the hash of the one before, its own, and what it says."""

    number: int
    kind: str
    day: str
    before: str
    hash: str
    data: Data


def hash_of(number: int, kind: str, day: str, before: str, text: str) -> str:
    """Return the hash of an entry: sha256 of its parts, one a line."""
    return sha256("\n".join((str(number), kind, day, before, text)).encode()).hexdigest()


def append(path: Path, kind: str, day: date, data: Data) -> Entry:
    """Add an entry at the end and return it; if the last one of its kind says the same, return that one.

    Raises a problem where the file cannot be written or is no journal; what was in it before stays.
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLE.split(";\n"):
            if statement.strip():
                connection.execute(statement + (";" if "END" not in statement else ""))
        same = connection.execute("SELECT number, kind, day, before, hash, data FROM entries WHERE kind = ? ORDER BY number DESC LIMIT 1", (kind,)).fetchone()
        if same is not None and same[5] == text and same[2] == day.isoformat():
            connection.execute("ROLLBACK")
            return _entry(same)
        last = connection.execute("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1").fetchone()
        number, before = (last[0] + 1, last[1]) if last else (1, FIRST)
        found = hash_of(number, kind, day.isoformat(), before, text)
        connection.execute("INSERT INTO entries (number, kind, day, before, hash, data) VALUES (?, ?, ?, ?, ?, ?)", (number, kind, day.isoformat(), before, found, text))
        connection.execute("COMMIT")
    return Entry(number, kind, day.isoformat(), before, found, data)


def entries(path: Path) -> tuple[Entry, ...]:
    """Return all entries in their order; a chain that does not hold is a problem that names the first wrong entry."""
    if not path.is_file():
        return ()
    with _opened(path) as connection:
        if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entries'").fetchone()[0] == 0:
            return ()
        rows = connection.execute("SELECT number, kind, day, before, hash, data FROM entries ORDER BY number").fetchall()
    before = FIRST
    for place, row in enumerate(rows, 1):
        if row[0] != place or row[3] != before or row[4] != hash_of(row[0], row[1], row[2], row[3], row[5]):
            raise Problems(
                [Problem("F173", f"the journal `{path}` was altered: entry {place} is not what was written", Span(str(path), 1, 1), help="take a backup of the file; the entries before it still hold")]
            )
        before = row[4]
    return tuple(_entry(row) for row in rows)


def _entry(row: tuple[int, str, str, str, str, str]) -> Entry:
    number, kind, day, before, found, text = row
    return Entry(number, kind, day, before, found, json.loads(text))


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection; whatever SQLite refuses is a problem, and nothing of the transaction stays."""
    connection = None
    try:
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        yield connection
    except sqlite3.DatabaseError as fault:
        raise Problems([_problem(path, fault)]) from None
    finally:
        if connection is not None:
            connection.close()


def _problem(path: Path, fault: sqlite3.DatabaseError) -> Problem:
    place, said = Span(str(path), 1, 1), str(fault)
    if "locked" in said:
        return Problem("F174", f"the journal `{path}` is being written by another program", place, help="wait for it, then do it again; nothing was written")
    if "not a database" in said or "malformed" in said or "no such column" in said:
        return Problem("F173", f"`{path}` is no journal, or it is damaged: {said}", place, help="take a backup of the file")
    return Problem("F174", f"cannot write the journal `{path}`: {said}", place, help="nothing was written half; what was in it before is unchanged")
