"""Two rule books compared: the regions of companies whose outcome changes, and the proof that nothing else does.

An outcome is an option of the target term, "undecided" (a gap or a conflict), or "refused" (a constraint).
Both books see the same answers; the day and the base currency are those of the books.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from fourfold.decide import Values
from fourfold.expression.kinds import Choice, Number
from fourfold.linking.simplify import terms_in
from fourfold.logic import Found, Logic
from fourfold.model import Given, RuleBook, Table
from fourfold.outcomes import Known
from fourfold.problem import Problem, Problems
from fourfold.regions import Column, Literal, columns_of, contains, literals_at, meaning, texts, widened
from fourfold.solver_terms import Bool, both, either, opposite, unlike
from fourfold.suggest import did_you_mean
from fourfold.witnesses import Part, first_value, reduced

UNDECIDED, REFUSED = "undecided", "refused"
STEPS = 30_000_000
MOST_EDGES = 2
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Region:
    """Companies that change alike: cells that hold for all of them, from what to what, the smallest of them, and one at the edge."""

    cells: tuple[tuple[str, str], ...]
    before: str
    after: str
    witness: tuple[tuple[str, int | str], ...]
    edges: tuple[tuple[str, int], ...] = ()
    literals: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of one term: all regions found, and whether there are more ("none", "some", or "unknown")."""

    target: str
    regions: tuple[Region, ...]
    more: str
    apart: tuple[str, ...] = ()


