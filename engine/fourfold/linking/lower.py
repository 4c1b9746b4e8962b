"""Declarations to ground nodes: loops unrolled, attributes folded."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Ratio, Text
from fourfold.expression.nodes import Literal, Word
from fourfold.linking.names import Names, NotMeant
from fourfold.linking.simplify import FALSE, ZERO, best, choice_is, common, every, floor, gated, terms_in, times, total
from fourfold.model import (
    Always,
    Among,
    Candidate,
    Condition,
    Const,
    Expr,
    Formula,
    Given,
    GroundCell,
    GroundNever,
    GroundNode,
    GroundOrFrom,
    GroundTerm,
    RatioOf,
    Row,
    Selection,
    Share,
    Table,
    ground_name,
)
from fourfold.problem import Label
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import FormulaDecl, NeverDecl, RuleDecl, SelectDecl, ShareDecl, TableDecl, TermDecl, WrittenCell, WrittenExpr

Definer = TableDecl | FormulaDecl | SelectDecl | ShareDecl


@dataclass(slots=True)
class Lowering:
    """Gathers ground nodes and terms; `places` keeps where each node was written."""

    names: Names
    nodes: list[GroundNode] = field(default_factory=list)
    terms: dict[str, GroundTerm] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    definers: dict[str, Definer] = field(default_factory=dict)

    def note(self, code: str, message: str, span: Span, help: str | None = None, labels: tuple[Label, ...] = ()) -> None:
        """Note a problem."""
        self.names.problems.add(code, message, span, help=help, labels=labels)

    def add(self, node: GroundNode, name: str, source: str, entity: str, kind: Kind, span: Span) -> None:
        """Keep a node and the term that it gives, with the figures folded into it."""
        self.nodes.append(node)
        self.terms[name] = GroundTerm(name, source, entity, kind, knowledge=tuple(self.names.used))
        self.places[name] = span
        self.names.used = {}


def lower(names: Names) -> Lowering:
    """Return the ground nodes of everything declared, not yet ordered."""
    lowering = Lowering(names)
    content = names.known.content
    _find_definers(lowering)
    for term in names.known.terms.values():
        _term(lowering, term)
    ids: dict[str, Span] = {}
    for table in content.tables:
        _rule_ids(lowering, table, ids)
        _table(lowering, table)
    for formula in content.formulas:
        _formula(lowering, formula)
    for selection in content.selections:
        _selection(lowering, selection)
    for share in content.shares:
        _share(lowering, share)
    return lowering


def _find_definers(lowering: Lowering) -> None:
    content, known = lowering.names.known.content, lowering.names.known
    pairs: list[tuple[str, Span, Definer]] = [(name, span, table) for table in content.tables for name, span in table.concludes]
    pairs += [(item.name, item.span, item) for item in (*content.formulas, *content.shares)]
    for name, span, definer in pairs:
        plain = name.rpartition(".")[2]
        if plain in lowering.definers:
            first = lowering.definers[plain]
            lowering.note("F209", f"`{plain}` is concluded twice", span, f"the first is at {first.span}")
        elif plain not in known.terms:
            lowering.note("F201", f"unknown term `{plain}`", span, did_you_mean(plain, known.terms) or "declare it in knowledge/terms.yaml")
        else:
            lowering.definers[plain] = definer
    for selection in content.selections:
        if selection.name in known.terms:
            lowering.note("F209", f"`{selection.name}` is a term and a selection", selection.span, "a selection is not declared as a term")


def _is_asked(term: TermDecl) -> bool:
    return bool(term.ask.by_language or term.is_required or term.is_optional or term.assume or term.or_from)


def _term(lowering: Lowering, term: TermDecl) -> None:
    names, kind = lowering.names, lowering.names.known.kinds[term.name]
    if term.figures:
        if term.name in lowering.definers:
            lowering.note("F209", f"constant `{term.name}` is also concluded", term.span)
        return
    if term.name in lowering.definers:
        if _is_asked(term):
            lowering.note("F209", f"`{term.name}` is asked and also concluded", term.span, f"concluded at {lowering.definers[term.name].span}")
        return
    if not _is_asked(term):
        lowering.note("F217", f"nobody asks or concludes `{term.name}`", term.span, "add `ask`, or a table or formula that concludes it")
        return
    if isinstance(kind, Text):
        return
    if not (term.is_required or term.is_optional or term.assume):
        lowering.note("F111", f"term `{term.name}` has no `assume`", term.span, "add `assume`, or `required: true`, or `optional: true`")
    if isinstance(kind, Number) and not term.kind.low and not term.kind.high and kind.form in ("number", "money"):
        lowering.note("F111", f"term `{term.name}` has no `range`", term.span, "every number has a range: `range: [0, 1000]`")
    for entity in _loop_entities(lowering, term.of, term.span):
        _given(lowering, term, kind, entity)
    names.used = {}


def _loop_entities(lowering: Lowering, loop: str, span: Span) -> tuple[str, ...]:
    if not loop:
        return ("",)
    known = lowering.names.known
    if loop not in known.entities:
        lowering.note("F201", f"unknown kind of entity `{loop}`", span, did_you_mean(loop, known.entities))
        return ()
    return known.entities[loop]


def _given(lowering: Lowering, term: TermDecl, kind: Kind, entity: str) -> None:
    ground, scope = ground_name(term.name, entity), {term.of: entity} if entity else {}
    if isinstance(kind, Options):
        assumed = _assumed_members(lowering, term, kind)
        for option in kind.options:
            name = f"{ground}[{option}]"
            assume = Const("true" if option in assumed else "false") if term.assume else None
            lowering.add(Given(name, assume, term.is_required), name, term.name, entity, YES_NO, term.span)
        return
    assume = None
    if term.assume is not None:
        assume = _assume(lowering, term, kind, scope)
    lowering.add(Given(ground, assume, term.is_required), ground, term.name, entity, kind, term.span)


def _assumed_members(lowering: Lowering, term: TermDecl, kind: Options) -> set[str]:
    if term.assume is None or not isinstance(term.assume.node, Word) or term.assume.node.text == "none":
        return set()
    word = term.assume.node.text
    if word not in kind.options:
        lowering.note("F204", f"`{word}` is not one of the choices", term.assume.span, did_you_mean(word, kind.options))
    return {word}


def _assume(lowering: Lowering, term: TermDecl, kind: Kind, scope: dict[str, str]) -> Expr | None:
    """Return what a term is assumed to be; a number is held within the range of its term."""
    assert term.assume is not None
    names, written = lowering.names, term.assume
    if isinstance(kind, Number):
        value = names.number(written, kind, scope)
        return None if value is None else best(False, [Const(kind.high), best(True, [Const(kind.low), value])])
    if isinstance(kind, Choice) and isinstance(written.node, Word):
        word = written.node
        first = word.text.partition(".")[0]
        if first in names.known.terms:
            try:
                meaning = names.meaning(word, scope)
            except NotMeant as fault:
                names.note(fault, written.span, written.text)
                return None
            if meaning.choice is not None and isinstance(meaning.kind, Choice) and set(meaning.kind.options) <= set(kind.options):
                return meaning.choice
            lowering.note("F203", f"`{word.text}` is no choice of the kind of `{term.name}`", written.span)
            return None
        value = names.value_of(kind, word.text, written.span)
        return Const(value) if value is not None else None
    lowering.note("F203", f"`{written.text}` cannot be assumed for `{term.name}`", written.span)
    return None


# ---------------------------------------------------------------- tables


def _rule_ids(lowering: Lowering, table: TableDecl, ids: dict[str, Span]) -> None:
    mine = {rule.id for rule in table.rules}
    for rule in table.rules:
        if rule.id and rule.id in ids:
            lowering.note("F209", f"rule `{rule.id}` is declared twice", rule.span, f"the first is at {ids[rule.id]}")
        ids.setdefault(rule.id, rule.span)
        for name, span in rule.overrides:
            if name not in mine:
                lowering.note("F201", f"table `{table.name}` has no rule `{name}`", span, did_you_mean(name, mine))
    if table.policy != "unique":
        for rule in table.rules:
            if rule.is_otherwise or rule.overrides:
                what = "otherwise" if rule.is_otherwise else "overrides"
                lowering.note("F106", f"`{what}` is for unique tables; `{table.name}` has hit policy {table.policy}", rule.span)
    rest = [rule for rule in table.rules if rule.is_otherwise]
    if len(rest) > 1:
        lowering.note("F209", f"table `{table.name}` has two rows with `otherwise`", rest[1].span, f"the first is at {rest[0].span}")
    _override_cycle(lowering, table)


def _override_cycle(lowering: Lowering, table: TableDecl) -> None:
    weaker = {rule.id: {name for name, _ in rule.overrides} for rule in table.rules}
    for rule in table.rules:
        seen: set[str] = set()
        todo = list(weaker[rule.id])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += weaker.get(name, ())
        if rule.id in seen:
            lowering.note("F302", f"rule `{rule.id}` overrides itself through others", rule.span)
            return


def _table(lowering: Lowering, table: TableDecl) -> None:
    known = lowering.names.known
    for written, span in table.concludes:
        loop, _, plain = written.rpartition(".")
        term = known.terms.get(plain)
        if term is None or lowering.definers.get(plain) is not table:
            continue
        if term.of != table.loop or loop not in ("", term.of):
            want = f"`for each: {term.of}` and `{term.of}.{plain}`" if term.of else f"no `for each`, and `{plain}`"
            lowering.note("F202", f"`{plain}` does not fit the loop of table `{table.name}`", span, f"write {want}")
            continue
        _check_kind(lowering, table, plain, span)
        for entity in _loop_entities(lowering, table.loop, table.span):
            _ground_table(lowering, table, written, plain, entity)


def _check_kind(lowering: Lowering, table: TableDecl, plain: str, span: Span) -> None:
    kind = lowering.names.known.kinds[plain]
    wanted = {"unique": (Number, Choice), "sum": (Number,), "all": (Options,)}[table.policy]
    if not isinstance(kind, wanted):
        words = {"unique": "a number, a choice or yes_no", "sum": "a number", "all": "a set"}[table.policy]
        lowering.note("F203", f"a table with hit policy {table.policy} concludes {words}; `{plain}` is not", span)


def _ground_table(lowering: Lowering, table: TableDecl, written: str, plain: str, entity: str) -> None:
    names, kind = lowering.names, lowering.names.known.kinds[plain]
    scope = {table.loop: entity} if entity else {}
    day, rows = names.known.as_of, []
    for rule in table.rules:
        for day_of_change in (rule.period.first, rule.period.last and rule.period.last + 1):
            if day_of_change:
                names.known.changes.add(day_of_change)
        if rule.period.covers(day):
            row = _row(lowering, rule, written, kind, scope)
            if row is not None:
                rows.append(row)
    alive = {row.rule for row in rows}
    rows = [Row(r.rule, r.cells, r.value, tuple(o for o in r.overrides if o in alive), r.is_otherwise, r.ruled_out) for r in rows]
    ground = ground_name(plain, entity)
    options = kind.options if isinstance(kind, Options) else ()
    node = Table(ground, table.name, table.policy, tuple(rows), options)
    lowering.add(node, ground, plain, entity, kind, table.span)
    if isinstance(kind, Options):
        for option in kind.options:
            lowering.terms[f"{ground}[{option}]"] = GroundTerm(f"{ground}[{option}]", plain, entity, YES_NO)


def _row(lowering: Lowering, rule: RuleDecl, written: str, kind: Kind, scope: dict[str, str]) -> Row | None:
    then = next(((text, span) for name, text, span in rule.then if name == written), None)
    if then is None:
        return None
    value = lowering.names.value_of(kind, *then)
    cells = ground_cells(lowering.names, rule.cells, scope)
    if value is None or cells is None:
        return None
    out = next((cell.column for cell in cells if cell.condition == FALSE), "")
    return Row(rule.id, cells, value, tuple(name for name, _ in rule.overrides), rule.is_otherwise, out)


def ground_cells(names: Names, cells: Iterable[WrittenCell], scope: dict[str, str]) -> tuple[GroundCell, ...] | None:
    """Return the meanings of some cells, or None where one has none."""
    found = [names.cell(cell, scope) for cell in cells]
    return None if any(cell is None for cell in found) else tuple(cell for cell in found if cell is not None)


# ---------------------------------------------------------------- formulas


def _formula(lowering: Lowering, formula: FormulaDecl) -> None:
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
    for entity in _loop_entities(lowering, formula.loop, formula.span):
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
        lowering.note("F201", f"`{formula.over}` is neither a kind of entity nor a selection", formula.over_span,
                      did_you_mean(formula.over, (*known.entities, *names.selections)))
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


# ---------------------------------------------------------------- selections and shares


def _selection(lowering: Lowering, select: SelectDecl) -> None:
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
    node = Selection(select.name, tuple(candidates), tuple(down for _, down in select.order), haves, at_least, at_most,
                     tuple(have.text for have, _ in select.within), known.entities[select.kind])
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


def _share(lowering: Lowering, share: ShareDecl) -> None:
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


# ---------------------------------------------------------------- constraints, promises, the door


def lower_nevers(lowering: Lowering, nevers: tuple[NeverDecl, ...]) -> tuple[GroundNever, ...]:
    """Return constraints or promises, one for each entity of their loop."""
    found = []
    for item in nevers:
        for entity in _loop_entities(lowering, item.loop, item.span):
            cells = ground_cells(lowering.names, item.cells, {item.loop: entity} if entity else {})
            if cells is not None:
                condition = every(cell.condition for cell in cells)
                if condition != FALSE:
                    found.append(GroundNever(item.name, entity, cells, condition, item.because, item.span))
    lowering.names.used = {}
    return tuple(found)


def lower_or_from(lowering: Lowering) -> dict[str, tuple[GroundOrFrom, ...]]:
    """Return the arithmetic of the door for each term that has some."""
    names, found = lowering.names, {}
    for term in names.known.terms.values():
        kind, ways = names.known.kinds[term.name], []
        for way in term.or_from:
            if not isinstance(kind, Number) or term.of:
                lowering.note("F203", f"`or from` gives a single number; `{term.name}` is none", way.expression.span)
                continue
            cells, value = ground_cells(names, way.where, {}), names.number(way.expression, kind, {})
            for name in way.may_assume:
                if name not in names.known.terms:
                    lowering.note("F201", f"unknown term `{name}`", way.expression.span, did_you_mean(name, names.known.terms))
            if cells is not None and value is not None:
                condition = every(cell.condition for cell in cells)
                ways.append(GroundOrFrom(condition, value, tuple(sorted(terms_in(value))), frozenset(way.may_assume), way.expression.text,
                                         tuple(sorted(terms_in(condition)))))
        if ways:
            found[term.name] = tuple(ways)
    names.used = {}
    return found
