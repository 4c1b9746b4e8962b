"""What a written name means in its place."""

from dataclasses import dataclass, field

from fourfold.expression.kinds import Choice, Kind, Number, Options, Ratio, Text
from fourfold.expression.nodes import Word
from fourfold.linking.known import Known
from fourfold.linking.simplify import FALSE, TRUE, ZERO, Fraction, case, common, every, some
from fourfold.model import Condition, Const, Expr, Member, Ref, figure_name, ground_name
from fourfold.noun import noun
from fourfold.problem import Collector
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import FormulaDecl, SelectDecl


class NotMeant(Exception):
    """A name or test without a meaning here, placed within its text, or (`span`) at a place of its own."""

    def __init__(self, code: str, message: str, offset: int = 0, length: int = 1, help: str | None = None, span: Span | None = None) -> None:
        """Keep the problem's parts."""
        super().__init__(message)
        self.code, self.message, self.offset, self.length, self.help, self.span = code, message, offset, length, help, span


class NotedBefore(NotMeant):
    """A name whose own declaration is wrong; the problem stands there and is not said twice."""

    def __init__(self) -> None:
        """Carry nothing."""
        super().__init__("", "")


@noun
class Meaning:
    """What a column or operand stands for: a number, a choice, or a set with one condition per option."""

    kind: Kind
    number: Fraction | None = None
    choice: Expr | None = None
    members: dict[str, Condition] | None = None
    ratio: str = ""


