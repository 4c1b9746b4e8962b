"""Small edits of decision tables, and how they are written into the text of a rule file: comments and layout stay."""

from dataclasses import dataclass, replace

from fourfold.exchange.edits import Target, Yaml, applied, block, changed, column, dash, flow, newline, restructured
from fourfold.exchange.places import Place, places
from fourfold.problem import Collector, Problems
from fourfold.reading.document import parse
from fourfold.reading.rules import read_rules
from fourfold.written import TableDecl


@dataclass(frozen=True, slots=True)
class SetCell:
    """A cell of a rule becomes another; None takes it away, a column that the rule does not test is added."""

    rule: str
    column: str
    text: str | None


@dataclass(frozen=True, slots=True)
class SetOverrides:
    """A rule overrides these rules and no others."""

    rule: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewRule:
    """A row more: its cells, what follows (as written behind `then`), the rules it overrides, and its reason by language."""

    rule: str
    cells: tuple[tuple[str, str], ...]
    then: str
    overrides: tuple[str, ...]
    because: tuple[tuple[str, str], ...]


Step = SetCell | SetOverrides | NewRule


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """Some steps in one table that belong together; `form` says what sort of edit it is."""

    form: str
    table: str
    steps: tuple[Step, ...]

    def overriding(self, rule: str, names: tuple[str, ...]) -> "RuleEdit":
        """Return the edit with a rule that overrides these rules as well."""
        before = next((step.names for step in self.steps if isinstance(step, SetOverrides) and step.rule == rule), ())
        rest = tuple(step for step in self.steps if not (isinstance(step, SetOverrides) and step.rule == rule))
        return replace(self, steps=(*rest, SetOverrides(rule, tuple(dict.fromkeys([*before, *names])))))


def edited(text: str, edit: RuleEdit) -> str | None:
    """Return the text of a rule file after an edit, or None where the table or a rule is not in it."""
    for step in edit.steps:
        tree = places(text)
        table = next((item for item in tree.items if _is_table(item, edit.table)), None) if tree is not None else None
        rules = table.get("rules") if table is not None else None
        made = None if rules is None else _with_rule(text, rules, step) if isinstance(step, NewRule) else _with_change(text, rules, step)
        if made is None:
            return None
        text = made
    return text


def _is_table(item: Place, name: str) -> bool:
    named = item.get("table")
    return named is not None and named.text == name


def _with_change(text: str, rules: Place, step: SetCell | SetOverrides) -> str | None:
    rule = next((item for item in rules.items if (named := item.get("id")) is not None and named.text == step.rule), None)
    if rule is None:
        return None
    if isinstance(step, SetOverrides) and step.names and rule.get("overrides") is None:
        return _with_key(text, rule, step.names)
    target: Target = {"when": {step.column: step.text}} if isinstance(step, SetCell) else {"overrides": step.names or None}
    return applied(text, changed(text, rule, target))


def _with_key(text: str, rule: Place, names: tuple[str, ...]) -> str:
    """Return the text with `overrides` behind what follows from the rule."""
    at = next(place for place, (key, _) in enumerate(rule.entries) if key is not None and key.text in ("then", "otherwise"))
    entry = f"overrides: {flow(names)}"
    return applied(text, restructured(text, rule, [], set(), [(at, entry)]))


def _with_rule(text: str, rules: Place, step: NewRule) -> str | None:
    """Return the text with a row behind the last one, or before a last row with `otherwise`; written as that row's neighbours are."""
    if not rules.entries:
        return None
    last = len(rules.entries) - 1
    at = last - 1 if rules.items[last].get("otherwise") is not None else last
    neighbour = rules.items[max(at, 0)]
    because: Target = dict(step.because)
    target: Target = {"id": step.rule, "when": dict(step.cells), "then": Yaml(step.then), "overrides": step.overrides or None, "because": because}
    if rules.is_flow:
        entry = flow(target)
    elif neighbour.is_flow:
        entry = "- " + flow(target)
    else:
        entry = "- " + block(target, column(text, dash(text, neighbour)) + 2, newline(text))
    return applied(text, restructured(text, rules, [], set(), [(at, entry)]))


def table_in(text: str, name: str, table: str) -> TableDecl | None:
    """Return a table of a rule file's text, or None where the text cannot be read."""
    problems = Collector()
    try:
        node = parse(text, name)
        found = read_rules(node, problems) if node is not None else ()
    except Problems:
        return None
    if any(not problem.is_warning for problem in problems.found):
        return None
    return next((item for item in found if isinstance(item, TableDecl) and item.name == table), None)
