"""`fourfold batch` as a user meets it: files as people keep them go in, nothing is lost."""

import csv
import gzip
import json

import polars as pl
import pytest

DAY = ("--as-of", "2026-11-25")
HEAD = "company_id,industry,goal,budget,employees,cash"
ROWS = ["C1,beauty,new_buyers,30k,12,steady", "C2,母婴,leads,3万,10-50,tight", 'C3,apparel,repeat,"1,200,000",51-200 employees,plenty']


def write(folder, lines, name="in.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def decide(run, tmp_path):
    """Run a batch over lines; gives the result, the decided rows and the rejects."""

    def call(lines, *more, name="in.csv", encoding="utf-8"):
        path = write(tmp_path, lines, name, encoding) if lines is not None else tmp_path / name
        result = run("batch", path, "-o", "out.csv", *DAY, *more)
        out = tmp_path / "out.csv"
        return result, rows(out) if out.exists() else [], rows(tmp_path / "out.rejects.csv") if out.exists() else []

    return call


def test_a_list_is_decided_with_reasons_and_the_sum_is_printed(decide):
    result, decided, aside = decide([HEAD, *ROWS])
    assert result.exit_code == 0, result.output
    assert "3 rows read = 3 decided + 0 set aside" in result.output
    assert [row["id"] for row in decided] == ["C1", "C2", "C3"]
    assert all(row["strategy"] and row["reason"] and row["why"] for row in decided)
    assert aside == []


@pytest.mark.parametrize(
    "lines, encoding, said",
    [
        (["id;行业;goal;预算", "A;母婴;leads;3万"], "gb18030", "GB18030 · semicolon"),
        (["id\tindustry\tgoal\tbudget", "Café\tbeauty\tleads\t3000"], "latin-1", "Latin-1 (Windows) · tab"),
        (["id|industry|goal|budget", "A|beauty|leads|3000"], "utf-8-sig", "UTF-8 with a mark · bar"),
        (["id,industry,goal,budget", "A,beauty,leads,3000"], "utf-16", "UTF-16 · comma"),
        (["Our companies 2026", "", "id,industry,goal,budget", "A,beauty,leads,3000"], "utf-8", "header below 2 title lines"),
    ],
)
def test_encoding_delimiter_and_title_are_found_and_said(decide, lines, encoding, said):
    result, decided, _ = decide(lines, encoding=encoding)
    assert result.exit_code == 0, result.output
    assert said in result.output
    assert len(decided) == 1


@pytest.mark.parametrize(
    "row, code, said",
    [
        ("C9,beauty,leads,3000,12", "F132", "the row has 5 cells where the header has 6"),
        ("C9,beauty,leads,3000,12,steady,more", "F132", "the row has 7 cells where the header has 6"),
        ('C9,beauty,leads,3000,12,"steady', "F132", "a quote is opened and never closed"),
        (HEAD, "F132", "the header stands here again"),
        ("C1,beauty,leads,3000,12,steady", "F137", "this company came before"),
        ("C9,baby stuff,leads,3000,12,steady", "F204", "`baby stuff` is not one of the choices of `industry`"),
        ("C9,beauty,leads,面议,12,steady", "F203", "`面议` is not"),
        ("C9,beauty,leads,99999999999999,12,steady", "F205", "`monthly_budget` is 0 to 10,000,000,000"),
        ("C9,beauty,,3000,12,steady", "F309", "`primary_goal` is missing"),
        ('C9,beauty,leads,"=HYPERLINK(""x"")",12,steady', "F203", "is not"),
        ("C9,beauty,leads,-5,12,steady", "F205", "it is -5"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason_and_its_own_cells(decide, row, code, said):
    result, decided, aside = decide([HEAD, *ROWS, row])
    assert result.exit_code == 0, result.output
    assert "4 rows read = 3 decided + 1 set aside" in result.output
    assert len(decided) == 3
    assert (aside[0]["reject_code"], aside[0]["reject_row"]) == (code, "5")
    assert said in aside[0]["reject_problem"]
    assert aside[0]["company_id"] == row.split(",")[0]


def test_a_point_that_may_be_either_mark_is_settled_by_its_column_or_set_aside(decide):
    head = "id,industry,goal,average_order_value"
    _, decided, aside = decide([head, "A,beauty,leads,20.000", "B,beauty,leads,300"])
    assert ([row["id"] for row in decided], aside[0]["reject_problem"]) == (["B"], "`20.000` may mean several things")
    for other in ('"1,5"', "1.5"):
        _, decided, aside = decide([head, "A,beauty,leads,20.000", f"B,beauty,leads,{other}"])
        assert (len(decided), aside) == (2, [])


def test_one_open_quote_does_not_swallow_the_rest(decide):
    result, decided, aside = decide([HEAD, 'C0,"beauty,leads,3000,12,steady', *ROWS, '"C8\nsecond line",beauty,leads,3000,12,steady'])
    assert result.exit_code == 0, result.output
    assert [row["id"] for row in decided] == ["C1", "C2", "C3", "C8\nsecond line"]
    assert [row["reject_row"] for row in aside] == ["2"]


@pytest.mark.parametrize(
    "data, code, said",
    [
        (b"", "F130", "is empty"),
        (b"\0\1\2\3binary\0", "F130", "holds bytes of a binary file"),
        (b"%PDF-1.7 something", "F130", "a document or a picture"),
        (b"C1,3000,12\nC2,4000,13\n", "F131", "its first row holds values"),
        (b"id,industry,budget\nA,beauty,3000\n", "F206", "no column for `primary_goal`"),
    ],
)
def test_a_file_that_cannot_be_decided_is_one_clear_problem(run, tmp_path, data, code, said):
    (tmp_path / "in.csv").write_bytes(data)
    result = run("batch", "in.csv", "-o", "out.csv", *DAY)
    assert result.exit_code == 1
    assert code in result.output
    assert said in result.output
    assert not (tmp_path / "out.csv").exists()


def test_the_output_is_never_the_input(run, tmp_path):
    write(tmp_path, [HEAD, *ROWS])
    result = run("batch", "in.csv", "-o", "in.csv", *DAY)
    assert result.exit_code == 1
    assert "F138" in result.output
    assert (tmp_path / "in.csv").read_text(encoding="utf-8").startswith(HEAD)


def test_a_doubtful_column_stops_without_a_terminal_and_goes_with_yes(decide, tmp_path):
    lines = ["id,industry,goal,monthly budgett", "A,beauty,leads,3000"]
    result, _, _ = decide(lines)
    assert result.exit_code == 1
    assert "F139" in result.output
    assert "not sure that the column `monthly budgett` is `monthly_budget`" in result.output
    result, decided, _ = decide(lines, "--yes")
    assert result.exit_code == 0, result.output
    assert len(decided) == 1


def test_a_mapping_file_is_kept_and_taken(decide, tmp_path):
    lines = ["id,Sector,goal,money (万)", "A,Baby care,leads,2"]
    decide(lines, "--yes", "--map", "my.yaml")
    text = (tmp_path / "my.yaml").read_text(encoding="utf-8")
    assert "not understood: Baby care" in text
    edited = text.replace('"Sector": {term: industry}', '"Sector": {term: industry, values: {Baby care: mother_baby}}').replace(
        '"money (万)": {}', '"money (万)": {term: monthly_budget, times: 10000}'
    )
    (tmp_path / "my.yaml").write_text(edited, encoding="utf-8")
    result, decided, aside = decide(lines, "--map", "my.yaml")
    assert result.exit_code == 0, result.output
    assert (len(decided), len(aside)) == (1, 0)


@pytest.mark.parametrize(
    "text, code, said",
    [
        ("columns: {industry: {term: industri}}", "F201", "unknown term `industri`"),
        ("columns: {nobody: {term: cash}}", "F133", "the file has no column `nobody`"),
        ("columns: {goal: {term: cash}, cash: {term: cash}}", "F133", "`cash` has two columns"),
        ("columns: {goal: {words: x}}", "F133", "`words` is not said of a column"),
        ("[1, 2]", "F133", "a mapping file holds `columns:`"),
    ],
)
def test_a_wrong_mapping_file_is_a_problem_at_its_place(run, tmp_path, text, code, said):
    write(tmp_path, [HEAD, *ROWS])
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    result = run("batch", "in.csv", "-o", "out.csv", "--map", "m.yaml", *DAY)
    assert result.exit_code == 1
    assert code in result.output
    assert said in result.output
    assert "m.yaml:1:" in result.output


def test_the_same_companies_in_every_format_give_the_same_answers(run, tmp_path):
    write(tmp_path, [HEAD, *ROWS])
    frame = pl.read_csv(tmp_path / "in.csv", infer_schema=False)
    frame.write_parquet(tmp_path / "in.parquet")
    frame.write_ndjson(tmp_path / "in.jsonl")
    frame.write_csv(tmp_path / "in.tsv", separator="\t")
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress((tmp_path / "in.csv").read_bytes()))
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "in.xlsx")) as book:
        sheet = book.add_worksheet("Companies")
        sheet.write(0, 0, "Our list")
        for at, row in enumerate([frame.columns, *frame.rows()], 2):
            sheet.write_row(at, 0, row)
    answers = set()
    for name in ("in.csv", "in.parquet", "in.jsonl", "in.tsv", "packed.csv.gz", "in.xlsx"):
        result = run("batch", name, "-o", "out.csv", *DAY)
        assert result.exit_code == 0, (name, result.output)
        answers.add(tuple((row["id"], row["strategy"], row["why"]) for row in rows(tmp_path / "out.csv")))
    assert len(answers) == 1


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl", "out.tsv", "out.csv.gz"])
def test_every_output_holds_every_row(run, tmp_path, name):
    write(tmp_path, [HEAD, *ROWS])
    result = run("batch", "in.csv", "-o", name, *DAY)
    assert result.exit_code == 0, result.output
    path = tmp_path / name
    if name.endswith("parquet"):
        found = pl.read_parquet(path)["id"].to_list()
    elif name.endswith("jsonl"):
        found = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        text = gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes()
        found = [line.split("\t" if "tsv" in name else ",")[0] for line in text.decode().splitlines()[1:]]
    assert found == ["C1", "C2", "C3"]


def test_nothing_that_a_spreadsheet_would_run_is_written(decide):
    _, decided, aside = decide([HEAD, "=1+1,beauty,leads,3000,12,steady", "@x,beauty,leads,what,12,steady", "-5,beauty,leads,3000,12,steady"])
    assert [row["id"] for row in decided] == ["'=1+1", "-5"]
    assert (aside[0]["reject_id"], aside[0]["company_id"]) == ("'@x", "'@x")


def test_an_answer_for_every_row_and_an_unknown_one(decide, run):
    result, decided, _ = decide(["id,industry,budget", "A,beauty,3000"], "--set", "primary_goal=leads")
    assert result.exit_code == 0, result.output
    assert len(decided) == 1
    for setting, code in (("primary_gaol=leads", "F201"), ("primary_goal=fame", "F204")):
        result = run("batch", "in.csv", "-o", "out.csv", "--set", setting)
        assert result.exit_code == 1
        assert code in result.output


@pytest.mark.parametrize(
    "header, values, known",
    [
        ("NAICS code", ["722511", "5415", "99"], 2),
        ("SIC", ["5812", "7372", "0111"], 2),
        ("NACE", ["I56.10", "62.01", "A01"], 2),
        ("国民经济行业代码", ["H62", "I65", "A01"], 2),
        ("Sector", ["Restaurants", "Software & services", "餐饮业", "Mining"], 3),
    ],
)
def test_codes_and_classes_of_trade_statistics_are_industries(decide, header, values, known):
    lines = [f"id,{header},goal", *(f"{at},{value},leads" for at, value in enumerate(values))]
    result, decided, aside = decide(lines)
    assert result.exit_code == 0, result.output
    assert (len(decided), len(aside)) == (known, len(values) - known)


def test_a_cell_that_nothing_rests_on_does_not_set_its_row_aside(decide):
    result, decided, _ = decide(["id,industry,goal,target", "A,beauty,leads,as much as possible"], "--yes")
    assert result.exit_code == 0, result.output
    assert "unread" in decided[0]["flags"]


def test_the_summary_page_stands_alone_and_adds_up(decide, tmp_path):
    decide([HEAD, *ROWS, "C9,waste,leads,3000,12,steady"])
    text = (tmp_path / "out.summary.html").read_text(encoding="utf-8")
    assert "4 read = 3 decided + 1 set aside" in text
    assert "One more column would settle most" in text
    assert not [word for word in ("http://", "https://", "<script", "src=") if word in text.replace('xmlns="http://www.w3.org/2000/svg"', "")]
