"""Reading knowledge/: terms, kinds, entities, constants, registers, sources, rates, constraints."""

from dataclasses import dataclass

from fourfold.problem import Collector
from fourfold.reading.document import Items, Mapping, Node, Scalar
from fourfold.reading.shape import is_items, is_mapping, is_scalar, only_keys, text_of, words, yes_no
from fourfold.reading.values import (
    KIND_KEYS,
    read_cells,
    read_expression,
    read_figure,
    read_figures,
    read_kind,
    read_origin,
    read_period,
    read_words,
)
from fourfold.span import Span
from fourfold.written import (
    AllowanceDecl,
    AttributeDecl,
    ColumnDecl,
    EntityDecl,
    LoweringDecl,
    MonotoneDecl,
    NeverDecl,
    OrFrom,
    RateDecl,
    RegisterDecl,
    SourceDecl,
    TermDecl,
    Words,
)

TERM_KEYS = (
    *KIND_KEYS,
    "of",
    "name",
    "ask",
    "help",
    "required",
    "optional",
    "assume",
    "or from",
    "cautious",
    "changeable",
)
ATTRIBUTE_KEYS = (*KIND_KEYS, "by", "otherwise", "name")
REGISTER_KEYS = ("name", "columns", "lowers")
COLUMN_KEYS = (*KIND_KEYS, "name", "required")
LOWERING_KEYS = ("sum", "count", "members", "method", "where")
SOURCE_KEYS = ("title", "publisher", "date", "address", "also", "quality")
NEVER_KEYS = ("id", "never", "because", "for each")
MONOTONE_KEYS = ("id", "more", "never loses", "because", "for each")
BOOK_KEYS = ("name", "proved", "checks")
ALLOWANCE_KEYS = ("allow", "at", "because")
CONSTANT_KEYS = (*KIND_KEYS, "name", "value", "low", "high", "currency", "source", "date", "confidence", "estimate", "because", "near", "from", "until", "values")


def read_terms(node: Node | None, problems: Collector) -> tuple[TermDecl, ...]:
    """Return the vocabulary."""
    mapping = is_mapping(node, "the terms", problems)
    found = []
    for key, value in mapping.entries if mapping else ():
        body = is_mapping(value, f"term `{key.text}`", problems)
        if body is not None:
            found.append(_term(key, body, problems))
    return tuple(found)


def _term(key: Scalar, body: Mapping, problems: Collector) -> TermDecl:
    what = f"term `{key.text}`"
    only_keys(body, TERM_KEYS, what, problems)
    cautious = is_scalar(body.get("cautious"), "`cautious`", problems)
    if cautious is not None and cautious.text not in ("low", "high"):
        problems.add("F204", f"`{cautious.text}` is not an end of a range", cautious.span, help="low or high")
    of = is_scalar(body.get("of"), "`of`", problems)
    return TermDecl(
        key.text,
        read_kind(body, what, problems),
        key.span,
        text_of(of),
        read_words(body.get("name"), what, problems),
        read_words(body.get("ask"), what, problems),
        read_words(body.get("help"), what, problems),
        bool(yes_no(body.get("required"), "`required`", problems)),
        bool(yes_no(body.get("optional"), "`optional`", problems)),
        read_expression(body.get("assume"), "`assume`", problems),
        _or_from(body.get("or from"), problems),
        cautious.text if cautious else "low",
        bool(yes_no(body.get("changeable"), "`changeable`", problems)),
    )


def _or_from(node: Node | None, problems: Collector) -> tuple[OrFrom, ...]:
    if node is None:
        return ()
    if isinstance(node, Scalar):
        node = Items((Mapping(((Scalar("is", node.span), node),), node.span),), node.span)
    found = []
    for item in is_items(node, "`or from`", problems):
        body = is_mapping(item, "a way of `or from`", problems)
        if body is None:
            continue
        only_keys(body, ("is", "where", "may assume"), "a way of `or from`", problems)
        expression = read_expression(body.get("is"), "`is`", problems)
        if expression is None:
            problems.add("F111", "a way of `or from` has no `is`", body.span)
            continue
        may = tuple(word.text for word in words(body.get("may assume"), "`may assume`", problems))
        found.append(OrFrom(expression, read_cells(body.get("where"), "`where`", problems), may))
    return tuple(found)


