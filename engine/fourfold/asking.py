"""Which screen next: the one that promises the fewest questions to the end, measured on a sample of companies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

from fourfold.company_outcomes import Outcomes
from fourfold.expression.kinds import Number
from fourfold.interview import MATTER_WITHIN, Interview, Screen, is_required, is_within, matters, open_screens, settle, unanswered
from fourfold.model import Given
from fourfold.population.compiled import Company

Profile = Mapping[str, int | str]
ROWS = 96
BRANCHES = 5
LOOKED_AT = 6
TELLS_MUCH = 0.02


@dataclass(frozen=True, slots=True)
class Seen:
    """The sampled companies nearest to the answers, with the answers put in, their values and their outcomes."""

    rows: Sequence[Profile]
    outcomes: Outcomes
    values: Sequence[Company | None]
    labels: Sequence[str]

    @property
    def differ(self) -> bool:
        """Return whether two of them have different outcomes; then the answers do not settle it yet."""
        return len(set(self.labels) - {""}) > 1


def seen(interview: Interview, sample: Sequence[Profile]) -> Seen:
    """Return what the sample shows under the answers."""
    rows = matching(interview, sample)
    outcomes = Outcomes(interview.left.book, interview.target)
    values = [outcomes.values(row) for row in rows]
    return Seen(rows, outcomes, values, [outcomes.outcome(one) for one in values])


def next_screen(interview: Interview, sample: Sequence[Profile], milliseconds: int = MATTER_WITHIN) -> tuple[Interview, Screen | None]:
    """Return the screen that promises the fewest questions to the end, or None when nothing can change the outcome.

    Screens that must be answered in any case come first, in the order of the vocabulary. Then the first in the order of their
    promise that can still change the outcome: because two sampled companies show it, or because the solver does not exclude it.
    Those that are proven on the way to change nothing are dropped from the waiting ones.
    """
    if interview.settled or interview.broken:
        return interview, None
    needed = [name for name in interview.waiting if is_required(interview, name)]
    if needed:
        return interview, interview.screen(needed[0])
    shown = seen(interview, sample)
    interview = interview if shown.differ else settle(interview)
    return (interview, None) if interview.settled else most_promising(interview, shown, milliseconds)


def most_promising(interview: Interview, shown: Seen, milliseconds: int = MATTER_WITHIN) -> tuple[Interview, Screen | None]:
    """Return the first of the waiting screens, by their promise, that can still change the outcome."""
    effects = {name: effect(interview, name, shown) for name in interview.waiting}
    for name in ranked(interview, shown, effects):
        if effects[name].is_shown or matters(interview, name, milliseconds).state != "never":
            return interview, interview.screen(name)
        interview = replace(interview, waiting=tuple(other for other in interview.waiting if other != name))
    return settle(interview), None


def ranked(interview: Interview, shown: Seen, effects: Mapping[str, "Effect"]) -> list[str]:
    """Return the waiting screens, most promising first.

    The promise is what the answer tells about the outcome; where no answer tells much any more, it is how few
    screens are expected to be left after it.
    """
    order = sorted(interview.waiting, key=lambda name: (-effects[name].bits, interview.waiting.index(name)))
    if len(order) < 2 or effects[order[0]].bits >= TELLS_MUCH:
        return order
    ahead = {name: expected_left(interview, name, shown.rows, bands_of(interview, name, shown.rows)) for name in order[:LOOKED_AT]}
    return sorted(ahead, key=lambda name: (ahead[name], order.index(name))) + order[LOOKED_AT:]


def best_of(interview: Interview, names: Sequence[str], shown: Seen) -> str:
    """Return which of some waiting screens tells most about the outcome."""
    return names[0] if len(names) == 1 else max(names, key=lambda name: effect(interview, name, shown).bits)


@dataclass(frozen=True, slots=True)
class Effect:
    """How many bits of the outcome a screen tells, and whether two companies show that it can change the outcome."""

    bits: float
    is_shown: bool


def effect(interview: Interview, name: str, shown: Seen) -> Effect:
    """Return how many bits of the outcome the answer to a screen itself tells.

    Each company takes the answer of another one, so that what only goes along with the answer (large
    companies have many customers) is not taken for its effect.
    """
    rows = shown.rows
    terms = unanswered(interview, name)
    bands = bands_of(interview, name, rows)
    mixed, labels, is_shown = [], [], False
    for at, row in enumerate(rows):
        other = (at + len(rows) // 2 + 1) % len(rows)
        answer = {term: rows[other][term] for term in terms if term in rows[other]}
        values = shown.values[at]
        label = "" if values is None else shown.outcomes.changed(values, row, answer)
        is_shown = is_shown or (bool(label) and bool(shown.labels[at]) and label != shown.labels[at])
        mixed.append(bands[other])
        labels.append(label)
    return Effect(information(mixed, labels), is_shown)


def matching(interview: Interview, sample: Sequence[Profile]) -> list[dict[str, int | str]]:
    """Return the rows of a sample nearest to the answers, with the answers put in their place."""
    single = {term: answer for term, answer in interview.answers.items() if isinstance(answer, int | str)}
    choices = [(term, answer) for term, answer in single.items() if isinstance(answer, str)]
    held = [(term, one.answer) for term, one in interview.held.items()]

    def far(row: Profile) -> int:
        return sum(row.get(term) != answer for term, answer in choices) + sum(not is_within(row.get(term), answer) for term, answer in held)

    order = sorted(range(len(sample)), key=lambda at: (far(sample[at]), at))
    return [_under(interview, dict(sample[at]), single) for at in order[:ROWS]]


def _under(interview: Interview, row: dict[str, int | str], single: Mapping[str, int | str]) -> dict[str, int | str]:
    row.update(single)
    for term, answer in {**{term: one.answer for term, one in interview.held.items()}, **interview.answers}.items():
        if answer is None:
            row.pop(term, None)
        elif isinstance(answer, tuple) and isinstance(value := row.get(term, answer[0]), int):
            row[term] = max(answer[0], min(answer[1], value))
        elif isinstance(answer, frozenset) and row.get(term) not in answer:
            row[term] = min(answer)
    return row


def bands_of(interview: Interview, name: str, rows: Sequence[Profile]) -> list[object]:
    """Return the answer of each sampled company to a screen, numbers as one of eight bands of equal size."""
    givens = {node.term: node for node in interview.left.book.nodes if isinstance(node, Given)}
    terms = [term for term in unanswered(interview, name) if term in givens]
    if interview.screen(name).is_grid:
        usual = {term: getattr(givens[term].assume, "value", None) for term in terms}
        return [frozenset((interview.book.terms[term].source, row[term]) for term in terms if term in row and row[term] != usual[term]) for row in rows]
    if len(terms) == 1 and isinstance(interview.book.terms[terms[0]].kind, Number):
        values = [int(row.get(terms[0], 0)) for row in rows]
        ordered = sorted(values)
        cuts = [ordered[len(ordered) * step // 8] for step in range(1, 8)]
        return [sum(value > cut for cut in cuts) for value in values]
    return [tuple(row.get(term) for term in terms) for row in rows]


def information(bands: Sequence[object], labels: Sequence[str]) -> float:
    """Return how many bits of the outcome the answer tells (Shannon's mutual information)."""
    by_band: dict[object, Counter[str]] = {}
    for one_band, outcome in zip(bands, labels, strict=True):
        by_band.setdefault(one_band, Counter())[outcome] += 1
    before = entropy(Counter(labels))
    return before - sum(counts.total() / len(labels) * entropy(counts) for counts in by_band.values())


def entropy(counts: Counter[str]) -> float:
    """Return the entropy of some counts in bits."""
    whole = counts.total()
    return -sum(count / whole * log2(count / whole) for count in counts.values() if count)


def expected_left(interview: Interview, name: str, rows: Sequence[Profile], bands: Sequence[object]) -> float:
    """Return how many screens are expected to be left after a screen, over its most frequent answers."""
    sizes = Counter(bands)
    first: dict[object, Profile] = {}
    for one_band, row in zip(bands, rows, strict=True):
        first.setdefault(one_band, row)
    top = sizes.most_common(BRANCHES)
    whole = sum(count for _, count in top)
    return sum(count * _left_after(interview, name, first[one_band]) for one_band, count in top) / whole if whole else 0.0


def _left_after(interview: Interview, name: str, row: Profile) -> int:
    terms = unanswered(interview, name)
    left = interview.left.under({term: row.get(term) for term in terms}, [interview.target])
    possible = left.open[interview.target]
    if isinstance(possible, frozenset) and len(possible) == 1:
        return 0
    return len(open_screens(interview, left) & set(interview.waiting) - {name})
