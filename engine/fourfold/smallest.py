"""The smallest change that gives another outcome, proven: per term in its own steps, and the smallest set of terms.

One term at a time needs no solver: with everything else fixed the outcome is a function of one value, and
an interval in which possible values allow one outcome only holds no other. Halving what is left open
finds the first value with another outcome exactly. Sets of terms go to the solver.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fourfold.expression.kinds import Choice, Number
from fourfold.model import Answer, Facts, Given, RuleBook
from fourfold.narrow import Part, narrowed, part_of
from fourfold.possible import open_again, passes

MOST_INTERVALS = 4000
PROVEN, FOUND, NONE, UNKNOWN = "proven", "found", "none", "unknown"


@dataclass(frozen=True, slots=True)
class Change:
    """One answer changed: from what (None: it was assumed), to what, and the outcome that this gives."""

    term: str
    before: int | str
    after: int | str
    gives: str


class TooMany(Exception):
    """The search over intervals was given up."""


class Neighbours:
    """What changes of the answers do to an outcome; the part that the rest of the answers leaves is kept."""

    def __init__(self, book: RuleBook, target: str, facts: Facts, values: Mapping[str, object], terms: Iterable[str]) -> None:
        """Fix all answers but those to some terms."""
        self.target, self.values = target, values
        part = part_of(book, [target])
        self.answers: dict[str, Answer] = {node.term: facts.known[node.term].value if node.term in facts.known else None for node in part.nodes if isinstance(node, Given)}
        self.free = tuple(term for term in terms if term in self.answers)
        self.part = narrowed(part, {term: answer for term, answer in self.answers.items() if term not in self.free}, [target])
        self.now = str(values[target])

    def alone(self, term: str) -> Part:
        """Return what is left when one term is open and all others are as they are."""
        return self.part.under({other: self.answers[other] for other in self.free if other != term}, [self.target])

    def outcome(self, part: Part, term: str, value: Answer) -> frozenset[str]:
        """Return the outcomes that some values of a term allow; none where a declared constraint forbids all of them."""
        open_values = {**part.open, term: value if isinstance(value, tuple | frozenset) else (value, value) if isinstance(value, int) else frozenset({value})}
        open_again((node for node in part.book.nodes if node.term != term), part.book, {}, open_values)
        if any(passes(never.condition, open_values) for never in part.book.constraints):
            return frozenset()
        possible = open_values[self.target]
        assert isinstance(possible, frozenset)
        return possible

    def can_flip(self, term: str) -> bool:
        """Return whether some other answer to one term alone gives another outcome."""
        part = self.alone(term)
        if self._is_settled(part):
            return False
        return bool(self.choices(term, part)) if isinstance(part.book.terms[term].kind, Choice) else any(self.nearest(term, up=up, part=part) for up in (True, False))

    def _is_settled(self, part: Part) -> bool:
        return part.open[self.target] == frozenset({self.now})

    def choices(self, term: str, part: Part | None = None) -> list[Change]:
        """Return the options of one choice that give another outcome."""
        part = part or self.alone(term)
        kind, before = part.book.terms[term].kind, str(self.values[term])
        if self._is_settled(part) or not isinstance(kind, Choice):
            return []
        outcomes = {option: self.outcome(part, term, option) for option in kind.options if option != before}
        return [Change(term, before, option, next(iter(gives))) for option, gives in outcomes.items() if gives and gives != {self.now}]

    def nearest(self, term: str, *, up: bool, wanted: str = "", part: Part | None = None) -> Change | None:
        """Return the nearest value of a number above (or below) the present one that gives another (or the wanted) outcome.

        None: no value of its range does. Raises TooMany where the intervals do not settle it.
        """
        part = part or self.alone(term)
        kind, before = part.book.terms[term].kind, self.values[term]
        assert isinstance(kind, Number)
        assert isinstance(before, int)
        if self._is_settled(part):
            return None
        search = _Search(self, part, term, wanted, up=up)
        found = search.first(before + 1, kind.high) if up else search.first(kind.low, before - 1)
        return None if found is None else Change(term, before, found[0], found[1])

    def sides(self, term: str) -> tuple[Change | None, Change | None]:
        """Return the nearest values of a number below and above the present one that give another outcome; None: no value there does."""
        part = self.alone(term)
        return self.nearest(term, up=False, part=part), self.nearest(term, up=True, part=part)


class _Search:
    """The first value of one term, from one side, with another outcome."""

    def __init__(self, neighbours: Neighbours, part: Part, term: str, wanted: str, *, up: bool) -> None:
        self.neighbours, self.part, self.term, self.wanted, self.up, self.tried = neighbours, part, term, wanted, up, 0

    def first(self, low: int, high: int) -> tuple[int, str] | None:
        """Return the value and its outcome; intervals near the present value are small, those far away grow."""
        if low > high:
            return None
        self.tried += 1
        if self.tried > MOST_INTERVALS:
            raise TooMany
        possible = self.neighbours.outcome(self.part, self.term, (low, high) if low < high else low)
        if not self._is_wanted(possible):
            return None
        if low == high:
            return (low, next(iter(possible)))
        middle = (low + high) // 2
        halves = ((low, middle), (middle + 1, high))
        for ends in halves if self.up else reversed(halves):
            found = self.first(*ends)
            if found is not None:
                return found
        return None

    def _is_wanted(self, possible: frozenset[str]) -> bool:
        return self.wanted in possible if self.wanted else bool(possible - {self.neighbours.now})


@dataclass(frozen=True, slots=True)
class Needed:
    """The smallest sets of changes that give a wanted outcome: "proven" smallest, "none" (proven), or "unknown"."""

    state: str
    sets: tuple[tuple[Change, ...], ...] = ()


def single(neighbours: Neighbours, wanted: str) -> list[Change]:
    """Return for each free term the smallest change of it alone that gives a wanted outcome."""
    found = []
    for term in neighbours.free:
        part = neighbours.alone(term)
        if wanted not in part.open[neighbours.target]:  # type: ignore[operator]
            continue
        if isinstance(part.book.terms[term].kind, Choice):
            found += [change for change in neighbours.choices(term, part) if change.gives == wanted]
        else:
            near = [change for up in (False, True) if (change := neighbours.nearest(term, up=up, wanted=wanted, part=part)) is not None]
            found += sorted(near, key=lambda change: abs(int(change.after) - int(change.before)))[:1]
    return found


def needed(neighbours: Neighbours, wanted: str, milliseconds: int = 5000) -> Needed:
    """Return the smallest changes that give a wanted outcome: of one term where one is enough, else the smallest set of terms.

    Within a set the numbers are moved as little as possible, in the order of the vocabulary.
    """
    try:
        alone = single(neighbours, wanted)
    except TooMany:
        return Needed(UNKNOWN)
    if alone:
        return Needed(PROVEN, tuple((change,) for change in alone))
    from fourfold.solving import is_available

    if not is_available():
        return Needed(UNKNOWN)
    from fourfold.logic import Logic

    logic = Logic(neighbours.part.book, [neighbours.target])
    now = {term: (neighbours.values[term], neighbours.answers[term] is None) for term in neighbours.free if term in logic.asked}
    state, sets = logic.smallest_sets(neighbours.target, wanted, now, milliseconds)
    return Needed(state, tuple(tuple(Change(term, neighbours.values[term], after, wanted) for term, after in found) for found in sets))  # type: ignore[arg-type]
