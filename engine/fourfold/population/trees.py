"""Trees of the population as functions: numbers, and values drawn from distributions."""

from bisect import bisect_right
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from operator import add, mul, sub
from typing import Any, assert_never

from fourfold.expression.nodes import Binary, Expr, Extreme, Literal, Word
from fourfold.linking.distributions import PARAMETERS, constant, parameters
from fourfold.model import RuleBook
from fourfold.population.chance import Uniform, chosen, lognormal, loguniform, normal, pareto, poisson
from fourfold.written import ByOption, DrawDecl, Parts, Tree, WrittenExpr

Seen = dict[str, Any]
Number = Callable[[Seen], float]
Draw = Callable[[Seen, Uniform], Any]
OPERATORS: dict[str, Callable[[float, float], float]] = {"+": add, "-": sub, "*": mul}


class Trees:
    """Makes functions of written trees; `seen` holds what is drawn so far as people write it."""

    def __init__(self, book: RuleBook, entities: dict[str, str]) -> None:
        """Keep the book and the kind of entity of each choice among entities."""
        self.book, self.entities = book, entities

    # ---------------------------------------------------------------- numbers

    def number(self, tree: Tree | None) -> Number:
        """Return the function that gives the number of a tree."""
        match tree:
            case WrittenExpr():
                return self._expression(tree.node)
            case ByOption():
                table = {option: self.number(inner) for option, _, inner in tree.options}
                other = None if tree.otherwise is None else self.number(tree.otherwise)
                return partial(_by_option, tree.name, table, other)
            case _:
                raise AssertionError(tree)

    def _expression(self, node: Expr) -> Number:
        value = constant(node)
        if value is not None:
            fixed = float(value)
            return lambda _: fixed
        match node:
            case Word():
                return self._word(node.text)
            case Binary():
                return _binary(node.operator, self._expression(node.left), self._expression(node.right))
            case Extreme():
                parts, best = [self._expression(part) for part in node.parts], max if node.name == "max" else min
                return lambda seen: best([part(seen) for part in parts])
            case Literal():
                raise AssertionError(node)
            case _:
                assert_never(node)

    def _word(self, name: str) -> Number:
        owner, _, attribute = name.partition(".")
        if not attribute:
            return lambda seen: seen[name]
        kind = self.entities[owner]
        table = {entity: self._figure(kind, entity, attribute) for entity in self.book.entities[kind]}
        return lambda seen: table[seen[owner]]

    def _figure(self, kind: str, entity: str, attribute: str) -> float:
        value = self.book.knows(kind, entity, attribute)
        declared = next(item.kind for item in self.book.content.attributes if (item.kind_name, item.name) == (kind, attribute))
        return int(value.value) / 10**declared.scale if value is not None and isinstance(value.value, int) else 0.0

    # ---------------------------------------------------------------- distributions

    def draw(self, draw: DrawDecl) -> Draw:
        """Return the function that draws a value: a number, an option, or a set of options."""
        return self._branch(draw, draw.tree)

    def _branch(self, draw: DrawDecl, tree: Tree | None) -> Draw:
        if isinstance(tree, ByOption):
            table = {option: self._branch(draw, inner) for option, _, inner in tree.options}
            other = None if tree.otherwise is None else self._branch(draw, tree.otherwise)
            return partial(_drawn_by_option, tree.name, table, other)
        match draw.form:
            case "choose":
                assert isinstance(tree, Parts)
                return self._choose(tree)
            case "members":
                assert isinstance(tree, Parts)
                return partial(_members, [(name, self.number(inner)) for name, _, inner in tree.items])
            case "is":
                number = self.number(tree)
                return lambda seen, _: number(seen)
            case "yes":
                percent = self.number(tree)
                return lambda seen, uniform: "true" if uniform() * 100 < percent(seen) else "false"
            case "poisson":
                mean = self.number(tree)
                return lambda seen, uniform: poisson(mean(seen), uniform)
            case _:
                assert isinstance(tree, Parts)
                return self._with_parameters(draw.form, parameters(draw.form, tree))

    def _with_parameters(self, form: str, given: dict[str, Tree]) -> Draw:
        if form == "classes":
            return self._classes(given)
        first, second, *more = [self.number(given[name]) for name in PARAMETERS[form]]
        match form:
            case "lognormal":
                return lambda seen, uniform: lognormal(first(seen), second(seen), uniform)
            case "loguniform":
                return lambda seen, uniform: loguniform(first(seen), second(seen), uniform)
            case "uniform":
                return lambda seen, uniform: first(seen) + (second(seen) - first(seen)) * uniform()
            case "normal":
                return lambda seen, uniform: first(seen) + second(seen) * normal(uniform)
            case _:
                return lambda seen, uniform: pareto(first(seen), second(seen), more[0](seen), uniform)

    def _classes(self, given: dict[str, Tree]) -> Draw:
        edges, rest = given["below"], given["otherwise"]
        assert isinstance(edges, Parts)
        assert isinstance(rest, WrittenExpr)
        of, rows, last = self.number(given["of"]), [(name, self.number(tree)) for name, _, tree in edges.items], rest.text

        def classed(seen: Seen, _: Uniform) -> str:
            value = of(seen)
            return next((name for name, edge in rows if value < edge(seen)), last)

        return classed

    def _choose(self, tree: Parts) -> Draw:
        names = [name for name, _, _ in tree.items]
        weights = [self.number(inner) for _, _, inner in tree.items]
        if all(isinstance(inner, WrittenExpr) and constant(inner.node) is not None for _, _, inner in tree.items):
            sums = list(accumulate(weight({}) for weight in weights))
            last, whole = len(names) - 1, sums[-1]
            return lambda _, uniform: names[min(last, bisect_right(sums, uniform() * whole))]
        return lambda seen, uniform: names[chosen([max(0.0, weight(seen)) for weight in weights], uniform)]


def _by_option(name: str, table: dict[str, Number], other: Number | None, seen: Seen) -> float:
    found = table.get(seen[name], other)
    assert found is not None
    return found(seen)


def _drawn_by_option(name: str, table: dict[str, Draw], other: Draw | None, seen: Seen, uniform: Uniform) -> object:
    found = table.get(seen[name], other)
    assert found is not None
    return found(seen, uniform)


def _members(options: list[tuple[str, Number]], seen: Seen, uniform: Uniform) -> set[str]:
    return {name for name, percent in options if uniform() * 100 < percent(seen)}


def _binary(operator: str, left: Number, right: Number) -> Number:
    if operator == "/":
        return lambda seen: left(seen) / bottom if (bottom := right(seen)) else 0.0
    combine = OPERATORS[operator]
    return lambda seen: combine(left(seen), right(seen))
