"""A gap closed, and a witness kept: rows and cases written into the files of a workspace."""

import re
from pathlib import Path

from fourfold.cases import read_cases
from fourfold.cases.keeping import append_case
from fourfold.cases.text import case_text, value_text
from fourfold.content import content_files, read_content_texts
from fourfold.linking import link
from fourfold.model import RuleBook
from fourfold.outcomes import Known
from fourfold.problem import Problem, Problems
from fourfold.proving import Finding, Proved, prove_book
from fourfold.reading.document import Items, Mapping, Node, Scalar, read_text
from fourfold.rule_edits import RuleEdit, SetCell, edited
from fourfold.span import NOWHERE, Span
from fourfold.widening import offers
from fourfold.witnesses import Part, targets_of
from fourfold.writing import write_whole
from fourfold.written import TableDecl

PLAIN = re.compile(r"[a-z][a-z0-9_]*|-?\d[\d_]*(\.\d+)?%?")
UNTOLD = "To be told: why this follows. Added for a company that no row decided."


def fixed(root: Path, found: Proved, number: int, then: str, *, otherwise: bool) -> str:
    """Add the row that a gap misses, and return what was written; nothing is written unless it closes the gap and opens no conflict."""
    finding, table = _gap(found, number)
    row = row_text(finding.book, table, dict(finding.outcome.region), then, otherwise=otherwise)
    text = with_row(read_text(root / table.span.file, table.span.file), table, row)
    _write_proven(root, finding, table, text)
    return f"{table.span.file}: added to table `{table.name}`\n    {row}\n"


def widened(root: Path, found: Proved, number: int, rule: str) -> str:
    """Widen a rule so that it takes in a gap, and return what was written; nothing is written unless that closes the gap and opens no conflict."""
    finding, table = _gap(found, number)
    known = offers(finding.book, table, dict(finding.outcome.region))
    offer = next((item for item in known if item.rule == rule), None)
    if offer is None:
        names = ", ".join(f"`{item.rule}`" for item in known)
        raise Problems([Problem("F320", f"rule `{rule}` cannot take in finding {number}", finding.problem.span, help=f"these can: {names}" if names else "add a row with `--then VALUE`")])
    before = read_text(root / table.span.file, table.span.file)
    text = edited(before, RuleEdit("moved", table.name, (SetCell(rule, offer.column, offer.after),)))
    assert text is not None
    _write_proven(root, finding, table, text)
    return f"{table.span.file}: rule `{rule}` of table `{table.name}` widened: {offer.text().replace('`', '')}\n"


def _gap(found: Proved, number: int) -> tuple[Finding, TableDecl]:
    finding = _finding(found, number)
    outcome = finding.outcome
    if outcome.fault != "gap" or outcome.state != "refuted":
        raise Problems([Problem("F320", f"finding {number} is no gap, so no row closes it", finding.problem.span, help=finding.problem.help)])
    return finding, next(item for item in finding.book.content.tables if item.name == outcome.name)


def _write_proven(root: Path, finding: Finding, table: TableDecl, text: str) -> None:
    """Write a rule file if with it the gap is closed and no rules of its table contradict."""
    name = table.span.file
    texts = {path.relative_to(root).as_posix(): read_text(path, str(path)) for path in content_files(root)} | {name: text}
    book = link(read_content_texts(texts), finding.book.as_of)
    worse = [item for item in prove_book(book).findings if item.outcome.name == table.name and item.outcome.state == "refuted" and item.outcome.fault in ("gap", "conflict")]
    if any(item.outcome.fault == "conflict" or item.outcome.region == finding.outcome.region for item in worse):
        raise Problems([item.problem for item in worse])
    write_whole(root / name, text)


