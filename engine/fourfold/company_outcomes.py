"""The outcome of many sampled companies on what is left of a book: decide.py's meaning as plain functions."""

from collections.abc import Callable, Mapping

from fourfold.model import Formula, Given, GroundNode, RatioOf, Row, RuleBook, Table
from fourfold.population.compiled import Company, Test, give_of, test_of

Step = Callable[[Company], bool]


class Outcomes:
    """What a target becomes for companies that give the asked terms; nothing where there is a gap or a conflict."""

    def __init__(self, book: RuleBook, target: str) -> None:
        """Make a function of every node."""
        self.target = target
        self._steps = [step_of(node) for node in book.nodes]

    def of(self, company: Mapping[str, int | str]) -> str:
        """Return the outcome of a company; terms that it does not give take their assumption."""
        values = dict(company)
        for step in self._steps:
            if not step(values):
                return ""
        return str(values.get(self.target, ""))


def step_of(node: GroundNode) -> Step:
    """Return the function that gives a company the value of a node, and tells whether there is one."""
    match node:
        case Given():
            return _given(node)
        case Formula():
            return _setting(node.term, give_of(node.value))
        case RatioOf():
            return lambda _: True
        case Table():
            return {"unique": _unique, "sum": _summed}.get(node.policy, _gathered)(node)
        case _:
            raise AssertionError(node.term)


def _setting(term: str, give: Callable[[Company], int]) -> Step:
    def step(company: Company) -> bool:
        company[term] = give(company)
        return True

    return step


def _given(node: Given) -> Step:
    term = node.term
    if node.assume is None:
        return lambda company: term in company
    give = give_of(node.assume)

    def step(company: Company) -> bool:
        if term not in company:
            company[term] = give(company)
        return True

    return step


def _tests(row: Row) -> tuple[Test, ...]:
    return tuple(test_of(cell.condition) for cell in row.cells if cell.reads)


def _unique(node: Table) -> Step:
    term = node.term
    rows = [(row.rule, _tests(row), row.value, row.overrides) for row in node.rows if not row.is_otherwise and not row.ruled_out]
    others = [row.value for row in node.rows if row.is_otherwise]

    def step(company: Company) -> bool:
        hits = [(rule, value, overrides) for rule, tests, value, overrides in rows if all(test(company) for test in tests)]
        if len(hits) == 1:
            company[term] = hits[0][1]
            return True
        beaten = {name for _, _, overrides in hits for name in overrides}
        results = {value for rule, value, _ in hits if rule not in beaten} or set(others)
        if len(results) != 1:
            return False
        company[term] = results.pop()
        return True

    return step


def _summed(node: Table) -> Step:
    term = node.term
    rows = [(_tests(row), int(row.value)) for row in node.rows if not row.is_otherwise and not row.ruled_out]

    def step(company: Company) -> bool:
        company[term] = sum(value for tests, value in rows if all(test(company) for test in tests))
        return True

    return step


def _gathered(node: Table) -> Step:
    names = [(option, f"{node.term}[{option}]") for option in node.options]
    rows = [(_tests(row), row.value) for row in node.rows if not row.is_otherwise and not row.ruled_out]

    def step(company: Company) -> bool:
        taken = {value for tests, value in rows if all(test(company) for test in tests)}
        for option, name in names:
            company[name] = "true" if option in taken else "false"
        return True

    return step
