"""From what differs between two sheets to edits of the YAML texts."""

from dataclasses import dataclass, field

from fourfold.exchange.compare import Incoming
from fourfold.exchange.edits import KEEP, Edit, Target, Wanted, Yaml, block, changed, column, dash, flow, newline, restructured, scalar
from fourfold.exchange.forms import fault_of, read
from fourfold.exchange.nouns import Column, Row, Sheet
from fourfold.exchange.places import Place
from fourfold.exchange.rule_sheets import rule_paths
from fourfold.problem import Collector
from fourfold.span import Span


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where in the sheet, of which row and column, from what to what; a whole row has no column."""

    place: Span
    row: str
    column: str
    before: str
    after: str
    file: str


@dataclass(slots=True)
class Plan:
    """The edits of one sheet by file, the changes they stand for, and what is wrong."""

    now: Sheet
    came: Incoming
    texts: dict[str, str]
    problems: Collector
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def note(self, row: Row, name: str, before: str, after: str, file: str) -> None:
        """Keep a change."""
        self.changes.append(Change(self.came.place(row.key, name), " ".join(part for part in row.key if part), name, before, after, file))

    def wanted(self, row: Row, item: Column) -> "Wanted | None":
        """Return what a cell says; YAML that cannot be read is noted."""
        value = read(row.cells.get(item.name, ""), item.form)
        fault = fault_of(value)
        if fault is not None:
            self.problems.add("F102", f"`{item.name}`: {fault}", self.came.place(row.key, item.name), help="a value in brackets, or behind `yaml:`, is YAML")
            return ""
        return value

    def differing(self, old: Row, new: Row) -> list[Column]:
        """Return the columns in which a row differs."""
        return [item for item in self.came.sheet.columns if not item.is_key and not item.is_view and old.cells.get(item.name, "").strip() != new.cells.get(item.name, "").strip()]


def plan_rows(plan: Plan) -> None:
    """Plan the edits of a sheet whose rows are members of a list or of keys: changed, renamed, new and missing rows."""
    old = {row.key: row for row in plan.now.rows}
    new = {row.key: row for row in plan.came.sheet.rows}
    renamed = _renamed(plan, old, new)
    inner: dict[int, list[Edit]] = {}
    removed: dict[int, set[int]] = {}
    added: dict[int, list[tuple[int, str]]] = {}
    holders: dict[int, tuple[str, Place]] = {}
    for row in plan.now.rows:
        assert row.holder is not None
        holders[id(row.holder)] = (row.file, row.holder)
        if row.key not in new and row.key not in renamed.values() and plan.now.what != "tables":
            removed.setdefault(id(row.holder), set()).add(row.index)
            plan.changes.append(Change(Span(plan.came.grid.file, 1, 1, 1, plan.came.grid.name), " ".join(row.key), "", "a row", "", row.file))
    for row in plan.came.sheet.rows:
        before = old.get(renamed.get(row.key, row.key))
        if before is not None:
            inner.setdefault(id(before.holder), []).extend(_row_edits(plan, before, row))
        else:
            _add_row(plan, row, old, added)
    for identity, (file, holder) in holders.items():
        edits = restructured(plan.texts[file], holder, inner.get(identity, []), removed.get(identity, set()), added.get(identity, []))
        plan.edits.setdefault(file, []).extend(edits)


def _renamed(plan: Plan, old: dict[tuple[str, ...], Row], new: dict[tuple[str, ...], Row]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return which new row is which old one under another name: the one that says the same."""
    columns = [item.name for item in plan.came.sheet.columns if not item.is_key and not item.is_view]

    def said(row: Row) -> tuple[str, ...]:
        return tuple(row.cells.get(name, "").strip() for name in columns)

    gone = {said(row): key for key, row in old.items() if key not in new}
    return {key: gone.pop(said(row)) for key, row in new.items() if key not in old and said(row) in gone}


def _row_edits(plan: Plan, old: Row, new: Row) -> list[Edit]:
    """Return the edits that bring a row to what its sheet says."""
    text, edits = plan.texts[old.file], list[Edit]()
    assert old.base is not None
    target = row_target(plan, old, new)
    if new.key != old.key:
        edits += _name_edits(plan, old, new, target)
    if target:
        edits += changed(text, old.base, target)
    return edits


def _name_edits(plan: Plan, old: Row, new: Row, target: Target) -> list[Edit]:
    assert old.holder is not None
    plan.note(new, "", "", f"{old.key[0]} → {new.key[0]}", old.file)
    if plan.now.columns[0].path:
        target[plan.now.columns[0].path[0]] = new.key[0]
        return []
    name = old.holder.entries[old.index][0]
    assert name is not None
    return [(name.start, name.end, scalar(new.key[0], name.style, in_flow=old.holder.is_flow))]


