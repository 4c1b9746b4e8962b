"""A lowered book as a machine: which columns are stored, what ends a row, what is kept of its why."""

from dataclasses import dataclass

from fourfold.columns.fusing import with_chains
from fourfold.columns.inputs import Ranges
from fourfold.columns.lowering import Lowered, lower_book
from fourfold.columns.machine import Assembler, Machine, Step
from fourfold.columns.meaning import Chosen, Failure, Fraction, Parts, Several, Taking
from fourfold.columns.places import NotColumns
from fourfold.columns.registers import with_registers
from fourfold.columns.words import Words, plan_words, word_values
from fourfold.expression.kinds import YES_NO, Choice
from fourfold.model import RuleBook, ground_name


@dataclass(frozen=True, slots=True)
class Store:
    """One stored column: of which term, which part of it (top, bottom, an option), and its sort of number."""

    term: str
    part: str
    sort: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A machine for one set of columns that are given, with everything around it; `reason` says why there is none."""

    machine: Machine
    stores: tuple[Store, ...]
    failures: tuple[Failure, ...]
    words: Words
    entities: dict[str, tuple[str, ...]]
    shares: dict[str, str]
    candidates: dict[str, tuple[str, ...]]
    reason: NotColumns | None = None


def lay_out(book: RuleBook, present: frozenset[str], masked: frozenset[str], wanted: tuple[str, ...], *, why: bool = True) -> Layout:
    """Return the machine for companies of whom `present` is given (`masked`: not of all) and `wanted` is asked."""
    entries = _entries(book, present)
    try:
        lowered = lower_book(book, present, masked)
        return _laid_out(book, lowered, plan_words(lowered.meaning, present) if why else Words((), ()), wanted, entries)
    except NotColumns as fault:
        return Layout(Machine(), (), tuple(entries), Words((), ()), {}, {}, {}, fault)


def lay_out_narrow(book: RuleBook, present: frozenset[str], masked: frozenset[str], wanted: tuple[str, ...], ranges: Ranges, wide: Layout) -> Layout | None:
    """Return the machine for columns whose numbers lie within `ranges`; None where there is none.

    Its words and its places of entities are those of the layout by the declared ranges.
    """
    try:
        return _laid_out(book, lower_book(book, present, masked, ranges, wide.candidates), wide.words, wanted, _entries(book, present))
    except NotColumns:
        return None


def _entries(book: RuleBook, present: frozenset[str]) -> list[Failure]:
    return [Failure("F204" if isinstance(book.terms[term].kind, Choice) else "F205", term, 0) for term in sorted(present)]


def _laid_out(book: RuleBook, lowered: Lowered, words: Words, wanted: tuple[str, ...], entries: list[Failure]) -> Layout:
    stores: list[tuple[Store, int]] = []
    entities: dict[str, tuple[str, ...]] = {}
    shares: dict[str, str] = {}
    lists: list[int] = []
    for term in wanted:
        value = lowered.meaning.value(term)
        if isinstance(value, Taking):
            entities[term] = value.entities
            lists.append(value.walk)
        elif isinstance(value, Parts):
            taking = lowered.graph.data[value.taking.walk][0]
            shares[term] = taking
            entities[taking] = value.taking.entities
            lists += [value.share, value.taking.walk]
            stores.append((Store(term, "", "number"), value.whole))
        else:
            stores += _stores(book, lowered, term, value)
    stores += [(Store("", str(place), "word"), at) for place, at in enumerate(word_values(lowered.meaning, words))]
    failures = (*entries, *lowered.failures)
    machine = _machine(lowered, stores, lists, len(entries))
    return Layout(machine, tuple(store for store, _ in stores), failures, words, entities, shares, lowered.meaning.candidates)


def _stores(book: RuleBook, lowered: Lowered, term: str, value: int | Chosen | Fraction | Several) -> list[tuple[Store, int]]:
    meaning = lowered.meaning
    match value:
        case int():
            return [(Store(term, "", "number"), value)]
        case Fraction():
            return [(Store(term, "top", "number"), value.top), (Store(term, "bottom", "number"), value.bottom)]
        case Several():
            return [(Store(ground_name(term, option), "", "byte"), flag) for option, flag in value.flags]
        case Chosen():
            kind = book.terms[term].kind
            options = kind.options if isinstance(kind, Choice) else value.options
            at = meaning.option(value, "true") if options == YES_NO.options else meaning.code(value, options)
            return [(Store(term, "", "byte"), at)]


def _machine(lowered: Lowered, stores: list[tuple[Store, int]], lists: list[int], before: int) -> Machine:
    """Return the steps: each value as it is needed, stored as soon as it is there."""
    graph = lowered.graph
    columns = [at for at in range(len(graph.names)) if graph.names[at] in ("known", "flag column", "code", "column")]
    roots = [at for _, at in stores] + lists + [item.flag for item in lowered.failures] + list(lowered.slow) + columns
    assembler = Assembler(graph, roots)
    ends: dict[int, list[Step]] = {}
    for place, (store, at) in enumerate(stores):
        ends.setdefault(at, []).append(Step("store", 0, (at,), place, store.sort))
    for place, failure in enumerate(lowered.failures):
        ends.setdefault(failure.flag, []).append(Step("fail", 0, (failure.flag,), before + place + 1))
    for at in lowered.slow:
        ends.setdefault(at, []).append(Step("slow", 0, (at,)))
    for at in assembler.needed:
        assembler.assemble(at)
        for step in ends.get(at, ()):
            assembler.machine.steps.append(Step(step.name, 0, _registers(assembler, at, step), step.number, step.more))
    return with_registers(with_chains(assembler.machine))


def _registers(assembler: Assembler, at: int, step: Step) -> tuple[int, ...]:
    if step.more == "word":
        return tuple(assembler.byte(part) for part in assembler.graph.args[at])
    return (assembler.number(at) if step.more == "number" else assembler.byte(at),)
