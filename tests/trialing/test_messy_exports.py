"""Exports as platforms give them, and everything that can be wrong with them: named, and nothing silently dropped."""

import json
from datetime import date, datetime
from fractions import Fraction

import pytest
import xlsxwriter

from fourfold.problem import Problems
from fourfold.trialing.cells import Manner, day_of, manner_of, number_of
from fourfold.trialing.exports import read_exports
from fourfold.trialing.results import read_results
from fourfold.trialing.rounds import read_files

GOOGLE = (
    "Campaign performance\r\n14 Dec 2026 - 15 Dec 2026\r\nCampaign\tDay\tCurrency code\tClicks\tImpr.\tCost\tConversions\tCost / conv.\r\n"
    "Brand\t2026-12-14\tUSD\t1,020\t20,400\t1,234.50\t12.00\t102.88\r\nBrand\t2026-12-15\tUSD\t980\t19,000\t1,100.00\t--\t--\r\nTotal: Account\t\tUSD\t2,000\t39,400\t2,334.50\t12.00\t194.54\r\n"
)
META = 'Campaign name,Reporting starts,Reporting ends,"Amount spent (CNY)",Link clicks,Results,Cost per result\nSeed,14/12/2026,14/12/2026,"1,500.00",300,10,150.00\nSeed,15/12/2026,15/12/2026,900.00,200,6,150.00\n'
GERMAN = "Kampagne;Tag;Kosten;Klicks;Conversions\nMarke;14.12.2026;1.234,50 €;1.020;12\nMarke;15.12.2026;900,00 €;700;8\nSumme;;2.134,50 €;1.720;20\n"
CHINESE = "日期,推广计划,消耗(元),点击量,转化数,转化成本\n2026年12月14日,计划A,1234.50,1020,12,102.88\n2026年12月15日,计划A,900,700,8,112.50\n合计,,2134.50,1720,20,106.73\n"
JAPANESE = "日付,キャンペーン,費用,クリック数,コンバージョン\n2026/12/14,A,1234,100,12\n2026/12/15,A,900,90,8\n"


def rows_of(book, tmp_path, data, name="export.csv", carrier="douyin_ads", **more):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_results(book, read_exports(book, path, carrier, more.pop("renamed", {})), **more)


@pytest.mark.parametrize(
    "data, spend, conversions, totals",
    [
        (GOOGLE.encode("utf-16"), None, 12, 1),
        (META, Fraction(2400), 16, 0),
        (GERMAN, None, 20, 1),
        (CHINESE.encode("gb18030"), Fraction("2134.5"), 20, 1),
        (JAPANESE, Fraction(2134), 20, 0),
    ],
    ids=["google, UTF-16 with preamble and total", "meta", "german", "chinese, GB18030", "japanese"],
)
def test_exports_of_platforms_are_read(book, tmp_path, data, spend, conversions, totals):
    found = rows_of(book, tmp_path, data)
    assert len(found.rows) == 2
    assert found.totals == totals
    assert found.read == 2 + totals
    assert sum(row.values["conversions"] for row in found.rows) == conversions
    assert {row.first for row in found.rows} == {date(2026, 12, 14), date(2026, 12, 15)}
    if spend is not None:
        assert sum(row.values["spend"] for row in found.rows) == spend


def test_a_foreign_currency_is_converted_at_the_rate_of_the_day_and_said(book, tmp_path):
    found = rows_of(book, tmp_path, GOOGLE.encode("utf-16"))
    assert found.currency == "USD"
    assert any(problem.code == "F163" and "converted at" in problem.message for problem in found.warnings)
    assert sum(row.values["spend"] for row in found.rows) > Fraction("2334.5") * 5


def test_a_workbook_is_read_like_a_csv(book, tmp_path):
    path = tmp_path / "export.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("report")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for at, head in enumerate(("渠道", "日期", "花费", "访问", "成交人数")):
            sheet.write(0, at, head)
        sheet.write(1, 0, "小红书内容种草")
        sheet.write_datetime(1, 1, datetime(2026, 12, 14), day)  # noqa: DTZ001  # a spreadsheet has no zone
        for at, value in ((2, 350.5), (3, 120), (4, 4)):
            sheet.write(1, at, value)
    found = read_results(book, read_exports(book, path, "", {}))
    assert [(row.carrier, row.first, row.values["spend"], row.values["conversions"]) for row in found.rows] == [("xiaohongshu_content", date(2026, 12, 14), Fraction("350.5"), 4)]


HEAD = "carrier,day,spend,visits,conversions\n"
BAD = [
    ("F160", "a,b\n1,2\n", {}),
    ("F160", "carrier,day,clicks,conversions\ndouyin_ads,2026-12-14,5,1\n", {}),
    ("F161", HEAD + "douyin_ads,2026-12-14,many,10,1\n", {}),
    ("F161", HEAD + "douyin_ads,someday,10,10,1\n", {}),
    ("F161", HEAD + "douyin_ads,03/04/2027,10,10,1\n", {}),
    ("F162", HEAD + "smoke signals,2026-12-14,10,10,1\n", {}),
    ("F162", "day,spend,conversions\n2026-12-14,10,1\n", {"carrier": ""}),
    ("F163", HEAD + "douyin_ads,2026-12-14,€10,10,1\ndouyin_ads,2026-12-15,$10,10,1\n", {}),
    ("F165", HEAD + "douyin_ads,2026-12-14,10,3,5\n", {}),
    ("F166", HEAD + "douyin_ads,2026-12-14,-10,10,1\n", {}),
    ("F167", "carrier,from,to,spend,conversions\ndouyin_ads,2026-12-01,2026-12-31,90,9\ndouyin_ads,2026-12-14,2026-12-14,3,1\n", {}),
    ("F216", "carrier,from,to,spend,conversions\ndouyin_ads,2026-12-31,2026-12-01,90,9\n", {}),
]


