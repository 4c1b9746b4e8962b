"""The values that a written cell lets through, and how two rows lie to each other.

A region is a set of options, or closed intervals of whole counts of the column's smallest unit
(a ratio is counted in millionths). A cell that names another term has no region: None.
"""

from collections.abc import Iterable

from fourfold.checks.seen import Seen
from fourfold.expression.kinds import LARGEST, Choice, Kind, Number, Options, Ratio, WrongKind, stored, word_option
from fourfold.expression.nodes import Cell, Comparison, Contains, Day, Interval, Literal, Test, Word
from fourfold.expression.show import show_cell
from fourfold.written import RuleDecl, WrittenCell

Intervals = tuple[tuple[int, int], ...]
Region = frozenset[str] | Intervals
MILLIONTHS = Number("number", 6, 0, LARGEST)


def domain(kind: Kind | None, *, is_bounded: bool = True) -> Region | None:
    """Return all values of a kind, or None where the kind has no region; without bounds every number counts."""
    match kind:
        case Choice():
            return frozenset(kind.options)
        case Number() if is_bounded and kind.low != kind.high:
            return ((kind.low, kind.high),)
        case Number():
            return ((-LARGEST, LARGEST),)
        case Ratio():
            return ((0, LARGEST),)
        case _:
            return None


def region(seen: Seen, cell: WrittenCell, whole: Region | None = None) -> Region | None:
    """Return what a cell lets through of its column's values, or None where that hangs on other terms."""
    kind = seen.kind_of(cell.column)
    every = whole if whole is not None else domain(kind)
    if every is None or kind is None or isinstance(kind, Options):
        return None
    if not cell.node.tests:
        return every
    parts = [_test(seen, kind, test) for test in cell.node.tests]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    joined = _union(known)
    return minus(every, joined) if cell.node.negated else both(every, joined)


def parts_of(seen: Seen, cell: WrittenCell) -> list[Region | None]:
    """Return what each test of a cell lets through, or None for one that hangs on other terms."""
    kind = seen.kind_of(cell.column)
    return [_test(seen, kind, test) if kind is not None else None for test in cell.node.tests]


def _test(seen: Seen, kind: Kind, test: Test) -> Region | None:
    if isinstance(test, Contains):
        return None
    if isinstance(kind, Choice):
        option = word_option(kind, test.operand.text) if isinstance(test, Comparison) and isinstance(test.operand, Word) else None
        return None if option is None else frozenset({option})
    number = MILLIONTHS if isinstance(kind, Ratio) else kind
    if not isinstance(number, Number):
        return None
    if isinstance(test, Interval):
        low, high = _number(seen, number, test.low), _number(seen, number, test.high)
        return None if low is None or high is None else _cut(low + test.low_open, high - test.high_open)
    value = _number(seen, number, test.operand)
    if value is None:
        return None
    ends = {"=": (value, value), "<": (-LARGEST, value - 1), "<=": (-LARGEST, value), ">": (value + 1, LARGEST), ">=": (value, LARGEST)}
    return _cut(*ends[test.operator])


def _number(seen: Seen, kind: Number, operand: Literal | Day | Word) -> int | None:
    if isinstance(operand, Word):
        value, other = seen.constant(operand.text), seen.kind_of(operand.text)
        return value if isinstance(value, int) and isinstance(other, Number) and other.scale == kind.scale else None
    try:
        return stored(kind, operand)
    except WrongKind:
        return None


def _cut(low: int, high: int) -> Intervals:
    return ((low, high),) if low <= high else ()


def _union(regions: Iterable[Region]) -> Region:
    found = list(regions)
    if isinstance(found[0], frozenset):
        return frozenset().union(*(part for part in found if isinstance(part, frozenset)))
    merged: list[tuple[int, int]] = []
    for low, high in sorted(piece for part in found if isinstance(part, tuple) for piece in part):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def union(regions: Iterable[Region]) -> Region | None:
    """Return the values of any of some regions of one kind, or None where there are none."""
    found = list(regions)
    return _union(found) if found else None


def both(left: Region, right: Region) -> Region:
    """Return the values in both of two regions of one kind."""
    if isinstance(left, frozenset) or isinstance(right, frozenset):
        return frozenset(left) & frozenset(right) if isinstance(left, frozenset) and isinstance(right, frozenset) else frozenset()
    return tuple((max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) <= min(b, d))


def minus(left: Region, right: Region) -> Region:
    """Return the values of the first region that are not in the second."""
    if isinstance(left, frozenset) or isinstance(right, frozenset):
        return frozenset(left) - frozenset(right) if isinstance(left, frozenset) and isinstance(right, frozenset) else left
    rest = left
    for low, high in right:
        rest = tuple(piece for a, b in rest for piece in ((a, min(b, low - 1)), (max(a, high + 1), b)) if piece[0] <= piece[1])
    return rest


# ---------------------------------------------------------------- two rows


def by_column(rule: RuleDecl) -> dict[str, WrittenCell]:
    """Return the cells of a rule by their columns, without dashes."""
    return {cell.column: cell for cell in rule.cells if cell.node.tests}


def is_within(seen: Seen, inner: RuleDecl, outer: RuleDecl) -> bool:
    """Return whether every company that the first rule hits is surely hit by the second."""
    if inner.is_otherwise or outer.is_otherwise:
        return False
    cells = by_column(inner)
    return all(column in cells and _cell_within(seen, cells[column], cell) for column, cell in by_column(outer).items())


def _cell_within(seen: Seen, inner: WrittenCell, outer: WrittenCell) -> bool:
    if show_cell(inner.node) == show_cell(outer.node):
        return True
    small, large = region(seen, inner), region(seen, outer)
    return small is not None and large is not None and not minus(small, large)


def is_apart(seen: Seen, left: RuleDecl, right: RuleDecl) -> bool:
    """Return whether no company can be hit by both rules, as far as single columns tell."""
    other = by_column(right)
    for column, cell in by_column(left).items():
        if column in other:
            mine, theirs = region(seen, cell), region(seen, other[column])
            if mine is not None and theirs is not None and not both(mine, theirs):
                return True
            if is_opposite(cell.node, other[column].node):
                return True
    return False


def is_opposite(left: Cell, right: Cell) -> bool:
    """Return whether one cell is `not(…)` of the other."""
    return left.negated != right.negated and left.tests != () and show_cell(Cell(left.tests)) == show_cell(Cell(right.tests))


def said(rule: RuleDecl) -> tuple[tuple[str, str], ...]:
    """Return what a rule concludes, as it is written."""
    return tuple((name, text) for name, text, _ in rule.then)