def read_constants(node: Node | None, problems: Collector) -> tuple[TermDecl, ...]:
    """Return the constants: terms that the knowledge gives."""
    mapping = is_mapping(node, "the constants", problems)
    found = []
    for key, value in mapping.entries if mapping else ():
        body = is_mapping(value, f"constant `{key.text}`", problems)
        if body is None:
            continue
        what = f"constant `{key.text}`"
        only_keys(body, CONSTANT_KEYS, what, problems)
        if body.get("value") is None and body.get("values") is None:
            problems.add("F111", f"{what} has no `value`", key.span, help="write `value: number`, or `values` with their days")
            continue
        several = body.get("values")
        kept = tuple(pair for pair in body.entries if pair[0].text not in (*KIND_KEYS, "name", "values"))
        figures = read_figures(several, what, problems) if several else (read_figure(Mapping(kept, body.span), what, problems),)
        title = read_words(body.get("name"), what, problems)
        found.append(TermDecl(key.text, read_kind(body, what, problems), key.span, title=title, figures=figures))
    return tuple(found)


def read_attributes(node: Node | None, problems: Collector) -> tuple[list[AttributeDecl], list[tuple[str, object, object]]]:
    """Return the entity kinds: their names and the attributes that each declares."""
    mapping = is_mapping(node, "the kinds", problems)
    attributes, kinds = [], []
    for key, value in mapping.entries if mapping else ():
        body = is_mapping(value, f"kind `{key.text}`", problems)
        if body is None:
            continue
        kinds.append((key.text, read_words(body.get("name"), f"kind `{key.text}`", problems), key.span))
        for name, spec in body.entries:
            if name.text == "name":
                continue
            inner = is_mapping(spec, f"attribute `{key.text}.{name.text}`", problems)
            if inner is not None:
                attributes.append(_attribute(key.text, name, inner, problems))
    return attributes, kinds  # type: ignore[return-value]


def _attribute(kind: str, name: Scalar, body: Mapping, problems: Collector) -> AttributeDecl:
    what = f"attribute `{kind}.{name.text}`"
    only_keys(body, ATTRIBUTE_KEYS, what, problems)
    by = is_scalar(body.get("by"), "`by`", problems)
    otherwise = body.get("otherwise")
    return AttributeDecl(
        kind,
        name.text,
        read_kind(body, what, problems),
        name.span,
        text_of(by),
        read_figure(otherwise, f"{what}, otherwise", problems) if otherwise is not None else None,
        read_words(body.get("name"), what, problems),
    )


def read_entities(node: Node | None, attributes: dict[tuple[str, str], AttributeDecl], problems: Collector) -> tuple[EntityDecl, ...]:
    """Return the entities of every kind with their written values."""
    mapping = is_mapping(node, "the entities", problems)
    found = []
    for kind, group in mapping.entries if mapping else ():
        members = is_mapping(group, f"the entities of kind `{kind.text}`", problems)
        for name, value in members.entries if members else ():
            body = is_mapping(value, f"{kind.text} `{name.text}`", problems)
            if body is not None:
                found.append(_entity(kind.text, name, body, attributes, problems))
    return tuple(found)


def _entity(kind: str, name: Scalar, body: Mapping, attributes: dict[tuple[str, str], AttributeDecl], problems: Collector) -> EntityDecl:
    what = f"{kind} `{name.text}`"
    known = [attribute for owner, attribute in attributes if owner == kind]
    only_keys(body, [*known, "name"], what, problems)
    values: list[tuple[str, str, tuple[object, ...]]] = []
    for key, value in body.entries:
        declared = attributes.get((kind, key.text))
        if declared is None:
            continue
        if not declared.by:
            values.append((key.text, "", read_figures(value, f"`{key.text}`", problems)))
            continue
        keyed = is_mapping(value, f"`{key.text}` (by {declared.by})", problems)
        for second, inner in keyed.entries if keyed else ():
            values.append((key.text, second.text, read_figures(inner, f"`{key.text}`", problems)))
    return EntityDecl(kind, name.text, name.span, read_words(body.get("name"), what, problems), tuple(values))  # type: ignore[arg-type]


