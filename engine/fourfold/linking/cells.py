"""What a written cell, a ratio or a result means."""

from fourfold.expression.kinds import (
    YES_NO,
    Choice,
    Kind,
    Number,
    Options,
    Text,
    WrongKind,
    plain_day,
    plain_number,
    stored,
    word_option,
)
from fourfold.expression.nodes import (
    Comparison,
    Contains,
    Day,
    Interval,
    Literal,
    Operand,
    Test,
    Word,
)
from fourfold.linking.knowledge import money_in
from fourfold.linking.names import Meaning, NotMeant, Resolver
from fourfold.linking.simplify import (
    TRUE,
    ZERO,
    Fraction,
    choice_is,
    common,
    compare,
    every,
    opposite,
    some,
    terms_in,
    times,
)
from fourfold.model import Condition, Const, Expr, GroundCell
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.written import WrittenCell


class Names(Resolver):
    """Resolves names, formulas, cells and results."""

    # ------------------------------------------------------------ cells

    def cell(self, written: WrittenCell, scope: dict[str, str]) -> GroundCell | None:
        """Return what a cell means; problems are noted."""
        try:
            column = self.meaning(Word(written.column), scope)
        except NotMeant as fault:
            self.problems.add(fault.code, fault.message, written.column_span.at(fault.offset, fault.length), help=fault.help)
            return None
        try:
            tests = [self._test(column, test, scope) for test in written.node.tests]
        except NotMeant as fault:
            self.note(fault, written.span, written.text)
            return None
        condition = some(tests) if written.node.tests else TRUE
        if written.node.negated:
            condition = opposite(condition)
        reads = terms_in(condition) | ({column.ratio} if column.ratio else set())
        return GroundCell(written.column, written.text, condition, tuple(sorted(reads)))

    def _test(self, column: Meaning, test: Test, scope: dict[str, str]) -> Condition:
        if isinstance(column.kind, Text):
            raise NotMeant("F203", "texts are shown, never tested")
        if isinstance(test, Contains):
            return self._contains(column, test, scope)
        if isinstance(column.kind, Options):
            raise NotMeant("F203", "the column is a set", test.offset, 1, "write `contains` before the member")
        if column.ratio:
            return self._ratio(column.ratio, test, scope)
        if column.choice is not None:
            return self._choice(column, test, scope)
        assert column.number is not None
        if isinstance(test, Interval):
            low, high = self._literal(column, test.low), self._literal(column, test.high)
            parts = (("> " if test.low_open else ">="), low), (("<" if test.high_open else "<="), high)
            return every(self._compared(column.number, sign.strip(), end) for sign, end in parts)
        return self._compared(column.number, test.operator, self._operand(column, test.operand, scope))

    def _compared(self, left: Fraction, operator: str, right: Fraction) -> Condition:
        shared = common((left, right))
        if shared is None:
            raise NotMeant("F305", "a quotient of terms cannot be tested", 0, 1, "name it as a term of its own")
        (top, other), _ = shared
        return compare(top, operator, other)

    def _literal(self, column: Meaning, literal: Literal | Day) -> Fraction:
        kind = column.kind
        assert isinstance(kind, Number)
        try:
            value = money_in(self.known, literal, kind, self.known.content.base) if kind.form == "money" else stored(kind, literal)
        except WrongKind as fault:
            raise NotMeant(fault.code if fault.code != "F203" else "F104", fault.reason, literal.offset, literal.length, fault.help) from None
        return Fraction(Const(value), Const(10**kind.scale))

    def _operand(self, column: Meaning, operand: Operand, scope: dict[str, str]) -> Fraction:
        if isinstance(operand, Literal | Day):
            return self._literal(column, operand)
        meaning = self.meaning(operand, scope)
        if meaning.number is None:
            raise NotMeant("F104", f"`{operand.text}` is no number, and the column is one", operand.offset, len(operand.text))
        return meaning.number

    def _choice(self, column: Meaning, test: Test, scope: dict[str, str]) -> Condition:
        assert isinstance(column.kind, Choice)
        assert column.choice is not None
        every_option = frozenset(column.kind.options)
        if isinstance(test, Interval) or not isinstance(test, Comparison) or test.operator != "=":
            raise NotMeant("F104", "a choice has no order", test.offset, 1, f"write options: {listed(column.kind.options)}")
        operand = test.operand
        if not isinstance(operand, Word):
            raise NotMeant("F104", "a number or date is not one of the choices", operand.offset, operand.length, f"one of {listed(column.kind.options)}")
        option = word_option(column.kind, operand.text)
        if option is not None:
            self._check_ambiguous(operand, column.kind.options)
            return choice_is(column.choice, frozenset({option}), every_option)
        other = self._other_choice(operand, column.kind, scope)
        if other is None:
            help_text = did_you_mean(operand.text, column.kind.options) or f"one of {listed(column.kind.options)}"
            raise NotMeant("F204", f"`{operand.text}` is not one of the choices", operand.offset, len(operand.text), help_text)
        same = (every((choice_is(column.choice, frozenset({o}), every_option), choice_is(other, frozenset({o}), every_option))) for o in column.kind.options)
        return some(same)

    def _check_ambiguous(self, word: Word, options: tuple[str, ...]) -> None:
        """Raise where an option has the name of a term of the same kind."""
        kind = self.known.kinds.get(word.text)
        if isinstance(kind, Choice) and set(kind.options) & set(options):
            raise NotMeant("F208", f"`{word.text}` is both an option and a term", word.offset, len(word.text), "rename one of them")

    def _other_choice(self, operand: Word, kind: Choice, scope: dict[str, str]) -> Expr | None:
        first = operand.text.partition(".")[0]
        if first not in scope and first not in self.known.terms:
            return None
        meaning = self.meaning(operand, scope)
        if not isinstance(meaning.kind, Choice) or kind == YES_NO != meaning.kind:
            return None
        return meaning.choice if set(meaning.kind.options) & set(kind.options) else None

    def _contains(self, column: Meaning, test: Contains, scope: dict[str, str]) -> Condition:
        word = test.operand
        if not isinstance(column.kind, Options) or column.members is None:
            raise NotMeant("F104", "`contains` tests sets, and the column is none", test.offset, 8)
        first = word.text.partition(".")[0]
        if word.text in column.kind.options and first not in scope:
            self._check_ambiguous(word, column.kind.options)
            return column.members[word.text]
        if first not in scope and first not in self.known.terms:
            help_text = did_you_mean(word.text, (*column.kind.options, *self.known.terms)) or f"one of {listed(column.kind.options)}"
            raise NotMeant("F204", f"`{word.text}` is neither one of the choices nor a term", word.offset, len(word.text), help_text)
        other = self.meaning(word, scope)
        if not isinstance(other.kind, Choice) or other.choice is None:
            raise NotMeant("F203", f"`{word.text}` is no choice", word.offset, len(word.text))
        options = frozenset(other.kind.options)
        return some(every((column.members[o], choice_is(other.choice, frozenset({o}), options))) for o in column.kind.options)

    # ------------------------------------------------------------ ratios

    def ratio_parts(self, name: str, scope: dict[str, str]) -> tuple[Expr, Expr, tuple[int, int] | None]:
        """Return top, bottom and the value at zero of a ratio, over one shared bottom."""
        term, _, entity = name.rstrip("]").partition("[")
        declared = self.formulas.get(term)
        if declared is None or declared.form != "ratio":
            raise NotMeant("F201", f"`{term}` is a ratio that no formula defines")
        inner = {**scope, declared.loop: entity} if entity else scope
        shared = common([self.fraction(part.node, inner) for part in declared.expressions])
        if shared is None:
            raise NotMeant("F305", f"a part of the ratio `{term}` divides by a term")
        (top, bottom), _ = shared
        zero = None
        if declared.at_none is not None:
            value = self.fraction(declared.at_none.node, {})
            if not isinstance(value.top, Const) or not isinstance(value.bottom, Const):
                raise NotMeant("F104", "`at zero` is a number")
            zero = (int(value.top.value), int(value.bottom.value))
        return top, bottom, zero

    def _ratio(self, name: str, test: Test, scope: dict[str, str]) -> Condition:
        top, bottom, zero = self.ratio_parts(name, scope)
        bounds: list[tuple[str, Literal | Day]] = []
        if isinstance(test, Interval) and not test.low_open and test.high_open:
            bounds = [(">=", test.low), ("<", test.high)]
        elif isinstance(test, Comparison) and test.operator in (">=", "<") and isinstance(test.operand, Literal | Day):
            bounds = [(test.operator, test.operand)]
        if not bounds or any(isinstance(end, Day) for _, end in bounds):
            raise NotMeant("F104", "a ratio is tested with `>= k`, `< k` or `[a..b)` and plain numbers", test.offset)
        parts = []
        for sign, end in bounds:
            assert isinstance(end, Literal)
            below = 10 ** (end.places + (2 if end.percent else 0))
            normal = compare(times(top, Const(below)), sign, times(bottom, Const(end.top)))
            if zero is None:
                parts.append(normal)
                continue
            at_zero = compare(Const(zero[0] * below), sign, Const(zero[1] * end.top))
            empty = compare(bottom, "=", ZERO)
            parts.append(some((every((opposite(empty), normal)), every((empty, at_zero)))))
        return every(parts)

    # ------------------------------------------------------------ written values

    def value_of(self, kind: Kind, text: str, span: Span) -> int | str | None:
        """Return a written result (`then`), or the constant it names, as a value of its kind; problems are noted."""
        if isinstance(kind, Choice | Options):
            option = word_option(kind, text)
            if option is None:
                self.problems.add("F204", f"`{text}` is not one of the choices", span, help=did_you_mean(text, kind.options) or f"one of {listed(kind.options)}")
            return option
        if not isinstance(kind, Number):
            self.problems.add("F203", "a rule concludes a number, a choice, a yes or no, or a set", span)
            return None
        if text in self.known.constants and isinstance(shape := self.known.kinds[text], Number):
            self.used[text] = None
            scaled = self.scaled(Fraction(Const(int(self.known.constants[text].value)), Const(10**shape.scale)), kind)  # type: ignore[arg-type]
            return int(scaled.value) if isinstance(scaled, Const) else None
        try:
            literal = plain_day(text) or plain_number(text)
            if literal is None:
                raise WrongKind(f"`{text}` is not a number")
            return money_in(self.known, literal, kind, self.known.content.base) if kind.form == "money" else stored(kind, literal)
        except WrongKind as fault:
            self.problems.add(fault.code, fault.reason, span, help=fault.help)
            return None