def row_text(book: RuleBook, table: TableDecl, region: dict[str, str], then: str, *, otherwise: bool) -> str:
    """Return a row of a table in one line."""
    ids = {rule.id for item in book.content.tables for rule in item.rules}
    stem = f"{table.name.replace('_', '-')}-{'rest' if otherwise else 'missing'}"
    name = next(one for one in (stem, *(f"{stem}-{at}" for at in range(2, len(ids) + 3))) if one not in ids)
    parts = [pair.partition("=") for pair in then.split(",")]
    value = _quoted(then) if len(table.concludes) == 1 else "{" + ", ".join(f"{term.strip()}: {_quoted(result.strip())}" for term, _, result in parts) + "}"
    cells = "{" + ", ".join(f"{column}: {_quoted(text)}" for column, text in region.items()) + "}"
    body = f"otherwise: {value}" if otherwise else f"when: {cells}, then: {value}"
    return f'- {{id: {name}, {body}, because: "{UNTOLD}"}}'


def _quoted(text: str) -> str:
    return text if PLAIN.fullmatch(text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def with_row(text: str, table: TableDecl, row: str) -> str:
    """Return a file's text with a row behind the last one of a table; comments and layout stay."""
    lines = text.split("\n")
    last = max((rule.span.line for rule in table.rules), default=table.span.line)
    start = next(at for at in range(last - 1, -1, -1) if re.match(r"\s*- ", lines[at]))
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) > indent:
        end += 1
    return "\n".join([*lines[:end], " " * indent + row, *lines[end:]])


# ---------------------------------------------------------------- keeping a witness


def kept(found: Proved, number: int, path: Path, then: str) -> str:
    """Append the witness of a finding to a file of cases (made where there is none), and return what was written.

    What the case expects is `then`, such as `strategy=focus`; without it, nothing yet.
    """
    finding = _finding(found, number)
    if not finding.outcome.facts:
        raise Problems([Problem("F320", f"finding {number} has no company to keep", finding.problem.span)])
    book, outcome = finding.book, finding.outcome
    with_day = bool(outcome.day) or any(node.term == "as_of" for node in Part(book, targets_of(book, outcome)).asked)
    expect = {term.strip(): value.strip() for term, _, value in (pair.partition("=") for pair in then.split(",") if pair)}
    because = "found by a proof: " + finding.problem.message.replace("`", "")
    written = ""
    for title, known in _companies(finding):
        name = _free_name(path, title)
        text = case_text(name, profile_of(book, known, with_day=with_day), expect, because)
        append_case(path, name, text)
        written += text
    return f"{path}:\n{written}"


def _free_name(path: Path, title: str) -> str:
    taken = {case.name for case in read_cases(path, str(path))[0]} if path.exists() else set()
    return next(name for name in (title, *(f"{title} ({at})" for at in range(2, len(taken) + 3))) if name not in taken)


def _companies(finding: Finding) -> list[tuple[str, Known]]:
    outcome, known = finding.outcome, dict(finding.outcome.facts)
    title = f"{outcome.fault.replace('-', ' ')} at {outcome.name}"
    return [(title, known), (f"{title}, with more", known | dict(outcome.also))] if outcome.fault == "lost-with-more" else [(title, known)]


def profile_of(book: RuleBook, known: Known, *, with_day: bool) -> dict[str, Node]:
    """Return facts as a profile has them: sets as lists, one value an entity as keys with values."""
    sets = {term.name for term in book.content.terms if term.kind.word == "set"}
    found: dict[str, Node] = {}
    for term, value in known.items():
        plain, _, entity = term.rstrip("]").partition("[")
        text = Scalar(value_text(book.terms[term].kind, value), NOWHERE)
        before = found.get(plain)
        if plain in sets:
            members = before.items if isinstance(before, Items) else ()
            found[plain] = Items((*members, Scalar(entity, NOWHERE)) if value == "true" else members, NOWHERE)
        elif entity:
            found[plain] = Mapping((*(before.entries if isinstance(before, Mapping) else ()), (Scalar(entity, NOWHERE), text)), NOWHERE)
        elif (term, value) != ("currency", book.currency) and (term != "as_of" or with_day):
            found[plain] = text
    return found


def _finding(found: Proved, number: int) -> Finding:
    if 0 < number <= len(found.findings):
        return found.findings[number - 1]
    raise Problems([Problem("F320", f"there is no finding {number}", Span("", 0, 0), help=f"`fourfold prove` shows {len(found.findings)}")])
