"""The questionnaire as people use it: typed lines in, screens and a saved profile out."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import DAY, ROOT
from wcwidth import wcswidth

from fourfold import terminal
from fourfold.cli import main
from fourfold.decide import decide
from fourfold.door import enter, read_profile
from fourfold.library import open_book
from fourfold.problem import Problem, Problems
from fourfold.talk.replies import next_sharpening, reply
from fourfold.talk.state import facts_in, on_screen

ANSWERS = {
    "primary_goal": "new buyers",
    "industry": "moth",
    "business_model": "",
    "average_order_value": "300",
    "gross_margin": "42%",
    "return_rate": "skip",
    "monthly_budget": "20k",
    "heads": "2",
    "cash": "steady",
    "appetite": "explore",
}


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Answer by the term that is asked, then line by line once the strategy is settled; gives exit code and all that was shown.

    `typed` has other lines for some terms, one after the other; a list is confirmed, or its line of the screen `lists` is taken.
    """
    monkeypatch.chdir(tmp_path)

    def call(*lines, typed=None, lists="", stop_at="", options=()):
        left, special = list(lines), {term: list(texts) for term, texts in (typed or {}).items()}

        turns = iter(range(80))

        def read(talk):
            if next(turns, None) is None:
                raise EOFError
            field = talk.fields[0] if talk.fields and not talk.before else None
            sharpening = talk.interview.settled and not talk.at
            if field is not None and field.term == stop_at:
                raise EOFError
            if field is not None and special.get(field.term):
                return special[field.term].pop(0)
            if field is not None and not sharpening:
                return "none" if field.is_pick else ANSWERS.get(field.term, "skip")
            if field is None and not talk.interview.settled and not talk.before:
                wanted = {lists, stop_at, *(term for term, texts in special.items() if texts)}
                return next((str(at) for at, line in enumerate(talk.step.lines, 1) if line.screen in wanted), "")
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr(terminal, "plain_reader", read)
        found = CliRunner().invoke(main, ["ask", "acorn", "--as-of", "2026-11-25", *options])
        assert not found.exception or isinstance(found.exception, SystemExit), found.output
        return found.exit_code, found.output

    return call


def saved():
    return Path("acorn.yaml").read_text(encoding="utf-8")


def test_a_person_starts_without_a_file_and_leaves_with_a_plan(ask):
    code, shown = ask("plan")
    assert code == 0, shown
    assert re.search(r"Settled after [3-6] questions:  FOCUS TESTING", shown)
    assert "Written to plans/acorn/2026-11-25/" in shown
    assert Path("plans/acorn/2026-11-25/plan.md").is_file()
    book = open_book(ROOT, DAY)
    assert facts_in(book, saved(), "acorn.yaml").known["primary_goal"].value == "new_buyers"


def test_what_was_typed_is_shown_as_it_was_read(ask):
    _, shown = ask("save", typed={"monthly_budget": ["1万到3万"]})
    assert "10,000 to 30,000 CNY" in shown
    assert "monthly_budget: 1万到3万" in saved()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("plenty of it", "`plenty of it` is text"),
        ("20.000", "may mean 20,000 or 20.0"),
        ("30-10k", "are swapped"),
        ("-5", "it is -5"),
        ("999999999999999999", "`monthly_budget` is 0 to"),
        ("300%", "is an amount"),
    ],
)
def test_what_is_no_amount_is_asked_again_with_a_help(ask, typed, said):
    code, shown = ask("save", typed={"monthly_budget": [typed, "20k"]})
    assert code == 0
    assert said in shown
    assert "monthly_budget: 20k" in saved()


def test_letters_that_fit_several_choices_ask_which(ask):
    _, shown = ask("save", typed={"industry": ["b2b", "moth"]})
    assert "may be:" in shown


def test_a_contradiction_names_the_earlier_answer_and_loses_nothing(ask):
    Path("acorn.yaml").write_text("currency: CNY\nmarket: cn\nprimary_goal: new_buyers\nindustry: mother_baby\nbusiness_model: ecommerce\nemployees: 4\n", encoding="utf-8")
    before = saved()
    talk, _ = terminal.start(open_book(ROOT, DAY, "CNY"), terminal.companies(open_book(ROOT, DAY, "CNY"), None), Path("acorn.yaml"), before)
    result = reply(on_screen(talk, "person_days"), "90")
    assert [message["kind"] for message in result.shown] == ["echo", "contradiction"]
    assert [item["screen"] for item in result.shown[1]["earlier"]] == ["employees"]
    assert result.talk.text == talk.text
    assert saved() == before


def test_the_end_of_the_input_keeps_every_answer(ask):
    code, shown = ask(stop_at="monthly_budget")
    assert code == 1
    assert re.search(r"Saved: [2-9] answers in acorn.yaml. Go on with: fourfold ask acorn", shown)
    assert "industry: mother_baby" in saved()


