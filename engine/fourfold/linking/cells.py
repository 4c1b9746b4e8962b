"""What a written cell means, and what a rule concludes."""

from collections.abc import Iterable

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Text, WrongKind, plain_day, plain_number, stored, word_option
from fourfold.expression.nodes import Comparison, Contains, Day, Interval, Literal, Operand, Test, Word
from fourfold.linking.figures import money_in
from fourfold.linking.formulas import ratio_parts, scaled
from fourfold.linking.names import Meaning, Names, NotedBefore, NotMeant
from fourfold.linking.simplify import FALSE, TRUE, ZERO, Fraction, choice_is, common, compare, every, opposite, some, terms_in, times
from fourfold.model import Always, Condition, Const, Expr, GroundCell, Member, Ref
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.written import WrittenCell

Scope = dict[str, str]


def ground_cells(names: Names, cells: Iterable[WrittenCell], scope: Scope) -> tuple[GroundCell, ...] | None:
    """Return the meanings of some cells, or None where one has none."""
    found = [_cell(names, cell, scope) for cell in cells]
    return None if any(cell is None for cell in found) else tuple(cell for cell in found if cell is not None)


def _cell(names: Names, written: WrittenCell, scope: Scope) -> GroundCell | None:
    try:
        column = names.meaning(Word(written.column), scope)
        if isinstance(column.kind, Text):
            raise NotMeant("F203", f"`{written.column}` is a text; texts are shown, never tested", 0, len(written.column))
    except NotMeant as fault:
        names.note(fault, written.column_span, written.column)
        return None
    try:
        tests = [_test(names, column, test, scope) for test in written.node.tests]
    except NotMeant as fault:
        names.note(fault, written.span, written.text)
        return None
    condition = some(tests) if written.node.tests else TRUE
    if written.node.negated:
        condition = opposite(condition)
    reads = terms_in(condition) | ({column.ratio} if column.ratio else set())
    return GroundCell(written.column, written.text, condition, tuple(sorted(reads)))


def _test(names: Names, column: Meaning, test: Test, scope: Scope) -> Condition:
    if isinstance(test, Contains):
        return _contains(names, column, test, scope)
    if isinstance(column.kind, Options):
        raise NotMeant("F203", "the column is a set", test.offset, _extent(test), "write `contains` before the member")
    if column.ratio:
        return _ratio(names, column.ratio, test)
    if column.choice is not None:
        return _choice(names, column, test, scope)
    assert column.number is not None
    if isinstance(test, Interval):
        low, high = _literal(names, column, test.low), _literal(names, column, test.high)
        if _low_above_high(low, high):
            raise NotMeant("F214", "this range is upside down", test.offset, _extent(test), "write the smaller end first")
        return every((_compared(column.number, ">" if test.low_open else ">=", low), _compared(column.number, "<" if test.high_open else "<=", high)))
    return _compared(column.number, test.operator, _operand(names, column, test.operand, scope))


def _extent(test: Test) -> int:
    """Return how many characters a test takes."""
    match test:
        case Interval():
            return test.high.offset + test.high.length + 1 - test.offset
        case Comparison(operand=Word() as word):
            return word.offset + len(word.text) - test.offset
        case Comparison(operand=Literal() | Day() as operand):
            return operand.offset + operand.length - test.offset
        case _:
            return 8


def _low_above_high(low: Fraction, high: Fraction) -> bool:
    assert isinstance(low.top, Const)
    assert isinstance(high.top, Const)
    return int(low.top.value) > int(high.top.value)


def _compared(left: Fraction, operator: str, right: Fraction) -> Condition:
    shared = common((left, right))
    # INVARIANT: terms and attributes stand over powers of ten, so a shared bottom is there
    assert shared is not None
    (top, other), _ = shared
    return compare(top, operator, other)


def _literal(names: Names, column: Meaning, literal: Literal | Day) -> Fraction:
    kind = column.kind
    assert isinstance(kind, Number)
    try:
        value = money_in(names.known, literal, kind, names.known.content.base) if kind.form == "money" else stored(kind, literal)
    except WrongKind as fault:
        raise NotMeant(fault.code if fault.code != "F203" else "F104", fault.reason, literal.offset, literal.length, fault.help) from None
    return Fraction(Const(value), Const(10**kind.scale))


def _operand(names: Names, column: Meaning, operand: Operand, scope: Scope) -> Fraction:
    if isinstance(operand, Literal | Day):
        return _literal(names, column, operand)
    meaning = names.meaning(operand, scope)
    if meaning.number is None:
        raise NotMeant("F104", f"`{operand.text}` is no number, and the column is one", operand.offset, len(operand.text), "compare with a number, or with a term that is one")
    kinds = (column.kind, meaning.kind)
    if "money" in [kind.form for kind in kinds if isinstance(kind, Number)] and not all(isinstance(kind, Number) and kind.form == "money" for kind in kinds):
        raise NotMeant("F203", f"an amount of money is compared with another number, `{operand.text}`", operand.offset, len(operand.text), "compare money with money")
    return meaning.number


def _choice(names: Names, column: Meaning, test: Test, scope: Scope) -> Condition:
    assert isinstance(column.kind, Choice)
    assert column.choice is not None
    every_option = frozenset(column.kind.options)
    if not isinstance(test, Comparison) or test.operator != "=":
        raise NotMeant("F104", "a choice has no order", test.offset, _extent(test), f"write options: {listed(column.kind.options)}")
    operand = test.operand
    if not isinstance(operand, Word):
        raise NotMeant("F104", "a number or date is not one of the choices", operand.offset, operand.length, f"one of {listed(column.kind.options)}")
    option = word_option(column.kind, operand.text)
    if option is not None:
        check_ambiguous(names, operand, column.kind.options)
        return choice_is(column.choice, frozenset({option}), every_option)
    other = _other_choice(names, operand, column.kind, scope)
    if other is None:
        help_text = did_you_mean(operand.text, column.kind.options) or f"one of {listed(column.kind.options)}"
        raise NotMeant("F204", f"`{operand.text}` is not one of the choices", operand.offset, len(operand.text), help_text)
    same = (every((choice_is(column.choice, frozenset({o}), every_option), choice_is(other, frozenset({o}), every_option))) for o in column.kind.options)
    return some(same)


