"""What a batch says of single rows: why, audit, mended rejects, plans; and runs that were killed."""

import csv
import json

import numpy as np
import polars as pl
import pytest
from conftest import ROOT

from fourfold.batching import delimited
from fourfold.batching.cells import CellReader
from fourfold.batching.conclusions import _hex, _nested
from fourfold.batching.deciding import Desk
from fourfold.batching.desks import Facts
from fourfold.batching.keeping import Seen
from fourfold.batching.mapping import Chosen, Column
from fourfold.batching.open_columns import Given, OpenColumns
from fourfold.batching.rows import audit
from fourfold.batching.sureness import HANGS, Sureness
from fourfold.door.state import open_door
from fourfold.expression.kinds import Number

WHEN = ("--as-of", "2026-11-25")
HEAD = "company_id,industry,goal,budget,employees,cash,return_rate"
ROWS = [
    "C1,beauty,new_buyers,30k,12,steady,9",
    "C2,母婴,leads,3万,10-50,tight,",
    "C3,apparel,repeat,USD 120000,51-200 employees,,40",
    "C4,baby stuff,leads,3000,12,steady,1",
    "C5,luxury,awareness,900000,3000,plenty,10-20",
]


@pytest.fixture
def made(run, tmp_path):
    (tmp_path / "in.csv").write_text("\n".join([HEAD, *ROWS]) + "\n", encoding="utf-8")
    result = run("batch", "in.csv", "-o", "out.csv", *WHEN, "--audit", "10")
    assert result.exit_code == 0, result.output
    assert "Audit: 4 rows decided again by the plain meaning: 0 differ" in result.output
    return tmp_path / "out.csv"


def test_why_of_a_row_is_that_of_a_plan_and_of_its_words(made, run):
    for name in ("C1", "C2", "C3", "C5"):
        result = run("why", "out.csv", "--row", name)
        assert result.exit_code == 0, result.output
        assert "Same answer as fourfold plan for these facts, replayed just now" in result.output
    data = json.loads(run("why", "out.csv", "--row", "C2", "--format", "json").output)
    assert data["differ"] == []
    assert data["certificate"]["facts"]["employees"]["value"] == 10


def test_a_row_that_was_altered_is_found_by_why_and_by_an_audit(made, run):
    text = made.read_text(encoding="utf-8")
    line = next(row for row in text.splitlines() if row.startswith("C5"))
    other = "omnichannel" if ",focus" in line else "focus"
    strategy = line.split(",")[1]
    made.write_text(text.replace(f"C5,{strategy},", f"C5,{other},"), encoding="utf-8")
    assert "THIS ROW DIFFERS from a plan for the same facts, in: strategy" in run("why", "out.csv", "--row", "C5").output
    assert audit(ROOT, made, 10) == (4, [("C5", ["strategy"])])


@pytest.mark.parametrize("name, said", [("C4", "no company `C4`"), ("nobody", "no company `nobody`")])
def test_why_of_a_row_that_is_not_there(made, run, name, said):
    result = run("why", "out.csv", "--row", name)
    assert result.exit_code == 1
    assert "F140" in result.output
    assert said in result.output


def test_mended_rejects_join_the_output(made, run, tmp_path):
    rejects = tmp_path / "out.rejects.csv"
    rejects.write_text(rejects.read_text(encoding="utf-8").replace("C4,baby stuff", "C4,mother_baby"), encoding="utf-8")
    result = run("batch", "out.rejects.csv", "--append", "out.csv")
    assert result.exit_code == 0, result.output
    with made.open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["C1", "C2", "C3", "C5", "C4"]
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 1
    assert "Same answer as fourfold plan" in run("why", "out.csv", "--row", "C4").output
    again = run("batch", "out.rejects.csv", "--append", "nothing.csv")
    assert again.exit_code == 1
    assert "F140" in again.output


