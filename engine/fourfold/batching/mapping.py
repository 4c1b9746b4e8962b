"""The mapping of columns to terms: a value, kept as a file that people can edit."""

import json
from collections.abc import Mapping as Names
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from fourfold.model import RuleBook
from fourfold.problem import Collector, Problem, Problems
from fourfold.reading.document import Mapping, Node, Scalar, parse, read_text
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed

ROLES = ("id", "company", "currency", "as_of")
FORMS = ("NAICS", "SIC", "NACE", "GB/T 4754", "fraction", "fraction below 1", "percent", "country", "day first", "month first", "decimal point", "decimal comma")
KEYS = ("term", "times", "currency", "per", "form", "values")


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read.

    `term` is a ground term such as `reading[douyin_ads]`, a role (id, company, currency, as_of), or empty: not
    used. A number is multiplied by `times`, is in `currency`, and is of a `per` (year, month). `values` says what
    words of the file mean. `how` it was found and whether that is sure; `readable` is the share of sampled cells
    that could be read.
    """

    header: str
    term: str = ""
    how: str = ""
    is_sure: bool = True
    times: Fraction = Fraction(1)
    currency: str = ""
    per: str = ""
    form: str = ""
    values: Names[str, str] = field(default_factory=dict)
    readable: float = 1.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A whole mapping: the columns in the order of the file, and answers that hold for every row."""

    columns: tuple[Column, ...]
    fixed: Names[str, str] = field(default_factory=dict)

    def of(self, term: str) -> Column | None:
        """Return the column of a term or role, if there is one."""
        return next((column for column in self.columns if column.term == term), None)


def as_text(chosen: Chosen, names: str, proposals: Names[str, Names[str, str]] | None = None) -> str:
    """Return a mapping as a YAML file; values that were not understood stand below as proposals."""
    lines = [f"# How the columns of {names} are read. Edit it and give it again: --map THIS_FILE", "columns:"]
    for column in chosen.columns:
        parts = [f"term: {_quoted(column.term) if '[' in column.term else column.term}"] if column.term else []
        parts += [f"times: {column.times}"] * (column.times != 1) + [f"currency: {column.currency}"] * bool(column.currency)
        parts += [f"per: {column.per}"] * bool(column.per) + [f"form: {column.form}"] * bool(column.form)
        if column.values:
            parts.append("values: {" + ", ".join(f"{_quoted(word)}: {option}" for word, option in column.values.items()) + "}")
        note = f"   # {column.how}" if column.term and column.how else "" if column.term else "   # not used"
        lines.append(f"  {_quoted(column.header)}: {{{', '.join(parts)}}}{note}")
        for word, near in (proposals or {}).get(column.header, {}).items():
            lines.append(f"  #   not understood: {' '.join(word.split())}" + (f"; put {_quoted(word)}: {near} into its values if that is meant" if near else ""))
    if chosen.fixed:
        lines += ["set:   # holds for every row", *(f"  {_quoted(term) if '[' in term else term}: {_quoted(value)}" for term, value in chosen.fixed.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read_mapping(path: Path, headers: tuple[str, ...], book: RuleBook) -> Chosen:
    """Return the mapping of a file; all that is wrong in it is raised at once."""
    return mapping_of(read_text(path, str(path)), str(path), headers, book)


def mapping_of(text: str, name: str, headers: tuple[str, ...], book: RuleBook) -> Chosen:
    """Return the mapping that a text holds."""
    problems = Collector()
    node = parse(text, name)
    if not isinstance(node, Mapping):
        raise Problems([Problem("F133", "a mapping file holds `columns:`", Span(name, 1, 1), help="begin with a file that `fourfold batch` wrote")])
    found: dict[str, Column] = {}
    fixed: dict[str, str] = {}
    for key, value in node.entries:
        if key.text == "columns" and isinstance(value, Mapping):
            for head, body in value.entries:
                found[head.text] = _column(head, body, book, problems)
        elif key.text == "set" and isinstance(value, Mapping):
            for term, given in value.entries:
                _known(term, book, problems)
                fixed[term.text] = given.text if isinstance(given, Scalar) else ""
        else:
            problems.add("F133", f"`{key.text}` is no part of a mapping", key.span, help="a mapping has `columns:` and `set:`")
    _held_against(found, headers, node, name, problems)
    problems.stop_if_any()
    return Chosen(tuple(found.get(header, Column(header, how="not in the mapping")) for header in headers), fixed)


def _held_against(found: dict[str, Column], headers: tuple[str, ...], node: Mapping, name: str, problems: Collector) -> None:
    columns = node.get("columns")
    places = {key.text: key.span for key, _ in columns.entries} if isinstance(columns, Mapping) else {}
    seen: dict[str, str] = {}
    for header, column in found.items():
        span = places.get(header, Span(name, 1, 1))
        if header not in headers and column.term:
            problems.add("F133", f"the file has no column `{header}`", span, help=did_you_mean(header, headers) or f"its columns are {listed(headers)}")
        if column.term and column.term in seen:
            problems.add("F133", f"`{column.term}` has two columns: `{seen[column.term]}` and `{header}`", span, help="leave one of them without a term: {}")
        seen.setdefault(column.term, header)


def _known(term: Scalar, book: RuleBook, problems: Collector) -> None:
    asked = asked_names(book)
    if term.text not in asked and term.text not in ROLES:
        problems.add("F201", f"unknown term `{term.text}`", term.span, help=did_you_mean(term.text, [*asked, *ROLES]))


def _column(head: Scalar, body: Node, book: RuleBook, problems: Collector) -> Column:
    if not isinstance(body, Mapping):
        problems.add("F133", f"`{head.text}` says how a column is read, such as {{term: industry}}", body.span, help="write {} for a column that is not used")
        return Column(head.text)
    told: dict[str, str] = {}
    values: dict[str, str] = {}
    for key, value in body.entries:
        if key.text not in KEYS:
            problems.add("F133", f"`{key.text}` is not said of a column", key.span, help=f"one of {listed(KEYS)}")
        elif key.text == "values" and isinstance(value, Mapping):
            values = {word.text: option.text for word, option in value.entries if isinstance(option, Scalar)}
        elif isinstance(value, Scalar):
            told[key.text] = value.text
            if key.text == "term":
                _known(value, book, problems)
            if key.text == "form" and value.text not in FORMS:
                problems.add("F133", f"`{value.text}` is no form", value.span, help=f"one of {listed(FORMS)}")
    try:
        times = Fraction(told.get("times", "1").replace("_", ""))
    except (ValueError, ZeroDivisionError):
        times = Fraction(1)
        problems.add("F133", f"`{told['times']}` is no factor", head.span, help="write times: 10000 for amounts in 万, or 1/12")
    return Column(head.text, told.get("term", ""), "mapping file", times=times, currency=told.get("currency", "").upper(), per=told.get("per", ""), form=told.get("form", ""), values=values)


def asked_names(book: RuleBook) -> dict[str, str]:
    """Return what a column may be named by, and the declared term behind it: `monthly_budget`, `reading[douyin_ads]`, `skills`."""
    from fourfold.door.state import is_asked

    declared = {term.name: term for term in book.content.terms if is_asked(term) and term.kind.word != "text"}
    found = {name: name for name, term in declared.items() if not term.of}
    for ground in book.terms.values():
        if ground.source in declared and declared[ground.source].of:
            found[ground.name] = ground.source
    return found
