"""Rule books by folder or git revision: what was committed is unpacked beside, never checked out."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fourfold.problem import Problem, Problems

PARTS = ("rules", "knowledge", "templates", "tests/cases")
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace to read from: its folder, how it was named, and its revision if it was one."""

    root: Path
    name: str
    revision: str = ""


@contextmanager
def opened(root: Path, name: str) -> Iterator[Opened]:
    """Give the workspace that a folder or a git revision of `root` names; what is neither is a problem.

    A revision is unpacked into a folder of its own, which is gone afterwards.
    """
    if name and Path(name).is_dir():
        yield Opened(Path(name), name)
        return
    revision = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip() if name and not name.startswith("-") else ""
    if not revision:
        raise Problems([Problem("F321", f"`{name}` is neither a folder nor a revision of git", help="name a workspace, or a revision such as HEAD, HEAD~1 or a tag")])
    there = [part for part in PARTS if _git(root, "ls-tree", revision, "--", part)]
    if not {"rules", "knowledge"} <= set(there):
        raise Problems([Problem("F321", f"revision `{name}` holds no rules/ and knowledge/ here", help="run it in the folder of the workspace, or name it with --workspace")])
    with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
        with tarfile.open(fileobj=BytesIO(_git(root, "archive", "--format=tar", revision, "--", *there))) as archive:
            archive.extractall(folder, filter="data")
        yield Opened(Path(folder), name, revision)


@lru_cache(maxsize=8)
def revision_of(root: Path, digest: str) -> str:
    """Return the git revision whose rules and knowledge a workspace holds unchanged, or an empty text.

    `digest` is the content hash, so that a changed workspace is looked at again.
    """
    if not digest or not any((folder / ".git").exists() for folder in (root.resolve(), *root.resolve().parents)):
        return ""
    lines = _git(root, "status", "--porcelain=v2", "--branch", "--untracked-files=all", "--", "rules", "knowledge").decode(errors="replace").splitlines()
    if any(not line.startswith("#") for line in lines):
        return ""
    found = next((line.split()[-1] for line in lines if line.startswith("# branch.oid ")), "")
    return found if len(found) == 40 else ""


def _git(root: Path, *arguments: str) -> bytes:
    """Return what git says, or nothing where it refuses or is not there."""
    program = shutil.which("git")
    if program is None or not root.is_dir():
        return b""
    try:
        done = subprocess.run([program, "-C", str(root), *arguments], capture_output=True, check=False, timeout=SECONDS)  # noqa: S603  # a fixed program, no shell
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
