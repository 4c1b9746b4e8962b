"""How firm a decision is: single changes that flip it, found by trying them. Found, not proven."""

from dataclasses import replace
from itertools import combinations, product

from fourfold.decide import Values, compute
from fourfold.expression.kinds import Choice, Kind, Number
from fourfold.model import Fact, Facts, GroundNode, RuleBook
from fourfold.noun import noun
from fourfold.possible import Open, only, open_again
from fourfold.problem import Problems

MOST_TRIES = 60


@noun
class Flip:
    """One change of one answer that gives another conclusion: from where to where, and what it gives."""

    term: str
    before: int | str
    after: int | str
    gives: str
    also: tuple[tuple[str, str], ...] = ()


@noun
class Interval:
    """The values of a number, around the present one, for which the conclusion was seen to hold."""

    term: str
    low: int
    high: int


class Cone:
    """The part of a book that one term rests on, for trying many facts quickly.

    The values under one set of facts are kept; of a changed set only what lies behind the changes
    is computed again, and nothing behind a value that came out the same.
    """

    def __init__(self, book: RuleBook, term: str) -> None:
        """Find everything that the term reads, directly or not."""
        self.book, self.term = book, term
        wanted = {term}
        kept: list[GroundNode] = []
        for node in reversed(book.nodes):
            if node.term in wanted:
                kept.append(node)
                wanted |= set(book.terms[node.term].reads)
        self.nodes = tuple(reversed(kept))
        self.terms = wanted
        self.flips: dict[str, tuple[Flip, ...]] = {}
        self._gives = {node.term: (node.term, *(f"{node.term}[{option}]" for option in getattr(node, "options", ()))) for node in self.nodes}
        self._base: tuple[dict[str, Fact], Values] | None = None
        self._behind: dict[frozenset[str], tuple[GroundNode, ...]] = {}
        self._only: Open | None = None

    def value(self, known: dict[str, Fact]) -> str:
        """Return what the term becomes under some facts; an empty text where nothing follows."""
        if self._base is None:
            values: Values = {}
            try:
                for node in self.nodes:
                    compute(node, values, known)
            except (Problems, KeyError):
                return ""
            self._base = (dict(known), values)
            return str(values[self.term])
        before, base = self._base
        changed = frozenset(name for name in known.keys() | before.keys() if known.get(name) is not before.get(name))
        return self._changed_value(changed, known, base)

    def holds_throughout(self, term: str, span: tuple[int, int]) -> bool:
        """Return whether the conclusion is surely the same for every value of a number between two; False may be either."""
        if self._base is None or self.book.terms[self.term].is_plan:
            return False
        known, base = self._base
        if self._only is None:
            self._only = only(base)
        open_values = dict(self._only)
        changed = {**known, term: Fact(span[0], low=min(span), high=max(span))}
        open_again(self._nodes_behind(frozenset({term})), self.book, changed, open_values)
        return open_values[self.term] == self._only[self.term]

    def is_base(self, known: dict[str, Fact]) -> bool:
        """Return whether these are the facts whose values are kept."""
        return self._base is not None and self._base[0] == known

    def _changed_value(self, changed: frozenset[str], known: dict[str, Fact], base: Values) -> str:
        values, moved = dict(base), set(changed)
        try:
            for node in self._nodes_behind(changed):
                if node.term in changed or not moved.isdisjoint(self.book.terms[node.term].reads):
                    compute(node, values, known)
                    moved.update(name for name in self._gives[node.term] if values[name] != base[name])
        except (Problems, KeyError):
            return ""
        return str(values[self.term])

    def _nodes_behind(self, changed: frozenset[str]) -> tuple[GroundNode, ...]:
        """Return the nodes that a change of some facts can reach, in their order."""
        if changed not in self._behind:
            reached, found = set(changed), []
            for node in self.nodes:
                if node.term in reached or not reached.isdisjoint(self.book.terms[node.term].reads):
                    reached.update(self._gives[node.term])
                    found.append(node)
            self._behind[changed] = tuple(found)
        return self._behind[changed]


def single_changes(book: RuleBook, cone: Cone, known: dict[str, Fact], values: Values, changeable: tuple[str, ...]) -> list[Flip]:
    """Return for each changeable term the nearest single change that flips the conclusion."""
    now = cone.value(known)
    kept = cone.flips if cone.is_base(known) else {}
    for term in changeable:
        if term not in kept and term in cone.terms and term in book.terms and term in values:
            kept[term] = tuple(_changes_of(book.terms[term].kind, cone, known, term, values[term], now))
    return [flip for term in changeable for flip in kept.get(term, ())]


def _changes_of(kind: Kind, cone: Cone, known: dict[str, Fact], term: str, value: object, now: str) -> list[Flip]:
    found = []
    if isinstance(kind, Choice):
        for option in kind.options:
            gives = cone.value(_with(known, term, option)) if option != value else now
            if gives not in (now, ""):
                found.append(Flip(term, str(value), option, gives))
    elif isinstance(kind, Number) and isinstance(value, int):
        for edge in (kind.low, kind.high):
            flip = _edge(cone, known, term, value, edge, now)
            if flip is not None:
                found.append(flip)
    return found


def _with(known: dict[str, Fact], term: str, value: int | str) -> dict[str, Fact]:
    return {**known, term: Fact(value)}


