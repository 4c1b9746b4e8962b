"""What is asked of a rule book and what was found: plain data that can be kept and told."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

Known = dict[str, int | str]

# INVARIANT: the order in which findings are told
NO_COMPANY = {
    "gap": ("gap", "gaps"),
    "conflict": ("conflict", "conflicts"),
    "broken-promise": ("broken promise", "broken promises"),
    "lost-with-more": ("thing lost with more", "things lost with more"),
    "assumption-against-constraint": ("assumption against constraints", "assumptions against constraints"),
}
SOME_COMPANY = {"dead-rule": ("dead rule", "dead rules"), "shadowed-rule": ("shadowed rule", "shadowed rules"), "idle-cell": ("idle cell", "idle cells")}
FAULTS = {**NO_COMPANY, **SOME_COMPANY}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One property of one table, rule, cell, promise or constraint: "proven", "refuted" or "unsettled".

    `term` is the ground term at which it shows, `others` are further ones. `facts` is the smallest
    company found that shows it; `also` holds the answers of its second company where there is one.
    `region` are cells of the table's columns: all companies in it have the same gap or conflict.
    """

    fault: str
    name: str
    state: str
    column: str = ""
    term: str = ""
    others: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    facts: tuple[tuple[str, int | str], ...] = ()
    also: tuple[tuple[str, int | str], ...] = ()
    region: tuple[tuple[str, str], ...] = ()
    day: int = 0

    @property
    def subject(self) -> tuple[str, str, str]:
        """Return what the outcome is about."""
        return (self.fault, self.name, self.column)


def joined(by_day: Iterable[tuple[Outcome, ...]]) -> tuple[Outcome, ...]:
    """Return the outcomes of several periods as one list: each subject once, in the order of the faults.

    What no company may show must be proven in every period; what some company must show, in one of them.
    """
    found: dict[tuple[str, str, str], Outcome] = {}
    for outcomes in by_day:
        for outcome in outcomes:
            before = found.get(outcome.subject)
            if before is None or _rank(outcome) > _rank(before):
                found[outcome.subject] = outcome
    order = list(FAULTS)
    return tuple(sorted(found.values(), key=lambda item: order.index(item.fault)))


def _rank(outcome: Outcome) -> int:
    if outcome.fault in NO_COMPANY:
        return ("proven", "unsettled", "refuted").index(outcome.state)
    return ("refuted", "unsettled", "proven").index(outcome.state)


def as_row(outcome: Outcome) -> list[object]:
    """Return an outcome as a list that JSON can keep."""
    return [getattr(outcome, field.name) for field in fields(outcome)]


def from_row(row: list[object]) -> Outcome:
    """Return the outcome that `as_row` wrote; ValueError where it is none."""
    fault, name, state, column, term, others, rules, facts, also, region, day = row
    if fault not in FAULTS or state not in ("proven", "refuted", "unsettled"):
        raise ValueError(row)
    texts = tuple((str(one), str(text)) for one, text in _pairs(region))
    return Outcome(str(fault), str(name), str(state), str(column), str(term), _words(others), _words(rules), _pairs(facts), _pairs(also), texts, int(str(day)))


def _words(items: object) -> tuple[str, ...]:
    if not isinstance(items, list | tuple):
        raise ValueError(items)  # noqa: TRY004  # what was kept is judged as a value
    return tuple(map(str, items))


def _pairs(rows: object) -> tuple[tuple[str, int | str], ...]:
    if not isinstance(rows, list | tuple):
        raise ValueError(rows)  # noqa: TRY004
    return tuple((str(name), value if isinstance(value, int) else str(value)) for name, value in rows)
