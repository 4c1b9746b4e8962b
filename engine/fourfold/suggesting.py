"""Correct by example: what would have to be otherwise for one company to get a wanted outcome, in its answers or in the rules.

An edit is offered only if it gives the outcome, keeps every case that passes and every proof of the table and of
what rests on it, and adds no warning of a check. Edits are ranked by how many other companies they move.
"""

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fourfold import checks
from fourfold.answer_changes import AnswerChanges, answer_changes
from fourfold.cases import DAY, Outcome, all_cases, decide_case
from fourfold.change import Change, Region, changes_of_each
from fourfold.checks.seen import Seen
from fourfold.content import content_files, read_content
from fourfold.decide import Values, decide
from fourfold.door import Profile, contradictions, enter
from fourfold.door.profile import read_profile_node
from fourfold.edits import Edit, edits
from fourfold.expression.kinds import Choice
from fourfold.library import open_book
from fourfold.linking import link
from fourfold.linking.memo import Memo
from fourfold.model import Decision, Facts, RuleBook, Table
from fourfold.narrowing import narrowed
from fourfold.nearby_rules import Search, answered_terms, narrowing_columns
from fourfold.other_companies import NO_COMPANIES, Listed, companies_for
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.reading.sections import Memory
from fourfold.rule_edits import NewRule, RuleEdit, edited, table_in
from fourfold.solving import is_available
from fourfold.suggest import did_you_mean
from fourfold.trial_tables import Bench, HeldCases, Others, recomputed
from fourfold.written import Content, TableDecl

if TYPE_CHECKING:
    from fourfold.still_proven import Keeper, Look

MOST = 5
MOST_OF_FORM = {"exception": 2, "cell": 2}
MOST_REFUSED = 2
REGIONS = 1
Reason = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One edit of the rules: the file and its new text, what was changed in words and lines, who moves, and the book after it."""

    edit: RuleEdit
    file: str
    text: str
    lines: tuple[str, ...]
    words: tuple[Edit, ...]
    moved: int | None
    change: Change | None
    book: RuleBook
    decision: Decision


@dataclass(frozen=True, slots=True)
class Refused:
    """An edit that gives the outcome and is not offered: why ("case", or a fault of the proofs) and the name of what it would break."""

    words: tuple[Edit, ...]
    why: str
    name: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """The edits of rules that were found for a company, what they were tried on, and what was kept back."""

    suggestions: tuple[Suggestion, ...] = ()
    listed: Listed = NO_COMPANIES
    cases: int = 0
    is_proven: bool = False
    refused: tuple[Refused, ...] = ()


@dataclass(slots=True)
class _Found:
    """An edit that gives the wanted outcome, on its way to be offered."""

    edit: RuleEdit
    file: str
    text: str
    declared: TableDecl
    moved: int


@dataclass(slots=True)
class Company:
    """One company in an opened workspace: the linked book, its facts, what was decided, and what is wanted instead."""

    root: Path
    profile: Profile
    content: Content
    book: RuleBook
    texts: dict[str, str]
    memory: Memory
    memo: Memo
    target: str
    wanted: str
    facts: Facts
    decision: Decision

    @property
    def values(self) -> Values:
        """Return every value of the company's decision."""
        return dict(self.decision.values)

    def content_with(self, file: str, text: str) -> Content:
        """Return the content of the workspace with one file's text in place of it."""
        return read_content(self.root, self.memory, {**self.texts, file: text})

    def linked(self, content: Content) -> RuleBook:
        """Return the book of the company's day and currency, linking anew only what changed."""
        return link(content, self.book.as_of, self.book.currency, self.memo)

    def answers(self) -> AnswerChanges:
        """Return which answers would give the wanted outcome if they were otherwise."""
        return answer_changes(self.book, self.target, self.wanted, self.facts, self.decision)


def opened_for(root: Path, profile: Profile, day: int, wanted: str, target: str = "") -> Company:
    """Return a company in a workspace, decided on a day.

    `target` is the term that should become `wanted`; without it the first choice that the book promises to prove.
    """
    texts = {path.relative_to(root).as_posix(): read_text(path, path.relative_to(root).as_posix()) for path in content_files(root)}
    memory, memo = Memory(), Memo()
    content = read_content(root, memory, texts)
    book = link(content, day, profile.currency, memo)
    target = _target(book, target, wanted)
    facts = enter(book, profile)
    decision = decide(book, facts)
    wrong = contradictions(book, facts, dict(decision.values))
    if wrong:
        raise Problems(wrong)
    return Company(root, profile, content, book, texts, memory, memo, target, wanted, facts, decision)


