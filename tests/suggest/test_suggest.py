"""Correct by example: what is offered gives the answer, keeps every case and proof, and moves whom it says; what is kept back breaks what it says."""

import json
import re
import shutil

import pytest
from conftest import DAY, ROOT

from fourfold.cases import run as run_cases
from fourfold.cell_moves import cells_at, failing, passing
from fourfold.checking import check_workspace
from fourfold.content import read_content
from fourfold.decide import decide
from fourfold.door import enter, read_profile
from fourfold.expression.kinds import YES_NO, Choice, Number, Ratio
from fourfold.expression.parse import parse_cell
from fourfold.linking import link
from fourfold.model import Fact, Facts
from fourfold.narrowing import roundest
from fourfold.problem import Problems
from fourfold.proving import prove_book
from fourfold.suggesting import opened_for, suggest
from fourfold.suggestion_page import Asked, take

REASON = (("en", "because I say so"), ("zh", "我说了算"))
MENDS = [
    ("tried_poster:", "tried_posters:"),
    ("then: posters", "then: posters\n      overrides: [way-ads]   # a result counts more"),
    ('">== 500"', '">= 600"'),
    ('"< 500"', '"< 600"'),
    ("    - {id: reserve-steady", "    - {id: reserve-plenty, when: {cash: plenty}, then: 0, because: {en: Nothing has to wait., zh: 不用留。}}\n    - {id: reserve-steady"),
]
COMPANIES = {
    "tight": "staff: 6\ncash: tight\ntried_posters: missed\n",
    "rich": "staff: 4\ncash: plenty\nmonthly_money: 5000\n",
    "met": "staff: 9\ncash: steady\ntried_posters: met\n",
}
WANTED = [("tight", "wait"), ("tight", "posters"), ("rich", "wait"), ("met", "ads"), ("met", "wait")]
LIST = "id,staff,cash,monthly_money,tried_posters\n" + "".join(
    f"C{at},{1 + at % 30},{('tight', 'steady', 'plenty')[at % 3]},{at * 37 % 1500},{('never', 'missed', 'met')[at // 3 % 3]}\n" for at in range(90)
)


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "tutorial", folder)
    rules, knowledge, cases = (folder / part / "shop.yaml" for part in ("rules", "knowledge", "tests/cases"))
    text = rules.read_text(encoding="utf-8")
    for before, after in MENDS:
        assert before in text
        text = text.replace(before, after, 1)
    rules.write_text(text, encoding="utf-8")
    knowledge.write_text(re.sub(r"  least_money: .*\n", "", knowledge.read_text(encoding="utf-8")), encoding="utf-8")
    cases.write_text(cases.read_text(encoding="utf-8").replace("monthly_money: 500", "monthly_money: 600").replace("499", "599"), encoding="utf-8")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    assert not run_cases(folder).failed
    return folder


def asked(root, name="it"):
    return Asked(root, name, "fourfold suggest it")


def profile(name):
    return read_profile(COMPANIES[name], name)


def outcome_of(root, company, target="way"):
    book = link(read_content(root), DAY)
    return decide(book, enter(book, company)).values[target]


@pytest.mark.parametrize(("name", "wanted"), WANTED)
def test_every_suggestion_gives_the_answer_and_keeps_cases_checks_proofs_and_layout(shop, tmp_path, name, wanted):
    before = (shop / "rules" / "shop.yaml").read_text(encoding="utf-8")
    warned = {(problem.code, problem.message) for problem in check_workspace(shop, DAY).problems}
    found = suggest(opened_for(shop, profile(name), DAY, wanted), REASON, tmp_path / "list.csv")
    assert [item.moved for item in found.suggestions] == sorted(item.moved for item in found.suggestions)
    assert found.suggestions or found.refused
    for number in range(1, len(found.suggestions) + 1):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(shop, copy)
        company = opened_for(copy, profile(name), DAY, wanted)
        again = suggest(company, REASON, tmp_path / "list.csv")
        assert [item.edit for item in again.suggestions] == [item.edit for item in found.suggestions]
        take(asked(copy, name), company, again, number)
        text = (copy / "rules" / "shop.yaml").read_text(encoding="utf-8")
        assert outcome_of(copy, profile(name)) == wanted
        report = run_cases(copy)
        assert not report.failed
        assert any(f"{name}: way {wanted}" == item.case.name for item in report.outcomes)
        assert prove_book(link(read_content(copy), DAY)).holds
        assert {(problem.code, problem.message) for problem in check_workspace(copy, DAY).problems} <= warned
        gone = [line for line in before.splitlines() if line not in text.splitlines()]
        assert len(gone) <= 2, gone
        assert "# a result counts more" in text or any("# a result" in line for line in gone)


