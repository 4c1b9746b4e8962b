"""What a written figure is worth on the day, in the company's currency."""

from fractions import Fraction

from fourfold.expression.kinds import LARGEST, Choice, Kind, Number, Options, Text, WrongKind, plain_day, plain_number, rounded, stored, word_option
from fourfold.expression.nodes import Day, Literal
from fourfold.expression.show import decimal_text
from fourfold.linking.known import Known
from fourfold.model import Value
from fourfold.problem import Label
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.written import Figure, Origin, Words


def in_force(known: Known, figures: tuple[Figure, ...]) -> Figure | None:
    """Return the figure whose period covers the day; two of them are a problem."""
    for figure in figures:
        first, last = figure.period.first, figure.period.last
        known.changes.update(day for day in (first, last and last + 1) if day)
    covering = [figure for figure in figures if figure.period.covers(known.as_of)]
    if len(covering) > 1:
        known.problems.add("F209", "two values are in force on the same day", covering[1].span, help="end the first with `until`", labels=(Label(covering[0].span, "the first"),))
    return covering[0] if covering else None


def figure_value(known: Known, figure: Figure, kind: Kind, what: str, sources: set[str], *, is_otherwise: bool = False) -> Value | None:
    """Return a written figure as a value of its kind, in the company's currency."""
    problems = known.problems
    if isinstance(kind, Text):
        words = figure.words if not figure.texts else Words((("", figure.texts),))
        return Value(words, None, None, figure.origin, figure.span, is_otherwise)
    if isinstance(kind, Options):
        return Value(_members(known, figure, kind, what), None, None, figure.origin, figure.span, is_otherwise)
    if len(figure.texts) != 1:
        problems.add("F106", f"{what} must be one value", figure.span)
        return None
    text = figure.texts[0]
    if isinstance(kind, Choice):
        option = word_option(kind, text)
        if option is None:
            problems.add("F204", f"`{text}` is not one of the choices of {what}", figure.span, help=did_you_mean(text, kind.options) or listed(kind.options))
            return None
        return Value(option, None, None, figure.origin, figure.span, is_otherwise)
    if not isinstance(kind, Number):
        return None
    if not is_otherwise:
        check_origin(known, figure.origin, figure.span, what, sources)
    try:
        value, low, high = (_figure_number(known, figure, kind, item) for item in (text, figure.low, figure.high))
    except WrongKind as fault:
        problems.add(fault.code, f"{what}: {fault.reason}", figure.span, help=fault.help)
        return None
    if value is None:
        return None
    if (low is not None and low > value) or (high is not None and high < value):
        problems.add("F214", f"the range of {what} does not hold its value", figure.span, help="low <= value <= high")
    if kind.low != kind.high and not kind.low <= value <= kind.high:
        problems.add("F205", f"{what} is outside its range {decimal_text(kind.low, kind.shown)} to {decimal_text(kind.high, kind.shown)}", figure.span, help="correct the value, or widen the range")
    return Value(value, low, high, figure.origin, figure.span, is_otherwise, figure.currency)


def _members(known: Known, figure: Figure, kind: Options, what: str) -> tuple[str, ...]:
    found = []
    for text, span in zip(figure.texts, figure.spans or (figure.span,) * len(figure.texts), strict=True):
        if text not in kind.options:
            known.problems.add("F204", f"`{text}` is not one of the choices of {what}", span, help=did_you_mean(text, kind.options) or listed(kind.options))
        elif text not in found:
            found.append(text)
    return tuple(found)


def _figure_number(known: Known, figure: Figure, kind: Number, text: str) -> int | None:
    if not text:
        return None
    literal: Literal | Day | None = plain_day(text) or plain_number(text)
    if literal is None:
        raise WrongKind(f"`{text}` is not a number", "write digits, `_` between thousands, one point")
    if kind.form != "money":
        return stored(kind, literal)
    return money_in(known, literal, kind, figure.currency or known.content.base)


def money_in(known: Known, literal: Literal | Day, kind: Number, currency: str) -> int:
    """Return an amount written in `currency` as a count of the smallest unit in the company's currency."""
    if currency not in known.rates:
        raise WrongKind(f"no rate for the currency `{currency}`", f"known: {listed(known.rates)}", "F211")
    plain = stored(kind, literal)
    if isinstance(literal, Day) or currency == known.currency:
        return plain
    exact = Fraction(literal.top, 10**literal.places) * known.rates[currency] / known.rates[known.currency] * 10**kind.scale
    value = rounded(exact.numerator, exact.denominator)
    if abs(value) > LARGEST:
        raise WrongKind("too large")
    return value


def check_origin(known: Known, origin: Origin, span: Span, what: str, sources: set[str]) -> None:
    """Note what is missing of where a figure comes from: source or reasoning, date, confidence."""
    problems = known.problems
    if not origin.sources and not origin.is_estimate:
        problems.add("F210", f"{what} has no source", span, help="add source, date and confidence; or estimate: true with because")
        return
    if origin.is_estimate and not origin.because.by_language:
        problems.add("F210", f"{what} is an estimate without reasoning", span, help="add `because`")
    if not origin.date or not origin.confidence:
        missing = [name for name, value in (("date", origin.date), ("confidence", origin.confidence)) if not value]
        problems.add("F210", f"{what} has no {' and no '.join(missing)}", span, help="add the date of the source, and confidence: high, medium or low")
    for name in (*origin.sources, *origin.near):
        if sources and name not in sources:
            problems.add("F201", f"unknown source `{name}` of {what}", span, help=did_you_mean(name, sources) or "declare it in the sources of the knowledge")