class Pair:
    """Two books over the same answers: solver terms and referees of both, and the companies that both can be asked about."""

    def __init__(self, old: RuleBook, new: RuleBook, target: str) -> None:
        """Take the parts on which the target rests; the answers are shared by name."""
        self.books, self.target = (old, new), target
        # WHY: a constraint about other terms refuses companies all the same
        self.logics = tuple(Logic(book, [target, *(name for never in book.constraints for name in terms_in(never.condition))]) for book in self.books)
        self.parts = tuple(Part(book, [target]) for book in self.books)
        self.legal = tuple(both(logic.legal) for logic in self.logics)
        for logic in self.logics:
            logic.legal = []
        self.apart = tuple(term for term in sorted(self.logics[0].asked.keys() & self.logics[1].asked.keys()) if not _is_shared(old, new, term))
        self.world = [*(rule for logic in self.logics for rule in logic.domain), *self._same_answers()]
        self.outcomes = tuple(self._outcomes(at) for at in (0, 1))
        self.columns: dict[str, tuple[Column, int]] = {}

    def _same_answers(self) -> Iterator[Bool]:
        """Yield that both books get the same answers; terms of different kinds are left out, in both."""
        one, other = self.logics
        for term in sorted(one.asked.keys() & other.asked.keys()):
            givens = [logic.asked[term].given for logic in self.logics]
            if term in self.apart:
                yield from (opposite(given) for given in givens if given is not None)
                continue
            if None in givens:
                yield from (given for given in givens if given is not None)
            if isinstance(self.books[0].terms[term].kind, Choice):
                left, right = one.raw_options(term), other.raw_options(term)
                shared = [option for option in left if option in right]
                yield either(left[option] for option in shared)
                yield both(opposite(unlike(left[option], right[option])) for option in shared)
        days = {"as_of": self.books[1].as_of}
        yield from (fact for logic in self.logics for fact in logic.known(days))

    def _outcomes(self, at: int) -> dict[str, Bool]:
        logic, legal = self.logics[at], self.legal[at]
        decided = logic.decided()
        options = {option: both((legal, decided, is_it)) for option, is_it in logic.choices[self.target].items()}
        return {**options, UNDECIDED: both((legal, opposite(decided))), REFUSED: opposite(legal)}

    def differs(self) -> Bool:
        """Return that the two outcomes differ."""
        return either(both((is_it, opposite(self.outcomes[1].get(name, either(()))))) for name, is_it in self.outcomes[0].items())

    def find(self, *conditions: Bool) -> Found:
        """Return a company of both books for which some conditions hold."""
        return self.logics[1].find([*self.world, *conditions], effort=STEPS)

    def outcome(self, at: int, known: Known) -> tuple[str, Values]:
        """Return the outcome of a company in one book by the referee, with the values it saw."""
        part = self.parts[at]
        values, _, problem = part.values({term: value for term, value in known.items() if term in part.book.terms})
        if not part.is_legal(values):
            return REFUSED, values
        return (UNDECIDED if problem is not None else str(values[self.target])), values

    # ------------------------------------------------------------ columns

    def region_columns(self) -> tuple[Column, ...]:
        """Return the columns of the target's tables in both books; one that is the same for every company stands once, others under "before:" and "now:"."""
        found: dict[str, list[Column | None]] = {}
        for at, book in enumerate(self.books):
            node = next(node for node in book.nodes if node.term == self.target)
            cells = [cell for row in node.rows if not row.ruled_out for cell in row.cells] if isinstance(node, Table) else []
            for column in columns_of(book, cells, book.terms[self.target].entity):
                found.setdefault(column.name, [None, None])[at] = column
        for name, (old, new) in found.items():
            if old is not None and new is not None and self._is_same(old, new):
                merged = replace(new, cuts=tuple(sorted({*old.cuts, *new.cuts})), cells=tuple({cell.text: cell for cell in (*old.cells, *new.cells)}.values()))
                self.columns[name] = (merged, 1)
                continue
            for word, at, side in (("before", 0, old), ("now", 1, new)):
                if side is not None:
                    self.columns[f"{word}: {name}"] = (replace(side, name=f"{word}: {name}", cells=tuple(replace(cell, column=f"{word}: {name}") for cell in side.cells)), at)
        return tuple(column for column, _ in self.columns.values())

    def _is_same(self, old: Column, new: Column) -> bool:
        """Return whether a column has the same value in both books for every company that both decide."""
        one, other = self.logics
        if (old.term, old.kind) != (new.term, new.kind):
            return False
        if isinstance(new.kind, Choice):
            unequal = either(unlike(one.choices[old.term][option], other.choices[new.term][option]) for option in new.kind.options)
        elif isinstance(new.kind, Number):
            unequal = one.numbers[old.term] != other.numbers[new.term]
        else:
            texts_of = {cell.text: cell for cell in new.cells}
            if {cell.text for cell in old.cells} != set(texts_of):
                return False
            unequal = either(unlike(one.holds(cell.condition), other.holds(texts_of[cell.text].condition)) for cell in old.cells)
        return self.find(*self.legal, one.decided(), other.decided(), unequal).state == "never"

    def meaning(self, columns: tuple[Column, ...], literal: Literal) -> Bool:
        """Return a literal as a condition of the solver."""
        return meaning(self.logics[self.columns[literal.column][1]], columns, literal)

    def literals(self, values: tuple[Values, Values]) -> tuple[Literal, ...]:
        """Return the smallest region that a company lies in; columns that it was not computed for are left out."""
        found: list[Literal] = []
        for column, at in self.columns.values():
            reads = {column.term} if column.term else {name for cell in column.cells for name in terms_in(cell.condition)}
            if reads <= values[at].keys():
                found += literals_at((column,), values[at])
        return tuple(found)

    def is_in(self, region: tuple[Literal, ...], values: tuple[Values, Values]) -> bool:
        """Return whether a company lies in a region."""
        return all(contains(literal, self.columns[literal.column][0], values[self.columns[literal.column][1]]) for literal in region)


def _is_shared(old: RuleBook, new: RuleBook, term: str) -> bool:
    one, other = old.terms[term].kind, new.terms[term].kind
    if isinstance(one, Number) and isinstance(other, Number):
        return (one.form, one.scale) == (other.form, other.scale)
    return isinstance(one, Choice) and isinstance(other, Choice) and bool(set(one.options) & set(other.options))


# ---------------------------------------------------------------- regions


def target_of(old: RuleBook, new: RuleBook, name: str) -> str:
    """Return the term to compare by: the one named, else the first that both books promise to prove; it must be a choice of the core in both."""
    shared = [term for term in new.proved if term in old.proved and term in old.terms and term in new.terms]
    target = name or next(iter(shared), "")
    for book in (old, new):
        term = book.terms.get(target)
        if term is None:
            raise Problems([Problem("F201", f"unknown term `{target}`" if target else "the books promise to prove no term in common", help=did_you_mean(target, book.terms) or "name one with --term")])
        if not isinstance(term.kind, Choice) or term.is_plan:
            raise Problems([Problem("F203", f"`{target}` is no choice of the core, so its changes cannot be proven", help="name a term that is concluded by a table, such as `strategy`")])
    return target


