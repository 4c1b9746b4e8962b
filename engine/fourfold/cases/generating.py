"""Cases for what no case covers: a rule, a cell, one side of a bound; searched from the cases that are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fourfold.cases.coverage import Coverage, bounds_of, note
from fourfold.cases.reading import Case
from fourfold.cases.report import Report
from fourfold.cases.running import Outcome, run_case
from fourfold.cases.text import case_text, value_text
from fourfold.content import content_hash
from fourfold.decide import Values, holds
from fourfold.expression.kinds import Choice, Number
from fourfold.model import Compare, Given, Row, RuleBook, Table
from fourfold.reading.document import Mapping, Node, Scalar
from fourfold.span import Span

PLACE = Span("generated", 1, 1)
MOST_TRIES = 240
MOST_BASES = 6
MOST_INPUTS = 10


@dataclass(frozen=True, slots=True)
class Item:
    """Something to cover: a rule that hits or nearly does, a cell, a side of a bound."""

    rule: str
    what: str
    column: str = ""
    at: int = -1
    side: bool = True

    def is_in(self, coverage: Coverage) -> bool:
        """Return whether it is covered."""
        match self.what:
            case "hit":
                return self.rule in coverage.hit
            case "near":
                return self.rule in coverage.near
            case "cell":
                return (self.rule, self.column) in coverage.cells
            case _:
                return (self.rule, self.column, self.at, self.side) in coverage.bounds


@dataclass(frozen=True, slots=True)
class Generated:
    """The cases found as text, how many there are, and what no case was found for."""

    text: str
    count: int
    left: tuple[Item, ...]


@dataclass(slots=True)
class _Search:
    """The workspace, and how often it was decided for the item at hand."""

    root: Path
    digest: str
    tries: int = 0

    def decided(self, given: dict[str, Node]) -> Outcome:
        """Return what a company with these facts gets."""
        self.tries += 1
        case = Case("generated", PLACE, Mapping(tuple((Scalar(key, PLACE), value) for key, value in given.items()), PLACE), (), "")
        return run_case(self.root, case, self.digest)


def generate(root: Path, report: Report) -> Generated:
    """Return cases that cover what a report's cases do not; each expects what the rules say now."""
    search = _Search(root, content_hash(root))
    covered = Coverage(set(report.coverage.hit), set(report.coverage.near), set(report.coverage.cells), set(report.coverage.bounds))
    texts, left = [], []
    for item in _items(report):
        if item.is_in(covered):
            continue
        found = _found(search, report, item)
        if found is None:
            left.append(item)
            continue
        given, outcome, row, term = found
        assert outcome.book is not None
        assert outcome.decision is not None
        note(outcome.book, outcome.decision, covered)
        texts.append(_text(item, given, outcome, row, term))
    head = "# Made by `fourfold test --generate`: they say what the rules do now. Read each one, and correct the rule where it is wrong.\n"
    return Generated(head + "".join(texts) if texts else "", len(texts), tuple(left))


def _items(report: Report) -> Iterator[Item]:
    for rule in report.unhit():
        yield Item(rule, "hit")
    for rule in report.unneared():
        yield Item(rule, "near")
    for rule, column in report.wanted.cells:
        if (rule, column) not in report.coverage.cells:
            yield Item(rule, "cell", column)
    for bound in report.wanted.bounds:
        if bound not in report.coverage.bounds:
            rule, column, at, side = bound
            yield Item(rule, "bound", column, at, side)


Found = tuple[dict[str, Node], Outcome, Row, str]


def _found(search: _Search, report: Report, item: Item) -> Found | None:
    """Return facts that cover an item, as few as will do, or None."""
    search.tries = 0
    for _, base, node, row in _bases(report, item)[:MOST_BASES]:
        given = _flat(base)
        for changed in _changes(search, given, base, node, row, item):
            outcome = search.decided(changed)
            if _covers(outcome, item):
                least = _least(search, changed, item)
                return least, search.decided(least), row, node.term
            if search.tries > MOST_TRIES:
                return None
    return None


def _covers(outcome: Outcome, item: Item) -> bool:
    if outcome.decision is None or outcome.book is None:
        return False
    coverage = Coverage()
    note(outcome.book, outcome.decision, coverage, item.rule)
    return item.is_in(coverage)


def _bases(report: Report, item: Item) -> list[tuple[tuple[int, int], Outcome, Table, Row]]:
    """Return the cases with a row of the item's rule, those first that lack least."""
    found = []
    for place, outcome in enumerate(report.outcomes):
        if outcome.decision is None or outcome.book is None or outcome.problems:
            continue
        values: Values = dict(outcome.decision.values)
        rows = [
            (sum(not holds(cell.condition, values) for cell in row.cells), node, row)
            for node in outcome.book.nodes
            if isinstance(node, Table)
            for row in node.rows
            if row.rule == item.rule and not row.ruled_out
        ]
        if rows:
            lacks, node, row = min(rows, key=lambda entry: entry[0])
            found.append(((lacks, place), outcome, node, row))
    return sorted(found, key=lambda entry: entry[0])


def _flat(outcome: Outcome) -> dict[str, Node]:
    """Return the facts of a case without its headings."""
    assert outcome.book is not None
    names = {term.name for term in outcome.book.content.terms} | {register.name for register in outcome.book.content.registers} | {"as_of", "currency"}

    def walk(mapping: Mapping) -> Iterator[tuple[str, Node]]:
        for key, value in mapping.entries:
            if isinstance(value, Mapping) and key.text not in names:
                yield from walk(value)
            else:
                yield key.text, value

    return dict(walk(outcome.case.given))


