"""The nouns of the linked rule book (the ground book), of facts and of decisions."""

from collections.abc import Mapping
from dataclasses import field

from fourfold.expression.kinds import Kind, Number
from fourfold.noun import noun
from fourfold.span import NOWHERE, Span
from fourfold.written import Content, DrawDecl, Origin, Words

# ---------------------------------------------------------------- the ground book: expressions


@noun
class Const:
    """A whole number, or an option."""

    value: int | str


@noun
class Ref:
    """The value of a ground term."""

    term: str


@noun
class Case:
    """One expression per option of a choice term."""

    term: str
    branches: tuple[tuple[str, "Expr"], ...]


@noun
class Sum:
    """The sum of its parts."""

    parts: tuple["Expr", ...]


@noun
class Product:
    """The product of two parts."""

    left: "Expr"
    right: "Expr"


@noun
class Best:
    """The largest or the smallest of its parts."""

    largest: bool
    parts: tuple["Expr", ...]


@noun
class Gated:
    """The part where the condition holds, else 0."""

    condition: "Condition"
    part: "Expr"


@noun
class Among:
    """The largest or smallest part of the members whose condition holds; `none` when there are none."""

    largest: bool
    members: tuple[tuple["Condition", "Expr"], ...]
    none: "Expr"


@noun
class Floor:
    """`top / bottom` rounded down; the bottom is above 0."""

    top: "Expr"
    bottom: "Expr"


Expr = Const | Ref | Case | Sum | Product | Best | Gated | Among | Floor

# ---------------------------------------------------------------- the ground book: conditions


@noun
class Always:
    """True, or false, whatever the facts."""

    holds: bool


@noun
class Member:
    """The choice term has one of these options."""

    term: str
    options: frozenset[str]


@noun
class Compare:
    """`left operator right` of two whole numbers."""

    left: Expr
    operator: str
    right: Expr


@noun
class Every:
    """All parts hold."""

    parts: tuple["Condition", ...]


@noun
class Some:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@noun
class Opposite:
    """The part does not hold."""

    part: "Condition"


Condition = Always | Member | Compare | Every | Some | Opposite

# ---------------------------------------------------------------- the ground book: nodes


@noun
class GroundCell:
    """One cell of a ground row: its column as written, its test as text, its meaning, what it reads."""

    column: str
    text: str
    condition: Condition
    reads: tuple[str, ...]


@noun
class Row:
    """A rule for one entity; `ruled_out` names the column that knowledge alone makes false."""

    rule: str
    cells: tuple[GroundCell, ...]
    value: int | str
    overrides: tuple[str, ...] = ()
    is_otherwise: bool = False
    ruled_out: str = ""


@noun
class Given:
    """A term that is asked, with what it is assumed to be."""

    term: str
    assume: Expr | None
    is_required: bool


@noun
class Formula:
    """A term defined by arithmetic."""

    term: str
    value: Expr


@noun
class RatioOf:
    """A term that is the fraction top / bottom; `at_zero` (top, bottom) is its value over 0."""

    term: str
    top: Expr
    bottom: Expr
    at_zero: tuple[int, int] | None


@noun
class Table:
    """One result of a decision table for one entity."""

    term: str
    table: str
    policy: str
    rows: tuple[Row, ...]
    options: tuple[str, ...] = ()


@noun
class Candidate:
    """An entity that a selection may take: its condition, its order keys, its needs."""

    entity: str
    condition: Condition
    keys: tuple[Expr, ...]
    needs: tuple[Expr, ...]


@noun
class Selection:
    """The entities taken, in order; also one yes or no for each entity."""

    term: str
    candidates: tuple[Candidate, ...]
    descending: tuple[bool, ...]
    within: tuple[Expr, ...]
    at_least: Expr
    at_most: Expr
    resources: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


@noun
class Share:
    """An amount divided over a selection by weights, in whole units."""

    term: str
    amount: Expr
    selection: str
    weights: tuple[tuple[str, Expr], ...]


GroundNode = Given | Formula | RatioOf | Table | Selection | Share


