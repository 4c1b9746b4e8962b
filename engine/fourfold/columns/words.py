"""Why, as a few bit words a row: what was asked of a company beyond what follows, so that every rule that spoke is known.

Kept are the options that were given, and one bit for each distinct comparison of numbers that a cell
makes. All else follows from these: tables are settled again from them by the functions of the referee.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourfold.columns.meaning import Meaning
from fourfold.columns.places import WIDE
from fourfold.decide import Values, compute, holds, settle
from fourfold.expression.kinds import YES_NO, Choice
from fourfold.linking.simplify import terms_in
from fourfold.model import Compare, Condition, Every, Fact, Formula, Given, GroundNode, Hit, Opposite, RatioOf, RuleBook, Selection, Share, Some, Table

LARGEST_BYTE = 256


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that is kept: the option of a term (`condition` is None), or whether a condition holds."""

    term: str
    options: tuple[str, ...]
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """How the slots lie in the bytes of a row: each byte a mixed number of the slots with their factors."""

    slots: tuple[Slot, ...]
    bytes: tuple[tuple[tuple[int, int], ...], ...]
    sure: dict[Slot, int] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Return how many 64-bit words a row has."""
        return (len(self.bytes) + 7) // 8


class _Gatherer:
    """Finds what must be kept so that the cells of all tables can be settled again."""

    def __init__(self, book: RuleBook, givers: Mapping[str, GroundNode], present: frozenset[str]) -> None:
        self.book, self.givers, self.present = book, givers, present
        self.slots: dict[Slot, None] = {}
        self.follows: dict[str, bool] = {}

    def can_follow(self, term: str) -> bool:
        """Return whether a term's value follows from what is kept."""
        if term not in self.follows:
            self.follows[term] = False
            self.follows[term] = self._can_follow(self.givers[term], term)
        return self.follows[term]

    def _can_follow(self, node: GroundNode, term: str) -> bool:
        if isinstance(node, Table):
            return True
        if isinstance(node, Selection):
            return term != node.term
        if isinstance(node, Given) and isinstance(self.book.terms[term].kind, Choice):
            return True
        if isinstance(node, Share) or (isinstance(node, Given) and (term in self.present or term in self.book.or_from or node.assume is None)):
            return False
        return all(self.can_follow(name) for name in self.book.terms[term].reads)

    def need(self, term: str) -> None:
        """Keep what a term's value follows from."""
        node = self.givers[term]
        if isinstance(node, Selection):
            self.slots[Slot(term, YES_NO.options)] = None
        elif isinstance(node, Given) and isinstance(kind := self.book.terms[term].kind, Choice) and (term in self.present or not self._is_assumed(node)):
            if term not in ("as_of", "currency"):
                self.slots[Slot(term, kind.options)] = None
        elif not isinstance(node, Table):
            for name in self.book.terms[term].reads:
                self.need(name)

    def _is_assumed(self, node: Given) -> bool:
        return node.assume is not None and all(self.can_follow(name) for name in self.book.terms[node.term].reads)

    def cell(self, condition: Condition) -> None:
        """Keep what a condition needs."""
        match condition:
            case Every() | Some():
                for part in condition.parts:
                    self.cell(part)
            case Opposite():
                self.cell(condition.part)
            case Compare() if not all(self.can_follow(name) for name in terms_in(condition)):
                self.slots[Slot("", YES_NO.options, condition)] = None
            case _:
                for name in sorted(terms_in(condition)):
                    self.need(name)


def plan_words(meaning: Meaning, present: frozenset[str]) -> Words:
    """Return how the why of a row is kept."""
    gatherer = _Gatherer(meaning.book, meaning.givers, present)
    for node in meaning.book.nodes:
        if isinstance(node, Table):
            for row in node.rows:
                for cell in row.cells if not row.ruled_out else ():
                    if cell.reads:
                        gatherer.cell(cell.condition)
    found = [(slot, _value(meaning, slot)) for slot in gatherer.slots]
    sure = {slot: meaning.graph.low[at] for slot, at in found if meaning.graph.low[at] == meaning.graph.high[at]}
    kept = sorted((slot for slot, _ in found if slot not in sure), key=lambda slot: -len(slot.options))
    return Words(tuple(kept), _packed([len(slot.options) for slot in kept]), sure)


