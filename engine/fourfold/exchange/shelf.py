"""The files of a workspace as texts and trees, with what they declare."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fourfold.content import content_files, read_content_texts
from fourfold.exchange.places import Place, places
from fourfold.problem import Problem, Problems
from fourfold.reading.document import parse, read_text
from fourfold.span import Span
from fourfold.written import Content

CASES = "tests/cases"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The texts of a workspace by file, their trees, and the declarations of rules and knowledge."""

    texts: dict[str, str]
    trees: dict[str, Place | None]
    content: Content

    def members(self, section: str) -> Iterator[tuple[str, Place, Place]]:
        """Return file, holder and tree of each place where a section of the knowledge stands."""
        for file, tree in self.trees.items():
            if file.startswith("knowledge/") and tree is not None:
                node = tree.get(section)
                if node is not None:
                    yield file, tree, node

    def with_texts(self, changed: dict[str, str]) -> "Shelf":
        """Return the shelf with some texts changed; what they declare no longer may be read."""
        texts = {**self.texts, **changed}
        return Shelf(texts, {**self.trees, **{file: places(text) for file, text in changed.items()}}, self.content)


def open_shelf(root: Path) -> Shelf:
    """Return the shelf of a workspace, or raise everything in it that cannot be read."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in [*content_files(root), *case_files(root)]:
        name = str(path.relative_to(root)).replace("\\", "/")
        try:
            texts[name] = read_text(path, name)
            if name.startswith(CASES):
                parse(texts[name], name)
        except Problems as fault:
            problems += fault.problems
    if problems:
        raise Problems(problems)
    return shelf_of(texts)


def shelf_of(texts: dict[str, str]) -> Shelf:
    """Return the shelf of a workspace given as texts."""
    content = read_content_texts({name: text for name, text in texts.items() if not name.startswith(CASES)})
    return Shelf(texts, {name: places(text) for name, text in texts.items()}, content)


def case_files(root: Path) -> list[Path]:
    """Return the case files of a workspace; nothing outside it."""
    folder, inside = root / CASES, root.resolve()
    return [path for path in sorted(folder.rglob("*.yaml")) if path.is_file() and path.resolve().is_relative_to(inside)]


def writable(root: Path, file: str) -> Path:
    """Return the path of a file of a workspace that may be written: a plain file inside it, not reached by a link."""
    path = root / file
    if path.is_symlink() or not path.resolve().is_relative_to(root.resolve()):
        raise Problems([Problem("F127", f"`{file}` is a link; nothing is written through it", Span(file, 1, 1), help="put the file itself into the workspace")])
    return path
