"""Writing files whole: beside, then renamed; never over something else without being asked."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from fourfold.problem import Problem, Problems
from fourfold.span import Span


def open_beside(path: Path) -> tuple[int, str]:
    """Open a new file for writing, for this user alone, beside a path; return its handle and name.

    Kept away from `tempfile`, which takes longer to import than a plan takes to write.
    """
    for number in range(1000):
        name = f"{path.parent}/.{path.name}.{os.getpid()}.{number}"
        try:
            return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), name
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def write_whole(path: Path, data: str | bytes) -> None:
    """Write a file so that it is there whole or not at all; what the system refuses is a problem."""
    write_parts(path, (data,))


def write_parts(path: Path, parts: Iterable[str | bytes]) -> None:
    """Write a file from parts that are made one after the other; whole or not at all."""
    temporary = _beside(path, parts)
    try:
        _put(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_all(files: dict[Path, bytes]) -> None:
    """Write files so that all are there whole or none: written beside their places first, then put there; what was put is taken back if one cannot be."""
    beside: list[tuple[str, Path]] = []
    before: dict[Path, bytes | None] = {}
    try:
        for path, data in files.items():
            beside.append((_beside(path, (data,)), path))
        while beside:
            old = beside[0][1].read_bytes() if beside[0][1].is_file() else None
            _put(*beside[0])
            before[beside.pop(0)[1]] = old
    except Problems:
        for path, old in before.items():
            _restore(path, old)
        raise
    finally:
        for temporary, _ in beside:
            Path(temporary).unlink(missing_ok=True)


def _restore(path: Path, old: bytes | None) -> None:
    if old is None:
        path.unlink(missing_ok=True)
    else:
        write_whole(path, old)


def _beside(path: Path, parts: Iterable[str | bytes]) -> str:
    """Write parts into a file beside a place, and return its name; whatever stops the parts (a problem, Ctrl-C) leaves nothing behind."""
    temporary, is_whole = "", False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = open_beside(path)
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part.encode() if isinstance(part, str) else part)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # noqa: PTH101
        is_whole = True
    except OSError as fault:
        raise _refused(path, fault) from None
    finally:
        if temporary and not is_whole:
            Path(temporary).unlink(missing_ok=True)
    return temporary


def _put(temporary: str, path: Path) -> None:
    try:
        os.replace(temporary, path)  # noqa: PTH105
    except OSError as fault:
        raise _refused(path, fault) from None


def _refused(path: Path, fault: OSError) -> Problems:
    reason = (fault.strerror or "the system refused").lower()
    return Problems([Problem("F116", f"cannot write `{path}`: {reason}", Span(str(path), 1, 1), help="nothing was written half; what was there before is unchanged")])


def free_folder(folder: Path, files: dict[str, bytes]) -> Path:
    """Return the folder, or the first numbered one beside it, that holds no other version of these files."""
    place, number = folder, 1
    while any((place / name).exists() and (place / name).read_bytes() != data for name, data in files.items()):
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place
