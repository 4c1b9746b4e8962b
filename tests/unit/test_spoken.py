"""Answers as people give them: each is read, said back, and reads back from a saved profile as the same."""

import json

import pytest
from conftest import DAY, ROOT

from fourfold.door import enter, read_profile
from fourfold.door.state import open_door
from fourfold.library import open_book
from fourfold.problem import Problem
from fourfold.spoken import Doubt, Heard, heard, says_unknown


def said(book, term, text, language="en"):
    door = open_door(book)
    return heard(book, door.terms[term], door.kinds[term], text, language)


def saved_text(saved):
    if isinstance(saved, dict):
        return f"{{low: {saved['low']}, high: {saved['high']}}}"
    return json.dumps(saved, ensure_ascii=False)


def read_again(book, term, found):
    """Return what the door reads from a profile that holds the saved answer."""
    entity = next(iter(book.entities[open_door(book).terms[term].of]), "") if open_door(book).terms[term].of else ""
    line = f"{term}: {{{entity}: {saved_text(found.saved)}}}" if entity else f"{term}: {saved_text(found.saved)}"
    return enter(book, read_profile(f"currency: {book.currency}\nprimary_goal: leads\n{line}\n" if term != "primary_goal" else f"currency: {book.currency}\n{line}\n", "saved.yaml"))


def same(book, term, found):
    """Return whether the saved answer reads back as what was heard."""
    facts = read_again(book, term, found)
    if isinstance(found.value, frozenset):
        return {option for option in open_door(book).kinds[term].options if facts.known[f"{term}[{option}]"].value == "true"} == found.value
    fact = next(fact for name, fact in facts.known.items() if name.partition("[")[0] == term)
    if isinstance(found.value, tuple):
        return (fact.low, fact.high) == found.value
    return fact.value == found.value


MONEY = [
    ("20k", 20_000), ("20K", 20_000), ("20,000", 20_000), ("20000", 20_000), ("20 000", 20_000), ("20'000", 20_000), ("20_000", 20_000), ("2万", 20_000), ("2 万", 20_000),
    ("2w", 20_000), ("2W", 20_000), ("两万", 20_000), ("一万五", 15_000), ("1.5 million", 1_500_000), ("1.5m", 1_500_000), ("1,5 million", 1_500_000), ("¥30,000", 30_000),
    ("￥30,000", 30_000), ("30000元", 30_000), ("3万块", 30_000), ("3万块钱", 30_000), ("RMB 3万", 30_000), ("人民币三万", 30_000), ("3k yuan", 3_000), ("20 thousand", 20_000),
    ("twenty thousand", 20_000), ("half a million", 500_000), ("5 grand", 5_000), ("２００００", 20_000), ("２０，０００", 20_000), ("8千", 8_000), ("3千5", None), ("120万", 1_200_000),
    ("1.2亿", 120_000_000), ("百万", None), ("一百万", 1_000_000), ("1.234.567", 1_234_567), ("12,345.60", 12_346), ("0", 0), ("zero", 0), ("20k a month", 20_000), ("每月2万", 20_000),
    ("2万/月", 20_000), ("2万每月", 20_000), ("240k a year", 20_000), ("一年24万", 20_000), ("240k per year", 20_000), ("1000 a week", 4_333), ("1.250 million", 1_250_000), ("1,00,000", 100_000),
    ("  20k  ", 20_000), ("20k.", None), ("2.5万", 25_000), ("2万半", 25_000), ("三百二十万", 3_200_000), ("二十万", 200_000), ("¥ 5 000", 5_000), ("CNY 5k", 5_000), ("20mil", 20_000_000),
]  # fmt: skip
RANGES = [
    ("10-30k", 10_000, 30_000), ("10k-30k", 10_000, 30_000), ("10 - 30k", 10_000, 30_000), ("10k to 30k", 10_000, 30_000), ("from 10k to 30k", 10_000, 30_000),
    ("between 10k and 30k", 10_000, 30_000), ("10k–30k", 10_000, 30_000), ("10k~30k", 10_000, 30_000), ("10k..30k", 10_000, 30_000), ("1万到3万", 10_000, 30_000), ("1-3万", 10_000, 30_000),
    ("一到三万", 10_000, 30_000), ("两三万", 20_000, 30_000), ("1万～3万", 10_000, 30_000), ("1万至3万之间", 10_000, 30_000), ("介于1万到3万之间", 10_000, 30_000), ("about 5000", 4_500, 5_500), ("~5000", 4_500, 5_500),
    ("5000左右", 4_500, 5_500), ("大概5千", 4_500, 5_500), ("约5000", 4_500, 5_500), ("roughly 5k", 4_500, 5_500), ("5000 or so", 4_500, 5_500), ("at least 5000", 5_000, 10**10), ("5000+", 5_000, 10**10),
    ("over 5000", 5_001, 10**10), ("5千以上", 5_000, 10**10), ("up to 20k", 0, 20_000), ("under 20k", 0, 19_999), ("<20k", 0, 19_999), ("<= 20k", 0, 20_000), ("不到2万", 0, 19_999), ("2万以内", 0, 20_000),
    ("最多2万", 0, 20_000), ("至少5千", 5_000, 10**10), ("¥10k-¥30k", 10_000, 30_000), ("20k-30k per month", 20_000, 30_000), ("120-240k a year", 10_000, 20_000),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [pair for pair in MONEY if pair[1] is not None])
