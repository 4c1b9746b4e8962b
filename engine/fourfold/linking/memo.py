"""What is kept from one linking to the next, so that an edited rule alone is lowered again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fourfold.linking.gather import Lowering
from fourfold.linking.known import Known
from fourfold.linking.names import Names
from fourfold.model import GroundNode, GroundTerm
from fourfold.problem import Collector, Problem
from fourfold.span import Span
from fourfold.written import Content, FormulaDecl, SelectDecl, ShareDecl, TableDecl, TermDecl

Lowered = TermDecl | TableDecl | FormulaDecl | SelectDecl | ShareDecl


@dataclass(frozen=True, slots=True)
class _Delta:
    """What lowering one declaration added."""

    declared: Lowered
    nodes: tuple[GroundNode, ...]
    terms: dict[str, GroundTerm]
    places: dict[str, Span]
    problems: tuple[Problem, ...]
    changes: frozenset[int]


@dataclass(slots=True)
class Memo:
    """The knowledge and the lowered declarations of the last linking.

    The knowledge counts as the same while everything but the rules is the same object by object; a declaration
    while it is equal, and concluded by equal means, in the same knowledge, with the same formulas and selections around it.
    """

    content: Content | None = None
    known: Known | None = None
    world: object = None
    deltas: dict[tuple[str, str], _Delta] = field(default_factory=dict)

    def known_for(self, content: Content, as_of: int, currency: str, problems: Collector, make: Callable[[Content, int, str, Collector], Known]) -> Known:
        """Return the knowledge in force, as it was kept if nothing in it changed."""
        before = self.content
        is_same = before is not None and self.known is not None and (self.known.as_of, self.known.currency) == (as_of, currency) and _same_knowledge(before, content)
        self.content = content
        if is_same and self.known is not None:
            problems.found.extend(self.known.problems.found)
            self.known = replace(self.known, content=content, problems=Collector(list(self.known.problems.found)))
            return replace(self.known, problems=problems, changes=set(self.known.changes))
        known = make(content, as_of, currency, problems)
        self.known = replace(known, problems=Collector(list(problems.found)), changes=set(known.changes))
        self.deltas.clear()
        return known

    def enter(self, names: Names, definers: dict[str, object]) -> None:
        """Forget what was lowered if the names around the declarations mean something else now."""
        formulas = [(name, item.loop, item if item.form == "ratio" else None) for name, item in names.formulas.items()]
        selections = [(name, item.kind) for name, item in names.selections.items()]
        world = (formulas, selections, [(name, type(item).__name__, getattr(item, "name", "")) for name, item in definers.items()])
        if world != self.world:
            self.deltas.clear()
        self.world = world

    def lowered(self, lowering: Lowering, declared: Lowered, lower: Callable[[], None]) -> None:
        """Lower a declaration, or give again what it gave."""
        key = (type(declared).__name__, declared.name)
        kept, known = self.deltas.get(key), lowering.names.known
        if kept is not None and kept.declared == declared:
            lowering.nodes += kept.nodes
            lowering.terms.update(kept.terms)
            lowering.places.update(kept.places)
            lowering.names.problems.found.extend(kept.problems)
            known.changes.update(kept.changes)
            return
        counts = len(lowering.nodes), len(lowering.names.problems.found)
        terms, places, changes = set(lowering.terms), set(lowering.places), set(known.changes)
        lower()
        self.deltas[key] = _Delta(
            declared,
            tuple(lowering.nodes[counts[0] :]),
            {name: item for name, item in lowering.terms.items() if name not in terms},
            {name: item for name, item in lowering.places.items() if name not in places},
            tuple(lowering.names.problems.found[counts[1] :]),
            frozenset(known.changes - changes),
        )


_KNOWLEDGE = ("base", "terms", "attributes", "kinds", "entities", "sources", "rates", "registers")


def _same_knowledge(before: Content, after: Content) -> bool:
    """Return whether two contents share everything that the knowledge is made of, object by object."""
    for name in _KNOWLEDGE:
        left, right = getattr(before, name), getattr(after, name)
        if left != right if isinstance(left, str) else len(left) != len(right) or any(one is not other for one, other in zip(left, right, strict=True)):
            return False
    return True