def test_the_others_are_counted_as_the_referee_decides_them(shop, tmp_path):
    company = opened_for(shop, profile("tight"), DAY, "wait")
    found = suggest(company, REASON, tmp_path / "list.csv")
    rows = [dict(zip(LIST.splitlines()[0].split(","), line.split(","), strict=True)) for line in LIST.splitlines()[1:]]
    for item in found.suggestions:
        moved = 0
        for row in rows:
            one = read_profile("".join(f"{key}: {value}\n" for key, value in row.items() if key != "id"), "row")
            moved += decide(company.book, enter(company.book, one)).values["way"] != decide(item.book, enter(item.book, one)).values["way"]
        assert moved == item.moved
        assert item.change.more in ("none", "some")
    assert any(item.moved for item in found.suggestions)
    assert found.listed.size == len(rows)


@pytest.mark.parametrize(("name", "wanted"), WANTED)
def test_an_answer_that_is_named_gives_it_alone_and_the_next_nearer_one_does_not(shop, name, wanted):
    company = opened_for(shop, profile(name), DAY, wanted)
    answers = company.answers()
    assert answers.state in ("proven", "none")
    assert answers.single or answers.sets

    def decided(changes):
        facts = Facts({**company.facts.known, **{term: Fact(value) for term, value in changes.items()}})
        return decide(company.book, facts).values["way"]

    for term, changes in answers.single:
        for change in changes:
            assert decided({term: change.after}) == wanted
            if isinstance(change.after, int):
                nearer = change.after + (1 if change.after < change.before else -1)
                assert decided({term: nearer}) != wanted
    for changes in answers.sets:
        assert decided({change.term: change.after for change in changes}) == wanted
        for left_out in changes:
            assert decided({change.term: change.after for change in changes if change is not left_out}) != wanted


def test_what_is_kept_back_breaks_the_case_that_is_named(shop, tmp_path):
    company = opened_for(shop, profile("met"), DAY, "ads")
    found = suggest(company, REASON, tmp_path / "list.csv")
    names = {item.case.name for item in run_cases(shop).outcomes}
    assert found.refused
    assert all(item.why != "case" or item.name in names for item in found.refused)


def test_an_edit_that_breaks_a_promise_is_kept_back_and_says_so(shop, tmp_path):
    knowledge = shop / "knowledge" / "shop.yaml"
    promise = "promises:\n  - {id: results-count, never: {tried_posters: met, way: not(posters)}, because: {en: A result is never thrown away., zh: 结果不浪费。}}\n"
    knowledge.write_text(knowledge.read_text(encoding="utf-8") + promise, encoding="utf-8")
    found = suggest(opened_for(shop, profile("met"), DAY, "ads"), REASON, tmp_path / "list.csv")
    assert not found.suggestions
    assert ("broken-promise", "results-count") in {(item.why, item.name) for item in found.refused}


@pytest.mark.parametrize(
    ("wanted", "term", "code"),
    [("sleep", "", "F204"), ("wait", "wey", "F201"), ("10", "reserve", "F203"), ("wait", "tried_posters", "F203")],
)
def test_what_cannot_be_wanted_is_a_problem(shop, wanted, term, code):
    with pytest.raises(Problems) as fault:
        opened_for(shop, profile("tight"), DAY, wanted, term)
    assert [problem.code for problem in fault.value.problems] == [code]


