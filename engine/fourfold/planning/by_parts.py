"""The smallest change of a number that a company gave as a part of another one, such as heads of person-days.

What was computed at the door from a part moves one way with it, if the part stands in the formula once. Then the nearest
value of the computed term that gives another strategy, which is found exactly, tells the nearest value of the part; both
its sides are computed again at the door and decided by the referee. Otherwise a change counts as found, not as proven.
"""

import re

from fourfold.decide import decide
from fourfold.door.parts import compute_parts
from fourfold.door.state import open_door
from fourfold.expression.kinds import Number
from fourfold.model import Fact, Facts, GroundOrFrom
from fourfold.noun import noun
from fourfold.planning.view import Data, View
from fourfold.problem import Problems
from fourfold.smallest import Neighbours, TooMany

STRATEGY = "strategy"


@noun
class Part:
    """A number that was given, the term that rules read and that was computed from it, and whether this moves one way with it."""

    name: str
    term: str
    is_monotone: bool


def changes_by_parts(view: View, wanted: str) -> list[Data]:
    """Return for each given part of a computed term the smallest change of it alone that gives a strategy."""
    found = []
    for part in parts_of(view):
        for up in (False, True):
            change = _nearest(view, part, wanted, up=up)
            if change is not None:
                found.append(change)
    return found


def parts_of(view: View) -> list[Part]:
    """Return the parts that a company gave and can change, with the term of the rules that each of them moves."""
    book, known = view.book, view.facts.known
    changeable = {term.name for term in book.content.terms if term.is_changeable}
    used = [(term, way) for term, ways in book.or_from.items() if term in known for way in ways if known[term].note.startswith(way.text)]
    found = []
    for name in known:
        path, is_once = _path(name, used)
        if path and isinstance(book.terms[name].kind if name in book.terms else open_door(book).kinds.get(name), Number) and changeable & {name, *path}:
            found.append(Part(name, path[-1], is_once))
    return found


def _path(name: str, used: list[tuple[str, GroundOrFrom]]) -> tuple[list[str], bool]:
    """Return the terms computed from a part, one from the other, and whether each is read once."""
    path: list[str] = []
    at, is_once = name, True
    while step := next(((term, way) for term, way in used if at in way.reads and term not in path), None):
        is_once = is_once and len(re.findall(rf"\b{at}\b", step[1].text)) == 1
        at = step[0]
        path.append(at)
    return path, is_once


def with_part(view: View, name: str, value: int) -> Facts | None:
    """Return the facts as they come out of the door with another value of a part, or None where the door refuses it."""
    door = open_door(view.book)
    computed = {term for term, ways in view.book.or_from.items() if term in view.facts.known and any(view.facts.known[term].note.startswith(way.text) for way in ways)}
    door.known = {term: fact for term, fact in view.facts.known.items() if term not in computed} | {name: Fact(value)}
    compute_parts(door)
    return None if door.problems.found else Facts(dict(door.known), view.facts.texts, view.facts.records, view.facts.name)


def outcome(view: View, name: str, value: int) -> str:
    """Return the strategy with another value of a part, by door and referee; nothing where there is none."""
    facts = with_part(view, name, value)
    try:
        return str(decide(view.book, facts).values[STRATEGY]) if facts is not None else ""
    except Problems:
        return ""


def _nearest(view: View, part: Part, wanted: str, *, up: bool) -> Data | None:
    """Return the nearest value of a part, above or below, that gives a strategy."""
    kind = open_door(view.book).kinds[part.name]
    now = view.facts.known[part.name].value
    assert isinstance(kind, Number)
    assert isinstance(now, int)
    low, high = (now + 1, kind.high) if up else (kind.low, now - 1)
    if low > high:
        return None
    end = _computed(view, part, high if up else low)
    before = view.facts.known[part.term].value
    if end is None or end == before or not isinstance(before, int):
        return None
    try:
        target = Neighbours(view.book, STRATEGY, view.facts, view.decision.values, [part.term]).nearest(part.term, up=end > before, wanted=wanted)
    except TooMany:
        return None
    if target is None:
        return None
    value = _first(view, part, (low, high), int(target.after), up=up, grows=end > before)
    if value is None or outcome(view, part.name, value) != wanted:
        return None
    unit = 10**kind.scale
    one_before = outcome(view, part.name, value - 1 if up else value + 1) != wanted
    return {"term": part.name, "before": now / unit, "after": value / unit, "gives": wanted, "of": part.term, "proven": part.is_monotone and one_before}


def _computed(view: View, part: Part, value: int) -> int | None:
    facts = with_part(view, part.name, value)
    found = facts.known[part.term].value if facts is not None and part.term in facts.known else None
    return found if isinstance(found, int) else None


def _first(view: View, part: Part, ends: tuple[int, int], target: int, *, up: bool, grows: bool) -> int | None:
    """Return the value nearest to the present one with which the computed term reaches a target, by halving."""
    low, high = ends

    def reaches(value: int) -> bool:
        found = _computed(view, part, value)
        return found is not None and (found >= target if grows else found <= target)

    if not reaches(high if up else low):
        return None
    while low < high:
        middle = (low + high) // 2 if up else (low + high + 1) // 2
        if reaches(middle):
            low, high = (low, middle) if up else (middle, high)
        else:
            low, high = (middle + 1, high) if up else (low, middle - 1)
    return low