def test_money(text, value, book):
    found = said(book, "monthly_budget", text)
    assert isinstance(found, Heard), found
    assert found.value == value
    assert found.echo == f"{value:,} CNY"
    assert same(book, "monthly_budget", found)


@pytest.mark.parametrize(("text", "low", "high"), RANGES)
def test_ranges_of_money(text, low, high, book):
    found = said(book, "monthly_budget", text)
    assert isinstance(found, Heard), found
    assert found.value == (low, high)
    assert found.echo.endswith(" CNY")
    assert same(book, "monthly_budget", found)


@pytest.mark.parametrize(("text", "echo", "value"), [
    ("USD 3k", "3,000 USD = 21,300 CNY", 21_300), ("$3k", "3,000 USD = 21,300 CNY", 21_300), ("3000美元", "3,000 USD = 21,300 CNY", 21_300), ("3k dollars", "3,000 USD = 21,300 CNY", 21_300),
    ("€1000", "1,000 EUR = 7,800 CNY", 7_800), ("1000 EUR", "1,000 EUR = 7,800 CNY", 7_800), ("$1-2k", "1,000–2,000 USD = 7,100–14,200 CNY", (7_100, 14_200)),
    ("about £100", "90–110 GBP = 819–1,001 CNY", (819, 1_001)), ("HK$ 1万", "10,000 HKD = 9,100 CNY", 9_100), ("$36k a year", "3,000 USD = 21,300 CNY", 21_300),
])  # fmt: skip
def test_other_currencies_are_converted_and_kept_as_said(text, echo, value, book):
    found = said(book, "monthly_budget", text)
    assert (found.echo, found.value) == (echo, value)
    assert "converted" in found.notes
    assert same(book, "monthly_budget", found)
    assert any(name in str(found.saved) for name in ("USD", "EUR", "GBP", "HKD"))


def test_a_sign_of_several_currencies_is_asked_back(own_cache):
    linked = open_book(ROOT, DAY, "CAD")
    found = said(linked, "monthly_budget", "$3k")
    assert found.reason == "currency"
    assert [reading.echo for reading in found.readings] == ["3,000 CAD", "3,000 USD = 4,096 CAD"]
    assert said(linked, "monthly_budget", "3k").echo == "3,000 CAD"
    assert said(open_book(ROOT, DAY, "USD"), "monthly_budget", "$3k").echo == "3,000 USD"


