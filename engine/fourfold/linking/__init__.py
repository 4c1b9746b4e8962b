"""Content to a rule book; the parts are imported when a book is linked, since most commands find one linked already."""

from typing import TYPE_CHECKING

from fourfold.model import RuleBook
from fourfold.written import Content

if TYPE_CHECKING:
    from fourfold.linking.memo import Memo


def link(content: Content, as_of: int, currency: str = "", memo: "Memo | None" = None) -> RuleBook:
    """Return the ground book in force on a day (days since 0001-01-01), in a company's currency.

    With a memo what did not change since its last linking is not made again.
    Raises every problem of names, kinds, logic and sources at once.
    """
    from fourfold.linking.whole import ground_book

    return ground_book(content, as_of, currency, memo)
