"""Which rules and cells some case holds in place: take one away, and the case fails.

That a rule hits in a case says little if the case does not expect what the rule concludes. So each rule
is left out, and each cell of each rule is left out, on the linked book; what no case notices is loose.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from fourfold.cases import Case, compared, open_case, read_cases
from fourfold.decide import compute, holds
from fourfold.door import enter
from fourfold.linking.simplify import FALSE
from fourfold.model import Decision, Facts, RuleBook, Table
from fourfold.problem import Problems


@dataclass(frozen=True)
class Run:
    """A case that passes, with the book and the facts that it is decided by."""

    case: Case
    book: RuleBook
    facts: Facts


def loose_parts(root):
    """Return every rule and every cell (rule, column) that can go without a case noticing."""
    runs = [run for path in sorted((root / "tests" / "cases").glob("*.yaml")) for run in _runs(root, path)]
    dropped, loosened, columns = _noticing(runs)
    parts = [(rule, None) for rule in columns] + [(rule, at) for rule, found in columns.items() for at in range(len(found))]
    loose = [(rule, at) for rule, at in parts if not _is_noticed(rule, at, (dropped[rule] if at is None else loosened[rule, at]))]
    return {(rule, "" if at is None else columns[rule][at]) for rule, at in loose}


def _runs(root, path):
    cases, problems = read_cases(path, path.name)
    assert not problems
    for case in cases:
        if not case.disagrees:
            book, profile = open_case(root, case)
            yield Run(case, book, enter(book, profile))


def _noticing(runs):
    """Return by rule the runs that it hits in, by cell those in which it alone fails, and the columns of each rule."""
    dropped, loosened, columns = defaultdict(list), defaultdict(list), {}
    for run in runs:
        values = dict(_decided(run.book.nodes, run.facts).values)
        seen = set()
        for node in run.book.nodes:
            for row in node.rows if isinstance(node, Table) else ():
                columns[row.rule] = [cell.column for cell in row.cells]
                failing = [at for at, cell in enumerate(row.cells) if not holds(cell.condition, values)]
                if len(failing) < 2:
                    seen.add((row.rule, failing[0] if failing else None))
        for rule, at in seen:
            (dropped[rule] if at is None else loosened[rule, at]).append(run)
    return dropped, loosened, columns


def _is_noticed(rule, at, runs):
    changed = {}
    for run in runs:
        if id(run.book) not in changed:
            changed[id(run.book)] = _without(run.book.nodes, rule, at)
        try:
            decision = _decided(changed[id(run.book)], run.facts)
        except Problems:
            return True
        if any(compared(run.book, decision, run.case, key, value) for key, value in run.case.expect):
            return True
    return False


def _without(nodes, rule, at):
    """Return the nodes without a rule, or without one cell of it."""

    def row_without(row):
        cells = row.cells[:at] + row.cells[at + 1 :]
        return replace(row, cells=cells, ruled_out=next((cell.column for cell in cells if cell.condition == FALSE), ""))

    found = []
    for node in nodes:
        if isinstance(node, Table) and any(row.rule == rule for row in node.rows):
            rows = [row if row.rule != rule else row_without(row) for row in node.rows if at is not None or row.rule != rule]
            found.append(replace(node, rows=tuple(rows)))
        else:
            found.append(node)
    return tuple(found)


def _decided(nodes, facts):
    """Return what follows; a node that waits for a later one (its row was ruled out before) is taken up again."""
    values, waiting = {}, list(nodes)
    while waiting:
        later = []
        for node in waiting:
            try:
                compute(node, values, facts.known)
            except KeyError:
                later.append(node)
        assert len(later) < len(waiting)
        waiting = later
    return Decision(values, {}, ())