@pytest.mark.parametrize(("term", "text", "reason", "echoes"), [
    ("monthly_budget", "20.000", "separator", ["20,000 CNY", "20 CNY"]), ("monthly_budget", "20.000-30.000", "separator", ["20,000–30,000 CNY", "20–30 CNY"]),
    ("monthly_budget", "30k-10k", "order", ["10,000–30,000 CNY"]), ("monthly_budget", "30000-10000", "order", ["10,000–30,000 CNY"]), ("monthly_budget", "3万到1万", "order", ["10,000–30,000 CNY"]),
    ("monthly_budget", "30-10k", "order", ["10,000–30,000 CNY", "30–10,000 CNY"]), ("monthly_budget", "1万到3", "unit", ["10,000–30,000 CNY"]), ("monthly_budget", "10k-30", "unit", ["10,000–30,000 CNY"]),
    ("employees", "1.200", "separator", ["1,200", "1"]), ("gross_margin", "0.55", "percent", ["55 %", "0.6 %"]), ("pay_conversion", "0.8", "percent", ["80 %", "0.8 %"]),
    ("target_month", "3/4/2027", "date", ["2027-04-03", "2027-03-04"]), ("target_month", "2027", "date", ["2027-12", "2027-01"]), ("target_month", "next year", "date", ["2027-12", "2027-01"]),
    ("cash", "steddy", "spelling", ["steady"]), ("primary_goal", "re", "name", ["repeat orders", "keeping customers"]), ("industry", "aparel", "spelling", ["Apparel and footwear"]),
])  # fmt: skip
def test_what_may_mean_several_things_is_asked_back(term, text, reason, echoes, book):
    found = said(book, term, text)
    assert isinstance(found, Doubt), found
    assert found.reason == reason
    assert [reading.echo for reading in found.readings] == echoes
    for reading in found.readings:
        assert same(book, term, reading)


@pytest.mark.parametrize(("term", "text", "echo"), [
    ("gross_margin", "20.000", "20 %"), ("employees", "0.250", None), ("months_live", "2.500", "2,500"), ("return_rate", "0.3%", "0.3 %"), ("gross_margin", "30-0.5", None),
])  # fmt: skip
def test_a_reading_outside_the_range_is_no_doubt(term, text, echo, book):
    found = said(book, term, text)
    if echo is None:
        assert not isinstance(found, Heard), found
    elif term == "months_live":
        assert isinstance(found, Doubt)
        assert [reading.echo for reading in found.readings] == ["2,500", "3"]
    else:
        assert found.echo == echo


@pytest.mark.parametrize(("term", "text", "value", "echo"), [
    ("employees", "12", 12, "12"), ("employees", "12人", 12, "12"), ("employees", "十二个人", 12, "12"), ("employees", "12 people", 12, "12"), ("employees", "twelve", 12, "12"),
    ("employees", "10-20人", (10, 20), "10–20"), ("employees", "about 100", (90, 110), "90–110"), ("employees", "一百多", (90, 110), "90–110"), ("employees", "三五个人", (3, 5), "3–5"),
    ("employees", "2.5", 3, "3"), ("heads", "2.5", 250, "2.5"), ("heads", "1.5 FTE", 150, "1.5"), ("heads", "0.5", 50, "0.5"), ("heads", "half", None, None), ("outlets", "5家店", 5, "5"),
    ("outlets", "3 stores", 3, "3"), ("months_live", "2 years", 24, "24"), ("months_live", "两年", 24, "24"), ("months_live", "一年半", 18, "18"), ("months_live", "1年3个月", 15, "15"),
    ("months_live", "18 months", 18, "18"), ("months_live", "6个月", 6, "6"), ("months_live", "2 years and 3 months", 27, "27"), ("customers", "1.2万", 12_000, "12,000"), ("monthly_orders", "300 orders a month", 300, "300"),
    ("monthly_orders", "每天10单", 304, "304"), ("monthly_orders", "3600 a year", 300, "300"), ("orders_per_year", "6 a year", 60, "6"), ("orders_per_year", "2 a month", 240, "24"), ("person_days", "20天", 200, "20"),
    ("gross_margin", "55", 550, "55 %"), ("gross_margin", "55%", 550, "55 %"), ("gross_margin", "55 percent", 550, "55 %"), ("gross_margin", "５５％", 550, "55 %"), ("gross_margin", "五成", 500, "50 %"),
    ("gross_margin", "百分之五十五", 550, "55 %"), ("gross_margin", "50-60%", (500, 600), "50–60 %"), ("gross_margin", "55 out of 100", 550, "55 %"), ("monthly_growth", "-5", -50, "-5 %"), ("monthly_growth", "-5%", -50, "-5 %"),
    ("monthly_growth", "−5", -50, "-5 %"), ("monthly_growth", "-5 to 3", (-50, 30), "-5–3 %"), ("churn", "2.5", 250, "2.5 %"), ("average_order_value", "99.90", 9_990, "99.9 CNY"), ("average_order_value", "99,90", 9_990, "99.9 CNY"),
])  # fmt: skip
def test_numbers_and_percents(term, text, value, echo, book):
    found = said(book, term, text)
    if value is None:
        assert isinstance(found, Problem)
        return
    assert isinstance(found, Heard), found
    assert (found.value, found.echo) == (value, echo)
    assert same(book, term, found)
    assert ("rounded" in found.notes) == ((text == "2.5" and term == "employees") or text == "每天10单")


