"""Formulas to ground nodes: arithmetic, sums over entities, ratios."""

from fourfold.expression.kinds import Kind, Number, Ratio
from fourfold.expression.nodes import Word
from fourfold.linking.cells import ground_cells
from fourfold.linking.formulas import Scope, fraction_of, number_of, ratio_parts, scaled
from fourfold.linking.gather import Lowering, fits_loop, loop_entities
from fourfold.linking.names import NotMeant
from fourfold.linking.simplify import FALSE, TRUE, ZERO, Fraction, common, every, floor, gated, times, total
from fourfold.model import Among, Condition, Const, Formula, GroundNode, RatioOf, ground_name
from fourfold.suggest import did_you_mean
from fourfold.written import FormulaDecl

Members = list[tuple[Condition, Scope]]


def lower_formula(lowering: Lowering, formula: FormulaDecl) -> None:
    """Make the node of a formula, for each entity of its loop."""
    known, plain = lowering.names.known, formula.name.rpartition(".")[2]
    if lowering.definers.get(plain) is not formula or plain in known.broken or not fits_loop(lowering, formula.name, formula.loop, "its formula", formula.span):
        _check_formula(lowering, formula)
        return
    kind = known.kinds[plain]
    if not isinstance(kind, Ratio | Number):
        lowering.note("F203", f"a formula concludes a number; `{plain}` is none", formula.span, "let a table conclude it")
        return
    if isinstance(kind, Ratio) != (formula.form == "ratio"):
        help_text = "write `ratio: [top, bottom]`" if isinstance(kind, Ratio) else "declare it with `kind: ratio`"
        lowering.note("F203", f"`{plain}` and its formula disagree whether it is a ratio", formula.span, help_text)
        return
    if formula.form in ("is", "ratio") and (formula.where or formula.over):
        lowering.note("F106", f"formula `{formula.name}` has `over` or `where` without an aggregate", formula.span, "use them with sum, count, lowest or highest")
    for entity in loop_entities(lowering, formula.loop, formula.span):
        ground, scope = ground_name(plain, entity), {formula.loop: entity} if entity else {}
        node = _node(lowering, formula, ground, kind, scope)
        if node is not None:
            lowering.add(node, plain, entity, kind, formula.span)


def _check_formula(lowering: Lowering, formula: FormulaDecl) -> None:
    """Note the problems within a formula whose result means nothing."""
    for entity in lowering.names.known.entities.get(formula.loop, ("",) if not formula.loop else ()):
        scope = {formula.loop: entity} if entity else {}
        members = _members(lowering, formula, scope) if formula.over else [(TRUE, scope)]
        for part in formula.expressions:
            for _, inner in members or ():
                number_of(lowering.names, part, None, inner)
    lowering.names.used = {}


def _node(lowering: Lowering, formula: FormulaDecl, ground: str, kind: Kind, scope: Scope) -> GroundNode | None:
    names = lowering.names
    try:
        if formula.form == "ratio":
            return RatioOf(ground, *ratio_parts(names, formula.name.rpartition(".")[2], scope.get(formula.loop, "")))
        assert isinstance(kind, Number)
        if formula.form == "is":
            return Formula(ground, scaled(fraction_of(names, formula.expressions[0], scope, kind), kind))
        members = _members(lowering, formula, scope)
        return None if members is None else _aggregate(lowering, formula, ground, kind, members, scope)
    except NotMeant as fault:
        names.note(fault, formula.span, "")
        return None


def _members(lowering: Lowering, formula: FormulaDecl, scope: Scope) -> Members | None:
    """Return each entity of the aggregate with its condition and scope."""
    names, known = lowering.names, lowering.names.known
    selection = names.selections.get(formula.over)
    kind = selection.kind if selection else formula.over
    if kind not in known.entities:
        if selection is None:
            help_text = did_you_mean(formula.over, (*known.entities, *names.selections))
            lowering.note("F201", f"`{formula.over}` is neither a kind of entity nor a selection", formula.over_span, help_text)
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


def _aggregate(lowering: Lowering, formula: FormulaDecl, ground: str, kind: Number, members: Members, scope: Scope) -> GroundNode | None:
    names = lowering.names
    parts = [fraction_of(names, formula.expressions[0], inner, kind) if formula.expressions else Fraction(Const(1)) for _, inner in members]
    shared = common(parts) if parts else ([], 1)
    if shared is None:
        raise NotMeant("F305", f"`{formula.name}` divides by a term within a {formula.form}", help="name the quotient as a term of its own", span=formula.expressions[0].span)
    tops, bottom = shared
    if formula.form in ("sum", "count"):
        top = total(gated(condition, part) for (condition, _), part in zip(members, tops, strict=True))
        return Formula(ground, floor(times(top, Const(10**kind.scale)), Const(bottom)))
    none = number_of(names, formula.at_none, kind, scope) if formula.at_none is not None else None
    if formula.at_none is None and not any(condition == TRUE for condition, _ in members):
        lowering.note("F306", f"`{formula.form}` of `{formula.name}` may have no member", formula.span, "add `at none: number`")
        return None
    listed = tuple((condition, floor(times(part, Const(10**kind.scale)), Const(bottom))) for (condition, _), part in zip(members, tops, strict=True))
    return Formula(ground, Among(formula.form == "highest", listed, none or ZERO))
