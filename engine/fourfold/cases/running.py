"""Running cases: what each gives, and what to say where it fails."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from fourfold.cases.planned import planned
from fourfold.cases.reading import Case
from fourfold.content import content_hash, read_content
from fourfold.decide import Values, decide, holds
from fourfold.door import contradictions, enter
from fourfold.door.profile import Profile, read_profile_node
from fourfold.expression.kinds import YES_NO, Choice, Number, plain_day, plain_number, stored, word_option
from fourfold.expression.show import shown
from fourfold.linking import link
from fourfold.model import Decision, Facts, Row, RuleBook, Table
from fourfold.problem import Collector, Label, Problem, Problems
from fourfold.reading.document import Items, Mapping, Node, Scalar
from fourfold.reading.shape import words
from fourfold.suggest import did_you_mean
from fourfold.written import Content

DAY = 739_945  # 2026-11-25, where a case names no day


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case gave: its problems (none: it passes), and the book, facts and decision if there was one."""

    case: Case
    problems: tuple[Problem, ...]
    decision: Decision | None = None
    book: RuleBook | None = None
    facts: Facts | None = None


@lru_cache(maxsize=16)
def book_of(root: Path, digest: str, day: int, currency: str) -> RuleBook:
    """Return the book of a workspace whose content has a hash, in force on a day, in a currency."""
    return link(_content(root, digest), day, currency)


@lru_cache(maxsize=2)
def _content(root: Path, digest: str) -> Content:
    assert digest
    return read_content(root)


def open_case(root: Path, case: Case, digest: str = "") -> tuple[RuleBook, Profile]:
    """Return the rule book that a case is decided by, and its facts as they are written."""
    profile = read_profile_node(case.given, case.span.file)
    return book_of(root, digest or content_hash(root), profile.as_of or DAY, profile.currency), profile


def run_case(root: Path, case: Case, digest: str = "") -> Outcome:
    """Return what one case gives."""
    try:
        book, profile = open_case(root, case, digest)
    except Problems as fault:
        return Outcome(case, (_undecided(case, fault),))
    found = decide_case(book, profile, case)
    if found.decision is None or found.facts is None:
        return found
    return replace(found, problems=(*found.problems, *planned(root, case, book, found.facts, found.decision)))


def decide_case(book: RuleBook, profile: Profile, case: Case) -> Outcome:
    """Return what a case gives by a book of its day and currency, without its plan; `profile` are its facts as they are written."""
    try:
        facts = enter(book, profile)
        decision = decide(book, facts)
        wrong = contradictions(book, facts, dict(decision.values))
        if wrong:
            raise Problems(wrong)
    except Problems as fault:
        return Outcome(case, (_undecided(case, fault),))
    return Outcome(case, tuple(failures(book, decision, case)), decision, book, facts)


def failures(book: RuleBook, decision: Decision, case: Case) -> list[Problem]:
    """Return what a decision does against a case: expectations that fail, promises that break."""
    problems = [problem for key, value in case.expect if (problem := compared(book, decision, case, key, value)) is not None]
    return problems + _broken_promises(book, decision, case)


def _undecided(case: Case, fault: Problems) -> Problem:
    inner = "; ".join(f"{problem.code} {problem.message}" + (f" (line {problem.span.line})" if problem.span.line else "") for problem in fault.problems[:3])
    more = f"; and {len(fault.problems) - 3} more" if len(fault.problems) > 3 else ""
    return Problem("F402", f"case `{case.name}` cannot be decided", case.span, help=inner + more)


def _broken_promises(book: RuleBook, decision: Decision, case: Case) -> list[Problem]:
    """Return the promises of the book that a case's decision breaks."""
    values: Values = dict(decision.values)
    return [
        Problem("F404", f"case `{case.name}` breaks the promise `{promise.name}`", case.span, help=f"{promise.because.text('en')} ({promise.span.file}:{promise.span.line})")
        for promise in book.promises
        if holds(promise.condition, values)
    ]


