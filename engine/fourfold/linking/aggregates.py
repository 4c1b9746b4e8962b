"""Formulas to ground nodes: arithmetic, aggregates over entities, ratios."""

from fourfold.expression.kinds import Kind, Number, Ratio
from fourfold.expression.nodes import Literal, Word
from fourfold.linking.gather import Lowering, ground_cells, loop_entities
from fourfold.linking.names import NotMeant
from fourfold.linking.simplify import FALSE, ZERO, common, every, floor, gated, times, total
from fourfold.model import Always, Among, Condition, Const, Formula, GroundNode, RatioOf, ground_name
from fourfold.suggest import did_you_mean
from fourfold.written import FormulaDecl


def lower_formula(lowering: Lowering, formula: FormulaDecl) -> None:
    """Lower a formula, once for each entity of its loop."""
    known = lowering.names.known
    loop, _, plain = formula.name.rpartition(".")
    term, kind = known.terms.get(plain), known.kinds.get(plain)
    if term is None or kind is None or lowering.definers.get(plain) is not formula:
        return
    if term.of != formula.loop or loop not in ("", term.of):
        want = f"`for each: {term.of}` and `{term.of}.{plain}`" if term.of else f"no `for each`, and `{plain}`"
        lowering.note("F202", f"`{plain}` does not fit the loop of its formula", formula.span, f"write {want}")
        return
    if isinstance(kind, Ratio) != (formula.form == "ratio"):
        lowering.note("F203", f"`{plain}` and its formula disagree whether it is a ratio", formula.span)
        return
    if not isinstance(kind, Ratio | Number):
        lowering.note("F203", f"a formula concludes a number; `{plain}` is none", formula.span)
        return
    for entity in loop_entities(lowering, formula.loop, formula.span):
        ground, scope = ground_name(plain, entity), {formula.loop: entity} if entity else {}
        node = _formula_node(lowering, formula, ground, kind, scope)
        if node is not None:
            lowering.add(node, ground, plain, entity, kind, formula.span)


def _formula_node(lowering: Lowering, formula: FormulaDecl, ground: str, kind: Kind, scope: dict[str, str]) -> GroundNode | None:
    names = lowering.names
    try:
        if formula.form == "ratio":
            return RatioOf(ground, *names.ratio_parts(ground, {}))
        assert isinstance(kind, Number)
        if formula.form == "is":
            return _checked(lowering, formula, Formula(ground, names.scaled(names.fraction(formula.expressions[0].node, scope), kind)))
        members = _members(lowering, formula, scope)
        if members is None:
            return None
        return _aggregate(lowering, formula, ground, kind, members, scope)
    except NotMeant as fault:
        written = formula.expressions[0] if formula.expressions else None
        span, text = (written.span, written.text) if written else (formula.span, "")
        names.note(fault, span, text)
        return None


def _checked(lowering: Lowering, formula: FormulaDecl, node: GroundNode) -> GroundNode:
    if formula.where or formula.over:
        lowering.note("F106", f"formula `{formula.name}` has `over` or `where` without an aggregate", formula.span)
    return node


def _members(lowering: Lowering, formula: FormulaDecl, scope: dict[str, str]) -> list[tuple[Condition, dict[str, str]]] | None:
    """Return each entity of the aggregate with its condition and scope."""
    names, known = lowering.names, lowering.names.known
    selection = names.selections.get(formula.over)
    kind = selection.kind if selection else formula.over
    if kind not in known.entities:
        lowering.note("F201", f"`{formula.over}` is neither a kind of entity nor a selection", formula.over_span, did_you_mean(formula.over, (*known.entities, *names.selections)))
        return None
    found = []
    for entity in known.entities[kind]:
        inner = {**scope, kind: entity}
        cells = ground_cells(names, formula.where, inner)
        if cells is None:
            return None
        condition = every(cell.condition for cell in cells)
        if selection is not None:
            members = names.meaning(Word(formula.over), {}).members or {}
            condition = every((members[entity], condition))
        if condition != FALSE:
            found.append((condition, inner))
    return found


def _aggregate(lowering: Lowering, formula: FormulaDecl, ground: str, kind: Number, members: list[tuple[Condition, dict[str, str]]], scope: dict[str, str]) -> GroundNode | None:
    names = lowering.names
    one = Literal(1, 0)
    node = formula.expressions[0].node if formula.expressions else one
    parts = [names.fraction(node, inner) for _, inner in members]
    shared = common(parts) if parts else ([], 1)
    if shared is None:
        raise NotMeant("F305", "an aggregate divides by a term", 0, 1, "name the quotient as a term of its own")
    tops, bottom = shared
    if formula.form in ("sum", "count"):
        top = total(gated(condition, part) for (condition, _), part in zip(members, tops, strict=True))
        return Formula(ground, floor(times(top, Const(10**kind.scale)), Const(bottom)))
    none = names.number(formula.at_none, kind, scope) if formula.at_none is not None else None
    if none is None and not any(condition == Always(holds=True) for condition, _ in members):
        lowering.note("F306", f"`{formula.form}` of `{formula.name}` may have no member", formula.span, "add `at none: number`")
        return None
    listed = tuple((condition, floor(times(part, Const(10**kind.scale)), Const(bottom))) for (condition, _), part in zip(members, tops, strict=True))
    return Formula(ground, Among(formula.form == "highest", listed, none or ZERO))
