"""The outcome of many sampled companies on what is left of a book: decide.py's meaning as plain functions."""

from collections.abc import Callable, Mapping

from fourfold.model import Formula, Given, GroundNode, RatioOf, Row, RuleBook, Table
from fourfold.narrow import gives, reads
from fourfold.population.compiled import Company, Test, give_of, test_of

Step = Callable[[Company], bool]


class Outcomes:
    """What a target becomes for companies that give the asked terms; nothing where there is a gap or a conflict."""

    def __init__(self, book: RuleBook, target: str) -> None:
        """Make a function of every node and constraint."""
        self.target = target
        self._nodes = book.nodes
        self._steps = [step_of(node) for node in book.nodes]
        self._never = [test_of(never.condition) for never in book.constraints]
        self._after: dict[frozenset[str], tuple[list[str], list[Step]]] = {}

    def of(self, company: Mapping[str, int | str]) -> str:
        """Return the outcome of a company; terms that it does not give take their assumption."""
        values = self.values(company)
        return "" if values is None else str(values.get(self.target, ""))

    def values(self, company: Mapping[str, int | str]) -> Company | None:
        """Return the values of all terms for a company, or None where it is not decided."""
        values = dict(company)
        return values if all(step(values) for step in self._steps) else None

    def outcome(self, values: Company | None) -> str:
        """Return the outcome in some values, or nothing where a constraint is broken."""
        return "" if values is None or any(never(values) for never in self._never) else str(values.get(self.target, ""))

    def changed(self, values: Company, company: Mapping[str, int | str], answer: Mapping[str, int | str]) -> str:
        """Return the outcome of a company, whose values are known, with some answers in place of its own; only what rests on them is computed."""
        assumed, steps = self._resting(frozenset(answer))
        mixed = {**values, **answer}
        for term in assumed:
            if term not in company and term not in answer:
                mixed.pop(term, None)
        return self.outcome(mixed) if all(step(mixed) for step in steps) else ""

    def _resting(self, terms: frozenset[str]) -> tuple[list[str], list[Step]]:
        """Return the asked terms and the steps that rest on some terms."""
        if terms not in self._after:
            reached, assumed, steps = set(terms), [], []
            for node, step in zip(self._nodes, self._steps, strict=True):
                if not reached.isdisjoint(reads(node)):
                    reached |= {node.term, *gives(node)}
                    steps.append(step)
                    assumed += [node.term] if isinstance(node, Given) else []
            self._after[terms] = (assumed, steps)
        return self._after[terms]


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