def read_registers(node: Node | None, problems: Collector) -> tuple[RegisterDecl, ...]:
    """Return the registers with their columns and lowerings."""
    mapping = is_mapping(node, "the registers", problems)
    found = []
    for key, value in mapping.entries if mapping else ():
        body = is_mapping(value, f"register `{key.text}`", problems)
        if body is None:
            continue
        only_keys(body, REGISTER_KEYS, f"register `{key.text}`", problems)
        columns = is_mapping(body.get("columns"), "columns", problems)
        lowers = is_mapping(body.get("lowers"), "`lowers`", problems)
        found.append(
            RegisterDecl(
                key.text,
                key.span,
                read_words(body.get("name"), f"register `{key.text}`", problems),
                tuple(_column(name, spec, problems) for name, spec in (columns.entries if columns else ())),
                tuple(_lowering(name, spec, problems) for name, spec in (lowers.entries if lowers else ())),
            )
        )
    return tuple(found)


def _column(name: Scalar, spec: Node, problems: Collector) -> ColumnDecl:
    body = is_mapping(spec, f"column `{name.text}`", problems) or Mapping((), name.span)
    only_keys(body, COLUMN_KEYS, f"column `{name.text}`", problems)
    return ColumnDecl(
        name.text,
        read_kind(body, f"column `{name.text}`", problems),
        read_words(body.get("name"), f"column `{name.text}`", problems),
        bool(yes_no(body.get("required"), "`required`", problems)),
    )


def _lowering(name: Scalar, spec: Node, problems: Collector) -> LoweringDecl:
    body = is_mapping(spec, f"lowering to `{name.text}`", problems) or Mapping((), name.span)
    only_keys(body, LOWERING_KEYS, f"lowering to `{name.text}`", problems)
    form, column = next(((key.text, value.text) for key, value in body.entries if key.text != "where" and isinstance(value, Scalar)), ("", ""))
    if not form:
        problems.add("F111", f"lowering to `{name.text}` says neither sum, count, members nor method", name.span, help="write `sum: column`")
    where = is_mapping(body.get("where"), "`where`", problems)
    tests = tuple((key.text, tuple(item.text for item in words(value, key.text, problems))) for key, value in (where.entries if where else ()))
    return LoweringDecl(name.text, form, column, tests, name.span)


def read_sources(node: Node | None, problems: Collector) -> tuple[SourceDecl, ...]:
    """Return the sources."""
    mapping = is_mapping(node, "the sources", problems)
    found = []
    for key, value in mapping.entries if mapping else ():
        body = is_mapping(value, f"source `{key.text}`", problems)
        if body is None:
            continue
        only_keys(body, SOURCE_KEYS, f"source `{key.text}`", problems)
        title, publisher, day, address = (is_scalar(body.get(name), f"`{name}`", problems) for name in ("title", "publisher", "date", "address"))
        if body.get("date") is None:
            problems.add("F215", f"source `{key.text}` has no date", key.span, help="a year, a day, or undated")
        found.append(SourceDecl(key.text, text_of(title), text_of(publisher), text_of(day), text_of(address), key.span))
    return tuple(found)


def read_rates(node: Node | None, problems: Collector) -> tuple[str, tuple[RateDecl, ...]]:
    """Return the base currency and the rates."""
    mapping = is_mapping(node, "the rates", problems)
    base, found = "", []
    for key, value in mapping.entries if mapping else ():
        if key.text == "base":
            word = is_scalar(value, "the base currency", problems)
            base = text_of(word)
            continue
        for item in is_items(value, f"the rates of {key.text}", problems):
            body = is_mapping(item, f"a rate of {key.text}", problems)
            number = is_scalar(body.get("value"), "`value`", problems) if body else None
            if body is None or number is None:
                problems.add("F111", f"a rate of {key.text} has no `value`", item.span, help="write what one unit is worth in the base currency")
                continue
            found.append(RateDecl(key.text, read_period(body, problems), number.text, read_origin(body, problems), number.span))
    return base, tuple(found)