def suggest(company: Company, because: Reason, listed: Path | None = None) -> Suggested:
    """Return the edits of rules that give a company the wanted outcome, fewest other companies moved first.

    `because` is the reason that a new row carries, by language.
    """
    book, bench = company.book, Bench(company.book, company.content)
    held = _held(company.root, company.content, book)
    companies = companies_for(book, listed)
    others = Others(book, company.target, companies.known)
    found = _working(company, bench, held, because)
    for item in found:
        tables = bench.tables(item.declared)
        assert tables is not None
        item.moved = others.moved(bench.nodes_from(tables), tables)
    found.sort(key=lambda item: (item.moved, len(item.edit.steps)))
    refused = list[Refused]()
    chosen = list(_chosen(company, bench, held, found, refused))
    shown = _with_changes(company, chosen, companies, others)
    return Suggested(shown, replace(companies, size=len(others.values)), len(held.outcomes), is_available(), tuple(refused))


def _working(company: Company, bench: Bench, held: HeldCases, because: Reason) -> list[_Found]:
    """Return the edits near the company's certificate that give it the wanted outcome, each once."""
    found: dict[str, _Found] = {}
    for edit in dict.fromkeys(Search(bench.book, company.values, answered_terms(bench.book, company.facts.known), because).edits(company.target, company.wanted)):
        item = _tried(company, bench, edit)
        if item is not None and edit.form == "exception":
            item = _apart(company, bench, held, item)
        if item is not None:
            found.setdefault(item.text, item)
    return list(found.values())


def _target(book: RuleBook, target: str, wanted: str) -> str:
    name = target or next((term for term in book.proved if term in book.terms and isinstance(book.terms[term].kind, Choice)), "")
    term = book.terms.get(name)
    node = next((node for node in book.nodes if node.term == name), None)
    if term is None:
        raise Problems([Problem("F201", f"unknown term `{name}`" if name else "the book promises to prove no choice", help=did_you_mean(name, book.terms) or "name one with --term")])
    if not isinstance(term.kind, Choice) or term.is_plan or not isinstance(node, Table) or node.policy != "unique":
        raise Problems([Problem("F203", f"`{name}` is no choice that a table of the core concludes, so no edit of it can be proven", help="name a term such as `strategy`")])
    if wanted not in term.kind.options:
        raise Problems(
            [Problem("F204", f"`{wanted}` is not one of the choices of `{name}`", help=did_you_mean(wanted, term.kind.options) or f"one of {', '.join(f'`{option}`' for option in term.kind.options)}")]
        )
    return name


def _held(root: Path, content: Content, mine: RuleBook) -> HeldCases:
    """Return the cases of the workspace that pass now."""
    cases, broken = all_cases(root)
    if broken:
        raise Problems(broken)
    found: list[Outcome] = []
    for case in cases:
        profile = read_profile_node(case.given, case.span.file)
        try:
            day, currency = profile.as_of or DAY, profile.currency
            # WHY: most cases are of the company's own day and currency, and its book is at hand
            book = mine if (day, currency or content.base) == (mine.as_of, mine.currency) else open_book(root, day, currency)
        except Problems:
            continue
        outcome = decide_case(book, profile, case)
        if not outcome.problems and not case.disagrees:
            found.append(outcome)
    return HeldCases(found, content)


def _tried(company: Company, bench: Bench, edit: RuleEdit) -> _Found | None:
    """Return an edit with its text if it gives the company the wanted outcome."""
    file = next(table.span.file for table in company.content.tables if table.name == edit.table)
    text = edited(company.texts[file], edit)
    declared = table_in(text, file, edit.table) if text is not None else None
    tables = bench.tables(declared) if declared is not None else None
    if text is None or declared is None or tables is None:
        return None
    after = recomputed(bench.nodes_from(tables), company.values, company.facts.known, tables)
    return _Found(edit, file, text, declared, 0) if after is not None and after[company.target] == company.wanted else None


def _apart(company: Company, bench: Bench, held: HeldCases, item: _Found) -> _Found | None:
    """Return an exception that leaves the companies of all cases alone: by what people decide on and the table tests, else by any answer."""
    broken = held.broken(item.declared)
    if not broken:
        return item if broken is not None else None
    answered = answered_terms(bench.book, company.facts.known)
    for is_wide in (False, True):
        columns = narrowing_columns(bench.book, company.target, item.declared, answered, is_wide=is_wide)
        edit = narrowed(item.edit, columns, company.values, [values for _, values in broken])
        made = _tried(company, bench, edit) if edit is not None else None
        if made is not None and held.broken(made.declared, 1) == []:
            return made
    return None