def _changes(search: _Search, given: dict[str, Node], base: Outcome, node: Table, row: Row, item: Item) -> Iterator[dict[str, Node]]:
    """Return the facts with one answer changed, those first that the row reads most directly."""
    book = base.book
    assert book is not None
    for term in _inputs(book, [name for cell in row.cells if item.column in ("", cell.column) for name in cell.reads] or [node.term])[:MOST_INPUTS]:
        kind = book.terms[term].kind
        if isinstance(kind, Choice):
            for option in kind.options:
                yield _with(given, term, option)
        elif isinstance(kind, Number) and kind.form != "date":
            for value in _numbers(search, given, base, node, row, item, term):
                yield _with(given, term, value_text(kind, value))


def _inputs(book: RuleBook, names: list[str]) -> list[str]:
    """Return the asked terms that some terms rest on, the nearest first."""
    givers = {node.term: node for node in book.nodes}
    asked = {term.name for term in book.content.terms if term.ask.by_language or term.is_optional}
    seen: dict[str, None] = dict.fromkeys(names)
    todo, found = list(seen), []
    while todo:
        name = todo.pop(0)
        whole = name if name in givers else name.rpartition("[")[0]
        if isinstance(givers.get(whole), Given) and book.terms[whole].source in asked:
            found.append(whole)
        more = [other for other in (book.terms[whole].reads if whole in book.terms else ()) if other not in seen]
        seen.update(dict.fromkeys(more))
        todo += more
    return found


def _numbers(search: _Search, given: dict[str, Node], base: Outcome, node: Table, row: Row, item: Item, term: str) -> list[int]:
    """Return numbers to try: the two around the place where the item's comparison turns, else the ends of the range."""
    assert base.book is not None
    kind = base.book.terms[term].kind
    assert isinstance(kind, Number)
    cell = next((cell for cell in row.cells if cell.column == item.column), None)
    tests = bounds_of(cell) if cell is not None else ()
    test = tests[item.at] if 0 <= item.at < len(tests) else None
    low, high = kind.low, min(kind.high, 10**9 * 10**kind.scale)
    if test is None:
        present = int(str(base.decision.values.get(term, low))) if base.decision and isinstance(base.decision.values.get(term), int) else low
        return list(dict.fromkeys(max(low, min(high, value)) for value in (low, high, present * 2, present // 2, present * 10, present // 10, 10**kind.scale)))
    at_low, at_high = (_side(search, _with(given, term, value_text(kind, value)), node, test) for value in (low, high))
    if at_low is None or at_high is None or at_low == at_high:
        return []
    while high - low > 1 and search.tries <= MOST_TRIES:
        middle = (low + high) // 2
        side = _side(search, _with(given, term, value_text(kind, middle)), node, test)
        if side is None:
            return []
        low, high = (middle, high) if side == at_low else (low, middle)
    return [low, high]


def _side(search: _Search, given: dict[str, Node], node: Table, test: Compare) -> bool | None:
    """Return whether a comparison of a table holds for some facts, or None where nothing is decided."""
    outcome = search.decided(given)
    if outcome.decision is None or node.term not in outcome.decision.values:
        return None
    values: Values = dict(outcome.decision.values)
    return holds(test, values)


def _with(given: dict[str, Node], term: str, text: str) -> dict[str, Node]:
    """Return the facts with one answer set; of a term with one value per entity, that of one entity."""
    plain, _, entity = term.rstrip("]").partition("[")
    if not entity:
        return {**given, plain: Scalar(text, PLACE)}
    before = given.get(plain)
    entries = tuple(pair for pair in before.entries if pair[0].text != entity) if isinstance(before, Mapping) else ()
    return {**given, plain: Mapping((*entries, (Scalar(entity, PLACE), Scalar(text, PLACE))), PLACE)}


def _least(search: _Search, given: dict[str, Node], item: Item) -> dict[str, Node]:
    """Return the facts without those that the item does not need."""
    for name in list(given):
        fewer = {key: value for key, value in given.items() if key != name}
        if fewer and _covers(search.decided(fewer), item):
            given = fewer
    return given


def _text(item: Item, given: dict[str, Node], outcome: Outcome, row: Row, term: str) -> str:
    book, decision = outcome.book, outcome.decision
    assert book is not None
    assert decision is not None
    cell = next((cell for cell in row.cells if cell.column == item.column), None)
    side = "just inside" if item.side else "just outside"
    what = {"hit": "hits", "near": "nearly hits", "cell": f"hangs on {item.column}", "bound": f"{side} {item.column} {cell.text if cell else ''}".strip()}[item.what]
    entity = book.terms[term].entity
    if isinstance(decision.values[term], tuple):
        term = f"{term}[{row.value}]"
    expect = {term: value_text(book.terms[term].kind, decision.values[term])}
    table, rule = next((table, rule) for table in book.content.tables for rule in table.rules if rule.id == item.rule)
    reason = rule.because.text("en").replace(f"{{{table.loop}}}", entity) or f"rule {item.rule}"
    return case_text(f"{item.rule} {what}" + (f" ({entity})" if entity else ""), given, expect, reason)