@dataclass(frozen=True, slots=True)
class BookDecl:
    """What the section `book` says: the name, the terms to be proved, what the checks are to allow."""

    title: Words
    proved: tuple[tuple[str, Span], ...]
    allowances: tuple[AllowanceDecl, ...]


def read_book(node: Node | None, problems: Collector) -> BookDecl:
    """Return the section `book`."""
    body = is_mapping(node, "the book", problems) or Mapping((), Span("", 0, 0))
    only_keys(body, BOOK_KEYS, "the book", problems)
    title = read_words(body.get("name"), "the name of the book", problems)
    proved = tuple((item.text, item.span) for item in words(body.get("proved"), "`proved`", problems))
    allowed = (_allowance(item, problems) for item in is_items(body.get("checks"), "`checks`", problems))
    return BookDecl(title, proved, tuple(item for item in allowed if item is not None))


def _allowance(node: Node, problems: Collector) -> AllowanceDecl | None:
    body = is_mapping(node, "an allowance", problems)
    if body is None:
        return None
    only_keys(body, ALLOWANCE_KEYS, "an allowance", problems)
    check, at = is_scalar(body.get("allow"), "`allow`", problems), is_scalar(body.get("at"), "`at`", problems)
    because = read_words(body.get("because"), "`because`", problems)
    missing = [key for key in ALLOWANCE_KEYS if body.get(key) is None]
    if missing:
        problems.add("F111", f"an allowance has no `{missing[0]}`", body.span, help="write `{allow: name of the check, at: name it is about, because: …}`")
    return AllowanceDecl(check.text, at.text, because, check.span) if check and at and not missing else None


def read_nevers(node: Node | None, what: str, problems: Collector) -> tuple[NeverDecl, ...]:
    """Return constraints."""
    bodies = (is_mapping(item, f"a {what}", problems) for item in is_items(node, f"the {what}s", problems))
    found = (_never(body, what, problems) for body in bodies if body is not None)
    return tuple(item for item in found if item is not None)


def read_promises(node: Node | None, problems: Collector) -> tuple[NeverDecl | MonotoneDecl, ...]:
    """Return promises of both forms: what must never follow, and what more of a number must never lose."""
    found: list[NeverDecl | MonotoneDecl | None] = []
    for item in is_items(node, "the promises", problems):
        body = is_mapping(item, "a promise", problems)
        if body is not None:
            is_monotone = body.key("more") is not None or body.key("never loses") is not None
            found.append(_monotone(body, problems) if is_monotone else _never(body, "promise", problems))
    return tuple(item for item in found if item is not None)


def _never(body: Mapping, what: str, problems: Collector) -> NeverDecl | None:
    only_keys(body, NEVER_KEYS, f"a {what}", problems)
    missing = [key for key in ("id", "never", "because") if body.get(key) is None]
    if missing:
        problems.add("F111", f"a {what} has no `{missing[0]}`", body.span, help="write `{id: …, never: {cells}, because: …}`")
    name, loop, because = _promise_head(body, problems)
    if name is None or missing:
        return None
    return NeverDecl(name.text, name.span, loop, read_cells(body.get("never"), f"{what} `{name.text}`", problems), because)


def _monotone(body: Mapping, problems: Collector) -> MonotoneDecl | None:
    only_keys(body, MONOTONE_KEYS, "a promise", problems)
    missing = [key for key in MONOTONE_KEYS[:4] if body.get(key) is None]
    if missing:
        problems.add("F111", f"a promise has no `{missing[0]}`", body.span, help="write `{id: …, more: term, never loses: {cells}, because: …}`")
    name, loop, because = _promise_head(body, problems)
    more = is_scalar(body.get("more"), "`more`", problems)
    if name is None or more is None or missing:
        return None
    return MonotoneDecl(name.text, name.span, loop, more.text, more.span, read_cells(body.get("never loses"), f"promise `{name.text}`", problems), because)


def _promise_head(body: Mapping, problems: Collector) -> tuple[Scalar | None, str, Words]:
    name, loop = is_scalar(body.get("id"), "`id`", problems), is_scalar(body.get("for each"), "`for each`", problems)
    return name, text_of(loop), read_words(body.get("because"), "`because`", problems)
