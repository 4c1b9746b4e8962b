"""A user's list of companies under two rule books: read, decided by both, counted.

A list is a folder of profiles, one profile, JSON lines, or CSV whose columns are named by terms. Plain
values go to columns where NumPy is installed; the rest goes through the door, in two processes.
"""

import csv
import json
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

from fourfold.decide import decide
from fourfold.door import contradictions, enter
from fourfold.door.profile import Profile, read_profile, read_profile_node
from fourfold.expression.kinds import Choice, Number, WrongKind, plain_day, plain_number, stored, word_option
from fourfold.expression.nodes import Literal
from fourfold.model import Given, RuleBook
from fourfold.outcomes import Known
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Items, Mapping, Node, Scalar, read_text
from fourfold.span import Span

if TYPE_CHECKING:
    from fourfold.columns.program import Program
    from fourfold.columns.result import Result

WORKERS = 2
CHUNK = 400
NAMES = ("id", "company", "name")
UNDECIDED, REFUSED = "undecided", "refused"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Company:
    """One company of a list: its name, and its answers as they are written."""

    name: str
    answers: Mapping


@dataclass(slots=True)
class Tally:
    """How many companies have which outcomes before and after, how many of each group change, and a few of those that do."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    changed: list[tuple[Company, tuple[str, str]]] = field(default_factory=list)

    @property
    def whole(self) -> int:
        """Return how many companies were looked at."""
        return self.pairs.total()

    @property
    def moved(self) -> int:
        """Return how many companies change."""
        return sum(count for (before, after), count in self.pairs.items() if before != after)


MOST_KEPT = 2000
MOST_KNOWN = 200_000


def companies_of(path: Path) -> Iterator[Company]:
    """Yield the companies of a list; what cannot be read is a problem with its place."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml") and file.is_file())
        if not files:
            raise Problems([Problem("F101", f"`{path}` holds no profiles", Span(str(path), 1, 1), help="give a folder of .yaml profiles, a .csv or a .jsonl file")])
        for file in files:
            yield Company(file.stem, read_profile(read_text(file, str(file)), str(file)).document)
    elif path.suffix == ".csv":
        yield from _csv(path)
    elif path.suffix in (".jsonl", ".ndjson"):
        yield from _json_lines(path)
    else:
        yield Company(path.stem, read_profile(read_text(path, str(path)), str(path)).document)


def _csv(path: Path) -> Iterator[Company]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            head = [text.strip() for text in next(rows, [])]
            names = [head.index(name) for name in NAMES if name in head]
            columns = [_column(text, Span(str(path), 1, 1)) for text in head]
            for number, row in enumerate(rows, 2):
                given = [(column, value) for column, value in zip(columns, row, strict=False) if value and column is not None]
                if given:
                    name = next((row[at] for at in names if at < len(row) and row[at]), f"row {number}")
                    yield Company(name, _row(given, Span(str(path), number, 1)))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise Problems([Problem("F101", f"`{path}` cannot be read: {_reason(fault)}", Span(str(path), 1, 1), help="save it as CSV in UTF-8, with a row of term names")]) from None


def _reason(fault: Exception) -> str:
    return (getattr(fault, "strerror", None) or "it is no CSV in UTF-8").lower()


def _json_lines(path: Path) -> Iterator[Company]:
    for number, line in enumerate(read_text(path, str(path)).splitlines(), 1):
        if not line.strip():
            continue
        span = Span(str(path), number, 1)
        try:
            data = json.loads(line)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise Problems([Problem("F102", f"line {number} of `{path}` is no JSON object", span, help='write one company a line, such as {"industry": "beauty", "monthly_budget": 30000}')])
        name = next((str(data[key]) for key in NAMES if data.get(key)), f"line {number}")
        yield Company(name, _mapping({key: value for key, value in data.items() if key != "id" and value is not None}, span))


def _column(text: str, span: Span) -> tuple[Scalar, Scalar | None] | None:
    """Return the term and the entity that a column is named by; None for one that says who the company is."""
    if text in ("id", ""):
        return None
    plain, _, entity = text.removesuffix("]").partition("[")
    return Scalar(plain, span), Scalar(entity, span) if entity else None


