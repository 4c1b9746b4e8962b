"""The knowledge in force on a day, in a company's currency: kinds, entities, figures, constants."""

import re
from datetime import date
from fractions import Fraction

from fourfold.expression.kinds import Choice, Kind, Text, plain_number
from fourfold.linking.figures import figure_value, in_force
from fourfold.linking.known import Known
from fourfold.linking.meant_kinds import FIRST_DAY as FIRST_DAY  # noqa: PLC0414 - the door reads days within the same limits
from fourfold.linking.meant_kinds import LAST_DAY as LAST_DAY  # noqa: PLC0414
from fourfold.linking.meant_kinds import kind_of
from fourfold.model import figure_name
from fourfold.problem import Collector, Label
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.written import Content, EntityDecl, KindDecl, TermDecl, Words


def know(content: Content, as_of: int, currency: str, problems: Collector) -> Known:
    """Return the knowledge in force, with every problem of names, kinds, figures and sources noted."""
    known = Known(content, as_of, currency, problems)
    _index(known)
    _rates(known)
    for name, term in known.terms.items():
        known.kinds[name] = kind_of(known, term.kind, f"term `{name}`") or _broken(known, name)
    for key, attribute in known.attributes.items():
        what = f"{key[0]}.{key[1]}"
        known.attribute_kinds[key] = kind_of(known, attribute.kind, f"attribute `{what}`") or _broken(known, what)
        if attribute.by and not (attribute.by in known.entities or _is_choice_term(known, attribute.by)):
            known.broken.add(what)
            problems.add("F201", f"`by: {attribute.by}` names no kind of entity", attribute.span, help=did_you_mean(attribute.by, known.entities))
    sources = {source.name for source in content.sources}
    for entity in content.entities:
        _entity(known, entity, sources)
    _fill_otherwise(known, sources)
    for term in known.terms.values():
        if term.figures and term.name not in known.broken:
            _constant(known, term, sources)
    return known


def _broken(known: Known, name: str) -> Kind:
    known.broken.add(name)
    return Text()


def _constant(known: Known, term: TermDecl, sources: set[str]) -> None:
    figure = in_force(known, term.figures)
    if figure is None:
        known.problems.add("F213", f"constant `{term.name}` has no value on {date.fromordinal(known.as_of)}", term.span, help="give a value for that day, or end none before it")
        return
    value = figure_value(known, figure, known.kinds[term.name], f"constant `{term.name}`", sources)
    if value is not None:
        known.constants[term.name] = value


def _is_choice_term(known: Known, name: str) -> bool:
    return name in known.terms and known.terms[name].kind.word in ("choice", *known.entities)


def _index(known: Known) -> None:
    content = known.content
    for term in (*_built_in(content), *content.terms):
        if term.name in known.terms:
            _twice(known, f"term `{term.name}`", term.span, known.terms[term.name].span)
        elif _is_name(known, term.name, "a term's name", term.span):
            known.terms[term.name] = term
    for name, _, span in content.kinds:
        if _is_name(known, name, "the name of a kind", span):
            known.entities[name] = ()
    for entity in content.entities:
        _index_entity(known, entity)
    for attribute in content.attributes:
        key = (attribute.kind_name, attribute.name)
        other = known.terms.get(attribute.name)
        if key in known.attributes:
            _twice(known, f"attribute `{key[0]}.{key[1]}`", attribute.span, known.attributes[key].span)
        elif other is not None and other.of == attribute.kind_name:
            known.problems.add("F209", f"`{key[0]}.{key[1]}` is an attribute and a term", attribute.span, help="rename one of them", labels=(Label(other.span, "the term"),))
        elif _is_name(known, attribute.name, "the name of an attribute", attribute.span):
            known.attributes[key] = attribute
    first: dict[str, Span] = {}
    for source in content.sources:
        if source.name in first:
            _twice(known, f"source `{source.name}`", source.span, first[source.name])
        first.setdefault(source.name, source.span)


def _index_entity(known: Known, entity: EntityDecl) -> None:
    key = (entity.kind, entity.name)
    if entity.kind not in known.entities:
        known.problems.add("F201", f"unknown kind of entity `{entity.kind}`", entity.span, help=did_you_mean(entity.kind, known.entities))
    elif key in known.places:
        _twice(known, f"{entity.kind} `{entity.name}`", entity.span, known.places[key])
    elif _is_name(known, entity.name, f"the name of a {entity.kind}", entity.span):
        known.places[key] = entity.span
        known.entities[entity.kind] += (entity.name,)


def _twice(known: Known, what: str, span: Span, first: Span) -> None:
    if first.file:
        known.problems.add("F209", f"{what} is declared twice", span, help="keep one, or rename one", labels=(Label(first, "the first"),))
    else:
        known.problems.add("F209", f"{what} is there without being declared", span, help="give it another name")


def _is_name(known: Known, name: str, what: str, span: Span) -> bool:
    if re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return True
    known.problems.add("F114", f"`{name}` is not {what}", span, help="small letters, digits and `_`, a letter first")
    return False


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


def _entity(known: Known, entity: EntityDecl, sources: set[str]) -> None:
    if known.places.get((entity.kind, entity.name)) != entity.span:
        return
    for name, key, figures in entity.values:
        attribute = known.attributes.get((entity.kind, name))
        if attribute is None or f"{entity.kind}.{name}" in known.broken:
            continue
        kind = known.attribute_kinds[(entity.kind, name)]
        if attribute.by and key not in _keys(known, attribute.by):
            known.problems.add("F204", f"`{key}` is not one of {attribute.by}", figures[0].span, help=did_you_mean(key, _keys(known, attribute.by)))
            continue
        figure = in_force(known, figures)
        if figure is None:
            continue
        value = figure_value(known, figure, kind, f"`{name}` of {entity.kind} `{entity.name}`", sources)
        if value is not None:
            known.values[figure_name(entity.kind, entity.name, name, key)] = value
        else:
            known.refused.add(figure_name(entity.kind, entity.name, name, key))


def _keys(known: Known, by: str) -> tuple[str, ...]:
    if by in known.entities:
        return known.entities[by]
    kind = known.kinds.get(by)
    return kind.options if isinstance(kind, Choice) else ()


def _fill_otherwise(known: Known, sources: set[str]) -> None:
    for (kind_name, name), attribute in known.attributes.items():
        kind = known.attribute_kinds[(kind_name, name)]
        default = None
        if f"{kind_name}.{name}" in known.broken:
            continue
        if attribute.otherwise is not None:
            default = figure_value(known, attribute.otherwise, kind, f"`otherwise` of `{kind_name}.{name}`", sources, is_otherwise=True)
        for entity in known.entities.get(kind_name, ()):
            for key in _keys(known, attribute.by) if attribute.by else ("",):
                figure = figure_name(kind_name, entity, name, key)
                if figure in known.values or figure in known.refused:
                    continue
                if default is not None:
                    known.values[figure] = default
                elif attribute.otherwise is not None:
                    known.refused.add(figure)
