"""The order of the nodes, their layers and strata, and the bounds of every number."""

from dataclasses import replace

from fourfold.expression.kinds import LARGEST, Choice, Number
from fourfold.linking.gather import Lowering
from fourfold.linking.simplify import terms_in
from fourfold.model import (
    Among,
    Best,
    Case,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Floor,
    Formula,
    Gated,
    Given,
    GroundNode,
    Opposite,
    Product,
    RatioOf,
    Ref,
    Selection,
    Share,
    Some,
    Sum,
    Table,
    ground_name,
)
from fourfold.problem import Label

Bounds = dict[str, tuple[int, int]]


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


def order_nodes(lowering: Lowering) -> tuple[GroundNode, ...]:
    """Return the nodes so that each stands behind what it reads; note each cycle with all its rules."""
    giver = {name: place for place, node in enumerate(lowering.nodes) for name in node_terms(node, lowering)}
    reads = [sorted({giver[name] for name in node_reads(node) if name in giver}) for node in lowering.nodes]
    state, order = [0] * len(reads), list[int]()
    for start in range(len(reads)):
        _visit(start, reads, state, order, lowering)
    return tuple(lowering.nodes[place] for place in order)


def _visit(start: int, reads: list[list[int]], state: list[int], order: list[int], lowering: Lowering) -> None:
    stack = [(start, 0)] if not state[start] else []
    if stack:
        state[start] = 1
    while stack:
        place, following = stack.pop()
        if following < len(reads[place]):
            stack.append((place, following + 1))
            target = reads[place][following]
            if state[target] == 1:
                _note_cycle([at for at, _ in stack], target, lowering)
            elif not state[target]:
                state[target] = 1
                stack.append((target, 0))
        else:
            state[place] = 2
            order.append(place)


def _note_cycle(stack: list[int], target: int, lowering: Lowering) -> None:
    ring = stack[stack.index(target) :]
    names = [lowering.nodes[place].term for place in ring]
    first = min(range(len(names)), key=lambda at: names[at])
    names = names[first:] + names[:first]
    span = lowering.places[names[0]]
    labels = tuple(Label(lowering.places[name], f"`{name}`") for name in names[1:])
    path = " → ".join(f"`{name}`" for name in (*names, names[0]))
    lowering.names.problems.add("F302", f"`{names[0]}` is concluded from itself: {path}", span, labels=labels, help="break the circle: one of these must be asked, or read something else")


def is_core(node: GroundNode) -> bool:
    """Return whether a node alone is within the core: linear, no selection, no share."""
    match node:
        case Selection() | Share():
            return False
        case Formula():
            return _is_linear(node.value)
        case RatioOf():
            return _is_linear(node.top) and _is_linear(node.bottom)
        case Given() | Table():
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
            return all(_is_linear(part) for _, part in node.members)
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
    for node in nodes:
        reads = node_reads(node)
        _check_optional(node, reads, lowering)
        known = [lowering.terms[name] for name in reads if name in lowering.terms]
        plan = not is_core(node) or any(term.is_plan for term in known)
        stratum = max((term.stratum for term in known), default=0) + isinstance(node, Table)
        low, high = _node_bounds(node, bounds, lowering)
        for name in node_terms(node, lowering):
            term = lowering.terms[name]
            bounds[name] = (low, high) if isinstance(term.kind, Number) else (0, 1)
            lowering.terms[name] = replace(term, is_plan=plan, stratum=stratum, reads=tuple(sorted(reads)), low=low, high=high)
        if max(abs(low), abs(high)) > LARGEST:
            _note_bound(lowering, node.term, max(abs(low), abs(high)))


def by_stratum(nodes: tuple[GroundNode, ...], lowering: Lowering) -> tuple[GroundNode, ...]:
    """Return the nodes stratum by stratum, in each the tables first; every reader goes in this order."""
    places = sorted(enumerate(nodes), key=lambda item: (lowering.terms[item[1].term].stratum, not isinstance(item[1], Table), item[0]))
    return tuple(node for _, node in places)


def _check_optional(node: GroundNode, reads: set[str], lowering: Lowering) -> None:
    for name in sorted(reads):
        source = lowering.terms[name].source if name in lowering.terms else ""
        declared = lowering.names.known.terms.get(source)
        if declared is not None and declared.is_optional and declared.assume is None:
            lowering.names.problems.add(
                "F305", f"`{node.term}` reads `{name}`, which may stay unknown", lowering.places[node.term], help=f"give `{source}` an `assume`; an optional term is for methods and texts only"
            )


def _note_bound(lowering: Lowering, term: str, size: int) -> None:
    lowering.names.problems.add("F303", f"`{term}` can reach {size:.1e}, beyond 10^15", lowering.places[term], help="narrow a range, lower a scale, or split the formula")


