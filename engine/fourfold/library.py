"""Rule books by folder, day and currency."""

from functools import lru_cache
from pathlib import Path

from fourfold.content import content_hash, read_content
from fourfold.linking import link
from fourfold.model import RuleBook


def open_book(root: Path, as_of: int, currency: str = "") -> RuleBook:
    """Return the linked rule book of a workspace in force on a day, in a currency."""
    return _linked(root, content_hash(root), as_of, currency)


@lru_cache(maxsize=8)
def _linked(root: Path, digest: str, as_of: int, currency: str) -> RuleBook:
    assert digest
    return link(read_content(root), as_of, currency)
