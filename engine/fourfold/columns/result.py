"""What a run gives: columns, lists, words, and which rows were set aside and why."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fourfold.columns.layout import Layout
from fourfold.columns.meaning import Failure
from fourfold.columns.referee import decide_row
from fourfold.columns.running import put
from fourfold.columns.walks import Taken
from fourfold.columns.words import write_words
from fourfold.expression.kinds import Choice
from fourfold.model import Decision, Hit, RuleBook, Selection, Share, Table, ground_name
from fourfold.problem import Problems

Array = NDArray[Any]


@dataclass(slots=True)
class Result:
    """The conclusions of all rows.

    `columns` holds, by (term, part), whole numbers or places of options; part is "top" or "bottom" of a
    ratio, else empty. `lists` holds, by selection or share-out, where each row begins and the places of
    the entities taken (see `entities`), or their parts in the same order. `words` are the why, one row of
    64-bit numbers per company, `reject` is 0 or 1 + the place of a failure. Where nothing can be said in
    columns, `spoken` holds the rules that spoke in the rows that the referee decided instead.
    """

    book: RuleBook
    layout: Layout
    rows: int
    columns: dict[tuple[str, str], Array]
    lists: dict[str, tuple[Array, Array]]
    taken: dict[str, tuple[str, ...]]
    words: Array
    reject: Array
    failures: tuple[Failure, ...]
    spoken: dict[int, tuple[Hit, ...]] = field(default_factory=dict)

    def entities(self, term: str) -> tuple[str, ...]:
        """Return the entities whose places the list of a selection holds."""
        return self.layout.entities.get(term) or next(node.entities for node in self.book.nodes if isinstance(node, Selection) and node.term == term)

    def failure(self, row: int) -> Failure | None:
        """Return why a row was set aside: the code of the problem and the term, or None."""
        place = int(self.reject[row])
        return self.failures[place - 1] if place else None

    def value(self, term: str, row: int) -> object:
        """Return one conclusion as a decision holds it: a number, an option, a pair, a tuple of what was taken."""
        if (term, "top") in self.columns:
            return int(self.columns[term, "top"][row]), int(self.columns[term, "bottom"][row])
        if term in self.lists and term not in self.layout.shares and (term, "") not in self.columns:
            offsets, values = self.lists[term]
            names = self.entities(term)
            return tuple(names[at] for at in values[offsets[row] : offsets[row + 1]])
        if (term, "") not in self.columns:
            node = next(node for node in self.book.nodes if node.term == term)
            assert isinstance(node, Table)
            return tuple(option for option in node.options if self.columns[ground_name(term, option), ""][row])
        kind, value = self.book.terms[term].kind, int(self.columns[term, ""][row])
        return kind.options[value] if isinstance(kind, Choice) else value

    def parts(self, term: str, row: int) -> dict[str, int]:
        """Return the parts of a share-out by entity, in the order of the selection."""
        node = next(node for node in self.book.nodes if isinstance(node, Share) and node.term == term)
        offsets, values = self.lists[term]
        taken = self.value(node.selection, row)
        assert isinstance(taken, tuple)
        return {str(name): int(part) for name, part in zip(taken, values[offsets[row] : offsets[row + 1]], strict=True)}


def fill_row(result: Result, row: int, given: dict[str, int | str], lists: dict[int, dict[str, Taken]], firsts: list[int]) -> None:
    """Decide one row by the referee and write it where the columns would have."""
    try:
        decision = decide_row(result.book, given)
    except Problems as fault:
        codes = [failure.code for failure in result.failures]
        result.reject[row] = codes.index(fault.problems[0].code) + 1 if fault.problems[0].code in codes else len(codes)
        return
    result.reject[row] = 0
    for (term, part), column in result.columns.items():
        column[row] = _stored(result.book, decision, term, part)
    if result.layout.reason is None:
        result.words[row] = np.frombuffer(write_words(result.layout.words, dict(decision.values)), np.uint64)
    else:
        result.spoken[row] = decision.hits
    first = firsts[bisect_right(firsts, row) - 1]
    for term, taken in lists[first].items():
        _fill_list(result, decision, term, taken, row - first)


def _fill_list(result: Result, decision: Decision, term: str, taken: Taken, row: int) -> None:
    over = next((node.selection for node in result.book.nodes if isinstance(node, Share) and node.term == term), term)
    order = [str(name) for name in decision.values[over]]  # type: ignore[union-attr]
    parts = [int(decision.values[ground_name(term, name)]) for name in order] if over != term else None  # type: ignore[arg-type]
    names = result.entities(over)
    put(taken, row, [names.index(name) for name in order], parts)


def _stored(book: RuleBook, decision: Decision, term: str, part: str) -> int:
    value = decision.values[term]
    if isinstance(value, tuple):
        return int(str(value[0 if part == "top" else 1]))
    kind = book.terms[term].kind if term in book.terms else None
    if isinstance(kind, Choice):
        return kind.options.index(str(value))
    return int(value == "true") if isinstance(value, str) else int(value)
