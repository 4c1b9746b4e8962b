"""A cell moved just far enough that it holds, or fails, for one value: bounds by one step, lists by one option.

Each function returns cells as text, None among them for "without the cell"; nothing where no small move does it.
Bounds that are named by a constant or a term stay: there the constant would have to move.
"""

from dataclasses import replace
from itertools import chain

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Ratio, plain_day, plain_number
from fourfold.expression.nodes import Cell, Comparison, Day, Interval, Literal, Test, Word
from fourfold.expression.show import decimal_text, show_cell, shown

HUNDREDTHS = 2


def passing(cell: Cell, kind: Kind, value: object) -> tuple[str | None, ...]:
    """Return the cell changed as little as it takes to hold for a value that it stops."""
    if isinstance(kind, Choice):
        return _with_option(cell, kind, str(value)) if not cell.negated else _without_option(cell, kind, str(value))
    if cell.negated:
        return ()
    moved = tuple(dict.fromkeys(chain.from_iterable(_reaching(cell, at, kind, value) for at in range(len(cell.tests)))))
    return tuple(show_cell(item) for item in moved)


def failing(cell: Cell, kind: Kind, value: object) -> tuple[str | None, ...]:
    """Return the cell changed as little as it takes to stop a value for which it holds."""
    if isinstance(kind, Choice):
        return _without_option(cell, kind, str(value)) if not cell.negated else _with_option(cell, kind, str(value))
    if cell.negated or len(cell.tests) != 1:
        return ()
    return tuple(show_cell(replace(cell, tests=(test,))) for test in _short_of(cell.tests[0], kind, value))


def cells_at(kind: Kind, value: object) -> tuple[str, str] | None:
    """Return the cells for a value alone and for all others, or None where the kind has none."""
    if isinstance(kind, Choice):
        if kind == YES_NO:
            return str(value), "false" if value == "true" else "true"
        return str(value), f"not({value})"
    if isinstance(kind, Number) and isinstance(value, int):
        return shown(kind, value), f"not({shown(kind, value)})"
    return None


# ---------------------------------------------------------------- choices


def _words(cell: Cell) -> list[str] | None:
    words = [test.operand.text for test in cell.tests if isinstance(test, Comparison) and test.operator == "=" and isinstance(test.operand, Word)]
    return words if len(words) == len(cell.tests) else None


def _with_option(cell: Cell, kind: Choice, option: str) -> tuple[str | None, ...]:
    words = _words(cell)
    if words is None or option in words:
        return ()
    more = [name for name in kind.options if name in (*words, option)]
    if len(more) == len(kind.options):
        return () if cell.negated else (None,)
    return (_choice(more, negated=cell.negated),)


def _without_option(cell: Cell, kind: Choice, option: str) -> tuple[str | None, ...]:
    words = _words(cell)
    if words is None or option not in words or not set(words) <= set(kind.options):
        return ()
    fewer = [name for name in words if name != option]
    if not fewer:
        return (None,) if cell.negated else ()
    return (_choice(fewer, negated=cell.negated),)


def _choice(words: list[str], *, negated: bool) -> str:
    text = ", ".join(words)
    return f"not({text})" if negated else text


# ---------------------------------------------------------------- numbers


def _literal(kind: Kind, value: object) -> Literal | Day | None:
    """Return a value as it is written; of a ratio its hundredths, rounded down."""
    if isinstance(kind, Number) and isinstance(value, int):
        text = shown(kind, value)
        return plain_day(text) if kind.form == "date" else plain_number(text)
    if isinstance(kind, Ratio) and isinstance(value, tuple) and value[1] > 0:
        return plain_number(decimal_text(100 * value[0] // value[1], HUNDREDTHS))
    return None


def _next_literal(kind: Kind, value: object) -> Literal | Day | None:
    """Return the first written value above a ratio."""
    if isinstance(kind, Ratio) and isinstance(value, tuple) and value[1] > 0:
        return plain_number(decimal_text(100 * value[0] // value[1] + 1, HUNDREDTHS))
    return None


def _reaching(cell: Cell, at: int, kind: Kind, value: object) -> list[Cell]:
    bound, test = _literal(kind, value), cell.tests[at]
    if bound is None:
        return []
    moved: list[Test] = []
    match test:
        case Comparison(operator=">" | ">=", operand=Literal() | Day()):
            moved = [Comparison(">=", bound)]
        case Comparison(operator="<", operand=Literal()) if isinstance(kind, Ratio):
            above = _next_literal(kind, value)
            moved = [Comparison("<", above)] if above is not None else []
        case Comparison(operator="<" | "<=", operand=Literal() | Day()):
            moved = [Comparison("<=", bound)]
        case Comparison(operator="=", operand=Literal() | Day()):
            return [replace(cell, tests=(*cell.tests, Comparison("=", bound)))]
        case Interval() if isinstance(kind, Number):
            moved = [replace(test, low=bound, low_open=False) if _order(bound) <= _order(test.low) else replace(test, high=bound, high_open=False)]
        case _:
            pass
    return [replace(cell, tests=(*cell.tests[:at], one, *cell.tests[at + 1 :])) for one in moved]


def _short_of(test: Test, kind: Kind, value: object) -> list[Test]:
    bound = _literal(kind, value)
    if bound is None:
        return []
    match test:
        case Comparison(operator=">=", operand=Literal()) if isinstance(kind, Ratio):
            above = _next_literal(kind, value)
            return [Comparison(">=", above)] if above is not None else []
        case Comparison(operator=">" | ">=", operand=Literal() | Day()):
            return [Comparison(">", bound)]
        case Comparison(operator="<" | "<=", operand=Literal() | Day()):
            return [Comparison("<", bound)]
        case Interval() if isinstance(kind, Number):
            above_it = [replace(test, low=bound, low_open=True)] if _order(bound) < _order(test.high) else []
            return [*above_it, *([replace(test, high=bound, high_open=True)] if _order(bound) > _order(test.low) else [])]
        case _:
            return []


def _order(bound: Literal | Day) -> float:
    return bound.ordinal if isinstance(bound, Day) else bound.top / 10 ** (bound.places + (2 if bound.percent else 0))