def row_target(plan: Plan, old: Row, new: Row) -> Target:
    """Return what the keys of a row are to be, for the cells that differ."""
    target: Target = {}
    paths = dict(old.paths)
    if plan.now.what == "table" and ("otherwise" in new.cells) != ("otherwise" in old.cells):
        _turn_otherwise(plan, new, target, paths)
    for item in plan.differing(old, new):
        if item.name == "otherwise":
            plan.note(new, item.name, old.cells.get(item.name, ""), new.cells.get(item.name, ""), old.file)
            continue
        put(target, paths.get(item.name, item.path), plan.wanted(new, item))
        plan.note(new, item.name, old.cells.get(item.name, ""), new.cells.get(item.name, ""), old.file)
    _check_otherwise(plan, new)
    return target


def _turn_otherwise(plan: Plan, new: Row, target: Target, paths: dict[str, tuple[str, ...]]) -> None:
    """Turn a row into the one for all other cases, or back: its result moves to another key."""
    names = tuple(name.removeprefix("then ") for name in paths)
    moved = rule_paths(None, names, is_otherwise="otherwise" in new.cells)
    target[next(iter(paths.values()))[0]] = None
    target["when"] = None if "otherwise" in new.cells else {}
    for item in plan.came.sheet.columns:
        if item.name in moved:
            put(target, moved[item.name], plan.wanted(new, item))
        elif item.group == "when" and item.path and new.cells.get(item.name):
            put(target, item.path, plan.wanted(new, item))
    paths.update(moved)


def _check_otherwise(plan: Plan, row: Row) -> None:
    if plan.now.what != "table" or "otherwise" not in row.cells:
        return
    tested = [item.name for item in plan.came.sheet.columns if item.group == "when" and item.path and row.cells.get(item.name)]
    if row.cells["otherwise"].strip().lower() not in ("yes", "true"):
        plan.problems.add("F203", f"`otherwise` is yes or blank; `{row.cells['otherwise']}` is neither", plan.came.place(row.key, "otherwise"), help="write yes, or clear the cell")
    elif tested:
        plan.problems.add("F106", f"rule `{row.key[0]}` has `otherwise` beside tests", plan.came.place(row.key, tested[0]), help="clear its tests, or clear `otherwise`")


def put(target: Target, path: tuple[str, ...], value: "Wanted | None") -> None:
    """Give a target a value at a path; what says something wins over what removes."""
    here = target
    for key in path[:-1]:
        inner = here.get(key)
        if not isinstance(inner, dict):
            if key in here and value is None:
                return
            inner = {}
            here[key] = inner
        here = inner
    last = path[-1]
    there = here.get(last)
    if isinstance(there, dict) and value is None:
        return
    here[last] = value


# ---------------------------------------------------------------- new rows


def _add_row(plan: Plan, row: Row, old: dict[tuple[str, ...], Row], added: dict[int, list[tuple[int, str]]]) -> None:
    """Plan a new row: behind the one that stands before it in the sheet, written like it."""
    if plan.now.what == "tables":
        plan.problems.add("F126", f"there is no table `{row.key[0]}`", plan.came.place(row.key), help="a table is begun in a file of rules/; its rows can then be edited here")
        return
    anchor, is_before = _anchor(plan, row, old)
    if anchor is None or anchor.holder is None or anchor.base is None:
        files = sorted({other.key[1] for other in old.values()}) if plan.now.what == "cases" else []
        help_text = f"one of {', '.join(files)}" if files else "begin it in its YAML file with one row; more can then be added here"
        plan.problems.add("F126", f"there is no place for the new row `{row.key[0]}`", plan.came.place(row.key, "file" if files else ""), help=help_text)
        return
    target: Target = {}
    names = tuple(item.name.removeprefix("then ") for item in plan.came.sheet.columns if item.name.startswith("then "))
    paths = rule_paths(None, names, is_otherwise="otherwise" in row.cells) if plan.now.what == "table" else {}
    for item in plan.came.sheet.columns:
        if item.is_key and item.path:
            target[item.path[0]] = row.cells[item.name]
            if plan.now.what == "table" and "otherwise" not in row.cells:
                target["when"] = {}
        elif not item.is_view and not item.is_key and item.path and row.cells.get(item.name):
            put(target, paths.get(item.name, item.path), plan.wanted(row, item))
    _check_otherwise(plan, row)
    at = -1 if is_before else anchor.index
    added.setdefault(id(anchor.holder), []).append((at, _row_text(plan.texts[anchor.file], anchor, row, target)))
    plan.note(row, "", "", "a new row", anchor.file)