def _row(given: list[tuple[tuple[Scalar, Scalar | None], str]], span: Span) -> Mapping:
    """Return the filled cells of a row as a profile has them; `reading[douyin_ads]` becomes an entry of `reading`."""
    single: list[tuple[Scalar, Node]] = []
    grouped: dict[str, tuple[Scalar, list[tuple[Scalar, Node]]]] = {}
    for (term, entity), text in given:
        if entity is not None:
            grouped.setdefault(term.text, (term, []))[1].append((entity, Scalar(text, span)))
        else:
            single.append((term, Scalar(text, span)))
    return Mapping((*single, *((term, Mapping(tuple(members), span)) for term, members in grouped.values())), span)


def _mapping(data: dict[str, object], span: Span) -> Mapping:
    """Return keys with values as a profile has them; `reading[douyin_ads]` becomes an entry of `reading`."""
    entries: dict[str, Node] = {}
    for key, value in data.items():
        plain, _, entity = key.rstrip("]").partition("[")
        node = _node(value, span)
        if entity:
            before = entries.get(plain)
            entries[plain] = Mapping((*(before.entries if isinstance(before, Mapping) else ()), (Scalar(entity, span), node)), span)
        else:
            entries[plain] = node
    return Mapping(tuple((Scalar(key, span), node) for key, node in entries.items()), span)


def _node(value: object, span: Span) -> Node:
    if isinstance(value, dict):
        return _mapping({str(key): part for key, part in value.items()}, span)
    if isinstance(value, list):
        return Items(tuple(_node(part, span) for part in value), span)
    return Scalar({True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value), span)


# ---------------------------------------------------------------- outcomes


def outcome(book: RuleBook, target: str, company: Company) -> str:
    """Return what one book says of one company, by the referee."""
    try:
        facts = enter(book, Profile(company.name, company.answers, None, read_profile_node(company.answers, company.name).currency))
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


def tally(old: RuleBook, new: RuleBook, target: str, companies: Iterable[Company]) -> Tally:
    """Return the outcomes of a list under two books of the same day."""
    found, block = Tally(), []
    group = next((node.term for node in new.nodes if isinstance(node, Given) and isinstance(kind := new.terms[node.term].kind, Choice) and kind.entity), "")
    with closing(_Deciders(old, new, target)) as deciders:
        for company in companies:
            block.append(company)
            if len(block) == deciders.size:
                _count(found, block, deciders.outcomes(block), group)
                block = []
        _count(found, block, deciders.outcomes(block), group)
    return found


def _count(found: Tally, block: list[Company], outcomes: Pairs, group: str) -> None:
    for company, pair in zip(block, outcomes, strict=True):
        found.pairs[pair] += 1
        if pair[0] != pair[1]:
            found.groups[next((node.text for key, node in company.answers.entries if key.text == group and isinstance(node, Scalar)), "?")] += 1
            if len(found.changed) < MOST_KEPT:
                found.changed.append((company, pair))


@contextmanager
def counting(old: RuleBook, new: RuleBook, target: str, path: Path) -> Iterator[Callable[[], Tally]]:
    """Give what waits for the count of a list, which runs in a process of its own where the system can fork."""
    if not _can_fork():
        yield lambda: tally(old, new, target, companies_of(path))
        return
    _shared[:] = [_Work(old, new, target, path)]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        future = pool.submit(_counted)
        yield lambda: _raised(future.result())


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def _counted() -> Tally | tuple[Problem, ...]:
    try:
        (work,) = _shared
        return tally(work.old, work.new, work.target, companies_of(work.path))
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
        self.size = 20_000
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


_shared: list[_Work] = []


def _in_process(company: Company) -> tuple[str, str]:
    (work,) = _shared
    return _both((work.old, work.new), work.target, company)


def _both(books: tuple[RuleBook, RuleBook], target: str, company: Company) -> tuple[str, str]:
    return outcome(books[0], target, company), outcome(books[1], target, company)
