"""Rule books by folder, day and currency, kept in memory and in the user's cache."""

import marshal
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from fourfold import cache
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
    """Return a book as bytes: figures and the population one by one, and the content without what only linking reads."""
    figures = {name: cache.to_bytes(value) for name, value in book.values.items()}
    draws = {name: cache.to_bytes(value) for name, value in book.draws.items()}
    weights = {name: cache.to_bytes(value) for name, value in book.weights.items()}
    entities = tuple(replace(entity, values=()) for entity in book.content.entities)
    slim = replace(book, values={}, draws={}, weights={}, content=replace(book.content, entities=entities, population=()))
    return marshal.dumps((figures, draws, weights, cache.to_bytes(slim)))


def _unpacked(data: bytes) -> RuleBook | None:
    try:
        figures, draws, weights, body = marshal.loads(data)  # noqa: S302  # the cache has checked owner, key and checksum
        book = cache.from_bytes(body)
    except (ValueError, TypeError, EOFError):
        return None
    return replace(book, values=cache.Lazy(figures), draws=cache.Lazy(draws), weights=cache.Lazy(weights)) if isinstance(book, RuleBook) else None
