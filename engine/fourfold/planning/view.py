"""Reading a decision: values in their own units, knowledge, and traces."""

from dataclasses import dataclass, field
from datetime import date

from fourfold.expression.kinds import Choice, Number
from fourfold.expression.show import decimal_text
from fourfold.line import Line
from fourfold.model import Decision, Facts, Row, RuleBook, Table, Value, figure_name, ground_name
from fourfold.planning.workdays import Workdays
from fourfold.written import RuleDecl, Words

Data = dict[str, object]


@dataclass(slots=True)
class View:
    """A decision with its book and facts; `lines` gathers what methods computed."""

    book: RuleBook
    facts: Facts
    decision: Decision
    lines: dict[str, Line] = field(default_factory=dict)
    figures: dict[str, None] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    rules: dict[str, RuleDecl] = field(default_factory=dict)
    scales: dict[tuple[str, str], int] = field(default_factory=dict)
    workdays: Workdays | None = None

    def __post_init__(self) -> None:
        """Index tables by term, rules by id, and the decimals of attributes."""
        self.tables = {node.term: node for node in self.book.nodes if isinstance(node, Table)}
        self.rules = {rule.id: rule for table in self.book.content.tables for rule in table.rules}
        self.scales = {(item.kind_name, item.name): item.kind.scale + (2 if item.kind.word == "percent" else 0) for item in self.book.content.attributes}

    # ------------------------------------------------------------ values

    def raw(self, term: str, entity: str = "") -> object:
        """Return a value as the rules have it, or None where it is unknown."""
        return self.decision.values.get(ground_name(term, entity))

    def text(self, term: str, entity: str = "") -> str:
        """Return the option of a choice."""
        return str(self.raw(term, entity))

    def number(self, term: str, entity: str = "") -> float | None:
        """Return a number in its own unit (a percent as a share of 1), or None where it is unknown."""
        name = ground_name(term, entity)
        value, ground = self.decision.values.get(name), self.book.terms.get(name)
        if not isinstance(value, int) or ground is None or not isinstance(ground.kind, Number):
            return None
        return float(decimal_text(value, ground.kind.scale)) if ground.kind.scale else value

    def amount(self, term: str, entity: str = "") -> float:
        """Return a number that must be known."""
        value = self.number(term, entity)
        assert value is not None, term
        return value

    def holds(self, term: str, entity: str = "") -> bool:
        """Return whether a yes-or-no term is yes."""
        return self.raw(term, entity) == "true"

    def members(self, term: str) -> list[str]:
        """Return the members of a selection or concluded set, in order."""
        value = self.raw(term)
        return [str(item) for item in value] if isinstance(value, tuple) else []

    def entities(self, kind: str) -> tuple[str, ...]:
        """Return the entities of a kind, in the order of the knowledge."""
        return self.book.entities.get(kind, ())

    # ------------------------------------------------------------ knowledge

    def constant(self, name: str) -> float:
        """Return a constant of the knowledge in its own unit (a percent as a share of 1)."""
        self.figures[name] = None
        declared = next(term for term in self.book.content.terms if term.name == name)
        scale = declared.kind.scale + (2 if declared.kind.word == "percent" else 0)
        value = self.book.values[name].value
        assert isinstance(value, int)
        return float(value / 10**scale)

    def figure(self, kind: str, entity: str, attribute: str, key: str = "") -> float:
        """Return a number of the knowledge in its own unit, and remember that it was used."""
        found = self.known(kind, entity, attribute, key)
        assert found is not None, f"{kind}.{attribute}[{entity}]"
        assert isinstance(found.value, int)
        self.figures[figure_name(kind, entity, attribute, key)] = None
        return float(found.value / 10 ** self.scales[kind, attribute])

    def known(self, kind: str, entity: str, attribute: str, key: str = "") -> Value | None:
        """Return a figure or text of the knowledge, or None."""
        return self.book.knows(kind, entity, attribute, key)

    def option(self, kind: str, entity: str, attribute: str) -> str:
        """Return an option or entity that the knowledge gives as an attribute."""
        found = self.known(kind, entity, attribute)
        return str(found.value) if found else ""

    def options(self, kind: str, entity: str, attribute: str) -> tuple[str, ...]:
        """Return the members of a set that the knowledge gives."""
        found = self.known(kind, entity, attribute)
        return found.value if found and isinstance(found.value, tuple) else ()

    def words(self, kind: str, entity: str, attribute: str, key: str = "") -> Words | None:
        """Return a text of the knowledge."""
        found = self.known(kind, entity, attribute, key)
        return found.value if found and isinstance(found.value, Words) else None

    # ------------------------------------------------------------ traces

    def keep(self, name: str, line: Line) -> dict[str, object]:
        """Remember a computed line under a name and return its value."""
        self.lines[name] = line
        value = line.value
        assert isinstance(value, dict)
        return value

    def speaking(self, term: str) -> list[str]:
        """Return the rules that concluded a term."""
        return [hit.rule for hit in self.decision.hits if hit.term == term]

    def rows(self, term: str) -> tuple[Row, ...]:
        """Return the rows of the table that concludes a term."""
        return self.tables[term].rows if term in self.tables else ()

    def is_given(self, term: str) -> bool:
        """Return whether the company gave a term, itself or by its parts."""
        fact = self.decision.facts.get(term)
        return fact is not None and fact.origin != "assumed"

    def assumed(self) -> list[str]:
        """Return the terms that were assumed, without those of single carriers."""
        return [name for name, fact in self.decision.facts.items() if fact.origin == "assumed" and "[" not in name]

    @property
    def as_of(self) -> date:
        """Return the day of the decision."""
        return date.fromordinal(self.book.as_of)

    def is_choice(self, term: str) -> bool:
        """Return whether a term is a choice."""
        ground = self.book.terms.get(term)
        return ground is not None and isinstance(ground.kind, Choice)
