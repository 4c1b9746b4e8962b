"""Where the content lies, and everything in it as declarations."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fourfold.problem import Problem, Problems
from fourfold.reading.document import Node, decode, parse, read_text
from fourfold.span import Span
from fourfold.written import Content

if TYPE_CHECKING:
    from fourfold.reading.sections import Memory, Sections

FOLDERS = ("rules", "knowledge")
MOST_FILES = 500


def content_root(chosen: Path | None = None) -> Path:
    """Return the folder that holds rules/, knowledge/ and templates/.

    The folder the user chose; else what the wheel was built with; else the checkout.
    """
    if chosen is not None:
        return chosen
    bundled = Path(__file__).parent / "bundled"
    return bundled if bundled.is_dir() else Path(__file__).parents[2]


def content_files(root: Path) -> list[Path]:
    """Return the rule and knowledge files of a workspace, in a fixed order; nothing outside it."""
    missing = [name for name in FOLDERS if not (root / name).is_dir()]
    if missing:
        raise Problems([Problem("F101", f"`{root}` is no workspace: it has no folder `{missing[0]}`", Span(str(root), 1, 1), help="make one with `fourfold init DIR`, or name one with --workspace")])
    inside = root.resolve()
    found = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".yaml", ".yml") and path.resolve().is_relative_to(inside):
                found.append(path)
    if len(found) > MOST_FILES:
        raise Problems([Problem("F108", f"more than {MOST_FILES} files in `{root}`", Span(str(root), 1, 1))])
    return found


def content_hash(root: Path) -> str:
    """Return the hash of a workspace's rules and knowledge: names and bytes, sha256."""
    digest = hashlib.sha256()
    for path in content_files(root):
        digest.update(str(path.relative_to(root)).replace("\\", "/").encode() + b"\0")
        try:
            data = path.read_bytes()
        except OSError:
            data = read_text(path, str(path.relative_to(root)).replace("\\", "/")).encode()
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()


def read_content(root: Path, memory: "Memory | None" = None, texts: Mapping[str, str] = MappingProxyType({})) -> Content:
    """Return everything a workspace declares, or raise all that cannot be read.

    With a memory only what changed is read again; `texts` stand for files of these names.
    """
    # WHY: most commands find a linked book and read no declarations
    from fourfold.reading.sections import Sections, gather

    found = Sections(memory)
    for path in content_files(root):
        name = str(path.relative_to(root)).replace("\\", "/")
        _read_file(path, name, found, texts.get(name))
    is_broken = any(not problem.is_warning for problem in found.problems.found)
    content = gather(found, "" if is_broken else content_hash(root))
    found.memory.forget()
    found.problems.stop_if_any()
    return content


def _read_file(path: Path, name: str, found: "Sections", text: str | None = None) -> None:
    from fourfold.reading.sections import take

    try:
        node = found.memory.parsed(read_text(path, name) if text is None else text, name)
    except Problems as fault:
        found.problems.found.extend(fault.problems)
        return
    take(node, name, found)


def read_content_texts(texts: dict[str, str]) -> Content:
    """Return the declarations of a workspace given as texts by name, such as `rules/a.yaml`."""
    from fourfold.reading.sections import Sections, gather, take

    found = Sections()
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(name.encode() + b"\0" + hashlib.sha256(texts[name].encode()).digest())
        try:
            node = _parsed(texts[name], name)
        except Problems as fault:
            found.problems.found.extend(fault.problems)
            continue
        take(node, name, found)
    content = gather(found, digest.hexdigest())
    found.problems.stop_if_any()
    return content


@lru_cache(maxsize=256)
def _parsed(text: str, name: str) -> Node | None:
    """Return a text as nodes; who changes a file and reads the whole again reads the others once."""
    return parse(decode(text.encode(), name), name)
