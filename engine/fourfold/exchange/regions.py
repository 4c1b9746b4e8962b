"""From a place in a YAML file back to the cell of the sheet that wrote it."""

from collections.abc import Iterable
from dataclasses import replace

from fourfold.exchange.compare import Incoming
from fourfold.exchange.nouns import Row, Sheet
from fourfold.exchange.places import Place
from fourfold.exchange.shelf import Shelf
from fourfold.problem import Problem
from fourfold.span import Span

Region = tuple[str, int, int, Span]


def in_sheets(shelf: Shelf, came: list[tuple[Incoming, Sheet]], problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with each place that stands in an imported sheet as its cell; others keep their line."""
    regions = [region for item, now in came for region in _regions(item, now)]
    return [replace(problem, span=_moved(shelf, regions, problem.span), labels=tuple(replace(label, span=_moved(shelf, regions, label.span)) for label in problem.labels)) for problem in problems]


def _moved(shelf: Shelf, regions: list[Region], span: Span) -> Span:
    text = shelf.texts.get(span.file)
    if text is None or not span.line:
        return span
    at = 0
    for _ in range(span.line - 1):
        at = text.find("\n", at) + 1
    at += span.column - 1
    inside = [region for region in regions if region[0] == span.file and region[1] <= at < max(region[2], region[1] + 1)]
    return min(inside, key=lambda region: region[2] - region[1])[3] if inside else span


def _regions(came: Incoming, now: Sheet) -> list[Region]:
    """Return the characters that each row and each cell of a sheet stands for in the files."""
    found: list[Region] = []
    rows = {row.key: row for row in now.rows}
    for row in came.sheet.rows:
        there = rows.get(row.key)
        if there is None or there.base is None:
            continue
        node = there.base.at(there.prefix)
        if node is not None:
            start = _start(there)
            found.append((there.file, min(start, node.start), node.end, came.place(row.key)))
        for column in came.sheet.columns:
            path = there.paths.get(column.name, column.path)
            region = _cell(there.base, (*there.prefix, *path)) if path else None
            if region is not None:
                found.append((there.file, *region, came.place(row.key, column.name)))
    return found


def _start(row: Row) -> int:
    """Return where a row begins: with its name, where it is a key."""
    assert row.base is not None
    key = row.holder.entries[row.index][0] if row.holder is not None else None
    return key.start if key is not None else row.base.start


def _cell(base: Place, path: tuple[str, ...]) -> tuple[int, int] | None:
    holder = base.at(path[:-1])
    if holder is None:
        return None
    if holder.what == "list":
        value = base.at(path)
        return (value.start, value.end) if value is not None else None
    key, value = holder.key(path[-1]), holder.get(path[-1])
    return (key.start, max(value.end, key.end)) if key is not None and value is not None else None
