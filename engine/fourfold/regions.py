"""Regions of companies in a table's own columns: from one company, widened as far as something holds of all of it.

A region is some literals, one or several a column: an interval of a number, some options of a choice,
or a cell (or its opposite) where the column is neither. All literals of a region hold together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from fourfold.decide import Values, holds
from fourfold.expression.kinds import YES_NO, Choice, Kind, Number
from fourfold.expression.show import shown
from fourfold.logic import Logic
from fourfold.model import Compare, Condition, Const, Every, GroundCell, Member, Opposite, Ref, RuleBook, Some
from fourfold.solver_terms import Bool, both, either, opposite


@dataclass(frozen=True, slots=True)
class Literal:
    """One column's part of a region; a number's ends are indices into its cuts."""

    column: str
    term: str = ""
    options: frozenset[str] = frozenset()
    first: int = 0
    last: int = 0
    cell: GroundCell | None = None
    is_true: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """A column of some rows: the ground term it reads and, for a number, where its cells cut its range."""

    name: str
    term: str
    kind: Kind | None
    cuts: tuple[int, ...]
    cells: tuple[GroundCell, ...]


def columns_of(book: RuleBook, cells: Iterable[GroundCell], entity: str) -> tuple[Column, ...]:
    """Return the columns of some cells that read anything, each once."""
    by_name: dict[str, dict[str, GroundCell]] = {}
    for cell in cells:
        if cell.reads:
            by_name.setdefault(cell.column, {}).setdefault(cell.text, cell)
    return tuple(_column(book, name, tuple(group.values()), entity) for name, group in by_name.items())


def _column(book: RuleBook, name: str, cells: tuple[GroundCell, ...], entity: str) -> Column:
    plain = name.rpartition(".")[2]
    term = next((found for found in (name, f"{plain}[{entity}]") if found in book.terms), "")
    kind = book.terms[term].kind if term else None
    conditions = [cell.condition for cell in cells]
    if isinstance(kind, Choice) and all(_is_of_choice(condition, term) for condition in conditions):
        return Column(name, term, kind, (), cells)
    cuts: set[int] = set()
    if isinstance(kind, Number) and all(_cuts(condition, term, cuts) for condition in conditions):
        return Column(name, term, kind, tuple(sorted(cuts)), cells)
    return Column(name, "", None, (), cells)


def _is_of_choice(node: Condition, term: str) -> bool:
    match node:
        case Member():
            return node.term == term
        case Every() | Some():
            return all(_is_of_choice(part, term) for part in node.parts)
        case Opposite():
            return _is_of_choice(node.part, term)
        case _:
            return False


def _cuts(node: Condition, term: str, cuts: set[int]) -> bool:
    """Note where the values of a number change a condition (each cut is the first value of what follows); False where it reads more than constants."""
    match node:
        case Compare(left=Ref(term=read), right=Const(value=bound)) if read == term:
            value = int(bound)
            cuts.update({"<": (value,), ">=": (value,), "<=": (value + 1,), ">": (value + 1,)}.get(node.operator, (value, value + 1)))
            return True
        case Every() | Some():
            return all(_cuts(part, term, cuts) for part in node.parts)
        case Opposite():
            return _cuts(node.part, term, cuts)
        case _:
            return False


def literals_at(columns: Iterable[Column], values: Values) -> tuple[Literal, ...]:
    """Return the smallest region that some values lie in."""
    found: list[Literal] = []
    for column in columns:
        if isinstance(column.kind, Choice):
            found.append(Literal(column.name, column.term, frozenset({str(values[column.term])})))
        elif isinstance(column.kind, Number):
            place = sum(int(str(values[column.term])) >= cut for cut in column.cuts)
            found.append(Literal(column.name, column.term, first=place, last=place))
        else:
            found += [Literal(column.name, cell=cell, is_true=holds(cell.condition, values)) for cell in column.cells]
    return tuple(found)


def contains(literal: Literal, column: Column, values: Values) -> bool:
    """Return whether a literal holds for some values; one whose column has none does not."""
    if literal.cell is not None:
        return set(literal.cell.reads) & values.keys() == set(literal.cell.reads) and holds(literal.cell.condition, values) == literal.is_true
    if literal.term not in values:
        return False
    if literal.options:
        return str(values[literal.term]) in literal.options
    return literal.first <= sum(int(str(values[literal.term])) >= cut for cut in column.cuts) <= literal.last


def meaning(logic: Logic, columns: tuple[Column, ...], literal: Literal) -> Bool:
    """Return a literal as a condition of the solver."""
    if literal.cell is not None:
        sure = logic.holds(literal.cell.condition)
        return sure if literal.is_true else opposite(sure)
    if literal.options:
        return either(logic.choices[literal.term].get(option, opposite(either(()))) for option in sorted(literal.options) if option in logic.choices[literal.term])
    cuts = next(column.cuts for column in columns if column.name == literal.column)
    number = logic.numbers[literal.term]
    return both(([number >= cuts[literal.first - 1]] if literal.first else []) + ([number < cuts[literal.last]] if literal.last < len(cuts) else []))


def widened(region: tuple[Literal, ...], columns: tuple[Column, ...], holds_of: Callable[[tuple[Literal, ...]], bool]) -> tuple[Literal, ...]:
    """Return a region with every literal dropped or widened as far as something still holds of it; the order of the columns decides."""
    for literal in region:
        fewer = tuple(item for item in region if item is not literal)
        if holds_of(fewer):
            region = fewer
    for place, literal in enumerate(region):
        for wider in _wider(literal, columns):
            now = region[place]
            merged = replace(now, options=now.options | wider.options, first=min(now.first, wider.first), last=max(now.last, wider.last))
            if merged != now and (_reaches(now, wider)) and holds_of(changed := (*region[:place], merged, *region[place + 1 :])):
                region = changed
    return region


def _reaches(now: Literal, wider: Literal) -> bool:
    return bool(now.options) or (wider.first <= now.last + 1 and wider.last >= now.first - 1)


def _wider(literal: Literal, columns: tuple[Column, ...]) -> list[Literal]:
    if literal.cell is not None:
        return []
    column = next(column for column in columns if column.name == literal.column)
    if isinstance(column.kind, Choice):
        return [Literal(literal.column, literal.term, frozenset({option})) for option in column.kind.options]
    below = [Literal(literal.column, literal.term, first=at, last=literal.last) for at in range(literal.first - 1, -1, -1)]
    return below + [Literal(literal.column, literal.term, first=literal.first, last=at) for at in range(literal.last + 1, len(column.cuts) + 1)]


def texts(region: tuple[Literal, ...], columns: tuple[Column, ...]) -> tuple[tuple[str, str], ...]:
    """Return a region as cells: pairs of column and test."""
    return tuple((literal.column, _text(literal, columns)) for literal in region)


def _text(literal: Literal, columns: tuple[Column, ...]) -> str:
    column = next(column for column in columns if column.name == literal.column)
    if literal.cell is not None:
        text = literal.cell.text
        return text if literal.is_true else text[4:-1] if text.startswith("not(") else f"not({text})"
    if isinstance(column.kind, Choice):
        options = [option for option in column.kind.options if option in literal.options]
        others = [option for option in column.kind.options if option not in literal.options]
        return f"not({', '.join(others)})" if column.kind != YES_NO and len(others) < len(options) else ", ".join(options)
    assert isinstance(column.kind, Number)
    low = column.cuts[literal.first - 1] if literal.first else None
    high = column.cuts[literal.last] if literal.last < len(column.cuts) else None
    if low is None or high is None:
        return f">= {shown(column.kind, low)}" if low is not None else f"< {shown(column.kind, high)}"
    return shown(column.kind, low) if high == low + 1 else f"[{shown(column.kind, low)}..{shown(column.kind, high)})"
