"""What may follow while facts are still open: every term keeps the set of values still possible.

A number is an interval (low, high), a choice a set of options. Sound, not exact: the value of every
completion of the facts is contained; values that no completion gives may be contained too.
"""

from collections.abc import Iterable, Mapping
from typing import assert_never

from fourfold.expression.kinds import Choice, Number
from fourfold.model import (
    Always,
    Among,
    Best,
    Case,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Fact,
    Floor,
    Formula,
    Gated,
    Given,
    GroundNode,
    GroundTerm,
    Member,
    Opposite,
    Product,
    RatioOf,
    Ref,
    RuleBook,
    Selection,
    Share,
    Some,
    Sum,
    Table,
)

Range = tuple[int, int]
Open = dict[str, object]


def interval(node: Expr, open_values: Open) -> Range:
    """Return the lowest and highest value that an expression can still have."""
    match node:
        case Const():
            return (int(node.value), int(node.value))
        case Ref():
            return open_values[node.term]  # type: ignore[return-value]
        case Case():
            options: frozenset[str] = open_values[node.term]  # type: ignore[assignment]
            return _hull([interval(part, open_values) for option, part in node.branches if option in options])
        case Sum():
            parts = [interval(part, open_values) for part in node.parts]
            return (sum(low for low, _ in parts), sum(high for _, high in parts))
        case Product():
            left, right = interval(node.left, open_values), interval(node.right, open_values)
            ends = [a * b for a in left for b in right]
            return (min(ends), max(ends))
        case Best():
            parts = [interval(part, open_values) for part in node.parts]
            pick = max if node.largest else min
            return (pick(low for low, _ in parts), pick(high for _, high in parts))
        case Gated():
            sure = passes(node.condition, open_values)
            low, high = interval(node.part, open_values) if sure is not False else (0, 0)
            return (low, high) if sure else (min(0, low), max(0, high))
        case Among():
            return _among(node, open_values)
        case Floor():
            top, bottom = interval(node.top, open_values), interval(node.bottom, open_values)
            ends = [a // max(1, b) for a in top for b in bottom]
            return (min(ends), max(ends))
        case _:
            assert_never(node)


def _hull(parts: list[Range]) -> Range:
    return (min(low for low, _ in parts), max(high for _, high in parts))


def _among(node: Among, open_values: Open) -> Range:
    found = [(passes(condition, open_values), interval(part, open_values)) for condition, part in node.members]
    maybe = [part for sure, part in found if sure is not False]
    certain = [part for sure, part in found if sure]
    if not certain:
        maybe.append(interval(node.none, open_values))
        return _hull(maybe)
    if node.largest:
        return (max(low for low, _ in certain), max(high for _, high in maybe))
    return (min(low for low, _ in maybe), min(high for _, high in certain))


def passes(node: Condition, open_values: Open) -> bool | None:
    """Return True or False where every possible value says so, else None (open)."""
    match node:
        case Always():
            return node.holds
        case Member():
            left: frozenset[str] = open_values[node.term]  # type: ignore[assignment]
            return True if left <= node.options else None if left & node.options else False
        case Compare():
            return _compared(node.operator, interval(node.left, open_values), interval(node.right, open_values))
        case Every():
            return _all([passes(part, open_values) for part in node.parts])
        case Some():
            opposite = _all([_not(passes(part, open_values)) for part in node.parts])
            return _not(opposite)
        case Opposite():
            return _not(passes(node.part, open_values))
        case _:
            assert_never(node)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _compared(operator: str, left: Range, right: Range) -> bool | None:
    match operator:
        case "<":
            return True if left[1] < right[0] else False if left[0] >= right[1] else None
        case "<=":
            return True if left[1] <= right[0] else False if left[0] > right[1] else None
        case ">":
            return _compared("<", right, left)
        case ">=":
            return _compared("<=", right, left)
        case _:
            if left[0] == left[1] == right[0] == right[1]:
                return True
            return False if left[1] < right[0] or right[1] < left[0] else None


def possible(book: RuleBook, known: dict[str, Fact]) -> Open:
    """Return what every core term may still be; terms of the plan are left out.

    Facts may be values or ranges; a term without a fact may be anything its kind allows, its
    assumption included. A unique table in which nothing may speak decides no completion; its term is
    left with all that it could ever be.
    """
    open_values: Open = {}
    for node in book.nodes:
        if not book.terms[node.term].is_plan:
            _open_node(node, book, known, open_values)
    return open_values


def only(values: Mapping[str, object]) -> Open:
    """Return known values of terms as sets of possible values that hold only them."""
    open_values: Open = {}
    for name, value in values.items():
        if isinstance(value, int):
            open_values[name] = (value, value)
        elif isinstance(value, str):
            open_values[name] = frozenset({value})
        elif isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int):
            open_values[name] = ((value[0], value[0]), (value[1], value[1]))
    return open_values


