"""Rule books by folder, day and currency, kept in memory and in the user's cache."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from fourfold import cache, packing
from fourfold.content import content_hash, read_content
from fourfold.linking import link
from fourfold.model import RuleBook
from fourfold.written import Content


def open_book(root: Path, as_of: int, currency: str = "") -> RuleBook:
    """Return the linked rule book of a workspace in force on a day, in a currency."""
    return _linked(root, content_hash(root), as_of, currency)


@lru_cache(maxsize=8)
def _linked(root: Path, digest: str, as_of: int, currency: str) -> RuleBook:
    key = f"book {digest} {as_of} {currency} {cache.program_mark()}"
    kept = cache.load(key)
    if kept is not None:
        book = _unpacked(kept)
        if book is not None and (book.hash, book.as_of) == (digest, as_of):
            return book
    book = link(_content(root, digest), as_of, currency)
    cache.store(key, _packed(book))
    return book


@lru_cache(maxsize=2)
def _content(root: Path, digest: str) -> Content:
    """Return the content of a folder, read once for the books of all days and currencies."""
    del digest  # WHY: it only tells one content from the next, so that a changed folder is read again
    return read_content(root)


def _packed(book: RuleBook) -> bytes:
    """Return a book as bytes: figures and the population in parts, and the content without what only linking reads."""
    entities = tuple(replace(entity, values=()) for entity in book.content.entities)
    slim = replace(book, values={}, draws={}, weights={}, content=replace(book.content, entities=entities, population=()))
    return packing.to_bytes((packing.in_parts(book.values), packing.in_parts(book.draws), packing.in_parts(book.weights), slim))


def _unpacked(data: bytes) -> RuleBook | None:
    try:
        figures, draws, weights, book = packing.from_bytes(data)
        values, some_draws, some_weights = (packing.Lazy(*part) for part in (figures, draws, weights))
    except (ValueError, TypeError):
        return None
    return replace(book, values=values, draws=some_draws, weights=some_weights) if isinstance(book, RuleBook) else None
