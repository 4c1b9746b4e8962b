"""Decision tables to ground nodes: loops unrolled, rows in force kept."""

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options
from fourfold.linking.cells import ground_cells, value_of
from fourfold.linking.gather import Lowering, fits_loop, loop_entities
from fourfold.linking.simplify import FALSE
from fourfold.model import Row, Table, ground_name
from fourfold.problem import Label
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import RuleDecl, TableDecl


def check_rules(lowering: Lowering, table: TableDecl, ids: dict[str, Span]) -> None:
    """Note double ids, unknown or circular overrides, and what the hit policy does not allow."""
    mine = {rule.id for rule in table.rules}
    for rule in table.rules:
        if rule.id and rule.id in ids:
            lowering.note("F209", f"rule `{rule.id}` is declared twice", rule.span, "rename one of them", labels=(Label(ids[rule.id], "the first"),))
        ids.setdefault(rule.id, rule.span)
        for name, span in rule.overrides:
            if name not in mine:
                lowering.note("F201", f"table `{table.name}` has no rule `{name}`", span, did_you_mean(name, mine))
        if table.policy != "unique" and (rule.is_otherwise or rule.overrides):
            what = "otherwise" if rule.is_otherwise else "overrides"
            lowering.note("F106", f"`{what}` is for unique tables; `{table.name}` has hit policy {table.policy}", rule.span, "remove it, or remove `hit policy`")
    rest = [rule for rule in table.rules if rule.is_otherwise]
    for rule in rest[1:]:
        lowering.note("F209", f"table `{table.name}` has two rows with `otherwise`", rule.span, "keep one", labels=(Label(rest[0].span, "the first"),))
    _check_overrides(lowering, table)


def _check_overrides(lowering: Lowering, table: TableDecl) -> None:
    """Note each circle of overrides once, with every rule on it."""
    weaker = {rule.id: [name for name, _ in rule.overrides] for rule in table.rules}
    places = {rule.id: rule.span for rule in table.rules}
    reached = {name: _reach(name, weaker) for name in weaker}
    done: set[str] = set()
    for name in weaker:
        if name in reached[name] and name not in done:
            ring = [other for other in weaker if other in reached[name] and name in reached[other]]
            done.update(ring)
            labels = tuple(Label(places[other], "") for other in ring[1:])
            what = "itself" if len(ring) == 1 else f"itself through {' and '.join(f'`{other}`' for other in ring[1:4])}"
            lowering.note("F302", f"rule `{name}` overrides {what}", places[name], "the stronger rule names the weaker one, never both ways", labels=labels)


def _reach(start: str, weaker: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(weaker[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += weaker.get(name, ())
    return seen


def lower_table(lowering: Lowering, table: TableDecl) -> None:
    """Make one node for each term and entity that a table concludes."""
    is_lowered = False
    for written, span in table.concludes:
        plain = written.rpartition(".")[2]
        if lowering.definers.get(plain) is not table or not fits_loop(lowering, written, table.loop, f"table `{table.name}`", span):
            continue
        if not _fits_policy(lowering, table, plain, span):
            continue
        is_lowered = True
        for entity in loop_entities(lowering, table.loop, table.span):
            _ground_table(lowering, table, written, plain, entity)
    if not is_lowered:
        _check_cells(lowering, table)


def _check_cells(lowering: Lowering, table: TableDecl) -> None:
    """Note the problems of the cells of a table whose results mean nothing."""
    known = lowering.names.known
    if table.loop and table.loop not in known.entities:
        lowering.note("F201", f"unknown kind of entity `{table.loop}`", table.span, did_you_mean(table.loop, known.entities))
        return
    for entity in known.entities.get(table.loop, ("",)):
        for rule in table.rules:
            ground_cells(lowering.names, rule.cells, {table.loop: entity} if entity else {})
    lowering.names.used = {}


def _fits_policy(lowering: Lowering, table: TableDecl, plain: str, span: Span) -> bool:
    if plain in lowering.names.known.broken:
        return False
    kind = lowering.names.known.kinds[plain]
    wanted = {"unique": (Number, Choice), "sum": (Number,), "all": (Options,)}[table.policy]
    if isinstance(kind, wanted):
        return True
    words = {"unique": "a number, a choice or yes_no", "sum": "a number", "all": "a set"}[table.policy]
    help_text = "write `hit policy: all`" if isinstance(kind, Options) else "a ratio is concluded by a formula" if table.policy == "unique" else "change the kind of the term, or the hit policy"
    lowering.note("F203", f"a table with hit policy {table.policy} concludes {words}; `{plain}` is not", span, help_text)
    return False


def _ground_table(lowering: Lowering, table: TableDecl, written: str, plain: str, entity: str) -> None:
    names, kind = lowering.names, lowering.names.known.kinds[plain]
    scope = {table.loop: entity} if entity else {}
    rows = []
    for rule in table.rules:
        names.known.changes.update(day for day in (rule.period.first, rule.period.last and rule.period.last + 1) if day)
        if rule.period.covers(names.known.as_of):
            row = _row(lowering, rule, written, kind, scope)
            if row is not None:
                rows.append(row)
    alive = {row.rule for row in rows}
    rows = [Row(r.rule, r.cells, r.value, tuple(o for o in r.overrides if o in alive), r.is_otherwise, r.ruled_out) for r in rows]
    ground = ground_name(plain, entity)
    options = kind.options if isinstance(kind, Options) else ()
    parts = [(f"{ground}[{option}]", entity, YES_NO) for option in options]
    lowering.add(Table(ground, table.name, table.policy, tuple(rows), options), plain, entity, kind, table.span, parts)


def _row(lowering: Lowering, rule: RuleDecl, written: str, kind: Kind, scope: dict[str, str]) -> Row | None:
    then = next(((text, span) for name, text, span in rule.then if name == written), None)
    if then is None:
        return None
    value = value_of(lowering.names, kind, *then)
    cells = ground_cells(lowering.names, rule.cells, scope)
    if value is None or cells is None:
        return None
    out = next((cell.column for cell in cells if cell.condition == FALSE), "")
    return Row(rule.id, cells, value, tuple(name for name, _ in rule.overrides), rule.is_otherwise, out)