def check_ambiguous(names: Names, word: Word, options: tuple[str, ...]) -> None:
    """Raise where an option has the name of a term of the same kind."""
    kind = names.known.kinds.get(word.text)
    if isinstance(kind, Choice) and set(kind.options) & set(options):
        raise NotMeant("F208", f"`{word.text}` is both an option and a term", word.offset, len(word.text), "rename one of them")


def _other_choice(names: Names, operand: Word, kind: Choice, scope: Scope) -> Expr | None:
    first = operand.text.partition(".")[0]
    if first not in scope and first not in names.known.terms:
        return None
    meaning = names.meaning(operand, scope)
    if not isinstance(meaning.kind, Choice) or (kind == YES_NO) != (meaning.kind == YES_NO):
        return None
    return meaning.choice if set(meaning.kind.options) & set(kind.options) else None


def _contains(names: Names, column: Meaning, test: Contains, scope: Scope) -> Condition:
    word = test.operand
    if not isinstance(column.kind, Options) or column.members is None:
        raise NotMeant("F104", "`contains` tests sets, and the column is none", test.offset, 8, "write the value alone")
    first = word.text.partition(".")[0]
    if word.text in column.kind.options and first not in scope:
        check_ambiguous(names, word, column.kind.options)
        return column.members[word.text]
    if first not in scope and first not in names.known.terms:
        help_text = did_you_mean(word.text, (*column.kind.options, *names.known.terms)) or f"one of {listed(column.kind.options)}"
        raise NotMeant("F204", f"`{word.text}` is neither one of the choices nor a term", word.offset, len(word.text), help_text)
    other = names.meaning(word, scope)
    if not isinstance(other.kind, Choice) or other.choice is None:
        raise NotMeant("F203", f"`{word.text}` is no choice", word.offset, len(word.text), f"one of {listed(column.kind.options)}")
    options = frozenset(other.kind.options)
    if isinstance(other.choice, Const):
        return column.members.get(str(other.choice.value), FALSE)
    sure = options & {option for option, member in column.members.items() if member == TRUE}
    if isinstance(other.choice, Ref) and sure and sure != options and all(isinstance(member, Always) for member in column.members.values()):
        return Member(other.choice.term, sure)
    return some(every((column.members[o], choice_is(other.choice, frozenset({o}), options))) for o in column.kind.options)


def _ratio(names: Names, name: str, test: Test) -> Condition:
    term, _, entity = name.removesuffix("]").partition("[")
    bounds: list[tuple[str, Literal | Day]] = []
    if isinstance(test, Interval) and not test.low_open and test.high_open:
        bounds = [(">=", test.low), ("<", test.high)]
    elif isinstance(test, Comparison) and test.operator in (">=", "<") and not isinstance(test.operand, Word):
        bounds = [(test.operator, test.operand)]
    ends = [(sign, end) for sign, end in bounds if isinstance(end, Literal)]
    if not bounds or len(ends) != len(bounds):
        raise NotMeant("F104", "a ratio is tested with `>= k`, `< k` or `[a..b)` and plain numbers", test.offset, _extent(test), "the end on the side of more is in, the other out")
    try:
        top, bottom, zero = ratio_parts(names, term, entity)
    except NotMeant:
        # WHY: the formula of the ratio notes its own faults, once
        raise NotedBefore from None
    return every(_ratio_test(top, bottom, zero, sign, end) for sign, end in ends)


def _ratio_test(top: Expr, bottom: Expr, zero: tuple[int, int] | None, sign: str, end: Literal) -> Condition:
    below = 10 ** (end.places + (2 if end.percent else 0))
    normal = compare(times(top, Const(below)), sign, times(bottom, Const(end.top)))
    if zero is None:
        return normal
    at_zero = compare(Const(zero[0] * below), sign, Const(zero[1] * end.top))
    empty = compare(bottom, "=", ZERO)
    return some((every((opposite(empty), normal)), every((empty, at_zero))))


def value_of(names: Names, kind: Kind, text: str, span: Span) -> int | str | None:
    """Return a written result (`then`), or the constant it names, as a value of its kind; problems are noted."""
    known = names.known
    if isinstance(kind, Choice | Options):
        option = word_option(kind, text)
        if option is None:
            names.problems.add("F204", f"`{text}` is not one of the choices", span, help=did_you_mean(text, kind.options) or f"one of {listed(kind.options)}")
        return option
    assert isinstance(kind, Number)
    if text in known.constants and isinstance(shape := known.kinds[text], Number):
        names.used[text] = None
        fixed = scaled(Fraction(Const(int(str(known.constants[text].value))), Const(10**shape.scale)), kind)
        return int(fixed.value) if isinstance(fixed, Const) else None
    if text in known.terms and known.terms[text].figures:
        return None
    try:
        literal = plain_day(text) or plain_number(text)
        if literal is None:
            raise WrongKind(f"`{text}` is not a number", "write digits, or the name of a constant; a sum is a formula")
        return money_in(known, literal, kind, known.content.base) if kind.form == "money" else stored(kind, literal)
    except WrongKind as fault:
        names.problems.add(fault.code, fault.reason, span, help=fault.help)
        return None