def _anchor(plan: Plan, row: Row, old: dict[tuple[str, ...], Row]) -> tuple[Row | None, bool]:
    """Return the row of the files next to a new one, and whether the new one goes before all others."""
    rows = list(plan.came.sheet.rows)
    at = rows.index(row)

    def of_file(other: Row) -> bool:
        return plan.now.what != "cases" or other.key[1] == row.key[1]

    for other in reversed(rows[:at]):
        if other.key in old and of_file(other):
            return old[other.key], False
    for other in rows[at + 1 :]:
        if other.key in old and of_file(other):
            found = old[other.key]
            return found, found.index == 0
    last = [other for other in old.values() if of_file(other)]
    return (last[-1] if last else None), False


def _row_text(text: str, anchor: Row, row: Row, target: Target) -> str:
    assert anchor.base is not None
    assert anchor.holder is not None
    in_list = anchor.holder.what == "list"
    head = "" if in_list else f"{scalar(row.key[0])}: "
    if anchor.holder.is_flow:
        return head + flow(target)
    start = dash(text, anchor.base) if in_list else anchor.holder.entries[anchor.index][0].start  # type: ignore[union-attr]
    if anchor.base.is_flow or not target:
        return ("- " if in_list else head) + flow(target)
    if in_list:
        return "- " + block(target, column(text, anchor.base.start), newline(text))
    indent = max(column(text, anchor.base.start), column(text, start) + 2)
    return head.rstrip() + newline(text) + " " * indent + block(target, indent, newline(text))


# ---------------------------------------------------------------- figures


def plan_figures(plan: Plan) -> None:
    """Plan the edits of a sheet of figures: each row is a path in the keys of its entity."""
    old = {row.key: row for row in plan.now.rows}
    new = {row.key: row for row in plan.came.sheet.rows}
    targets: dict[str, Target] = {}
    groups = dict.fromkeys([key[:3] for key in (*old, *new)])
    for group in groups:
        entity = group[0]
        before, after = [row for key, row in old.items() if key[:3] == group], [row for key, row in new.items() if key[:3] == group]
        if entity not in plan.now.homes:
            plan.problems.add("F202", f"there is no {plan.now.subject} `{entity}`", plan.came.place(after[0].key), help="add it on the sheet of its kind first")
        elif [row.key for row in before] == [row.key for row in after]:
            for one, other in zip(before, after, strict=True):
                _figure(plan, one, other, targets.setdefault(entity, {}))
        else:
            _figures(plan, group, before, after, targets.setdefault(entity, {}))
    for entity, target in targets.items():
        file, node = plan.now.homes[entity]
        if target:
            plan.edits.setdefault(file, []).extend(changed(plan.texts[file], node, target))


def _figure(plan: Plan, old: Row, new: Row, target: Target) -> None:
    columns = plan.differing(old, new)
    if not columns:
        return
    assert old.base is not None
    node = old.base.at(old.prefix)
    for item in columns:
        plan.note(new, item.name, old.cells.get(item.name, ""), new.cells.get(item.name, ""), old.file)
        if node is not None and node.what == "keys":
            put(target, (*old.prefix, *item.path), plan.wanted(new, item))
    if node is not None and node.what != "keys":
        put(target, old.prefix, _figure_value(plan, new))


def _figure_value(plan: Plan, row: Row) -> Target:
    value: Target = {}
    for item in plan.came.sheet.columns:
        if not item.is_key and not item.is_view and row.cells.get(item.name):
            put(value, item.path, plan.wanted(row, item))
    return value


def _figures(plan: Plan, group: tuple[str, ...], before: list[Row], after: list[Row], target: Target) -> None:
    """Plan figures that come, go, or become several with their days: the value is written anew."""
    file, path = plan.now.homes[group[0]][0], tuple(part for part in group[1:] if part)
    for row in after:
        if row.key not in {other.key for other in before}:
            plan.note(row, "", "", "a new row", file)
    for row in before:
        if row.key not in {other.key for other in after}:
            plan.changes.append(Change(Span(plan.came.grid.file, 1, 1, 1, plan.came.grid.name), " ".join(filter(None, row.key)), "", "a row", "", file))
    values = [_figure_value(plan, row) for row in after]
    put(target, path, None if not values else values[0] if len(values) == 1 else Yaml("[" + ", ".join(flow(value) for value in values) + "]"))


__all__ = ["KEEP", "Change", "Plan", "plan_figures", "plan_rows"]
