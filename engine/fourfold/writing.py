"""Writing files whole: beside, then renamed; never over something else without being asked."""

import os
import tempfile
from pathlib import Path

from fourfold.problem import Problem, Problems
from fourfold.span import Span


def write_whole(path: Path, data: str | bytes) -> None:
    """Write a file so that it is there whole or not at all; what the system refuses is a problem."""
    content = data.encode() if isinstance(data, str) else data
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # noqa: PTH101
        os.replace(temporary, path)  # noqa: PTH105
    except OSError as fault:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        reason = (fault.strerror or "the system refused").lower()
        raise Problems([Problem("F116", f"cannot write `{path}`: {reason}", Span(str(path), 1, 1), help="nothing was written half; what was there before is unchanged")]) from None


def free_folder(folder: Path, files: dict[str, bytes]) -> Path:
    """Return the folder, or the first numbered one beside it, that holds no other version of these files."""
    place, number = folder, 1
    while any((place / name).exists() and (place / name).read_bytes() != data for name, data in files.items()):
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place
