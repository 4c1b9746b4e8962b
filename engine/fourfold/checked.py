"""What a check of a workspace found, kept by the bytes of everything it looked at, so that the next start is quick."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fourfold import cache, packing
from fourfold.content import content_files
from fourfold.problem import Problem, Problems


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a workspace found, and how much it read."""

    problems: tuple[Problem, ...]
    rules: int = 0
    tables: int = 0
    terms: int = 0
    figures: int = 0

    def summary(self, _: str = "en") -> str:
        """Return one line that says how much was read and found."""
        wrong = sum(1 for problem in self.problems if not problem.is_warning)
        warned = len(self.problems) - wrong
        found = f"{wrong} problem{'' if wrong == 1 else 's'}, {warned} warning{'' if warned == 1 else 's'}"
        if not self.rules and wrong:
            return f"{found}; the rest is looked at when what cannot be read or linked is mended"
        return f"{self.rules} rules in {self.tables} tables, {self.terms} terms, {self.figures} figures: {found}"


def kept(root: Path, today: int) -> tuple[str, Checked | None]:
    """Return the key of a check of these files on a day, and what was found then; nothing where nothing was kept.

    Without a key (an empty text) a file cannot be read, and nothing is kept.
    """
    digest = _digest(root)
    key = f"check {digest} {today} {cache.program_mark()}" if digest else ""
    body = cache.load(key) if key else None
    return key, _read(body) if body is not None else None


def keep(key: str, found: Checked) -> None:
    """Keep what a check found under its key."""
    if key:
        cache.store(key, packing.to_bytes((found.problems, found.rules, found.tables, found.terms, found.figures)))


def _read(body: bytes) -> Checked | None:
    try:
        problems, *counts = packing.from_bytes(body)
    except (ValueError, TypeError):
        return None
    is_right = isinstance(problems, tuple) and all(isinstance(item, Problem) for item in problems) and len(counts) == 4 and all(isinstance(count, int) for count in counts)
    return Checked(problems, *counts) if is_right else None


def _digest(root: Path) -> str:
    """Return the hash of the names and bytes of all that a check looks at, or nothing where something cannot be read.

    A folder or a link where a file belongs has no bytes of its own to tell it by, so nothing is kept.
    """
    digest = hashlib.sha256()
    try:
        content = (*content_files(root), *sorted((root / "templates").rglob("*.j2")))
        if any(path.is_symlink() or not path.is_file() for path in content):
            return ""
        for path in (*content, *sorted((root / "tests" / "cases").rglob("*"))):
            if path.is_symlink():
                return ""
            if path.is_file():
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    except (OSError, Problems):
        return ""
    return digest.hexdigest()
