"""Cases as they are written: in YAML, or as rows of a sheet."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from fourfold.problem import Collector, Problem, Problems
from fourfold.reading.document import Mapping, Node, Scalar, parse, read_text
from fourfold.reading.shape import is_items, is_mapping, is_scalar, only_keys
from fourfold.span import Span
from fourfold.suggest import did_you_mean

FOLDER = Path("tests") / "cases"
KEYS = ("case", "given", "expect", "plan", "says", "because", "disagrees")
WANTED = ("expect", "plan", "says")
PLAIN = ("case", "because", "disagrees")
ENDINGS = (".yaml", ".yml", ".csv")
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it is written."""

    name: str
    span: Span
    given: Mapping
    expect: tuple[tuple[Scalar, Node], ...]
    because: str
    disagrees: str = ""
    plan: tuple[tuple[Scalar, Node], ...] = ()
    says: tuple[tuple[Scalar, Node], ...] = ()


def case_files(root: Path) -> list[Path]:
    """Return the case files of a workspace, in the order of their names; nothing outside it."""
    inside = root.resolve()
    return [path for path in sorted((root / FOLDER).rglob("*")) if path.suffix in ENDINGS and path.resolve().is_relative_to(inside)]


def read_cases(path: Path, name: str) -> tuple[list[Case], list[Problem]]:
    """Return the cases of a file, and the problems of those that cannot be read."""
    try:
        return cases_of_text(read_text(path, name), name)
    except Problems as fault:
        return [], list(fault.problems)


def cases_of_text(text: str, name: str) -> tuple[list[Case], list[Problem]]:
    """Return the cases of a file's text, a sheet if its name ends so, and the problems of those that cannot be read."""
    try:
        return sheet_cases(text, name) if name.endswith(".csv") else cases_in(parse(text, name))
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
    given = is_mapping(body.get("given"), "`given`", problems)
    wanted = {key: is_mapping(body.get(key), f"`{key}`", problems) for key in WANTED}
    because, disagrees = is_scalar(body.get("because"), "`because`", problems), is_scalar(body.get("disagrees"), "`disagrees`", problems)
    expected = next((item for item in wanted.values() if item is not None), None)
    if name is None or given is None or expected is None or because is None:
        missing = next(key for key, item in (("case", name), ("given", given), ("expect", expected), ("because", because)) if item is None)
        problems.add("F402", f"a case has no `{missing}`", body.span, help="a case has case, given, expect (or plan, or says) and because")
        return None
    expect, plan, says = (item.entries if item else () for item in wanted.values())
    return Case(name.text, name.span, given, expect, because.text, disagrees.text if disagrees else "", plan, says)


# ---------------------------------------------------------------- sheets


def sheet_cases(text: str, name: str) -> tuple[list[Case], list[Problem]]:
    """Return the cases of a sheet: columns `case`, `because`, `given TERM` and `expect TERM`; an empty cell says nothing."""
    problems = Collector()
    rows = csv.reader(io.StringIO(text), strict=True)
    found: list[Case] = []
    try:
        head = [cell.strip() for cell in next(rows, [])]
        _check_head(head, name, problems)
        for row in rows:
            if len(found) >= MOST_ROWS:
                problems.add("F108", f"`{name}` has more than {MOST_ROWS:,} cases", Span(name, rows.line_num, 1), help="split the sheet")
                break
            if any(cell.strip() for cell in row) and not problems.found:
                found += [case for case in (_sheet_case(head, row, Span(name, rows.line_num, 1), problems),) if case is not None]
    except csv.Error as fault:
        problems.add("F102", f"`{name}` is no CSV: {fault}", Span(name, max(1, rows.line_num), 1), help="close every quotation mark; save it as CSV with commas")
    return found, problems.found


def _check_head(head: list[str], name: str, problems: Collector) -> None:
    for at, title in enumerate(head):
        if title in head[:at]:
            problems.add("F105", f"the column `{title}` stands here twice", Span(name, 1, 1), help="keep one")
        elif title not in PLAIN and not re.match(r"(given|expect) \S", title):
            problems.add("F109", f"a sheet of cases has no column `{title}`", Span(name, 1, 1), help=did_you_mean(title, PLAIN) or "write `case`, `because`, `given TERM` or `expect TERM`")
    for title in ("case", "because"):
        if title not in head:
            problems.add("F402", f"the sheet `{name}` has no column `{title}`", Span(name, 1, 1), help="the columns are case, because, given TERM …, expect TERM …")


def _sheet_case(head: list[str], row: list[str], place: Span, problems: Collector) -> Case | None:
    cells = {title: cell.strip() for title, cell in zip(head, row, strict=False) if cell.strip()}
    missing = [title for title in ("case", "because") if title not in cells]
    if missing or len(row) > len(head):
        what = f"a case has no `{missing[0]}`" if missing else f"a row has {len(row)} cells and the sheet {len(head)} columns"
        problems.add("F402", what, place, help="every row has case, because, given and expect" if missing else "quote a cell that holds a comma")
        return None
    given: dict[str, list[tuple[Scalar, Node]]] = {}
    plain: list[tuple[Scalar, Node]] = []
    for title, text in cells.items():
        kind, _, term = title.partition(" ")
        found = re.fullmatch(r"(\w+)\[(\w+)\]", term)
        if kind == "given" and found:
            given.setdefault(found[1], []).append((Scalar(found[2], place), Scalar(text, place)))
        elif kind == "given":
            plain.append((Scalar(term, place), Scalar(text, place)))
    plain += [(Scalar(term, place), Mapping(tuple(parts), place)) for term, parts in given.items()]
    expect = tuple((Scalar(title[7:].strip(), place), Scalar(text, place)) for title, text in cells.items() if title.startswith("expect "))
    return Case(cells["case"], place, Mapping(tuple(plain), place), expect, cells["because"], cells.get("disagrees", ""))