def word_values(meaning: Meaning, words: Words) -> list[int]:
    """Return the values of the graph that are the words, in the order in which they are kept."""
    kept = [_value(meaning, slot) for slot in words.slots]
    values = [_byte(meaning, [(kept[at], factor) for at, factor in byte]) for byte in words.bytes]
    return [meaning.graph.place("word", tuple(values[at : at + 8]), None, -WIDE, WIDE) for at in range(0, len(values), 8)]


def _byte(meaning: Meaning, parts: list[tuple[int, int]]) -> int:
    return meaning.graph.place("code of", tuple(at for at, _ in parts), tuple(factor for _, factor in parts), 0, 255)


def _value(meaning: Meaning, slot: Slot) -> int:
    if slot.condition is not None:
        return meaning.holds(slot.condition)
    chosen = meaning.chosen(slot.term)
    return meaning.option(chosen, "true") if slot.options == YES_NO.options else meaning.code(chosen, slot.options)


def _packed(sizes: list[int]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return slots side by side in bytes as mixed numbers: the first byte that has room, largest slots first."""
    packed: list[list[tuple[int, int]]] = []
    filled: list[int] = []
    for at, size in enumerate(sizes):
        place = next((place for place, used in enumerate(filled) if used * size <= LARGEST_BYTE), None)
        if place is None:
            place = len(packed)
            packed.append([])
            filled.append(1)
        packed[place].append((at, filled[place]))
        filled[place] *= size
    return tuple(tuple(byte) for byte in packed)


def write_words(words: Words, values: Values) -> bytes:
    """Return the words of a decision as bytes, as the columns would have written them."""
    found = [int(holds(slot.condition, values)) if slot.condition is not None else slot.options.index(str(values[slot.term])) for slot in words.slots]
    body = bytes(sum(found[at] * factor for at, factor in byte) for byte in words.bytes)
    return body.ljust(words.width * 8, b"\0")


def read_words(words: Words, row: bytes) -> dict[Slot, int]:
    """Return what each slot holds in the words of a row."""
    found = dict(words.sure)
    for byte, value in zip(words.bytes, row, strict=False):
        left = value
        for at, _ in byte:
            left, found[words.slots[at]] = divmod(left, len(words.slots[at].options))
    return found


def hits_of(book: RuleBook, words: Words, row: bytes) -> tuple[Hit, ...]:
    """Return the rules that spoke in a row, in the order of a decision, from its words alone."""
    kept = read_words(words, row)
    bits: dict[Condition | None, bool] = {slot.condition: bool(value) for slot, value in kept.items() if slot.condition is not None}
    values: Values = {"as_of": book.as_of, "currency": book.currency}
    values |= {slot.term: slot.options[value] for slot, value in kept.items() if slot.condition is None}
    hits: list[Hit] = []
    for node in book.nodes:
        if isinstance(node, Table):
            rows = [row for row in node.rows if not row.is_otherwise and not row.ruled_out and all(not c.reads or _holds(c.condition, values, bits) for c in row.cells)]
            hits += [Hit(node.term, row.rule) for row in settle(node, rows, values, book)]
        elif node.term not in values and isinstance(node, Given | Formula | RatioOf) and all(name in values for name in book.terms[node.term].reads):
            _follow(node, values)
    return tuple(hits)


def _follow(node: GroundNode, values: Values) -> None:
    given: dict[str, Fact] = {}
    if not isinstance(node, Given) or node.assume is not None:
        compute(node, values, given)


def _holds(condition: Condition, values: Values, bits: Mapping[Condition | None, bool]) -> bool:
    if condition in bits:
        return bits[condition]
    match condition:
        case Every():
            return all(_holds(part, values, bits) for part in condition.parts)
        case Some():
            return any(_holds(part, values, bits) for part in condition.parts)
        case Opposite():
            return not _holds(condition.part, values, bits)
        case _:
            return holds(condition, values)
