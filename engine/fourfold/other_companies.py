"""The companies that an edit of the rules may move besides the one it is made for: a user's list, or a sample of the population."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fourfold.company_lists import Company, companies_of
from fourfold.door import Profile, enter
from fourfold.model import RuleBook
from fourfold.outcomes import Known
from fourfold.population import drawn_terms, sample
from fourfold.problem import Problem, Problems
from fourfold.tallies import Reader, tally

SAMPLE = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """Companies as their answers; `source` is "list", "population", or "" for none; `whole` counts the list they were taken from."""

    known: tuple[Known, ...] = ()
    source: str = ""
    whole: int = 0
    path: Path | None = None
    size: int = 0

    @property
    def is_sampled(self) -> bool:
        """Return whether only a part of a list was looked at."""
        return self.source == "list" and self.whole > len(self.known)

    def counted(self, old: RuleBook, new: RuleBook, target: str) -> int:
        """Return how many companies of the whole list two books decide otherwise."""
        assert self.path is not None
        return tally(old, new, target, companies_of(self.path)).moved


NO_COMPANIES = Listed()


def companies_for(book: RuleBook, path: Path | None) -> Listed:
    """Return every so-manieth company of a list, at most a thousand; without a list a sample of the book's population, if it has one."""
    if path is None:
        return Listed(tuple(sample(book, SAMPLE)), "population", SAMPLE) if drawn_terms(book) else NO_COMPANIES
    whole = sum(1 for _ in companies_of(path))
    if not whole:
        raise Problems([Problem("F110", f"`{path}` holds no companies", help="one profile a file, or one company a row")])
    step = -(-whole // SAMPLE)
    return Listed(tuple(_answers(book, islice(companies_of(path), 0, None, step))), "list", whole, path)


def _answers(book: RuleBook, companies: Iterator[Company]) -> Iterator[Known]:
    """Yield the answers of companies as the book's terms; who cannot be read or decided moves nowhere and is left out."""
    reader = Reader(book)
    days: Known = {"as_of": book.as_of, "currency": book.currency}
    for company in companies:
        known = reader.answers(company)
        if known is None:
            try:
                facts = enter(book, Profile(company.name, company.answers, None, book.currency))
            except Problems:
                continue
            known = {term: fact.value for term, fact in facts.known.items()}
        yield {**days, **known}
