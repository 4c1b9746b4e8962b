"""Tables without loops as DMN: decisions with their requirements, drawn as a diagram. Out only."""

from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from fourfold.exchange.dmn_drawing import drawing
from fourfold.exchange.legal import NUMBERS, kind_of, options_of
from fourfold.exchange.naming import Naming
from fourfold.expression.kinds import Number
from fourfold.expression.nodes import Cell, Comparison, Contains, Day, Interval, Literal, Operand, Test, Word
from fourfold.expression.show import decimal_text
from fourfold.model import Row, RuleBook, Table, Value
from fourfold.problem import Problem, Problems
from fourfold.written import Content, KindDecl, RuleDecl, TableDecl

VERSIONS = {"1.5": "20230324", "1.3": "20191111"}


@dataclass(slots=True)
class _Drawn:
    """A table on its way to a decision: its rows in force, what its cells read, what is concluded elsewhere."""

    table: TableDecl
    nodes: dict[str, Table]
    rules: list[RuleDecl]
    reads: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name of its variable: the term, or the table where it concludes several."""
        return self.table.concludes[0][0] if len(self.table.concludes) == 1 else self.table.name


def dmn_text(book: RuleBook, tables: tuple[TableDecl, ...], language: str, version: str = "1.5") -> str:
    """Return the tables without loops as one DMN file, for the day and currency of the book.

    Tables with loops are left out; none without a loop is a problem. Numbers are written as people write them: a share of 35 % as 35.
    """
    maker = _Maker(book, language)
    drawn = [maker.drawn(table) for table in tables if not table.loop]
    if not drawn:
        raise Problems([Problem("F126", "a table for each of a kind has no form in DMN", help="choose tables without `for each`")])
    return maker.file(drawn, VERSIONS[version])


class _Maker:
    """Writes decisions of one book in one language."""

    def __init__(self, book: RuleBook, language: str) -> None:
        """Keep the book and its names."""
        self.book, self.content, self.naming = book, book.content, Naming(book.content, language)
        self.language = language
        self.problems: list[Problem] = []

    def drawn(self, table: TableDecl) -> _Drawn:
        """Return a table with its rows in force."""
        plain = [name.rpartition(".")[2] for name, _ in table.concludes]
        nodes = {node.term: node for node in self.book.nodes if isinstance(node, Table) and node.term in plain}
        alive = {row.rule for node in nodes.values() for row in node.rows}
        found = _Drawn(table, nodes, _ordered([rule for rule in table.rules if rule.id in alive]))
        for rule in found.rules:
            for cell in rule.cells:
                found.reads += [name for name in (cell.column, *_terms(self.content, cell.column, cell.node)) if name not in found.reads]
        return found

    def file(self, drawn: list[_Drawn], mark: str) -> str:
        """Return the file."""
        outputs = {name: item for item in drawn for name, _ in item.table.concludes}
        reads = list(dict.fromkeys(name for item in drawn for name in item.reads))
        inputs = [name for name in reads if name not in outputs]
        parts = [self._types(reads + list(outputs))]
        parts += [self._input(name) for name in inputs]
        parts += [self._decision(item, outputs) for item in drawn]
        needs = {f"decision_{item.table.name}": [f"decision_{outputs[name].table.name}" if name in outputs else f"input_{_plain(name)}" for name in item.reads] for item in drawn}
        parts.append(drawing([f"input_{_plain(name)}" for name in inputs], needs))
        if self.problems:
            raise Problems(self.problems)
        title = self.content.title.text(self.language) or "Fourfold"
        base = f"https://www.omg.org/spec/DMN/{mark}"
        head = (
            f'<definitions xmlns="{base}/MODEL/" xmlns:dmndi="{base}/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/"'
            f' id="fourfold" name={quoteattr(title)} namespace="urn:fourfold:{self.book.hash[:16]}" exporter="fourfold">'
        )
        note = f"<description>{escape(f'{title}; rules in force on {date.fromordinal(self.book.as_of).isoformat()}, amounts in {self.book.currency}')}</description>"
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, f"  {note}", *filter(None, parts), "</definitions>", ""])

    # ------------------------------------------------------------ types and inputs

    def _type(self, name: str) -> str:
        kind = kind_of(self.content, name)
        if kind is None or kind.word == "ratio" or kind.word in ("number", "money", "percent"):
            return "number"
        if kind.word == "date":
            return "date"
        return "boolean" if kind.word == "yes_no" else f"t_{_plain(name)}"

    def _types(self, names: list[str]) -> str:
        """Return a type for each choice and set among some terms."""
        found = []
        for name in dict.fromkeys(names):
            kind = kind_of(self.content, name)
            if self._type(name).startswith("t_"):
                legal = ", ".join(_quoted(option) for option in options_of(self.content, kind))
                many = ' isCollection="true"' if kind is not None and kind.word == "set" else ""
                found.append(f'  <itemDefinition name="t_{_plain(name)}"{many}><typeRef>string</typeRef><allowedValues><text>{escape(legal)}</text></allowedValues></itemDefinition>')
        return "\n".join(found)

    def _input(self, name: str) -> str:
        question = self.naming.question(name) or self.naming.term(name)
        plain = _plain(name)
        return f'  <inputData id="input_{plain}" name="{plain}"><description>{escape(question)}</description><variable id="variable_{plain}" name="{plain}" typeRef="{self._type(name)}"/></inputData>'

    # ------------------------------------------------------------ decisions

    def _decision(self, item: _Drawn, outputs: dict[str, _Drawn]) -> str:
        table, key = item.table, item.table.name
        columns = list(dict.fromkeys(cell.column for rule in item.rules for cell in rule.cells))
        several = len(table.concludes) > 1
        needed = dict.fromkeys(f'requiredDecision href="#decision_{outputs[name].table.name}"' if name in outputs else f'requiredInput href="#input_{_plain(name)}"' for name in item.reads)
        lines = [f'  <decision id="decision_{key}" name="{_plain(item.name)}">']
        lines += [f"    <description>{escape(table.source)}</description>"] if table.source else []
        lines.append(f'    <variable id="result_{key}" name="{_plain(item.name)}"{"" if several else self._result_type(item)}/>')
        lines += [f'    <informationRequirement id="need_{key}_{at}"><{need}/></informationRequirement>' for at, need in enumerate(needed)]
        lines.append(f'    <decisionTable id="table_{key}" {_policy(self.content, item)}>')
        for at, column in enumerate(columns):
            label = quoteattr(self.naming.term(column))
            lines.append(
                f'      <input id="in_{key}_{at}" label={label}><inputExpression id="expression_{key}_{at}" typeRef="{self._type(column)}"><text>{self._variable(column, outputs)}</text></inputExpression></input>'
            )
        for name, _ in table.concludes:
            lines.append(f'      <output id="out_{key}_{_plain(name)}" name="{_plain(name)}" label={quoteattr(self.naming.term(name))} typeRef="{self._one_type(name)}"/>')
        lines.append('      <annotation name="rule"/>\n      <annotation name="because"/>')
        lines += [self._rule(item, rule, columns, outputs) for rule in item.rules]
        if table.policy == "sum":
            nothing = "".join(f'<inputEntry id="else_{key}_{at}"><text>-</text></inputEntry>' for at in range(len(columns)))
            lines.append(
                f'      <rule id="else_{key}">{nothing}<outputEntry id="else_{key}_out"><text>0</text></outputEntry><annotationEntry><text/></annotationEntry><annotationEntry><text/></annotationEntry></rule>'
            )
        return "\n".join([*lines, "    </decisionTable>", "  </decision>"])

    def _result_type(self, item: _Drawn) -> str:
        return f' typeRef="{self._type(item.table.concludes[0][0])}"'

    def _one_type(self, name: str) -> str:
        kind = kind_of(self.content, name)
        return "string" if kind is not None and kind.word == "set" else self._type(name)

    def _variable(self, name: str, outputs: dict[str, _Drawn]) -> str:
        """Return how a table reads a term: by its name; one of several results of a table by that table's name and its own."""
        item = outputs.get(name)
        return f"{_plain(item.name)}.{_plain(name)}" if item is not None and len(item.table.concludes) > 1 else _plain(name)

    def _rule(self, item: _Drawn, rule: RuleDecl, columns: list[str], outputs: dict[str, _Drawn]) -> str:
        cells = {cell.column: cell.node for cell in rule.cells}
        identity = rule.id.replace("-", "_")
        parts = [f'      <rule id="rule_{identity}">']
        for at, column in enumerate(columns):
            text = self._cell(column, cells[column], outputs) if column in cells else "-"
            parts.append(f'<inputEntry id="when_{identity}_{at}"><text>{escape(text)}</text></inputEntry>')
        for name, _ in item.table.concludes:
            row = next(row for row in item.nodes[name].rows if row.rule == rule.id)
            parts.append(f'<outputEntry id="then_{identity}_{_plain(name)}"><text>{escape(self._result(name, row))}</text></outputEntry>')
        parts.append(f"<annotationEntry><text>{escape(rule.id)}</text></annotationEntry><annotationEntry><text>{escape(rule.because.text(self.language))}</text></annotationEntry></rule>")
        return "".join(parts)

    def _result(self, name: str, row: Row) -> str:
        kind = self.book.terms[name].kind
        if isinstance(kind, Number) and isinstance(row.value, int):
            return f'date("{date.fromordinal(row.value).isoformat()}")' if kind.form == "date" else decimal_text(row.value, kind.shown)
        return str(row.value) if row.value in ("true", "false") and kind_of(self.content, name) is not None and self._type(name) == "boolean" else _quoted(str(row.value))

    # ------------------------------------------------------------ cells

    def _cell(self, column: str, cell: Cell, outputs: dict[str, _Drawn]) -> str:
        kind = kind_of(self.content, column)
        if not cell.tests:
            return "-"
        texts = [self._test(column, kind, test, outputs) for test in cell.tests]
        if any(isinstance(test, Contains) for test in cell.tests):
            text = " or ".join(texts)
            return f"not({text})" if cell.negated else text
        return f"not({', '.join(texts)})" if cell.negated else ", ".join(texts)

    def _test(self, column: str, kind: KindDecl | None, test: Test, outputs: dict[str, _Drawn]) -> str:
        match test:
            case Contains():
                return f"list contains(?, {self._operand(column, kind, test.operand, outputs)})"
            case Interval():
                low, high = (self._operand(column, kind, end, outputs) for end in (test.low, test.high))
                return f"{'(' if test.low_open else '['}{low}..{high}{')' if test.high_open else ']'}"
            case Comparison(operator="="):
                return self._operand(column, kind, test.operand, outputs)
            case Comparison():
                return f"{test.operator} {self._operand(column, kind, test.operand, outputs)}"

    def _operand(self, column: str, kind: KindDecl | None, node: Operand, outputs: dict[str, _Drawn]) -> str:
        match node:
            case Day():
                return f'date("{date.fromordinal(node.ordinal).isoformat()}")'
            case Literal():
                is_share = node.percent and (kind is None or kind.word != "percent")
                return decimal_text(node.top, node.places + (2 if is_share else 0))
            case Word():
                return self._word(column, kind, node, outputs)

    def _word(self, column: str, kind: KindDecl | None, node: Word, outputs: dict[str, _Drawn]) -> str:
        options = options_of(self.content, kind)
        if kind is not None and kind.word == "yes_no" and node.text.lower() in ("yes", "no", "true", "false"):
            return "true" if node.text.lower() in ("yes", "true") else "false"
        if node.text in options:
            return _quoted(node.text)
        constant = next((value for name, value in self.book.values.items() if name == node.text), None)
        other = kind_of(self.content, node.text)
        if kind is not None and other is not None and (kind.word == "percent") != (other.word == "percent") and other.word in NUMBERS:
            self.problems.append(Problem("F126", f"`{column}` and `{node.text}` are compared as share and number, which DMN cannot say", help="leave this table out with --table"))
        if isinstance(constant, Value) and isinstance(constant.value, int) and other is not None:
            return decimal_text(constant.value, other.scale)
        return self._variable(node.text, outputs)


