"""What the cases cover: each rule, each cell, and both sides of each bound."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fourfold.decide import Values, holds, number
from fourfold.model import Compare, Condition, Const, Decision, Every, Expr, GroundCell, Hit, Opposite, Product, Ref, RuleBook, Some, Table

Cell = tuple[str, str]
Bound = tuple[str, str, int, bool]


@dataclass(slots=True)
class Coverage:
    """What some case reaches.

    `hit` and `near`: rules that spoke, and rules in which one cell alone failed. `cells`: (rule, column) of
    a cell that alone stopped its rule. `bounds`: (rule, column, number of the comparison, whether it held) where
    the two sides lay within one step, or a hundredth, of each other (of an equality: at any distance) and all other cells held.
    """

    hit: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    cells: set[Cell] = field(default_factory=set)
    bounds: set[Bound] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What can be covered in a book, in the order of its rules."""

    rules: tuple[str, ...]
    cells: tuple[Cell, ...]
    bounds: tuple[Bound, ...]


def wanted_of(book: RuleBook) -> Wanted:
    """Return every rule, every cell that answers decide, and both sides of each bound in them."""
    rules = tuple(rule.id for table in book.content.tables for rule in table.rules)
    cells: dict[Cell, None] = {}
    bounds: dict[Bound, None] = {}
    for node in book.nodes:
        for row in node.rows if isinstance(node, Table) else ():
            for cell in row.cells if not row.ruled_out else ():
                if cell.reads:
                    cells[row.rule, cell.column] = None
                    for at, _ in enumerate(bounds_of(cell)):
                        bounds.update({(row.rule, cell.column, at, side): None for side in (True, False)})
    order = {rule: at for at, rule in enumerate(rules)}
    return Wanted(rules, tuple(sorted(cells, key=lambda item: order[item[0]])), tuple(sorted(bounds, key=lambda item: order[item[0]])))


def comparisons(node: Condition) -> Iterator[Compare]:
    """Return the comparisons of numbers in a condition, from left to right."""
    match node:
        case Compare():
            yield node
        case Every() | Some():
            for part in node.parts:
                yield from comparisons(part)
        case Opposite():
            yield from comparisons(node.part)
        case _:
            pass


def bounds_of(cell: GroundCell) -> tuple[Compare, ...]:
    """Return the comparisons of a cell that have two sides; that the bottom of a ratio is not 0 is none of them."""
    found = tuple(comparisons(cell.condition))
    return tuple(test for test in found if len(found) == 1 or not (test.right == Const(0) and isinstance(test.left, Ref) and test.operator in ("=", ">") and len(cell.reads) > 1))


def note(book: RuleBook, decision: Decision, coverage: Coverage, only: str = "") -> None:
    """Note what one decision covers (of one rule, if asked)."""
    values: Values = dict(decision.values)
    spoken = set(decision.hits)
    coverage.hit.update(hit.rule for hit in spoken)
    for node in book.nodes:
        for row in node.rows if isinstance(node, Table) else ():
            if only not in ("", row.rule):
                continue
            if row.is_otherwise:
                if Hit(node.term, row.rule) not in spoken:
                    coverage.near.add(row.rule)
                continue
            failing = [at for at, cell in enumerate(row.cells) if not holds(cell.condition, values)]
            if len(failing) == 1:
                coverage.near.add(row.rule)
                coverage.cells.add((row.rule, row.cells[failing[0]].column))
            if len(failing) < 2:
                for at, cell in enumerate(row.cells):
                    if failing in ([], [at]):
                        _note_bounds(row.rule, cell, values, coverage)


def _note_bounds(rule: str, cell: GroundCell, values: Values, coverage: Coverage) -> None:
    for at, test in enumerate(bounds_of(cell)):
        left, right = number(test.left, values), number(test.right, values)
        if test.operator == "=" or abs(left - right) <= max(step(test.left), step(test.right), max(abs(left), abs(right)) // 100):
            coverage.bounds.add((rule, cell.column, at, holds(test, values)))


def step(node: Expr) -> int:
    """Return by how much an expression moves when its term moves by one."""
    match node:
        case Product(right=Const(value=int() as factor)):
            return abs(factor)
        case Const():
            return 0
        case _:
            return 1
