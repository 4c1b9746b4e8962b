"""The small edits of rules that could give one company another outcome: found from what its certificate shows.

Only tables on the way to the outcome are looked at, and in them only the rules that stop short of the wanted
value, or that speak for another. Whether an edit does what it should is for others to try.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product

from fourfold.cell_moves import cells_at, failing, passing
from fourfold.decide import Values, hit_rows, holds
from fourfold.downstream import above
from fourfold.expression.kinds import Choice, Kind, Number
from fourfold.expression.nodes import Cell, Comparison, Word
from fourfold.expression.show import shown
from fourfold.model import Given, GroundCell, Member, Row, RuleBook, Table, ground_name
from fourfold.regions import columns_of, literals_at, texts
from fourfold.rule_edits import NewRule, RuleEdit, SetCell, SetOverrides, Step
from fourfold.written import RuleDecl, TableDecl, WrittenCell

DEEPEST = 3
MOST_STOPS = 2
MOST_WAYS = 4
MOST_BOUNDS = 6
Move = Callable[[Cell, Kind, object], tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Goal:
    """A table that should conclude another value for the company, and how far from the outcome it lies."""

    node: Table
    wanted: str
    depth: int


class Search:
    """The edits for one company; `answered` are the terms that it gave itself."""

    def __init__(self, book: RuleBook, values: Values, answered: frozenset[str], because: tuple[tuple[str, str], ...] = ()) -> None:
        """Index tables and what is written of them; `because` is the reason of a new row, by language."""
        self.book, self.values, self.answered, self.because = book, values, answered, because
        self.nodes = {node.term: node for node in book.nodes if isinstance(node, Table)}
        self.declared = {table.name: table for table in book.content.tables}

    def edits(self, target: str, wanted: str) -> Iterator[RuleEdit]:
        """Yield the edits that may give the target a wanted option, nearest to the outcome first; the same edit may come twice."""
        goals, seen = [Goal(self.nodes[target], wanted, 0)], set[tuple[str, str]]()
        while goals:
            goal = goals.pop(0)
            if (goal.node.term, goal.wanted) in seen or goal.depth > DEEPEST:
                continue
            seen.add((goal.node.term, goal.wanted))
            yield from self._of_goal(goal)
            goals += self._below(goal)
        yield from self._counted(target)

    # ------------------------------------------------------------ one table

    def _of_goal(self, goal: Goal) -> Iterator[RuleEdit]:
        hits = hit_rows(goal.node, self.values)
        against = [row for row in hits if row.value != goal.wanted]
        for row in goal.node.rows:
            if row.value == goal.wanted and not row.is_otherwise and not row.ruled_out:
                yield from self._let_speak(goal, row, against)
        beaten = {name for row in hits for name in row.overrides}
        for row in against:
            if row.rule not in beaten:
                yield from self._let_stop(goal, row)
        yield from self._exceptions(goal, against)

    def _rule(self, node: Table, row: Row) -> RuleDecl:
        return next(rule for rule in self.declared[node.table].rules if rule.id == row.rule)

    def _let_speak(self, goal: Goal, row: Row, against: list[Row]) -> Iterator[RuleEdit]:
        """Yield edits of a row that gives the wanted value, so that it hits and is not overridden."""
        rule = self._rule(goal.node, row)
        stops = [(written, cell) for written, cell in zip(rule.cells, row.cells, strict=True) if cell.reads and not holds(cell.condition, self.values)]
        if len(stops) > MOST_STOPS:
            return
        ways = [[SetCell(row.rule, written.column, text) for text in self._moved(goal.node, written, passing)] for written, _ in stops]
        for steps in islice(product(*ways), MOST_WAYS):
            yield from self._winning(goal, row, against, steps)

    def _winning(self, goal: Goal, row: Row, against: list[Row], steps: tuple[Step, ...]) -> Iterator[RuleEdit]:
        """Yield the edit with what else it takes to win: stronger rows lose their override, and the row overrides those that hit against it."""
        stronger = [other for other in against if row.rule in other.overrides]
        turned = tuple(SetOverrides(other.rule, tuple(name for name in other.overrides if name != row.rule)) for other in stronger)
        named = tuple(dict.fromkeys([*self._overrides(goal.node, row), *(other.rule for other in against)]))
        if against and set(named) != set(row.overrides):
            turned = (*turned, SetOverrides(row.rule, named))
        if steps or turned:
            yield RuleEdit("moved" if steps else "override", goal.node.table, (*steps, *turned))

    def _overrides(self, node: Table, row: Row) -> tuple[str, ...]:
        return tuple(name for name, _ in self._rule(node, row).overrides)

    def _let_stop(self, goal: Goal, row: Row) -> Iterator[RuleEdit]:
        """Yield edits that keep a row from speaking: a cell moved, or one added."""
        if row.is_otherwise:
            return
        rule = self._rule(goal.node, row)
        for written, cell in zip(rule.cells, row.cells, strict=True):
            if cell.reads:
                yield from (RuleEdit("moved", goal.node.table, (SetCell(row.rule, written.column, text),)) for text in self._moved(goal.node, written, failing))
        tested = {written.column for written in rule.cells}
        for column in self._columns(goal.node):
            cells = self._cells_at(goal.node, column)
            if column not in tested and cells is not None:
                yield RuleEdit("cell", goal.node.table, (SetCell(row.rule, column, cells[1]),))

    def _columns(self, node: Table) -> list[str]:
        """Return the columns by which a row may be narrowed: those of the table, and choices that the company gave."""
        own = [cell.column for rule in self.declared[node.table].rules for cell in rule.cells]
        return list(dict.fromkeys([*own, *self._given_choices(node.term)]))

    def _given_choices(self, term: str) -> list[str]:
        """Return the choices that the company gave and the term may read, those of entities first."""
        under = above(self.book, term)
        found = [name for name in self.book.terms if name in self.answered and name in under and "[" not in name and isinstance(self.book.terms[name].kind, Choice)]
        return sorted((name for name in found if name != "currency"), key=lambda name: not getattr(self.book.terms[name].kind, "entity", ""))

    def _cells_at(self, node: Table, column: str) -> tuple[str, str] | None:
        term = self._term(node, column)
        kind = self.book.terms[term].kind if term else None
        return cells_at(kind, self.values[term]) if kind is not None and term in self.values and isinstance(kind, Choice) else None

    def _term(self, node: Table, column: str) -> str:
        """Return the ground term that a column stands for, or nothing where it is a figure or an aggregate."""
        entity = self.book.terms[node.term].entity
        plain = column.rpartition(".")[2]
        return next((name for name in (column, ground_name(plain, entity)) if name in self.book.terms), "")

    def _moved(self, node: Table, written: WrittenCell, how: Move) -> tuple[str | None, ...]:
        term = self._term(node, written.column)
        if not term or term not in self.values or self._is_foreign(term) or _names_a_word(written, self.book, term):
            return ()
        return how(written.node, self.book.terms[term].kind, self.values[term])

    def _is_foreign(self, term: str) -> bool:
        """Return whether a term is an amount in another currency than rules are written in."""
        kind = self.book.terms[term].kind
        return self.book.currency != self.book.base and isinstance(kind, Number) and kind.form == "money"

    # ------------------------------------------------------------ exceptions

    def _exceptions(self, goal: Goal, others: list[Row]) -> Iterator[RuleEdit]:
        """Yield new rows: for all companies that the columns of the table do not tell apart, then for those of the same trade alone."""
        table = self.declared[goal.node.table]
        region = self._region(goal.node)
        if region is None:
            return
        given = [name for name in self._given_choices(goal.node.term) if name not in dict(region)]
        entities = [name for name in given if getattr(self.book.terms[name].kind, "entity", "")]
        loop = ((table.loop, self.book.terms[goal.node.term].entity),) if table.loop else ()
        for more in dict.fromkeys([(), *((name,) for name in entities)]):
            cells = (*loop, *region, *((name, str(self.values[name])) for name in more))
            if cells:
                step = NewRule(self._free_id(table), cells, self._then(table, goal), tuple(row.rule for row in others), self.because)
                yield RuleEdit("exception", table.name, (step,))

    def _region(self, node: Table) -> tuple[tuple[str, str], ...] | None:
        """Return the cells of the smallest region of a table's own columns that the company lies in."""
        cells = [cell for row in node.rows for cell in row.cells if not row.ruled_out]
        columns = columns_of(self.book, cells, self.book.terms[node.term].entity)
        if not columns or any(self._is_foreign(column.term) for column in columns if column.term):
            return None
        named = self._named_bounds(self.declared[node.table])
        return tuple((column, named.get((column, text), text)) for column, text in texts(literals_at(columns, self.values), columns))

    def _named_bounds(self, table: TableDecl) -> dict[tuple[str, str], str]:
        """Return the cells with a number for which the table names a constant, by column and text, as the constant's name puts them."""
        cells = [cell for rule in table.rules for cell in rule.cells]
        named = {(cell.column, test.operand.text) for cell in cells for test in cell.node.tests if isinstance(test, Comparison) and isinstance(test.operand, Word)}
        found: dict[tuple[str, str], str] = {}
        for column, name in sorted(named):
            ground, figure = self.book.terms.get(column.rpartition(".")[2]), self.book.values.get(name)
            if ground is not None and figure is not None and isinstance(ground.kind, Number) and isinstance(figure.value, int):
                found |= {(column, f"{sign} {shown(ground.kind, figure.value)}"): f"{sign} {name}" for sign in (">=", "<")}
        return found

    def _free_id(self, table: TableDecl) -> str:
        ids = {rule.id for item in self.book.content.tables for rule in item.rules}
        stem = f"{table.name.replace('_', '-')}-exception"
        return next(name for name in (stem, *(f"{stem}-{at}" for at in range(2, len(ids) + 3))) if name not in ids)

    def _then(self, table: TableDecl, goal: Goal) -> str:
        if len(table.concludes) == 1:
            return goal.wanted
        plain = self.book.terms[goal.node.term].source
        parts = [(name, goal.wanted if name.rpartition(".")[2] == plain else self._now(name, goal)) for name, _ in table.concludes]
        return "{" + ", ".join(f"{name}: {value}" for name, value in parts) + "}"

    def _now(self, written: str, goal: Goal) -> str:
        """Return what another result of the table is now, which an exception keeps."""
        return str(self.values[ground_name(written.rpartition(".")[2], self.book.terms[goal.node.term].entity)])

    # ------------------------------------------------------------ what a table rests on

    def _below(self, goal: Goal) -> list[Goal]:
        """Return the tables whose conclusion lets a row speak for the wanted value, or keeps one from speaking against it."""
        found: list[Goal] = []
        for row in goal.node.rows:
            if row.ruled_out or row.is_otherwise:
                continue
            stops = [cell for cell in row.cells if cell.reads and not holds(cell.condition, self.values)]
            if row.value == goal.wanted and len(stops) <= MOST_STOPS:
                found += [item for cell in stops for item in self._making(cell, goal.depth + 1, so=True)]
            elif row.value != goal.wanted and not stops:
                found += [item for cell in row.cells if cell.reads for item in self._making(cell, goal.depth + 1, so=False)]
        return found

    def _making(self, cell: GroundCell, depth: int, *, so: bool) -> list[Goal]:
        """Return the goals that make a cell about one concluded choice hold, or fail."""
        condition = cell.condition
        if not isinstance(condition, Member) or condition.term not in self.nodes or self.nodes[condition.term].policy != "unique":
            return []
        kind = self.book.terms[condition.term].kind
        assert isinstance(kind, Choice)
        return [Goal(self.nodes[condition.term], option, depth) for option in kind.options if (option in condition.options) == so]

    def _counted(self, target: str) -> Iterator[RuleEdit]:
        """Yield moved bounds and options of the tables for each entity that the outcome counts or adds up."""
        under = above(self.book, target)
        for table in self.book.content.tables:
            grounds = [node for node in self.nodes.values() if node.table == table.name and node.term in under and self.book.terms[node.term].entity]
            for rule in table.rules if grounds and grounds[0].policy == "unique" else ():
                yield from self._of_loop(grounds, rule)

    def _of_loop(self, grounds: list[Table], rule: RuleDecl) -> Iterator[RuleEdit]:
        found: dict[RuleEdit, None] = {}
        for node in grounds:
            row = next((row for row in node.rows if row.rule == rule.id), None)
            if row is None or row.ruled_out:
                continue
            for written, cell in zip(rule.cells, row.cells, strict=True):
                how = failing if cell.reads and holds(cell.condition, self.values) else passing
                for text in self._moved(node, written, how) if cell.reads else ():
                    found[RuleEdit("moved", node.table, (SetCell(rule.id, written.column, text),))] = None
        yield from islice(found, MOST_BOUNDS * max(1, len(rule.cells)))


