"""Cases: facts and what must follow, written in YAML by people who know the domain."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from fourfold.content import content_hash, read_content
from fourfold.decide import Values, decide, holds
from fourfold.door import contradictions, enter
from fourfold.door.profile import Profile, read_profile_node
from fourfold.expression.kinds import YES_NO, Choice, Number, plain_day, plain_number, stored, word_option
from fourfold.linking import link
from fourfold.model import Decision, Hit, RuleBook, Table
from fourfold.problem import Collector, Problem, Problems
from fourfold.reading.document import Items, Mapping, Node, Scalar, parse, read_text
from fourfold.reading.shape import is_items, is_mapping, is_scalar, only_keys, words
from fourfold.show_problem import show
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import Content

FOLDER = Path("tests") / "cases"
DAY = 739_945  # 2026-11-25, where a case names no day
KEYS = ("case", "given", "expect", "because", "disagrees")


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it is written."""

    name: str
    span: Span
    given: Mapping
    expect: tuple[tuple[Scalar, Node], ...]
    because: str
    disagrees: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case gave: its problems (none: it passes), and the decision if there was one."""

    case: Case
    problems: tuple[Problem, ...]
    decision: Decision | None = None


@dataclass(slots=True)
class Coverage:
    """Which rules some case makes hit, and which some case nearly does."""

    hit: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes with the coverage of the rules."""

    outcomes: tuple[Outcome, ...]
    coverage: Coverage
    rules: tuple[str, ...]
    reading: tuple[Problem, ...] = ()

    @property
    def failed(self) -> bool:
        """Return whether a case fails that is not marked as a disagreement, or could not be read."""
        return bool(self.reading) or any(item.problems for item in self.outcomes if not item.case.disagrees) or bool(self.agreeing())

    def agreeing(self) -> list[Outcome]:
        """Return the cases marked as disagreements that now agree."""
        return [item for item in self.outcomes if item.case.disagrees and not item.problems]

    def unhit(self) -> list[str]:
        """Return the rules that no case makes hit."""
        return [rule for rule in self.rules if rule not in self.coverage.hit]

    def unneared(self) -> list[str]:
        """Return the rules that no case nearly makes hit."""
        return [rule for rule in self.rules if rule not in self.coverage.near]

    def text(self, root: Path) -> str:
        """Return the report for the terminal."""
        found = [*self.reading, *(problem for item in self.outcomes if not item.case.disagrees for problem in item.problems)]
        found += [Problem("F403", f"case `{item.case.name}` is marked as a disagreement and now agrees", item.case.span, help="remove `disagrees`") for item in self.agreeing()]
        lines = [show(found, lambda name, number: _line(root / name, number))] if found else []
        passed = sum(1 for item in self.outcomes if not item.problems and not item.case.disagrees)
        known = sum(1 for item in self.outcomes if item.case.disagrees)
        for title, rules in (("hit by no case", self.unhit()), ("nearly hit by no case", self.unneared())):
            if rules:
                lines.append(f"{title}: {', '.join(rules)}\n")
        lines.append(
            f"{passed} pass, {len(self.outcomes) - passed - known} fail, {known} known disagreements"
            f" · rules hit by some case: {len(self.rules) - len(self.unhit())} of {len(self.rules)}"
            f" · nearly hit: {len(self.rules) - len(self.unneared())} of {len(self.rules)}\n"
        )
        return "\n".join(lines)

    def as_data(self) -> dict[str, object]:
        """Return the report as JSON has it."""
        return {
            "cases": [{"case": item.case.name, "passed": not item.problems, "disagrees": item.case.disagrees, "problems": [problem.message for problem in item.problems]} for item in self.outcomes],
            "rules": len(self.rules),
            "not_hit": self.unhit(),
            "not_nearly_hit": self.unneared(),
            "failed": self.failed,
        }


def _line(path: Path, number: int) -> str | None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return lines[number - 1] if 0 < number <= len(lines) else None


# ---------------------------------------------------------------- reading


def read_cases(path: Path, name: str) -> tuple[list[Case], list[Problem]]:
    """Return the cases of a file, and the problems of those that cannot be read."""
    try:
        return cases_in(parse(read_text(path, name), name))
    except Problems as fault:
        return [], list(fault.problems)


def cases_in(node: Node | None) -> tuple[list[Case], list[Problem]]:
    """Return the cases of a file that is read, and the problems of those that cannot be."""
    problems = Collector()
    found = [case for item in is_items(node, "a case file", problems) if (case := _case(item, problems)) is not None]
    return found, problems.found