@pytest.mark.parametrize(("text", "saved"), [
    ("february 2027", "2027-02"), ("Feb 2027", "2027-02"), ("2027年2月", "2027-02"), ("二〇二七年二月", "2027-02"), ("2027-02", "2027-02"), ("2027/2", "2027-02"), ("02/2027", "2027-02"), ("next month", "2026-12"),
    ("下个月", "2026-12"), ("明年3月", "2027-03"), ("march", "2027-03"), ("3月", "2027-03"), ("end of march", "2027-03"), ("by june 2027", "2027-06"), ("Q2 2027", "2027-06"), ("2027Q2", "2027-06"),
    ("2027年第二季度", "2027-06"), ("end of 2027", "2027-12"), ("2027年底", "2027-12"), ("年底", "2026-12"), ("end of the year", "2026-12"), ("in 3 months", "2027-02"), ("3个月后", "2027-02"), ("三个月后", "2027-02"),
    ("半年后", "2027-05"), ("next quarter", "2027-02"), ("in two years", "2028-11"), ("2027-02-15", "2027-02-15"), ("15.2.2027", "2027-02-15"), ("13/4/2027", "2027-04-13"), ("March 15, 2027", "2027-03-15"),
    ("15 March 2027", "2027-03-15"), ("15th of march", "2027-03-15"), ("2027年2月15日", "2027-02-15"), ("2月15号", "2027-02-15"), ("20270215", "2027-02-15"), ("tomorrow", "2026-11-26"), ("in 2 weeks", "2026-12-09"),
])  # fmt: skip
def test_dates(text, saved, book):
    found = said(book, "target_month", text)
    assert isinstance(found, Heard), found
    assert found.saved == found.echo == saved
    assert same(book, "target_month", found)


@pytest.mark.parametrize(("term", "text", "value"), [
    ("has_tracking", "yes", "true"), ("has_tracking", "Y", "true"), ("has_tracking", "yep", "true"), ("has_tracking", "是", "true"), ("has_tracking", "有", "true"), ("has_tracking", "能", "true"), ("has_tracking", "对的", "true"),
    ("has_tracking", "no", "false"), ("has_tracking", "N", "false"), ("has_tracking", "否", "false"), ("has_tracking", "没有", "false"), ("has_tracking", "不能", "false"), ("has_tracking", "not yet", "false"),
    ("cash", "1", "tight"), ("cash", "3", "plenty"), ("cash", "tight", "tight"), ("cash", "TIGHT", "tight"), ("cash", "ti", "tight"), ("cash", "紧张", "tight"), ("cash", "充", "plenty"), ("cash", "2.", "steady"),
    ("primary_goal", "new buyers", "new_buyers"), ("primary_goal", "new_buyers", "new_buyers"), ("primary_goal", "new-buyers", "new_buyers"), ("primary_goal", "leads", "leads"), ("primary_goal", "复购", "repeat"),
    ("primary_goal", "第3个", "repeat"), ("primary_goal", "aware", "awareness"), ("market", "china", "cn"), ("market", "海外", "global"), ("market", "China!", "cn"), ("appetite", "find out", "explore"),
    ("industry", "fashion", "apparel"), ("industry", "女装", "apparel"), ("industry", "mother and baby", "mother_baby"), ("industry", "母婴", "mother_baby"), ("industry", "legal", "legal"), ("industry", "SaaS", "b2b_software"),
    ("business_model", "E-commerce", "ecommerce"), ("business_model", "电商", "ecommerce"), ("business_model", "local store", "local_store"), ("reading", "none", "none"), ("reading", "meets", "meets"), ("reading", "达标", "meets"),
])  # fmt: skip
def test_choices(term, text, value, book):
    found = said(book, term, text)
    assert isinstance(found, Heard), found
    assert found.value == value
    assert found.echo
    assert same(book, term, found)


