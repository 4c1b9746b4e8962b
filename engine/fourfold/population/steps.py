"""The draws of a population as steps that fill a company, one after the other."""

from collections.abc import Callable
from math import floor

from fourfold.expression.kinds import Choice, Kind, Options
from fourfold.expression.kinds import Number as NumberKind
from fourfold.model import Condition, Given, GroundWeight, Member, RuleBook, ground_name
from fourfold.population.chance import Uniform, chosen
from fourfold.population.compiled import Company, test_of
from fourfold.population.trees import Draw, Number, Seen, Trees
from fourfold.written import DrawDecl

Step = Callable[[Seen, Company, Uniform], None]


def smallest(kind: NumberKind, shown: float) -> int:
    """Return a number as people write it as a count of the kind's smallest unit, within its range, halves up."""
    return max(kind.low, min(kind.high, floor(shown * float(10**kind.shown) + 0.5)))


class Steps:
    """Makes the steps of a book's population."""

    def __init__(self, book: RuleBook) -> None:
        """Find kinds, and which choice is one among entities."""
        self.book = book
        self.kinds: dict[str, Kind] = {}
        for node in book.nodes:
            if isinstance(node, Given):
                ground = book.terms[node.term]
                self.kinds.setdefault(ground.source, ground.kind)
        for term in book.content.terms:
            if term.kind.word == "set" and term.name in self.kinds:
                self.kinds[term.name] = Options(())
        self.trees = Trees(book, {name: kind.entity for name, kind in self.kinds.items() if isinstance(kind, Choice)})

    def steps(self) -> tuple[Step, ...]:
        """Return the steps in their order; which currency a company has is settled by its book."""
        return tuple(self._step(draw) for draw in self.book.draws.values() if draw.name != "currency")

    def _step(self, draw: DrawDecl) -> Step:
        if draw.form == "pick":
            return self._pick(draw)
        if draw.form == "for each":
            return _loop(draw.name, tuple((inner.name, self._value(inner)) for inner in draw.inner), frozenset(self.kinds))
        return self._single(draw)

    def _single(self, draw: DrawDecl) -> Step:
        name, value, kind = draw.name, self._value(draw), self.kinds.get(draw.name)
        if isinstance(kind, Options):
            return _set_step(name, value)
        if kind is None:
            return _hidden_step(name, value)
        return _number_step(name, value, kind) if isinstance(kind, NumberKind) else _choice_step(name, value)

    def _value(self, draw: DrawDecl) -> Draw:
        """Return the function that draws a value within its caps, rounded to its digits."""
        value = self.trees.draw(draw)
        low, high = (None if tree is None else self.trees.number(tree) for tree in (draw.low, draw.high))
        if low is None and high is None and not draw.digits:
            return value
        return lambda seen, uniform: _capped(value(seen, uniform), low, high, seen, draw.digits)

    def _pick(self, draw: DrawDecl) -> Step:
        weighing = Weighing(self.book.entities[draw.kind], self.book.weights[draw.name], tuple(self.trees.number(row.times) for row in draw.weights))
        count, name, without = self.trees.number(draw.tree), draw.name, tuple(item for item, _ in draw.without)

        def pick(seen: Seen, company: Company, uniform: Uniform) -> None:
            taken = {entity for other in without for entity in seen[other]}
            left = [pair for pair in weighing.weights(seen, company) if pair[0] not in taken]
            found = []
            for _ in range(min(len(left), round(count(seen)))):
                place = chosen([weight for _, weight in left], uniform)
                found.append(left.pop(place)[0])
            seen[name] = found

        return pick


def _capped(value: float, low: Number | None, high: Number | None, seen: Seen, digits: int) -> float:
    if high is not None:
        value = min(value, high(seen))
    if low is not None:
        value = max(value, low(seen))
    return float(f"{value:.{digits}g}") if digits else value


def _hidden_step(name: str, value: Draw) -> Step:
    def step(seen: Seen, _: Company, uniform: Uniform) -> None:
        seen[name] = value(seen, uniform)

    return step


def _choice_step(name: str, value: Draw) -> Step:
    def step(seen: Seen, company: Company, uniform: Uniform) -> None:
        seen[name] = company[name] = value(seen, uniform)

    return step


def _number_step(name: str, value: Draw, kind: NumberKind) -> Step:
    scale = 10**kind.shown

    def step(seen: Seen, company: Company, uniform: Uniform) -> None:
        count = company[name] = smallest(kind, value(seen, uniform))
        seen[name] = count / scale

    return step


def _set_step(name: str, value: Draw) -> Step:
    def step(seen: Seen, company: Company, uniform: Uniform) -> None:
        for option in value(seen, uniform):
            company[f"{name}[{option}]"] = "true"

    return step


def _loop(picked: str, inner: tuple[tuple[str, Draw], ...], terms: frozenset[str]) -> Step:
    def step(seen: Seen, company: Company, uniform: Uniform) -> None:
        for place, entity in enumerate(seen[picked], 1):
            seen["place"] = place
            for name, value in inner:
                seen[name] = value(seen, uniform)
                if name in terms:
                    company[ground_name(name, entity)] = seen[name]

    return step


class Weighing:
    """The weights of the entities of a pick; those of the same circumstances are kept."""

    def __init__(self, entities: tuple[str, ...], rows: tuple[GroundWeight, ...], times: tuple[Number, ...]) -> None:
        """Find the conditions, each once, and the choices that they read."""
        self.entities, self.times = entities, times
        self.conditions: dict[Condition, int] = {}
        self.rows = [(row.entity, self.conditions.setdefault(row.condition, len(self.conditions)), row.row) for row in rows]
        self.tests = tuple(test_of(condition) for condition in self.conditions)
        self.reads = tuple(sorted({condition.term for condition in self.conditions if isinstance(condition, Member)}))
        self.others = tuple(test_of(condition) for condition in self.conditions if not isinstance(condition, Member))
        self.kept: dict[tuple[object, ...], list[tuple[str, float]]] = {}

    def weights(self, seen: Seen, company: Company) -> list[tuple[str, float]]:
        """Return each entity whose weight is above 0, heaviest first, ties by place."""
        key = (*(company[name] for name in self.reads), *[test(company) for test in self.others], *[number(seen) for number in self.times])
        found = self.kept.get(key)
        if found is None:
            found = self.kept[key] = self._weigh(seen, company)
        return found

    def _weigh(self, seen: Seen, company: Company) -> list[tuple[str, float]]:
        truth = [test(company) for test in self.tests]
        factors = [number(seen) for number in self.times]
        weights = dict.fromkeys(self.entities, 1.0)
        for entity, condition, row in self.rows:
            if truth[condition]:
                weights[entity] *= factors[row]
        return sorted(((entity, weight) for entity, weight in weights.items() if weight > 0), key=lambda pair: -pair[1])
