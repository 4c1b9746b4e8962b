"""Rows that could be widened to take in the companies of a gap: which cells would become what.

A region is told by cells of the table's own columns. A row is offered where it tests all of them, all its
cells but one hold throughout the region, that one can grow by it without leaping over values between, and no other row that
concludes something else may speak where it grows. What is taken is proven all the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from fourfold.expression.kinds import Choice, Kind, Number, WrongKind, stored
from fourfold.expression.nodes import Cell, Comparison, Day, Interval, Literal, Word
from fourfold.expression.parse import parse_cell
from fourfold.expression.show import show_cell, shown
from fourfold.model import RuleBook
from fourfold.written import RuleDecl, TableDecl, WrittenCell

MOST_OFFERS = 3
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Meant:
    """What the columns and constants of a book are."""

    kinds: Mapping[str, Kind]
    constants: Mapping[str, int]

    def kind(self, column: str) -> Kind | None:
        return self.kinds.get(column.rpartition(".")[2])


@dataclass(frozen=True, slots=True)
class Offer:
    """A rule to widen: the column of the cell that grows, what it is and what it becomes (None: the cell goes)."""

    rule: str
    column: str
    before: str
    after: str | None

    def text(self) -> str:
        """Return the change in words."""
        return f"`{self.column}` {self.before} → {self.after or 'whatever it is'}"


def offers(book: RuleBook, table: TableDecl, region: Mapping[str, str]) -> tuple[Offer, ...]:
    """Return the rules of a table that could take in a region, at most three."""
    constants = {term.name: figure.value for term in book.content.terms if term.figures and (figure := book.values.get(term.name)) is not None and isinstance(figure.value, int)}
    meant = _Meant({term.source: term.kind for term in book.terms.values()}, constants)
    found = []
    for rule in table.rules:
        offer = _offer(rule, region, meant) if region.keys() <= {cell.column for cell in rule.cells} else None
        if offer is not None and not any(_clashes(rule, other, offer.column, region, meant) for other in table.rules):
            found.append(offer)
    return tuple(found[:MOST_OFFERS])


def _offer(rule: RuleDecl, region: Mapping[str, str], meant: _Meant) -> Offer | None:
    grown: list[Offer] = []
    for cell in rule.cells:
        if cell.column not in region:
            grown.append(Offer(rule.id, cell.column, cell.text, None))
        elif cell.text != region[cell.column]:
            new = _grown(cell, parse_cell(region[cell.column]), meant)
            if new is _NO:
                return None
            if new != cell.text:
                grown.append(Offer(rule.id, cell.column, cell.text, new))
    return grown[0] if len(grown) == 1 and (grown[0].after is not None or len(rule.cells) > 1) else None


def _clashes(rule: RuleDecl, other: RuleDecl, column: str, region: Mapping[str, str], meant: _Meant) -> bool:
    """Return whether another row may hit where a row grows by a region, and conclude something else; when in doubt it may."""
    mine = {name: text for name, text, _ in rule.then}
    if other.is_otherwise or other.id == rule.id or {name: text for name, text, _ in other.then} == mine or rule.id in {name for name, _ in other.overrides}:
        return False
    grows = {cell.column: cell.node for cell in rule.cells if cell.column != column} | ({column: parse_cell(region[column])} if column in region else {})
    return all(_meet(grows[cell.column], cell.node, meant.kind(cell.column), meant) for cell in other.cells if cell.column in grows)


def _meet(one: Cell, other: Cell, kind: Kind | None, meant: _Meant) -> bool:
    """Return whether two cells may hold for the same value."""
    if isinstance(kind, Choice):
        mine, theirs = _options(one, kind), _options(other, kind)
        return mine is None or theirs is None or bool(mine & theirs)
    if isinstance(kind, Number):
        span, its = _span(one, kind, meant), _span(other, kind, meant)
        return span is None or its is None or (span[0] <= its[1] and its[0] <= span[1])
    return True


_NO = "\0"


def _grown(cell: WrittenCell, region: Cell, meant: _Meant) -> str | None:
    """Return the cell that holds for its own values and a region's (None: every value); `_NO` where there is none so simple."""
    kind = meant.kind(cell.column)
    if isinstance(kind, Choice):
        mine, more = _options(cell.node, kind), _options(region, kind)
        if mine is None or more is None:
            return _NO
        if more <= mine:
            return cell.text
        both = [option for option in kind.options if option in mine | more]
        return None if len(both) == len(kind.options) else _choice(both, kind, negated=cell.node.negated)
    if not isinstance(kind, Number):
        return _NO
    span, wider = _span(cell.node, kind, meant), _span(region, kind, meant)
    if span is None or wider is None or wider[0] > span[1] + 1 or span[0] > wider[1] + 1:
        return _NO
    if span[0] <= wider[0] and wider[1] <= span[1]:
        return cell.text
    # WHY: a bound that a constant names moves with the constant, not alone
    return _NO if any(isinstance(getattr(test, "operand", None), Word) for test in cell.node.tests) else _as_cell((min(span[0], wider[0]), max(span[1], wider[1])), cell.node, kind)


def _options(cell: Cell, kind: Choice) -> set[str] | None:
    words = [test.operand.text for test in cell.tests if isinstance(test, Comparison) and test.operator == "=" and isinstance(test.operand, Word)]
    if len(words) != len(cell.tests) or not set(words) <= set(kind.options):
        return None
    return set(kind.options) - set(words) if cell.negated else set(words)


def _choice(options: list[str], kind: Choice, *, negated: bool) -> str:
    return f"not({', '.join(option for option in kind.options if option not in options)})" if negated else ", ".join(options)


def _span(cell: Cell, kind: Number, meant: _Meant) -> Span | None:
    """Return the first and last value for which a cell of one test holds, in the smallest unit."""
    if cell.negated or len(cell.tests) != 1:
        return None
    test = cell.tests[0]
    try:
        if isinstance(test, Interval):
            return (stored(kind, test.low) + test.low_open, stored(kind, test.high) - test.high_open)
        if isinstance(test, Comparison):
            value = stored(kind, test.operand) if isinstance(test.operand, Literal | Day) else meant.constants.get(test.operand.text)
            if value is None:
                return None
            return {"<": (-inf, value - 1), "<=": (-inf, value), ">": (value + 1, inf), ">=": (value, inf), "=": (value, value)}[test.operator]
    except WrongKind:
        return None
    return None


def _as_cell(span: Span, before: Cell, kind: Number) -> str | None:
    """Return a span as a cell with the signs that the rule has used so far, as far as they fit."""
    low, high = span
    test = before.tests[0]
    has_sign = "%" in show_cell(before)

    def digits(value: float) -> str:
        text = re.sub(r"\.0+(?=%?$)", "", shown(kind, int(value)))
        return text if has_sign else text.removesuffix("%")

    strict = (isinstance(test, Comparison) and test.operator in ("<", ">")) or (isinstance(test, Interval) and test.high_open)
    if low == -inf and high == inf:
        return None
    if low == -inf:
        return f"< {digits(high + 1)}" if strict else f"<= {digits(high)}"
    if high == inf:
        return f"> {digits(low - 1)}" if strict and isinstance(test, Comparison) else f">= {digits(low)}"
    return f"[{digits(low)}..{digits(high + 1)})" if strict else f"[{digits(low)}..{digits(high)}]"
