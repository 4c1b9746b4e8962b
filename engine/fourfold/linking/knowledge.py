"""The knowledge in force on a day, in a company's currency: kinds, entities, figures, constants."""

import re
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from fourfold.expression.kinds import (
    LARGEST,
    YES_NO,
    Choice,
    Kind,
    Number,
    Options,
    Ratio,
    Text,
    WrongKind,
    plain_day,
    plain_number,
    rounded,
    stored,
    word_option,
)
from fourfold.expression.nodes import Day, Literal
from fourfold.model import Value, figure_name
from fourfold.problem import Collector
from fourfold.reading.values import KINDS
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.written import AttributeDecl, Content, EntityDecl, Figure, KindDecl, Origin, TermDecl, Words

FIRST_DAY, LAST_DAY = date(1900, 1, 1).toordinal(), date(2199, 12, 31).toordinal()


@dataclass(slots=True)
class Known:
    """What names and figures mean; filled once, then only read."""

    content: Content
    as_of: int
    currency: str
    problems: Collector
    terms: dict[str, TermDecl] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    attributes: dict[tuple[str, str], AttributeDecl] = field(default_factory=dict)
    attribute_kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)
    entities: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    constants: dict[str, Value] = field(default_factory=dict)
    rates: dict[str, Fraction] = field(default_factory=dict)
    changes: set[int] = field(default_factory=set)


def know(content: Content, as_of: int, currency: str, problems: Collector) -> Known:
    """Return the knowledge in force, with every problem of names, kinds, figures and sources noted."""
    known = Known(content, as_of, currency, problems)
    _index(known)
    _rates(known)
    for name, term in known.terms.items():
        known.kinds[name] = kind_of(known, term.kind, f"term `{name}`")
    for key, attribute in known.attributes.items():
        known.attribute_kinds[key] = kind_of(known, attribute.kind, f"attribute `{key[0]}.{key[1]}`")
        if attribute.by and not (attribute.by in known.entities or _is_choice_term(known, attribute.by)):
            problems.add("F201", f"`by: {attribute.by}` names no kind of entity", attribute.span, help=did_you_mean(attribute.by, known.entities))
    sources = {source.name for source in content.sources}
    for entity in content.entities:
        _entity(known, entity, sources)
    _fill_otherwise(known, sources)
    for term in known.terms.values():
        if term.figures:
            figure = in_force(known, term.figures, term.span)
            if figure is not None:
                value = figure_value(known, figure, known.kinds[term.name], f"constant `{term.name}`", sources)
                if value is not None:
                    known.constants[term.name] = value
    return known


def _is_choice_term(known: Known, name: str) -> bool:
    return name in known.terms and known.terms[name].kind.word in ("choice", *known.entities)


def _index(known: Known) -> None:
    content, problems = known.content, known.problems
    for term in (*_built_in(content), *content.terms):
        if term.name in known.terms:
            problems.add("F209", f"term `{term.name}` is declared twice", term.span, help=f"the first is at {known.terms[term.name].span}")
        elif not re.match(r"[a-z][a-z0-9_]*$", term.name):
            problems.add("F114", f"`{term.name}` is not a term's name", term.span, help="small letters, digits and `_`")
        else:
            known.terms[term.name] = term
    for name, _, _ in content.kinds:
        known.entities[name] = ()
    seen: dict[tuple[str, str], Span] = {}
    for entity in content.entities:
        if entity.kind not in known.entities:
            problems.add("F201", f"unknown kind of entity `{entity.kind}`", entity.span, help=did_you_mean(entity.kind, known.entities))
        elif (entity.kind, entity.name) in seen:
            problems.add("F209", f"{entity.kind} `{entity.name}` is declared twice", entity.span, help=f"the first is at {seen[(entity.kind, entity.name)]}")
        else:
            seen[(entity.kind, entity.name)] = entity.span
            known.entities[entity.kind] += (entity.name,)
    for attribute in content.attributes:
        known.attributes[(attribute.kind_name, attribute.name)] = attribute
    names = [source.name for source in content.sources]
    for source in content.sources:
        if names.count(source.name) > 1:
            problems.add("F209", f"source `{source.name}` is declared twice", source.span)