@pytest.mark.parametrize("code, text, more", BAD, ids=[f"{code}-{place}" for place, (code, _, _) in enumerate(BAD)])
def test_what_cannot_be_is_named_with_its_place(book, tmp_path, code, text, more):
    with pytest.raises(Problems) as raised:
        rows_of(book, tmp_path, text, **more)
    assert [problem.code for problem in raised.value.problems] == [code]
    assert raised.value.problems[0].help
    assert raised.value.problems[0].span.file.endswith("export.csv")


@pytest.mark.parametrize(
    "code, text",
    [
        ("F170", "carrier,day,spend,conversions,cost per conversion\ndouyin_ads,2026-12-14,70,5,12.00\n"),
        ("F170", HEAD + "douyin_ads,2026-12-14,10,10,1\nTotal,,999,10,1\n"),
        ("F167", HEAD + "douyin_ads,2026-12-14,10,10,1\ndouyin_ads,2026-12-14,10,10,1\n"),
    ],
    ids=["an average against its own numbers", "a total against its rows", "the same line twice"],
)
def test_what_is_odd_is_said_and_read_on(book, tmp_path, code, text):
    found = rows_of(book, tmp_path, text)
    assert [problem.code for problem in found.warnings] == [code]
    assert sum(row.values["conversions"] for row in found.rows) in (1, 5)


def test_a_carrier_is_known_by_the_name_before_its_brackets_and_by_how_its_name_begins(book, tmp_path):
    found = rows_of(book, tmp_path, HEAD + "抖音广告,2026-12-14,10,10,1\n小红书内容,2026-12-14,10,10,1\n小红书内容,2026-12-15,10,10,1\n")
    assert [row.carrier for row in found.rows] == ["douyin_ads", "xiaohongshu_content", "xiaohongshu_content"]
    assert [problem.message for problem in found.warnings] == ["`小红书内容` was read as `小红书内容种草` (in 2 lines)"]


def test_what_many_lines_have_wrong_is_said_once(book, tmp_path):
    with pytest.raises(Problems) as raised:
        rows_of(book, tmp_path, HEAD + "".join(f"smoke signals,2026-12-{day},10,10,1\n" for day in range(14, 20)))
    assert [problem.message for problem in raised.value.problems] == ["`smoke signals` is no carrier (in 6 lines)"]


def test_the_same_file_twice_counts_once_and_a_newer_export_counts_instead(book, tmp_path):
    old, same, new = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    old.write_text(HEAD + "douyin_ads,2026-12-14,10,10,1\n", encoding="utf-8")
    same.write_bytes(old.read_bytes())
    new.write_text(HEAD + "douyin_ads,2026-12-14,10,10,2\n", encoding="utf-8")
    once, _ = read_files(book, (str(old), str(same)), {})
    later, _ = read_files(book, (str(old), str(new)), {})
    assert [problem.code for problem in once.warnings] == ["F167"]
    assert sum(row.values["conversions"] for row in once.rows) == 1
    assert sum(row.values["conversions"] for row in later.rows) == 2
    assert "newer numbers" in later.warnings[0].message


def test_columns_are_renamed_and_a_carrier_is_named_before_its_file(book, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Wann,Betrag,Abschluss\n2026-12-14,10,1\n", encoding="utf-8")
    found, _ = read_files(book, (f"douyin_ads={path}",), {"spend": "Betrag", "conversions": "Abschluss", "day": "Wann"})
    assert [(row.carrier, row.values["spend"]) for row in found.rows] == [("douyin_ads", 10)]


@pytest.mark.parametrize(
    "text, comma, value",
    [
        ("1,234.50", False, "1234.5"),
        ("1.234,50", True, "1234.5"),
        ("¥1,234", False, "1234"),
        ("2万", False, "20000"),
        ("(12.5)", False, "-12.5"),
        ("1 234,5", True, "1234.5"),
        ("USD 12.30", False, "12.3"),
    ],
)
def test_numbers_are_read_in_the_manner_of_their_file(text, comma, value):
    assert number_of(text, Manner(comma)) == Fraction(value)


@pytest.mark.parametrize("text", ["1,23,4", "12,3456,789", "ten", "1.2.3"])
def test_a_number_that_is_none_is_not_guessed(text):
    assert number_of(text, Manner()) is None


def test_day_and_month_are_told_apart_by_the_whole_file():
    manner = manner_of([], ["03/04/2027", "25/04/2027"], by_semicolon=False)
    assert day_of("03/04/2027", manner) == date(2027, 4, 3)
    assert day_of("Dec 14, 2026", manner) == day_of("14. Dez 2026", manner) == day_of("20261214", manner) == date(2026, 12, 14)
    assert day_of("03/04/2027", Manner()) is None


def test_rows_on_the_screen_add_up(run, acorn, tmp_path):
    text = HEAD + "douyin_ads,2026-12-14,10,10,1\ndouyin_ads,2026-12-14,10,10,1\n(not set),2026-12-14,0,10,3\nTotal,,20,30,5\n"
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    data = json.loads(run("trial", acorn, "r.csv", "--as-of", "2027-02-01", "--format", "json").output)
    rows = data["rows"]
    assert rows["read"] == rows["counted"] + rows["totals"] + rows["twice"] + rows["untraced"] + rows["outside"] + rows["others"] == 4
    assert data["untraced"]["conversions"] == 3
    assert {problem["code"] for problem in data["problems"]} >= {"F162", "F167", "F171"}