def compared(book: RuleBook, decision: Decision, case: Case, key: Scalar, value: Node) -> Problem | None:
    """Return the problem of one expectation, or None where the decision is as expected."""
    term = key.text
    if term not in book.terms or term not in decision.values:
        return Problem("F402", f"case `{case.name}` expects the unknown term `{term}`", key.span, help=did_you_mean(term, book.terms))
    got = decision.values[term]
    if isinstance(got, tuple):
        wanted = [part.strip() for item in words(value, "a set", Collector()) for part in item.text.split(",") if part.strip()]
        missing = [item for item in wanted if item not in got]
        return _failed(book, decision, case, value, term, missing[0] if missing else "none") if missing or (not wanted and got) else None
    if isinstance(value, Items | Mapping):
        return Problem("F402", f"case `{case.name}` expects one value of `{term}`", value.span)
    expected = _expected(book, term, value.text)
    if expected is None:
        return Problem("F402", f"case `{case.name}` expects `{value.text}`, which is no value of `{term}`", value.span)
    return None if expected == got else _failed(book, decision, case, value, term, value.text, expected)


def _expected(book: RuleBook, term: str, text: str) -> int | str | None:
    kind = book.terms[term].kind
    if isinstance(kind, Choice):
        return word_option(kind, text) if kind == YES_NO else (text if text in kind.options else None)
    literal = (plain_day(text) or plain_number(text)) if isinstance(kind, Number) else None
    return stored(kind, literal) if literal is not None and isinstance(kind, Number) else None


def _failed(book: RuleBook, decision: Decision, case: Case, value: Node, term: str, expected: str, wanted: object = None) -> Problem:
    """Return the problem of an expectation: expected, got, why, the case's reason, the nearest rule that would give it."""
    rules = [hit.rule for hit in decision.hits if hit.term == term]
    node = next((item for item in book.nodes if item.term == term), None)
    got = shown(book.terms[term].kind, decision.values[term])
    by = f" by {', '.join(rules)}" if rules else ""
    lines = [f"because (the case): {case.because}"]
    labels: tuple[Label, ...] = ()
    if isinstance(node, Table):
        names = dict.fromkeys(name for row in node.rows if row.rule in rules for cell in row.cells for name in cell.reads)
        seen = ", ".join(f"{name} {shown(book.terms[name].kind, decision.values[name]) if name in book.terms else decision.values[name]}" for name in names)
        lines += [f"the rule saw: {seen}"] if seen else []
        nearest = _nearest(book, decision, node, wanted)
        if nearest is not None:
            lines.append(nearest[0])
            labels = (nearest[1],)
    return Problem("F401", f"case `{case.name}` fails: `{term}` is {got}{by}, expected {expected}", value.span, labels=labels, help="; ".join(lines))


def _nearest(book: RuleBook, decision: Decision, node: Table, wanted: object) -> tuple[str, Label] | None:
    """Return what the row lacks that would give the wanted value and fails in the fewest cells, with its place."""
    values: Values = dict(decision.values)
    rows = [(sum(not holds(cell.condition, values) for cell in row.cells), at, row) for at, row in enumerate(node.rows) if row.value == wanted and not row.is_otherwise]
    if not rows:
        return None
    _, _, row = min(rows, key=lambda item: item[:2])
    declared = next(rule for table in book.content.tables for rule in table.rules if rule.id == row.rule)
    lacks = [_lack(book, decision, row, at) for at in range(len(row.cells)) if not holds(row.cells[at].condition, values)]
    what = " and ".join(lacks) if lacks else "it hits and is overridden"
    return f"nearest rule: {row.rule}, {what}", Label(declared.span, "the nearest rule that gives it")


def _lack(book: RuleBook, decision: Decision, row: Row, at: int) -> str:
    cell = row.cells[at]
    seen = [f"{name} is {shown(book.terms[name].kind, decision.values[name])}" for name in cell.reads if name in book.terms]
    return f"{' and '.join(seen[:2]) or cell.column}, wanted {cell.text}"
