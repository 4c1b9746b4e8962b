"""Values of our nouns as bytes and back, made to be read quickly: plain marshal, no pickle.

Equal values are kept once. What is made of other values is kept by layers, and in a layer by class and
column by column, so that reading is a few long loops instead of many short ones.
"""

import marshal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any

from fourfold import model, problem, span, written
from fourfold.expression import kinds, nodes

_CLASSES: dict[str, Any] = {
    item.__name__: item
    for module in (kinds, nodes, span, problem, written, model)
    for item in vars(module).values()
    if isinstance(item, type) and "__match_args__" in vars(item) and item.__module__ == module.__name__
}
_PLAIN = (str, bytes, int, bool, float, type(None))


def to_bytes(value: object) -> bytes:
    """Return a value of our nouns as bytes."""
    writer = _Writer()
    last = writer.item(value)
    return marshal.dumps(writer.layers(last))


def from_bytes(data: bytes) -> Any:
    """Return the value that `to_bytes` wrote; ValueError where the bytes are nothing of the kind."""
    try:
        made, groups, last = marshal.loads(data)  # noqa: S302  # checked for owner, key and checksum; plain values only
        for name, count, rows in groups:
            made.extend(_made(name, count, rows, made))
        return made[last]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError) as fault:
        raise ValueError(str(fault)) from None


def _made(name: str, count: int, rows: Any, made: list[object]) -> Iterable[object]:
    """Return the values of one layer and class; `rows` are columns for a class of ours."""
    at = made.__getitem__
    if name == "tuple":
        return [tuple(map(at, row)) for row in rows]
    if name == "dict":
        return [dict(zip(map(at, row[::2]), map(at, row[1::2]), strict=True)) for row in rows]
    kind = _CLASSES[name]
    found = list(map(object.__new__, repeat(kind, count)))
    for field, column in zip(kind.__slots__, rows, strict=True):
        deque(map(vars(kind)[field].__set__, found, map(at, column)), maxlen=0)
    return found


class _Writer:
    """Gives each value one place, however often it stands in the whole."""

    def __init__(self) -> None:
        self.leaves: list[object] = []
        self.rows: list[tuple[int, str, tuple[int, ...]]] = []
        self.places: dict[object, int] = {}
        self.texts: dict[str, str] = {}

    def item(self, value: Any) -> int:
        """Return a value's number: of a row, or below 0 of a leaf."""
        kind: Any = type(value)
        if _is_plain(value):
            key: object = marshal.dumps(value, 2)
            if key not in self.places:
                self.leaves.append(self._same(value))
                self.places[key] = -len(self.leaves)
            return self.places[key]
        if kind is tuple:
            return self._row("tuple", value)
        if kind is dict:
            return self._row("dict", [part for pair in value.items() for part in pair])
        return self._row(_CLASSES[kind.__name__].__name__, [getattr(value, name) for name in kind.__slots__])

    def _same(self, value: Any) -> Any:
        """Return the value with each text as one and the same object: marshal writes it once."""
        if type(value) is str:
            return self.texts.setdefault(value, value)
        return tuple(map(self._same, value)) if type(value) is tuple else value

    def _row(self, name: str, parts: Iterable[object]) -> int:
        members = tuple(map(self.item, parts))
        key = (name, members)
        if name == "dict" or key not in self.places:
            layer = 1 + max((self.rows[member][0] for member in members if member >= 0), default=0)
            self.places[key] = len(self.rows)
            self.rows.append((layer, name, members))
        return self.places[key]

    def layers(self, last: int) -> tuple[list[object], list[tuple[str, int, object]], int]:
        """Return leaves, then groups of one layer and class each, and the place of the whole."""
        groups: dict[tuple[int, str], list[int]] = {}
        for number, (layer, name, _) in enumerate(self.rows):
            groups.setdefault((layer, name), []).append(number)
        place = {-number - 1: number for number in range(len(self.leaves))}
        written_groups: list[tuple[str, int, object]] = []
        for (_, name), numbers in sorted(groups.items()):
            rows = [tuple(place[member] for member in self.rows[number][2]) for number in numbers]
            place.update(zip(numbers, range(len(place), len(place) + len(numbers)), strict=True))
            written_groups.append((name, len(rows), rows if name in ("tuple", "dict") else list(zip(*rows, strict=True))))
        return self.leaves, written_groups, place[last]


def _is_plain(value: Any) -> bool:
    return type(value) in _PLAIN or (type(value) in (tuple, frozenset) and all(map(_is_plain, value)))


class Lazy(Mapping[str, Any]):
    """Values by name, such as figures; those of one attribute (all before `[`) are made together when the first is asked for."""

    def __init__(self, names: bytes, packed: dict[str, bytes]) -> None:
        """Keep the packed names, and the packed values by attribute."""
        self._names, self._packed = names, dict(packed)
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return one value."""
        attribute = name.partition("[")[0]
        if attribute in self._packed:
            self._made.update(from_bytes(self._packed.pop(attribute)))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names in their order."""
        return iter(from_bytes(self._names))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(from_bytes(self._names))


def in_parts(values: Mapping[str, object]) -> tuple[bytes, dict[str, bytes]]:
    """Return what `Lazy` keeps."""
    groups: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        groups.setdefault(name.partition("[")[0], {})[name] = value
    return to_bytes(tuple(values)), {attribute: to_bytes(group) for attribute, group in groups.items()}
