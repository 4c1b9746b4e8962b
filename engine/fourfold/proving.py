"""A workspace proven: every period from a day on, what was allowed with a reason, what lies outside."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from fourfold import cache
from fourfold.content import content_hash
from fourfold.findings import ALLOWABLE, told
from fourfold.library import open_book
from fourfold.linking import link
from fourfold.linking.knowledge import FIRST_DAY, LAST_DAY
from fourfold.linking.simplify import terms_in
from fourfold.model import RuleBook, Selection, Share, Table
from fourfold.outcomes import FAULTS, Outcome, as_row, from_row, joined
from fourfold.problem import Problem, Problems
from fourfold.witnesses import shows
from fourfold.written import AllowanceDecl

SECONDS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome that is not proven, with its problem and the book of its period."""

    outcome: Outcome
    problem: Problem
    book: RuleBook


@dataclass(frozen=True, slots=True)
class Proved:
    """What was proven of a workspace, what was found, and what the proofs do not reach."""

    first_day: int
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
    allowed: tuple[tuple[Outcome, AllowanceDecl], ...]
    outside: tuple[str, ...]
    unused: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the findings as problems, in the order of their numbers."""
        return (*(item.problem for item in self.findings), *self.unused)

    @property
    def holds(self) -> bool:
        """Return whether nothing but warnings was found."""
        return all(problem.is_warning for problem in self.problems)

    def summary(self) -> str:
        """Return what was counted, proven and left outside, in a few lines."""
        wrong = Counter(item.outcome.fault for item in self.findings if item.outcome.state == "refuted")
        open_ones = sum(1 for item in self.findings if item.outcome.state == "unsettled")
        proven = Counter(outcome.fault for outcome in self.outcomes if outcome.state == "proven")
        lines = [" · ".join(f"{wrong[fault]} {words[wrong[fault] != 1]}" for fault, words in FAULTS.items()) + (f" · {open_ones} not settled" if open_ones else "")]
        days = "" if self.first_day == FIRST_DAY else f" from {date.fromordinal(self.first_day)} on"
        lines.append(
            f"proven   through all chaining, for every company and every day{days}: tables that decide {proven['gap']}, that never contradict {proven['conflict']}, "
            f"promises {proven['broken-promise'] + proven['lost-with-more']}, constraints {proven['assumption-against-constraint']}, rules that speak {proven['dead-rule']}, cells that matter {proven['idle-cell']}"
        )
        lines += [f"allowed  {outcome.fault} {outcome.name}{f' {outcome.column}' if outcome.column else ''}: {item.because.text('en')}" for outcome, item in self.allowed]
        if self.outside:
            lines.append(f"outside  the plan, which no proof reaches; cases look at it: {', '.join(self.outside)}")
        return "\n".join(lines) + "\n"

    def as_data(self) -> dict[str, object]:
        """Return everything as JSON has it."""
        return {
            "holds": self.holds,
            "from": date.fromordinal(self.first_day).isoformat(),
            "outcomes": [_outcome_data(outcome) for outcome in self.outcomes],
            "findings": [
                {
                    "number": number,
                    "code": item.problem.code,
                    "message": item.problem.message,
                    "witness": dict(item.outcome.facts),
                    "also": dict(item.outcome.also),
                    "region": dict(item.outcome.region),
                }
                for number, item in enumerate(self.findings, 1)
            ],
            "allowed": [{**_outcome_data(outcome), "because": item.because.text("en")} for outcome, item in self.allowed],
            "outside": list(self.outside),
        }


def _outcome_data(outcome: Outcome) -> dict[str, object]:
    return {"property": f"no {outcome.fault}", "name": outcome.name, "cell": outcome.column, "state": outcome.state}


def prove_workspace(root: Path, as_of: int, seconds: int = SECONDS) -> Proved:
    """Return what is proven of a workspace from the period of a day on; kept by content in the user's cache."""
    books = periods(open_book(root, as_of), lambda day: open_book(root, day))
    key = f"proof {content_hash(root)} {books[0][0].as_of} {seconds} {cache.program_mark()}"
    outcomes = _kept(key, books)
    if outcomes is None:
        outcomes = _proofs(books, seconds)
        cache.store(key, json.dumps([as_row(outcome) for outcome in outcomes]).encode())
    return proved(books, outcomes, seconds)


def prove_book(book: RuleBook, seconds: int = SECONDS) -> Proved:
    """Return what is proven of a linked book, without the cache."""
    books = periods(book, lambda day: link(book.content, day))
    return proved(books, _proofs(books, seconds), seconds)


