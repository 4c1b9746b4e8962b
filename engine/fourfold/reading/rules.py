"""Reading rules/: tables, formulas, selections, share-outs."""

import re

from fourfold.problem import Collector
from fourfold.reading.document import Items, Mapping, Node, Scalar
from fourfold.reading.shape import is_items, is_mapping, is_scalar, only_keys, text_of, words
from fourfold.reading.values import read_cells, read_expression, read_period, read_words
from fourfold.span import NOWHERE, Span
from fourfold.suggest import did_you_mean
from fourfold.written import FormulaDecl, RuleDecl, SelectDecl, ShareDecl, TableDecl, WrittenExpr

Declared = TableDecl | FormulaDecl | SelectDecl | ShareDecl
HEADS = ("table", "formula", "select", "share out")
POLICIES = ("unique", "sum", "all")
RULE_KEYS = ("id", "when", "otherwise", "then", "overrides", "because", "source", "from", "until")
TABLE_KEYS = ("table", "for each", "concludes", "hit policy", "rules", "source", "name")
SELECT_KEYS = ("select", "from", "where", "order by", "within", "at least", "at most")
SHARE_KEYS = ("share out", "amount", "over", "by")
FORMS = ("is", "sum", "lowest", "highest", "count", "ratio")
FORMULA_KEYS = ("formula", "for each", *FORMS, "over", "where", "at zero", "at none", "source")


def read_rules(node: Node | None, problems: Collector) -> tuple[Declared, ...]:
    """Return what a rule file declares, in its order."""
    found = []
    for item in is_items(node, "a rule file", problems):
        body = is_mapping(item, "a member of a rule file", problems)
        if body is None:
            continue
        head = next((key for key, _ in body.entries if key.text in HEADS), None)
        if head is None:
            first = body.entries[0][0] if body.entries else None
            help_text = did_you_mean(first.text, HEADS) if first else None
            problems.add("F111", "this is no table, formula, select or share out", first.span if first else body.span, help=help_text)
            continue
        declared = _READERS[head.text](body, head, problems)
        if declared is not None:
            found.append(declared)
    return tuple(found)


def _name(body: Mapping, head: Scalar, problems: Collector) -> Scalar:
    return is_scalar(body.get(head.text), f"the name of a {head.text}", problems) or head


def _table(body: Mapping, head: Scalar, problems: Collector) -> TableDecl | None:
    name = _name(body, head, problems)
    what = f"table `{name.text}`"
    only_keys(body, TABLE_KEYS, what, problems)
    loop, policy = is_scalar(body.get("for each"), "`for each`", problems), is_scalar(body.get("hit policy"), "`hit policy`", problems)
    if policy is not None and policy.text not in POLICIES:
        more = "; sorting a sheet would change the meaning of `first`" if policy.text == "first" else ""
        problems.add("F204", f"`{policy.text}` is not a hit policy", policy.span, help=f"one of {', '.join(POLICIES)}{more}")
    concludes = tuple((item.text, item.span) for item in words(body.get("concludes"), "`concludes`", problems))
    if body.get("concludes") is None:
        problems.add("F111", f"{what} has no `concludes`", name.span, help="name the term that its rules decide")
    rules = []
    for item in is_items(body.get("rules"), f"the rules of {what}", problems):
        rule = _rule(item, concludes, problems)
        if rule is not None:
            rules.append(rule)
    if body.get("rules") is None:
        problems.add("F111", f"{what} has no `rules`", name.span, help="write a list of rules, each with id, when, then and because")
    source = is_scalar(body.get("source"), "`source`", problems)
    return TableDecl(
        name.text,
        name.span,
        text_of(loop),
        concludes,
        policy.text if policy and policy.text in POLICIES else "unique",
        tuple(rules),
        text_of(source),
        read_words(body.get("name"), what, problems),
    )


