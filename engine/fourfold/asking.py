"""Which screen next: the one that promises the fewest questions to the end, measured on a sample of companies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log2

from fourfold.company_outcomes import Outcomes
from fourfold.expression.kinds import Number
from fourfold.interview import MATTER_WITHIN, Interview, Screen, is_required, matters, screens_of, settle, unanswered
from fourfold.model import Given

Profile = Mapping[str, int | str]
ROWS = 96
BRANCHES = 5
LOOKED_AT = 6
TELLS_MUCH = 0.02


def next_screen(interview: Interview, sample: Sequence[Profile], milliseconds: int = MATTER_WITHIN) -> tuple[Interview, Screen | None]:
    """Return the screen that promises the fewest questions to the end, or None when nothing can change the outcome.

    Screens are tried in the order of their promise on the sample; the first that can still change the
    outcome is asked. Those that must be answered in any case come first, in the order of the vocabulary. Those proven on the way to change nothing are dropped from the waiting ones.
    """
    if interview.settled or interview.broken:
        return interview, None
    needed = [name for name in interview.waiting if is_required(interview, name)]
    if needed:
        return interview, interview.screen(needed[0])
    for name in ranked(interview, sample):
        if matters(interview, name, milliseconds).state != "never":
            return interview, interview.screen(name)
        interview = replace(interview, waiting=tuple(other for other in interview.waiting if other != name))
    return settle(interview), None


def ranked(interview: Interview, sample: Sequence[Profile]) -> list[str]:
    """Return the waiting screens, most promising first.

    The promise is what the answer tells about the outcome; where no answer tells much any more, it is how few
    screens are expected to be left after it.
    """
    if len(interview.waiting) < 2:
        return list(interview.waiting)
    rows = matching(interview, sample)
    outcomes = Outcomes(interview.left.book, interview.target)
    told = {name: effect(interview, name, rows, outcomes) for name in interview.waiting}
    order = sorted(interview.waiting, key=lambda name: (-told[name], interview.waiting.index(name)))
    if told[order[0]] >= TELLS_MUCH:
        return order
    ahead = {name: expected_left(interview, name, rows, bands_of(interview, name, rows)) for name in order[:LOOKED_AT]}
    return sorted(ahead, key=lambda name: (ahead[name], order.index(name))) + order[LOOKED_AT:]


def effect(interview: Interview, name: str, rows: Sequence[Profile], outcomes: Outcomes) -> float:
    """Return how many bits of the outcome the answer to a screen itself tells.

    Each company takes the answer of another one, so that what only goes along with the answer (large
    companies have many customers) is not taken for its effect.
    """
    terms = unanswered(interview, name)
    bands = bands_of(interview, name, rows)
    mixed, labels = [], []
    for at, row in enumerate(rows):
        other = (at + len(rows) // 2 + 1) % len(rows)
        answer = {term: rows[other][term] for term in terms if term in rows[other]}
        mixed.append(bands[other])
        labels.append(outcomes.of({**row, **answer}))
    return information(mixed, labels)


def matching(interview: Interview, sample: Sequence[Profile]) -> list[dict[str, int | str]]:
    """Return the rows of a sample nearest to the answers, with the answers put in their place."""
    single = {term: answer for term, answer in interview.answers.items() if isinstance(answer, int | str)}
    choices = [(term, answer) for term, answer in single.items() if isinstance(answer, str)]
    order = sorted(range(len(sample)), key=lambda at: (-sum(sample[at].get(term) == answer for term, answer in choices), at))
    return [_under(interview, dict(sample[at]), single) for at in order[:ROWS]]


def _under(interview: Interview, row: dict[str, int | str], single: Mapping[str, int | str]) -> dict[str, int | str]:
    row.update(single)
    for term, answer in interview.answers.items():
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
    waiting = set(interview.waiting) - {name}
    return sum(screen.name in waiting for screen in screens_of(left.book))
