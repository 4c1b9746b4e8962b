"""What stands at the door and around the rules: `or from`, constraints, promises."""

from fourfold.expression.kinds import Number
from fourfold.linking.cells import ground_cells
from fourfold.linking.formulas import number_of
from fourfold.linking.gather import Lowering, loop_entities
from fourfold.linking.simplify import FALSE, every, terms_in
from fourfold.model import Always, GroundMonotone, GroundNever, GroundOrFrom
from fourfold.suggest import did_you_mean
from fourfold.written import MonotoneDecl, NeverDecl


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


def lower_monotones(lowering: Lowering, promises: tuple[MonotoneDecl, ...]) -> tuple[GroundMonotone, ...]:
    """Return the promises that more of a number never loses something, one for each entity of their loop."""
    found = []
    for item in promises:
        if not _is_asked_number(lowering, item):
            continue
        for entity in loop_entities(lowering, item.loop, item.span):
            cells = ground_cells(lowering.names, item.cells, {item.loop: entity} if entity else {})
            if cells is not None and not isinstance(condition := every(cell.condition for cell in cells), Always):
                found.append(GroundMonotone(item.name, entity, item.more, cells, condition, item.because, item.span))
    lowering.names.used = {}
    return tuple(found)


def _is_asked_number(lowering: Lowering, item: MonotoneDecl) -> bool:
    known = lowering.names.known
    term = known.terms.get(item.more)
    if term is None:
        lowering.note("F201", f"unknown term `{item.more}`", item.more_span, did_you_mean(item.more, known.terms))
    elif term.name not in known.broken and (term.of or term.figures or term.name in lowering.definers or not isinstance(known.kinds[term.name], Number)):
        lowering.note("F203", f"`more` names a number that a company gives; `{item.more}` is none", item.more_span, "name an asked term of kind number, money, percent or date")
    else:
        return term.name not in known.broken
    return False


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