def _terms(content: Content, column: str, cell: Cell) -> list[str]:
    """Return the terms that a cell compares with."""
    kind = kind_of(content, column)
    words = [test.operand.text for test in cell.tests if isinstance(test, Comparison | Contains) and isinstance(test.operand, Word)]
    constants = {term.name for term in content.terms if term.figures}
    return [word for word in words if word not in options_of(content, kind) and word.lower() not in ("yes", "no", "true", "false") and word not in constants]


def _policy(content: Content, item: _Drawn) -> str:
    """Return the hit policy: as unique where no two rows can hit, else in an order in which the stronger row comes first."""
    if item.table.policy == "all":
        return 'hitPolicy="COLLECT"'
    if item.table.policy == "sum":
        return 'hitPolicy="COLLECT" aggregation="SUM"'
    rules = item.rules
    if any(rule.is_otherwise or rule.overrides for rule in rules):
        return 'hitPolicy="FIRST"'
    return 'hitPolicy="UNIQUE"' if all(_apart(content, one, other) for at, one in enumerate(rules) for other in rules[:at]) else 'hitPolicy="ANY"'


def _apart(content: Content, one: RuleDecl, other: RuleDecl) -> bool:
    """Return whether some column keeps two rules from hitting together, as far as their cells alone tell."""
    there = {cell.column: cell.node for cell in other.cells}
    return any(_disjoint(content, cell.column, cell.node, there[cell.column]) for cell in one.cells if cell.column in there)


