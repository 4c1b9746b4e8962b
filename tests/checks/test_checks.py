"""Every check by a small workspace in which it finds something, with all that is shown, and one in which it nearly does.

A file is rewritten only with FOURFOLD_REWRITE=1, and then read.
"""

import os
import re
from pathlib import Path

import pytest
from conftest import DAY, ROOT
from pages_of_checks import page, problem_rows, write_pages

from fourfold import checks
from fourfold.checking import seen_of
from fourfold.show_problem import show

HERE = Path(__file__).parent
SHOWN, NEAR = "-------- shown\n", "-------- near miss\n"
PART = re.compile(r"^==== (\S+)\n", re.MULTILINE)
CHECKS = {check.name: check for check in checks.every_check()}


def golden(name):
    """Return the workspace that fires, what is shown, and the workspace that does not."""
    fires, _, rest = (HERE / f"{name}.txt").read_text(encoding="utf-8").partition(SHOWN)
    shown, _, near = rest.partition(NEAR)
    return fires, shown, near


def texts_of(text):
    pieces = PART.split(text)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def found_by(name, text):
    texts = texts_of(text)
    problems = sorted(checks.run(seen_of(texts, DAY), only=name), key=lambda problem: (problem.span, problem.message))
    return problems, show(problems, lambda file, line: (texts.get(file, "").split("\n") + [None] * line)[line - 1])


def test_there_are_at_least_forty_checks_each_with_its_golden():
    assert len(CHECKS) >= 40
    assert {path.stem for path in HERE.glob("*.txt")} == set(CHECKS)
    assert len({check.code for check in CHECKS.values()}) == len(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_the_whole_output_is_as_written(name):
    fires, shown, near = golden(name)
    problems, text = found_by(name, fires)
    if os.environ.get("FOURFOLD_REWRITE") == "1":
        (HERE / f"{name}.txt").write_text(fires + SHOWN + text + NEAR + near, encoding="utf-8")
        return
    assert problems
    assert text == shown
    assert {problem.code for problem in problems} == {CHECKS[name].code}


@pytest.mark.parametrize("name", CHECKS)
def test_what_nearly_looks_like_it_is_left_alone(name):
    assert found_by(name, golden(name)[2])[0] == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_says_what_why_example_and_instead(name):
    check = CHECKS[name]
    assert [head for head, _ in check.parts] == list(checks.HEADINGS)
    assert check.title.startswith("Find ")
    assert all(text.strip() for _, text in check.parts)


@pytest.mark.parametrize("name", CHECKS)
def test_a_message_is_one_line_with_a_name_in_backticks(name):
    for problem in found_by(name, golden(name)[0])[0]:
        assert "\n" not in problem.message
        assert not problem.message.endswith(".")
        assert "`" in problem.message
        assert problem.span.line
        assert problem.help


@pytest.mark.parametrize("name", CHECKS)
def test_the_page_is_what_the_check_says_of_itself(name):
    written = (ROOT / "docs" / "checks" / f"{name}.md").read_text(encoding="utf-8")
    assert written == page(CHECKS[name], *golden(name)[:2]), "make them anew: python tests/pages_of_checks.py"


def test_no_page_is_left_over_and_the_index_lists_all():
    pages = {path.stem for path in (ROOT / "docs" / "checks").glob("*.md")}
    assert pages == {*CHECKS, "README"}
    assert write_pages(only_compare=True) == []


def test_the_problem_page_has_a_row_for_each_check():
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    for row in problem_rows():
        assert row in text, "make them anew: python tests/pages_of_checks.py"


def test_an_allowance_takes_one_finding_away_and_no_other():
    fires, _, _ = golden("unread-answer")
    allowed = fires.replace("==== rules/r.yaml", "book:\n  proved: [bold]\n  checks:\n    - {allow: unread-answer, at: cars, because: told on the phone}\n==== rules/r.yaml")
    assert found_by("unread-answer", allowed)[0] == []
    assert found_by("unused-allowance", allowed)[0] == []


def test_the_shipped_book_has_no_problem_and_few_warnings():
    from fourfold.checking import check_workspace

    found = check_workspace(ROOT, DAY).problems
    assert [problem.message for problem in found if not problem.is_warning] == []
    assert len(found) <= 10, [problem.message for problem in found]
