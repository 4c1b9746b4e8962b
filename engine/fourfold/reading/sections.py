"""The declarations of all files of a workspace, gathered section by section."""

from collections.abc import Callable
from typing import Any, TypeVar

from fourfold.problem import Collector, Problem
from fourfold.reading.document import Node, parse
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
from fourfold.written import NO_WORDS, AttributeDecl, Content, FormulaDecl, MonotoneDecl, NeverDecl, SelectDecl, ShareDecl, TableDecl

SECTIONS = ("terms", "kinds", "entities", "constants", "registers", "sources", "rates", "constraints", "promises", "book", "population")
Result = TypeVar("Result")


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


class Sections:
    """The sections of all files, gathered by name."""

    def __init__(self, memory: Memory | None = None) -> None:
        """Begin with none; with a memory only what changed is read again."""
        self.memory = memory or Memory()
        self.problems = Collector()
        self.nodes: dict[str, list[Node]] = {name: [] for name in SECTIONS}
        self.rules: list[object] = []


def gather(found: Sections, digest: str) -> Content:
    """Return the declarations of the sections; what is wrong is noted in their problems."""
    problems, nodes = found.problems, found.nodes
    attributes, kinds = [], []
    once = found.memory.once
    for node in nodes["kinds"]:
        more, names = once(read_attributes, node, problems)
        attributes += more
        kinds += names
    declared = found.memory.declared(attributes)
    rates = [once(read_rates, node, problems) for node in nodes["rates"]]
    promises = [item for node in nodes["promises"] for item in once(read_promises, node, problems)]
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
        promises=tuple(item for item in promises if isinstance(item, NeverDecl)),
        registers=tuple(item for node in nodes["registers"] for item in once(read_registers, node, problems)),
        sources=tuple(item for node in nodes["sources"] for item in once(read_sources, node, problems)),
        rates=tuple(item for _, group in rates for item in group),
        population=tuple(item for node in nodes["population"] for item in once(read_population, node, problems)),
        proved=books[-1].proved if books else (),
        title=books[-1].title if books else NO_WORDS,
        hash=digest,
        allowances=tuple(item for book in books for item in book.allowances),
        monotones=tuple(item for item in promises if isinstance(item, MonotoneDecl)),
    )


def take(node: Node | None, name: str, found: Sections) -> None:
    """Put the sections of one file to the others; `name` is its place in the workspace."""
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
