"""Cases in a sheet, and cases written back as text."""

import pytest

from fourfold.cases import read_cases, run, sheet_cases
from fourfold.cases.reading import cases_in
from fourfold.cases.text import case_text
from fourfold.reading.document import Mapping, Scalar, parse
from fourfold.span import NOWHERE

HEAD = "case,because,given industry,given primary_goal,given reading[douyin_ads],expect standing[douyin_ads],expect strategy\n"


def test_a_row_of_a_sheet_is_a_case(root, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(HEAD + "a carrier that missed is cut,it missed,mother_baby,new_buyers,misses,cut,\n\nnothing tried yet,no result,beauty,new_buyers,,untested,focus_testing\n", encoding="utf-8")
    report = run(root, (path,))
    assert [outcome.problems for outcome in report.outcomes] == [(), ()]
    assert [outcome.case.span.line for outcome in report.outcomes] == [2, 4]


def test_a_failing_row_says_its_line(root, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(HEAD + "wrong,on purpose,mother_baby,new_buyers,misses,proven,\n", encoding="utf-8")
    (problem,) = run(root, (path,)).problems()
    assert (problem.code, problem.span.line) == ("F401", 2)


def test_a_set_in_a_cell_is_a_list_with_commas(root, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(
        'case,because,given industry,given primary_goal,given months_live,given monthly_budget,expect warnings\nno money,t,beauty,new_buyers,3,0,"no_budget, young_business"\n', encoding="utf-8"
    )
    assert not run(root, (path,)).failed


@pytest.mark.parametrize(
    "text, code, words",
    [
        ("", "F402", "no column `case`"),
        ("case,why\n", "F109", "no column `why`"),
        ("case,case,because\n", "F105", "twice"),
        ("case,because,given\n", "F109", "`given`"),
        ("case,because,given a\na,,1\n", "F402", "no `because`"),
        ("case,because,given a\na,b,1,2\n", "F402", "4 cells"),
        ('case,because,given a\na,"b,1\n', "F102", "no CSV"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said(text, code, words):
    cases, problems = sheet_cases(text, "s.csv")
    assert cases == []
    assert any(problem.code == code and words in problem.message for problem in problems)
    assert all(problem.help for problem in problems)


@pytest.mark.parametrize("text", ["plain", "two words", "12,000", "a: b", "- x", "{x}", '"q"', "#no", "yes", "2026-11-25", "5%", "你好，世界", "", " x ", "a #b", "[x]", "it's"])
def test_a_written_case_is_read_as_it_was(text):
    given = {"x": Scalar(text, NOWHERE), "of": Mapping(((Scalar("a b", NOWHERE), Scalar(text, NOWHERE)),), NOWHERE)}
    cases, problems = cases_in(parse(case_text(f"case {text}", given, {"t[x]": text if not text.startswith("[") else "v"}, f"since {text}"), "c.yaml"))
    assert problems == []
    (case,) = cases
    assert case.given.get("x").text == text if text else case.given.entries[0][1].text == ""
    assert case.given.get("of").entries[0][1].text == text
    assert case.name == f"case {text}".rstrip() or case.name == f"case {text}"


def test_a_sheet_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_bytes(("\ufeff" + HEAD + "a,b,beauty,new_buyers,,untested,\n").encode())
    cases, problems = read_cases(path, "cases.csv")
    assert problems == []
    assert cases[0].name == "a"
