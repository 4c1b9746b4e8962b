"""Workspaces: made, checked, and their figures listed."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import jinja2

from fourfold import checks
from fourfold.content import content_root, read_content
from fourfold.expression.kinds import Number
from fourfold.expression.show import decimal_text
from fourfold.linking import link
from fourfold.model import RuleBook, Value
from fourfold.problem import Problem, Problems
from fourfold.reading.document import parse, read_text
from fourfold.report import Speaker
from fourfold.span import Span

PARTS = ("rules", "knowledge", "templates", "tests/cases", "examples")
WEAKNESS = {"low": 0, "medium": 1, "high": 2}


def make_workspace(folder: Path) -> dict[str, int]:
    """Copy the shipped content into a new folder; return how many files each part has."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Problems([Problem("F116", f"`{folder}` is there already and not empty", Span(str(folder), 1, 1), help="name a new folder")])
    root, made = content_root(), {}
    try:
        for part in PARTS:
            source = root / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"))
                made[part] = sum(1 for path in (folder / part).rglob("*") if path.is_file())
    except OSError as fault:
        raise Problems([Problem("F116", f"cannot write `{folder}`: {(fault.strerror or 'refused').lower()}", Span(str(folder), 1, 1))]) from None
    return made


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a workspace found, and how much it read."""

    problems: tuple[Problem, ...]
    rules: int = 0
    tables: int = 0
    terms: int = 0
    figures: int = 0

    def summary(self, language: str) -> str:
        """Return one line: what was read, how many problems."""
        wrong = sum(1 for problem in self.problems if not problem.is_warning)
        warned = len(self.problems) - wrong
        if language == "zh":
            return f"{self.rules} 条规则、{self.tables} 张表、{self.terms} 个词条、{self.figures} 个数据;{wrong} 个问题、{warned} 个提醒"
        return f"{self.rules} rules in {self.tables} tables, {self.terms} terms, {self.figures} figures: {wrong} problems, {warned} warnings"


def check_workspace(root: Path, today: int) -> Checked:
    """Return every problem of a workspace; a later stage is looked at only when the one before is clean."""
    try:
        content = read_content(root)
        book = link(content, today)
    except Problems as fault:
        return Checked((*fault.problems, *_templates(root)))
    found = [*_other_days(book), *_templates(root), *_cases(root), *checks.run(book)]
    figures = sum(1 for value in book.values.values() if isinstance(value.value, int) and not value.is_otherwise)
    return Checked(Problems(found).problems, sum(len(table.rules) for table in content.tables), len(content.tables), len(content.terms), figures)


def _other_days(book: RuleBook) -> list[Problem]:
    """Return the problems of the book on the other days on which something begins or ends."""
    found: list[Problem] = []
    for day in book.changes[:20]:
        try:
            link(book.content, day)
        except Problems as fault:
            found.extend(fault.problems)
    return found


def _templates(root: Path) -> list[Problem]:
    found = []
    env = jinja2.Environment(autoescape=False)  # noqa: S701  # nothing is rendered here
    for path in sorted((root / "templates").rglob("*.j2")):
        name = path.relative_to(root).as_posix()
        try:
            env.parse(read_text(path, name))
        except jinja2.TemplateSyntaxError as fault:
            found.append(Problem("F502", f"template error: {fault.message}", Span(name, fault.lineno, 1)))
    return found


def _cases(root: Path) -> list[Problem]:
    found: list[Problem] = []
    for path in sorted((root / "tests" / "cases").rglob("*.yaml")):
        name = path.relative_to(root).as_posix()
        try:
            parse(read_text(path, name), name)
        except Problems as fault:
            found.extend(fault.problems)
    return found


def figures(root: Path, today: int, language: str, kind: str | None, *, stale: bool) -> list[dict[str, object]]:
    """Return every number of the knowledge with its origin, weakest and oldest first."""
    book = link(read_content(root), today)
    speaker = Speaker(book, language, book.currency)
    limit = _stale_years(book)
    rows = []
    for name, value in book.values.items():
        if value.is_otherwise or not isinstance(value.value, int) or (kind and not name.startswith(f"{kind}.")):
            continue
        year = int(value.origin.date[:4]) if value.origin.date[:4].isdigit() else 0
        is_stale = not value.origin.is_estimate and today // 365.2425 - year > limit
        if not stale or is_stale:
            rows.append((WEAKNESS.get(value.origin.confidence, 0), year, name, _figure(book, speaker, name, value, stale=is_stale)))
    rows.sort(key=lambda row: row[:3])
    return [row[3] for row in rows]


def _stale_years(book: RuleBook) -> int:
    found = book.values.get("stale_years")
    return found.value if found is not None and isinstance(found.value, int) else 3


def _figure(book: RuleBook, speaker: Speaker, name: str, value: Value, *, stale: bool) -> dict[str, object]:
    shape = _kind(book, name)
    assert isinstance(value.value, int)
    unit = (value.currency or book.base if shape.form == "money" else "%" if shape.form == "percent" else shape.unit) + (f" a {shape.per}" if shape.per else "")
    origin = value.origin
    return {
        "figure": name,
        "name": speaker.figure(name),
        "value": decimal_text(value.value, shape.shown),
        "unit": unit,
        "low": None if value.low is None else decimal_text(value.low, shape.shown),
        "high": None if value.high is None else decimal_text(value.high, shape.shown),
        "source": ", ".join(origin.sources) or "estimate",
        "near": ", ".join(origin.near),
        "date": origin.date,
        "confidence": origin.confidence,
        "because": origin.because.text(speaker.language),
        "stale": stale,
        "place": f"{value.span.file}:{value.span.line}",
    }


def _kind(book: RuleBook, name: str) -> Number:
    owner, _, rest = name.partition(".")
    plain = rest.partition("[")[0]
    for attribute in book.content.attributes:
        if attribute.kind_name == owner and attribute.name == plain:
            decl = attribute.kind
            break
    else:
        decl = next(term.kind for term in book.content.terms if term.name == name)
    return Number(decl.word, decl.scale + (2 if decl.word == "percent" else 0), 0, 0, decl.unit, decl.per)
