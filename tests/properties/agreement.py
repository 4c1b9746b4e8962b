"""Comparing the readers on one book and one set of facts."""

import random
import re

from random_books import AS_OF, boundaries, random_facts, random_texts

from fourfold.content import read_content_texts
from fourfold.decide import compute, decide
from fourfold.expression.kinds import Choice, Number
from fourfold.linking import link
from fourfold.logic import Logic
from fourfold.model import Fact, Given
from fourfold.narrow import gives, narrowed
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


def drawn(seed, reader=lambda _: None, count=6):
    """Yield facts drawn for the book of a seed with what the referee says of them, and the other reader of the book."""
    rng = random.Random(seed)
    book = random_book(rng)
    if book is None:
        return
    near, other = boundaries(book), reader(book)
    try:
        for _ in range(count):
            facts = random_facts(rng, book, near)
            yield rng, book, facts, outcome(decide, book, facts), other
    finally:
        if hasattr(other, "close"):
            other.close()


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


def core_of(book):
    return [name for node in book.nodes if not book.terms[node.term].is_plan for name in gives(node)]


def solver_of(book):
    return Logic(book, core_of(book))


def given_answers(book, facts):
    """Return the facts as answers: what is not given takes its assumption."""
    return {name: facts.known[name].value if name in facts.known else None for name in askable(book)}


def solver_differences(logic, book, facts, right):
    """Return the core terms that the solver values otherwise than the referee; a gap or a conflict must be one for both."""
    known = logic.known(given_answers(book, facts))
    logic.legal, legal = [], logic.legal
    found = logic.find(known)
    logic.legal = legal
    if found.state != "can":
        return [("no model", found.state)]
    code = first_code(right)
    undecided = found.holds(logic.undecided())
    if code in ("F307", "F308"):
        term = re.search(r"(?:decides|about) `([^`]+)`", right[0][1])
        is_core = undecided if term is None else not book.terms[term[1]].is_plan
        return [] if undecided or not is_core else [("undecided", right[0][1])]
    if code:
        return []
    if undecided:
        return [("decided", "the solver sees a gap or conflict")]
    return [(name, right[0][name]) for name in core_of(book) if name in right[0] and not found.agrees(logic, name, right[0][name])]


def narrowing_differences(book, facts, values, rng):
    """Return the core terms that change when some facts are folded away first."""
    answers = {name: answer for name, answer in given_answers(book, facts).items() if rng.random() < 0.5}
    target = rng.choice([node.term for node in book.nodes if not book.terms[node.term].is_plan])
    left = narrowed(book, answers, [target])
    again = {}
    for node in left.book.nodes:
        compute(node, again, facts.known)
    bad = [(name, value, values.get(name)) for name, value in again.items() if name in values and values[name] != value]
    possible_now = left.open.get(target)
    # WHY: an optional answer that is not given has no value that could be possible
    if target in values and target not in again and isinstance(possible_now, frozenset) and possible_now != {values.get(target)}:
        bad.append((target, possible_now, values.get(target)))
    return bad