def test_plans_of_the_rows_that_a_condition_names(made, run, tmp_path):
    result = run("batch", "in.csv", "-o", "out.parquet", *WHEN, "--plans", "plans", "--where", "id in ('C1', 'C2')")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "plans").iterdir()} == {"C1.html", "C1.decision.json", "C2.html", "C2.decision.json"}
    assert "certificate holds" in run("verify", "plans/C1.decision.json").output
    result = run("batch", "in.csv", "-o", "out.parquet", *WHEN, "--plans", "plans", "--where", "nonsense ((")
    assert result.exit_code == 1
    assert "F141" in result.output


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.jsonl.gz"])
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(run, tmp_path, monkeypatch, name):
    from fourfold.batching import command

    monkeypatch.setattr(delimited, "BLOCK", 400)
    lines = [HEAD] + [ROWS[at % 5].replace("C", f"N{at}-", 1) for at in range(60)] + ["N7-3,beauty,leads,1,1,steady,1", "x,y"]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("batch", "in.csv", "-o", name, *WHEN).exit_code == 0
    whole, rejects = (tmp_path / name).read_bytes(), (tmp_path / "out.rejects.csv").read_bytes()
    (tmp_path / name).unlink()
    tell, left = command.Meter.tell, [0]

    def stop(self, progress):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        tell(self, progress)

    monkeypatch.setattr(command.Meter, "tell", stop)
    for blocks in (1, 3, 2):
        left[0] = blocks
        assert run("batch", "in.csv", "-o", name, *WHEN).exit_code != 0
        assert not (tmp_path / name).exists()
        (tmp_path / f".{name}.batch" / f"part-{99:06}").write_bytes(b"half a part without its state")
    left[0] = 0
    result = run("batch", "in.csv", "-o", name, *WHEN)
    assert "An unfinished run of the same work is here: 6 parts" in result.output
    assert (tmp_path / name).read_bytes() == whole
    assert (tmp_path / "out.rejects.csv").read_bytes() == rejects
    assert not (tmp_path / f".{name}.batch").exists()


def test_too_many_rejects_and_a_file_that_changes_stop_the_run(run, tmp_path, monkeypatch):
    from fourfold.batching import command

    monkeypatch.setattr(delimited, "BLOCK", 200)
    path = tmp_path / "in.csv"
    path.write_text("\n".join([HEAD, *(ROWS[3].replace("C4", f"N{at}") for at in range(50)), "A,beauty,leads,1,1,,"]) + "\n", encoding="utf-8")
    result = run("batch", "in.csv", "-o", "out.csv", *WHEN, "--max-rejects", "10", "--yes")
    assert result.exit_code == 1
    assert "F136" in result.output
    monkeypatch.setattr(command.Meter, "tell", lambda *_: path.write_text("changed", encoding="utf-8"))
    result = run("batch", "in.csv", "-o", "out.csv", *WHEN, "--fresh", "--yes")
    assert result.exit_code == 1
    assert "F135" in result.output
    assert not (tmp_path / "out.csv").exists()