def _chosen(company: Company, bench: Bench, held: HeldCases, found: list[_Found], refused: list[Refused]) -> Iterator[Suggestion]:
    """Yield the edits that keep cases, checks and proofs, fewest others moved first, not too many of one form."""
    keeper = _keeper(company)
    known = {(problem.code, problem.message) for problem in checks.run(Seen(company.book, company.content, (), {}))}
    forms, texts = Counter[str](), set[str]()
    for item in found:
        form = item.edit.form
        if forms.total() == MOST:
            return
        if forms[form] >= MOST_OF_FORM.get(form, MOST):
            continue
        broken = held.broken(item.declared, 1)
        why = ("case", broken[0][0].name) if broken else None
        made = _made(company, item, known) if broken == [] else None
        if made is not None and keeper is not None:
            look = keeper.look(made.book, item.edit.table)
            why = keeper.lost(look)
            made = _without_idle_cells(company, bench, held, item, made, look, known) if why is None else made
        if why is not None and sum(other.why == why[0] for other in refused) < MOST_REFUSED:
            refused.append(Refused(_words(company, item), *why))
        if made is not None and why is None and made.text not in texts:
            texts.add(made.text)
            forms[form] += 1
            yield made


def _keeper(company: Company) -> "Keeper | None":
    """Return what tells lost proofs, or None where no solver is installed."""
    if not is_available():
        return None
    from fourfold.still_proven import Keeper

    return Keeper(company.book)


def _without_idle_cells(company: Company, bench: Bench, held: HeldCases, item: _Found, made: Suggestion, look: "Look", known: set[tuple[str, str]]) -> Suggestion:
    """Return an exception without the cells that change nothing: it says no more than it must, and moves nobody else."""
    step = item.edit.steps[0]
    while isinstance(step, NewRule) and (column := look.idle_column(step.rule)):
        step = replace(step, cells=tuple(cell for cell in step.cells if cell[0] != column))
        fewer = _tried(company, bench, replace(item.edit, steps=(step,))) if step.cells else None
        again = _made(company, replace(fewer, moved=item.moved), known) if fewer is not None and held.broken(fewer.declared, 1) == [] else None
        if again is None:
            break
        made, look = again, type(look)(again.book, item.edit.table)
    return made


def _words(company: Company, item: _Found) -> tuple[Edit, ...]:
    before = next(table for table in company.content.tables if table.name == item.edit.table)
    return edits(Content(company.content.base, tables=(before,)), Content(company.content.base, tables=(item.declared,)))


def _made(company: Company, item: _Found, known: set[tuple[str, str]]) -> Suggestion | None:
    """Return an edit with its book, if that can be linked and no check warns of something new."""
    try:
        content = company.content_with(item.file, item.text)
        book = company.linked(content)
        decision = decide(book, enter(book, company.profile))
    except Problems:
        return None
    if any((problem.code, problem.message) not in known for problem in checks.run(Seen(book, content, (), {}))):
        return None
    lines = difflib.unified_diff(company.texts[item.file].splitlines(), item.text.splitlines(), n=0, lineterm="")
    kept = tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))
    return Suggestion(item.edit, item.file, item.text, kept, _words(company, item), item.moved, None, book, decision)


def _with_changes(company: Company, chosen: list[Suggestion], companies: Listed, others: Others) -> tuple[Suggestion, ...]:
    """Return suggestions with the regions of companies that they move, and the exact counts in a list that was only sampled."""
    looked = [item for item in chosen if is_available() and not _is_own_region(company, item)]
    found = dict(zip(map(id, looked), changes_of_each(company.book, [item.book for item in looked], company.target, REGIONS), strict=True))
    return tuple(replace(item, change=found.get(id(item)) or _own_region(company, item), moved=_moved(company, item, companies, others)) for item in chosen)


def _moved(company: Company, item: Suggestion, companies: Listed, others: Others) -> int | None:
    if companies.is_sampled:
        return companies.counted(company.book, item.book, company.target)
    return item.moved if others.values else None


def _is_own_region(company: Company, item: Suggestion) -> bool:
    return item.edit.form == "exception" and item.edit.table == next(node.table for node in company.book.nodes if node.term == company.target and isinstance(node, Table))


def _own_region(company: Company, item: Suggestion) -> Change | None:
    """Return what a new row in the target's own table moves: its cells tell apart what the other rows do, so all in it were decided alike."""
    if not _is_own_region(company, item):
        return None
    (step,) = item.edit.steps
    assert isinstance(step, NewRule)
    return Change(company.target, (Region(step.cells, str(company.decision.values[company.target]), company.wanted, ()),), "none")
