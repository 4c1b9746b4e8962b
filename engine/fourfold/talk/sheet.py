"""The saved answers: a profile as text, changed entry by entry; comments, order and layout stay."""

import io
from collections.abc import Mapping as AnyMapping
from typing import Any

from fourfold.reading.document import Mapping, Node, Scalar, parse

Path = tuple[str, ...]
MARK = "# Answers to the questionnaire; `fourfold plan` takes this file as it is."
BOOK = "# rule book "


def new_text(book_hash: str, currency: str) -> str:
    """Return the text of a new file without answers."""
    return f"{MARK}\n{BOOK}{book_hash}\ncurrency: {currency}\n"


def book_of(text: str) -> str:
    """Return the hash of the rule book with which a file was last answered, or nothing."""
    return next((line.removeprefix(BOOK).strip() for line in text.splitlines() if line.startswith(BOOK)), "")


def with_book(text: str, book_hash: str) -> str:
    """Return the text with the rule book it is answered with."""
    if not book_of(text):
        return f"{MARK}\n{BOOK}{book_hash}\n{text}" if MARK not in text else text.replace(MARK, f"{MARK}\n{BOOK}{book_hash}", 1)
    return "\n".join(f"{BOOK}{book_hash}" if line.startswith(BOOK) else line for line in text.split("\n"))


def entries(text: str, file: str, registers: AnyMapping[str, object], terms: AnyMapping[str, object]) -> dict[str, Node]:
    """Return the values by term or register, out of their groups; raises Problems where the file cannot be read."""
    found: dict[str, Node] = {}
    document = parse(text, file)

    def gather(mapping: Mapping) -> None:
        for key, value in mapping.entries:
            if isinstance(value, Mapping) and key.text not in terms and key.text not in registers:
                gather(value)
            else:
                found[key.text] = value

    if isinstance(document, Mapping):
        gather(document)
    return found


def plain(node: Node) -> str:
    """Return a value as it was typed."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return ", ".join(f"{key.text}: {plain(value)}" for key, value in node.entries)
    return ", ".join(plain(item) for item in getattr(node, "items", ()))


def changed(text: str, changes: AnyMapping[str, object]) -> str:
    """Return the text with some entries set (a text, a mapping or a list of mappings) or taken out (None)."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    document: Any = yaml.load(text)
    head = "" if document is not None else text
    document = CommentedMap() if document is None else document
    for name, value in changes.items():
        place = _holder(document, name)
        if value is None:
            if place is not None:
                del place[name]
        else:
            (place if place is not None else document)[name] = value
    out = io.StringIO()
    yaml.dump(document, out)
    body = out.getvalue()
    return head + ("" if body.strip() == "{}" else body)


def _holder(document: Any, name: str) -> Any:
    """Return the mapping, the document or a group in it, that has an entry of this name."""
    if name in document:
        return document
    for value in document.values():
        if isinstance(value, dict):
            found = _holder(value, name)
            if found is not None:
                return found
    return None