def _rule(node: Node, concludes: tuple[tuple[str, Span], ...], problems: Collector) -> RuleDecl | None:
    body = is_mapping(node, "a rule", problems)
    if body is None:
        return None
    name = is_scalar(body.get("id"), "`id`", problems)
    what = f"rule `{name.text}`" if name else "a rule"
    if body.get("id") is None:
        problems.add("F111", "a rule has no `id`", body.span, help="name it after its topic and what it says: `budget-floor`")
    elif name is not None and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name.text):
        problems.add("F114", f"`{name.text}` is not a rule id", name.span, help="small letters and digits, joined by `-`")
    only_keys(body, RULE_KEYS, what, problems)
    otherwise = body.get("otherwise")
    if otherwise is not None and (body.get("when") is not None or body.get("then") is not None):
        problems.add("F106", f"{what} has `otherwise` beside `when` or `then`", body.span, help="`otherwise: value` stands alone")
    then = body.get("then") if otherwise is None else otherwise
    misspelt = any(key.text not in RULE_KEYS for key, _ in body.entries)
    if then is None and not misspelt:
        problems.add("F111", f"{what} has no `then`", name.span if name else body.span, help="write `then: value`")
    if otherwise is None and body.get("when") is None and not misspelt:
        problems.add("F111", f"{what} has no `when`", name.span if name else body.span, help="write `otherwise: value` for the rest")
    source = is_scalar(body.get("source"), "`source`", problems)
    return RuleDecl(
        text_of(name),
        name.span if name else body.span,
        read_cells(body.get("when"), what, problems),
        otherwise is not None,
        _then(then, what, concludes, problems),
        tuple((item.text, item.span) for item in words(body.get("overrides"), "`overrides`", problems)),
        read_words(body.get("because"), what, problems),
        text_of(source),
        read_period(body, problems),
    )


def _then(node: Node | None, what: str, concludes: tuple[tuple[str, Span], ...], problems: Collector) -> tuple[tuple[str, str, Span], ...]:
    if node is None:
        return ()
    names = [name for name, _ in concludes]
    if isinstance(node, Scalar):
        if len(names) > 1:
            problems.add("F106", f"{what} must say one value for each of {', '.join(names)}", node.span, help="write `then: {" + ", ".join(f"{name}: …" for name in names) + "}`")
            return ()
        return tuple((name, node.text, node.span) for name in names)
    mapping = is_mapping(node, f"`then` of {what}", problems)
    found = []
    for key, value in mapping.entries if mapping else ():
        scalar = is_scalar(value, f"`{key.text}`", problems)
        if key.text not in names:
            problems.add("F109", f"{what} concludes no `{key.text}`", key.span, help=did_you_mean(key.text, names))
        elif scalar is not None:
            found.append((key.text, scalar.text, scalar.span))
    missing = [name for name in names if mapping and mapping.get(name) is None]
    if missing and not any(key.text not in names for key, _ in (mapping.entries if mapping else ())):
        problems.add("F111", f"{what} says nothing about `{missing[0]}`", node.span, help=f"write `{missing[0]}: value`")
    return tuple(found)


def _formula(body: Mapping, head: Scalar, problems: Collector) -> FormulaDecl | None:
    name = _name(body, head, problems)
    what = f"formula `{name.text}`"
    only_keys(body, FORMULA_KEYS, what, problems)
    forms = [key for key, _ in body.entries if key.text in FORMS]
    if len(forms) != 1:
        problems.add("F111", f"{what} must say exactly one of {', '.join(FORMS)}", name.span, help="write `is: arithmetic`" if not forms else "make two formulas of it")
        return None
    form = forms[0].text
    loop, over = is_scalar(body.get("for each"), "`for each`", problems), is_scalar(body.get("count" if form == "count" else "over"), f"`{'count' if form == 'count' else 'over'}`", problems)
    expressions = _expressions(body, forms[0], what, problems)
    where = read_cells(body.get("where"), what, problems)
    rest = _rest(body, form, what, problems)
    if form in ("sum", "lowest", "highest", "count") and body.get("count" if form == "count" else "over") is None:
        problems.add("F111", f"{what} has no `over`" if form != "count" else f"{what} counts nothing", name.span, help="name a kind of entity or a selection")
        return None
    if any(item is None for item in expressions):
        return None
    return FormulaDecl(
        name.text,
        name.span,
        text_of(loop),
        form,
        tuple(item for item in expressions if item is not None),
        text_of(over),
        over.span if over else NOWHERE,
        where,
        rest,
        text_of(is_scalar(body.get("source"), "`source`", problems)),
    )


