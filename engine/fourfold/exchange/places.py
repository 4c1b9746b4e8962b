"""A YAML text as a tree of places: what stands from which character to which."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fourfold.reading.document import Mark, marks


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a YAML text: `scalar`, `list` or `keys`, its characters, how it is written, and what is in it (a list has no keys)."""

    what: str
    start: int
    end: int
    style: str = ""
    text: str = ""
    entries: tuple[tuple["Place | None", "Place"], ...] = ()

    @property
    def is_flow(self) -> bool:
        """Return whether it is written in brackets."""
        return self.style == "flow"

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is written here at all."""
        return self.what == "scalar" and self.start == self.end

    @property
    def items(self) -> tuple["Place", ...]:
        """Return the values in it."""
        return tuple(value for _, value in self.entries)

    def get(self, key: str) -> "Place | None":
        """Return the value under a key, or None; a key with nothing behind it has none."""
        found = next((value for name, value in self.entries if name is not None and name.text == key), None)
        return None if found is not None and found.is_empty else found

    def key(self, key: str) -> "Place | None":
        """Return the key itself."""
        return next((name for name, _ in self.entries if name is not None and name.text == key), None)

    def at(self, path: tuple[str, ...]) -> "Place | None":
        """Return what stands at the end of a path of keys, or None; a whole number as text is a place in a list."""
        place: Place | None = self
        for key in path:
            if place is None:
                return None
            place = place.items[int(key)] if place.what == "list" and key.isdigit() and int(key) < len(place.entries) else place.get(key)
        return place


@lru_cache(maxsize=256)
def places(text: str) -> Place | None:
    """Return the tree of a YAML text that has been read without a problem; None when it is empty."""
    steps = marks(text)
    first = next(steps, None)
    return None if first is None else _place(first, steps, text)


def _place(mark: Mark, steps: Iterator[Mark], text: str) -> Place:
    if mark.what == "scalar":
        # WHY: the mark of a folded or literal text reaches over the empty lines behind it
        end = mark.start + len(text[mark.start : mark.end].rstrip()) if mark.style in ("|", ">") else mark.end
        return Place("scalar", mark.start, end, mark.style, mark.text)
    entries: list[tuple[Place | None, Place]] = []
    while (step := next(steps)).what != "end":
        key = _place(step, steps, text) if mark.what == "keys" else None
        entries.append((key, _place(next(steps) if mark.what == "keys" else step, steps, text)))
    end = step.end
    if mark.style == "block":
        # WHY: a block ends for YAML where the next thing begins; what belongs to it ends with its last value
        end = max((value.end for _, value in entries), default=mark.end)
    return Place(mark.what, mark.start, end, mark.style, "", tuple(entries))


def same(left: Place | None, right: Place | None) -> bool:
    """Return whether two places say the same: words, lists and keys alike, however they are written."""
    if left is None or right is None or left.what != right.what:
        return left is right
    if left.what == "scalar":
        return left.text == right.text and left.is_empty == right.is_empty
    keys = [(name.text if name else "", value) for name, value in left.entries], [(name.text if name else "", value) for name, value in right.entries]
    return len(keys[0]) == len(keys[1]) and all(a[0] == b[0] and same(a[1], b[1]) for a, b in zip(*keys, strict=True))
