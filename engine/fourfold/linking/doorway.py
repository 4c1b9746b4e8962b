"""What stands at the door and around the rules: `or from`, constraints, promises."""

from fourfold.expression.kinds import Number
from fourfold.linking.cells import ground_cells
from fourfold.linking.formulas import number_of
from fourfold.linking.gather import Lowering, loop_entities
from fourfold.linking.simplify import FALSE, every, terms_in
from fourfold.model import GroundNever, GroundOrFrom
from fourfold.suggest import did_you_mean
from fourfold.written import NeverDecl


def lower_nevers(lowering: Lowering, nevers: tuple[NeverDecl, ...]) -> tuple[GroundNever, ...]:
    """Return constraints or promises, one for each entity of their loop."""
    found = []
    for item in nevers:
        for entity in loop_entities(lowering, item.loop, item.span):
            cells = ground_cells(lowering.names, item.cells, {item.loop: entity} if entity else {})
            if cells is not None:
                condition = every(cell.condition for cell in cells)
                if condition != FALSE:
                    found.append(GroundNever(item.name, entity, cells, condition, item.because, item.span))
    lowering.names.used = {}
    return tuple(found)


def lower_or_from(lowering: Lowering) -> dict[str, tuple[GroundOrFrom, ...]]:
    """Return the arithmetic of the door for each term that has some."""
    names, found = lowering.names, {}
    for term in names.known.terms.values():
        kind, ways = names.known.kinds[term.name], []
        for way in term.or_from:
            if not isinstance(kind, Number) or term.of:
                if term.name not in names.known.broken:
                    lowering.note("F203", f"`or from` gives a single number; `{term.name}` is none", way.expression.span)
                continue
            cells, value = ground_cells(names, way.where, {}), number_of(names, way.expression, kind, {})
            for name in way.may_assume:
                if name not in names.known.terms:
                    lowering.note("F201", f"unknown term `{name}`", way.expression.span, did_you_mean(name, names.known.terms))
            if cells is not None and value is not None:
                condition = every(cell.condition for cell in cells)
                reads = tuple(sorted(terms_in(value)))
                ways.append(GroundOrFrom(condition, value, reads, frozenset(way.may_assume), way.expression.text, tuple(sorted(terms_in(condition)))))
        if ways:
            found[term.name] = tuple(ways)
    names.used = {}
    return found
