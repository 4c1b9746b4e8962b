"""The declarations of all files of a workspace, gathered section by section."""

from fourfold.problem import Collector
from fourfold.reading.document import Node
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
from fourfold.written import NO_WORDS, Content, FormulaDecl, SelectDecl, ShareDecl, TableDecl

SECTIONS = ("terms", "kinds", "entities", "constants", "registers", "sources", "rates", "constraints", "promises", "book", "population")


class Sections:
    """The sections of all files, gathered by name."""

    def __init__(self) -> None:
        """Begin with none."""
        self.problems = Collector()
        self.nodes: dict[str, list[Node]] = {name: [] for name in SECTIONS}
        self.rules: list[object] = []


def gather(found: Sections, digest: str) -> Content:
    """Return the declarations of the sections; what is wrong is noted in their problems."""
    problems, nodes = found.problems, found.nodes
    attributes, kinds = [], []
    for node in nodes["kinds"]:
        more, names = read_attributes(node, problems)
        attributes += more
        kinds += names
    declared = {(item.kind_name, item.name): item for item in attributes}
    rates = [read_rates(node, problems) for node in nodes["rates"]]
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
        promises=tuple(item for node in nodes["promises"] for item in read_nevers(node, "promise", problems)),
        registers=tuple(item for node in nodes["registers"] for item in read_registers(node, problems)),
        sources=tuple(item for node in nodes["sources"] for item in read_sources(node, problems)),
        rates=tuple(item for _, group in rates for item in group),
        population=tuple(item for node in nodes["population"] for item in read_population(node, problems)),
        proved=books[-1].proved if books else (),
        title=books[-1].title if books else NO_WORDS,
        hash=digest,
        allowances=tuple(item for book in books for item in book.allowances),
    )


def take(node: Node | None, name: str, found: Sections) -> None:
    """Put the sections of one file to the others; `name` is its place in the workspace."""
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