def _names_a_word(written: WrittenCell, book: RuleBook, term: str) -> bool:
    """Return whether a bound of a number is named by a constant or a term."""
    if isinstance(book.terms[term].kind, Choice):
        return False
    return any(isinstance(getattr(test, "operand", None), Word) for test in written.node.tests)


def narrowing_columns(book: RuleBook, target: str, table: TableDecl, answered: frozenset[str], *, is_wide: bool) -> tuple[tuple[str, Kind], ...]:
    """Return the columns by which an exception may be made narrower.

    Choices that the company gave, numbers that the table tests, then numbers that it gave, the outcome rests on and
    it can decide on itself (`is_wide`: any that it gave and the outcome rests on).
    """
    own, under = {cell.column for rule in table.rules for cell in rule.cells}, above(book, target)
    given = [name for name in book.terms if name in answered and "[" not in name and name not in ("as_of", "currency")]
    choices = [name for name in given if isinstance(book.terms[name].kind, Choice)]
    levers = {term.name for term in book.content.terms if term.is_changeable or is_wide}
    numbers = [name for name in book.terms if (name in own or (name in given and name in levers and name in under)) and isinstance(book.terms[name].kind, Number)]
    plain = [name for name in numbers if book.currency == book.base or getattr(book.terms[name].kind, "form", "") != "money"]
    return tuple((name, book.terms[name].kind) for name in (*choices, *sorted(plain, key=lambda name: name not in own)))


def answered_terms(book: RuleBook, known: Iterable[str]) -> frozenset[str]:
    """Return the asked terms among some facts."""
    return frozenset(known) & {node.term for node in book.nodes if isinstance(node, Given)}
