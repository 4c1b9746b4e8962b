"""A workspace checked: read, linked, looked over, with its templates and cases; only what changed is read again."""

import gc
import hashlib
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fourfold import cache, checks
from fourfold.cases import Case, case_files, cases_of_text
from fourfold.checked import Checked
from fourfold.checks.seen import Seen, SeenCase
from fourfold.content import read_content, read_content_texts
from fourfold.linking import link
from fourfold.linking.memo import Memo
from fourfold.model import RuleBook
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Mapping, Node, Scalar, read_text
from fourfold.reading.sections import Memory
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import Content

MOST_DAYS = 20
WIDTH = 96


def check_workspace(root: Path, today: int) -> Checked:
    """Return every problem of a workspace; a later stage is looked at only when the one before is clean."""
    return Checker(root).check(today)


@dataclass(slots=True)
class Checker:
    """Checks one workspace again and again; `texts` stand for files that an editor holds and has not saved."""

    root: Path
    texts: dict[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    memo: Memo = field(default_factory=Memo)
    templates: dict[str, tuple[str, tuple[Problem, ...]]] = field(default_factory=dict)
    case_files: dict[str, tuple[str, tuple[list[Case], list[Problem]]]] = field(default_factory=dict)
    seen: Seen | None = None

    def check(self, today: int) -> Checked:
        """Return every problem of the workspace as it is now, reading again only what changed."""
        # WHY: the many small objects made here all stay, so looking for garbage among them costs a fifth of the time
        gc.disable()
        try:
            return self._checked(today)
        finally:
            gc.enable()

    def _checked(self, today: int) -> Checked:
        texts, wrong = self._templates()
        try:
            content = read_content(self.root, self.memory, self.texts)
            book = link(content, today, "", self.memo)
        except Problems as fault:
            return Checked(Problems([*fault.problems, *wrong]).problems)
        cases, broken = self._cases(content)
        self.seen = Seen(book, content, cases, texts)
        found = [*_other_days(book), *wrong, *broken, *checks.run(self.seen)]
        figures = sum(1 for value in book.values.values() if isinstance(value.value, int) and not value.is_otherwise)
        return Checked(Problems(found).problems, sum(len(table.rules) for table in content.tables), len(content.tables), len(content.terms), figures)

    def _templates(self) -> tuple[dict[str, str], list[Problem]]:
        """Return the templates of a workspace as texts by name, and the problems of those that cannot be read."""
        texts: dict[str, str] = {}
        found: list[Problem] = []
        inside = self.root.resolve()
        for path in sorted((self.root / "templates").rglob("*.j2")):
            name = path.relative_to(self.root).as_posix()
            if path.resolve().is_relative_to(inside):
                try:
                    texts[name] = self.texts.get(name) or read_text(path, name)
                except Problems as fault:
                    found.extend(fault.problems)
                    continue
                if name not in self.templates or self.templates[name][0] != texts[name]:
                    self.templates[name] = (texts[name], _template_problems(name, texts[name]))
                found += self.templates[name][1]
        return texts, found

    def _cases(self, content: Content) -> tuple[tuple[SeenCase, ...], list[Problem]]:
        """Return the cases of a workspace as the checks see them, and the problems of those that cannot be read."""
        names = _given_names(content)
        seen: list[SeenCase] = []
        found: list[Problem] = []
        for path in case_files(self.root):
            name = path.relative_to(self.root).as_posix()
            try:
                text = self.texts.get(name) or read_text(path, name)
            except Problems as fault:
                found.extend(fault.problems)
                continue
            if name not in self.case_files or self.case_files[name][0] != text:
                self.case_files[name] = (text, cases_of_text(text, name))
            cases, problems = self.case_files[name][1]
            found += problems
            seen += [_seen(case, names) for case in cases]
        return tuple(seen), found

    def files(self) -> dict[str, tuple[int, int]]:
        """Return the size and time of change of each file that a check reads."""
        places = [path for folder in ("rules", "knowledge", "templates", "tests/cases") for path in (self.root / folder).rglob("*")]
        found = {}
        for path in places:
            with suppress(OSError):
                stat = path.stat()
                found[str(path)] = (stat.st_size, stat.st_mtime_ns)
        return found


def _template_problems(name: str, text: str) -> tuple[Problem, ...]:
    """Return the mistake of a template's form, if it has one; what is known to be right is kept in the user's cache."""
    key = f"right template {hashlib.sha256(text.encode()).hexdigest()}"
    if cache.load(key) == b"right":
        return ()
    import jinja2

    try:
        jinja2.Environment(autoescape=False).parse(text)  # noqa: S701  # nothing is rendered here
    except jinja2.TemplateSyntaxError as fault:
        return (Problem("F502", f"template error: {fault.message}", Span(name, fault.lineno, 1)),)
    cache.store(key, b"right")
    return ()


def watch(root: Path, today: Callable[[], int], wait: Callable[[], bool]) -> Iterator[Checked]:
    """Check a workspace, and again whenever a file of it changes; `wait` pauses, and says whether to go on."""
    checker = Checker(root)
    before: dict[str, tuple[int, int]] | None = None
    while True:
        now = checker.files()
        if now != before:
            before = now
            yield checker.check(today())
        if not wait():
            return


def seen_of(texts: dict[str, str], today: int) -> Seen:
    """Return a workspace given as texts by name, such as `rules/a.yaml`, as the checks see it; what cannot be read or linked is raised."""
    content = read_content_texts({name: text for name, text in texts.items() if name.startswith(("rules/", "knowledge/"))})
    book = link(content, today)
    cases: list[SeenCase] = []
    for name in sorted(texts):
        if name.startswith("tests/cases/"):
            cases += [_seen(case, _given_names(content)) for case in cases_of_text(texts[name], name)[0]]
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


def _seen(case: Case, names: set[str]) -> SeenCase:
    expect = tuple((key.text, _written(value), key.span) for key, value in case.expect)
    of_plan = tuple((key.text, _written(value), key.span) for key, value in (*case.plan, *case.says))
    return SeenCase(case.name, case.span, tuple(_facts(case.given, names)), expect, bool(case.disagrees), of_plan)


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
