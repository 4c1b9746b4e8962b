"""An invented population: companies drawn as real ones are distributed.

The distributions stand in the population of the knowledge (docs/population.md); a workspace without one
gets plain chance. A company is told by seed and number alone, so that a longer sample begins like a
shorter one, on every Python.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fourfold.linking.distributions import constant
from fourfold.model import Const, Given, RuleBook
from fourfold.population.chance import Uniform, chances
from fourfold.population.compiled import Company
from fourfold.population.filling import Fill, contradiction, fills
from fourfold.population.steps import Step, Steps
from fourfold.population.trees import Seen
from fourfold.problem import Problem, Problems
from fourfold.rates import rates_in_force
from fourfold.suggest import listed
from fourfold.written import Parts, WrittenExpr

__all__ = ["Company", "Sampler", "currency_shares", "drawn_terms", "sample", "sampler"]

MOST_TRIES = 1000


def sample(book: RuleBook, count: int, seed: int = 0) -> tuple[Company, ...]:
    """Return companies of the book's currency: each gives every asked ground term a value in its smallest unit.

    Values are legal: of their kinds, within their ranges, breaking no constraint. The terms stand in the
    order of the book, `as_of` and `currency` among them; texts and records have none.
    """
    return tuple(sampler(book, seed).companies(count))


def sampler(book: RuleBook, seed: int = 0) -> "Sampler":
    """Return what draws companies one by one, for samples too large to be held at once."""
    drawn = drawn_terms(book)
    template: Company = {node.term: _usual(node) if "[" in node.term else "" for node in book.nodes if isinstance(node, Given)}
    template |= {"as_of": book.as_of, "currency": book.currency}
    rates = rates_in_force(book)
    seen: Seen = {"as_of": book.as_of, "currency": book.currency, **{name: float(rate / rates[book.currency]) for name, rate in rates.items()}}
    return Sampler(book, seed, template, seen, Steps(book).steps(), fills(book, drawn), contradiction(book))


def drawn_terms(book: RuleBook) -> frozenset[str]:
    """Return the terms that the book's population draws; none where it has no population."""
    return frozenset(inner.name for draw in book.draws.values() for inner in (draw, *draw.inner) if inner.form not in {"pick", "for each"}) & {term.name for term in book.content.terms}


def currency_shares(book: RuleBook) -> dict[str, float]:
    """Return how many companies of the population count in each currency, as weights; the book's own where none is told."""
    draw = book.draws.get("currency")
    if draw is None or not isinstance(draw.tree, Parts):
        return {book.currency: 1.0}
    weights = {name: constant(tree.node) for name, _, tree in draw.tree.items if isinstance(tree, WrittenExpr)}
    return {name: float(weight) for name, weight in weights.items() if weight}


def _usual(node: Given) -> int | str:
    """Return what a member of a set or a term of an entity is where no draw says more: its constant assumption, else no."""
    return node.assume.value if isinstance(node.assume, Const) else "false"


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws companies: the steps of the population, then what they leave open, until no constraint is broken."""

    book: RuleBook
    seed: int
    template: Company
    seen: Seen
    steps: tuple[Step, ...]
    rest: dict[str, Fill]
    broken: Callable[[Company], tuple[str, ...]]

    def companies(self, count: int, first: int = 0) -> Iterator[Company]:
        """Return companies, from number `first` on."""
        for number in range(first, first + count):
            yield self.company(number)

    def company(self, number: int) -> Company:
        """Return one company of the population."""
        uniform = chances(self.seed, number)
        company, reads = self._draw(uniform)
        for _ in range(MOST_TRIES):
            if not reads:
                return company
            if self.steps:
                company, reads = self._draw(uniform)
            else:
                reads = self._redraw(company, reads, uniform)
        names = listed(sorted({self.book.terms[name].source for name in reads}))
        raise Problems([Problem("F292", f"in {MOST_TRIES} tries no company was drawn that keeps the constraint on {names}", help="let the draws of the population agree with the constraints")])

    def _draw(self, uniform: Uniform) -> tuple[Company, tuple[str, ...]]:
        company, seen = dict(self.template), dict(self.seen)
        for step in self.steps:
            step(seen, company, uniform)
        for fill in self.rest.values():
            fill(company, uniform)
        return company, self.broken(company)

    def _redraw(self, company: Company, reads: tuple[str, ...], uniform: Uniform) -> tuple[str, ...]:
        """Draw only what a broken constraint reads again (Moser and Tardos 2010), with the parts it is made of."""
        parts = {name for term in reads for way in self.book.or_from.get(term, ()) for name in way.reads}
        for name, fill in self.rest.items():
            if name in parts or name in reads:
                fill(company, uniform)
        return self.broken(company)