def open_again(nodes: Iterable[GroundNode], book: RuleBook, known: dict[str, Fact], open_values: Open) -> None:
    """Give some core nodes, in their order, the values that are still possible under other facts."""
    for node in nodes:
        _open_node(node, book, known, open_values)


def _open_node(node: GroundNode, book: RuleBook, known: dict[str, Fact], open_values: Open) -> None:
    match node:
        case Given():
            open_values[node.term] = _given(node, book, known)
        case Formula():
            open_values[node.term] = interval(node.value, open_values)
        case RatioOf():
            open_values[node.term] = (interval(node.top, open_values), interval(node.bottom, open_values))
        case Table():
            open_table(node, book.terms[node.term], open_values)
        case Selection() | Share():
            raise AssertionError(node.term)
        case _:
            assert_never(node)


def _given(node: Given, book: RuleBook, known: dict[str, Fact]) -> object:
    kind, fact = book.terms[node.term].kind, known.get(node.term)
    if isinstance(kind, Number):
        if fact is None:
            return (kind.low, kind.high)
        value = int(fact.value)
        return (value if fact.low is None else fact.low, value if fact.high is None else fact.high)
    assert isinstance(kind, Choice)
    return frozenset(kind.options) if fact is None else frozenset({str(fact.value)})


def open_table(node: Table, term: GroundTerm, open_values: Open) -> None:
    """Note what the result of a table may still be."""
    states = {row.rule: False if row.ruled_out else _all([passes(cell.condition, open_values) for cell in row.cells]) for row in node.rows if not row.is_otherwise}
    rows = [row for row in node.rows if not row.is_otherwise and states[row.rule] is not False]
    if node.policy == "sum":
        low = sum(int(row.value) for row in rows if states[row.rule] or int(row.value) < 0)
        high = sum(int(row.value) for row in rows if states[row.rule] or int(row.value) > 0)
        open_values[node.term] = (low, high)
        return
    if node.policy == "all":
        for option in node.options:
            mine = [states[row.rule] for row in rows if row.value == option]
            open_values[f"{node.term}[{option}]"] = frozenset({"true"} if True in mine else {"false", "true"} if mine else {"false"})
        return
    sure = [row for row in rows if states[row.rule]]
    beaten = {name for row in sure for name in row.overrides}
    beatable = {name for row in rows for name in row.overrides}
    firm = [row.value for row in sure if row.rule not in beatable]
    results = firm or [row.value for row in rows if row.rule not in beaten]
    if not sure:
        results += [row.value for row in node.rows if row.is_otherwise]
    if not results:
        # WHY: no completion is decided, so anything is right; what reads this term needs some value
        open_values[node.term] = frozenset(term.kind.options) if isinstance(term.kind, Choice) else (term.low, term.high)
    elif isinstance(results[0], int):
        open_values[node.term] = (min(map(int, results)), max(map(int, results)))
    else:
        open_values[node.term] = frozenset(map(str, results))
