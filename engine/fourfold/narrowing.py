"""An exception made narrow enough that it leaves the companies of some cases alone: the fewest cells that tell the company from them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fourfold.decide import Values
from fourfold.expression.kinds import Choice, Kind, Number
from fourfold.expression.show import shown
from fourfold.rule_edits import NewRule, RuleEdit

MOST_CELLS = 4


@dataclass(frozen=True, slots=True)
class Parting:
    """A cell that holds for the company, and the places of the cases for which it does not."""

    column: str
    text: str
    others: frozenset[int]


def narrowed(edit: RuleEdit, columns: Sequence[tuple[str, Kind]], mine: Values, cases: Sequence[Values]) -> RuleEdit | None:
    """Return an exception with cells more, so that it holds for the company and for none of the cases; None where a few cells do not do it.

    Each time the cell that parts the company from most of them is taken; ties by the order of the columns.
    """
    (step,) = edit.steps
    assert isinstance(step, NewRule)
    cells, left = dict(step.cells), set(range(len(cases)))
    free = [(name, kind) for name, kind in columns if name in mine and not (isinstance(kind, Choice) and name in cells)]
    for _ in range(MOST_CELLS):
        if not left:
            break
        partings = [parting for name, kind in free if (parting := _parting(name, kind, mine, {at: cases[at] for at in left})) is not None]
        best = max(partings, key=lambda parting: len(parting.others), default=None)
        if best is None or not best.others:
            return None
        cells[best.column] = best.text
        left -= best.others
        free = [(name, kind) for name, kind in free if name != best.column]
    return None if left else replace(edit, steps=(replace(step, cells=tuple(cells.items())),))


def _parting(name: str, kind: Kind, mine: Values, cases: dict[int, Values]) -> Parting | None:
    if isinstance(kind, Choice):
        return Parting(name, str(mine[name]), frozenset(at for at, values in cases.items() if values.get(name) != mine[name]))
    if not isinstance(kind, Number) or kind.form == "date":
        return None
    value = int(str(mine[name]))
    theirs = {at: int(str(values[name])) for at, values in cases.items() if name in values}
    below, above = [other for other in theirs.values() if other < value], [other for other in theirs.values() if other > value]
    if not below and not above:
        return None
    low = roundest(max(below) + 1, value) if below else None
    high = roundest(value, min(above) - 1) if above else None
    first, last = (_digits(kind, end) if end is not None else "" for end in (low, high))
    text = f"[{first}..{last}]" if below and above else f">= {first}" if below else f"<= {last}"
    return Parting(name, text, frozenset(at for at, other in theirs.items() if other != value))


def _digits(kind: Number, value: int) -> str:
    """Return a bound as people write it: no decimals that say nothing."""
    text = shown(kind, value)
    return re.sub(r"\.0+(?=%?$)", "", text)


def roundest(low: int, high: int) -> int:
    """Return the number with the roundest digits between two numbers, both included; of several the one nearest to zero."""
    for step in _steps(max(abs(low), abs(high))):
        first = -(-low // step) * step
        if first <= high:
            return first if low >= 0 else high // step * step if high < 0 else first
    return low


def _steps(largest: int) -> Iterable[int]:
    power = 10 ** len(str(largest))
    while power >= 1:
        yield power
        if power >= 10:
            yield power // 2
        power //= 10
