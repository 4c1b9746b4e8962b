"""What is written in a workspace: declarations, nothing resolved yet."""

from fourfold.expression.nodes import Cell
from fourfold.expression.nodes import Expr as Written
from fourfold.noun import noun
from fourfold.span import NOWHERE, Span


@noun
class Words:
    """A text in several languages; the language "" is a text without a language."""

    by_language: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def lines(self, language: str) -> tuple[str, ...]:
        """Return the lines in a language, else those without a language, else English, else any."""
        texts = dict(self.by_language)
        for name in (language, "", "en"):
            if name in texts:
                return texts[name]
        return next(iter(texts.values()), ())

    def text(self, language: str) -> str:
        """Return the text in a language as one line."""
        return " ".join(self.lines(language))


NO_WORDS = Words()


@noun
class WrittenExpr:
    """A formula with the text it was written as and its place."""

    text: str
    node: Written
    span: Span


@noun
class WrittenCell:
    """One cell of a row: its column, its text, its place."""

    column: str
    text: str
    node: Cell
    span: Span
    column_span: Span


@noun
class Origin:
    """Where a figure comes from: sources, or an estimate of ours with its reasoning."""

    sources: tuple[str, ...] = ()
    date: str = ""
    confidence: str = ""
    is_estimate: bool = False
    because: Words = NO_WORDS
    near: tuple[str, ...] = ()


@noun
class Period:
    """Days in force, both ends included; 0 is open."""

    first: int = 0
    last: int = 0

    def covers(self, day: int) -> bool:
        """Return whether a day lies in the period."""
        return (not self.first or day >= self.first) and (not self.last or day <= self.last)


@noun
class Figure:
    """One written value of an attribute or constant, as text, with its origin and period."""

    texts: tuple[str, ...]
    span: Span
    low: str = ""
    high: str = ""
    currency: str = ""
    origin: Origin = Origin()
    period: Period = Period()
    words: Words = NO_WORDS
    spans: tuple[Span, ...] = ()


@noun
class KindDecl:
    """A written kind: the word, options with names, unit, scale, range."""

    word: str
    span: Span
    options: tuple[tuple[str, Words, Span], ...] = ()
    options_of: str = ""
    unit: str = ""
    per: str = ""
    scale: int = 0
    low: str = ""
    high: str = ""


@noun
class OrFrom:
    """Arithmetic of the door that may stand for an answer, under some cells."""

    expression: WrittenExpr
    where: tuple[WrittenCell, ...] = ()
    may_assume: tuple[str, ...] = ()


@noun
class TermDecl:
    """An entry of the vocabulary as it is written."""

    name: str
    kind: KindDecl
    span: Span
    of: str = ""
    title: Words = NO_WORDS
    ask: Words = NO_WORDS
    help: Words = NO_WORDS
    is_required: bool = False
    is_optional: bool = False
    assume: WrittenExpr | None = None
    or_from: tuple[OrFrom, ...] = ()
    cautious: str = "low"
    is_changeable: bool = False
    figures: tuple[Figure, ...] = ()


@noun
class AttributeDecl:
    """An attribute of an entity kind: its kind, second key, and value when none is given."""

    kind_name: str
    name: str
    kind: KindDecl
    span: Span
    by: str = ""
    otherwise: Figure | None = None
    title: Words = NO_WORDS


@noun
class EntityDecl:
    """A thing the knowledge holds, with its written attribute values by (name, second key)."""

    kind: str
    name: str
    span: Span
    title: Words
    values: tuple[tuple[str, str, tuple[Figure, ...]], ...] = ()


@noun
class RuleDecl:
    """One written row; without cells (`otherwise`) it speaks when no other does."""

    id: str
    span: Span
    cells: tuple[WrittenCell, ...]
    is_otherwise: bool
    then: tuple[tuple[str, str, Span], ...]
    overrides: tuple[tuple[str, Span], ...] = ()
    because: Words = NO_WORDS
    source: str = ""
    period: Period = Period()


@noun
class TableDecl:
    """A written decision table."""

    name: str
    span: Span
    loop: str
    concludes: tuple[tuple[str, Span], ...]
    policy: str
    rules: tuple[RuleDecl, ...]
    source: str = ""
    title: Words = NO_WORDS


@noun
class FormulaDecl:
    """A written formula: `is`, an aggregate over entities, or a ratio."""

    name: str
    span: Span
    loop: str
    form: str
    expressions: tuple[WrittenExpr, ...]
    over: str = ""
    over_span: Span = NOWHERE
    where: tuple[WrittenCell, ...] = ()
    at_none: WrittenExpr | None = None
    source: str = ""


