"""What the checks look at: the linked book, its declarations, cases, templates, and who reads what."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from fourfold.checks.program_names import is_named
from fourfold.expression.kinds import Kind
from fourfold.expression.nodes import Binary, Cell, Comparison, Contains, Expr, Extreme, Literal, Word
from fourfold.linking.known import Known
from fourfold.linking.meant_kinds import kind_of
from fourfold.model import RuleBook
from fourfold.problem import Collector
from fourfold.span import Span
from fourfold.written import Content, Figure, KindDecl, TermDecl, Words, WrittenCell, WrittenExpr

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as the checks see it: its name, its facts and expectations as texts with places."""

    name: str
    span: Span
    given: tuple[tuple[str, str, Span], ...]
    expect: tuple[tuple[str, str, Span], ...]
    disagrees: bool = False
    of_plan: tuple[tuple[str, str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """Some cells that hold together: of a rule, of `where`, of a constraint or promise."""

    what: str
    span: Span
    loop: str
    cells: tuple[WrittenCell, ...]


@dataclass(frozen=True)
class Seen:
    """A linked book with all that stands around it; what is looked up often is kept."""

    book: RuleBook
    content: Content
    cases: tuple[SeenCase, ...] = ()
    templates: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    # ------------------------------------------------------------ walking

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Return every group of cells of the workspace."""
        content, found = self.content, []
        for table in content.tables:
            found += [Row(f"rule `{rule.id}`", rule.span, table.loop, rule.cells) for rule in table.rules]
        found += [Row(f"formula `{item.name}`", item.span, item.over, item.where) for item in content.formulas]
        found += [Row(f"selection `{item.name}`", item.span, item.kind, item.where) for item in content.selections]
        for what, nevers in (("constraint", content.constraints), ("promise", content.promises), ("promise", content.monotones)):
            found += [Row(f"{what} `{item.name}`", item.span, item.loop, item.cells) for item in nevers]
        for term in content.terms:
            found += [Row(f"`or from` of `{term.name}`", term.span, "", way.where) for way in term.or_from]
        return tuple(found)

    @cached_property
    def expressions(self) -> tuple[tuple[str, WrittenExpr], ...]:
        """Return every expression with the term that it is for."""
        return tuple((name, item) for name, items in _expressions(self.content) for item in items if item is not None)

    @cached_property
    def texts(self) -> tuple[tuple[str, Words, Span], ...]:
        """Return every text that a reader may see, with what it belongs to."""
        return tuple(item for item in _texts(self.content) if item[1].by_language)

    @cached_property
    def figures(self) -> tuple[tuple[str, KindDecl, Figure], ...]:
        """Return every written figure of attributes and constants with its name and declared kind, and where each draw of the population comes from."""
        declared = {(item.kind_name, item.name): item.kind for item in self.content.attributes}
        found = [(f"{item.kind_name}.{item.name}", item.kind, item.otherwise) for item in self.content.attributes if item.otherwise is not None]
        for entity in self.content.entities:
            for name, key, figures in entity.values:
                inside = f"{entity.name}, {key}" if key else entity.name
                found += [(f"{entity.kind}.{name}[{inside}]", declared[entity.kind, name], figure) for figure in figures if (entity.kind, name) in declared]
        for term in self.content.terms:
            found += [(term.name, term.kind, figure) for figure in term.figures]
        for draw in (inner for step in self.content.population for inner in (step, *step.inner)):
            found.append((f"draw {draw.name}", KindDecl("draw", draw.span), Figure((), draw.span, origin=draw.origin)))
        return tuple(found)

    # ------------------------------------------------------------ who reads what

    @cached_property
    def read(self) -> Counter[str]:
        """Return how often rules, formulas, selections, constraints and promises read a name; `a.b` counts for `a.b`, `a` and `b`."""
        names: Counter[str] = Counter()
        for row in self.rows:
            for cell in row.cells:
                names.update(_parts((cell.column, *words_of_cell(cell.node))))
        for _, expression in self.expressions:
            names.update(_parts(words_of(expression.node)))
        names.update(_parts(item.over for item in self.content.formulas))
        names.update(_parts(item.over for item in self.content.shares))
        for table in self.content.tables:
            names.update(text for rule in table.rules for _, text, _ in rule.then)
        return names

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        """Return every word of the templates, and every name that a figure of the knowledge gives."""
        words = {word for text in self.templates.values() for word in re.findall(r"\w+", text)}
        return frozenset(words | {text for _, _, figure in self.figures for text in figure.texts})

    def is_read(self, name: str) -> bool:
        """Return whether a rule, a template or a method of the program reads a name."""
        return name in self.read or name in self.book.proved or name in self.elsewhere or is_named(name)

    # ------------------------------------------------------------ names

    @cached_property
    def terms(self) -> dict[str, TermDecl]:
        """Return the declared terms by name, constants among them."""
        return {term.name: term for term in self.content.terms}

    @cached_property
    def concluded(self) -> frozenset[str]:
        """Return the terms that a table, formula or share-out concludes."""
        content = self.content
        names = {name for table in content.tables for name, _ in table.concludes}
        names |= {item.name for item in content.formulas} | {item.name for item in content.shares}
        return frozenset(name.rpartition(".")[2] for name in names)

    @cached_property
    def asked(self) -> tuple[TermDecl, ...]:
        """Return the terms that a company is asked, in the order of the vocabulary."""
        return tuple(term for term in self.content.terms if term.ask.by_language)

    @cached_property
    def _known(self) -> Known:
        known = Known(self.content, self.book.as_of, self.book.base, Collector())
        known.entities = dict(self.book.entities)
        known.terms = dict(self.terms)
        return known

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        found: dict[str, Kind] = {name: self.book.terms[name].kind for name in ("as_of", "currency") if name in self.book.terms}
        for term in self.content.terms:
            kind = kind_of(self._known, term.kind, "")
            if kind is not None:
                found[term.name] = kind
        for attribute in self.content.attributes:
            kind = kind_of(self._known, attribute.kind, "")
            if kind is not None:
                found[f"{attribute.kind_name}.{attribute.name}"] = kind
        return found

    def kind_of(self, name: str) -> Kind | None:
        """Return the kind of a written name: a term, `loop.attribute`, `term.attribute`, or None for anything else."""
        first, _, second = name.partition(".")
        if not second:
            return self._kinds.get(first)
        if second in self.terms and self.terms[second].of:
            return self._kinds.get(second)
        owner = self.terms[first].kind.word if first in self.terms else first
        return self._kinds.get(f"{owner}.{second}")

    def declaration(self, name: str) -> KindDecl | None:
        """Return how the kind of a written name is declared, or None."""
        first, _, second = name.partition(".")
        if not second or (second in self.terms and self.terms[second].of):
            term = self.terms.get(second or first)
            return term.kind if term else None
        owner = self.terms[first].kind.word if first in self.terms else first
        return next((item.kind for item in self.content.attributes if (item.kind_name, item.name) == (owner, second)), None)

    def constant(self, name: str) -> int | str | None:
        """Return the value of a constant in force, or None."""
        term = self.terms.get(name)
        value = self.book.values.get(name) if term is not None and term.figures else None
        return value.value if value is not None and isinstance(value.value, int | str) else None


def _expressions(content: Content) -> Iterator[tuple[str, tuple[WrittenExpr | None, ...]]]:
    for term in content.terms:
        yield term.name, (term.assume, *(way.expression for way in term.or_from))
    for formula in content.formulas:
        yield formula.name.rpartition(".")[2], (*formula.expressions, formula.at_none)
    for item in content.selections:
        yield item.name, (*(part for part, _ in item.order), *(part for pair in item.within for part in pair), item.at_least, item.at_most)
    for share in content.shares:
        yield share.name.rpartition(".")[2], (share.amount, share.by)


def _texts(content: Content) -> Iterator[tuple[str, Words, Span]]:
    yield "the book", content.title, Span("knowledge/book.yaml", 1, 1)
    for term in content.terms:
        what = "constant" if term.figures else "term"
        for words in (term.title, term.ask, term.help):
            yield f"{what} `{term.name}`", words, term.span
        for name, title, span in term.kind.options:
            yield f"option `{name}`", title, span
    for name, title, span in content.kinds:
        yield f"kind `{name}`", title, span
    for attribute in content.attributes:
        yield f"attribute `{attribute.kind_name}.{attribute.name}`", attribute.title, attribute.span
        for name, title, span in attribute.kind.options:
            yield f"option `{name}`", title, span
    for entity in content.entities:
        yield f"{entity.kind} `{entity.name}`", entity.title, entity.span
        for name, key, figures in entity.values:
            for figure in figures:
                yield f"`{name}{f'[{key}]' if key else ''}` of {entity.kind} `{entity.name}`", figure.words, figure.span
    yield from _texts_of_rules(content)


def _texts_of_rules(content: Content) -> Iterator[tuple[str, Words, Span]]:
    for table in content.tables:
        yield f"table `{table.name}`", table.title, table.span
        for rule in table.rules:
            yield f"rule `{rule.id}`", rule.because, rule.span
    for what, nevers in (("constraint", content.constraints), ("promise", content.promises), ("promise", content.monotones)):
        for never in nevers:
            yield f"{what} `{never.name}`", never.because, never.span
    for register in content.registers:
        yield f"register `{register.name}`", register.title, register.span
        for column in register.columns:
            yield f"column `{column.name}` of `{register.name}`", column.title, register.span


def words_of(node: Expr) -> Iterator[str]:
    """Return the names in an expression."""
    match node:
        case Word():
            yield node.text
        case Binary():
            yield from words_of(node.left)
            yield from words_of(node.right)
        case Extreme():
            for part in node.parts:
                yield from words_of(part)
        case Literal():
            pass


def words_of_cell(cell: Cell) -> Iterator[str]:
    """Return the names and options in a cell."""
    for test in cell.tests:
        if isinstance(test, Comparison | Contains) and isinstance(test.operand, Word):
            yield test.operand.text


def _parts(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield name
        if "." in name:
            yield from name.split(".")


def unquoted(what: str) -> str:
    """Return the name in backticks of a text such as "rule `a`"."""
    return what.partition("`")[2].partition("`")[0]
