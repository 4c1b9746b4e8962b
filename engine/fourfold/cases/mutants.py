"""Small changes of a rule book, one at a time: what each cell, bound and rule would be if somebody slipped."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fourfold.expression.nodes import Cell, Comparison, Contains, Day, Interval, Literal, Test, Word
from fourfold.expression.show import show_cell
from fourfold.written import Content, RuleDecl, TableDecl, WrittenCell

NEXT = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
ROUND = {">=": "<", ">": "<=", "<=": ">", "<": ">="}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one rule: `at` is the cell that becomes `cell`, or goes (None); without `at` the whole rule goes."""

    table: TableDecl
    rule: RuleDecl
    what: str
    at: int | None = None
    cell: WrittenCell | None = None

    @property
    def place(self) -> str:
        """Return file and line of what is changed."""
        span = self.rule.span if self.at is None else self.rule.cells[self.at].span
        return f"{span.file}:{span.line}"


def mutants_of(content: Content) -> Iterator[Mutant]:
    """Return every mutant of the tables of a book, in the order of its rules."""
    for table in content.tables:
        for rule in table.rules:
            yield Mutant(table, rule, "the rule is gone")
            for at, cell in enumerate(rule.cells):
                if not cell.node.tests:
                    continue
                yield Mutant(table, rule, f"`{cell.column}: {show_cell(cell.node)}` is gone", at)
                for changed in _changed(cell.node):
                    text = show_cell(changed)
                    yield Mutant(table, rule, f"`{cell.column}: {show_cell(cell.node)}` is `{text}`", at, replace(cell, node=changed, text=text))


def _changed(cell: Cell) -> Iterator[Cell]:
    """Return a cell turned round, with one test less, and with each test moved."""
    yield replace(cell, negated=not cell.negated)
    for at, test in enumerate(cell.tests):
        before, after = cell.tests[:at], cell.tests[at + 1 :]
        if before or after:
            yield replace(cell, tests=before + after)
        for moved in _moved(test):
            yield replace(cell, tests=(*before, moved, *after))


def _moved(test: Test) -> Iterator[Test]:
    match test:
        case Contains():
            return
        case Interval():
            yield replace(test, low_open=not test.low_open)
            yield replace(test, high_open=not test.high_open)
            for low in _shifted(test.low):
                yield replace(test, low=low)
            for high in _shifted(test.high):
                yield replace(test, high=high)
        case Comparison():
            if test.operator in NEXT:
                yield replace(test, operator=NEXT[test.operator])
                yield replace(test, operator=ROUND[test.operator])
            if not isinstance(test.operand, Word):
                for operand in _shifted(test.operand):
                    yield replace(test, operand=operand)


def _shifted(end: Literal | Day) -> tuple[Literal | Day, ...]:
    """Return a bound a tenth lower and a tenth higher, at least by one of its last digit; a day a day earlier and later."""
    if isinstance(end, Day):
        return replace(end, ordinal=end.ordinal - 1), replace(end, ordinal=end.ordinal + 1)
    by = max(1, abs(end.top) // 10)
    return replace(end, top=end.top - by), replace(end, top=end.top + by)
