"""Reading the small things: texts, kinds, figures with their origins, cells, formulas."""

import re
from datetime import date
from fractions import Fraction

from fourfold.expression.kinds import WrongKind, plain_day, plain_number
from fourfold.expression.nodes import Day
from fourfold.expression.parse import ParseFault, parse_cell, parse_expression
from fourfold.problem import Collector
from fourfold.reading.document import Items, Mapping, Node, Scalar
from fourfold.reading.shape import is_mapping, is_scalar, only_keys, shape_of, text_of, words, yes_no
from fourfold.span import Span
from fourfold.written import NO_WORDS, Figure, KindDecl, Origin, Period, Words, WrittenCell, WrittenExpr

LANGUAGES = ("en", "zh")
KINDS = ("number", "money", "percent", "date", "choice", "set", "yes_no", "ratio", "text")
KIND_KEYS = ("kind", "options", "unit", "per", "scale", "range")
FIGURE_KEYS = (
    "value",
    "low",
    "high",
    "currency",
    "source",
    "date",
    "confidence",
    "estimate",
    "because",
    "near",
    "from",
    "until",
)
CONFIDENCES = ("high", "medium", "low")


def read_words(node: Node | None, what: str, problems: Collector) -> Words:
    """Return a text: one string, a list of strings, or one of these per language."""
    if node is None:
        return NO_WORDS
    if not isinstance(node, Mapping):
        return Words((("", _lines(node, what, problems)),))
    only_keys(node, LANGUAGES, what, problems)
    return Words(tuple((key.text, _lines(value, what, problems)) for key, value in node.entries))


def _lines(node: Node, what: str, problems: Collector) -> tuple[str, ...]:
    return tuple(item.text for item in words(node, what, problems))


def read_kind(mapping: Mapping, what: str, problems: Collector) -> KindDecl:
    """Return the kind that a mapping declares with kind, options, unit, scale and range."""
    kind = is_scalar(mapping.get("kind"), f"the kind of {what}", problems)
    if mapping.get("kind") is None:
        problems.add("F111", f"{what} has no `kind`", mapping.span, help=f"one of {', '.join(KINDS)}, or a kind of entity")
    kind = kind or Scalar("text", mapping.span)
    scale_node = is_scalar(mapping.get("scale"), "a scale", problems)
    scale = 0
    if scale_node is not None:
        if scale_node.text in ("0", "1", "2", "3", "4", "5", "6"):
            scale = int(scale_node.text)
        else:
            problems.add("F203", f"a scale is 0 to 6; `{scale_node.text}` is not", scale_node.span)
    low, high = _range(mapping.get("range"), problems)
    options, options_of = _options(mapping.get("options"), problems)
    return KindDecl(
        kind.text,
        kind.span,
        options,
        options_of,
        _text(mapping, "unit", problems),
        _text(mapping, "per", problems),
        scale,
        low,
        high,
    )


def _text(mapping: Mapping, key: str, problems: Collector) -> str:
    node = is_scalar(mapping.get(key), f"`{key}`", problems)
    return text_of(node)


def _range(node: Node | None, problems: Collector) -> tuple[str, str]:
    if node is None:
        return "", ""
    ends = words(node, "a range", problems)
    if len(ends) != 2:
        problems.add("F106", "a range is a list of two ends", node.span, help="write `range: [0, 1000]`")
        return "", ""
    values = [_end(end, problems) for end in ends]
    if None not in values and values[0] > values[1]:  # type: ignore[operator]
        problems.add("F214", "this range is upside down", ends[0].span, help=f"write `range: [{ends[1].text}, {ends[0].text}]`")
    return ends[0].text, ends[1].text


def _end(end: Scalar, problems: Collector) -> Fraction | None:
    """Return an end of a range, for its order only, or note that it is none."""
    try:
        literal = plain_day(end.text) or plain_number(end.text)
    except WrongKind as fault:
        problems.add("F112", fault.reason, end.span, help="write a day of the calendar, as 2026-11-30")
        return None
    if isinstance(literal, Day):
        return Fraction(literal.ordinal)
    if literal is None:
        problems.add("F203", f"an end of a range is a number or a date; `{end.text}` is neither", end.span, help="write digits, `_` between thousands, one point, or 2026-11-30")
        return None
    return Fraction(literal.top, 10 ** (literal.places + 2 * literal.percent))


def _options(node: Node | None, problems: Collector) -> tuple[tuple[tuple[str, Words, Span], ...], str]:
    if isinstance(node, Scalar):
        return (), node.text
    if isinstance(node, Mapping):
        return tuple((key.text, read_words(value, f"option `{key.text}`", problems), key.span) for key, value in node.entries), ""
    return tuple((item.text, Words((("", (item.text,)),)), item.span) for item in words(node, "options", problems)), ""


def read_period(mapping: Mapping, problems: Collector) -> Period:
    """Return the days in force that `from` and `until` name."""
    first, last = (_day(mapping.get(key), key, problems) for key in ("from", "until"))
    if first and last and first > last:
        node = mapping.key("until")
        problems.add("F216", "this ends before it begins", node.span if node else mapping.span, help="`until` is the last day in force, `from` the first")
    return Period(first, last)


