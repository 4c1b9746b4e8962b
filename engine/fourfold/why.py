"""Why a term has its value: a tree from the conclusion down to facts and sources."""

from fourfold.certificate import plain_value
from fourfold.decide import Values, select, stopping_column
from fourfold.model import Decision, Fact, Formula, Given, GroundNode, GroundTerm, RatioOf, Row, RuleBook, Selection, Share, Table
from fourfold.noun import noun
from fourfold.written import FormulaDecl, RuleDecl, Words

MOST_PARTS = 60
MOST_SHOWN = 5


@noun
class Why:
    """One node: a term with its value, what made it so, where that stands, and what it rests on."""

    term: str
    value: object
    by: str
    place: str = ""
    because: Words | None = None
    wanted: str = ""
    parts: tuple["Why", ...] = ()
    lost: tuple[tuple[str, str], ...] = ()


def why(book: RuleBook, decision: Decision, term: str, depth: int = 3) -> Why:
    """Return why a term has its value, `depth` steps down.

    `by` is one of rule ID, formula TEXT, selection, share, given, door, assumed, figure.
    """
    return _Explainer(book, decision).node(term, depth)


class _Explainer:
    """Finds rules and formulas by their ground terms."""

    def __init__(self, book: RuleBook, decision: Decision) -> None:
        self.book, self.decision = book, decision
        self.values: Values = dict(decision.values)
        self.nodes: dict[str, GroundNode] = {node.term: node for node in book.nodes}
        self.rules: dict[str, RuleDecl] = {rule.id: rule for table in book.content.tables for rule in table.rules}
        self.formulas: dict[str, FormulaDecl] = {item.name.rpartition(".")[2]: item for item in book.content.formulas}

    def node(self, term: str, depth: int, wanted: str = "") -> Why:
        node = self.nodes.get(term) or self.nodes.get(term.partition("[")[0])
        ground = self.book.terms[term]
        value = plain_value(self.book, term, self.values)
        match node:
            case Given():
                return self._fact(term, value, wanted)
            case Table():
                return self._table(node, term, value, depth, wanted)
            case Formula() | RatioOf():
                return self._formula(ground, value, depth, wanted)
            case Selection():
                fates = select(node, dict(self.values))
                return Why(term, value, "selection", wanted=wanted, lost=tuple((entity, fate) for entity, fate in fates if not fate.startswith("taken")))
            case Share():
                return Why(term, value, "share", wanted=wanted, parts=self._parts((node.selection,), depth))
            case _:
                return Why(term, value, "unknown", wanted=wanted)

    def _fact(self, term: str, value: object, wanted: str) -> Why:
        fact: Fact | None = self.decision.facts.get(term)
        if fact is None:
            return Why(term, None, "unknown", wanted=wanted)
        place = str(fact.span) if fact.span.line else ""
        return Why(term, value, f"{fact.origin}: {fact.note}" if fact.note else fact.origin, place, wanted=wanted)

    def _table(self, node: Table, term: str, value: object, depth: int, wanted: str) -> Why:
        spoken = [hit.rule for hit in self.decision.hits if hit.term == node.term]
        rows = [row for row in node.rows if row.rule in spoken]
        lost = tuple((row.rule, self._stopped(row)) for row in node.rows if row.rule not in spoken)
        rule = self.rules.get(spoken[0]) if spoken else None
        parts = self._cells(rows, depth) if depth > 0 else ()
        by = f"rule {', '.join(spoken)}" if spoken else "no rule"
        return Why(term, value, by, str(rule.span) if rule else "", rule.because if rule else None, wanted, parts, lost)

    def _stopped(self, row: Row) -> str:
        if row.is_otherwise:
            return "speaks only when no other does"
        return stopping_column(row, self.values) or "overridden"

    def _cells(self, rows: list[Row], depth: int) -> tuple[Why, ...]:
        found: dict[str, Why] = {}
        for row in rows:
            for cell in row.cells:
                for name in cell.reads:
                    if name in self.book.terms and name not in found:
                        found[name] = self.node(name, depth - 1, cell.text)
        return tuple(found.values())

    def _formula(self, ground: GroundTerm, value: object, depth: int, wanted: str) -> Why:
        written = self.formulas.get(ground.source)
        text = _formula_text(written) if written else ""
        parts = self._parts(ground.reads, depth - 1) + self._figures(ground) if depth > 0 else ()
        return Why(ground.name, value, f"formula {text}".strip(), str(written.span) if written else "", wanted=wanted, parts=parts)

    def _parts(self, names: tuple[str, ...], depth: int) -> tuple[Why, ...]:
        if depth < 0:
            return ()
        live = [name for name in names if name in self.book.terms and not self._is_off(name)]
        return tuple(self.node(name, depth) for name in live[:MOST_PARTS])

    def _is_off(self, name: str) -> bool:
        """Return whether a term is of an entity that plays no part (its own yes-or-no is no)."""
        entity = self.book.terms[name].entity
        return bool(entity) and self.values.get(f"fits[{entity}]") == "false"

    def _is_other(self, figure: str) -> bool:
        """Return whether a figure is of an entity that plays no part here: another industry, a carrier that does not fit."""
        kind, _, rest = figure.partition(".")
        entity, _, key = rest.partition("[")[2].rstrip("]").partition(", ")
        chosen = self.values.get(kind)
        if isinstance(chosen, str) and entity and chosen != entity:
            return True
        return self.values.get(f"fits[{entity}]") == "false" or bool(key and self.values.get("industry") not in (None, key))

    def _figures(self, ground: GroundTerm) -> tuple[Why, ...]:
        found: list[Why] = []
        for name in ground.knowledge:
            value = self.book.values.get(name)
            if value is None or value.is_otherwise or not isinstance(value.value, int) or len(found) >= MOST_PARTS:
                continue
            if self._is_other(name):
                continue
            origin = value.origin
            source = ", ".join(origin.sources) or "estimate"
            found.append(Why(name, None, f"figure {source}, {origin.date}, {origin.confidence}", str(value.span), origin.because))
        return tuple(found)


def _formula_text(written: FormulaDecl) -> str:
    inner = " / ".join(item.text for item in written.expressions) if written.form == "ratio" else ", ".join(item.text for item in written.expressions)
    if written.form in {"is", "ratio"}:
        return inner
    return f"{written.form} of {inner + ' over ' if inner else ''}{written.over}" + (f" where {', '.join(cell.column + ' ' + cell.text for cell in written.where)}" if written.where else "")


def as_data(node: Why, language: str = "en") -> dict[str, object]:
    """Return the tree as JSON has it."""
    return {
        "term": node.term,
        "value": node.value,
        "by": node.by,
        "place": node.place,
        "because": node.because.text(language) if node.because else "",
        "wanted": node.wanted,
        "parts": [as_data(part, language) for part in node.parts],
        "lost": [{"what": name, "stopped": reason} for name, reason in node.lost],
    }
