"""Workspaces by name: a folder, a git revision, or sheets laid over the workspace at hand."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fourfold.edits import Edit
from fourfold.exchange.incoming import told_by
from fourfold.exchange.plan_edits import Change
from fourfold.revisions import Opened, opened

SHEETS = (".xlsx", ".csv")


@dataclass(frozen=True, slots=True)
class Called:
    """A workspace to read from, and where the sheets it comes from differ from the files, if it comes from sheets."""

    opened: Opened
    changes: tuple[Change, ...] = ()


@contextmanager
def called(root: Path, name: str, as_of: int) -> Iterator[Called]:
    """Give the workspace that a name means beside the one at `root`.

    A workbook, a CSV file or a folder of CSV files is the workspace at `root` with what its sheets say, in a folder
    of its own that is gone afterwards; anything else is a folder or a git revision.
    """
    path = Path(name)
    if not is_sheets(path):
        with opened(root, name) as found:
            yield Called(found)
        return
    texts, changes = told_by(root, path, as_of)
    with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
        for file, text in texts.items():
            (Path(folder) / file).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / file).write_text(text, encoding="utf-8", newline="")
        yield Called(Opened(Path(folder), name), changes)


def is_sheets(path: Path) -> bool:
    """Return whether a path is a workbook, a CSV file, or a folder of CSV files that is no workspace."""
    if path.is_dir():
        return not (path / "rules").is_dir() and any(item.suffix.lower() == ".csv" for item in path.iterdir())
    return path.suffix.lower() in SHEETS and path.is_file()


def at_cells(edits: tuple[Edit, ...], changes: tuple[Change, ...]) -> tuple[Edit, ...]:
    """Return edits with the sheet and cell that say so for their place, as far as one does."""
    return tuple(replace(edit, span=place) if (place := next((change.place for change in changes if _is_said_by(edit, change)), None)) is not None else edit for edit in edits)


def _is_said_by(edit: Edit, change: Change) -> bool:
    """Return whether a change of a sheet is what an edit of the book tells."""
    name = edit.thing.rpartition(" ")[2]
    if name not in change.row.split():
        return False
    if not edit.aspect or not change.column:
        return True
    aspect = edit.aspect.partition("[")[0]
    words = {"then": "then", "otherwise": "then", "in force": "from", "question": "ask", "name": "name"}
    parts = change.column.split()
    return aspect in parts or words.get(aspect, aspect) == parts[0] or (aspect == "in force" and parts[0] == "until") or aspect in change.row.split() or parts[0] in ("value", "low", "high")
