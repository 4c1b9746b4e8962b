"""A rule book compiled for batches: columns of facts in, columns of conclusions with their why out."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np

from fourfold.columns.inputs import Ranges
from fourfold.columns.layout import Layout, lay_out, lay_out_narrow
from fourfold.columns.meaning import Failure
from fourfold.columns.referee import decide_row
from fourfold.columns.result import Result, fill_row
from fourfold.columns.running import Array, Column, Loader, Out, Worker, column_of, joined
from fourfold.columns.walks import Taken
from fourfold.columns.words import hits_of
from fourfold.expression.kinds import YES_NO, Choice, Number
from fourfold.model import Decision, Given, Hit, RuleBook, Selection, Share, Table
from fourfold.problem import Problem, Problems
from fourfold.span import NOWHERE, Span
from fourfold.suggest import did_you_mean

CHUNK = 8192
WORTHWHILE = 500_000
# rows that repay a second machine for the range in which their numbers lie
NARROW = 50_000
# WHY: ranges grow by whole steps of so many bits, so that the next columns of a long run mostly find their machine made
STEP_BITS = 3
CODES = ("F301", "F307", "F308", "F309")
Answers = Array | tuple[Array, Array]
Key = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Note:
    """A term that has no columns: why, and where it is declared."""

    term: str
    reason: str
    span: Span


@dataclass
class Program:
    """A compiled book; it makes one machine for each set of columns that is given, and keeps it."""

    book: RuleBook
    wanted: tuple[str, ...]
    why: bool = True
    layouts: dict[Key, Layout] = field(default_factory=dict)
    narrow: dict[Key, tuple[Ranges, Layout]] = field(default_factory=dict)
    rows_seen: int = 0
    rows_ahead: int = 0

    def layout(self, present: frozenset[str], masked: frozenset[str]) -> Layout:
        """Return the machine for these columns."""
        key = (present, masked)
        if key not in self.layouts:
            self.layouts[key] = lay_out(self.book, present, masked, self.wanted, why=self.why)
        return self.layouts[key]

    def _layout_for(self, held: Mapping[str, Column], size: int, *, narrow: bool | None = None) -> Layout:
        """Return the machine for columns: that of the range in which their numbers lie, where it is made or worth making."""
        key = frozenset(held), frozenset(term for term, column in held.items() if column.known is not None)
        wide = self.layout(*key)
        before = self.narrow.get(key)
        is_worth = size + self.rows_seen >= NARROW if narrow is None else narrow
        if wide.reason is not None or narrow is False or (before is None and not is_worth):
            return wide
        ranges = {term: _grown(column, before[0][term] if before else None) for term, column in held.items() if column.is_number}
        if before is not None and ranges == before[0]:
            return before[1]
        if not is_worth:
            return wide
        made = lay_out_narrow(self.book, *key, self.wanted, ranges, wide) or wide
        self.narrow[key] = ranges, made
        return made

    def _is_fast(self, size: int) -> bool:
        """Return whether the compiled kernel repays loading it: for so many rows, those of earlier runs and those that are known to come included."""
        self.rows_seen += size
        return is_fast_worthwhile(max(self.rows_seen, self.rows_ahead))

    def run(self, columns: Mapping[str, Answers], rows: int | None = None, threads: int | None = None, *, fast: bool | None = None, narrow: bool | None = None) -> Result:
        """Return what follows for every row.

        A column is named by its term, such as `monthly_budget` or `reading[douyin_ads]`; it is an array of
        whole numbers in the term's smallest unit, or of places of options (see `codes`), or a pair with an
        array that says where it is known. What has no column is unknown. `rows` is needed where no column
        is given. `fast` chooses the compiled kernel (extra `fast`) or NumPy; by default the kernel where it is
        installed and the rows, with those of earlier runs, are worth its start. `narrow` chooses a machine for the range
        in which the numbers really lie, which may do with floats; by default for many rows. The result is the same. Raises Problems for columns that are no asked terms or differ in length.
        """
        held = self._columns(columns)
        size = rows if rows is not None else next((column.values.size for column in held.values()), 0)
        _check_sizes(held, size)
        layout = self._layout_for(held, size, narrow=narrow)
        out = Out([np.zeros(size, _DTYPES[store.sort]) for store in layout.stores if store.term], np.zeros(size, np.uint16), np.zeros(size, np.bool_))
        words = np.zeros((layout.words.width, size), np.int64)
        out.stores += list(words)
        if layout.reason is None:
            _run_chunks(layout, held, out, size, threads or os.cpu_count() or 1, fast=self._is_fast(size) if fast is None else fast)
        else:
            out.slow[:] = True
        return self._result(layout, held, out, words, size)

    def _columns(self, columns: Mapping[str, Answers]) -> dict[str, Column]:
        asked = {node.term for node in self.book.nodes if isinstance(node, Given)} - {"as_of", "currency"}
        unknown = [term for term in columns if term not in asked]
        if unknown:
            raise Problems([Problem("F201", f"`{term}` is not a term that is asked", help=did_you_mean(term, asked)) for term in unknown])
        found = {}
        for term, given in columns.items():
            values, known = given if isinstance(given, tuple) else (given, None)
            kind = self.book.terms[term].kind
            low, high = (kind.low, kind.high) if isinstance(kind, Number) else (0, len(_options(kind)) - 1)
            everywhere = known is None or (len(known) == len(values) and bool(np.all(known)))
            found[term] = column_of(np.asarray(values), None if everywhere else np.asarray(known, np.bool_), low, high, is_number=isinstance(kind, Number))
        return found

    def _result(self, layout: Layout, held: dict[str, Column], out: Out, words: Array, size: int) -> Result:
        failures = [*layout.failures, *(Failure(code, "", 0) for code in CODES)]
        columns = {(store.term, store.part): array for store, array in zip(layout.stores, out.stores, strict=False) if store.term}
        if layout.reason is not None or not out.lists:
            columns = columns if layout.reason is None else _empty_columns(self.book, self.wanted, size)
            out.lists = {0: {term: _nothing(size, isinstance(node, Share)) for node in self.book.nodes if isinstance(node, Selection | Share) for term in (node.term,)}}
        firsts = sorted(out.lists)
        result = Result(self.book, layout, size, columns, {}, {}, words.view(np.uint64).T, out.reject, tuple(failures))
        for row in np.flatnonzero(out.slow):
            fill_row(result, int(row), given_row(self.book, held, int(row)), out.lists, firsts)
        sizes = [following - first for first, following in zip(firsts, [*firsts[1:], size], strict=True)]
        shares = {node.term for node in self.book.nodes if isinstance(node, Share)}
        for term in {name for chunk in out.lists.values() for name in chunk} & {*self.wanted, *layout.shares.values()}:
            chunks = [out.lists[first][term] for first in firsts]
            result.lists[term] = joined(chunks, sizes, parts=term in shares)
        return result

    def notes(self, present: frozenset[str] = frozenset()) -> tuple[Note, ...]:
        """Return what cannot be said in columns, with its place; the rows then go through the referee, one by one."""
        reason = self.layout(present, frozenset()).reason
        if reason is None:
            return ()
        name = reason.term.partition("[")[0]
        spans = {term.name: term.span for term in self.book.content.terms} | {item.name: item.span for item in self.book.content.selections}
        return (Note(reason.term, reason.reason, spans.get(name, NOWHERE)),)

    def codes(self, term: str, values: list[str]) -> Array:
        """Return options as the places that columns hold; a word that is no option is -1 (the row is set aside)."""
        places = {option: place for place, option in enumerate(_options(self.book.terms[term].kind))}
        return np.array([places.get(value, -1) for value in values], np.int16)


def _grown(column: Column, before: tuple[int, int] | None) -> tuple[int, int]:
    """Return a range that holds all numbers of a column (those outside what is declared are held at its ends), and what came before."""
    low, high = max(column.low, min(column.least, column.high)), min(column.high, max(column.most, column.low))
    if before is not None and before[0] <= low and high <= before[1]:
        return before
    bits = -(-max(high, -low, 1).bit_length() // STEP_BITS) * STEP_BITS
    edge = (1 << bits) - 1
    low, high = max(column.low, -edge if low < 0 else 0), min(column.high, edge)
    return (low, high) if before is None else (min(low, before[0]), max(high, before[1]))


_DTYPES = {"number": np.int64, "byte": np.uint8}


def _options(kind: object) -> tuple[str, ...]:
    assert isinstance(kind, Choice)
    return kind.options


def _nothing(size: int, parts: bool) -> Taken:
    taken = Taken(size, 0)
    taken.parts = np.zeros((1, size), np.int64) if parts else None
    return taken


def _empty_columns(book: RuleBook, wanted: tuple[str, ...], size: int) -> dict[tuple[str, str], Array]:
    found: dict[tuple[str, str], Array] = {}
    for node in book.nodes:
        if node.term not in wanted or isinstance(node, Selection):
            continue
        kind = book.terms[node.term].kind if node.term in book.terms else None
        if isinstance(node, Table) and node.policy == "all":
            found |= {(f"{node.term}[{option}]", ""): np.zeros(size, np.uint8) for option in node.options}
        elif isinstance(kind, Choice):
            found[node.term, ""] = np.zeros(size, np.uint8)
        elif isinstance(kind, Number):
            found[node.term, ""] = np.zeros(size, np.int64)
        else:
            found |= {(node.term, part): np.zeros(size, np.int64) for part in ("top", "bottom")}
    return found


def _check_sizes(held: dict[str, Column], size: int) -> None:
    problems = []
    for term, column in held.items():
        if column.values.size != size or (column.known is not None and column.known.size != size):
            problems.append(Problem("F203", f"the column `{term}` has {column.values.size} rows, not {size}", help="all columns have the same number of rows"))
        elif column.values.dtype.kind not in "iub":
            problems.append(Problem("F203", f"the column `{term}` holds {column.values.dtype}, not whole numbers", help="give whole numbers of its smallest unit, or places of options"))
    if problems:
        raise Problems(problems)


def _worker(layout: Layout, held: dict[str, Column], out: Out, size: int, *, fast: bool) -> Loader:
    if fast:
        from fourfold.columns.fast_running import FastWorker

        return FastWorker(layout, held, out, size)
    return Worker(layout, held, out, size)


def is_fast_worthwhile(rows: int) -> bool:
    """Return whether the compiled kernel is installed and rows are so many that they repay loading it."""
    return rows >= WORTHWHILE and find_spec("numba") is not None


def _run_chunks(layout: Layout, held: dict[str, Column], out: Out, size: int, threads: int, *, fast: bool) -> None:
    """Take all chunks through the machine; each thread takes every so many."""
    starts = list(range(0, size, CHUNK))
    threads = max(1, min(threads, len(starts)))

    def work(mine: list[int]) -> None:
        if mine:
            worker = _worker(layout, held, out, min(CHUNK, size), fast=fast)
            for first in mine:
                worker.run(first, min(first + CHUNK, size))

    if threads == 1:
        work(starts)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, [starts[place::threads] for place in range(threads)]))


def given_row(book: RuleBook, held: Mapping[str, Column], row: int) -> dict[str, int | str]:
    """Return the answers of one row, as the referee takes them."""
    found: dict[str, int | str] = {}
    for term, column in held.items():
        if column.known is None or column.known[row]:
            value, kind = int(column.values[row]), book.terms[term].kind
            if isinstance(kind, Number):
                found[term] = value
            else:
                options = _options(kind)
                found[term] = options[value] if 0 <= value < len(options) else ""
    return found


def compile_columns(book: RuleBook, wanted: tuple[str, ...] = (), *, why: bool = True) -> Program:
    """Return a rule book as a program over columns.

    `wanted` are the terms whose columns are asked; without it the terms that the book promises to prove,
    what else is concluded once for a company as a choice or set, and every selection and share-out.
    With `why` every row keeps in a few words which rules spoke.
    """
    return Program(book, wanted or usual_terms(book), why)


def usual_terms(book: RuleBook) -> tuple[str, ...]:
    """Return the terms that a batch is usually about."""
    found = dict.fromkeys(term for term in book.proved if term in book.terms)
    for node in book.nodes:
        term = book.terms[node.term]
        if isinstance(node, Selection | Share) or (isinstance(node, Table) and not term.entity and (node.policy == "all" or (isinstance(term.kind, Choice) and term.kind != YES_NO))):
            found[node.term] = None
    return tuple(found)


def why_row(program: Program, result: Result, row: int) -> tuple[Hit, ...]:
    """Return the rules that spoke in a row, from the words that the run kept, in the order of a single decision.

    Where the book cannot be said in columns the referee decided the row, and what spoke was kept as it is.
    """
    if row in result.spoken:
        return result.spoken[row]
    return hits_of(program.book, result.layout.words, result.words[row].tobytes())


def replay_row(program: Program, columns: Mapping[str, Answers], row: int) -> Decision:
    """Return the referee's decision for a row; Problems where it is to be set aside."""
    return decide_row(program.book, given_row(program.book, program._columns(columns), row))  # noqa: SLF001  # the same module
