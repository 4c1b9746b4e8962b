"""Rules as sentences: what a sentence says as data; its words are in templates/sentences.*.j2."""

import re
from datetime import date
from pathlib import Path

from fourfold.exchange.legal import options_of
from fourfold.exchange.naming import Naming
from fourfold.expression.nodes import Cell, Comparison, Contains, Day, Interval, Literal, Operand, Test, Word
from fourfold.expression.show import decimal_text
from fourfold.model import RuleBook
from fourfold.planning.view import Data
from fourfold.report import Speaker, render, tidy
from fourfold.written import KindDecl, RuleDecl, TableDecl, WrittenCell

CUT = "\x1e"


def sentences_text(root: Path, book: RuleBook, tables: tuple[TableDecl, ...], language: str) -> str:
    """Return tables as sentences in Markdown, in one language."""
    data: Data = {"tables": [table_data(Naming(book.content, language), table) for table in tables], "book": book.content.title.text(language), "hash": book.hash}
    return tidy(render(root, f"sentences.{language}.md.j2", Speaker(book, language, book.currency), data))


def rule_sentences(root: Path, book: RuleBook, tables: tuple[TableDecl, ...], language: str) -> dict[str, str]:
    """Return one sentence for each rule of some tables."""
    naming = Naming(book.content, language)
    data: Data = {"tables": [table_data(naming, table) for table in tables], "cut": CUT}
    text = render(root, f"sentence.{language}.txt.j2", Speaker(book, language, book.currency), data)
    pairs = (part.split("\t", 1) for part in text.split(CUT) if "\t" in part)
    return {rule.strip(): " ".join(sentence.split()) for rule, sentence in pairs}


def table_data(naming: Naming, table: TableDecl) -> Data:
    """Return what the sentences of a table say."""
    return {
        "name": table.name,
        "title": table.title.text(naming.language),
        "loop": naming.term(table.loop) if table.loop else "",
        "policy": table.policy,
        "concludes": [naming.term(name) for name, _ in table.concludes],
        "source": table.source,
        "place": f"{table.span.file}:{table.span.line}",
        "rules": [_rule(naming, table, rule) for rule in table.rules],
    }


def _rule(naming: Naming, table: TableDecl, rule: RuleDecl) -> Data:
    return {
        "id": rule.id,
        "is_otherwise": rule.is_otherwise,
        "policy": table.policy,
        "loop": naming.term(table.loop) if table.loop else "",
        "tests": [_cell(naming, table, cell) for cell in rule.cells if cell.node.tests],
        "then": [_result(naming, table, name, value) for name, value, _ in rule.then],
        "overrides": [name for name, _ in rule.overrides],
        "because": _because(naming, table, rule),
        "source": rule.source,
        "from": date.fromordinal(rule.period.first).isoformat() if rule.period.first else "",
        "until": date.fromordinal(rule.period.last).isoformat() if rule.period.last else "",
    }


def _because(naming: Naming, table: TableDecl, rule: RuleDecl) -> list[Data]:
    """Return a reason in pieces: words, the entity of the loop, names of terms."""
    pieces: list[Data] = []
    for at, part in enumerate(re.split(r"\{([\w.]+)\}", rule.because.text(naming.language))):
        if at % 2:
            pieces.append({"name": naming.term(part), "is_loop": part == table.loop, "is_name": True})
        elif part:
            pieces.append({"name": part, "is_loop": False, "is_name": False})
    return pieces


def _result(naming: Naming, table: TableDecl, name: str, value: str) -> Data:
    kind = naming.kind(name, table.loop)
    is_term = value in naming.terms and (kind is None or kind.word in ("number", "money", "percent"))
    return {
        **_subject(naming, name, table.loop),
        "value": naming.term(value) if is_term else naming.option(kind, value),
        "flag": value if naming.is_yes_no(kind) else "",
        "unit": _unit(kind),
        "is_term": is_term,
    }


def _subject(naming: Naming, name: str, loop: str) -> Data:
    """Return the words for what a cell tests: its name, and whose it is."""
    head = name.rpartition(".")[0]
    return {"name": naming.term(name), "of": naming.term(head) if head else "", "is_loop": bool(head) and head == loop}


def _unit(kind: KindDecl | None) -> str:
    return {"percent": "%", "money": "money"}.get(kind.word, "") if kind is not None else ""


def _cell(naming: Naming, table: TableDecl, cell: WrittenCell) -> Data:
    kind = naming.kind(cell.column, table.loop)
    node: Cell = cell.node
    return {
        **_subject(naming, cell.column, table.loop),
        "negated": node.negated,
        "flag": node.tests[0].operand.text if naming.is_yes_no(kind) and len(node.tests) == 1 and isinstance(node.tests[0], Comparison) and isinstance(node.tests[0].operand, Word) else "",
        "is_set": any(isinstance(test, Contains) for test in node.tests),
        "is_choice": kind is not None and (bool(kind.options or kind.options_of) or kind.word not in ("number", "money", "percent", "date", "ratio")),
        "any": [_test(naming, kind, table.loop, test) for test in node.tests],
    }


def _test(naming: Naming, kind: KindDecl | None, loop: str, test: Test) -> Data:
    match test:
        case Interval():
            ends = {"low": _operand(naming, kind, loop, test.low)["text"], "high": _operand(naming, kind, loop, test.high)["text"]}
            return {"op": "range", "low_open": test.low_open, "high_open": test.high_open, "unit": _unit(kind), **ends}
        case Contains():
            return {"op": "contains", **_operand(naming, kind, loop, test.operand)}
        case Comparison():
            return {"op": test.operator, "unit": _unit(kind), **_operand(naming, kind, loop, test.operand)}


def _operand(naming: Naming, kind: KindDecl | None, loop: str, node: Operand) -> Data:
    match node:
        case Day():
            return {"text": date.fromordinal(node.ordinal).isoformat(), "is_term": False}
        case Literal():
            return {"text": _number(node), "is_term": False}
        case Word():
            option = naming.option(kind, node.text)
            if node.text not in options_of(naming.content, kind) and (node.text in naming.terms or "." in node.text or node.text == loop):
                return {"text": naming.term(node.text), "is_term": True}
            return {"text": option, "is_term": False}


def _number(node: Literal) -> str:
    text = decimal_text(node.top, node.places)
    whole, point, rest = text.partition(".")
    digits = f"{int(whole.lstrip('-') or 0):,}"
    return ("-" if whole.startswith("-") else "") + digits + point + rest + ("%" if node.percent else "")
