"""Comparing the readers on one book and one set of facts."""

from random_books import AS_OF, random_texts

from fourfold.content import read_content_texts
from fourfold.expression.kinds import Choice, Number
from fourfold.linking import link
from fourfold.model import Fact, Given
from fourfold.possible import possible
from fourfold.problem import Problems

CURRENCIES = ("", "USD")


def random_book(rng):
    """Return a linked random book, or None where the draft does not link (too large, no currency)."""
    texts = random_texts(rng)
    day = AS_OF + rng.randint(-1, 1)
    try:
        content = read_content_texts(texts)
        known = {rate.currency for rate in content.rates}
        currency = "USD" if "USD" in known and rng.random() < 0.4 else ""
        return link(content, day, currency)
    except Problems as fault:
        codes = {problem.code for problem in fault.problems}
        if not codes <= {"F303", "F306", "F305", "F302", "F304"}:
            raise
        return None


def outcome(decider, book, facts):
    """Return the values and hits of a reader, or the problem it ends in."""
    try:
        found = decider(book, facts)
    except Problems as fault:
        return tuple((problem.code, problem.message, problem.span, problem.help) for problem in fault.problems)
    return dict(found.values), found.hits


def chained(chainer):
    def run(_book, facts):
        return chainer.run(facts)[0]

    return run


def first_code(result):
    return result[0][0] if result and isinstance(result[0], tuple) else ""


def unsound(book, facts, values, rng):
    """Return the core terms whose value is not among the possible ones when some facts are hidden or widened."""
    known = {}
    for name, fact in facts.known.items():
        draw, kind = rng.random(), book.terms[name].kind
        if draw < 0.35:
            continue
        if draw < 0.6 and isinstance(kind, Number):
            known[name] = Fact(fact.value, low=max(kind.low, int(fact.value) - rng.randint(0, 50)), high=min(kind.high, int(fact.value) + rng.randint(0, 50)))
        else:
            known[name] = fact
    open_values = possible(book, known)
    bad = []
    for name, left in open_values.items():
        value, kind = values.get(name), book.terms[name].kind
        if value is None:
            continue
        if isinstance(left, frozenset):
            inside = value in left
        elif isinstance(value, tuple):
            inside = isinstance(left[0], tuple) is False or all(low <= part <= high for part, (low, high) in zip(value, left, strict=True))
        else:
            inside = left[0] <= value <= left[1]
        if not inside:
            bad.append((name, left, value))
    return bad


def is_choice(book, name):
    return isinstance(book.terms[name].kind, Choice)


def askable(book):
    return [node.term for node in book.nodes if isinstance(node, Given)]