def _expressions(body: Mapping, form: Scalar, what: str, problems: Collector) -> tuple[WrittenExpr | None, ...]:
    """Return what a formula computes: nothing for a count, two parts for a ratio, else one."""
    if form.text == "count":
        return ()
    node = body.get(form.text)
    if node is None:
        problems.add("F111", f"{what} has nothing behind `{form.text}`", form.span)
        return (None,)
    if form.text != "ratio":
        return (read_expression(node, f"`{form.text}`", problems),)
    parts = is_items(node, "a ratio", problems)
    if isinstance(node, Items) and len(parts) != 2:
        problems.add("F106", "a ratio is a list of two formulas", form.span, help="write `ratio: [top, bottom]`")
    return tuple(read_expression(part, "a part of the ratio", problems) for part in parts) if len(parts) == 2 else (None,)


def _rest(body: Mapping, form: str, what: str, problems: Collector) -> WrittenExpr | None:
    """Return the value over zero, or without members; a key that the form does not read is a problem."""
    mine = {"lowest": "at none", "highest": "at none", "ratio": "at zero"}.get(form, "")
    for key in ("at none", "at zero"):
        node = body.key(key)
        if node is not None and key != mine:
            problems.add("F106", f"{what} says `{form}` and reads no `{key}`", node.span, help=f"write `{mine}`" if mine else "remove it")
    return read_expression(body.get(mine), f"`{mine}`", problems) if mine else None


def _select(body: Mapping, head: Scalar, problems: Collector) -> SelectDecl | None:
    name = _name(body, head, problems)
    what = f"selection `{name.text}`"
    only_keys(body, SELECT_KEYS, what, problems)
    kind = is_scalar(body.get("from"), "`from`", problems)
    if kind is None:
        problems.add("F111", f"{what} has no `from`", name.span, help="name the kind of entity to choose from")
        return None
    order = []
    for item in words(body.get("order by"), "`order by`", problems):
        found = re.match(r"(.*?)\s+(ascending|descending)$", item.text)
        if not found:
            problems.add("F113", f"`{item.text}` says no direction", item.span, help=f"write `{item.text} ascending`")
            continue
        key = read_expression(Scalar(found.group(1), item.span, item.quoted), "an order", problems)
        if key is not None:
            order.append((key, found.group(2) == "descending"))
    within = []
    limits = is_mapping(body.get("within"), "`within`", problems)
    for resource, need in limits.entries if limits else ():
        pair = read_expression(resource, "a resource", problems), read_expression(need, "a need", problems)
        if pair[0] is not None and pair[1] is not None:
            within.append((pair[0], pair[1]))
    return SelectDecl(
        name.text,
        name.span,
        kind.text,
        read_cells(body.get("where"), what, problems),
        tuple(order),
        tuple(within),
        read_expression(body.get("at least"), "`at least`", problems),
        read_expression(body.get("at most"), "`at most`", problems),
    )


def _share(body: Mapping, head: Scalar, problems: Collector) -> ShareDecl | None:
    name = _name(body, head, problems)
    what = f"share-out `{name.text}`"
    only_keys(body, SHARE_KEYS, what, problems)
    amount, by = read_expression(body.get("amount"), "`amount`", problems), read_expression(body.get("by"), "`by`", problems)
    over = is_scalar(body.get("over"), "`over`", problems)
    if amount is None or by is None or over is None:
        missing = "amount" if body.get("amount") is None else "over" if over is None else "by"
        if body.get(missing) is None:
            problems.add("F111", f"{what} has no `{missing}`", name.span, help="write `amount: formula`, `over: selection` and `by: weight`")
        return None
    return ShareDecl(name.text, name.span, amount, over.text, over.span, by)


_READERS = {"table": _table, "formula": _formula, "select": _select, "share out": _share}
