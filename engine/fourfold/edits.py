"""What changed between two workspaces, in words: rules, cells, formulas, terms, figures, constraints, promises."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from fourfold.span import NOWHERE, Span
from fourfold.written import Content, Figure, FormulaDecl, KindDecl, Period, TermDecl, Words, WrittenCell

Aspects = dict[str, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: of what thing, in which respect, from what to what; the thing itself came or went where `aspect` is empty."""

    thing: str
    aspect: str
    before: str
    after: str
    span: Span = NOWHERE

    def text(self) -> str:
        """Return the change as one line, with the cell that says so where it comes from a sheet."""
        place = f"   ({self.span})" if self.span.cell else ""
        if not self.aspect:
            return f"{'added' if self.after else 'removed'}    {self.thing}   {self.after or self.before}".rstrip() + place
        return f"changed  {self.thing}   {self.aspect}: {self.before or '(none)'} → {self.after or '(none)'}{place}"


def edits(old: Content, new: Content) -> tuple[Edit, ...]:
    """Return every change from one content to another, in the order of the new one; what went stands last."""
    before, after = {name: (aspects, span) for name, aspects, span in _things(old)}, {name: (aspects, span) for name, aspects, span in _things(new)}
    found: list[Edit] = []
    for name, (aspects, span) in after.items():
        if name not in before:
            found.append(Edit(name, "", "", _whole(aspects), span))
            continue
        was = before[name][0]
        found += [Edit(name, aspect, was.get(aspect, ""), aspects.get(aspect, ""), span) for aspect in dict.fromkeys([*aspects, *was]) if was.get(aspect, "") != aspects.get(aspect, "")]
    found += [Edit(name, "", _whole(aspects), "", span) for name, (aspects, span) in before.items() if name not in after]
    return tuple(found)


def _whole(aspects: Aspects) -> str:
    return ", ".join(f"{name}: {text}" for name, text in aspects.items() if text and name != "because") or "(empty)"


def _things(content: Content) -> Iterator[tuple[str, Aspects, Span]]:
    for table in content.tables:
        yield f"table {table.name}", {"concludes": ", ".join(name for name, _ in table.concludes), "for each": table.loop, "hit policy": table.policy, "source": table.source}, table.span
        for rule in table.rules:
            then = ", ".join(text if len(rule.then) == 1 else f"{name} {text}" for name, text, _ in rule.then)
            more = {"otherwise" if rule.is_otherwise else "then": then, "overrides": ", ".join(name for name, _ in rule.overrides), "in force": _period(rule.period)}
            yield f"rule {rule.id}", {"table": table.name, **_cells(rule.cells), **more, "because": _words(rule.because), "source": rule.source}, rule.span
    for formula in content.formulas:
        yield f"formula {formula.name}", _formula(formula), formula.span
    for item in content.selections:
        order = ", ".join(f"{key.text} {'descending' if down else 'ascending'}" for key, down in item.order)
        within = ", ".join(f"{resource.text}: {need.text}" for resource, need in item.within)
        ends = {"at least": item.at_least.text if item.at_least else "", "at most": item.at_most.text if item.at_most else ""}
        yield f"selection {item.name}", {"from": item.kind, **_cells(item.where), "order by": order, "within": within, **ends}, item.span
    for share in content.shares:
        yield f"share-out {share.name}", {"amount": share.amount.text, "over": share.over, "by": share.by.text}, share.span
    for never in content.constraints:
        yield f"constraint {never.name}", {"for each": never.loop, **_cells(never.cells), "because": _words(never.because)}, never.span
    for never in content.promises:
        yield f"promise {never.name}", {"for each": never.loop, **_cells(never.cells), "because": _words(never.because)}, never.span
    for kept in content.monotones:
        yield f"promise {kept.name}", {"for each": kept.loop, "more": kept.more, **_cells(kept.cells), "because": _words(kept.because)}, kept.span
    for term in content.terms:
        yield f"term {term.name}", _term(term), term.span
    yield from _knowledge(content)


def _knowledge(content: Content) -> Iterator[tuple[str, Aspects, Span]]:
    for attribute in content.attributes:
        usual = _figure(attribute.otherwise) if attribute.otherwise else ""
        yield f"attribute {attribute.kind_name}.{attribute.name}", {"kind": _kind(attribute.kind), "by": attribute.by, "otherwise": usual}, attribute.span
    for entity in content.entities:
        values = {f"{name}[{key}]" if key else name: _figures(figures) for name, key, figures in entity.values}
        yield f"{entity.kind} {entity.name}", {"name": _words(entity.title), **values}, entity.span
    rates: dict[str, list[str]] = {}
    for rate in content.rates:
        rates.setdefault(rate.currency, []).append(f"{rate.text}{_in_force(rate.period)}")
    for currency, texts in rates.items():
        yield f"rate {currency}", {"value": "; ".join(texts)}, NOWHERE


def _cells(cells: Iterable[WrittenCell]) -> Aspects:
    return {cell.column: cell.text for cell in cells}


def _formula(formula: FormulaDecl) -> Aspects:
    texts = " over ".join(item.text for item in formula.expressions)
    rest = {"at none" if formula.form != "ratio" else "at zero": formula.at_none.text} if formula.at_none else {}
    return {formula.form: texts or formula.over, "for each": formula.loop, "over": formula.over, **_cells(formula.where), **rest}


def _term(term: TermDecl) -> Aspects:
    ways = "; ".join(way.expression.text + "".join(f", {cell.column} {cell.text}" for cell in way.where) for way in term.or_from)
    marks = ", ".join(mark for mark, is_so in (("required", term.is_required), ("optional", term.is_optional), ("changeable", term.is_changeable)) if is_so)
    return {
        "kind": _kind(term.kind),
        "of": term.of,
        "value": _figures(term.figures),
        "assume": term.assume.text if term.assume else "",
        "or from": ways,
        "marks": marks,
        "question": _words(term.ask),
        "help": _words(term.help),
        "name": _words(term.title),
    }


def _kind(kind: KindDecl) -> str:
    parts = [kind.word, kind.options_of, "/".join(name for name, _, _ in kind.options), kind.unit, f"a {kind.per}" if kind.per else "", f"scale {kind.scale}" if kind.scale else ""]
    return " ".join(part for part in (*parts, f"{kind.low} to {kind.high}" if kind.low else "") if part)


def _figures(figures: tuple[Figure, ...]) -> str:
    return "; ".join(_figure(figure) + _in_force(figure.period) for figure in figures)


def _figure(figure: Figure) -> str:
    return ", ".join(figure.texts or (_words(figure.words),)) + (f" {figure.currency}" if figure.currency else "")


def _in_force(period: Period) -> str:
    return f" ({text})" if (text := _period(period)) else ""


def _period(period: Period) -> str:
    first, last = (date.fromordinal(day).isoformat() if day else "" for day in (period.first, period.last))
    return " ".join(part for part in (f"from {first}" if first else "", f"until {last}" if last else "") if part)


def _words(words: Words) -> str:
    return " / ".join(" ".join(lines) for _, lines in words.by_language)