@noun
class SelectDecl:
    """A written selection from the entities of one kind."""

    name: str
    span: Span
    kind: str
    where: tuple[WrittenCell, ...]
    order: tuple[tuple[WrittenExpr, bool], ...]
    within: tuple[tuple[WrittenExpr, WrittenExpr], ...]
    at_least: WrittenExpr | None
    at_most: WrittenExpr | None


@noun
class ShareDecl:
    """A written share-out of an amount over a selection."""

    name: str
    span: Span
    amount: WrittenExpr
    over: str
    over_span: Span
    by: WrittenExpr


@noun
class NeverDecl:
    """A combination of cells that cannot be (constraint) or must not follow (promise)."""

    name: str
    span: Span
    loop: str
    cells: tuple[WrittenCell, ...]
    because: Words


@noun
class MonotoneDecl:
    """A promise that more of an asked number never makes cells fail that held."""

    name: str
    span: Span
    loop: str
    more: str
    more_span: Span
    cells: tuple[WrittenCell, ...]
    because: Words


@noun
class ColumnDecl:
    """A column of a register."""

    name: str
    kind: KindDecl
    title: Words = NO_WORDS
    is_required: bool = False


@noun
class LoweringDecl:
    """How a register becomes a term: a sum, a count, the members of a column, or a named method."""

    term: str
    form: str
    column: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    span: Span


@noun
class RegisterDecl:
    """A list of records in a profile."""

    name: str
    span: Span
    title: Words
    columns: tuple[ColumnDecl, ...]
    lowerings: tuple[LoweringDecl, ...]


@noun
class SourceDecl:
    """A source of facts."""

    name: str
    title: str
    publisher: str
    date: str
    address: str
    span: Span


@noun
class RateDecl:
    """What one unit of a currency is worth in the base currency, from a day on."""

    currency: str
    period: Period
    text: str
    origin: Origin
    span: Span


@noun
class AllowanceDecl:
    """What a check finds and the book allows: the check, the name it is about (`*` for any part), and the reason."""

    check: str
    at: str
    because: Words
    span: Span


@noun
class ByOption:
    """One tree for each option of an earlier draw; `otherwise` for the options that are not named."""

    name: str
    span: Span
    options: tuple[tuple[str, Span, "Tree"], ...]
    otherwise: "Tree | None"


@noun
class Parts:
    """The parameters of a distribution, or weights by option."""

    items: tuple[tuple[str, Span, "Tree"], ...]
    span: Span


Tree = ByOption | Parts | WrittenExpr


@noun
class WeightDecl:
    """A row of a pick: where its cells hold, the weight of an entity is multiplied."""

    cells: tuple[WrittenCell, ...]
    times: Tree
    span: Span


@noun
class DrawDecl:
    """One step of drawing a company: a value (`form` names the distribution), a pick of entities, or a loop over a pick."""

    name: str
    span: Span
    form: str
    tree: Tree | None = None
    low: Tree | None = None
    high: Tree | None = None
    digits: int = 0
    only_for: tuple[tuple[str, Span, tuple[tuple[str, Span], ...]], ...] = ()
    origin: Origin = Origin()
    unit: str = ""
    kind: str = ""
    weights: tuple[WeightDecl, ...] = ()
    without: tuple[tuple[str, Span], ...] = ()
    inner: tuple["DrawDecl", ...] = ()


@noun
class Content:
    """Everything read from a workspace, nothing resolved yet."""

    base: str
    terms: tuple[TermDecl, ...] = ()
    attributes: tuple[AttributeDecl, ...] = ()
    kinds: tuple[tuple[str, Words, Span], ...] = ()
    entities: tuple[EntityDecl, ...] = ()
    tables: tuple[TableDecl, ...] = ()
    formulas: tuple[FormulaDecl, ...] = ()
    selections: tuple[SelectDecl, ...] = ()
    shares: tuple[ShareDecl, ...] = ()
    constraints: tuple[NeverDecl, ...] = ()
    promises: tuple[NeverDecl, ...] = ()
    registers: tuple[RegisterDecl, ...] = ()
    sources: tuple[SourceDecl, ...] = ()
    rates: tuple[RateDecl, ...] = ()
    population: tuple[DrawDecl, ...] = ()
    proved: tuple[tuple[str, Span], ...] = ()
    title: Words = NO_WORDS
    hash: str = ""
    allowances: tuple[AllowanceDecl, ...] = ()
    monotones: tuple[MonotoneDecl, ...] = ()