def _disjoint(content: Content, column: str, one: Cell, other: Cell) -> bool:
    options = options_of(content, kind_of(content, column))
    if options:
        left, right = (_among(options, cell) for cell in (one, other))
        return left is not None and right is not None and not left & right
    return any(_below(a, b) or _below(b, a) for a in one.tests for b in other.tests) if len(one.tests) == len(other.tests) == 1 and not one.negated and not other.negated else False


def _among(options: tuple[str, ...], cell: Cell) -> set[str] | None:
    """Return the options that a cell allows, or None where a term stands in it."""
    names = {test.operand.text for test in cell.tests if isinstance(test, Comparison) and isinstance(test.operand, Word)}
    if len(names) != len(cell.tests) or not names <= set(options):
        return None
    return set(options) - names if cell.negated else names


def _below(low: Test, high: Test) -> bool:
    """Return whether every number of the first test is below every number of the second."""
    top, bottom = _end(low, is_top=True), _end(high, is_top=False)
    return top is not None and bottom is not None and (top[0] < bottom[0] or (top[0] == bottom[0] and not (top[1] and bottom[1])))


def _end(test: Test, *, is_top: bool) -> tuple[float, bool] | None:
    """Return an end of a test of numbers, and whether it is in; None where there is none."""
    if isinstance(test, Interval):
        end, is_open = (test.high, test.high_open) if is_top else (test.low, test.low_open)
        return _size(end), not is_open
    if isinstance(test, Comparison) and isinstance(test.operand, Literal | Day) and test.operator in (("<", "<=", "=") if is_top else (">", ">=", "=")):
        return _size(test.operand), test.operator != ("<" if is_top else ">")
    return None


def _size(node: Literal | Day) -> float:
    return node.ordinal if isinstance(node, Day) else node.top / 10**node.places


def _ordered(rules: list[RuleDecl]) -> list[RuleDecl]:
    """Return rules with each before those it beats, and the one for all other cases last."""
    left, out = [rule for rule in rules if not rule.is_otherwise], list[RuleDecl]()
    while left:
        beaten = {name for rule in left for name, _ in rule.overrides}
        rule = next((rule for rule in left if rule.id not in beaten), left[0])
        out.append(rule)
        left.remove(rule)
    return out + [rule for rule in rules if rule.is_otherwise]


def _plain(name: str) -> str:
    return name.replace(".", "_")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