def test_a_screen_left_half_filled_keeps_what_was_typed(ask):
    code, _ = ask(stop_at="gross_margin", lists="success_bar")
    assert code == 1
    assert "average_order_value: '300'" in saved()


@pytest.mark.parametrize(("typed", "kept"), [("twenty thousand", "20,000"), ("two hundred grand", "200,000"), ("两万五", "25,000")])
def test_amounts_in_words_are_taken_and_said_back(ask, typed, kept):
    _, shown = ask("save", typed={"monthly_budget": [typed]})
    assert f"{kept} CNY" in shown


def test_a_slip_of_the_pen_is_asked_back(ask):
    _, shown = ask("save", typed={"industry": ["mother and bady", "moth"]})
    assert "Did you mean 4 Mother and baby?" in shown


def test_it_goes_on_where_it_stopped(ask):
    ask(stop_at="monthly_budget")
    code, shown = ask("save")
    assert code == 0
    assert re.search(r"Welcome back. [2-9] answers kept", shown)
    assert "Settled after" in shown


def test_changed_rules_are_said_and_only_a_lost_answer_is_asked_again(ask):
    ask(stop_at="monthly_budget")
    text = saved().replace("# rule book ", "# rule book 000000").replace("primary_goal: new_buyers", "primary_goal: fame")
    Path("acorn.yaml").write_text(text, encoding="utf-8")
    _, shown = ask(stop_at="monthly_budget")
    assert "The rules changed since then (000000 →" in shown
    assert "Answer `primary_goal: fame` is not understood any more" in shown
    assert "What do you want most" in shown
    assert "primary_goal: new_buyers" in saved()
    assert "industry: mother_baby" in saved()


def test_a_file_that_cannot_be_read_is_left_as_it_is(ask):
    Path("acorn.yaml").write_text("a: [1, 2\n", encoding="utf-8")
    code, shown = ask()
    assert code == 1
    assert "F102" in shown
    assert saved() == "a: [1, 2\n"


def test_a_second_conversation_on_the_same_file_is_refused(ask):
    with terminal.alone_with(Path("acorn.yaml")):
        code, shown = ask()
    assert code == 1
    assert "F118 `acorn.yaml` is being answered in another window" in shown
    assert not Path("acorn.yaml").exists()


def test_a_file_changed_by_something_else_is_never_written_over(ask, monkeypatch):
    real = terminal.reply

    def meddled(talk, typed):
        if typed == "moth" and Path("acorn.yaml").exists():
            Path("acorn.yaml").write_text("company: other\n", encoding="utf-8")
        return real(talk, typed)

    monkeypatch.setattr(terminal, "reply", meddled)
    _, shown = ask("save")
    assert "Not saved: `acorn.yaml` was changed by something else meanwhile" in shown
    assert saved() == "company: other\n"


def test_a_full_disk_loses_no_answer(ask, monkeypatch):
    real, full = terminal.write_whole, [True]

    def filled(path, data):
        if full[0]:
            full[0] = False
            raise Problems([Problem("F116", f"cannot write `{path}`: no space left on device")])
        real(path, data)

    monkeypatch.setattr(terminal, "write_whole", filled)
    _, shown = ask("save")
    assert "Not saved: cannot write `acorn.yaml`: no space left on device" in shown
    assert "primary_goal: new_buyers" in saved()
    assert "industry: mother_baby" in saved()


def test_a_disk_that_stays_full_leaves_the_answers_on_the_screen(ask, monkeypatch):
    def filled(path, data):
        raise Problems([Problem("F116", f"cannot write `{path}`: no space left on device")])

    monkeypatch.setattr(terminal, "write_whole", filled)
    _, shown = ask("save", "save")
    last = shown.rpartition("Not saved. These are your answers; put them into acorn.yaml by hand:\n")[2]
    assert "Saved:" not in last
    assert strategy_of(last) == "focus_testing"


def strategy_of(text):
    book = open_book(ROOT, DAY, "CNY")
    return decide(book, enter(book, read_profile(text, "answers"))).values["strategy"]


@pytest.mark.parametrize(("lines", "settled"), [("1 3 5", "FOCUS"), ("1,6", "FOCUS TESTING"), ("4", "")])
def test_lines_that_are_not_true_are_named_together_and_the_file_says_the_same(tmp_path, monkeypatch, lines, settled):
    monkeypatch.chdir(tmp_path)
    typed = iter(["new buyers", "moth", "", lines, *["skip"] * 12])
    monkeypatch.setattr(terminal, "plain_reader", lambda talk: "save" if talk.interview.settled else next(typed))
    shown = CliRunner().invoke(main, ["ask", "acorn", "--as-of", "2026-11-25"]).output
    found = re.search(r"Settled after (\d) questions:  ([A-Z ]+)", shown)
    assert found is not None
    assert int(found[1]) <= 7
    assert not settled or found[2].strip() == settled
    assert strategy_of(saved()) == found[2].strip().lower().replace(" ", "_")


