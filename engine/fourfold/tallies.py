"""Companies of a list decided by two rule books and counted.

Plain values go to columns where NumPy is installed; the rest goes through the door, in two processes.
"""

import multiprocessing
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from multiprocessing.pool import Pool
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourfold.company_lists import Company, companies_of
from fourfold.decide import decide
from fourfold.door import contradictions, enter
from fourfold.door.profile import Profile
from fourfold.expression.kinds import Choice, Number, WrongKind, plain_day, plain_number, stored, word_option
from fourfold.expression.nodes import Literal
from fourfold.model import Given, RuleBook
from fourfold.outcomes import Known
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Mapping, Scalar

if TYPE_CHECKING:
    from fourfold.columns.program import Program
    from fourfold.columns.result import Result

WORKERS = 2
CHUNK = 400
BLOCK = 20_000
MOST_TOLD = 3
MOST_KEPT = 2000
MOST_KNOWN = 200_000
UNDECIDED, REFUSED = "undecided", "refused"
Pairs = list[tuple[str, str]]
InCurrency = Callable[[str], tuple[RuleBook, RuleBook]]


@dataclass(slots=True)
class Tally:
    """How many companies have which outcomes before and after, how many of each group change, a few of those that do, and why a few are refused."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    changed: list[tuple[Company, tuple[str, str]]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def whole(self) -> int:
        """Return how many companies were looked at."""
        return self.pairs.total()

    @property
    def moved(self) -> int:
        """Return how many companies change."""
        return sum(count for (before, after), count in self.pairs.items() if before != after)


def outcome(book: RuleBook, target: str, company: Company) -> str:
    """Return what one book says of one company, by the referee."""
    try:
        facts = enter(book, Profile(company.name, company.answers, None, book.currency))
        decision = decide(book, facts)
    except Problems as fault:
        return UNDECIDED if {problem.code for problem in fault.problems} & {"F307", "F308"} else REFUSED
    return REFUSED if contradictions(book, facts, dict(decision.values)) else str(decision.values[target])


class Reader:
    """Reads plain answers of one book: single values as rules write them, sets as words between commas."""

    def __init__(self, book: RuleBook) -> None:
        """Note the kind of every ground term that is asked, and which terms are sets or texts."""
        self.book = book
        self.kinds = {node.term: book.terms[node.term].kind for node in book.nodes if isinstance(node, Given)}
        decls = {term.name: term.kind.word for term in book.content.terms}
        self.texts = frozenset(name for name, word in decls.items() if word == "text")
        self.sets = {name: tuple(term for term in self.kinds if term.startswith(f"{name}[")) for name, word in decls.items() if word == "set"}
        self.known: dict[tuple[str, str], int | str | None] = {}

    def answers(self, company: Company) -> Known | None:
        """Return the answers as values of their terms, or None where only the door can read them."""
        known: Known = {}
        for key, value in company.answers.entries:
            if key.text in self.texts or key.text == "as_of" or (key.text == "currency" and isinstance(value, Scalar) and value.text == self.book.currency):
                continue
            if isinstance(value, Mapping):
                pairs = [(f"{key.text}[{inner.text}]", part) for inner, part in value.entries]
            elif key.text in self.sets and isinstance(value, Scalar):
                words = {word.strip() for word in value.text.split(",")}
                members = {term: "true" if term[len(key.text) + 1 : -1] in words else "false" for term in self.sets[key.text]}
                if sum(member == "true" for member in members.values()) != len(words):
                    return None
                known |= members
                continue
            else:
                pairs = [(key.text, value)]
            for name, node in pairs:
                found = self._value(name, node.text) if isinstance(node, Scalar) else None
                if found is None:
                    return None
                known[name] = found
        return known

    def _value(self, term: str, text: str) -> int | str | None:
        if (term, text) not in self.known:
            kind = self.kinds.get(term)
            found = _plain(kind, text) if kind is not None else None
            if len(self.known) < MOST_KNOWN:
                self.known[term, text] = found
            return found
        return self.known[term, text]


def _plain(kind: object, text: str) -> int | str | None:
    if isinstance(kind, Choice):
        return word_option(kind, text)
    if not isinstance(kind, Number):
        return None
    try:
        literal = plain_day(text) if kind.form == "date" else plain_number(text)
        if isinstance(literal, Literal) and kind.form == "percent":
            # WHY: people write a percentage of 35 as 35; rules write it as 35%
            literal = Literal(literal.top, literal.places, percent=True)
        value = stored(kind, literal) if literal is not None else None
    except WrongKind:
        return None
    return value if value is not None and kind.low <= value <= kind.high else None


def tally(old: RuleBook, new: RuleBook, target: str, companies: Iterable[Company], in_currency: InCurrency | None = None) -> Tally:
    """Return the outcomes of a list under two books of the same day.

    Companies that count in another currency are decided by the books in theirs, where `in_currency` gives them.
    """
    found, block = Tally(), []
    group = next((node.term for node in new.nodes if isinstance(node, Given) and isinstance(kind := new.terms[node.term].kind, Choice) and kind.entity), "")
    with closing(_ByCurrency(old, new, target, in_currency)) as deciders:
        for company in companies:
            block.append(company)
            if len(block) == BLOCK:
                _count(found, block, deciders, group)
                block = []
        _count(found, block, deciders, group)
    return found


def _count(found: Tally, block: list[Company], deciders: "_ByCurrency", group: str) -> None:
    for company, pair in zip(block, deciders.outcomes(block), strict=True):
        found.pairs[pair] += 1
        if REFUSED in pair and len(found.refused) < MOST_TOLD:
            found.refused.append((company.name, deciders.refusal(company)))
        if pair[0] != pair[1]:
            found.groups[next((node.text for key, node in company.answers.entries if key.text == group and isinstance(node, Scalar)), "?")] += 1
            if len(found.changed) < MOST_KEPT:
                found.changed.append((company, pair))


class _ByCurrency:
    """Both books ready to decide companies of every currency; those of a currency without a rate are refused."""

    def __init__(self, old: RuleBook, new: RuleBook, target: str, in_currency: InCurrency | None) -> None:
        self.target, self.in_currency = target, in_currency
        self.home = new.currency
        self.books: dict[str, tuple[RuleBook, RuleBook] | None] = {self.home: (old, new)}
        self.ready: dict[str, _Deciders] = {}

    def close(self) -> None:
        """End the processes that were started."""
        for deciders in self.ready.values():
            deciders.close()

    def outcomes(self, block: list[Company]) -> Pairs:
        """Return the outcomes of a block of companies, in their order."""
        found: Pairs = [(REFUSED, REFUSED)] * len(block)
        places: dict[str, list[int]] = {}
        for at, company in enumerate(block):
            places.setdefault(self._currency(company), []).append(at)
        for currency, mine in places.items():
            books = self._books(currency)
            if books is not None:
                if currency not in self.ready:
                    self.ready[currency] = _Deciders(*books, self.target)
                for at, pair in zip(mine, self.ready[currency].outcomes([block[at] for at in mine]), strict=True):
                    found[at] = pair
        return found

    def refusal(self, company: Company) -> str:
        """Return why a company is refused, in the words of its first problem."""
        currency = self._currency(company)
        books = self._books(currency)
        return f"there is no rate for the currency `{currency[:10]}`" if books is None else _refusal(books, company)

    def _currency(self, company: Company) -> str:
        given = next((node.text for key, node in company.answers.entries if key.text == "currency" and isinstance(node, Scalar)), "")
        return given.upper() if given and self.in_currency is not None else self.home

    def _books(self, currency: str) -> tuple[RuleBook, RuleBook] | None:
        if currency not in self.books and self.in_currency is not None:
            try:
                self.books[currency] = self.in_currency(currency)
            except Problems:
                self.books[currency] = None
        return self.books[currency]


def _refusal(books: tuple[RuleBook, RuleBook], company: Company) -> str:
    for book in reversed(books):
        try:
            facts = enter(book, Profile(company.name, company.answers, None, book.currency))
            found = contradictions(book, facts, dict(decide(book, facts).values))
        except Problems as fault:
            found = list(fault.problems)
        if found:
            return f"{found[0].message}{f'; {found[0].help}' if found[0].help else ''}"
    return ""


@contextmanager
def counting(old: RuleBook, new: RuleBook, target: str, path: Path, in_currency: InCurrency | None = None) -> Iterator[Callable[[], Tally]]:
    """Give what waits for the count of a list, which runs in a process of its own where the system can fork."""
    if not _can_fork():
        yield lambda: tally(old, new, target, companies_of(path), in_currency)
        return
    _shared[:] = [_Work(old, new, target, path, in_currency)]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        future = pool.submit(_counted)
        yield lambda: _raised(future.result())


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def _counted() -> Tally | tuple[Problem, ...]:
    try:
        (work,) = _shared
        return tally(work.old, work.new, work.target, companies_of(work.path), work.in_currency)
    except Problems as fault:
        return fault.problems


def _raised(found: Tally | tuple[Problem, ...]) -> Tally:
    if isinstance(found, tuple):
        raise Problems(found)
    return found


class _Deciders:
    """Both books ready to decide many companies: in columns where that is possible, else by the referee in processes."""

    def __init__(self, old: RuleBook, new: RuleBook, target: str) -> None:
        self.books, self.target = (old, new), target
        self.readers = tuple(Reader(book) for book in self.books)
        if (self.readers[0].kinds, self.readers[0].sets, self.readers[0].texts) == (self.readers[1].kinds, self.readers[1].sets, self.readers[1].texts):
            self.readers = self.readers[1:] * 2
        self.programs = self._compiled() if find_spec("numpy") is not None else None
        self.pool: Pool | None = None

    def _compiled(self) -> "tuple[Program, ...]":
        from fourfold.columns.program import compile_columns

        return tuple(compile_columns(book, (self.target,)) for book in self.books)

    def close(self) -> None:
        """End the processes that were started."""
        if self.pool is not None:
            self.pool.terminate()
            self.pool.join()

    def outcomes(self, block: list[Company]) -> Pairs:
        """Return the outcomes of a block of companies, in their order."""
        answers = self._answers(block)
        fast = [at for at in range(len(block)) if all(of_book[at] is not None for of_book in answers)]
        found: list[tuple[str, str]] = [("", "")] * len(block)
        if fast:
            columns = [self._in_columns(which, [answers[which][at] or {} for at in fast]) for which in (0, 1)]
            for at, before, after in zip(fast, *columns, strict=True):
                found[at] = (before, after)
        slow = [at for at in range(len(block)) if not found[at][0]]
        for at, pair in zip(slow, self._by_referee([block[at] for at in slow]), strict=True):
            found[at] = pair
        return found

    def _answers(self, block: list[Company]) -> list[list[Known | None]]:
        """Return the plain answers of a block as each book reads them; nothing where there are no columns."""
        if self.programs is None:
            return [[None] * len(block)] * 2
        first = [self.readers[0].answers(company) for company in block]
        return [first, first if self.readers[0] is self.readers[1] else [self.readers[1].answers(company) for company in block]]

    def _in_columns(self, which: int, rows: list[Known]) -> list[str]:
        assert self.programs is not None
        program, book = self.programs[which], self.books[which]
        places = {
            term: {option: place for place, option in enumerate(kind.options)} if isinstance(kind := book.terms[term].kind, Choice) else None
            for term in dict.fromkeys(name for row in rows for name in row)
        }
        values = {term: array("q", bytes(8 * len(rows))) for term in places}
        known = {term: array("b", bytes(len(rows))) for term in places}
        for at, row in enumerate(rows):
            for term, value in row.items():
                by_option = places[term]
                values[term][at] = int(value) if by_option is None else by_option[str(value)]
                known[term][at] = 1
        # WHY: NumPy takes these as they are, and stays at home in columns/
        columns: Any = {term: (values[term], known[term]) for term in places}
        result = program.run(columns, len(rows))
        return [self._said(result, row) for row in range(len(rows))]

    def _said(self, result: "Result", row: int) -> str:
        if not result.reject[row]:
            return str(result.value(self.target, row))
        failure = result.failure(row)
        return UNDECIDED if failure is not None and failure.code in ("F307", "F308") else REFUSED

    def _by_referee(self, block: list[Company]) -> Pairs:
        if len(block) < CHUNK or not _can_fork():
            return [_both(self.books, self.target, company) for company in block]
        if self.pool is None:
            _shared[:] = [_Work(*self.books, self.target)]
            self.pool = multiprocessing.get_context("fork").Pool(WORKERS)
        return self.pool.map(_in_process, block, chunksize=CHUNK)


@dataclass(frozen=True, slots=True)
class _Work:
    """What a forked process finds when it begins."""

    old: RuleBook
    new: RuleBook
    target: str
    path: Path = Path()
    in_currency: InCurrency | None = None


_shared: list[_Work] = []


def _in_process(company: Company) -> tuple[str, str]:
    (work,) = _shared
    return _both((work.old, work.new), work.target, company)


def _both(books: tuple[RuleBook, RuleBook], target: str, company: Company) -> tuple[str, str]:
    return outcome(books[0], target, company), outcome(books[1], target, company)
