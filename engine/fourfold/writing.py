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
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = open_beside(path)
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part.encode() if isinstance(part, str) else part)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # noqa: PTH101
        os.replace(temporary, path)  # noqa: PTH105
    except OSError as fault:
        reason = (fault.strerror or "the system refused").lower()
        raise Problems([Problem("F116", f"cannot write `{path}`: {reason}", Span(str(path), 1, 1), help="nothing was written half; what was there before is unchanged")]) from None
    finally:
        # WHY: after the rename it is gone; before, whatever stopped the parts (a problem, Ctrl-C) leaves nothing behind
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def free_folder(folder: Path, files: dict[str, bytes]) -> Path:
    """Return the folder, or the first numbered one beside it, that holds no other version of these files."""
    place, number = folder, 1
    while any((place / name).exists() and (place / name).read_bytes() != data for name, data in files.items()):
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place
