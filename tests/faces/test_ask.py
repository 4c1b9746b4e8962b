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

from fourfold import terminal
from fourfold.cli import main
from fourfold.library import open_book
from fourfold.problem import Problem, Problems
from fourfold.talk.replies import next_sharpening, reply
from fourfold.talk.state import facts_in, on_screen

FOUR = ["new buyers", "moth", "", "300", "42%", "skip", "20k", ""]


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Answer line by line; gives exit code and everything that was shown."""
    monkeypatch.chdir(tmp_path)

    def call(*lines, options=()):
        text = "".join(f"{line}\n" for line in lines)
        found = CliRunner().invoke(main, ["ask", "acorn", "--as-of", "2026-11-25", *options], input=text)
        assert not found.exception or isinstance(found.exception, SystemExit), found.output
        return found.exit_code, found.output

    return call


def saved():
    return Path("acorn.yaml").read_text(encoding="utf-8")


def test_a_person_starts_without_a_file_and_leaves_with_a_plan(ask):
    code, shown = ask(*FOUR, "plan")
    assert code == 0
    assert re.search(r"Settled after [3-6] questions:  FOCUS TESTING", shown)
    assert "Written to plans/acorn/2026-11-25/" in shown
    assert Path("plans/acorn/2026-11-25/plan.md").is_file()
    book = open_book(ROOT, DAY)
    assert facts_in(book, saved(), "acorn.yaml").known["monthly_budget"].value == 20_000


def test_what_was_typed_is_shown_as_it_was_read(ask):
    _, shown = ask("new", "moth", "", "300", "42%", "skip", "1万到3万", "save")
    assert "10,000 to 30,000 CNY" in shown
    assert "monthly_budget: 1万到3万" in saved()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("twenty", "`twenty` is text"),
        ("20.000", "may mean 20,000 or 20.0"),
        ("30-10k", "are swapped"),
        ("-5", "it is -5"),
        ("999999999999999999", "`monthly_budget` is 0 to"),
        ("300%", "is an amount"),
    ],
)
def test_what_is_no_amount_is_asked_again_with_a_help(ask, typed, said):
    code, shown = ask("new", "moth", "", "300", "42%", "skip", typed, "20k", "save")
    assert code == 0
    assert said in shown
    assert "monthly_budget: 20k" in saved()


def test_letters_that_fit_several_choices_ask_which(ask):
    _, shown = ask("new", "b2b", "11", "", "save")
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
    code, shown = ask("new", "moth", "")
    assert code == 1
    assert "Saved: 2 answers in acorn.yaml. Go on with: fourfold ask acorn" in shown
    assert "industry: mother_baby" in saved()


def test_it_goes_on_where_it_stopped(ask):
    ask("new", "moth", "", "300", "42%", "skip")
    code, shown = ask("20k", "", "save")
    assert code == 0
    assert "Welcome back. 3 answers kept" in shown
    assert "Settled after" in shown


def test_changed_rules_are_said_and_only_a_lost_answer_is_asked_again(ask):
    ask("new", "moth", "", "300", "42%", "skip")
    text = saved().replace("# rule book ", "# rule book 000000").replace("primary_goal: new_buyers", "primary_goal: fame")
    Path("acorn.yaml").write_text(text, encoding="utf-8")
    _, shown = ask("new", "save")
    assert "The rules changed since then (000000 →" in shown
    assert "Answer `primary_goal: fame` is not understood any more" in shown
    assert "What do you want most" in shown
    assert "primary_goal: new_buyers" in saved()
    assert "average_order_value" in saved()


def test_a_file_that_cannot_be_read_is_left_as_it_is(ask):
    Path("acorn.yaml").write_text("a: [1, 2\n", encoding="utf-8")
    code, shown = ask("new")
    assert code == 1
    assert "F102" in shown
    assert saved() == "a: [1, 2\n"


def test_a_second_conversation_on_the_same_file_is_refused(ask):
    with terminal.alone_with(Path("acorn.yaml")):
        code, shown = ask("new")
    assert code == 1
    assert "F118 `acorn.yaml` is being answered in another window" in shown
    assert not Path("acorn.yaml").exists()


def test_a_file_changed_by_something_else_is_never_written_over(ask, monkeypatch):
    real = terminal.reply

    def meddled(talk, typed):
        if typed == "moth":
            Path("acorn.yaml").write_text("company: other\n", encoding="utf-8")
        return real(talk, typed)

    monkeypatch.setattr(terminal, "reply", meddled)
    _, shown = ask("new", "moth", "", "save")
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
    _, shown = ask("new", "moth", "", "save")
    assert "Not saved: cannot write `acorn.yaml`: no space left on device" in shown
    assert "primary_goal: new_buyers" in saved()
    assert "industry: mother_baby" in saved()


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
    _, shown = ask(*FOUR, "1", "awareness", "undo", "3", "review", "1", "leads", "go on", "save")
    assert shown.count("What this changes:") >= 1
    assert "As it was before." in shown


def test_trying_an_answer_saves_nothing(ask):
    ask(*FOUR, "save")
    before = saved()
    _, shown = ask("try 4 = 300", "drop", "save")
    assert "not saved" in shown
    assert "focus testing → focus" in shown
    assert saved() == before


def test_why_says_which_outcomes_hang_on_the_question(ask):
    _, shown = ask("new", "moth", "", "300", "42%", "skip", "?", "save")
    assert "Rules that wait:" in shown
    assert re.search(r"Up to [\d,]+ CNY: |From [\d,]+ CNY on: |It decides together", shown)


def test_back_asks_the_answer_before_again(ask):
    _, shown = ask("new", "moth", "", "back", "beauty", "", "go on", "save")
    assert "now: industry: Mother and baby" in shown
    assert "industry: beauty" in saved()


def test_the_grid_takes_names_and_asks_for_each_result(ask):
    _, shown = ask(*FOUR[:-1], "2", "xiaohongshu content", "meets", "none", "none", "none", "save")
    assert "result in numbers" in shown
    assert re.search(r"reading:\n  xiaohongshu_content: meets\n", saved())


def test_what_would_change_the_plan_is_asked_afterwards(ask):
    _, shown = ask(*FOUR, "", "save")
    assert re.search(r"Sharpen 1 of \d+", shown)
    assert "improves:" in shown


def test_people_are_taken_as_a_table(ask):
    ask(*FOUR, "save")
    book = open_book(ROOT, DAY, "CNY")
    talk, _ = terminal.start(book, terminal.companies(book, None), Path("acorn.yaml"), saved())
    talk = next_sharpening(replace(talk, sharpen=(("people", ("people",)),)))
    wrong = reply(talk, "Ann, boss, 20")
    assert "`boss`" in wrong.shown[0]["problems"][0]["message"]
    talk = reply(reply(wrong.talk, "Ann, senior, 20, writing").talk, "").talk
    assert re.search(r"people:\n +- who: Ann\n +level: senior\n +days: '20'\n +skills: writing", talk.text)
    assert facts_in(book, talk.text, "acorn.yaml").known["senior_days"].value == 200


def test_chinese_screens_are_chinese(ask):
    _, shown = ask("拉新成交", "母婴", "", "300", "42%", "跳过", "2万", "", "保存", options=["--lang", "zh"])
    assert "最多还有" in shown
    assert "已有结论（共" in shown
    words = {word for line in shown.splitlines() if not line.startswith(("> ", "Fourfold")) for word in re.findall(r"[A-Za-z]{3,}", line)}
    assert words <= {"CNY", "acorn", "yaml", "fourfold", "ask", "lang", "KOL", "KOC", "SEO", "App", "SaaS"}, words


def test_lines_fit_a_narrow_screen_or_break_at_words(ask):
    _, shown = ask(*FOUR, "review", "save")
    assert max(len(line) for line in shown.splitlines()) < 200


def test_other_companies_may_weigh_the_order(ask, tmp_path):
    CliRunner().invoke(main, ["sample", "40", "-o", "companies.jsonl", "--currency", "CNY"])
    code, shown = ask(*FOUR, "save", options=["--on", "companies.jsonl"])
    assert code == 0
    assert "Settled after" in shown
