"""The order of the nodes, their layers and strata."""

from dataclasses import replace

from fourfold.expression.kinds import Number
from fourfold.expression.show import decimal_text
from fourfold.linking.bounds import Bounds, node_bounds
from fourfold.linking.cycles import node_reads, node_terms, note_cycles
from fourfold.linking.gather import Lowering
from fourfold.model import (
    Among,
    Best,
    Case,
    Const,
    Expr,
    Floor,
    Formula,
    Gated,
    Given,
    GroundNode,
    Product,
    RatioOf,
    Ref,
    Selection,
    Share,
    Sum,
    Table,
)


def order_nodes(lowering: Lowering) -> tuple[GroundNode, ...]:
    """Return the nodes so that each stands behind what it reads; note each cycle with all its rules."""
    giver = {name: place for place, node in enumerate(lowering.nodes) for name in node_terms(node, lowering)}
    reads = [sorted({giver[name] for name in node_reads(node) if name in giver}) for node in lowering.nodes]
    state, order, rings = [0] * len(reads), list[int](), list[list[int]]()
    for start in range(len(reads)):
        _visit(start, reads, state, order, rings)
    note_cycles(rings, lowering)
    return tuple(lowering.nodes[place] for place in order)


def _visit(start: int, reads: list[list[int]], state: list[int], order: list[int], rings: list[list[int]]) -> None:
    stack = [(start, 0)] if not state[start] else []
    if stack:
        state[start] = 1
    while stack:
        place, following = stack.pop()
        if following < len(reads[place]):
            stack.append((place, following + 1))
            target = reads[place][following]
            if state[target] == 1:
                ring = [at for at, _ in stack]
                rings.append(ring[ring.index(target) :])
            elif not state[target]:
                state[target] = 1
                stack.append((target, 0))
        else:
            state[place] = 2
            order.append(place)


def is_core(node: GroundNode) -> bool:
    """Return whether a node alone is within the core: linear, no selection, no share."""
    match node:
        case Selection() | Share():
            return False
        case Formula():
            return _is_linear(node.value)
        case RatioOf():
            return _is_linear(node.top) and _is_linear(node.bottom)
        case Given():
            return node.assume is None or _is_linear(node.assume)
        case Table():
            return True


def _is_linear(node: Expr) -> bool:
    match node:
        case Const() | Ref():
            return True
        case Case():
            return all(_is_linear(part) for _, part in node.branches)
        case Sum() | Best():
            return all(_is_linear(part) for part in node.parts)
        case Product():
            return (_is_fixed(node.left) or _is_fixed(node.right)) and _is_linear(node.left) and _is_linear(node.right)
        case Gated():
            return _is_linear(node.part)
        case Among():
            return _is_linear(node.none) and all(_is_linear(part) for _, part in node.members)
        case Floor():
            return isinstance(node.bottom, Const) and _is_linear(node.top)


def _is_fixed(node: Expr) -> bool:
    """Return whether no number term stands in an expression (a choice of constants may)."""
    match node:
        case Const():
            return True
        case Case():
            return all(_is_fixed(part) for _, part in node.branches)
        case Sum() | Best():
            return all(_is_fixed(part) for part in node.parts)
        case Product():
            return _is_fixed(node.left) and _is_fixed(node.right)
        case _:
            return False


def mark(nodes: tuple[GroundNode, ...], lowering: Lowering) -> None:
    """Give every term its layer, its stratum, what it reads, and its bounds."""
    bounds: Bounds = {}
    too_wide: set[str] = set()
    beyond: set[str] = set()
    for node in nodes:
        reads = node_reads(node)
        _check_optional(node, reads, lowering)
        known = [lowering.terms[name] for name in reads if name in lowering.terms]
        plan = not is_core(node) or any(term.is_plan for term in known)
        if plan and isinstance(node, Given):
            _note_plan_assumption(node, lowering)
        stratum = max((term.stratum for term in known), default=0) + isinstance(node, Table)
        low, high = (0, 1) if reads & too_wide else node_bounds(node, bounds, lowering)
        if reads & too_wide or lowering.terms[node.term].source in lowering.wide:
            too_wide.update(node_terms(node, lowering))
        elif not isinstance(node, Given):
            _check_range(node.term, low, high, beyond, lowering)
        for name in node_terms(node, lowering):
            term = lowering.terms[name]
            bounds[name] = (low, high) if isinstance(term.kind, Number) else (0, 1)
            lowering.terms[name] = replace(term, is_plan=plan, stratum=stratum, reads=tuple(sorted(reads)), low=low, high=high)


def _check_range(name: str, low: int, high: int, beyond: set[str], lowering: Lowering) -> None:
    """Note a concluded number that cannot be shown to stay within the range that is declared for it, once a term."""
    source, kind = lowering.terms[name].source, lowering.terms[name].kind
    declared = lowering.names.known.terms.get(source)
    if source in beyond or declared is None or not isinstance(kind, Number) or not (declared.kind.low or declared.kind.high) or (kind.low <= low and high <= kind.high):
        return
    beyond.add(source)
    reached, allowed = (f"{decimal_text(first, kind.shown)} to {decimal_text(last, kind.shown)}" for first, last in ((low, high), (kind.low, kind.high)))
    lowering.note("F205", f"`{source}` can be {reached}; its range is {allowed}", lowering.places[name], "hold it with max and min, widen the range, or leave it out: bounds are computed")


def _note_plan_assumption(node: Given, lowering: Lowering) -> None:
    source = lowering.terms[node.term].source
    lowering.note(
        "F304",
        f"the assumption of `{source}` is plan: it multiplies or divides terms, or reads what does",
        lowering.places[node.term],
        "assume arithmetic over the core, or move the formula into `or from`",
    )


def by_stratum(nodes: tuple[GroundNode, ...], lowering: Lowering) -> tuple[GroundNode, ...]:
    """Return the nodes stratum by stratum, in each the tables first; every reader goes in this order."""
    places = sorted(enumerate(nodes), key=lambda item: (lowering.terms[item[1].term].stratum, not isinstance(item[1], Table), item[0]))
    return tuple(node for _, node in places)


def _check_optional(node: GroundNode, reads: set[str], lowering: Lowering) -> None:
    mine = lowering.terms[node.term].source
    for name in sorted(reads):
        source = lowering.terms[name].source if name in lowering.terms else ""
        declared = lowering.names.known.terms.get(source)
        if declared is not None and declared.is_optional and declared.assume is None:
            lowering.note("F305", f"`{mine}` reads `{source}`, which may stay unknown", lowering.places[node.term], f"give `{source}` an `assume`; an optional term is for methods and texts only")
