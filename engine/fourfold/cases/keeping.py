"""A decision kept as a case, so that no later change of the rules undoes it unnoticed."""

from datetime import date
from pathlib import Path

from fourfold.cases.reading import read_cases
from fourfold.cases.text import case_text, value_text
from fourfold.expression.kinds import Text
from fourfold.model import Decision, Facts, RuleBook
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Mapping, Node, Scalar, read_text
from fourfold.span import NOWHERE, Span
from fourfold.suggest import did_you_mean
from fourfold.writing import write_whole


def kept_text(book: RuleBook, written: Mapping | None, facts: Facts, decision: Decision, name: str, because: str, terms: tuple[str, ...]) -> str:
    """Return a decision as the text of a case.

    `written` are the facts as the company wrote them, else the given facts stand in their own units. It expects
    `terms`, or the first term that is to be proved; without `because` the reasons of the rules that concluded it.
    """
    wanted = terms or tuple(name for name in book.proved if name in decision.values)[:1]
    unknown = [term for term in wanted if term not in book.terms or term not in decision.values]
    if unknown or not wanted:
        problem = f"unknown term `{unknown[0]}`" if unknown else "the book names no term to be proved, so nothing is expected"
        raise Problems([Problem("F201" if unknown else "F402", problem, help=did_you_mean(unknown[0], book.terms) if unknown else "name one with --expect")])
    given = _given(book, written, facts)
    expect = {term: value_text(book.terms[term].kind, decision.values[term]) for term in wanted}
    return case_text(name, given, expect, because or _reason(book, decision, wanted[0]))


def _given(book: RuleBook, written: Mapping | None, facts: Facts) -> dict[str, Node]:
    """Return the facts without headings and texts, the day among them so that the case means the same for ever."""
    texts = {term.name for term in book.content.terms if term.kind.word == "text"}
    day: dict[str, Node] = {"as_of": Scalar(date.fromordinal(book.as_of).isoformat(), NOWHERE)}
    if book.currency != book.base:
        day["currency"] = Scalar(book.currency, NOWHERE)
    if written is None:
        found: dict[str, Node] = {}
        for name, fact in facts.known.items():
            if fact.origin == "given" and name not in ("as_of", "currency") and not isinstance(book.terms[name].kind, Text):
                _put(found, name, value_text(book.terms[name].kind, fact.value))
        return {**found, **day}
    names = {term.name for term in book.content.terms} | {register.name for register in book.content.registers}
    return {**{key: value for key, value in _flat(written, names) if key not in texts and key not in ("as_of", "currency")}, **day}


def _put(found: dict[str, Node], ground: str, text: str) -> None:
    plain, _, entity = ground.rstrip("]").partition("[")
    before = found.get(plain)
    if not entity:
        found[plain] = Scalar(text, NOWHERE)
    else:
        entries = before.entries if isinstance(before, Mapping) else ()
        found[plain] = Mapping((*entries, (Scalar(entity, NOWHERE), Scalar(text, NOWHERE))), NOWHERE)


def _flat(mapping: Mapping, names: set[str]) -> list[tuple[str, Node]]:
    found: list[tuple[str, Node]] = []
    for key, value in mapping.entries:
        if isinstance(value, Mapping) and key.text not in names:
            found += _flat(value, names)
        else:
            found.append((key.text, value))
    return found


def _reason(book: RuleBook, decision: Decision, term: str) -> str:
    rules = {hit.rule for hit in decision.hits if hit.term == term}
    texts = [rule.because.text("en") for table in book.content.tables for rule in table.rules if rule.id in rules]
    return " ".join(text for text in texts if text) or f"decided on {date.fromordinal(book.as_of)}"


def append_case(path: Path, name: str, text: str) -> None:
    """Add a case to a file of cases, which keeps all that is in it; a name that is there already is a problem."""
    before = ""
    if path.exists():
        before = read_text(path, str(path))
        cases, problems = read_cases(path, str(path))
        if problems:
            raise Problems(problems)
        same = next((case for case in cases if case.name == name), None)
        if same is not None:
            raise Problems([Problem("F402", f"there is a case `{name}` already", same.span, help="give another name with --name")])
        if before.lstrip().startswith("["):
            raise Problems([Problem("F402", f"`{path}` holds its cases in brackets", Span(str(path), 1, 1), help="begin each case with `- ` on a line of its own")])
    write_whole(path, before + ("" if before.endswith("\n") or not before else "\n") + text)
