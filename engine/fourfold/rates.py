"""What currencies are worth on the day of a book."""

from fractions import Fraction

from fourfold.model import RuleBook
from fourfold.problem import Problem, Problems


def rate_of(book: RuleBook, currency: str) -> Fraction:
    """Return what one unit of a currency is worth in the base currency on the book's day."""
    rates = rates_in_force(book)
    if currency not in rates:
        raise Problems([Problem("F211", f"no rate for the currency `{currency}`")])
    return rates[currency]


def rates_in_force(book: RuleBook) -> dict[str, Fraction]:
    """Return what one unit of each currency is worth in the base currency on the book's day; the base itself first."""
    found = {book.content.base: Fraction(1)}
    for rate in book.content.rates:
        if rate.period.covers(book.as_of):
            found.setdefault(rate.currency, Fraction(rate.text.replace("_", "")))
    return found
