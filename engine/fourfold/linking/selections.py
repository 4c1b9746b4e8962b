"""Selections and share-outs to ground nodes."""

from fourfold.expression.kinds import YES_NO, Choice, Number, Options
from fourfold.expression.nodes import Word
from fourfold.linking.gather import Lowering, ground_cells
from fourfold.linking.names import NotMeant
from fourfold.linking.simplify import FALSE, ZERO, choice_is, common, every, gated, total
from fourfold.model import Candidate, Const, Expr, GroundTerm, Selection, Share, ground_name
from fourfold.suggest import did_you_mean
from fourfold.written import SelectDecl, ShareDecl, WrittenExpr


def lower_selection(lowering: Lowering, select: SelectDecl) -> None:
    """Lower a selection: each entity of its kind that may be taken becomes a candidate."""
    names, known = lowering.names, lowering.names.known
    if select.kind not in known.entities:
        lowering.note("F201", f"unknown kind of entity `{select.kind}`", select.span, did_you_mean(select.kind, known.entities))
        return
    shape = Number("number", 0)
    candidates = []
    for entity in known.entities[select.kind]:
        scope = {select.kind: entity}
        cells = ground_cells(names, select.where, scope)
        keys = [_order_key(lowering, key, scope) for key, _ in select.order]
        try:
            pairs = [common((names.fraction(have.node, {}), names.fraction(need.node, scope))) for have, need in select.within]
        except NotMeant as fault:
            names.note(fault, select.span, "")
            return
        if cells is None or any(key is None for key in keys) or any(pair is None for pair in pairs):
            return
        condition = every(cell.condition for cell in cells)
        if condition != FALSE:
            needs = tuple(pair[0][1] for pair in pairs if pair)
            candidates.append(Candidate(entity, condition, tuple(key for key in keys if key is not None), needs))
    haves = _resources(lowering, select, known.entities[select.kind])
    at_least = names.number(select.at_least, shape, {}) if select.at_least else ZERO
    at_most = names.number(select.at_most, shape, {}) if select.at_most else Const(len(known.entities[select.kind]))
    if haves is None or at_least is None or at_most is None:
        return
    node = Selection(select.name, tuple(candidates), tuple(down for _, down in select.order), haves, at_least, at_most, tuple(have.text for have, _ in select.within), known.entities[select.kind])
    kind = Options(known.entities[select.kind], select.kind)
    lowering.add(node, select.name, select.name, "", kind, select.span)
    for entity in known.entities[select.kind]:
        name = ground_name(select.name, entity)
        lowering.terms[name] = GroundTerm(name, select.name, entity, YES_NO)


def _resources(lowering: Lowering, select: SelectDecl, entities: tuple[str, ...]) -> tuple[Expr, ...] | None:
    """Return what there is of each resource, over the same bottom as the needs."""
    names = lowering.names
    found = []
    for have, need in select.within:
        pairs = [common((names.fraction(have.node, {}), names.fraction(need.node, {select.kind: entity}))) for entity in entities]
        bottoms = {pair[1] for pair in pairs if pair}
        if len(bottoms) != 1:
            lowering.note("F203", f"the needs of `{have.text}` have different scales", select.span)
            return None
        found.append(next(pair[0][0] for pair in pairs if pair))
    return tuple(found)


def _order_key(lowering: Lowering, key: WrittenExpr, scope: dict[str, str]) -> Expr | None:
    """Return an order key as a whole number: numbers as they are, yes before no, choices by place."""
    names = lowering.names
    try:
        if isinstance(key.node, Word):
            meaning = names.meaning(key.node, scope)
            if meaning.choice is not None and isinstance(meaning.kind, Choice):
                return _place(meaning.choice, meaning.kind.options)
        return names.fraction(key.node, scope).top
    except NotMeant as fault:
        names.note(fault, key.span, key.text)
        return None


def _place(choice: Expr, options: tuple[str, ...]) -> Expr:
    every_option = frozenset(options)
    return total(gated(choice_is(choice, frozenset({option}), every_option), Const(place)) for place, option in enumerate(options))


def lower_share(lowering: Lowering, share: ShareDecl) -> None:
    """Lower a share-out to one weight for each entity."""
    names, known = lowering.names, lowering.names.known
    loop, _, plain = share.name.rpartition(".")
    selection, term = names.selections.get(share.over), known.terms.get(plain)
    if term is None or lowering.definers.get(plain) is not share:
        return
    kind = known.kinds[plain]
    if selection is None:
        lowering.note("F201", f"`{share.over}` is no selection", share.over_span, did_you_mean(share.over, names.selections))
        return
    if not isinstance(kind, Number) or term.of != selection.kind or loop not in ("", term.of):
        lowering.note("F202", f"a share-out over `{share.over}` concludes a number of each {selection.kind}", share.span)
        return
    weights = []
    for entity in known.entities[selection.kind]:
        weight = names.number(share.by, Number("number", 6), {selection.kind: entity})
        if weight is None:
            return
        weights.append((entity, weight))
    amount = names.number(share.amount, kind, {})
    if amount is None:
        return
    lowering.add(Share(plain, amount, share.over, tuple(weights)), plain, plain, "", kind, share.span)
    for entity in known.entities[selection.kind]:
        name = ground_name(plain, entity)
        lowering.terms[name] = GroundTerm(name, plain, entity, kind)