def test_killed_in_the_middle_every_answer_is_there(tmp_path):
    command = [sys.executable, str(ROOT / "cli.py"), "ask", "acorn", "--as-of", "2026-11-25"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ}) as running:
        running.stdin.write("new\nmoth\n\n")
        running.stdin.flush()
        seen = ""
        while "3  " not in seen:
            seen += running.stdout.readline()
        running.kill()
    text = (tmp_path / "acorn.yaml").read_text(encoding="utf-8")
    assert "primary_goal: new_buyers" in text
    assert "industry: mother_baby" in text


def test_an_earlier_answer_is_changed_after_its_effect_was_shown(ask):
    _, shown = ask("1", "undo", "save", typed={"primary_goal": ["new buyers", "awareness"]})
    assert "What this changes:" in shown
    assert "primary_goal: new_buyers" in saved()
    assert "As it was before." in shown


def test_trying_an_answer_saves_nothing(ask):
    ask("save")
    before = saved()
    number = next(at for at, name in enumerate(terminal.start(open_book(ROOT, DAY, "CNY"), (), Path("acorn.yaml"), before)[0].order, 1) if name == "monthly_budget")
    _, shown = ask(f"try {number} = 300", "drop", "save")
    assert "not saved" in shown
    assert "focus testing → focus" in shown
    assert saved() == before


def test_why_says_which_outcomes_hang_on_the_question(ask):
    _, shown = ask("save", typed={"monthly_budget": ["?", "20k"]})
    assert "Rules that wait:" in shown
    assert re.search(r"Up to [\d,]+ CNY: |From [\d,]+ CNY on: |It decides together", shown)


def test_back_asks_the_answer_before_again(ask):
    _, shown = ask("go on", "save", typed={"industry": ["back", "moth"], "primary_goal": ["new buyers", "leads"]})
    assert "now: goal: new buyers" in shown
    assert "primary_goal: leads" in saved()


def test_the_grid_takes_names_and_asks_for_each_result(ask):
    _, shown = ask("save", lists="carrier", typed={"reading": ["xiaohongshu content", "meets", "no result"], "earlier_reading": ["no result"]})
    assert "result in numbers" in shown
    assert re.search(r"reading:\n  xiaohongshu_content: meets\n", saved())


def test_what_would_change_the_plan_is_asked_afterwards(ask):
    _, shown = ask("", "save")
    assert re.search(r"Sharpen 1 of \d+", shown)
    assert "improves:" in shown


def test_people_are_taken_as_a_table(ask):
    ask("save")
    book = open_book(ROOT, DAY, "CNY")
    talk, _ = terminal.start(book, terminal.companies(book, None), Path("acorn.yaml"), saved())
    talk = next_sharpening(replace(talk, sharpen=(("people", ("people",)),)))
    wrong = reply(talk, "Ann, boss, 20")
    assert "`boss`" in wrong.shown[0]["problems"][0]["message"]
    talk = reply(reply(wrong.talk, "Ann, senior, 20, writing").talk, "").talk
    assert re.search(r"people:\n +- who: Ann\n +level: senior\n +days: '20'\n +skills: writing", talk.text)
    assert facts_in(book, talk.text, "acorn.yaml").known["senior_days"].value == 200


def test_chinese_screens_are_chinese(ask):
    _, shown = ask("回顾", "保存", options=["--lang", "zh"], typed={"primary_goal": ["拉新成交"], "industry": ["母婴"], "monthly_budget": ["2万"], "return_rate": ["跳过"]})
    assert "最多还有" in shown
    assert "已有结论（共" in shown
    words = {word for line in shown.splitlines() if not line.startswith(("> ", "Fourfold")) for word in re.findall(r"[A-Za-z]{3,}", line)}
    assert words <= {"CNY", "acorn", "yaml", "fourfold", "ask", "lang", "KOL", "KOC", "SEM", "SEO", "App", "SaaS"}, words


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 200])
def test_lines_fit_the_screen(ask, monkeypatch, columns, language):
    monkeypatch.setenv("COLUMNS", str(columns))
    spoken = {} if language == "en" else {"primary_goal": ["拉新成交"], "industry": ["母婴"], "return_rate": ["跳过"]}
    _, shown = ask("review", "save", options=["--lang", language], typed=spoken)
    widths = [wcswidth(line) for line in shown.splitlines()]
    assert max(widths) <= min(columns, 100)
    assert sum(width > 40 for width in widths) > 5


def test_other_companies_may_weigh_the_order(ask, tmp_path):
    CliRunner().invoke(main, ["sample", "40", "-o", "companies.jsonl", "--currency", "CNY"])
    code, shown = ask("save", options=["--on", "companies.jsonl"])
    assert code == 0
    assert "Settled after" in shown
