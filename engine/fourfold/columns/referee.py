"""Single rows through the referee: for what columns cannot say, for the why of a row, and for audits."""

from fourfold.decide import decide
from fourfold.door import contradictions
from fourfold.door.parts import compute_parts
from fourfold.door.state import open_door
from fourfold.expression.kinds import Number
from fourfold.model import Decision, Fact, Facts, RuleBook
from fourfold.problem import Problem, Problems


def decide_row(book: RuleBook, given: dict[str, int | str]) -> Decision:
    """Return the decision for the values of one row: through the door, decided, held against the constraints.

    Raises Problems as `plan` would for the same answers.
    """
    door = open_door(book)
    outside = [_outside(book, term, value) for term, value in given.items()]
    problems = [problem for problem in outside if problem is not None]
    if problems:
        raise Problems(problems)
    door.known = {"as_of": Fact(book.as_of), "currency": Fact(book.currency)} | {term: Fact(value) for term, value in given.items()}
    compute_parts(door)
    door.problems.stop_if_any()
    facts = Facts(door.known)
    decision = decide(book, facts)
    found = contradictions(book, facts, dict(decision.values))
    if found:
        raise Problems(found)
    return decision


def _outside(book: RuleBook, term: str, value: int | str) -> Problem | None:
    kind = book.terms[term].kind
    if isinstance(kind, Number):
        return None if isinstance(value, int) and kind.low <= value <= kind.high else Problem("F205", f"`{term}` is outside its range", help="correct it, or leave it out if it is unknown")
    options: tuple[str, ...] = getattr(kind, "options", ())
    return None if value in options else Problem("F204", f"`{value}` is not one of the choices of `{term}`", help="correct it, or leave it out if it is unknown")