def _case(node: Node, problems: Collector) -> Case | None:
    body = is_mapping(node, "a case", problems)
    if body is None:
        return None
    only_keys(body, KEYS, "a case", problems)
    name = is_scalar(body.get("case"), "`case`", problems)
    given, expect = is_mapping(body.get("given"), "`given`", problems), is_mapping(body.get("expect"), "`expect`", problems)
    because, disagrees = is_scalar(body.get("because"), "`because`", problems), is_scalar(body.get("disagrees"), "`disagrees`", problems)
    if name is None or given is None or expect is None or because is None:
        missing = next(key for key, item in (("case", name), ("given", given), ("expect", expect), ("because", because)) if item is None)
        problems.add("F402", f"a case has no `{missing}`", body.span, help="a case has case, given, expect and because")
        return None
    return Case(name.text, name.span, given, expect.entries, because.text, disagrees.text if disagrees else "")


# ---------------------------------------------------------------- running


def run(root: Path, files: tuple[Path, ...] = ()) -> Report:
    """Run the cases of some files, or of tests/cases of a workspace."""
    paths = list(files) or sorted((root / FOLDER).rglob("*.yaml"))
    cases: list[Case] = []
    reading: list[Problem] = []
    for path in paths:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        more, problems = read_cases(path, name)
        cases += more
        reading += problems
    coverage = Coverage()
    outcomes = tuple(run_case(root, case, coverage) for case in cases)
    book = _book(root, content_hash(root), DAY, "")
    rules = tuple(rule.id for table in book.content.tables for rule in table.rules)
    return Report(outcomes, coverage, rules, tuple(reading))


@lru_cache(maxsize=16)
def _book(root: Path, digest: str, day: int, currency: str) -> RuleBook:
    assert digest
    return link(_content(root, digest), day, currency)


@lru_cache(maxsize=2)
def _content(root: Path, digest: str) -> Content:
    assert digest
    return read_content(root)


def open_case(root: Path, case: Case) -> tuple[RuleBook, Profile]:
    """Return the rule book that a case is decided by, and its facts as they are written."""
    profile = read_profile_node(case.given, case.span.file)
    return _book(root, content_hash(root), profile.as_of or DAY, profile.currency), profile


def run_case(root: Path, case: Case, coverage: Coverage | None = None) -> Outcome:
    """Return what one case gives."""
    try:
        book, profile = open_case(root, case)
        facts = enter(book, profile)
        decision = decide(book, facts)
        wrong = contradictions(book, facts, dict(decision.values))
        if wrong:
            raise Problems(wrong)
    except Problems as fault:
        return Outcome(case, (_undecided(case, fault),))
    if coverage is not None:
        note_coverage(book, decision, coverage)
    problems = [problem for key, value in case.expect if (problem := compared(book, decision, case, key, value)) is not None]
    problems += _broken_promises(book, decision, case)
    return Outcome(case, tuple(problems), decision)


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
        wanted = [item.text for item in words(value, "a set", Collector())]
        missing = [item for item in wanted if item not in got]
        return _failed(book, decision, case, value, term, missing[0], "none") if missing or (not wanted and got) else None
    if isinstance(value, Items | Mapping):
        return Problem("F402", f"case `{case.name}` expects one value of `{term}`", value.span)
    expected = _expected(book, term, value.text)
    if expected is None:
        return Problem("F402", f"case `{case.name}` expects `{value.text}`, which is no value of `{term}`", value.span)
    return None if expected == got else _failed(book, decision, case, value, term, value.text, str(got))


def _expected(book: RuleBook, term: str, text: str) -> int | str | None:
    kind = book.terms[term].kind
    if isinstance(kind, Choice):
        return word_option(kind, text) if kind == YES_NO else (text if text in kind.options else None)
    literal = (plain_day(text) or plain_number(text)) if isinstance(kind, Number) else None
    return stored(kind, literal) if literal is not None and isinstance(kind, Number) else None


def _failed(book: RuleBook, decision: Decision, case: Case, value: Node, term: str, expected: str, got: str) -> Problem:
    rules = [hit.rule for hit in decision.hits if hit.term == term]
    node = next((item for item in book.nodes if item.term == term), None)
    seen = ""
    if isinstance(node, Table):
        names = dict.fromkeys(name for row in node.rows if row.rule in rules for cell in row.cells for name in cell.reads)
        seen = ", ".join(f"{name} {decision.values[name]}" for name in names)
    by = f" by {', '.join(rules)}" if rules else ""
    return Problem(
        "F401",
        f"case `{case.name}` fails: `{term}` is {got}{by}, expected {expected}",
        value.span,
        help=f"because (the case): {case.because}" + (f"; the rule saw: {seen}" if seen else ""),
    )


def note_coverage(book: RuleBook, decision: Decision, coverage: Coverage) -> None:
    """Note each rule that hits, and each in which exactly one cell fails for some entity."""
    values: Values = dict(decision.values)
    spoken = set(decision.hits)
    coverage.hit.update(hit.rule for hit in spoken)
    for node in book.nodes:
        if not isinstance(node, Table):
            continue
        for row in node.rows:
            if row.is_otherwise:
                if Hit(node.term, row.rule) not in spoken:
                    coverage.near.add(row.rule)
            elif row.rule not in coverage.near and sum(not holds(cell.condition, values) for cell in row.cells) == 1:
                coverage.near.add(row.rule)