def _day(node: Node | None, key: str, problems: Collector) -> int:
    scalar = is_scalar(node, f"`{key}`", problems)
    if scalar is None:
        return 0
    try:
        day = plain_day(scalar.text)
    except WrongKind as fault:
        problems.add("F112", fault.reason, scalar.span, help="write a day of the calendar, as 2026-11-30")
        return 0
    if day is None:
        problems.add("F112", f"`{scalar.text}` is not a date", scalar.span, help="write a date as 2026-11-30")
        return 0
    return day.ordinal


def _is_source_date(text: str) -> bool:
    """Return whether a text is a year, a month, a day, or undated."""
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text)
    if not found:
        return text == "undated"
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def read_origin(mapping: Mapping, problems: Collector) -> Origin:
    """Return where a figure comes from."""
    confidence = is_scalar(mapping.get("confidence"), "`confidence`", problems)
    if confidence is not None and confidence.text not in CONFIDENCES:
        problems.add("F204", f"`{confidence.text}` is not a confidence", confidence.span, help="one of high, medium, low")
    written = is_scalar(mapping.get("date"), "`date`", problems)
    if written is not None and not _is_source_date(written.text):
        problems.add("F112", f"`{written.text}` is not a date of a source", written.span, help="a year, 2026-11, a day, or undated")
    return Origin(
        tuple(item.text for item in words(mapping.get("source"), "`source`", problems)),
        text_of(written),
        text_of(confidence),
        bool(yes_no(mapping.get("estimate"), "`estimate`", problems)),
        read_words(mapping.get("because"), "`because`", problems),
        tuple(item.text for item in words(mapping.get("near"), "`near`", problems)),
    )


def read_figure(node: Node, what: str, problems: Collector) -> Figure:
    """Return a figure: a bare value, a list of members, or a mapping with value and origin."""
    if not isinstance(node, Mapping):
        inner = words(node, what, problems)
        return Figure(tuple(item.text for item in inner), node.span, spans=tuple(item.span for item in inner))
    keys = [key.text for key, _ in node.entries]
    if node.get("value") is None and not set(keys) & set(FIGURE_KEYS):
        return Figure((), node.span, words=read_words(node, what, problems))
    only_keys(node, FIGURE_KEYS, what, problems)
    if node.get("value") is None and all(key in FIGURE_KEYS for key in keys):
        problems.add("F111", f"{what} has no `value`", node.span, help="write `value: number` beside its source")
    inner = words(node.get("value"), f"the value of {what}", problems)
    return Figure(
        tuple(item.text for item in inner),
        inner[0].span if inner else node.span,
        _text(node, "low", problems),
        _text(node, "high", problems),
        _text(node, "currency", problems),
        read_origin(node, problems),
        read_period(node, problems),
        spans=tuple(item.span for item in inner),
    )


def read_figures(node: Node, what: str, problems: Collector) -> tuple[Figure, ...]:
    """Return one figure, or several with their periods."""
    if isinstance(node, Items) and node.items and all(isinstance(item, Mapping) for item in node.items):
        return tuple(read_figure(item, what, problems) for item in node.items)
    return (read_figure(node, what, problems),)


def read_expression(node: Node | None, what: str, problems: Collector) -> WrittenExpr | None:
    """Return a written formula."""
    scalar = is_scalar(node, what, problems)
    if scalar is None:
        return None
    try:
        return WrittenExpr(scalar.text, parse_expression(scalar.text), scalar.span)
    except ParseFault as fault:
        problems.add("F113", f"{what}: {fault.message}", inside(scalar, fault.offset, fault.length), help=fault.help)
        return None


def inside(scalar: Scalar, offset: int, length: int) -> Span:
    """Return the place of a part of a written value."""
    quote = 1 if scalar.quoted else 0
    return Span(scalar.span.file, scalar.span.line, scalar.span.column + quote + offset, max(1, length))


def read_cells(node: Node | None, what: str, problems: Collector) -> tuple[WrittenCell, ...]:
    """Return the cells of a row."""
    mapping = is_mapping(node, f"the cells of {what}", problems)
    found = []
    for key, value in mapping.entries if mapping else ():
        cell = _cell(key, value, problems)
        if cell is not None:
            found.append(cell)
    return tuple(found)


def _cell(key: Scalar, value: Node, problems: Collector) -> WrittenCell | None:
    if isinstance(value, Items):
        parts = words(value, f"the cell `{key.text}`", problems)
        value = Scalar(", ".join(part.text for part in parts), value.span)
    if not isinstance(value, Scalar):
        problems.add("F106", f"the cell `{key.text}` must be one test; this is {shape_of(value)}", value.span, help="quote it")
        return None
    try:
        return WrittenCell(key.text, value.text, parse_cell(value.text), value.span, key.span)
    except ParseFault as fault:
        problems.add("F104", f"cell `{key.text}`: {fault.message}", inside(value, fault.offset, fault.length), help=fault.help)
        return None