@pytest.mark.parametrize(("text", "members"), [
    ("1,3,5", {1, 3, 5}), ("1 3 5", {1, 3, 5}), ("1、3、5", {1, 3, 5}), ("1，3，5", {1, 3, 5}), ("1-3", {1, 2, 3}), ("1-2, 5", {1, 2, 5}), ("2到4", {2, 3, 4}), ("writing", {1}), ("writing and short video", {1, 3}),
    ("all", set(range(1, 17))), ("全部", set(range(1, 17))), ("none", set()), ("都没有", set()), ("all but 3", set(range(1, 17)) - {3}), ("all except 1, 2", set(range(3, 17))), ("除了3都有", set(range(1, 17)) - {3}), ("3", {3}), ("3,3", {3}),
])  # fmt: skip
def test_sets(text, members, book):
    options = open_door(book).kinds["skills"].options
    found = said(book, "skills", text)
    assert isinstance(found, Heard), found
    assert found.value == {options[number - 1] for number in members}
    assert same(book, "skills", found)


def test_names_are_said_back_in_the_language(book):
    assert said(book, "cash", "tight", "zh").echo == "紧张"
    assert said(book, "has_tracking", "yes", "zh").echo == "是"
    assert said(book, "skills", "none", "zh").echo == "无"
    assert "、" in said(book, "skills", "1,2", "zh").echo
    assert said(book, "industry", "女装").echo == "Apparel and footwear"


def test_options_may_be_numbered_by_the_screen(book):
    door = open_door(book)
    found = heard(book, door.terms["cash"], door.kinds["cash"], "1", order=("plenty", "tight"))
    assert found.value == "plenty"
    assert isinstance(heard(book, door.terms["cash"], door.kinds["cash"], "3", order=("plenty", "tight")), Problem)


@pytest.mark.parametrize("text", ["don't know", "dont know", "Don’t know.", "dunno", "no idea", "not sure", "idk", "skip", "pass", "n/a", "?", "", "   ", "unknown", "-", "不知道", "不清楚", "不确定", "说不准", "跳过", "略过", "没概念"])  # fmt: skip
@pytest.mark.parametrize("term", ["monthly_budget", "cash", "target_month", "skills", "has_tracking"])
def test_not_knowing_is_an_answer(text, term, book):
    assert says_unknown(text)
    assert said(book, term, text) == Heard(None, None, "")


