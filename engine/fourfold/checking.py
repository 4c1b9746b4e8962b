"""A workspace checked: read, linked, looked over, with its templates and cases; only what changed is read again."""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import jinja2

from fourfold import checks
from fourfold.cases import Case, cases_in, read_cases
from fourfold.checks.seen import Seen, SeenCase
from fourfold.content import read_content, read_content_texts
from fourfold.linking import link
from fourfold.model import RuleBook
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Mapping, Node, Scalar, parse, read_text
from fourfold.report import compiled_templates
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import Content

MOST_DAYS = 20
WIDTH = 96


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a workspace found, and how much it read."""

    problems: tuple[Problem, ...]
    rules: int = 0
    tables: int = 0
    terms: int = 0
    figures: int = 0

    def summary(self, _: str = "en") -> str:
        """Return one line that says how much was read and found."""
        wrong = sum(1 for problem in self.problems if not problem.is_warning)
        warned = len(self.problems) - wrong
        return f"{self.rules} rules in {self.tables} tables, {self.terms} terms, {self.figures} figures: {wrong} problems, {warned} warnings"


def check_workspace(root: Path, today: int) -> Checked:
    """Return every problem of a workspace; a later stage is looked at only when the one before is clean."""
    try:
        content = read_content(root)
        book = link(content, today)
    except Problems as fault:
        return Checked((*fault.problems, *templates_of(root)[1]))
    templates, wrong = templates_of(root)
    cases, broken = cases_of(root, content)
    found = [*_other_days(book), *wrong, *broken, *checks.run(Seen(book, content, cases, templates))]
    figures = sum(1 for value in book.values.values() if isinstance(value.value, int) and not value.is_otherwise)
    return Checked(Problems(found).problems, sum(len(table.rules) for table in content.tables), len(content.tables), len(content.terms), figures)


def seen_of(texts: dict[str, str], today: int) -> Seen:
    """Return a workspace given as texts by name, such as `rules/a.yaml`, as the checks see it; what cannot be read or linked is raised."""
    content = read_content_texts({name: text for name, text in texts.items() if name.startswith(("rules/", "knowledge/"))})
    book = link(content, today)
    cases: list[SeenCase] = []
    for name in sorted(texts):
        if name.startswith("tests/cases/"):
            cases += [_seen(case, _given_names(content)) for case in cases_in(parse(texts[name], name))[0]]
    return Seen(book, content, tuple(cases), {name: text for name, text in texts.items() if name.startswith("templates/")})


def _given_names(content: Content) -> set[str]:
    return {term.name for term in content.terms} | {register.name for register in content.registers}


def _other_days(book: RuleBook) -> list[Problem]:
    """Return the problems of the book on the days to come on which something begins or ends."""
    found: list[Problem] = []
    for day in [day for day in book.changes if day > book.as_of][:MOST_DAYS]:
        try:
            link(book.content, day)
        except Problems as fault:
            found.extend(fault.problems)
    return found


def templates_of(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """Return the templates of a workspace as texts by name, and the problems of those that cannot be read."""
    texts: dict[str, str] = {}
    found: list[Problem] = []
    env = compiled_templates(root)
    inside = root.resolve()
    for path in sorted((root / "templates").rglob("*.j2")):
        name = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(inside):
            continue
        try:
            texts[name] = read_text(path, name)
            env.get_template(path.relative_to(root / "templates").as_posix())
        except Problems as fault:
            found.extend(fault.problems)
        except jinja2.TemplateSyntaxError as fault:
            found.append(Problem("F502", f"template error: {fault.message}", Span(name, fault.lineno, 1)))
    return texts, found


def cases_of(root: Path, content: Content) -> tuple[tuple[SeenCase, ...], list[Problem]]:
    """Return the cases of a workspace as the checks see them, and the problems of those that cannot be read."""
    names = _given_names(content)
    seen: list[SeenCase] = []
    found: list[Problem] = []
    for path in sorted((root / "tests" / "cases").rglob("*.yaml")):
        cases, problems = read_cases(path, path.relative_to(root).as_posix())
        found += problems
        seen += [_seen(case, names) for case in cases]
    return tuple(seen), found


def _seen(case: Case, names: set[str]) -> SeenCase:
    expect = tuple((key.text, _written(value), key.span) for key, value in case.expect)
    return SeenCase(case.name, case.span, tuple(_facts(case.given, names)), expect, bool(case.disagrees))


def _facts(given: Mapping, names: set[str]) -> list[tuple[str, str, Span]]:
    """Return the facts of a profile without its headings."""
    found: list[tuple[str, str, Span]] = []
    for key, value in given.entries:
        if isinstance(value, Mapping) and key.text not in names:
            found += _facts(value, names)
        else:
            found.append((key.text, _written(value), key.span))
    return found


def _written(node: Node) -> str:
    """Return a node as one text, whatever its layout."""
    match node:
        case Scalar():
            return node.text
        case Mapping():
            return "{" + ", ".join(f"{key.text}: {_written(value)}" for key, value in node.entries) + "}"
        case _:
            return "[" + ", ".join(_written(item) for item in node.items) + "]"


# ---------------------------------------------------------------- the checks themselves


def explained(name: str) -> str:
    """Return what a check, named or given by its code, says of itself; an unknown one is a problem."""
    found = next((check for check in checks.every_check() if name in (check.name, check.code)), None)
    if found is None:
        known = [check.name for check in checks.every_check()]
        raise Problems([Problem("F204", f"`{name}` is not a check", help=did_you_mean(name, known) or "`fourfold check --list` shows all")])
    parts = [f"{found.name} ({found.code})", found.title, *(f"{head}\n{textwrap.fill(text, WIDTH, initial_indent='  ', subsequent_indent='  ')}" for head, text in found.parts)]
    return "\n".join([parts[0], parts[1], "", *parts[2:]]) + "\n"


def listed_checks() -> str:
    """Return every check with its code and what it finds, one a line."""
    every = checks.every_check()
    width = max(len(check.name) for check in every)
    return "".join(f"{check.code}  {check.name:<{width}}  {check.title.removeprefix('Find ').rstrip('.')}\n" for check in every)
