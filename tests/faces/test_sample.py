"""The command `sample`: invented companies as profiles, tables and lines that read back the same."""

import csv
import json

import pytest
from conftest import DAY, ROOT

from fourfold.advice import decided, load_profile
from fourfold.decide import decide
from fourfold.door import enter, read_profile
from fourfold.library import open_book
from fourfold.model import Fact, Facts
from fourfold.population import sample
from fourfold.sampled import answers_of, as_profile


@pytest.mark.parametrize("currency", ["CNY", "USD"])
def test_a_profile_reads_back_as_the_company_it_was_made_of(currency, book):
    linked = open_book(ROOT, DAY, currency)
    for number, company in enumerate(sample(linked, 60, 21)):
        text = as_profile(linked, company, f"Invented {number}", "invented")
        facts = enter(linked, read_profile(text, "sample.yaml"))
        for term, fact in facts.known.items():
            assert fact.value == company[term], term
            assert not fact.note or fact.origin == "door", term
        whole = decide(linked, Facts({name: Fact(value) for name, value in company.items()})).values
        again = decide(linked, facts).values
        for term in ("strategy", "stage", "event_bar", "pair_testable", "cost_to_cover", "team_coverage"):
            assert whole[term] == again[term], (term, text)


def test_a_profile_shows_only_what_such_a_company_is_asked(book):
    for company in sample(book, 200, 4):
        answers = answers_of(book, company)
        assert ("monthly_price" in answers) == (company["business_model"] in ("subscription_saas", "app_game"))
        assert ("active_customers" in answers) == (company["business_model"] == "local_store")
        assert "success_bar" not in answers
        assert "person_days" not in answers


def test_profiles_in_a_folder_are_taken_by_plan(run, tmp_path):
    result = run("sample", 12, "-o", "people", "--seed", 5, "--currency", "CNY")
    assert result.exit_code == 0, result.output
    assert "12 companies of seed 5" in result.output
    files = sorted((tmp_path / "people").iterdir())
    assert [path.name for path in files][:2] == ["company_01.yaml", "company_02.yaml"]
    assert len(files) == 12
    for path in files[:2]:
        assert decided(ROOT, load_profile(path), DAY).decision.values["strategy"] in ("focus", "focus_testing", "omnichannel")


def test_the_same_seed_writes_the_same_bytes(run, tmp_path):
    for name in ("a.csv", "b.csv"):
        assert run("sample", 30, "-o", name, "--currency", "USD").exit_code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    run("sample", 30, "-o", "c.csv", "--seed", 1, "--currency", "USD")
    assert (tmp_path / "a.csv").read_bytes() != (tmp_path / "c.csv").read_bytes()


def test_tables_and_lines_hold_the_same_companies(run, tmp_path):
    run("sample", 80, "-o", "a.csv")
    run("sample", 80, "-o", "a.jsonl")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(lines) == 80
    assert len({row["currency"] for row in rows}) > 2
    for row, line in zip(rows, lines, strict=True):
        assert row["company"] == line["company"]
        assert float(row["monthly_budget"]) == line["monthly_budget"]
        assert {name: value for name, value in row.items() if name.startswith("reading[") and value} == {f"reading[{name}]": value for name, value in line.get("reading", {}).items()}
        assert [item for item in row["skills"].split(", ") if item] == line["skills"]


def test_one_currency(run, tmp_path):
    assert "(USD 20)" in run("sample", 20, "-o", "a.jsonl", "--currency", "usd").output
    assert {json.loads(line)["currency"] for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()} == {"USD"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["0", "-o", "a.csv"], 2, "not in the range"),
        (["ten", "-o", "a.csv"], 2, "not a valid integer"),
        (["10"], 2, "Missing option"),
        (["10", "-o", "a.csv", "--seed", "-4"], 2, "not in the range"),
        (["10", "-o", "a.xlsx"], 1, "F117 no format for `a.xlsx`"),
        (["10", "-o", "full"], 1, "F116 `full` is there already and not empty"),
        (["10001", "-o", "many"], 1, "F108 more than 10,000 profiles in one folder"),
        (["10", "-o", "a.csv", "--currency", "XYZ"], 1, "F211 no rate for the currency `XYZ`"),
        (["10", "-o", "full/x/a.csv"], 1, "F116 cannot write `full/x/a.csv`"),
    ],
)
def test_what_cannot_be_written_is_said(arguments, code, said, run, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("here", encoding="utf-8")
    result = run("sample", *arguments)
    assert result.exit_code == code, result.output
    assert said in result.output
    assert not (tmp_path / "a.csv").exists()


def test_a_workspace_without_population_says_so(run, tmp_path):
    run("init", "mine")
    (tmp_path / "mine" / "knowledge" / "population.yaml").unlink()
    (tmp_path / "mine" / "knowledge" / "sources_population.yaml").unlink()
    result = run("sample", 5, "-o", "a.jsonl", "--workspace", "mine")
    assert result.exit_code == 0, result.output
    assert "This workspace has no population" in result.output
    assert "(CNY 5)" in result.output


def test_a_broken_off_table_leaves_nothing_behind(tmp_path):
    from fourfold.writing import write_parts

    def parts():
        yield "one\n"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_parts(tmp_path / "a.csv", parts())
    assert list(tmp_path.iterdir()) == []
