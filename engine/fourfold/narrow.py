"""The part of a book's core that still matters under some answers: what they settle is folded away.

Sound, as `possible` is: a term that is gone from the part cannot change the outcome any more; one that is
left may or may not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from fourfold.expression.kinds import Choice, Number
from fourfold.linking import simplify
from fourfold.model import (
    Always,
    Among,
    Answer,
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
    GroundCell,
    GroundNever,
    GroundNode,
    Member,
    Opposite,
    Product,
    RatioOf,
    Ref,
    Row,
    RuleBook,
    Selection,
    Share,
    Some,
    Sum,
    Table,
)
from fourfold.possible import Open, Range, interval, open_table, passes


@dataclass(frozen=True, slots=True)
class Part:
    """What is left of a book: its nodes and constraints, what every term may still be, and constraints that are broken."""

    book: RuleBook
    open: Open
    broken: tuple[GroundNever, ...] = ()

    def under(self, answers: Mapping[str, Answer], targets: Iterable[str]) -> "Part":
        """Return what is left of this part under further answers."""
        return narrowed(self.book, answers, targets, self.open)


def part_of(book: RuleBook, targets: Iterable[str]) -> RuleBook:
    """Return the book cut down to what some core terms rest on; constraints that touch it come along with all they read."""
    makers = {name: node for node in book.nodes for name in gives(node)}
    wanted = {name for name in targets if name in makers and not book.terms[makers[name].term].is_plan}
    constraints: set[int] = set()
    kept: set[str] = set()
    while True:
        todo = [makers[name] for name in wanted if name in makers and makers[name].term not in kept]
        for node in todo:
            kept.add(node.term)
            wanted |= reads(node)
        if not todo:
            touched = {at for at, never in enumerate(book.constraints) if at not in constraints and simplify.terms_in(never.condition) & wanted}
            if not touched:
                break
            constraints |= touched
            wanted |= {name for at in touched for name in simplify.terms_in(book.constraints[at].condition)}
    nodes = tuple(node for node in book.nodes if node.term in kept)
    return replace(book, nodes=nodes, constraints=tuple(book.constraints[at] for at in sorted(constraints)))


def gives(node: GroundNode) -> tuple[str, ...]:
    """Return the names that a node gives a value to."""
    if isinstance(node, Table) and node.policy == "all":
        return (node.term, *(f"{node.term}[{option}]" for option in node.options))
    return (node.term,)


def reads(node: GroundNode) -> set[str]:
    """Return the terms that a node of the core reads, an assumption's included."""
    match node:
        case Given():
            return simplify.terms_in(node.assume) if node.assume is not None else set()
        case Formula():
            return simplify.terms_in(node.value)
        case RatioOf():
            return simplify.terms_in(node.top) | simplify.terms_in(node.bottom)
        case Table():
            return {name for row in node.rows if not row.ruled_out for cell in row.cells for name in simplify.terms_in(cell.condition)}
        case Selection() | Share():
            raise AssertionError(node.term)
        case _:
            assert_never(node)


def narrowed(book: RuleBook, answers: Mapping[str, Answer], targets: Iterable[str], before: Open | None = None) -> Part:
    """Return what is left of a book under some answers, as far as the targets rest on it.

    Answers are values, ranges, sets of options, or None for don't know. Terms that the answers settle
    are constants in what is left; `open` tells what every term may still be. A book that was narrowed
    already comes with what was open `before`, since its constants are no longer nodes.
    """
    open_values: Open = dict(before or {})
    nodes: list[GroundNode] = []
    for node in book.nodes:
        if book.terms[node.term].is_plan:
            continue
        left = _node(node, book, answers, open_values)
        if left is not None and any(not _is_settled(open_values[name]) for name in gives(left) if name in open_values):
            nodes.append(left)
    constraints, broken = [], []
    for never in book.constraints:
        condition = condition_of(never.condition, open_values)
        if isinstance(condition, Always):
            broken += [never] if condition.holds else []
        else:
            constraints.append(replace(never, condition=condition))
    left_book = replace(book, nodes=tuple(nodes), constraints=tuple(constraints))
    return Part(part_of(left_book, targets), open_values, tuple(broken))


def _is_settled(value: object) -> bool:
    return len(value) == 1 if isinstance(value, frozenset) else isinstance(value, tuple) and value[0] == value[1]


def _node(node: GroundNode, book: RuleBook, answers: Mapping[str, Answer], open_values: Open) -> GroundNode | None:
    match node:
        case Given():
            return _given(node, book, answers, open_values)
        case Formula():
            return _formula(node.term, node.value, book, open_values)
        case RatioOf():
            top, bottom = expression(node.top, open_values), expression(node.bottom, open_values)
            open_values[node.term] = (interval(top, open_values), interval(bottom, open_values))
            return None if isinstance(top, Const) and isinstance(bottom, Const) else RatioOf(node.term, top, bottom, node.at_zero)
        case Table():
            left = replace(node, rows=tuple(row for row in (_row(row, open_values) for row in node.rows) if row is not None))
            open_table(left, book.terms[node.term], open_values)
            return left
        case Selection() | Share():
            raise AssertionError(node.term)
        case _:
            assert_never(node)


