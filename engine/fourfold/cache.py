"""A folder of the user's own where linked rule books are kept, so that the next start is quick.

Never trusted: an entry counts only if the folder and the file belong to this user and nobody else may
write them, and if the entry's checksum, its key (content, day, currency, program) and its form are
right. Anything else is built again. Books are plain values (marshal of tuples, texts and numbers, no
pickle); templates are kept compiled, under the same checks, as Python keeps compiled modules.
"""

import hashlib
import marshal
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from fourfold import __version__, model, span, written
from fourfold.expression import kinds, nodes

FORM = b"fourfold-cache-1\n"
LARGEST = 64 * 1024 * 1024
_CLASSES = {
    item.__name__: item for module in (kinds, nodes, span, written, model) for item in vars(module).values() if isinstance(item, type) and is_dataclass(item) and item.__module__ == module.__name__
}
_FIELDS: dict[type, tuple[str, ...]] = {item: tuple(field.name for field in fields(item)) for item in _CLASSES.values()}


def cache_folder() -> Path | None:
    """Return the cache folder if it is ours alone, or None; FOURFOLD_CACHE names another, empty for none."""
    chosen = os.environ.get("FOURFOLD_CACHE")
    if chosen == "":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or (str(Path.home() / ".cache") if os.environ.get("HOME") else "")
    if not chosen and not home:
        return None
    folder = Path(chosen) if chosen else Path(home) / "fourfold"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_ours(folder) else None
    except OSError:
        return None


def _is_ours(path: Path) -> bool:
    found = path.lstat()
    if not hasattr(os, "getuid"):
        return not stat.S_ISLNK(found.st_mode)
    return found.st_uid == os.getuid() and not found.st_mode & 0o022 and not stat.S_ISLNK(found.st_mode)


def program_mark() -> str:
    """Return a text that changes whenever the program does: version, Python, its files' sizes and times."""
    digest = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        found = path.stat()
        digest.update(f"{path.name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()


def load(key: str) -> bytes | None:
    """Return what was kept under a key, or None where there is nothing that can be used."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / _name(key)
    try:
        if not _is_ours(path) or path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    head = FORM + hashlib.sha256(key.encode()).digest()
    body = data[len(head) + 32 :]
    if not data.startswith(head) or hashlib.sha256(body).digest() != data[len(head) : len(head) + 32]:
        return None
    return body


def store(key: str, body: bytes) -> None:
    """Keep something under a key; where that is not possible nothing happens."""
    folder = cache_folder()
    if folder is None:
        return
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(FORM + hashlib.sha256(key.encode()).digest() + hashlib.sha256(body).digest() + body)
        os.replace(temporary, folder / _name(key))  # noqa: PTH105  # Path.replace would hide that it is atomic
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


# ---------------------------------------------------------------- values to bytes and back


class _Writer:
    """Gives each composite value one row, however often it stands in the whole."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []
        self.places: dict[object, int] = {}

    def item(self, value: object) -> object:
        """Return a row's number for a composite value, or the value itself in a tuple."""
        kind = type(value)
        if kind in _FIELDS:
            row: tuple[object, ...] = (kind.__name__, *(self.item(getattr(value, name)) for name in _FIELDS[kind]))
        elif isinstance(value, tuple):
            row = ("tuple", *map(self.item, value))
        elif isinstance(value, frozenset):
            row = ("frozenset", *((member,) for member in sorted(value)))
        elif isinstance(value, dict):
            row = ("dict", *(self.item(part) for pair in value.items() for part in pair))
        else:
            return (value,)
        if row not in self.places:
            self.places[row] = len(self.rows)
            self.rows.append(row)
        return self.places[row]


def to_bytes(value: object) -> bytes:
    """Return a value of our nouns as bytes."""
    writer = _Writer()
    last = writer.item(value)
    rows: Any = (tuple(writer.rows), last)
    return marshal.dumps(rows)


def from_bytes(data: bytes) -> object:
    """Return the value that `to_bytes` wrote; ValueError where the bytes are nothing of the kind."""
    try:
        rows, last = marshal.loads(data)  # noqa: S302  # checked for owner, key and checksum; plain values only
        made: list[object] = []
        for name, *items in rows:
            parts = [made[item] if type(item) is int else item[0] for item in items]
            made.append(_built(name, parts))
        return made[last] if type(last) is int else last[0]
    except (ValueError, TypeError, KeyError, IndexError, EOFError) as fault:
        raise ValueError(str(fault)) from None


def _built(name: str, parts: list[object]) -> object:
    if name == "tuple":
        return tuple(parts)
    if name == "frozenset":
        return frozenset(parts)
    if name == "dict":
        return dict(zip(parts[::2], parts[1::2], strict=True))
    return _CLASSES[name](*parts)


class Lazy(Mapping[str, Any]):
    """Values by name, each made when it is first asked for."""

    def __init__(self, packed: dict[str, bytes]) -> None:
        """Keep the packed figures."""
        self._packed = packed
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return one value."""
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = from_bytes(self._packed[name])
        return found

    def __iter__(self) -> Iterator[str]:
        """Return the names in the order of the knowledge."""
        return iter(self._packed)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._packed)
