"""Where the content lies, and everything in it as declarations."""

import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from fourfold.problem import Collector, Problem, Problems
from fourfold.reading.document import Node, decode, parse, read_text
from fourfold.reading.knowledge import (
    read_attributes,
    read_book,
    read_constants,
    read_entities,
    read_nevers,
    read_rates,
    read_registers,
    read_sources,
    read_terms,
)
from fourfold.reading.population import read_population
from fourfold.reading.rules import read_rules
from fourfold.reading.shape import is_mapping, only_keys
from fourfold.span import Span
from fourfold.written import NO_WORDS, AttributeDecl, Content, FormulaDecl, SelectDecl, ShareDecl, TableDecl

SECTIONS = ("terms", "kinds", "entities", "constants", "registers", "sources", "rates", "constraints", "promises", "book", "population")
Result = TypeVar("Result")
FOLDERS = ("rules", "knowledge")
MOST_FILES = 500


def content_root(chosen: Path | None = None) -> Path:
    """Return the folder that holds rules/, knowledge/ and templates/.

    The folder the user chose; else what the wheel was built with; else the checkout.
    """
    if chosen is not None:
        return chosen
    bundled = Path(str(files("fourfold"))) / "bundled"
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


class Memory:
    """What is kept from one reading to the next: files as nodes, nodes as declarations; the key of a node is the object."""

    def __init__(self) -> None:
        """Begin empty."""
        self.files: dict[str, tuple[str, Node | None]] = {}
        self.attributes: dict[tuple[str, str], AttributeDecl] = {}
        self.read: dict[tuple[object, ...], tuple[object, Any, tuple[Problem, ...]]] = {}
        self.used: set[tuple[object, ...]] = set()

    def parsed(self, text: str, name: str) -> Node | None:
        """Return a file's text as nodes, as they were if the text is the same."""
        kept = self.files.get(name)
        if kept is None or kept[0] != text:
            kept = self.files[name] = (text, parse(text, name))
        return kept[1]

    def forget(self) -> None:
        """Forget what the last reading did not need."""
        self.read = {key: value for key, value in self.read.items() if key in self.used}
        self.used = set()

    def declared(self, attributes: list[AttributeDecl]) -> dict[tuple[str, str], AttributeDecl]:
        """Return the attributes by kind and name, the same object while they are the same."""
        if [id(item) for item in attributes] != [id(item) for item in self.attributes.values()]:
            self.attributes = {(item.kind_name, item.name): item for item in attributes}
        return self.attributes

    def once(self, reader: Callable[..., Result], node: Node, problems: Collector, *more: object) -> Result:
        """Return what a reader makes of a node, read only once for the same node and the same `more`."""
        key = (reader, id(node), *map(id, more))
        kept = self.read.get(key)
        self.used.add(key)
        if kept is None:
            own = Collector()
            kept = self.read[key] = ((node, more), reader(node, *more, own), tuple(own.found))
        problems.found.extend(kept[2])
        found: Result = kept[1]
        return found


class _Sections:
    """The sections of all files, gathered by name."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()
        self.problems = Collector()
        self.nodes: dict[str, list[Node]] = {name: [] for name in SECTIONS}
        self.rules: list[object] = []


def read_content(root: Path, memory: Memory | None = None, texts: Mapping[str, str] = MappingProxyType({})) -> Content:
    """Return everything a workspace declares, or raise all that cannot be read.

    With a memory only what changed is read again; `texts` stand for files of these names.
    """
    found = _Sections(memory)
    for path in content_files(root):
        name = str(path.relative_to(root)).replace("\\", "/")
        _read_file(path, name, found, texts.get(name))
    is_broken = any(not problem.is_warning for problem in found.problems.found)
    content = _gather(found, "" if is_broken else content_hash(root))
    found.memory.forget()
    found.problems.stop_if_any()
    return content


def _read_file(path: Path, name: str, found: _Sections, text: str | None = None) -> None:
    try:
        node = found.memory.parsed(read_text(path, name) if text is None else text, name)
    except Problems as fault:
        found.problems.found.extend(fault.problems)
        return
    _take(node, name, found)


def _gather(found: _Sections, digest: str) -> Content:
    problems, nodes = found.problems, found.nodes
    attributes, kinds = [], []
    once = found.memory.once
    for node in nodes["kinds"]:
        more, names = once(read_attributes, node, problems)
        attributes += more
        kinds += names
    declared = found.memory.declared(attributes)
    rates = [once(read_rates, node, problems) for node in nodes["rates"]]
    books = [once(read_book, node, problems) for node in nodes["book"]]
    return Content(
        base=next((base for base, _ in rates if base), "CNY"),
        terms=tuple(item for node in nodes["terms"] for item in once(read_terms, node, problems)) + tuple(item for node in nodes["constants"] for item in once(read_constants, node, problems)),
        attributes=tuple(attributes),
        kinds=tuple(kinds),  # type: ignore[arg-type]
        entities=tuple(item for node in nodes["entities"] for item in once(read_entities, node, problems, declared)),
        tables=tuple(item for item in found.rules if isinstance(item, TableDecl)),
        formulas=tuple(item for item in found.rules if isinstance(item, FormulaDecl)),
        selections=tuple(item for item in found.rules if isinstance(item, SelectDecl)),
        shares=tuple(item for item in found.rules if isinstance(item, ShareDecl)),
        constraints=tuple(item for node in nodes["constraints"] for item in once(read_nevers, node, problems, "constraint")),
        promises=tuple(item for node in nodes["promises"] for item in once(read_nevers, node, problems, "promise")),
        registers=tuple(item for node in nodes["registers"] for item in once(read_registers, node, problems)),
        sources=tuple(item for node in nodes["sources"] for item in once(read_sources, node, problems)),
        rates=tuple(item for _, group in rates for item in group),
        population=tuple(item for node in nodes["population"] for item in once(read_population, node, problems)),
        proved=books[-1].proved if books else (),
        title=books[-1].title if books else NO_WORDS,
        hash=digest,
        allowances=tuple(item for book in books for item in book.allowances),
    )


def read_content_texts(texts: dict[str, str]) -> Content:
    """Return the declarations of a workspace given as texts by name, such as `rules/a.yaml`."""
    found = _Sections()
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(name.encode() + b"\0" + hashlib.sha256(texts[name].encode()).digest())
        try:
            node = parse(decode(texts[name].encode(), name), name)
        except Problems as fault:
            found.problems.found.extend(fault.problems)
            continue
        _take(node, name, found)
    content = _gather(found, digest.hexdigest())
    found.problems.stop_if_any()
    return content


def _take(node: Node | None, name: str, found: _Sections) -> None:
    if node is None:
        return
    if name.startswith("rules/"):
        found.rules.extend(found.memory.once(read_rules, node, found.problems))
        return
    mapping = is_mapping(node, "a knowledge file", found.problems)
    if mapping is not None:
        only_keys(mapping, SECTIONS, "a knowledge file", found.problems)
        for key, value in mapping.entries:
            if key.text in SECTIONS:
                found.nodes[key.text].append(value)