def _built_in(content: Content) -> tuple[TermDecl, ...]:
    nowhere = Span("", 0, 0)
    currencies = dict.fromkeys((content.base, *(rate.currency for rate in content.rates)))
    options = tuple((name, Words((("", (name,)),)), nowhere) for name in currencies)
    titles = Words((("en", ("date",)), ("zh", ("日期",)))), Words((("en", ("currency",)), ("zh", ("币种",))))
    return (
        TermDecl("as_of", KindDecl("date", nowhere), nowhere, title=titles[0], is_required=True),
        TermDecl("currency", KindDecl("choice", nowhere, options), nowhere, title=titles[1], is_required=True),
    )


def _rates(known: Known) -> None:
    known.rates[known.content.base] = Fraction(1)
    for rate in known.content.rates:
        known.changes.update(day for day in (rate.period.first, rate.period.last and rate.period.last + 1) if day)
        literal = plain_number(rate.text)
        if literal is None or literal.top <= 0:
            known.problems.add("F203", f"a rate is a number above 0; `{rate.text}` is not", rate.span)
        elif rate.period.covers(known.as_of):
            known.rates[rate.currency] = Fraction(literal.top, 10**literal.places)
    if known.currency not in known.rates:
        known.problems.add("F211", f"no rate for the currency `{known.currency}` on {date.fromordinal(known.as_of)}", help=f"known: {listed(known.rates)}; add one to the rates of the knowledge")
        known.rates[known.currency] = Fraction(1)


def kind_of(known: Known, kind: KindDecl, what: str) -> Kind:
    """Return the kind that a declaration means."""
    word = kind.word
    if word in known.entities:
        return Choice(known.entities[word], word)
    if word == "yes_no":
        return YES_NO
    if word == "ratio":
        return Ratio()
    if word == "text":
        return Text()
    if word in ("choice", "set"):
        options, entity = _options(known, kind, what)
        return Choice(options, entity) if word == "choice" else Options(options, entity)
    if word not in KINDS:
        known.problems.add("F201", f"unknown kind `{word}` of {what}", kind.span, help=did_you_mean(word, (*KINDS, *known.entities)))
        return Text()
    return _number(known, kind, what)


def _options(known: Known, kind: KindDecl, what: str) -> tuple[tuple[str, ...], str]:
    if kind.options_of in known.entities:
        return known.entities[kind.options_of], kind.options_of
    if kind.options_of:
        other = known.terms.get(kind.options_of)
        if other is not None and (other.kind.options or other.kind.word in known.entities):
            inner = kind_of(known, other.kind, what)
            assert isinstance(inner, Choice | Options)
            return inner.options, inner.entity
        known.problems.add("F201", f"`options: {kind.options_of}` names neither a kind of entity nor a choice", kind.span, help=did_you_mean(kind.options_of, (*known.entities, *known.terms)))
    elif not kind.options:
        known.problems.add("F111", f"{what} has no `options`", kind.span)
    return tuple(dict.fromkeys(name for name, _, _ in kind.options)), ""