@noun
class GroundTerm:
    """A term for one entity (or none): its kind, layer, stratum, and what folded knowledge it rests on."""

    name: str
    source: str
    entity: str
    kind: Kind
    is_plan: bool = False
    stratum: int = 0
    reads: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    low: int = 0
    high: int = 0


@noun
class Value:
    """A figure of the knowledge in force, in the company's currency, as a count of its smallest unit."""

    value: int | str | tuple[str, ...] | Words
    low: int | None
    high: int | None
    origin: Origin
    span: Span
    is_otherwise: bool = False
    currency: str = ""


@noun
class GroundNever:
    """A linked constraint or promise."""

    name: str
    entity: str
    cells: tuple[GroundCell, ...]
    condition: Condition
    because: Words
    span: Span


@noun
class GroundMonotone:
    """A linked promise that more of an asked number never makes the condition fail where it held."""

    name: str
    entity: str
    more: str
    cells: tuple[GroundCell, ...]
    condition: Condition
    because: Words
    span: Span


@noun
class GroundOrFrom:
    """Linked arithmetic of the door."""

    condition: Condition
    value: Expr
    reads: tuple[str, ...]
    may_assume: frozenset[str]
    text: str
    where: tuple[str, ...] = ()


@noun
class GroundWeight:
    """A linked row of a pick for one entity: where the condition holds, its weight is multiplied by row `row`'s figure."""

    entity: str
    row: int
    condition: Condition


@noun
class RuleBook:
    """Everything linked: terms, nodes in order, knowledge in force, texts."""

    hash: str
    base: str
    as_of: int
    currency: str
    nodes: tuple[GroundNode, ...]
    terms: dict[str, GroundTerm]
    values: Mapping[str, Value]
    constraints: tuple[GroundNever, ...]
    promises: tuple[GroundNever, ...]
    or_from: dict[str, tuple[GroundOrFrom, ...]]
    proved: tuple[str, ...]
    content: Content
    changes: tuple[int, ...] = ()
    entities: dict[str, tuple[str, ...]] = field(default_factory=dict)
    draws: Mapping[str, DrawDecl] = field(default_factory=dict)
    weights: Mapping[str, tuple[GroundWeight, ...]] = field(default_factory=dict)
    monotones: tuple[GroundMonotone, ...] = ()

    def knows(self, kind: str, entity: str, attribute: str, key: str = "") -> Value | None:
        """Return a figure of the knowledge, or None."""
        return self.values.get(figure_name(kind, entity, attribute, key))


def figure_name(kind: str, entity: str, attribute: str, key: str = "") -> str:
    """Return the name of a figure, such as `carrier.price_factor[baidu_search_ads, legal]`."""
    return f"{kind}.{attribute}[{entity}{', ' + key if key else ''}]"


def ground_name(term: str, entity: str = "") -> str:
    """Return the name of a ground term, such as `fit[douyin_ads]`."""
    return f"{term}[{entity}]" if entity else term


# ---------------------------------------------------------------- facts and decisions


@noun
class Fact:
    """What is known of a ground term: a value, or a range with its cautious end as the value."""

    value: int | str
    origin: str = "given"
    low: int | None = None
    high: int | None = None
    note: str = ""
    span: Span = NOWHERE


# a value, a range (low, high), some options, or None for "don't know" (the term takes its assumption)
Answer = int | str | tuple[int, int] | frozenset[str] | None


@noun
class Facts:
    """The facts of one company after the door; texts and records travel beside them."""

    known: dict[str, Fact]
    texts: dict[str, str] = field(default_factory=dict)
    records: dict[str, tuple[dict[str, object], ...]] = field(default_factory=dict)
    name: str = ""


@noun
class Hit:
    """A rule that hit: its place among the nodes and rows."""

    term: str
    rule: str


@noun
class Decision:
    """Everything that followed from the facts; `stopped` keeps, by table, which column stopped a rule (referee only)."""

    values: dict[str, int | str | tuple[object, ...]]
    facts: dict[str, Fact]
    hits: tuple[Hit, ...]
    stopped: dict[str, dict[str, str]] = field(default_factory=dict, compare=False)


def number_kind(kind: Kind) -> Number:
    """Return a kind that must be a number."""
    assert isinstance(kind, Number)
    return kind
