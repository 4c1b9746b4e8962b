"""Who reads whom among the ground nodes of a book."""

from collections import defaultdict
from collections.abc import Iterable

from fourfold.model import GroundNode, RuleBook


class Readers:
    """By ground node who reads it; a part of a set, selection or share counts for the whole."""

    def __init__(self, book: RuleBook) -> None:
        """Note the readers of every node."""
        givers = {node.term for node in book.nodes}
        self.book = book
        self.of: dict[str, list[str]] = defaultdict(list)
        for node in book.nodes:
            for name in book.terms[node.term].reads:
                self.of[name if name in givers else name.rpartition("[")[0]].append(node.term)

    def below(self, terms: Iterable[str]) -> set[str]:
        """Return the ground terms that rest on some terms, themselves left out unless they rest on each other."""
        found, todo = set[str](), list(terms)
        while todo:
            for reader in self.of.get(todo.pop(), ()):
                if reader not in found:
                    found.add(reader)
                    todo.append(reader)
        return found

    def nodes_from(self, terms: Iterable[str]) -> tuple[GroundNode, ...]:
        """Return the nodes of some terms and of all that rests on them, in the order of the book."""
        wanted = {*terms}
        wanted |= self.below(wanted)
        return tuple(node for node in self.book.nodes if node.term in wanted)


def above(book: RuleBook, term: str) -> set[str]:
    """Return the ground terms that a term rests on, itself included."""
    givers, found, todo = {node.term for node in book.nodes}, set[str](), [term]
    while todo:
        name = todo.pop()
        whole = name if name in givers else name.rpartition("[")[0]
        if whole in givers and whole not in found:
            found.add(whole)
            todo += book.terms[whole].reads
    return found
