"""A folder of the user's own where linked rule books are kept, so that the next start is quick.

Never trusted: an entry counts only if the folder and the file belong to this user and nobody else may
write them, and if the entry's checksum, its key (content, day, currency, program) and its form are
right. Anything else is built again. Books and rulesets are plain values (packing.py: marshal, no pickle);
templates are kept compiled, under the same checks, as Python keeps compiled modules.
"""

import hashlib
import os
import stat
import sys
from functools import lru_cache
from pathlib import Path

from fourfold import __version__
from fourfold.writing import open_beside

FORM = b"fourfold-cache-1\n"
LARGEST = 64 * 1024 * 1024
MOST_KEPT = 100


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


@lru_cache(maxsize=1)
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
        handle, temporary = open_beside(folder / _name(key))
        with os.fdopen(handle, "wb") as file:
            file.write(FORM + hashlib.sha256(key.encode()).digest() + hashlib.sha256(body).digest() + body)
        os.replace(temporary, folder / _name(key))  # noqa: PTH105  # Path.replace would hide that it is atomic
        _forget_oldest(folder)
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _forget_oldest(folder: Path) -> None:
    """Take away what was kept longest ago where there is too much: a new day and a new program mean new entries."""
    kept = sorted((path.stat().st_mtime_ns, path) for path in folder.iterdir() if path.is_file())
    for _, path in kept[: max(0, len(kept) - MOST_KEPT)]:
        path.unlink(missing_ok=True)


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]
