"""What is gathered while declarations become ground nodes, and who defines which term."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fourfold.expression.kinds import Kind
from fourfold.linking.names import Names
from fourfold.model import GroundNode, GroundTerm
from fourfold.problem import Label
from fourfold.span import Span
from fourfold.suggest import did_you_mean, nearest
from fourfold.written import FormulaDecl, SelectDecl, ShareDecl, TableDecl

Definer = TableDecl | FormulaDecl | SelectDecl | ShareDecl


@dataclass(slots=True)
class Lowering:
    """Gathers ground nodes and terms; `places` keeps where each node was written.

    `meant` holds the terms that a misspelled `concludes` most likely meant, `wide` those beyond the bounds.
    """

    names: Names
    nodes: list[GroundNode] = field(default_factory=list)
    terms: dict[str, GroundTerm] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    definers: dict[str, Definer] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)
    wide: set[str] = field(default_factory=set)

    def note(self, code: str, message: str, span: Span, help: str | None = None, labels: tuple[Label, ...] = ()) -> None:
        """Note a problem."""
        self.names.problems.add(code, message, span, help=help, labels=labels)

    def add(self, node: GroundNode, source: str, entity: str, kind: Kind, span: Span, parts: Iterable[tuple[str, str, Kind]] = ()) -> None:
        """Keep a node and the terms that it gives (`parts`: name, entity, kind), with the figures folded into it."""
        knowledge = tuple(self.names.used)
        self.nodes.append(node)
        self.terms[node.term] = GroundTerm(node.term, source, entity, kind, knowledge=knowledge)
        for name, part_entity, part_kind in parts:
            self.terms[name] = GroundTerm(name, source, part_entity, part_kind)
        self.places[node.term] = span
        self.names.used = {}


def find_definers(lowering: Lowering) -> None:
    """Keep what concludes each term; a term that is concluded twice, or unknown, is a problem."""
    content, known = lowering.names.known.content, lowering.names.known
    pairs: list[tuple[str, Span, Definer]] = [(name, span, table) for table in content.tables for name, span in table.concludes]
    pairs += [(formula.name, formula.span, formula) for formula in content.formulas]
    pairs += [(share.name, share.span, share) for share in content.shares]
    places: dict[str, Span] = {}
    for name, span, definer in pairs:
        plain = name.rpartition(".")[2]
        if plain in places:
            lowering.note("F209", f"`{plain}` is concluded twice", span, "keep one of them", labels=(Label(places[plain], "the first"),))
        elif plain not in known.terms:
            lowering.note("F201", f"unknown term `{plain}`", span, did_you_mean(plain, known.terms) or "declare it in knowledge/terms.yaml")
            lowering.meant.add(nearest(plain, known.terms) or "")
        else:
            lowering.definers[plain] = definer
            places[plain] = span
    seen: dict[str, Span] = {}
    for selection in content.selections:
        if selection.name in known.terms:
            lowering.note("F209", f"`{selection.name}` is a term and a selection", selection.span, "a selection is not declared as a term")
        elif selection.name in seen:
            lowering.note("F209", f"selection `{selection.name}` is declared twice", selection.span, labels=(Label(seen[selection.name], "the first"),))
        seen.setdefault(selection.name, selection.span)


def loop_entities(lowering: Lowering, loop: str, span: Span) -> tuple[str, ...]:
    """Return the entities of a loop, or the one empty name where there is no loop."""
    if not loop:
        return ("",)
    known = lowering.names.known
    if loop not in known.entities:
        lowering.note("F201", f"unknown kind of entity `{loop}`", span, did_you_mean(loop, known.entities))
        return ()
    return known.entities[loop]


def fits_loop(lowering: Lowering, written: str, loop: str, what: str, span: Span) -> bool:
    """Return whether a concluded name and its loop go together, or note that they do not."""
    of, _, plain = written.rpartition(".")
    term = lowering.names.known.terms[plain]
    if term.of == loop and of in ("", term.of):
        return True
    want = f"`for each: {term.of}` and `{term.of}.{plain}`" if term.of else f"no `for each`, and `{plain}`"
    lowering.note("F202", f"`{plain}` does not fit the loop of {what}", span, f"write {want}")
    return False
