"""What lowering gathers, and the two things every part of it needs: the entities of a loop, the meaning of cells."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fourfold.expression.kinds import Kind
from fourfold.linking.cells import Names
from fourfold.model import GroundCell, GroundNode, GroundTerm
from fourfold.problem import Label
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import FormulaDecl, SelectDecl, ShareDecl, TableDecl, WrittenCell

Definer = TableDecl | FormulaDecl | SelectDecl | ShareDecl


@dataclass(slots=True)
class Lowering:
    """Gathers ground nodes and terms; `places` keeps where each node was written."""

    names: Names
    nodes: list[GroundNode] = field(default_factory=list)
    terms: dict[str, GroundTerm] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    definers: dict[str, Definer] = field(default_factory=dict)

    def note(self, code: str, message: str, span: Span, help: str | None = None, labels: tuple[Label, ...] = ()) -> None:
        """Note a problem."""
        self.names.problems.add(code, message, span, help=help, labels=labels)

    def add(self, node: GroundNode, name: str, source: str, entity: str, kind: Kind, span: Span) -> None:
        """Keep a node and the term that it gives, with the figures folded into it."""
        self.nodes.append(node)
        self.terms[name] = GroundTerm(name, source, entity, kind, knowledge=tuple(self.names.used))
        self.places[name] = span
        self.names.used = {}


def loop_entities(lowering: Lowering, loop: str, span: Span) -> tuple[str, ...]:
    """Return the entities of a loop; without a loop one empty name."""
    if not loop:
        return ("",)
    known = lowering.names.known
    if loop not in known.entities:
        lowering.note("F201", f"unknown kind of entity `{loop}`", span, did_you_mean(loop, known.entities))
        return ()
    return known.entities[loop]


def ground_cells(names: Names, cells: Iterable[WrittenCell], scope: dict[str, str]) -> tuple[GroundCell, ...] | None:
    """Return the meanings of some cells, or None where one has none."""
    found = [names.cell(cell, scope) for cell in cells]
    return None if any(cell is None for cell in found) else tuple(cell for cell in found if cell is not None)