def changes(pair: Pair, most: int) -> Change:
    """Return the regions of companies whose outcome changes, at most so many; "none" more is proven."""
    target = pair.target
    columns = pair.region_columns()
    regions: list[Region] = []
    blocked: list[Bool] = []
    while len(regions) <= most:
        found = pair.find(pair.differs(), *blocked)
        if found.state != "can":
            return Change(target, tuple(regions), "none" if found.state == "never" else "unknown", pair.apart)
        if len(regions) == most:
            break
        region, block = _region(pair, columns, found)
        regions.append(region)
        blocked.append(opposite(block))
    return Change(target, tuple(regions), "some", pair.apart)


def changes_of_each(old: RuleBook, new: Sequence[RuleBook], target: str, most: int) -> tuple[Change, ...]:
    """Return what changes from one book to each of several others, in two processes where the system can fork."""
    if len(new) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return tuple(changes(Pair(old, book, target), most) for book in new)
    _shared[:] = [_Work(old, tuple(new), target, most)]
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("fork")) as pool:
        return tuple(pool.map(_changes_at, range(len(new))))


@dataclass(frozen=True, slots=True)
class _Work:
    """What a forked process finds when it begins."""

    old: RuleBook
    new: tuple[RuleBook, ...]
    target: str
    most: int


_shared: list[_Work] = []


def _changes_at(place: int) -> Change:
    (work,) = _shared
    return changes(Pair(work.old, work.new[place], work.target), work.most)


def _region(pair: Pair, columns: tuple[Column, ...], found: Found) -> tuple[Region, Bool]:
    """Return the region around a company, with what it means; where the columns do not tell it apart, all that change alike."""
    known = {**pair.logics[0].facts(found), **pair.logics[1].facts(found)}
    (before, old), (after, new) = pair.outcome(0, known), pair.outcome(1, known)
    alike = both((pair.outcomes[0][before], pair.outcomes[1][after]))

    def all_change_alike(region: tuple[Literal, ...]) -> bool:
        return pair.find(*(pair.meaning(columns, literal) for literal in region), either(pair.legal), opposite(alike)).state == "never"

    start = pair.literals((old, new))
    literals = widened(start, columns, all_change_alike) if all_change_alike(start) else ()
    block = both(pair.meaning(columns, literal) for literal in literals) if literals else alike

    region = Region(texts(literals, columns), before, after, (), (), literals)

    def shows(company: Known) -> bool:
        return lies_in(pair, region, company)

    witness = _smallest(pair, known, shows)
    return replace(region, witness=tuple(witness.items()), edges=_edges(pair, witness, shows)), block


def lies_in(pair: Pair, region: Region, known: Known) -> bool:
    """Return whether a company changes as a region says and lies in it, by the referees."""
    (before, old), (after, new) = pair.outcome(0, known), pair.outcome(1, known)
    return (before, after) == (region.before, region.after) and pair.is_in(region.literals, (old, new))


def _smallest(pair: Pair, known: Known, shows: Callable[[Known], bool]) -> Known:
    asked = {node.term: node for book in pair.books for node in book.nodes if isinstance(node, Given)}
    read = {node.term for part in pair.parts for node in part.asked}
    required = {term: first_value(_book_with(pair, term), term) for term, node in asked.items() if node.is_required}
    kept = required | {term: value for term, value in known.items() if term in read}
    if not shows(kept):
        raise AssertionError(f"the referees do not see the change of {kept}")
    return reduced(lambda term: _book_with(pair, term), asked, kept, shows)


def _book_with(pair: Pair, term: str) -> RuleBook:
    return pair.books[1] if term in pair.books[1].terms else pair.books[0]


def _edges(pair: Pair, witness: Known, shows: Callable[[Known], bool]) -> tuple[tuple[str, int], ...]:
    """Return values of single numbers at which a company still changes and beside which it does not, as far as halving finds them."""
    found: list[tuple[str, int]] = []
    for term, value in witness.items():
        kind = _book_with(pair, term).terms[term].kind
        if not isinstance(kind, Number) or term == "as_of" or len(found) >= MOST_EDGES:
            continue
        inside, outside = int(value), kind.low
        if not shows(witness | {term: outside}):
            while inside - outside > 1:
                middle = (inside + outside) // 2
                inside, outside = (middle, outside) if shows(witness | {term: middle}) else (inside, middle)
            found.append((term, inside))
    return tuple(found)
