"""A user's list of companies: a folder of profiles, one profile, JSON lines, or CSV whose columns are named by terms."""

import csv
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fourfold.door.profile import read_profile
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Items, Mapping, Node, Scalar, read_text
from fourfold.span import Span
from fourfold.suggest import did_you_mean

NAMES = ("id", "company", "name")
DOOR = ("currency", "as_of")


@dataclass(frozen=True, slots=True)
class Company:
    """One company of a list: its name, and its answers as they are written."""

    name: str
    answers: Mapping


def companies_of(path: Path) -> Iterator[Company]:
    """Yield the companies of a list; what cannot be read is a problem with its place."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml") and file.is_file())
        if not files:
            raise Problems([Problem("F101", f"`{path}` holds no profiles", Span(str(path), 1, 1), help="give a folder of .yaml profiles, a .csv or a .jsonl file")])
        for file in files:
            yield Company(file.stem, read_profile(read_text(file, str(file)), str(file)).document)
    elif path.suffix == ".csv":
        yield from _csv(path)
    elif path.suffix in (".jsonl", ".ndjson"):
        yield from _json_lines(path)
    else:
        document = read_profile(read_text(path, str(path)), str(path)).document
        if document.entries:
            yield Company(path.stem, document)


def check_columns(path: Path, names: Collection[str]) -> None:
    """Raise every column of a CSV list that no term is named by; `names` are the terms and registers of the books."""
    if path.suffix != ".csv" or not path.is_file():
        return
    with _opened_csv(path) as rows:
        head = [text.strip() for text in next(rows, [])]
    known = {*names, *NAMES, *DOOR, ""}
    wrong = [text for text in head if text.removesuffix("]").partition("[")[0] not in known]
    if wrong:
        span = Span(str(path), 1, 1)
        raise Problems(
            [Problem("F109", f"no term is named `{text[:40]}`", span, help=did_you_mean(text, known) or "name the column by a term of knowledge/terms.yaml, or take it out") for text in wrong]
        )


@contextmanager
def _opened_csv(path: Path) -> Iterator[Iterator[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.reader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise Problems([Problem("F101", f"`{path}` cannot be read: {_reason(fault)}", Span(str(path), 1, 1), help="save it as CSV in UTF-8, with a row of term names")]) from None


def _csv(path: Path) -> Iterator[Company]:
    with _opened_csv(path) as rows:
        head = [text.strip() for text in next(rows, [])]
        names = [head.index(name) for name in NAMES if name in head]
        columns = [_column(text, Span(str(path), 1, 1)) for text in head]
        for number, row in enumerate(rows, 2):
            given = [(column, value) for column, value in zip(columns, row, strict=False) if value and column is not None]
            if given:
                name = next((row[at] for at in names if at < len(row) and row[at]), f"row {number}")
                yield Company(name, _row(given, Span(str(path), number, 1)))


def _reason(fault: Exception) -> str:
    return (getattr(fault, "strerror", None) or "it is no CSV in UTF-8").lower()


def _json_lines(path: Path) -> Iterator[Company]:
    for number, line in enumerate(read_text(path, str(path)).splitlines(), 1):
        if not line.strip():
            continue
        span = Span(str(path), number, 1)
        try:
            data = json.loads(line)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise Problems([Problem("F102", f"line {number} of `{path}` is no JSON object", span, help='write one company a line, such as {"industry": "beauty", "monthly_budget": 30000}')])
        name = next((str(data[key]) for key in NAMES if data.get(key)), f"line {number}")
        yield Company(name, _mapping({key: value for key, value in data.items() if key != "id" and value is not None}, span))


def _column(text: str, span: Span) -> tuple[Scalar, Scalar | None] | None:
    """Return the term and the entity that a column is named by; None for one that says who the company is."""
    if text in ("id", ""):
        return None
    plain, _, entity = text.removesuffix("]").partition("[")
    return Scalar(plain, span), Scalar(entity, span) if entity else None


def _row(given: list[tuple[tuple[Scalar, Scalar | None], str]], span: Span) -> Mapping:
    """Return the filled cells of a row as a profile has them; `reading[douyin_ads]` becomes an entry of `reading`."""
    single: list[tuple[Scalar, Node]] = []
    grouped: dict[str, tuple[Scalar, list[tuple[Scalar, Node]]]] = {}
    for (term, entity), text in given:
        if entity is not None:
            grouped.setdefault(term.text, (term, []))[1].append((entity, Scalar(text, span)))
        else:
            single.append((term, Scalar(text, span)))
    return Mapping((*single, *((term, Mapping(tuple(members), span)) for term, members in grouped.values())), span)


def _mapping(data: dict[str, object], span: Span) -> Mapping:
    """Return keys with values as a profile has them; `reading[douyin_ads]` becomes an entry of `reading`."""
    entries: dict[str, Node] = {}
    for key, value in data.items():
        plain, _, entity = key.rstrip("]").partition("[")
        node = _node(value, span)
        if entity:
            before = entries.get(plain)
            entries[plain] = Mapping((*(before.entries if isinstance(before, Mapping) else ()), (Scalar(entity, span), node)), span)
        else:
            entries[plain] = node
    return Mapping(tuple((Scalar(key, span), node) for key, node in entries.items()), span)


def _node(value: object, span: Span) -> Node:
    if isinstance(value, dict):
        return _mapping({str(key): part for key, part in value.items()}, span)
    if isinstance(value, list):
        return Items(tuple(_node(part, span) for part in value), span)
    return Scalar({True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value), span)