def _given(node: Given, book: RuleBook, answers: Mapping[str, Answer], open_values: Open) -> GroundNode | None:
    kind = book.terms[node.term].kind
    if node.term in answers:
        answer = answers[node.term]
        if answer is None:
            return _formula(node.term, node.assume, book, open_values) if node.assume is not None else None
        if isinstance(kind, Number):
            open_values[node.term] = answer if isinstance(answer, tuple) else (answer, answer)
        else:
            open_values[node.term] = answer if isinstance(answer, frozenset) else frozenset({answer})
        return Given(node.term, None, is_required=True)
    if not (node.is_required and node.term in open_values):
        # WHY: a range that was answered before stands; such a term has no assumption any more
        open_values[node.term] = (kind.low, kind.high) if isinstance(kind, Number) else frozenset(kind.options) if isinstance(kind, Choice) else frozenset()
    if node.assume is None:
        return node
    return replace(node, assume=_choice(node.assume, open_values) if isinstance(kind, Choice) else expression(node.assume, open_values))


def _formula(term: str, value: Expr, book: RuleBook, open_values: Open) -> Formula:
    if isinstance(book.terms[term].kind, Choice):
        left = _choice(value, open_values)
        open_values[term] = _options(left, open_values)
    else:
        left = expression(value, open_values)
        open_values[term] = interval(left, open_values)
    return Formula(term, left)


def _choice(node: Expr, open_values: Open) -> Expr:
    """Return an expression over choices with what is settled folded."""
    match node:
        case Ref():
            options: frozenset[str] = open_values[node.term]  # type: ignore[assignment]
            return Const(next(iter(options))) if len(options) == 1 else node
        case Case():
            options = open_values[node.term]  # type: ignore[assignment]
            return simplify.case(node.term, {option: _choice(part, open_values) for option, part in node.branches if option in options})
        case _:
            return node


def _options(node: Expr, open_values: Open) -> frozenset[str]:
    match node:
        case Const():
            return frozenset({str(node.value)})
        case Ref():
            return open_values[node.term]  # type: ignore[return-value]
        case Case():
            return frozenset[str]().union(*(_options(part, open_values) for _, part in node.branches))
        case _:
            raise AssertionError(node)


def _row(row: Row, open_values: Open) -> Row | None:
    if row.ruled_out:
        return None
    cells = []
    for cell in row.cells:
        condition = condition_of(cell.condition, open_values) if cell.reads else simplify.TRUE
        if isinstance(condition, Always):
            if not condition.holds:
                return None
            continue
        cells.append(GroundCell(cell.column, cell.text, condition, cell.reads))
    return replace(row, cells=tuple(cells))


def expression(node: Expr, open_values: Open) -> Expr:
    """Return an expression with what is settled folded."""
    match node:
        case Const():
            return node
        case Ref():
            ends: Range = open_values[node.term]  # type: ignore[assignment]
            return Const(ends[0]) if ends[0] == ends[1] else node
        case Case():
            options: frozenset[str] = open_values[node.term]  # type: ignore[assignment]
            branches = {option: expression(part, open_values) for option, part in node.branches if option in options}
            return next(iter(branches.values())) if len(branches) == 1 else simplify.case(node.term, branches)
        case Sum():
            return simplify.total(expression(part, open_values) for part in node.parts)
        case Product():
            return simplify.times(expression(node.left, open_values), expression(node.right, open_values))
        case Best():
            return _best(node.largest, [expression(part, open_values) for part in node.parts], open_values)
        case Gated():
            return simplify.gated(condition_of(node.condition, open_values), expression(node.part, open_values))
        case Among():
            return _among(node, open_values)
        case Floor():
            return simplify.floor(expression(node.top, open_values), expression(node.bottom, open_values))
        case _:
            assert_never(node)


def _best(largest: bool, parts: list[Expr], open_values: Open) -> Expr:
    """Return the best of some parts without those that another always reaches or beats."""
    ranges = [interval(part, open_values) for part in parts]
    kept: list[Expr] = []
    for at, (low, high) in enumerate(ranges):
        others = [(other, ranges[other]) for other in range(len(parts)) if other != at]
        if largest:
            beaten = any(one_low > high or (one_low == high and (low != high or one_low != one_high or other < at)) for other, (one_low, one_high) in others)
        else:
            beaten = any(one_high < low or (one_high == low and (low != high or one_low != one_high or other < at)) for other, (one_low, one_high) in others)
        if not beaten:
            kept.append(parts[at])
    return simplify.best(largest, kept)


def _among(node: Among, open_values: Open) -> Expr:
    members = [(condition_of(condition, open_values), part) for condition, part in node.members]
    kept = tuple((condition, expression(part, open_values)) for condition, part in members if not (isinstance(condition, Always) and not condition.holds))
    none = expression(node.none, open_values)
    if not kept:
        return none
    if all(isinstance(condition, Always) for condition, _ in kept):
        return _best(node.largest, [part for _, part in kept], open_values)
    return Among(node.largest, kept, none)


def condition_of(node: Condition, open_values: Open) -> Condition:
    """Return a condition with what is settled folded."""
    sure = passes(node, open_values)
    if sure is not None:
        return Always(sure)
    match node:
        case Always():
            return node
        case Member():
            options: frozenset[str] = open_values[node.term]  # type: ignore[assignment]
            return simplify.among_options(node.term, node.options, options)
        case Compare():
            return simplify.compare(expression(node.left, open_values), node.operator, expression(node.right, open_values))
        case Every():
            return simplify.every(condition_of(part, open_values) for part in node.parts)
        case Some():
            return simplify.some(condition_of(part, open_values) for part in node.parts)
        case Opposite():
            return simplify.opposite(condition_of(node.part, open_values))
        case _:
            assert_never(node)
