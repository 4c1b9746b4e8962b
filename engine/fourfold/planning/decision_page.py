"""Part 1: the strategy, why, why not the others, how firm, what was assumed."""

from fourfold.decide import Values, holds
from fourfold.expression.kinds import Choice, Number
from fourfold.flips import Cone, Flip, firm_range, needed_changes, result_changes, single_changes
from fourfold.model import Fact, Given, Row
from fourfold.planning.by_parts import changes_by_parts
from fourfold.planning.view import Data, View
from fourfold.smallest import FOUND, UNKNOWN, Change, Neighbours, TooMany, needed

STRATEGY = "strategy"
USUAL = "business_model"  # the industry's usual one is taken as firm where it was not given
FAR_OFF = 3
DOOR = ("as_of", "currency")


def changeable_terms(view: View) -> tuple[str, ...]:
    """Return the terms that a company can change, in the order of the vocabulary."""
    return tuple(term.name for term in view.book.content.terms if term.is_changeable and not term.of)


def decision_page(view: View, cone: Cone, *, settled: bool = False) -> Data:
    """Return what the page on the decision says; of a plan that is `settled`, without what would flip it."""
    strategy = view.text(STRATEGY)
    return {
        "strategy": strategy,
        "rules": view.speaking(STRATEGY),
        "reasons": _reasons(view),
        "why_not": [_why_not(view, option) for option in _options(view) if option != strategy],
        "firm": {"flips": [], "results": [], "intervals": {}, "proven": False} if settled else firmness(view, cone),
        "assumed": [] if settled else _assumed(view, cone),
        "ranges": [name for name, fact in view.facts.known.items() if fact.low is not None],
        "warnings": view.members("warnings"),
    }


def _options(view: View) -> tuple[str, ...]:
    kind = view.book.terms[STRATEGY].kind
    assert isinstance(kind, Choice)
    return kind.options


def _reasons(view: View) -> Data:
    """Return the facts behind every strategy: coverage, proof, what can be tested."""
    return {
        "fitting": view.raw("fitting_carriers"),
        "budget": view.raw("monthly_budget"),
        "cost_to_cover": view.raw("cost_to_cover"),
        "budget_coverage": coverage(view, "budget_coverage"),
        "days": view.amount("person_days"),
        "people_to_cover": view.amount("people_to_cover"),
        "team_coverage": coverage(view, "team_coverage"),
        "proven": [c for c in view.entities("carrier") if view.holds("proven", c)],
        "promising": [c for c in view.entities("carrier") if view.holds("promising", c)],
        "testable": view.raw("pair_testable"),
        "test_money": view.raw("test_money"),
        "appetite": view.text("appetite"),
        "cash": view.text("cash"),
        "bar": view.amount("event_bar"),
        "customer_bar": view.amount("success_bar"),
    }


def coverage(view: View, term: str) -> float:
    """Return a ratio as a number with two decimals for showing; it is never computed to decide."""
    ratio = view.raw(term)
    assert isinstance(ratio, tuple)
    top, bottom = ratio
    return int(top / bottom * 100) / 100 if bottom else 0.0


def _why_not(view: View, option: str) -> Data:
    """Return each rule that could have given an option and the cells that stopped it, nearest first."""
    rows = [row for row in view.rows(STRATEGY) if row.value == option]
    tried = sorted((_tried(view, row) for row in rows), key=lambda item: len(item["stopped"]))  # type: ignore[arg-type]
    return {"value": option, "rules": tried, "reach_all": _reach_all(view) if option == "omnichannel" else []}


def _tried(view: View, row: Row) -> Data:
    values: Values = dict(view.decision.values)
    stopped = [] if row.is_otherwise else [cell.column for cell in row.cells if not holds(cell.condition, values)]
    beaten = [other.rule for other in view.rows(STRATEGY) if row.rule in other.overrides and not other.is_otherwise and all(holds(cell.condition, values) for cell in other.cells)]
    return {"rule": row.rule, "stopped": stopped, "beaten_by": beaten if not stopped else [], "otherwise": row.is_otherwise}


def _reach_all(view: View) -> list[str]:
    """Return the conditions of omnichannel that fail."""
    values: Values = dict(view.decision.values)
    row = next((row for row in view.rows("reach_all") if not row.is_otherwise), None)
    return [cell.column for cell in row.cells if not holds(cell.condition, values)] if row else []


