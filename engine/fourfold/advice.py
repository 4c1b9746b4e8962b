"""Profile to advice: the decision, its certificate, why, flips, and the plan. What the faces call."""

from functools import lru_cache
from pathlib import Path

from fourfold import forward
from fourfold.certificate import certificate
from fourfold.content import content_root
from fourfold.decide import decide
from fourfold.door import Profile, contradictions, enter, read_profile
from fourfold.flips import Cone
from fourfold.library import open_book
from fourfold.model import Decision, Facts, RuleBook
from fourfold.noun import noun
from fourfold.planning.decision_page import needed_for
from fourfold.planning.view import Data, View
from fourfold.planning.whole import whole_plan
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.revisions import revision_of
from fourfold.rulesets import EngineFault


class Fault(Exception):
    """Two readers of the rule book disagree: our fault; `data` is what to report."""

    def __init__(self, message: str, data: Data) -> None:
        """Keep what happened."""
        super().__init__(message)
        self.data = data


@noun
class Advice:
    """Everything that can be said about one company."""

    book: RuleBook
    facts: Facts
    decision: Decision
    certificate: Data
    firings: tuple[forward.Firing, ...]
    engine: str


def load_profile(path: Path) -> Profile:
    """Return a profile from a file."""
    return read_profile(read_text(path, str(path)), str(path))


def decided(root: Path | None, profile: Profile, today: int, as_of: int | None = None, changes: tuple[tuple[str, str], ...] = (), results: tuple[Data, ...] = ()) -> Advice:
    """Return the decision for a profile; `results` are records of results beside its own.

    `today` is used where neither `as_of` nor the profile names a day. The rules are chained forward
    where durable_rules is there, and the result is replayed by decide.py before anyone sees it.
    """
    folder = content_root(root)
    book = open_book(folder, as_of or profile.as_of or today, profile.currency)
    facts = enter(book, profile, changes, results)
    decision = _checked(book, facts)
    engine = "decide"
    firings: tuple[forward.Firing, ...] = ()
    if forward.is_available():
        try:
            engine, firings = "durable_rules", _chained(book, facts, decision)
        except EngineFault as fault:
            engine = f"decide ({fault})"
    return Advice(book, facts, decision, certificate(book, facts, decision, revision_of(folder, book.hash)), firings, engine)


def _checked(book: RuleBook, facts: Facts) -> Decision:
    decision = decide(book, facts)
    found = contradictions(book, facts, dict(decision.values))
    if found:
        raise Problems(found)
    return decision


@lru_cache(maxsize=4)
def _chainer(_key: tuple[str, int, str]) -> list[forward.Chainer]:
    """Return the place where the compiled rules of a book are kept."""
    return []


def chainer_of(book: RuleBook) -> forward.Chainer:
    """Return the compiled rules of a book, compiled once."""
    place = _chainer((book.hash, book.as_of, book.currency))
    if not place:
        place.append(forward.Chainer(book, from_library=True))
    return place[0]


def _chained(book: RuleBook, facts: Facts, decision: Decision) -> tuple[forward.Firing, ...]:
    chained, firings = chainer_of(book).run(facts)
    if chained.values != decision.values or chained.hits != decision.hits:
        different = [name for name, value in decision.values.items() if chained.values.get(name) != value]
        raise Fault(
            "the chained rules and the referee disagree",
            {
                "rule_book": book.hash,
                "facts": {name: fact.value for name, fact in facts.known.items()},
                "differ": different,
                "referee": {name: decision.values[name] for name in different},
                "chained": {name: chained.values.get(name) for name in different},
            },
        )
    return tuple(firings)


def plan_of(advice: Advice) -> Data:
    """Return the whole plan as data: nine parts, the computed lines, and the certificate."""
    return whole_plan(advice.book, advice.facts, advice.decision, advice.certificate)


def why_not(advice: Advice, wanted: str) -> Data:
    """Return the smallest changes that give the wanted strategy: whether proven, and the sets of changes."""
    return needed_for(View(advice.book, advice.facts, advice.decision), Cone(advice.book, "strategy"), wanted)


def unknown_value(book: RuleBook, wanted: str) -> Problem | None:
    """Return a problem where a value is no strategy."""
    options = next(term.kind.options for term in book.terms.values() if term.name == "strategy")  # type: ignore[union-attr]
    if wanted in options:
        return None
    return Problem("F204", f"`{wanted}` is not one of the strategies", help="one of " + ", ".join(f"`{o}`" for o in options))