def _number(known: Known, kind: KindDecl, what: str) -> Number:
    form = kind.word
    scale = kind.scale + 2 if form == "percent" else kind.scale
    shape = Number(form, scale, 0, 0, kind.unit, kind.per)
    ends = [_end(known, shape, text, kind, what) for text in (kind.low, kind.high)]
    if form == "date":
        low, high = ends[0] or FIRST_DAY, ends[1] or LAST_DAY
    elif form == "percent":
        low, high = ends[0] or 0, 10**scale if ends[1] is None else ends[1]
    else:
        low, high = ends[0] or 0, ends[1] or 0
    if form == "money" and known.currency != known.content.base:
        rate = known.rates[known.currency]
        low, high = (int(low / rate), -int(-high / rate // 1))
    if low > high:
        known.problems.add("F214", f"the range of {what} is upside down", kind.span)
    return Number(form, scale, low, high, kind.unit, kind.per)


def _end(known: Known, shape: Number, text: str, kind: KindDecl, what: str) -> int | None:
    if not text:
        return None
    try:
        literal = plain_day(text) or plain_number(text)
        if literal is None:
            raise WrongKind(f"`{text}` is not a number")
        return stored(shape, literal)
    except WrongKind as fault:
        known.problems.add(fault.code, f"the range of {what}: {fault.reason}", kind.span, help=fault.help)
        return None


def in_force(known: Known, figures: tuple[Figure, ...], span: Span) -> Figure | None:
    """Return the figure whose period covers the day; two of them are a problem."""
    for figure in figures:
        first, last = figure.period.first, figure.period.last
        known.changes.update(day for day in (first, last and last + 1) if day)
    covering = [figure for figure in figures if figure.period.covers(known.as_of)]
    if len(covering) > 1:
        known.problems.add("F209", "two values are in force on the same day", covering[1].span, help=f"end the one at line {span.line} with `until`")
    return covering[0] if covering else None


def _entity(known: Known, entity: EntityDecl, sources: set[str]) -> None:
    if entity.kind not in known.entities:
        return
    for name, key, figures in entity.values:
        attribute, kind = known.attributes[(entity.kind, name)], known.attribute_kinds[(entity.kind, name)]
        if attribute.by and key not in _keys(known, attribute.by):
            known.problems.add("F204", f"`{key}` is not one of {attribute.by}", figures[0].span, help=did_you_mean(key, _keys(known, attribute.by)))
            continue
        figure = in_force(known, figures, entity.span)
        if figure is None:
            continue
        value = figure_value(known, figure, kind, f"`{name}` of {entity.kind} `{entity.name}`", sources)
        if value is not None:
            known.values[figure_name(entity.kind, entity.name, name, key)] = value


def _keys(known: Known, by: str) -> tuple[str, ...]:
    if by in known.entities:
        return known.entities[by]
    kind = known.kinds.get(by)
    return kind.options if isinstance(kind, Choice) else ()


def _fill_otherwise(known: Known, sources: set[str]) -> None:
    for (kind_name, name), attribute in known.attributes.items():
        kind = known.attribute_kinds[(kind_name, name)]
        default = None
        if attribute.otherwise is not None:
            default = figure_value(known, attribute.otherwise, kind, f"`otherwise` of `{kind_name}.{name}`", sources, is_otherwise=True)
        for entity in known.entities.get(kind_name, ()):
            for key in _keys(known, attribute.by) if attribute.by else ("",):
                figure = figure_name(kind_name, entity, name, key)
                if figure not in known.values and default is not None:
                    known.values[figure] = default


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
        _check_origin(known, figure, kind, what, sources)
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
        problems.add("F205", f"{what} is outside its range", figure.span)
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
    stored(kind, literal)
    return money_in(known, literal, kind, figure.currency or known.content.base)


def money_in(known: Known, literal: Literal | Day, kind: Number, currency: str) -> int:
    """Return an amount written in `currency` as a count of the smallest unit in the company's currency."""
    if currency not in known.rates:
        raise WrongKind(f"no rate for the currency `{currency}`", f"known: {listed(known.rates)}", "F211")
    if isinstance(literal, Day) or currency == known.currency:
        return stored(kind, literal)
    exact = Fraction(literal.top, 10**literal.places) * known.rates[currency] / known.rates[known.currency] * 10**kind.scale
    value = rounded(exact.numerator, exact.denominator)
    if abs(value) > LARGEST:
        raise WrongKind("too large")
    return value


def _check_origin(known: Known, figure: Figure, kind: Number, what: str, sources: set[str]) -> None:
    origin: Origin = figure.origin
    problems = known.problems
    if not origin.sources and not origin.is_estimate:
        problems.add("F210", f"{what} has no source", figure.span, help="add source, date and confidence; or estimate: true with because")
        return
    if origin.is_estimate and not origin.because.by_language:
        problems.add("F210", f"{what} is an estimate without reasoning", figure.span, help="add `because`")
    if not origin.date or not origin.confidence:
        problems.add("F210", f"{what} has no {'date' if not origin.date else 'confidence'}", figure.span)
    for name in (*origin.sources, *origin.near):
        if sources and name not in sources:
            problems.add("F201", f"unknown source `{name}`", figure.span, help=did_you_mean(name, sources))
    if kind.form == "money" and figure.currency and figure.currency not in known.rates:
        problems.add("F211", f"no rate for the currency `{figure.currency}`", figure.span)
