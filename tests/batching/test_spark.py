"""A batch in tasks on Spark gives what the embedded run gives; how its work is split, and what is said where Spark cannot be had."""

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

polars = pytest.importorskip("polars")

from fourfold.batching.mapping import Chosen  # noqa: E402
from fourfold.batching.records import ROWS  # noqa: E402
from fourfold.batching.running import Order  # noqa: E402
from fourfold.problem import Problems  # noqa: E402
from fourfold.sparking.pieces import Job, blocks_of, pieces_of  # noqa: E402
from fourfold.sparking.running import url_of  # noqa: E402

DAY = ("--as-of", "2026-11-25", "--yes")
HEAD = "id,industry,goal,model,budget"
REASON = "PySpark 4 (pip install 'fourfold[spark]') and Java 17 are not both here"
WITH_SPARK = pytest.mark.skipif(find_spec("pyspark") is None or shutil.which("java") is None, reason=REASON)


def job(tmp_path, *paths):
    return Job(Order(tmp_path, (), Chosen(()), tmp_path / "out.csv", ".csv", 739_945, "EUR", "en"), paths, tuple((0, 0) for _ in paths), {}, ("id",))


@pytest.mark.parametrize(("text", "url"), [("spark", "local[*]"), ("spark:local[2]", "local[2]"), ("spark:spark://host:7077", "spark://host:7077"), ("spark:yarn", "yarn")])
def test_the_place_to_run_is_read_from_what_was_typed(text, url):
    assert url_of(text) == url


def test_another_place_to_run_is_a_problem():
    with pytest.raises(Problems) as caught:
        url_of("flink")
    assert [(problem.code, problem.message) for problem in caught.value.problems] == [("F145", "`flink` is no place to run a batch")]


def test_a_file_is_split_between_its_blocks_and_a_packed_one_is_read_by_one_task(tmp_path):
    table, packed = tmp_path / "a.parquet", tmp_path / "b.csv.gz"
    polars.DataFrame({"id": range(3 * ROWS + 7)}).write_parquet(table)
    polars.DataFrame({"id": ["a", "b"], "name": ["x", "y"]}).write_csv(packed, compression="gzip")
    whole = job(tmp_path, table, packed)
    blocks = [blocks_of(whole, 0), blocks_of(whole, 1)]
    assert blocks == [[(0, ROWS), (ROWS, ROWS), (2 * ROWS, ROWS), (3 * ROWS, 7)], [(0, 2)]]
    found = [(piece.source, piece.number, piece.start, piece.count, piece.before) for piece in pieces_of(whole, blocks, 3)]
    assert found == [(0, 0, 0, 3, 0), (0, 3, 3 * ROWS, 1, 3 * ROWS), (1, 4, 0, 1, 3 * ROWS + 7)]


def test_without_pyspark_the_extra_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    (tmp_path / "in.csv").write_text(f"{HEAD}\nA,beauty,leads,ecommerce,3000\n", encoding="utf-8")
    result = run("batch", "in.csv", "-o", "out.csv", *DAY, "--to", "spark")
    assert (result.exit_code, "F145 Spark is asked for and PySpark is not installed" in result.output) == (1, True)


def companies(folder: Path) -> None:
    """Three files: good rows, rows that are set aside, and companies that came before, in the same file and in an earlier one."""
    folder.mkdir()
    options = [("beauty", "leads", "ecommerce"), ("apparel", "repeat", "ecommerce"), ("nonsense", "leads", "ecommerce"), ("beauty", "", "ecommerce")]
    for number in range(3):
        rows = [f"C{(number * 40 + at) % 100},{','.join(options[at % (2 + 2 * (at % 7 == 0))])},{at * 997}" for at in range(50)]
        (folder / f"part{number}.csv").write_text("\n".join([HEAD, *rows, "C7,beauty,leads"]) + "\n", encoding="utf-8")


@WITH_SPARK
@pytest.mark.filterwarnings("ignore")  # PySpark's own
def test_on_spark_the_output_the_rejects_and_the_sums_are_those_of_the_embedded_run(run, tmp_path):
    companies(tmp_path / "in")
    assert run("batch", "in", "-o", "here.csv", *DAY).exit_code == 0
    result = run("batch", "in", "-o", "there.csv", *DAY, "--to", "spark:local[2]")
    assert result.exit_code == 0, result.output
    for ending in (".csv", ".rejects.csv"):
        assert Path(f"there{ending}").read_bytes() == Path(f"here{ending}").read_bytes()
    here, there = (json.loads(Path(f"{name}.run.json").read_text(encoding="utf-8")) for name in ("here", "there"))
    assert {**here, "mapping": ""} == {**there, "mapping": ""}
    assert (here["codes"]["F137"], here["codes"]["F204"]) > (0, 0)
    assert not Path(".there.csv.batch").exists()
