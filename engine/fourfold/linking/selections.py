"""Selections and share-outs to ground nodes."""

from fourfold.expression.kinds import YES_NO, Choice, Number, Options
from fourfold.expression.nodes import Word
from fourfold.linking.cells import ground_cells
from fourfold.linking.formulas import fraction_of, number_of, scaled
from fourfold.linking.gather import Lowering, fits_loop
from fourfold.linking.names import NotMeant
from fourfold.linking.simplify import FALSE, ZERO, Fraction, choice_is, common, every, gated, total
from fourfold.model import Candidate, Const, Expr, Selection, Share, ground_name
from fourfold.suggest import did_you_mean
from fourfold.written import SelectDecl, ShareDecl, WrittenExpr


def lower_selection(lowering: Lowering, select: SelectDecl) -> None:
    """Make the node of a selection: its candidates with their order keys and needs."""
    names, known = lowering.names, lowering.names.known
    if select.kind not in known.entities:
        lowering.note("F201", f"unknown kind of entity `{select.kind}`", select.span, did_you_mean(select.kind, known.entities))
        return
    entities = known.entities[select.kind]
    cells = [ground_cells(names, select.where, {select.kind: entity}) for entity in entities]
    keys = [_keys(lowering, select, key) for key, _ in select.order]
    pairs = [_needs(lowering, select, have, need) for have, need in select.within]
    whole = Number()
    at_least = number_of(names, select.at_least, whole, {}) if select.at_least else ZERO
    at_most = number_of(names, select.at_most, whole, {}) if select.at_most else Const(len(entities))
    if at_least is None or at_most is None or any(item is None for item in (*cells, *keys, *pairs)):
        return
    columns = [key for key in keys if key is not None]
    needs = [pair for pair in pairs if pair is not None]
    candidates = []
    for place, entity in enumerate(entities):
        condition = every(cell.condition for cell in cells[place] or ())
        if condition != FALSE:
            candidates.append(Candidate(entity, condition, tuple(key[place] for key in columns), tuple(need[place] for _, need in needs)))
    node = Selection(
        select.name,
        tuple(candidates),
        tuple(down for _, down in select.order),
        tuple(have for have, _ in needs),
        at_least,
        at_most,
        tuple(have.text for have, _ in select.within),
        entities,
    )
    parts = [(ground_name(select.name, entity), entity, YES_NO) for entity in entities]
    lowering.add(node, select.name, "", Options(entities, select.kind), select.span, parts)


def _keys(lowering: Lowering, select: SelectDecl, key: WrittenExpr) -> list[Expr] | None:
    """Return an order key of every entity as whole numbers over one bottom; a choice goes by the place of its options."""
    names = lowering.names
    entities = names.known.entities[select.kind]
    try:
        found = [_key(lowering, key, {select.kind: entity}) for entity in entities]
        return _shared(found, key, "an order")
    except NotMeant as fault:
        names.note(fault, key.span, key.text)
        return None


def _shared(found: list[Fraction], written: WrittenExpr, what: str) -> list[Expr]:
    shared = common(found) if found else ([], 1)
    if shared is None:
        raise NotMeant("F305", f"{what} divides by a term", help="name the quotient as a term of its own", span=written.span)
    return shared[0]


def _key(lowering: Lowering, key: WrittenExpr, scope: dict[str, str]) -> Fraction:
    if isinstance(key.node, Word):
        meaning = lowering.names.meaning(key.node, scope)
        if meaning.choice is not None and isinstance(meaning.kind, Choice):
            choice, every_option = meaning.choice, frozenset(meaning.kind.options)
            places = (gated(choice_is(choice, frozenset({option}), every_option), Const(place)) for place, option in enumerate(meaning.kind.options))
            return Fraction(total(places))
    return fraction_of(lowering.names, key, scope)


def _needs(lowering: Lowering, select: SelectDecl, have: WrittenExpr, need: WrittenExpr) -> tuple[Expr, list[Expr]] | None:
    """Return what there is of a resource and what each entity needs of it, over one bottom."""
    names = lowering.names
    try:
        there = fraction_of(names, have, {})
        wanted = [fraction_of(names, need, {select.kind: entity}) for entity in names.known.entities[select.kind]]
        tops = _shared([there, *wanted], need, "`within`")
    except NotMeant as fault:
        names.note(fault, have.span, have.text)
        return None
    return tops[0], tops[1:]


def lower_share(lowering: Lowering, share: ShareDecl) -> None:
    """Make the node of a share-out."""
    names, known = lowering.names, lowering.names.known
    plain = share.name.rpartition(".")[2]
    selection = names.selections.get(share.over)
    if selection is None:
        lowering.note("F201", f"`{share.over}` is no selection", share.over_span, did_you_mean(share.over, names.selections))
        return
    if lowering.definers.get(plain) is not share or plain in known.broken:
        return
    kind, entities = known.kinds[plain], known.entities.get(selection.kind)
    if entities is None:
        return
    if not isinstance(kind, Number):
        lowering.note("F203", f"a share-out concludes a number; `{plain}` is none", share.span, "change the kind of the term")
        return
    if not fits_loop(lowering, share.name, selection.kind, f"the share-out over `{share.over}`", share.span):
        return
    weights = _weights(lowering, share, entities, selection.kind)
    amount = number_of(names, share.amount, kind, {})
    if amount is None or weights is None:
        return
    parts = [(ground_name(plain, entity), entity, kind) for entity in entities]
    lowering.add(Share(plain, amount, share.over, tuple(zip(entities, weights, strict=True))), plain, "", kind, share.span, parts)


def _weights(lowering: Lowering, share: ShareDecl, entities: tuple[str, ...], kind: str) -> list[Expr] | None:
    """Return the weights as whole numbers over one bottom; those that divide by a term have six decimals."""
    names = lowering.names
    try:
        found = [fraction_of(names, share.by, {kind: entity}) for entity in entities]
    except NotMeant as fault:
        names.note(fault, share.by.span, share.by.text)
        return None
    shared = common(found)
    return [scaled(weight, Number(scale=6)) for weight in found] if shared is None else shared[0]
