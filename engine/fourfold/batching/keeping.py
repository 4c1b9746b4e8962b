"""What a run keeps until it is done: parts of its output, each with a state that says where to go on; killed at any moment, nothing is lost."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fourfold.batching.tables import Array
from fourfold.writing import write_whole

Data = dict[str, object]


@dataclass(slots=True)
class State:
    """Where a run stands behind a part: the file and the place in it, and what was counted in this part."""

    source: int
    following: int
    read: int
    decided: int
    aside: int
    blank: int
    tally: Data = field(default_factory=dict)


class Workspace:
    """The folder beside an output in which a run keeps its parts."""

    def __init__(self, output: Path) -> None:
        """Name the folder; nothing is made yet."""
        self.folder = output.with_name(f".{output.name}.batch")

    def begin(self, mark: Data, *, fresh: bool) -> list[State]:
        """Return the states of the parts that an earlier run of the same work has finished; another run's are removed."""
        kept = None
        try:
            kept = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = None
        if kept != json.loads(json.dumps(mark)) or fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / "run.json", json.dumps(mark))
            return []
        states: list[State] = []
        while (file := self.folder / f"state-{len(states):06}.json").exists():
            states.append(State(**json.loads(file.read_text(encoding="utf-8"))))
        return states

    def keep(self, number: int, part: bytes, rejects: bytes, ids: Array, state: State) -> None:
        """Keep a part; its state is written last and makes it count."""
        write_whole(self.part(number), part)
        write_whole(self.reject(number), rejects)
        write_whole(self.folder / f"ids-{number:06}.bin", ids.tobytes())
        write_whole(self.folder / f"state-{number:06}.json", json.dumps({name: getattr(state, name) for name in State.__slots__}))

    def part(self, number: int) -> Path:
        """Return the file of a part."""
        return self.folder / f"part-{number:06}"

    def reject(self, number: int) -> Path:
        """Return the file of what a part set aside."""
        return self.folder / f"reject-{number:06}"

    def ids(self, number: int) -> Array:
        """Return the marks of the companies of a part."""
        return np.frombuffer((self.folder / f"ids-{number:06}.bin").read_bytes(), np.uint64)

    def remove(self) -> None:
        """Remove the folder: the run is done."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Seen:
    """Which companies came before: sorted marks of 64 bits."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.levels: list[Array] = []

    def add(self, marks: Array) -> None:
        """Note companies; runs of equal size are merged, so that the whole costs little."""
        self.levels.append(np.sort(marks))
        while len(self.levels) > 1 and self.levels[-1].size * 2 > self.levels[-2].size:
            last = self.levels.pop()
            self.levels[-1] = np.sort(np.concatenate([self.levels[-1], last]), kind="stable")

    def repeated(self, marks: Array) -> Array:
        """Return which companies came before, in these rows or in earlier ones."""
        found = np.zeros(marks.size, np.bool_)
        ordered = np.sort(marks)
        # WHY: sorted marks are looked up much more quickly; which rows they belong to is asked only where something is found
        if (ordered[1:] == ordered[:-1]).any():
            found[:] = True
            found[np.unique(marks, return_index=True)[1]] = False
        for level in self.levels:
            if level.size:
                known = ordered[level[np.minimum(np.searchsorted(level, ordered), level.size - 1)] == ordered]
                if known.size:
                    found |= np.isin(marks, known)
        return found
