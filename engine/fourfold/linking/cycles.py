"""What a node reads and gives, and the circles in which a term would be concluded from itself."""

from collections.abc import Iterable

from fourfold.linking.gather import Lowering
from fourfold.linking.simplify import terms_in
from fourfold.model import Formula, Given, GroundNode, RatioOf, Selection, Share, Table, ground_name
from fourfold.problem import Label
from fourfold.span import Span


def node_reads(node: GroundNode) -> set[str]:
    """Return the ground terms that a node reads."""
    match node:
        case Given():
            return terms_in(node.assume) if node.assume else set()
        case Formula():
            return terms_in(node.value)
        case RatioOf():
            return terms_in(node.top) | terms_in(node.bottom)
        case Table():
            return {name for row in node.rows if not row.ruled_out for cell in row.cells for name in cell.reads}
        case Selection():
            found = terms_in(node.at_least) | terms_in(node.at_most)
            for have in node.within:
                found |= terms_in(have)
            for candidate in node.candidates:
                found |= terms_in(candidate.condition)
                for part in (*candidate.keys, *candidate.needs):
                    found |= terms_in(part)
            return found
        case Share():
            found = terms_in(node.amount) | {node.selection}
            for _, weight in node.weights:
                found |= terms_in(weight)
            return found


def node_terms(node: GroundNode, lowering: Lowering) -> list[str]:
    """Return the ground terms that a node gives."""
    given = [node.term] if not isinstance(node, Share) else []
    if isinstance(node, Table) and node.policy == "all":
        given += [f"{node.term}[{option}]" for option in lowering.terms[node.term].kind.options]  # type: ignore[union-attr]
    if isinstance(node, Selection):
        given += [ground_name(node.term, entity) for entity in lowering.terms[node.term].kind.options]  # type: ignore[union-attr]
    if isinstance(node, Share):
        given += [ground_name(node.term, entity) for entity, _ in node.weights] + [node.term]
    return given


def note_cycles(rings: Iterable[list[int]], lowering: Lowering) -> None:
    """Note each circle once, whatever the entities on it, with every rule and formula on it."""
    seen: set[frozenset[str]] = set()
    for ring in rings:
        nodes = [lowering.nodes[place] for place in ring]
        names = [lowering.terms[node.term].source for node in nodes]
        if frozenset(names) in seen:
            continue
        seen.add(frozenset(names))
        first = min(range(len(names)), key=lambda at: names[at])
        _note_cycle(nodes[first:] + nodes[:first], names[first:] + names[:first], lowering)


def _note_cycle(nodes: list[GroundNode], names: list[str], lowering: Lowering) -> None:
    labels = []
    for place, node in enumerate(nodes):
        following = nodes[(place + 1) % len(nodes)]
        labels += _reading_places(node, set(node_terms(following, lowering)), names[(place + 1) % len(names)], lowering)
    once = [name for place, name in enumerate(names) if name != names[place - 1] or len(names) == 1]
    path = " → ".join(f"`{name}`" for name in (*once, once[0]))
    lowering.names.problems.add(
        "F302",
        f"`{names[0]}` is concluded from itself: {path}",
        labels[0].span,
        label=labels[0].text,
        labels=tuple(dict.fromkeys(labels[1:])),
        help="break the circle: one of these must be asked, or read something else",
    )


def _reading_places(node: GroundNode, wanted: set[str], name: str, lowering: Lowering) -> list[Label]:
    """Return where a node reads some terms: the cells of its rules, or its formula."""
    mine = lowering.terms[node.term].source
    if not isinstance(node, Table):
        return [Label(lowering.places[node.term], f"`{mine}` reads `{name}`")]
    return [Label(_cell_place(node, row.rule, cell.column, lowering), f"rule `{row.rule}` reads `{name}`") for row in node.rows for cell in row.cells if not row.ruled_out and wanted & set(cell.reads)]


def _cell_place(node: Table, rule: str, column: str, lowering: Lowering) -> Span:
    tables = (table for table in lowering.names.known.content.tables if table.name == node.table)
    cells = (cell for table in tables for written in table.rules if written.id == rule for cell in written.cells)
    return next((cell.column_span for cell in cells if cell.column == column), lowering.places[node.term])
