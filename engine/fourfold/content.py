"""Where the content lies, and everything in it as declarations."""

import hashlib
from importlib.resources import files
from pathlib import Path

from fourfold.problem import Collector, Problem, Problems
from fourfold.reading.document import Node, decode, parse, read_text
from fourfold.reading.knowledge import (
    read_attributes,
    read_book,
    read_constants,
    read_entities,
    read_nevers,
    read_promises,
    read_rates,
    read_registers,
    read_sources,
    read_terms,
)
from fourfold.reading.population import read_population
from fourfold.reading.rules import read_rules
from fourfold.reading.shape import is_mapping, only_keys
from fourfold.span import Span
from fourfold.written import NO_WORDS, Content, FormulaDecl, MonotoneDecl, NeverDecl, SelectDecl, ShareDecl, TableDecl

SECTIONS = ("terms", "kinds", "entities", "constants", "registers", "sources", "rates", "constraints", "promises", "book", "population")
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


class _Sections:
    """The sections of all files, gathered by name."""

    def __init__(self) -> None:
        self.problems = Collector()
        self.nodes: dict[str, list[Node]] = {name: [] for name in SECTIONS}
        self.rules: list[object] = []


def read_content(root: Path) -> Content:
    """Return everything a workspace declares, or raise all that cannot be read."""
    found = _Sections()
    for path in content_files(root):
        name = str(path.relative_to(root)).replace("\\", "/")
        _read_file(path, name, found)
    is_broken = any(not problem.is_warning for problem in found.problems.found)
    content = _gather(found, "" if is_broken else content_hash(root))
    found.problems.stop_if_any()
    return content


def _read_file(path: Path, name: str, found: _Sections) -> None:
    try:
        node = parse(read_text(path, name), name)
    except Problems as fault:
        found.problems.found.extend(fault.problems)
        return
    _take(node, name, found)


def _gather(found: _Sections, digest: str) -> Content:
    problems, nodes = found.problems, found.nodes
    attributes, kinds = [], []
    for node in nodes["kinds"]:
        more, names = read_attributes(node, problems)
        attributes += more
        kinds += names
    declared = {(item.kind_name, item.name): item for item in attributes}
    rates = [read_rates(node, problems) for node in nodes["rates"]]
    promises = [item for node in nodes["promises"] for item in read_promises(node, problems)]
    books = [read_book(node, problems) for node in nodes["book"]]
    return Content(
        base=next((base for base, _ in rates if base), "CNY"),
        terms=tuple(item for node in nodes["terms"] for item in read_terms(node, problems)) + tuple(item for node in nodes["constants"] for item in read_constants(node, problems)),
        attributes=tuple(attributes),
        kinds=tuple(kinds),  # type: ignore[arg-type]
        entities=tuple(item for node in nodes["entities"] for item in read_entities(node, declared, problems)),
        tables=tuple(item for item in found.rules if isinstance(item, TableDecl)),
        formulas=tuple(item for item in found.rules if isinstance(item, FormulaDecl)),
        selections=tuple(item for item in found.rules if isinstance(item, SelectDecl)),
        shares=tuple(item for item in found.rules if isinstance(item, ShareDecl)),
        constraints=tuple(item for node in nodes["constraints"] for item in read_nevers(node, "constraint", problems)),
        promises=tuple(item for item in promises if isinstance(item, NeverDecl)),
        registers=tuple(item for node in nodes["registers"] for item in read_registers(node, problems)),
        sources=tuple(item for node in nodes["sources"] for item in read_sources(node, problems)),
        rates=tuple(item for _, group in rates for item in group),
        population=tuple(item for node in nodes["population"] for item in read_population(node, problems)),
        proved=books[-1].proved if books else (),
        title=books[-1].title if books else NO_WORDS,
        hash=digest,
        allowances=tuple(item for book in books for item in book.allowances),
        monotones=tuple(item for item in promises if isinstance(item, MonotoneDecl)),
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
        found.rules.extend(read_rules(node, found.problems))
        return
    mapping = is_mapping(node, "a knowledge file", found.problems)
    if mapping is not None:
        only_keys(mapping, SECTIONS, "a knowledge file", found.problems)
        for key, value in mapping.entries:
            if key.text in SECTIONS:
                found.nodes[key.text].append(value)