@dataclass(slots=True)
class Names:
    """Resolves names against the knowledge; `used` gathers the figures that were folded in."""

    known: Known
    formulas: dict[str, FormulaDecl]
    selections: dict[str, SelectDecl]
    problems: Collector
    used: dict[str, None] = field(default_factory=dict)
    kept: dict[tuple[object, ...], tuple[Meaning, dict[str, None]]] = field(default_factory=dict)

    def meaning(self, word: Word, scope: dict[str, str]) -> Meaning:
        """Return what a name stands for in a scope of loops; looked up once, with the figures it folds in."""
        # WHY: a name without a dot that is no loop means the same in every scope
        key = (word.text, *scope.items()) if "." in word.text or word.text in scope else (word.text,)
        if key not in self.kept:
            before, self.used = self.used, {}
            try:
                self.kept[key] = (self._meaning(word, scope), self.used)
            finally:
                self.used = before | self.used
        found, figures = self.kept[key]
        self.used.update(figures)
        return found

    def _meaning(self, word: Word, scope: dict[str, str]) -> Meaning:
        first, _, second = word.text.partition(".")
        if second:
            return self._attribute(first, second, scope, word)
        if first in scope:
            return Meaning(Choice(self.known.entities[first], first), choice=Const(scope[first]))
        if first in self.selections:
            kind = self.selections[first].kind
            if kind not in self.known.entities:
                raise NotedBefore
            options = self.known.entities[kind]
            return Meaning(Options(options, kind), members={name: Member(ground_name(first, name), frozenset({"true"})) for name in options})
        return self._term(first, word)

    def note(self, fault: NotMeant, span: Span, text: str) -> None:
        """Note what has no meaning, at its place within a written text."""
        if not isinstance(fault, NotedBefore):
            self.problems.add(fault.code, fault.message, placed(fault, span, text), help=fault.help)

    def _term(self, name: str, word: Word) -> Meaning:
        known = self.known
        declared = known.terms.get(name)
        if declared is None and name in known.entities:
            raise NotMeant("F202", f"`{name}` is not a loop here", word.offset, len(word.text), f"write `for each: {name}`")
        if declared is None:
            raise NotMeant("F201", f"unknown term `{name}`", word.offset, len(word.text), self._near(name))
        if declared.of:
            raise NotMeant("F202", f"`{name}` has one value per {declared.of}", word.offset, len(word.text), f"write `{declared.of}.{name}`")
        return self._value(name, "", known.kinds[name])

    def _near(self, name: str) -> str | None:
        found = did_you_mean(name, (*self.known.terms, *self.selections))
        declared = found and self.known.terms.get(found.split("`")[1])
        return f"{found} ({declared.span.file}:{declared.span.line})" if declared and declared.span.file else found

    def _value(self, name: str, entity: str, kind: Kind) -> Meaning:
        if name in self.known.broken:
            raise NotedBefore
        ground = ground_name(name, entity)
        if self.known.terms[name].figures:
            return self._constant(name, kind)
        match kind:
            case Number():
                return Meaning(kind, number=Fraction(Ref(ground), Const(10**kind.scale)))
            case Choice():
                return Meaning(kind, choice=Ref(ground))
            case Options():
                return Meaning(kind, members={option: Member(f"{ground}[{option}]", frozenset({"true"})) for option in kind.options})
            case Ratio():
                return Meaning(kind, ratio=ground)
            case Text():
                return Meaning(kind)

    def _constant(self, name: str, kind: Kind) -> Meaning:
        value = self.known.constants.get(name)
        if value is None:
            raise NotedBefore
        self.used[name] = None
        if isinstance(kind, Number):
            return Meaning(kind, number=Fraction(Const(int(str(value.value))), Const(10**kind.scale)))
        if isinstance(kind, Options):
            return Meaning(kind, members={option: TRUE if option in held(value.value) else FALSE for option in kind.options})
        return Meaning(kind) if isinstance(kind, Text | Ratio) else Meaning(kind, choice=Const(str(value.value)))

    def _attribute(self, first: str, second: str, scope: dict[str, str], word: Word) -> Meaning:
        known = self.known
        if first in scope:
            return self._of_entity(first, scope[first], second, scope, word)
        declared, kind = known.terms.get(first), known.kinds.get(first)
        if declared is None or not isinstance(kind, Choice):
            if first in known.entities:
                raise NotMeant("F202", f"`{first}` is not a loop here", word.offset, len(word.text), f"write `for each: {first}`")
            if first in known.broken:
                raise NotedBefore
            if declared is not None:
                raise NotMeant("F202", f"`{first}` is no entity and has no `{second}`", word.offset, len(word.text))
            raise NotMeant("F201", f"unknown term `{first}`", word.offset, len(first), did_you_mean(first, (*known.terms, *known.entities)))
        if not kind.entity:
            raise NotMeant("F202", f"`{first}` is no entity and has no `{second}`", word.offset, len(word.text))
        if declared.of:
            raise NotMeant("F202", f"`{first}` has one value per {declared.of}", word.offset, len(word.text), f"name `{declared.of}.{first}` in a cell of its own")
        branches = {name: self._of_entity(kind.entity, name, second, scope, word) for name in kind.options}
        return self._by_case(first, branches, word)

    def _by_case(self, term: str, branches: dict[str, Meaning], word: Word) -> Meaning:
        if not branches:
            raise NotMeant("F202", f"there is no entity for `{word.text}`", word.offset, len(word.text))
        one = next(iter(branches.values()))
        if isinstance(one.kind, Number):
            shared = common([item.number for item in branches.values() if item.number])
            assert shared is not None
            return Meaning(one.kind, number=Fraction(case(term, dict(zip(branches, shared[0], strict=True))), Const(shared[1])))
        if isinstance(one.kind, Choice):
            return Meaning(one.kind, choice=case(term, {name: item.choice or ZERO for name, item in branches.items()}))
        if isinstance(one.kind, Options):
            members = {option: some([every((Member(term, frozenset({name})), (item.members or {})[option])) for name, item in branches.items()]) for option in one.kind.options}
            return Meaning(one.kind, members=members)
        what = "ratio; name it in a cell of its own" if isinstance(one.kind, Ratio) else "text; texts are shown, never tested"
        raise NotMeant("F203", f"`{word.text}` is a {what}", word.offset, len(word.text))

    def _of_entity(self, kind: str, entity: str, name: str, scope: dict[str, str], word: Word) -> Meaning:
        known = self.known
        attribute = known.attributes.get((kind, name))
        if attribute is None:
            declared = known.terms.get(name)
            if declared is not None and declared.of == kind:
                return self._value(name, entity, known.kinds[name])
            mine = [other for owner, other in known.attributes if owner == kind]
            mine += [term.name for term in known.terms.values() if term.of == kind]
            offset = word.offset + len(word.text) - len(name)
            raise NotMeant("F202", f"a {kind} has no `{name}`", offset, len(name), did_you_mean(name, mine))
        if f"{kind}.{name}" in known.broken:
            raise NotedBefore
        shape = known.attribute_kinds[(kind, name)]
        if not attribute.by:
            return self._figure(kind, entity, name, "", shape, word)
        if attribute.by in scope:
            return self._figure(kind, entity, name, scope[attribute.by], shape, word)
        chooser = self._chooser(attribute.by, word)
        options = known.kinds[chooser].options  # type: ignore[union-attr]
        return self._by_case(chooser, {o: self._figure(kind, entity, name, o, shape, word) for o in options}, word)

    def _chooser(self, by: str, word: Word) -> str:
        """Return the one term that chooses the second key of an attribute."""
        if by not in self.known.entities:
            return by
        found = [name for name, kind in self.known.kinds.items() if isinstance(kind, Choice) and kind.entity == by and not self.known.terms[name].of]
        if by in found:
            return by
        if len(found) != 1:
            raise NotMeant("F202", f"no single term says which {by} is meant", word.offset, len(word.text), f"loop `for each: {by}`")
        return found[0]

    def _figure(self, kind: str, entity: str, name: str, key: str, shape: Kind, word: Word) -> Meaning:
        figure = figure_name(kind, entity, name, key)
        value = self.known.values.get(figure)
        if value is None and figure in self.known.refused:
            raise NotedBefore
        if value is None:
            raise NotMeant(
                "F213", f"{kind} `{entity}` has no `{name}`" + (f" for `{key}`" if key else ""), help="add it, or declare `otherwise` for the attribute", span=self.known.places.get((kind, entity))
            )
        if isinstance(shape, Number):
            self.used[figure] = None
            return Meaning(shape, number=Fraction(Const(int(str(value.value))), Const(10**shape.scale)))
        if isinstance(shape, Options):
            return Meaning(shape, members={option: TRUE if option in held(value.value) else FALSE for option in shape.options})
        if isinstance(shape, Choice):
            return Meaning(shape, choice=Const(str(value.value)))
        raise NotMeant("F203", f"`{word.text}` is a text; texts are shown, never tested", word.offset, len(word.text))


def held(value: object) -> tuple[str, ...]:
    """Return the members of a set of the knowledge."""
    assert isinstance(value, tuple)
    return value


def placed(fault: NotMeant, span: Span, text: str) -> Span:
    """Return the place of a fault within a written text."""
    quoted = 1 if span.length == len(text) + 2 else 0
    return fault.span or span.at(fault.offset + quoted, fault.length)
