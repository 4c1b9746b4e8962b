"""Declarations to ground nodes: loops unrolled, attributes folded."""

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Text
from fourfold.expression.nodes import Word
from fourfold.linking.aggregates import lower_formula
from fourfold.linking.cells import Names
from fourfold.linking.gather import Definer, Lowering, ground_cells, loop_entities
from fourfold.linking.names import NotMeant
from fourfold.linking.selections import lower_selection, lower_share
from fourfold.linking.simplify import FALSE, best
from fourfold.model import (
    Const,
    Expr,
    Given,
    GroundTerm,
    Row,
    Table,
    ground_name,
)
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import RuleDecl, TableDecl, TermDecl


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
        lower_formula(lowering, formula)
    for selection in content.selections:
        lower_selection(lowering, selection)
    for share in content.shares:
        lower_share(lowering, share)
    return lowering


def _find_definers(lowering: Lowering) -> None:
    content, known = lowering.names.known.content, lowering.names.known
    pairs: list[tuple[str, Span, Definer]] = [(name, span, table) for table in content.tables for name, span in table.concludes]
    pairs += [(formula.name, formula.span, formula) for formula in content.formulas]
    pairs += [(share.name, share.span, share) for share in content.shares]
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
    for entity in loop_entities(lowering, term.of, term.span):
        _given(lowering, term, kind, entity)
    names.used = {}


def _given(lowering: Lowering, term: TermDecl, kind: Kind, entity: str) -> None:
    ground, scope = ground_name(term.name, entity), {term.of: entity} if entity else {}
    if isinstance(kind, Options):
        assumed = _assumed_members(lowering, term, kind)
        for option in kind.options:
            name = f"{ground}[{option}]"
            member = Const("true" if option in assumed else "false") if term.assume else None
            lowering.add(Given(name, member, term.is_required), name, term.name, entity, YES_NO, term.span)
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
        option = names.value_of(kind, word.text, written.span)
        return Const(option) if option is not None else None
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
        for entity in loop_entities(lowering, table.loop, table.span):
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