def _node_bounds(node: GroundNode, bounds: Bounds, lowering: Lowering) -> tuple[int, int]:
    match node:
        case Given():
            kind = lowering.terms[node.term].kind
            return (kind.low, kind.high) if isinstance(kind, Number) else (0, len(kind.options) if isinstance(kind, Choice) else 1)
        case Formula():
            return _checked(node.value, bounds, lowering, node.term)
        case RatioOf():
            return _ratio_bounds(node, bounds, lowering)
        case Table():
            return _table_bounds(node, bounds, lowering)
        case Selection():
            return (0, 1)
        case Share():
            _, high = _checked(node.amount, bounds, lowering, node.term)
            return (0, max(0, high))


def _checked(node: Expr, bounds: Bounds, lowering: Lowering, term: str) -> tuple[int, int]:
    low, high, largest = interval(node, bounds, lowering, term)
    if largest > LARGEST:
        _note_bound(lowering, term, largest)
    return low, high


def _ratio_bounds(node: RatioOf, bounds: Bounds, lowering: Lowering) -> tuple[int, int]:
    top = _checked(node.top, bounds, lowering, node.term)
    bottom = _checked(node.bottom, bounds, lowering, node.term)
    if bottom[0] < 0 or (bottom[0] == 0 and node.at_zero is None):
        what = "fall below 0" if bottom[0] < 0 else "be 0"
        lowering.names.problems.add("F306", f"the bottom of the ratio `{node.term}` can {what}", lowering.places[node.term], help="add `at zero: number`" if bottom[0] == 0 else "use max(0, …)")
    return top


def _table_bounds(node: Table, bounds: Bounds, lowering: Lowering) -> tuple[int, int]:
    for row in node.rows:
        for cell in row.cells:
            _condition_bounds(cell.condition, bounds, lowering, node.term)
    values = [row.value for row in node.rows if isinstance(row.value, int)]
    if node.policy == "sum":
        return sum(value for value in values if value < 0), sum(value for value in values if value > 0)
    return (min(values), max(values)) if values else (0, 1)


def _condition_bounds(node: Condition, bounds: Bounds, lowering: Lowering, term: str) -> None:
    match node:
        case Compare():
            _checked(node.left, bounds, lowering, term)
            _checked(node.right, bounds, lowering, term)
        case Every() | Some():
            for part in node.parts:
                _condition_bounds(part, bounds, lowering, term)
        case Opposite():
            _condition_bounds(node.part, bounds, lowering, term)
        case _:
            pass


def interval(node: Expr, bounds: Bounds, lowering: Lowering, term: str) -> tuple[int, int, int]:
    """Return lowest, highest, and the largest size that any part can reach."""
    match node:
        case Const():
            value = node.value if isinstance(node.value, int) else 0
            return value, value, abs(value)
        case Ref():
            low, high = bounds.get(node.term, (0, 0))
            return low, high, max(abs(low), abs(high))
        case Case():
            found = [interval(part, bounds, lowering, term) for _, part in node.branches]
            return min(i[0] for i in found), max(i[1] for i in found), max(i[2] for i in found)
        case Sum():
            found = [interval(part, bounds, lowering, term) for part in node.parts]
            low, high = sum(i[0] for i in found), sum(i[1] for i in found)
            return low, high, max(abs(low), abs(high), *(i[2] for i in found))
        case Product():
            left, right = interval(node.left, bounds, lowering, term), interval(node.right, bounds, lowering, term)
            ends = [a * b for a in left[:2] for b in right[:2]]
            return min(ends), max(ends), max(*(abs(end) for end in ends), left[2], right[2])
        case Best():
            found = [interval(part, bounds, lowering, term) for part in node.parts]
            pick = max if node.largest else min
            return pick(i[0] for i in found), pick(i[1] for i in found), max(i[2] for i in found)
        case Gated():
            low, high, most = interval(node.part, bounds, lowering, term)
            _condition_bounds(node.condition, bounds, lowering, term)
            return min(0, low), max(0, high), most
        case Among():
            found = [interval(part, bounds, lowering, term) for part in (node.none, *(part for _, part in node.members))]
            return min(i[0] for i in found), max(i[1] for i in found), max(i[2] for i in found)
        case Floor():
            return _floor_interval(node, bounds, lowering, term)


def _floor_interval(node: Floor, bounds: Bounds, lowering: Lowering, term: str) -> tuple[int, int, int]:
    low, high, most = interval(node.top, bounds, lowering, term)
    least, greatest, other = interval(node.bottom, bounds, lowering, term)
    if least <= 0:
        lowering.names.problems.add("F306", f"`{term}` divides by something that can be 0 or less", lowering.places[term], help="use max(1, …) below, or narrow a range")
        least = 1
    ends = [value // bottom for value in (low, high) for bottom in (least, max(least, greatest))]
    return min(ends), max(ends), max(most, other)
