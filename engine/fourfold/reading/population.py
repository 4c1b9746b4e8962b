"""Reading the population: how companies are distributed, one draw after the other."""

from fourfold.problem import Collector
from fourfold.reading.document import Items, Mapping, Node, Scalar
from fourfold.reading.shape import is_items, is_mapping, is_scalar, only_keys, text_of, words
from fourfold.reading.values import read_cells, read_expression, read_origin
from fourfold.span import Span
from fourfold.written import ByOption, DrawDecl, Parts, Tree, WeightDecl

FORMS = ("choose", "yes", "members", "is", "classes", "lognormal", "loguniform", "uniform", "normal", "pareto", "poisson")
ORIGIN_KEYS = ("source", "date", "confidence", "estimate", "because", "near")
DRAW_KEYS = ("draw", *FORMS, "low", "high", "digits", "only for", "unit", *ORIGIN_KEYS)
PICK_KEYS = ("pick", "from", "count", "weights", "without", "unit", *ORIGIN_KEYS)


def read_population(node: Node | None, problems: Collector) -> tuple[DrawDecl, ...]:
    """Return the draws of a population in their order."""
    body = is_mapping(node, "the population", problems)
    if body is None:
        return ()
    only_keys(body, ("draws",), "the population", problems)
    if body.get("draws") is None:
        problems.add("F111", "the population has no `draws`", body.span, help="write a list of draws, each with `draw: name` and a distribution")
    return _steps(body.get("draws"), problems)


def _steps(node: Node | None, problems: Collector) -> tuple[DrawDecl, ...]:
    found = []
    for item in is_items(node, "`draws`", problems):
        body = is_mapping(item, "a draw", problems)
        step = None if body is None else _step(body, problems)
        if step is not None:
            found.append(step)
    return tuple(found)


def _step(body: Mapping, problems: Collector) -> DrawDecl | None:
    first = next((key for key in ("draw", "pick", "for each") if body.get(key) is not None), "")
    if not first:
        problems.add("F111", "a step of the population says neither `draw`, `pick` nor `for each`", body.span, help="write `draw: name` and a distribution")
        return None
    name = is_scalar(body.get(first), f"`{first}`", problems)
    if name is None:
        return None
    if first == "for each":
        only_keys(body, ("for each", "draws"), "a loop of the population", problems)
        return DrawDecl(name.text, name.span, "for each", inner=_steps(body.get("draws"), problems))
    return _pick(name, body, problems) if first == "pick" else _draw(name, body, problems)


def _draw(name: Scalar, body: Mapping, problems: Collector) -> DrawDecl | None:
    what = f"draw `{name.text}`"
    only_keys(body, DRAW_KEYS, what, problems)
    forms = [key for key, _ in body.entries if key.text in FORMS]
    if len(forms) != 1:
        problems.add("F111" if not forms else "F106", f"{what} has {'no distribution' if not forms else 'more than one distribution'}", name.span, help=f"one of {', '.join(FORMS)}")
        return None
    tree = _tree(body.get(forms[0].text), f"`{forms[0].text}` of {what}", problems)
    low, high = (_tree(body.get(key), f"`{key}` of {what}", problems) if body.get(key) is not None else None for key in ("low", "high"))
    unit = text_of(is_scalar(body.get("unit"), "`unit`", problems))
    only_for = _only_for(body.get("only for"), what, problems)
    return DrawDecl(name.text, name.span, forms[0].text, tree, low, high, _digits(body.get("digits"), what, problems), only_for, read_origin(body, problems), unit)


def _digits(node: Node | None, what: str, problems: Collector) -> int:
    scalar = is_scalar(node, f"`digits` of {what}", problems)
    if scalar is None:
        return 0
    if scalar.text not in {"1", "2", "3", "4", "5", "6"}:
        problems.add("F203", f"`digits` of {what} is 1 to 6; `{scalar.text[:20]}` is not", scalar.span)
        return 0
    return int(scalar.text)


def _only_for(node: Node | None, what: str, problems: Collector) -> tuple[tuple[str, Span, tuple[tuple[str, Span], ...]], ...]:
    body = is_mapping(node, f"`only for` of {what}", problems)
    return tuple((key.text, key.span, tuple((item.text, item.span) for item in words(value, "`only for`", problems))) for key, value in (body.entries if body else ()))


def _pick(name: Scalar, body: Mapping, problems: Collector) -> DrawDecl | None:
    what = f"pick `{name.text}`"
    only_keys(body, PICK_KEYS, what, problems)
    missing = [key for key in ("from", "count", "weights") if body.get(key) is None]
    if missing:
        problems.add("F111", f"{what} has no `{missing[0]}`", name.span, help="write `from: kind of entity`, `count: number` and `weights: [rows]`")
        return None
    kind = is_scalar(body.get("from"), "`from`", problems)
    without = tuple((item.text, item.span) for item in words(body.get("without"), "`without`", problems))
    rows = []
    for item in is_items(body.get("weights"), f"the weights of {what}", problems):
        row = is_mapping(item, f"a weight of {what}", problems)
        if row is None:
            continue
        only_keys(row, ("when", "times"), f"a weight of {what}", problems)
        times = _tree(row.get("times"), f"`times` of {what}", problems)
        if times is None:
            problems.add("F111", f"a weight of {what} has no `times`", row.span, help="write `{when: {cells}, times: number}`")
            continue
        rows.append(WeightDecl(read_cells(row.get("when"), what, problems), times, row.span))
    count = _tree(body.get("count"), f"`count` of {what}", problems)
    return DrawDecl(name.text, name.span, "pick", count, origin=read_origin(body, problems), kind=text_of(kind), weights=tuple(rows), without=without)


def _tree(node: Node | None, what: str, problems: Collector) -> Tree | None:
    """Return what is written behind a distribution: an expression, parameters, or one of these by an earlier draw."""
    if isinstance(node, Scalar):
        return read_expression(node, what, problems)
    if isinstance(node, Items):
        pairs = [(str(place), item.span, _tree(item, what, problems)) for place, item in enumerate(node.items)]
        return Parts(tuple((name, span, tree) for name, span, tree in pairs if tree is not None), node.span)
    if not isinstance(node, Mapping):
        return None
    by = node.get("by")
    if by is None:
        pairs = [(key.text, key.span, _tree(value, what, problems)) for key, value in node.entries]
        return Parts(tuple((name, span, tree) for name, span, tree in pairs if tree is not None), node.span)
    name = is_scalar(by, f"`by` in {what}", problems)
    if name is None:
        return None
    branches = [(key.text, key.span, _tree(value, what, problems)) for key, value in node.entries if key.text not in {"by", "otherwise"}]
    rest = _tree(node.get("otherwise"), what, problems)
    return ByOption(name.text, name.span, tuple((option, span, tree) for option, span, tree in branches if tree is not None), rest)
