"""The bounds of every number, by interval arithmetic over the declared ranges."""

from fourfold.expression.kinds import LARGEST, Choice, Number
from fourfold.linking.gather import Lowering
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
)

Bounds = dict[str, tuple[int, int]]


def _note_bound(lowering: Lowering, term: str, size: int) -> None:
    source = lowering.terms[term].source
    if source not in lowering.wide:
        lowering.wide.add(source)
        lowering.note("F303", f"`{source}` can reach {_power(size)}, beyond 10^15", lowering.places[term], "narrow a range, lower a scale, or split the formula")


def _power(size: int) -> str:
    """Return a size with two digits and a power of ten; sizes may be far beyond what a float holds."""
    exponent = int((size.bit_length() - 1) * 0.30103)
    digits = size // 10 ** (exponent - 1)
    return f"{digits / 10:.1f}·10^{exponent}" if digits < 100 else f"{digits / 100:.1f}·10^{exponent + 1}"


def node_bounds(node: GroundNode, bounds: Bounds, lowering: Lowering) -> tuple[int, int]:
    """Return the lowest and highest value of what a node gives, or note that it leaves the bounds."""
    match node:
        case Given():
            kind = lowering.terms[node.term].kind
            if node.assume is not None and isinstance(kind, Number):
                _checked(node.assume, bounds, lowering, node.term)
            if isinstance(kind, Number) and max(abs(kind.low), abs(kind.high)) > LARGEST:
                _note_bound(lowering, node.term, max(abs(kind.low), abs(kind.high)))
            return (kind.low, kind.high) if isinstance(kind, Number) else (0, len(kind.options) if isinstance(kind, Choice) else 1)
        case Formula():
            return _checked(node.value, bounds, lowering, node.term)
        case RatioOf():
            return _ratio_bounds(node, bounds, lowering)
        case Table():
            return _table_bounds(node, bounds, lowering)
        case Selection():
            _selection_bounds(node, bounds, lowering)
            return (0, 1)
        case Share():
            _, high = _checked(node.amount, bounds, lowering, node.term)
            for _, weight in node.weights:
                _checked(weight, bounds, lowering, node.term)
            return (0, max(0, high))


def _selection_bounds(node: Selection, bounds: Bounds, lowering: Lowering) -> None:
    for part in (*node.within, node.at_least, node.at_most):
        _checked(part, bounds, lowering, node.term)
    for candidate in node.candidates:
        _condition_bounds(candidate.condition, bounds, lowering, node.term)
        for part in (*candidate.keys, *candidate.needs):
            _checked(part, bounds, lowering, node.term)


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
        source = lowering.terms[node.term].source
        lowering.note("F306", f"the bottom of the ratio `{source}` can {what}", lowering.places[node.term], "add `at zero: number`" if bottom[0] == 0 else "use max(0, …)")
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
        source = lowering.terms[term].source
        lowering.note("F306", f"`{source}` divides by something that can be 0 or less", lowering.places[term], "use max(1, …) below, or narrow a range")
        least = 1
    ends = [value // bottom for value in (low, high) for bottom in (least, max(least, greatest))]
    return min(ends), max(ends), max(most, other)