@pytest.mark.parametrize(("term", "text", "code", "words"), [
    ("monthly_budget", "abc", "F203", "`monthly_budget` is an amount in CNY; `abc` is not"), ("monthly_budget", "a lot", "F203", "is not"), ("monthly_budget", "1e5", "F203", "is not"), ("monthly_budget", "nan", "F203", "is not"),
    ("monthly_budget", "inf", "F203", "is not"), ("monthly_budget", "20k.", "F203", "is not"), ("monthly_budget", "5 apples", "F203", "is not"), ("monthly_budget", "--5", "F203", "is not"), ("monthly_budget", "1..2..3", "F203", "is not"),
    ("monthly_budget", "2,5,0", "F203", "is not"), ("monthly_budget", "20,0000", "F203", "is not"), ("monthly_budget", "¥5 $6", "F203", "is not"), ("monthly_budget", "20%", "F203", "no percentage"), ("monthly_budget", "-5", "F205", "it is -5"),
    ("monthly_budget", "1000亿", "F205", "0 to 10,000,000,000"), ("monthly_budget", "1" * 90, "F203", "is not"), ("monthly_budget", "₹5", "F205", None), ("monthly_budget", "5 won", None, None), ("monthly_budget", "10-20-30", "F203", "is not"),
    ("monthly_budget", "tight", "F203", "is not"), ("employees", "$5", "F203", "no money"), ("employees", "5%", "F203", "no percentage"), ("employees", "0", "F205", "1 to 3,000,000"), ("employees", "-3", "F205", "it is -3"),
    ("employees", "5 a year", "F203", "as a whole"), ("employees", "yes", "F203", "a number"), ("gross_margin", "155", "F205", "0 to 100 %; it is 155"), ("gross_margin", "high", "F203", "a percentage"), ("gross_margin", "50-150", "F205", "it is 150"),
    ("gross_margin", "5 EUR", "F203", "no money"), ("target_month", "soon", "F112", "`soon` is not a date"), ("target_month", "31 february 2027", "F112", "not a date"), ("target_month", "2027-13", "F112", "not a date"), ("target_month", "20k", "F112", "not a date"),
    ("target_month", "1850-01", "F112", "not a date"), ("target_month", "13月", "F112", "not a date"), ("cash", "4", "F204", "`4` is not one of the choices"), ("cash", "0", "F204", "not one"), ("cash", "rich", "F204", "not one"), ("cash", "20k", "F204", "not one"),
    ("has_tracking", "maybe", "F204", "not one"), ("has_tracking", "20k", "F204", "not one"), ("skills", "1,99", "F204", "`99` is not one"), ("skills", "writing, flying", "F204", "`flying` is not one"), ("skills", "5-2", "F204", "not one"),
    ("industry", "spaceships", "F204", "not one"), ("primary_goal", "99", "F204", "not one"), ("months_live", "long", "F203", "a number"),
])  # fmt: skip
def test_what_cannot_be_read_is_a_problem(term, text, code, words, book):
    found = said(book, term, text)
    if code is None or words is None:
        assert isinstance(found, Heard | Problem)
        return
    assert isinstance(found, Problem), found
    assert found.code == code
    assert words in found.message
    assert found.help
    assert "\n" not in found.message


def test_texts_are_taken_as_they_are(book):
    found = said(book, "company", "  Lantern\tNoodles: 'best' #1\x07 ")
    assert found.value == found.saved == "Lantern Noodles: 'best' #1"
    assert isinstance(said(book, "company", "x" * 3000), Problem)
    assert said(book, "company", "none").value == "none"


def test_no_text_breaks_the_reading(book):
    """Odd signs of all kinds give an answer, a question or a problem; never anything else."""
    door = open_door(book)
    texts = [
        "",
        " ",
        "\0",
        "🙂",
        "万",
        "亿",
        "半",
        "k",
        "%",
        "$",
        "-",
        "--",
        "~",
        "..",
        "1-",
        "-1-",
        "(1)",
        "1/0",
        "{}",
        "[1]",
        "1" * 500,
        "١٢",
        "½",
        "²",
        "Ⅳ",
        "零",
        "第",
        "年",
        "月",
        "2027年",
        "q",
        "q5",
        "to",
        "and",
        "1 and",
        "、",
        "，",
        "百分之",
        "成",
        "一一一一",
        "万万万",
    ]
    for term in ("monthly_budget", "employees", "gross_margin", "target_month", "cash", "skills", "has_tracking", "industry", "company", "months_live", "reading"):
        for text in texts:
            assert isinstance(heard(book, door.terms[term], door.kinds[term], text), Heard | Doubt | Problem), (term, text)


def test_the_tables_are_long_enough():
    assert len(MONEY) + len(RANGES) > 90  # with the other tables more than 350
