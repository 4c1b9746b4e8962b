"""The questionnaire: what it calls settled is settled, and no answers break "at most N left"."""

import random

import pytest
from agreement import core_of, outcome, random_book
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_books import boundaries, random_facts

from fourfold.asking import next_screen
from fourfold.checklist import Checklist, confirmed, denied, next_step
from fourfold.content import read_content_texts
from fourfold.decide import decide
from fourfold.expression.kinds import Choice, Number
from fourfold.interview import Held, Screen, begin, is_within, told, unanswered
from fourfold.linking import link
from fourfold.model import Fact, Facts, Given

QUICK = settings(derandomize=True, database=None, deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
SMALL = """
terms:
  cash: {kind: choice, options: [tight, steady, plenty], ask: "Cash?", assume: steady}
  people: {kind: number, range: [0, 6], ask: "People?", required: true}
  staff: {kind: number, range: [1, 4], ask: "Staff?", assume: 2}
  money: {kind: number, range: [0, 12], ask: "Money?", assume: staff * 3}
  proof: {kind: yes_no, ask: "Proof?", assume: false}
  mood: {kind: choice, options: [bold, careful], ask: "Mood?", assume: usual_mood}
  usual_mood: {kind: choice, options: [bold, careful]}
  way: {kind: choice, options: [wide, narrow, tests]}
"""
RULES = """
- table: usual_mood
  concludes: usual_mood
  rules:
    - {id: mood-plenty, when: {cash: plenty}, then: bold, because: b}
    - {id: mood-other, otherwise: careful, because: b}
- table: way
  concludes: way
  rules:
    - {id: wide, when: {money: ">= 9", people: ">= 3", mood: bold}, then: wide, overrides: [narrow-proven, tests], because: b}
    - {id: narrow-proven, when: {proof: true}, then: narrow, overrides: [tests], because: b}
    - {id: tests, when: {money: ">= 4", cash: not(tight)}, then: tests, because: b}
    - {id: narrow, otherwise: narrow, because: b}
"""
DAY = 739_950


def small_book():
    return link(read_content_texts({"knowledge/terms.yaml": SMALL, "rules/rules.yaml": RULES}), DAY)


def every_value(kind):
    return list(range(kind.low, kind.high + 1)) if isinstance(kind, Number) else list(kind.options)


def answers_to(book, interview, screen):
    """Return every answer to a screen: all values of its terms together, and don't know where that is allowed."""
    needed = {node.term for node in book.nodes if isinstance(node, Given) and node.is_required}
    found = [{}]
    for term in unanswered(interview, screen.name):
        values = every_value(book.terms[term].kind) + ([] if term in needed else [None])
        found = [{**answer, term: value} for answer in found for value in values]
    return found


def completions(book):
    found = [{}]
    for node in book.nodes:
        if isinstance(node, Given) and book.terms[node.term].source not in ("as_of", "currency"):
            found = [{**facts, node.term: value} for facts in found for value in every_value(book.terms[node.term].kind)]
    return found


def decided(book, answers):
    known = {"as_of": Fact(DAY), "currency": Fact(book.currency), **{name: Fact(value) for name, value in answers.items() if value is not None}}
    return decide(book, Facts(known)).values["way"]


@pytest.fixture(scope="module")
def every_company():
    book = small_book()
    return book, [(facts, decided(book, facts)) for facts in completions(book)]


def play(book, interview, sample, companies, step=next_screen):
    """Play every answer to the end, to a list every set of lines that are not true; return how many questions the longest game took."""
    interview, screen = step(interview, sample)
    left = [(facts, way) for facts, way in companies if agrees(interview, facts)]
    outcomes = {way for _, way in left}
    if screen is None:
        assert outcomes <= {interview.settled}
        return 0
    assert outcomes != {interview.settled}
    longest = 0
    for after in after_each(book, interview, screen, sample, left):
        assert after.settled or len(after.waiting) < len(interview.waiting)
        longest = max(longest, 1 + play(book, after, sample, companies, step))
    assert longest <= len(interview.waiting)
    return longest


def after_each(book, interview, screen, sample, companies):
    """Return what follows from every answer that contradicts no earlier one."""
    if isinstance(screen, Screen):
        return [told(interview, answer) for answer in answers_to(book, interview, screen)]
    true = [frozenset(at for at, line in enumerate(screen.lines) if not all(within(facts[term], line.answer) for term in line.terms)) for facts, _ in companies]
    assert {way for wrong, (_, way) in zip(true, companies, strict=True) if not wrong} <= {screen.outcome}
    found = []
    for wrong in {wrong for wrong in true if wrong}:
        after, name = denied(interview, screen, wrong, sample)
        held = {term: one.answer for term, one in after.held.items()}
        found += [told(after, answer) for answer in answers_to(book, after, after.screen(name)) if all(is_within(answer.get(term), held[term]) for term in held)] if name else [after]
    return found


def agrees(interview, facts):
    said = {**{name: one.answer for name, one in interview.held.items()}, **interview.answers}
    return all(answer is not None and is_within(facts[name], answer) for name, answer in said.items() if name in facts)


def test_no_answers_break_the_bound_and_what_is_settled_is_settled(every_company):
    book, companies = every_company
    sample = [facts for facts, _ in companies[::37]]
    interview = begin(book, "way", {"as_of": DAY, "currency": book.currency})
    assert play(book, interview, sample, companies) <= len(interview.waiting)


def test_nor_do_lists_of_which_any_lines_are_not_true(every_company):
    book, companies = every_company
    sample = [facts for facts, _ in companies[::37]]
    interview = begin(book, "way", {"as_of": DAY, "currency": book.currency})
    assert play(book, interview, sample, companies, next_step) <= len(interview.waiting)


def test_an_answer_outside_of_what_was_held_takes_its_place(every_company):
    book, companies = every_company
    interview = told(begin(book, "way", {"as_of": DAY, "currency": book.currency}), {"people": 3}, {"money": Held((0, 8), 6)})
    assert "wide" not in interview.open
    after = told(interview, {"money": 10})
    assert "wide" in after.open
    assert (after.held, after.answers["money"]) == ({}, 10)
    assert told(interview, {"money": None}).answers["money"] == 6
    assert {way for facts, way in companies if facts["people"] == 3 and facts["money"] == 10} == set(after.open)


def test_a_confirmed_list_is_true_of_every_company_within_it(every_company):
    book, companies = every_company
    sample = [facts for facts, _ in companies[::37]]
    for cash in ("tight", "steady", "plenty"):
        interview = told(begin(book, "way", {"as_of": DAY, "currency": book.currency}), {"people": 2, "cash": cash, "mood": "careful"})
        interview, step = next_step(interview, sample)
        if not isinstance(step, Checklist):
            continue
        inside = [way for facts, way in companies if agrees(interview, facts) and all(within(facts[term], line.answer) for line in step.lines for term in line.terms)]
        assert set(inside) == {step.outcome}
        done = confirmed(interview, step)
        assert (done.settled, done.waiting) == (step.outcome, ())
        assert decided(book, {name: value for name, value in done.answers.items() if name in companies[0][0]}) == step.outcome


def within(value, answer):
    return answer[0] <= value <= answer[1] if isinstance(answer, tuple) else value in answer


@QUICK
@given(st.integers(0, 2**32))
def test_on_any_book_what_is_settled_is_what_follows(seed):
    rng = random.Random(seed)
    book = random_book(rng)
    if book is None:
        return
    targets = [node.term for node in book.nodes if not book.terms[node.term].is_plan and isinstance(book.terms[node.term].kind, Choice) and not isinstance(node, Given)]
    if not targets:
        return
    target = rng.choice(sorted(targets))
    near = boundaries(book)
    facts = random_facts(rng, book, near)
    right = outcome(decide, book, facts)
    interview = begin(book, target, {name: facts.known[name].value for name in ("as_of", "currency") if name in facts.known})
    sample = [{name: fact.value for name, fact in random_facts(rng, book, near).known.items()} for _ in range(12)]
    while not interview.broken:
        before = len(interview.waiting)
        interview, screen = next_screen(interview, sample)
        assert len(interview.waiting) <= before
        if screen is None:
            break
        after = told(interview, {term: facts.known[term].value if term in facts.known else None for term in unanswered(interview, screen.name)})
        assert len(after.waiting) < max(1, len(interview.waiting))
        interview = after
    if interview.settled and isinstance(right[0], dict):
        assert right[0][target] == interview.settled
    assert interview.broken or interview.settled or not isinstance(right[0], dict) or interview.waiting == ()
    assert target in core_of(book)