def test_the_command_shows_facts_then_rules_in_both_languages_and_takes_one(shop, tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tight.yaml").write_text(COMPANIES["tight"], encoding="utf-8")
    command = ["suggest", "tight.yaml", "--wanted", "wait", "--workspace", "shop", "--on", "list.csv", "--as-of", "2026-11-25"]
    english, chinese = run(*command), run(*command, "--lang", "zh")
    assert english.exit_code == chinese.exit_code == 0
    assert english.output.index("FACTS") < english.output.index("RULES") < english.output.index("--take 1")
    assert "money for advertising" in english.output
    assert "广告费" in chinese.output
    data = json.loads(run(*command, "--format", "json").output)
    assert data["suggestions"][0]["case"].startswith("- case: ")
    assert data["answers"]["single"]
    assert len(data["suggestions"]) == english.output.count(" · rules/shop.yaml")
    assert run(*command, "--take", "99").exit_code == 1
    taken = run(*command, "--take", "1", "--because", "tight cash pays for no second try")
    assert taken.exit_code == 0
    assert "tight cash pays for no second try" in taken.output
    text = (shop / "rules" / "shop.yaml").read_text(encoding="utf-8")
    assert "way-exception" not in text or ("en: tight cash pays for no second try" in text and "zh: 待补充" in text)
    assert "already" in run(*command).output
    assert not run_cases(shop).failed


def test_the_shipped_book_keeps_its_cases_and_promises(tmp_path):
    text = (ROOT / "examples" / "one_woman_candles.yaml").read_text(encoding="utf-8")
    company = opened_for(ROOT, read_profile(text, "candles"), DAY, "focus_testing")
    answers = company.answers()
    assert answers.state == "proven"
    assert answers.sets
    found = suggest(company, REASON)
    assert not found.suggestions
    assert found.listed.source == "population"
    assert {item.why for item in found.refused} == {"case", "broken-promise"}


MONEY, MARGIN, STEPS = Number("money", 0, 0, 10**6), Number("percent", 2, 0, 10000), Number("number", 1, -1000, 1000)
CASH = Choice(("tight", "steady", "plenty"))
MOVES = [
    (">= 600", MONEY, 500, (">= 500",), None),
    ("> 600", MONEY, 600, (">= 600",), None),
    ("< 600", MONEY, 700, ("<= 700",), None),
    (">= 600", MONEY, 700, None, ("> 700",)),
    ("<= 600", MONEY, 600, None, ("< 600",)),
    ("[10..20]", MONEY, 25, ("[10..25]",), None),
    ("(10..20]", MONEY, 10, ("[10..20]",), None),
    ("[10..20]", MONEY, 15, None, ("(15..20]", "[10..15)")),
    ("5, 9", MONEY, 7, ("5, 9, 7",), ()),
    (">= 35%", MARGIN, 30, (">= 30%",), None),
    (">= 2", STEPS, 15, (">= 1.5",), None),
    ("< least", MONEY, 700, (), ()),
    ("tight", CASH, "steady", ("tight, steady",), None),
    ("tight, steady", CASH, "plenty", (None,), None),
    ("tight, steady", CASH, "steady", None, ("tight",)),
    ("tight", CASH, "tight", None, ()),
    ("not(tight)", CASH, "tight", (None,), None),
    ("not(tight, steady)", CASH, "tight", ("not(steady)",), None),
    ("not(tight)", CASH, "steady", None, ("not(tight, steady)",)),
    ("true", YES_NO, "false", (None,), None),
    (">= 1", Ratio(), (71, 100), (">= 0.71",), None),
    (">= 1", Ratio(), (150, 100), None, (">= 1.51",)),
    ("< 1", Ratio(), (150, 100), ("< 1.51",), None),
    (">= 1", Ratio(), (1, 0), (), ()),
]


@pytest.mark.parametrize(("text", "kind", "value", "holding", "stopping"), MOVES, ids=[f"{text} at {value}" for text, _, value, _, _ in MOVES])
def test_a_cell_moves_just_far_enough(text, kind, value, holding, stopping):
    cell = parse_cell(text)
    assert holding is None or tuple(item and item.replace(".0", "") for item in passing(cell, kind, value)) == holding
    assert stopping is None or failing(cell, kind, value) == stopping


def test_cells_for_one_value_and_for_all_others():
    assert cells_at(CASH, "tight") == ("tight", "not(tight)")
    assert cells_at(YES_NO, "true") == ("true", "false")
    assert cells_at(MONEY, 500) == ("500", "not(500)")
    assert cells_at(Ratio(), (1, 2)) is None


@pytest.mark.parametrize(("low", "high", "round_one"), [(17, 23, 20), (101, 999, 500), (201, 224, 210), (7, 7, 7), (0, 5, 0), (1201, 1999, 1500), (-30, -21, -30)])
def test_bounds_between_two_numbers_are_round(low, high, round_one):
    assert roundest(low, high) == round_one