def firmness(view: View, cone: Cone) -> Data:
    """Return the nearest changes of one answer that flip the strategy, and the interval of each number in which it holds.

    Proven nearest by intervals of possible values; only where these do not settle it, found by trying. An end of an interval
    that is None is that of the number's range; a number is left out where the search was given up.
    """
    known = dict(view.facts.known)
    changeable = [name for name in changeable_terms(view) if name in cone.terms]
    numbers = [node.term for node in cone.nodes if isinstance(node, Given) and _is_number(view, node.term) and node.term not in DOOR]
    neighbours = Neighbours(view.book, STRATEGY, view.facts, view.decision.values, dict.fromkeys((*changeable, *numbers)))
    nearest = {name: changes for name in neighbours.free if (changes := _changes(view, neighbours, name)) is not None}
    free = [name for name in changeable if name in neighbours.free]
    is_proven = nearest.keys() >= set(free)
    flips = [_as_flip(change) for name in free for change in nearest[name]] if is_proven else single_changes(view.book, cone, known, dict(view.decision.values), changeable_terms(view))
    fitting = tuple(c for c in view.entities("carrier") if view.holds("fits", c) or view.raw("reading", c) != "none")
    return {
        "flips": [_flip(view, flip) for flip in flips],
        "results": [_flip(view, flip) for flip in result_changes(cone, known, fitting)],
        "intervals": {name: _interval(view, flips, name) for name in changeable if _is_number(view, name)},
        "proven": is_proven,
        "numbers": {name: _interval(view, [_as_flip(change) for change in nearest[name]], name) for name in numbers if name in nearest},
    }


def _is_number(view: View, name: str) -> bool:
    return isinstance(view.book.terms[name].kind, Number)


def _changes(view: View, neighbours: Neighbours, name: str) -> list[Change] | None:
    """Return the nearest changes of one answer alone that give another strategy, or None where the search was given up."""
    try:
        return [change for change in neighbours.sides(name) if change is not None] if _is_number(view, name) else neighbours.choices(name)
    except TooMany:
        return None


def _as_flip(change: Change) -> Flip:
    return Flip(change.term, change.before, change.after, change.gives)


def _interval(view: View, flips: list[Flip], name: str) -> list[float | None]:
    kind = view.book.terms[name].kind
    assert isinstance(kind, Number)
    found = firm_range(flips, name, kind)
    return [None if end == edge else end / 10**kind.scale for end, edge in ((found.low, kind.low), (found.high, kind.high))]


def _flip(view: View, flip: Flip) -> Data:
    kind = view.book.terms[flip.term].kind
    before, after = (value / 10**kind.scale if isinstance(kind, Number) and isinstance(value, int) else value for value in (flip.before, flip.after))
    return {"term": flip.term, "before": before, "after": after, "gives": flip.gives, "also": [list(pair) for pair in flip.also]}


def needed_for(view: View, cone: Cone, wanted: str) -> Data:
    """Return the smallest changes that give a strategy.

    `state` is "proven" (smallest), "none" (proven that no change gives it), "found" (by trying; where no solver
    is installed or it does not settle it), or "unknown"; `sets` the sets of changes, each of them enough. Every
    set was replayed by the referee.
    """
    terms = [name for name in changeable_terms(view) if name in cone.terms]
    smallest = needed(Neighbours(view.book, STRATEGY, view.facts, view.decision.values, terms), wanted)
    sets = [[_as_flip(change) for change in changes] for changes in smallest.sets]
    state = smallest.state
    if any(cone.value({**view.facts.known, **{flip.term: Fact(flip.after) for flip in flips}}) != wanted for flips in sets):
        sets, state = [], UNKNOWN
    if state == UNKNOWN:
        tried = needed_changes(cone, dict(view.facts.known), dict(view.decision.values), wanted, changeable_terms(view), view.book)
        sets, state = ([tried], FOUND) if tried else ([], UNKNOWN)
    return {"state": state, "sets": [[_flip(view, flip) for flip in flips] for flips in sets], "by_parts": changes_by_parts(view, wanted)}


def _assumed(view: View, cone: Cone) -> list[Data]:
    """Return each assumption that the strategy rests on, and whether another answer could change it."""
    found = []
    asked = {term.name for term in view.book.content.terms if term.ask.by_language}
    for name in view.assumed():
        if name not in cone.terms or name not in asked:
            continue
        found.append({"term": name, "value": _plain(view, name), "usual": name == USUAL, "could_flip": name != USUAL and _could_flip(view, cone, name)})
    return sorted(found, key=lambda item: not item["could_flip"])


def _plain(view: View, name: str) -> object:
    number = view.number(name)
    return number if number is not None else view.raw(name)


def _could_flip(view: View, cone: Cone, name: str) -> bool:
    """Return whether an answer that is plausible beside the assumption would change the strategy."""
    return any(_is_plausible(flip) for flip in single_changes(view.book, cone, dict(view.facts.known), dict(view.decision.values), (name,)))


def _is_plausible(flip: Flip) -> bool:
    """Return whether a change is of a choice, or of a number within a third and three times what was assumed."""
    if isinstance(flip.before, int) and isinstance(flip.after, int):
        return flip.before <= flip.after * FAR_OFF and flip.after <= flip.before * FAR_OFF
    return True