def test_two_files_of_different_columns_are_one_list(run, tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.csv").write_text("id,industry,goal\nA,beauty,leads\n", encoding="utf-8")
    (tmp_path / "lists" / "b.tsv").write_text("goal\tid\tbudget\tindustry\nleads\tB\t3k\tluxury\n", encoding="utf-8")
    result = run("batch", "lists", "-o", "out.csv", *WHEN)
    assert result.exit_code == 0, result.output
    assert "2 rows read = 2 decided + 0 set aside" in result.output


# ---------------------------------------------------------------- cells


TEXTS = {
    "monthly_budget": [
        "¥12,345",
        "USD 2000",
        "2.5万",
        "10-30k",
        "3万",
        "$1.2M",
        "1,234.56",
        "面议",
        "n/a",
        "1 200",
        "5000+",
        "1.5 million",
        "¥3,000-5,000",
        "30k-10k",
        "2000/year",
        "24k a year",
        "-5",
        "(300)",
        "3万到5万",
        "1.5.2",
        "1２",
        "１２３４",
        "١٢٣٤",
        "+12",
        "007",
        "12345678901234",
        "7",
        "3k 元",
    ],
    "employees": ["51-200 employees", "12", "1.2k", "10,001+", "10-50人", "3 people", "5.5", "0", "9999999"],
    "gross_margin": ["35%", "40 %", "55", "61.5%", "10-20%", "150%", "0.5"],
}


@pytest.mark.parametrize("term", TEXTS)
def test_cells_read_all_at_once_are_read_as_one_by_one(book, term):
    door, column = open_door(book), Column(term, term)
    together, alone = CellReader(book, door, column, term), CellReader(book, door, column, term)
    found = together.read(pl.Series(TEXTS[term]))
    for at, text in enumerate(TEXTS[term]):
        cell = alone.cell(text)
        assert (found.faults.get(at, ("",))[0], bool(found.known[at]) and at not in found.faults) == ((cell.fault or ("",))[0], cell.values is not None), text
        if cell.values:
            assert (int(found.values[0][at]), int(found.notes[at])) == (cell.values[0], cell.notes), text
            assert not cell.notes & 1 or int(found.other[at]) == cell.other


# ---------------------------------------------------------------- how sure


def test_an_answer_that_is_called_sure_never_changes_with_what_was_empty(book):
    """Fill the empty cells of invented rows by chance, many times: only rows that hang on an assumption may change."""
    terms = ("primary_goal", "industry", "monthly_budget", "employees", "cash", "appetite", "heads", "average_order_value")
    desk = Desk(book, Chosen(tuple(Column(term, term) for term in terms)))
    look, chance, size = Sureness(desk), np.random.default_rng(5), 1500

    def drawn(term):
        kind = look.kinds[term]
        return np.minimum(kind.high, np.maximum(kind.low, np.exp(chance.uniform(0, 17, size)).astype(np.int64))) if isinstance(kind, Number) else chance.integers(0, len(kind.options), size)

    columns = {term: (drawn(term), chance.random(size) < (1 if term in terms[:2] else 0.7)) for term in terms}
    facts = Facts(columns, np.zeros(size, np.uint8), {}, {})
    words, names = look.look(facts, size)
    hangs = (words == HANGS).to_numpy()
    base, changed = desk.run(facts, size), np.zeros(size, np.bool_)
    for _ in range(12):
        filled = {term: (np.where(known, values, drawn(term)), known | (chance.random(size) < 0.8)) for term, (values, known) in columns.items()}
        other = desk.run(Facts(filled, facts.notes, {}, {}), size)
        both = (base.reject[:-1] == 0) & (other.reject[:-1] == 0)
        changed |= both & (base.columns["strategy", ""][:-1] != other.columns["strategy", ""][:-1])
    assert not (changed & ~hangs).any()
    assert (changed & hangs).sum() > 0.3 * hangs.sum()
    assert all(bool(name) == bool(hang) for name, hang in zip(names.to_list(), hangs, strict=True))
    assert sum(look.wide(facts, np.arange(200)).values()) > 0


def test_what_each_column_alone_may_change_is_the_same_in_one_walk_and_in_many(book):
    desk = Desk(book, Chosen((Column("industry", "industry"),)))
    look, chance, size = Sureness(desk), np.random.default_rng(8), 300
    columns = OpenColumns(book, desk.target, frozenset(look.kinds))
    given, free = {}, {}
    for term in columns.reads:
        known = chance.random(size) < 0.5
        low, high = (look.kinds[term].low, look.kinds[term].high) if isinstance(look.kinds[term], Number) else (1, (1 << len(look.kinds[term].options)) - 1)
        given[term], free[term] = (
            Given(np.full(size, low), np.full(size, low), known, known),
            Given(np.full(size, low if isinstance(look.kinds[term], Number) else high), np.full(size, high), known, ~np.zeros(size, np.bool_)),
        )
    changes = {term: {term: free[term]} for term in ("appetite", "monthly_budget", "cash", "person_days")}
    found = columns.possible_each(given, changes, size)
    for term, change in changes.items():
        assert (found[term] == columns.possible({**given, **change}, size)).all(), term
    assert len({masks.tobytes() for masks in found.values()}) > 1


def test_rows_are_named_by_the_cells_that_alone_change_them_whatever_stands_beside(book):
    """Each row by itself gets the words that it gets among all others."""
    desk = Desk(book, Chosen((Column("industry", "industry"),)))
    look, chance, size = Sureness(desk), np.random.default_rng(3), 40
    terms = ("primary_goal", "industry", "monthly_budget", "employees", "cash", "appetite", "heads")
    columns = {term: (chance.integers(0, 9_000 if isinstance(look.kinds[term], Number) else len(look.kinds[term].options), size), chance.random(size) < 0.6) for term in terms}
    together = look.look(Facts(columns, np.zeros(size, np.uint8), {}, {}), size)
    for row in range(size):
        alone = look.look(Facts({term: (values[row : row + 1], known[row : row + 1]) for term, (values, known) in columns.items()}, np.zeros(1, np.uint8), {}, {}), 1)
        assert [series[0] for series in alone] == [series[row] for series in together]
    assert together[1].str.contains("; ").any()


def test_who_came_before_is_known_by_its_mark():
    """Marks drawn from few, block after block, held against a plain set."""
    chance, seen, before = np.random.default_rng(2), Seen(), set()
    for size, largest in ((50, 10**6), (40, 10**6), (0, 1), (60, 70), (300, 10**6), (30, 70)):
        marks = chance.integers(0, largest, size).astype(np.uint64)
        expected = []
        for mark in marks.tolist():
            expected.append(mark in before)
            before.add(mark)
        assert seen.repeated(marks).tolist() == expected
        seen.add(marks)


def test_lists_of_rows_are_put_together_as_they_stand():
    """Empty lists first, last and among others; some of the rows only; no list at all."""
    flat, offsets = pl.Series(["a", "b", "c"]), np.array([0, 0, 2, 2, 3, 3])
    assert _nested("x", flat, offsets, np.arange(5)).to_list() == [[], ["a", "b"], [], ["c"], []]
    assert _nested("x", flat, offsets, np.array([1, 2])).to_list() == [["a", "b"], []]
    assert _nested("x", flat.head(0), np.zeros(3, np.int64), np.arange(2)).to_list() == [[], []]
    assert _hex(np.array([[0, 1], [-1, 255]])).to_list() == ["00" * 8 + "01" + "00" * 7, "ff" * 8 + "ff" + "00" * 7]


# ---------------------------------------------------------------- a second, long file


def test_a_long_file_becomes_columns_of_the_first(run, tmp_path):
    (tmp_path / "in.csv").write_text("id,industry,goal,budget,heads\nA,beauty,new_buyers,30k,2\nB,beauty,new_buyers,30k,2\n", encoding="utf-8")
    (tmp_path / "results.csv").write_text("company_id,carrier,reading,earlier_reading\nA,Douyin ads,meets,meets\nA,xiaohongshu_ads,misses,\n", encoding="utf-8")
    result = run("batch", "in.csv", "-o", "out.csv", "--long", "results.csv", *WHEN, "--audit", "2")
    assert result.exit_code == 0, result.output
    assert "0 differ" in result.output
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = {row["id"]: row for row in csv.DictReader(file)}
    assert (found["A"]["strategy"], found["A"]["rule"], found["B"]["rule"]) == ("focus", "focus-proven", "test-two-readable")
    assert "Same answer as fourfold plan" in run("why", "out.csv", "--row", "A").output


@pytest.mark.parametrize(
    "text, code, said",
    [
        ("carrier,reading\ndouyin_ads,meets\n", "F206", "no column that names a company"),
        ("id,carrier,colour\nA,douyin_ads,meets\n", "F206", "no column is named by a term"),
        ("id,where,reading\nA,douyin_ads,meets\n", "F206", "no column that says which carrier"),
        ("id,carrier,reading\nA,myspace,meets\n", "F204", "`myspace` is not a carrier"),
        ("id,carrier,reading\nA,douyin_ads,meets\nA,douyin_ads,near\n", "F137", "`A` has two rows for douyin_ads"),
    ],
)
def test_a_long_file_that_does_not_fit_is_a_problem(run, tmp_path, text, code, said):
    (tmp_path / "in.csv").write_text("id,industry,goal\nA,beauty,new_buyers\n", encoding="utf-8")
    (tmp_path / "long.csv").write_text(text, encoding="utf-8")
    result = run("batch", "in.csv", "-o", "out.csv", "--long", "long.csv", *WHEN)
    assert result.exit_code == 1
    assert code in result.output
    assert said in result.output
