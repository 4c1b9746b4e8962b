"""Workspaces: made, checked, and their figures listed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from fourfold.content import content_root, read_content
from fourfold.expression.kinds import Number
from fourfold.expression.show import decimal_text
from fourfold.linking import link
from fourfold.model import RuleBook, Value
from fourfold.problem import Problem, Problems
from fourfold.report import Speaker
from fourfold.span import Span
from fourfold.written import ByOption, DrawDecl, Origin, Parts, Tree, WrittenExpr

DRAWS = "population"
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
    for draw in _draws(book.content.population) if kind in (None, DRAWS) else ():
        year = int(draw.origin.date[:4]) if draw.origin.date[:4].isdigit() else 0
        is_stale = not draw.origin.is_estimate and today // 365.2425 - year > limit
        if not stale or is_stale:
            rows.append((WEAKNESS.get(draw.origin.confidence, 0), year, f"{DRAWS}.{draw.name}", _draw(book, speaker, draw, stale=is_stale)))
    rows.sort(key=lambda row: row[:3])
    return [row[3] for row in rows]


def _draws(steps: tuple[DrawDecl, ...]) -> Iterator[DrawDecl]:
    """Yield the draws of a population that tell where they come from, those within a loop too."""
    for step in steps:
        if step.origin.date or step.origin.sources or step.origin.is_estimate:
            yield step
        yield from _draws(step.inner)


def _origin(origin: Origin, speaker: Speaker) -> dict[str, object]:
    return {
        "source": ", ".join(origin.sources) or "estimate",
        "near": ", ".join(origin.near),
        "date": origin.date,
        "confidence": origin.confidence,
        "because": origin.because.text(speaker.language),
    }


def _draw(book: RuleBook, speaker: Speaker, draw: DrawDecl, *, stale: bool) -> dict[str, object]:
    """Return a draw as a figure: its distribution in the words of the file."""
    origin = draw.origin
    return {
        "figure": f"{DRAWS}.{draw.name}",
        "name": speaker.term(draw.name),
        "value": f"{draw.form} {_written(draw.tree)}".strip() if draw.tree is not None else draw.form,
        "unit": draw.unit or _unit_of(book, draw),
        "low": _written(draw.low) or None,
        "high": _written(draw.high) or None,
        **_origin(origin, speaker),
        "stale": stale,
        "place": f"{draw.span.file}:{draw.span.line}",
    }


def _unit_of(book: RuleBook, draw: DrawDecl) -> str:
    """Return what a draw counts in: weights and chances say so, a term's draw has the term's unit."""
    if draw.form in ("choose", "pick"):
        return "weights"
    if draw.form in ("yes", "members"):
        return "% of companies"
    return next((_unit(_kind(book, term.name), book.base) for term in book.content.terms if term.name == draw.name), "") or "number"


def _unit(shape: Number, currency: str) -> str:
    return (currency if shape.form == "money" else "%" if shape.form == "percent" else shape.unit) + (f" a {shape.per}" if shape.per else "")


def _written(tree: Tree | None) -> str:
    """Return a distribution as text: parameters and weights by name, one branch for each option of an earlier draw."""
    match tree:
        case WrittenExpr():
            return tree.text
        case Parts():
            return ", ".join(f"{name} {_written(inner)}".strip() for name, _, inner in tree.items)
        case ByOption():
            branches = [(name, inner) for name, _, inner in tree.options] + ([("otherwise", tree.otherwise)] if tree.otherwise is not None else [])
            return f"by {tree.name}: " + "; ".join(f"{name} ({_written(inner)})" for name, inner in branches)
        case None:
            return ""


def _stale_years(book: RuleBook) -> int:
    found = book.values.get("stale_years")
    return found.value if found is not None and isinstance(found.value, int) else 3


def _figure(book: RuleBook, speaker: Speaker, name: str, value: Value, *, stale: bool) -> dict[str, object]:
    shape = _kind(book, name)
    assert isinstance(value.value, int)
    unit = _unit(shape, value.currency or book.base)
    origin = value.origin
    return {
        "figure": name,
        "name": speaker.figure(name),
        "value": decimal_text(value.value, shape.shown),
        "unit": unit,
        "low": None if value.low is None else decimal_text(value.low, shape.shown),
        "high": None if value.high is None else decimal_text(value.high, shape.shown),
        **_origin(origin, speaker),
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
