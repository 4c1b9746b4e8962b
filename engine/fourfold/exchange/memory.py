"""What a workbook said when it was exported and when it was last imported, so that edits on both sides are told apart."""

import hashlib
import json
from pathlib import Path

from fourfold import cache
from fourfold.exchange.compare import Base, Marks
from fourfold.exchange.nouns import Grid, Sheet
from fourfold.exchange.sheets import marks_of, row_name


class Memory:
    """The marks that came with a workbook, and those of its last import, kept in the user's cache."""

    def __init__(self, root: Path, source: Path, grids: list[Grid]) -> None:
        """Read the marks of an export; without any nothing is remembered."""
        self.exported = _exported(grids)
        digest = hashlib.sha256(json.dumps(self.exported, sort_keys=True).encode()).hexdigest()
        self.key = f"imported {root.resolve()} {source.resolve()} {digest}"

    def base(self) -> dict[str, Base]:
        """Return what is known of each sheet."""
        kept = cache.load(self.key) if self.exported else None
        try:
            imported: dict[str, Marks] = json.loads(kept) if kept else {}
        except ValueError:
            imported = {}
        return {name: Base(marks, imported.get(name, {})) for name, marks in self.exported.items()}

    def keep(self, sheets: list[Sheet]) -> None:
        """Remember what the sheets of a workbook say now that they are imported."""
        if self.exported:
            cache.store(self.key, json.dumps({sheet.name: {row_name(row.key): marks_of(sheet, row) for row in sheet.rows} for sheet in sheets}).encode())


def _exported(grids: list[Grid]) -> dict[str, Marks]:
    """Return the marks of the cells of each sheet and row, as they were exported."""
    found: dict[str, Marks] = {}
    for grid in grids:
        for line in range(2, grid.size[0] + 1) if grid.name == "marks" else ():
            sheet, row, marks = (grid.cells.get((line, at), "") for at in (1, 2, 3))
            found.setdefault(sheet, {})[row] = {name: sign for name, _, sign in (part.rpartition("=") for part in marks.split(";")) if name}
    return found