def _edge(cone: Cone, known: dict[str, Fact], term: str, value: int, edge: int, now: str) -> Flip | None:
    """Walk towards an edge in growing steps until the conclusion changes, then halve back to the border."""
    if value == edge or (cone.is_base(known) and cone.holds_throughout(term, (value, edge))):
        return None
    sign = 1 if edge > value else -1
    same, step = value, max(1, abs(value) // 8)
    for _ in range(MOST_TRIES):
        if same == edge:
            return None
        reached = min(edge, same + step) if sign > 0 else max(edge, same - step)
        gives = cone.value(_with(known, term, reached))
        if gives not in (now, ""):
            return _border(cone, known, term, (same, reached), now, value)
        if gives == "":
            return None
        same, step = reached, step * 2
    return None


def _border(cone: Cone, known: dict[str, Fact], term: str, span: tuple[int, int], now: str, before: int) -> Flip:
    same, other = span
    while abs(other - same) > 1:
        middle = (same + other) // 2
        if cone.value(_with(known, term, middle)) == now:
            same = middle
        else:
            other = middle
    return Flip(term, before, other, cone.value(_with(known, term, other)))


def result_changes(cone: Cone, known: dict[str, Fact], carriers: tuple[str, ...]) -> list[Flip]:
    """Return what one carrier's results would flip: met once, met twice, or missed."""
    now, found = cone.value(known), []
    for carrier in carriers:
        latest, earlier = f"reading[{carrier}]", f"earlier_reading[{carrier}]"
        if latest not in cone.terms:
            continue
        before = known[latest].value if latest in known else "none"
        for after, second in (("meets", "none"), ("meets", "meets"), ("misses", "none")):
            if (before, known[earlier].value if earlier in known else "none") == (after, second):
                continue
            gives = cone.value({**known, latest: Fact(after), earlier: Fact(second)})
            if gives not in (now, ""):
                also = ((earlier, second),) if second != "none" else ()
                found.append(Flip(latest, str(before), after, gives, also))
                break
    return found


def firm_range(flips: list[Flip], term: str, kind: Number) -> Interval:
    """Return the interval around the present value within which no flip of a number was found."""
    low, high = kind.low, kind.high
    for flip in flips:
        if flip.term == term and isinstance(flip.after, int) and isinstance(flip.before, int):
            if flip.after < flip.before:
                low = flip.after + 1
            else:
                high = flip.after - 1
    return Interval(term, low, high)


def needed_changes(cone: Cone, known: dict[str, Fact], values: Values, wanted: str, changeable: tuple[str, ...], book: RuleBook) -> list[Flip] | None:
    """Return a set of changes that gives the wanted conclusion, each taken back as far as it goes; None if not found.

    First every changeable term is moved to the end that helps, then one after the other is moved back
    (dropped where it is not needed, numbers to the nearest value that is enough). Found, not proven smallest.
    """
    ends = _helpful_ends(cone, known, values, wanted, changeable, book)
    if ends is None:
        return None
    needed: dict[str, int | str] = dict(ends)
    for term in list(needed):
        fewer = {name: value for name, value in needed.items() if name != term}
        if cone.value(_with_all(known, fewer)) == wanted:
            needed = fewer
    for term, value in list(needed.items()):
        start = values[term]
        if isinstance(value, int) and isinstance(start, int):
            needed[term] = _least(cone, known, needed, term, (start, value), wanted)
    return [Flip(term, values[term], value, wanted) for term, value in needed.items()]  # type: ignore[arg-type]


def _with_all(known: dict[str, Fact], changes: dict[str, int | str]) -> dict[str, Fact]:
    return {**known, **{term: Fact(value) for term, value in changes.items()}}


def _helpful_ends(cone: Cone, known: dict[str, Fact], values: Values, wanted: str, changeable: tuple[str, ...], book: RuleBook) -> dict[str, int | str] | None:
    choices: list[tuple[str, tuple[int | str, ...]]] = []
    for term in changeable:
        kind = book.terms[term].kind if term in book.terms else None
        if term not in cone.terms or term not in values or kind is None:
            continue
        if isinstance(kind, Number):
            choices.append((term, (kind.high, kind.low)))
        elif isinstance(kind, Choice):
            choices.append((term, tuple(option for option in kind.options if option != values[term])))
    return _search(cone, known, wanted, choices)


def _search(cone: Cone, known: dict[str, Fact], wanted: str, choices: list[tuple[str, tuple[int | str, ...]]]) -> dict[str, int | str] | None:
    """Try sets of one, two and three changes, in the order of the terms."""
    for size in (1, 2, 3):
        for group in combinations(choices, size):
            for picked in product(*(options for _, options in group)):
                changes = {term: value for (term, _), value in zip(group, picked, strict=True)}
                if cone.value(_with_all(known, changes)) == wanted:
                    return changes
    return None


def _least(cone: Cone, known: dict[str, Fact], needed: dict[str, int | str], term: str, span: tuple[int, int], wanted: str) -> int:
    short, enough = span
    while abs(enough - short) > 1:
        middle = (short + enough) // 2
        if cone.value(_with_all(known, {**needed, term: middle})) == wanted:
            enough = middle
        else:
            short = middle
    return enough


def facts_with(facts: Facts, changes: dict[str, int | str]) -> Facts:
    """Return the facts with some answers changed."""
    return replace(facts, known=_with_all(facts.known, changes))
