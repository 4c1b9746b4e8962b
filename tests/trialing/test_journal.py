"""The journal: it only grows, what was altered is seen, and nothing is lost by a kill, two writers, or a full disk."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import date

import pytest
from conftest import ROOT

from fourfold.journal import FIRST, append, entries
from fourfold.problem import Problems

DAY = date(2026, 11, 25)
WRITER = """
import sys
from datetime import date
from pathlib import Path
from fourfold.journal import append
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    append(Path(sys.argv[1]), "plan", date(2026, 11, 25), {"number": number, "text": "x" * 2000})
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "acorn" / "journal.sqlite"


def writer(path, first, last):
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(first), str(last)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "engine")})


def test_each_entry_holds_the_hash_of_the_one_before(path):
    for number in range(3):
        append(path, "plan", DAY, {"number": number})
    found = entries(path)
    assert [entry.number for entry in found] == [1, 2, 3]
    assert [entry.before for entry in found] == [FIRST, found[0].hash, found[1].hash]


def test_the_same_again_is_no_new_entry(path):
    assert append(path, "plan", DAY, {"a": 1}) == append(path, "plan", DAY, {"a": 1})
    assert len(entries(path)) == 1


def test_entries_are_never_changed_or_removed(path):
    append(path, "plan", DAY, {"a": 1})
    for statement in ("UPDATE entries SET day = '2020-01-01'", "DELETE FROM entries"):
        with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(statement)
        connection.close()


@pytest.mark.parametrize("statement", ["UPDATE entries SET data = '{\"a\":2}' WHERE number = 2", "DELETE FROM entries WHERE number = 2", "UPDATE entries SET day = '2020-01-01' WHERE number = 1"])
def test_what_was_altered_behind_its_back_is_seen(path, statement):
    for number in range(3):
        append(path, "plan", DAY, {"a": number})
    connection = sqlite3.connect(path)
    connection.executescript(f"DROP TRIGGER entries_stay; DROP TRIGGER entries_last; {statement};")
    connection.commit()
    connection.close()
    with pytest.raises(Problems) as raised:
        entries(path)
    assert raised.value.problems[0].code == "F173"


def test_a_killed_writer_loses_no_entry_that_it_had_finished(path):
    process = writer(path, 0, 100_000)
    done = [process.stdout.readline() for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    found = entries(path)
    assert len(found) >= len(done)
    assert [entry.data["number"] for entry in found] == list(range(len(found)))
    assert append(path, "plan", DAY, {"number": "after"}).number == len(found) + 1


def test_two_writers_wait_for_each_other(path):
    both = [writer(path, 0, 30), writer(path, 100, 130)]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    found = entries(path)
    assert sorted(entry.data["number"] for entry in found) == [*range(30), *range(100, 130)]


def test_a_full_disk_changes_nothing(path, monkeypatch):
    append(path, "plan", DAY, {"number": 0})
    connect = sqlite3.connect

    def small(*arguments, **more):
        connection = connect(*arguments, **more)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(Problems) as raised:
        append(path, "plan", DAY, {"text": "x" * 100_000})
    monkeypatch.undo()
    assert raised.value.problems[0].code == "F174"
    assert "full" in raised.value.problems[0].message
    assert [entry.data for entry in entries(path)] == [{"number": 0}]


def test_a_copy_is_a_backup(path, tmp_path):
    append(path, "plan", DAY, {"number": 0})
    shutil.copy(path, tmp_path / "copy.sqlite")
    assert entries(tmp_path / "copy.sqlite") == entries(path)


@pytest.mark.parametrize("data", [b"no journal at all, but long enough to look like something", b"SQLite format 3\0" + b"\0" * 100])
def test_what_is_no_journal_is_named(path, data):
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    with pytest.raises(Problems) as raised:
        entries(path)
    assert raised.value.problems[0].code in ("F173", "F174")
