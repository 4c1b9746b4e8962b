"""What a written name, cell or formula means in its place."""

from dataclasses import dataclass, field

from fourfold.expression.kinds import (
    Choice,
    Kind,
    Number,
    Options,
    Ratio,
    Text,
)
from fourfold.expression.nodes import (
    Binary,
    Extreme,
    Literal,
    Word,
)
from fourfold.expression.nodes import Expr as Written
from fourfold.linking.knowledge import Known
from fourfold.linking.simplify import (
    FALSE,
    TRUE,
    ZERO,
    Fraction,
    best,
    case,
    common,
    every,
    floor,
    minus,
    multiplied,
    plus,
    some,
    times,
)
from fourfold.model import Condition, Const, Expr, Member, Ref, figure_name, ground_name
from fourfold.problem import Collector
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.written import FormulaDecl, SelectDecl, WrittenExpr


class NotMeant(Exception):
    """A name or test without a meaning here; the problem is already a value."""

    def __init__(self, code: str, message: str, offset: int = 0, length: int = 1, help: str | None = None) -> None:
        """Keep the problem's parts; the place is within the text."""
        super().__init__(message)
        self.code, self.message, self.offset, self.length, self.help = code, message, offset, length, help


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column or operand stands for: a number, a choice, or a set with one condition per option."""

    kind: Kind
    number: Fraction | None = None
    choice: Expr | None = None
    members: dict[str, Condition] | None = None
    ratio: str = ""


@dataclass(slots=True)
class Resolver:
    """Resolves names against the knowledge; `used` gathers the figures that were folded in."""

    known: Known
    formulas: dict[str, FormulaDecl]
    selections: dict[str, SelectDecl]
    problems: Collector
    used: dict[str, None] = field(default_factory=dict)

    def meaning(self, word: Word, scope: dict[str, str]) -> Meaning:
        """Return what a name stands for in a scope of loops."""
        first, _, second = word.text.partition(".")
        if second:
            return self._attribute(first, second, scope, word)
        if first in scope:
            return Meaning(Choice(self.known.entities[first], first), choice=Const(scope[first]))
        if first in self.selections:
            kind = self.selections[first].kind
            options = self.known.entities.get(kind, ())
            members = {name: Member(ground_name(first, name), frozenset({"true"})) for name in options}
            return Meaning(Options(options, kind), members=members)  # type: ignore[arg-type]
        return self._term(first, "", word)

    def _term(self, name: str, entity: str, word: Word) -> Meaning:
        known = self.known
        declared = known.terms.get(name)
        if declared is None:
            raise NotMeant("F201", f"unknown term `{name}`", word.offset, len(word.text), self._near(name))
        if declared.of and not entity:
            raise NotMeant("F202", f"`{name}` has one value per {declared.of}", word.offset, len(word.text), f"write `{declared.of}.{name}`")
        return self._value(name, entity, known.kinds[name])

    def _near(self, name: str) -> str | None:
        found = did_you_mean(name, self.known.terms)
        declared = found and self.known.terms.get(found.split("`")[1])
        return f"{found} ({declared.span.file}:{declared.span.line})" if declared else found

    def _value(self, name: str, entity: str, kind: Kind) -> Meaning:
        ground = ground_name(name, entity)
        if name in self.known.constants:
            self.used[name] = None
            value = self.known.constants[name].value
            return Meaning(kind, number=Fraction(Const(int(value)), Const(10**kind.scale))) if isinstance(kind, Number) else Meaning(kind, choice=Const(str(value)))  # type: ignore[arg-type]
        match kind:
            case Number():
                return Meaning(kind, number=Fraction(Ref(ground), Const(10**kind.scale)))
            case Choice():
                return Meaning(kind, choice=Ref(ground))
            case Options():
                members: dict[str, Condition] = {o: Member(f"{ground}[{o}]", frozenset({"true"})) for o in kind.options}
                return Meaning(kind, members=members)
            case Ratio():
                return Meaning(kind, ratio=ground)
            case Text():
                return Meaning(kind)

    def _attribute(self, first: str, second: str, scope: dict[str, str], word: Word) -> Meaning:
        known = self.known
        if first in scope:
            return self._of_entity(first, scope[first], second, scope, word)
        declared = known.terms.get(first)
        kind = known.kinds.get(first)
        if declared is None or not isinstance(kind, Choice):
            if first in known.entities:
                raise NotMeant("F202", f"`{first}` is not a loop here", word.offset, len(word.text), f"write `for each: {first}`")
            raise NotMeant("F201", f"unknown term `{first}`", word.offset, len(first), did_you_mean(first, known.terms))
        if not kind.entity:
            raise NotMeant("F202", f"`{first}` is no entity and has no `{second}`", word.offset, len(word.text))
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
        raise NotMeant("F203", f"`{word.text}` is a text; texts are shown, never tested", word.offset, len(word.text))

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
        if value is None:
            raise NotMeant("F213", f"{kind} `{entity}` has no `{name}`" + (f" for `{key}`" if key else ""), word.offset, len(word.text), "add it, or declare `otherwise` for the attribute")
        if isinstance(shape, Number):
            self.used[figure] = None
            return Meaning(shape, number=Fraction(Const(int(value.value)), Const(10**shape.scale)))  # type: ignore[arg-type]
        if isinstance(shape, Options):
            return Meaning(shape, members={o: TRUE if o in value.value else FALSE for o in shape.options})  # type: ignore[operator]
        if isinstance(shape, Choice):
            return Meaning(shape, choice=Const(str(value.value)))
        raise NotMeant("F203", f"`{word.text}` is a text; texts are shown, never tested", word.offset, len(word.text))

    # ------------------------------------------------------------ formulas

    def fraction(self, node: Written, scope: dict[str, str]) -> Fraction:
        """Return a written formula as one exact fraction."""
        match node:
            case Literal():
                return Fraction(Const(node.top), Const(10 ** (node.places + (2 if node.percent else 0))))
            case Word():
                meaning = self.meaning(node, scope)
                if meaning.number is None:
                    raise NotMeant("F203", f"`{node.text}` is no number", node.offset, len(node.text))
                return meaning.number
            case Extreme():
                shared = common([self.fraction(part, scope) for part in node.parts])
                if shared is None:
                    raise NotMeant("F305", f"a quotient of terms stands inside {node.name}", node.offset, 3, "name the quotient as a term of its own")
                return Fraction(best(node.name == "max", shared[0]), Const(shared[1]))
            case Binary():
                return self._binary(node, scope)

    def _binary(self, node: Binary, scope: dict[str, str]) -> Fraction:
        left, right = self.fraction(node.left, scope), self.fraction(node.right, scope)
        match node.operator:
            case "+":
                return plus(left, right)
            case "-":
                return plus(left, minus(right))
            case "*":
                return multiplied(left, right)
            case _:
                return self._quotient(left, right, node.offset)

    def _quotient(self, left: Fraction, right: Fraction, offset: int) -> Fraction:
        if isinstance(right.top, Const):
            number = int(right.top.value)
            if number == 0:
                raise NotMeant("F306", "this divides by 0", offset)
            if number < 0:
                left, right = minus(left), minus(right)
        return Fraction(times(left.top, right.bottom), times(left.bottom, right.top))

    def number(self, written: WrittenExpr, kind: Number, scope: dict[str, str]) -> Expr | None:
        """Return a written formula rounded down once to the scale of a kind; problems are noted."""
        try:
            return self.scaled(self.fraction(written.node, scope), kind)
        except NotMeant as fault:
            self.note(fault, written.span, written.text)
            return None

    @staticmethod
    def scaled(value: Fraction, kind: Number) -> Expr:
        """Return a fraction rounded down to the scale of a kind."""
        return floor(times(value.top, Const(10**kind.scale)), value.bottom)

    def note(self, fault: NotMeant, span: Span, text: str) -> None:
        """Note what has no meaning, at its place within a written text."""
        quoted = 1 if span.length == len(text) + 2 else 0
        self.problems.add(fault.code, fault.message, span.at(fault.offset + quoted, fault.length), help=fault.help)