def _proofs(books: list[tuple[RuleBook, int]], seconds: int) -> tuple[Outcome, ...]:
    from fourfold.solving import is_available

    if not is_available():
        raise Problems([Problem("F319", "no solver is installed, so nothing can be proven", help="pip install z3-solver; `fourfold check` and `fourfold test` work without it")])
    from fourfold.prove import proofs

    by_day = [tuple(replace(outcome, day=book.as_of if place else 0) for outcome in proofs(book, last, seconds)) for place, (book, last) in enumerate(books)]
    return joined(by_day)


def periods(book: RuleBook, on: Callable[[int], RuleBook]) -> list[tuple[RuleBook, int]]:
    """Return the book of each period from its own day on, with the period's last day, in the base currency; periods in which nothing differs are one."""
    starts = [max((day for day in book.changes if day <= book.as_of), default=FIRST_DAY), *(day for day in book.changes if day > book.as_of)]
    found: list[tuple[RuleBook, int]] = []
    for start, following in zip(starts, [*starts[1:], LAST_DAY + 1], strict=True):
        linked = on(start)
        if found and _ground(found[-1][0]) == _ground(linked):
            found[-1] = (found[-1][0], following - 1)
        else:
            found.append((linked, following - 1))
    return found


def _ground(book: RuleBook) -> tuple[object, ...]:
    return (book.nodes, book.constraints, book.promises, book.monotones)


def _kept(key: str, books: list[tuple[RuleBook, int]]) -> tuple[Outcome, ...] | None:
    """Return the outcomes kept under a key, each witness replayed again; None where they cannot be used."""
    body = cache.load(key)
    if body is None:
        return None
    try:
        outcomes = tuple(from_row(row) for row in json.loads(body))
    except (ValueError, TypeError):
        return None
    return outcomes if all(shows(_book_of(books, item), item)(dict(item.facts)) for item in outcomes if item.facts) else None


def _book_of(books: list[tuple[RuleBook, int]], outcome: Outcome) -> RuleBook:
    return next((book for book, _ in books if book.as_of == outcome.day), books[0][0])


# ---------------------------------------------------------------- what is told


def proved(books: list[tuple[RuleBook, int]], outcomes: tuple[Outcome, ...], seconds: int) -> Proved:
    """Return outcomes as findings with their problems, without what the book allows with a reason."""
    content = books[0][0].content
    findings: list[Finding] = []
    allowed: list[tuple[Outcome, AllowanceDecl]] = []
    for outcome in outcomes:
        if outcome.state == "proven":
            continue
        allowance = next((item for item in content.allowances if _allows(item, outcome)), None)
        if allowance is not None:
            allowed.append((outcome, allowance))
        else:
            book = _book_of(books, outcome)
            findings.append(Finding(outcome, told(book, outcome, len(findings) + 1, seconds), book))
    used = {item for _, item in allowed}
    unused = tuple(
        Problem("F260", f"`{item.check}` finds nothing at `{item.at}`", item.span, is_warning=True, help="remove the entry") for item in content.allowances if item.check in FAULTS and item not in used
    )
    return Proved(books[0][0].as_of, outcomes, tuple(findings), tuple(allowed), tuple(_outside(books[0][0])), unused)


def _allows(item: AllowanceDecl, outcome: Outcome) -> bool:
    names = (outcome.name, f"{outcome.name}.{outcome.column}")
    return item.check == outcome.fault and outcome.fault in ALLOWABLE and outcome.state == "refuted" and any(fnmatchcase(name, item.at) for name in names)


def _outside(book: RuleBook) -> Iterator[str]:
    """Return what the proofs do not reach, each name once."""
    plan = [node for node in book.nodes if book.terms[node.term].is_plan]
    names = dict.fromkeys(
        f"table {node.table}" if isinstance(node, Table) else f"{'selection' if isinstance(node, Selection) else 'share-out'} {node.term}"
        for node in plan
        if isinstance(node, Table | Selection | Share)
    )
    yield from names
    formulas = {book.terms[node.term].source for node in plan if not isinstance(node, Table | Selection | Share)}
    if formulas:
        yield f"{len(formulas)} formulas that read them"
    promises = [(item.name, item.condition) for item in book.promises] + [(item.name, item.condition) for item in book.monotones]
    yield from dict.fromkeys(f"promise {name}" for name, item in promises if any(book.terms[read].is_plan for read in terms_in(item)))
