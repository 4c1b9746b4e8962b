"""Workspaces: made, checked, and their figures listed."""

import shutil
from pathlib import Path

from fourfold.content import content_root, read_content
from fourfold.expression.kinds import Number
from fourfold.expression.show import decimal_text
from fourfold.linking import link
from fourfold.model import RuleBook, Value
from fourfold.problem import Problem, Problems
from fourfold.report import Speaker
from fourfold.span import Span

PARTS = ("rules", "knowledge", "templates", "tests/cases", "examples")
WEAKNESS = {"low": 0, "medium": 1, "high": 2}


def make_workspace(folder: Path, *, tutorial: bool = False) -> dict[str, int]:
    """Copy the shipped content, or the tutorial with its mistakes, into a new folder; return how many files each part has."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Problems([Problem("F116", f"`{folder}` is there already and not empty", Span(str(folder), 1, 1), help="name a new folder")])
    root, made = content_root(), {}
    if tutorial:
        root = root / "examples" / "tutorial"
    try:
        for part in PARTS:
            source = root / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "tutorial"))
                made[part] = sum(1 for path in (folder / part).rglob("*") if path.is_file())
    except OSError as fault:
        raise Problems([Problem("F116", f"cannot write `{folder}`: {(fault.strerror or 'refused').lower()}", Span(str(folder), 1, 1))]) from None
    return made


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
