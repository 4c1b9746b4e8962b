"""The tables that are written: decisions as CSV, TSV, JSON lines or Parquet, and the rows that were set aside."""

import gzip
import io
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

import polars as pl

from fourfold.batching.tables import Reject
from fourfold.problem import Problem, Problems
from fourfold.span import Span

ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet", ".csv.gz", ".tsv.gz", ".jsonl.gz")
REASONS = ("reject_row", "reject_id", "reject_column", "reject_value", "reject_code", "reject_problem", "reject_help")
RUNS = r"^[=+\-@\t\r\n]"
PLAIN_NUMBER = r"^[+-]?\d[\d.,]*%?$"
GROUP = 1 << 16


def form_of(path: str) -> str:
    """Return the format that the name of an output says; `-` is CSV on standard output."""
    name = path.lower()
    if name == "-":
        return ".csv"
    found = next((ending for ending in sorted(ENDINGS, key=len, reverse=True) if name.endswith(ending)), "")
    if not found:
        raise Problems([Problem("F117", f"no format for `{path}`", Span(path, 1, 1), help=f"the name must end in {', '.join(ENDINGS)}")])
    return found


def safe(name: str) -> pl.Expr:
    """Return text that no spreadsheet runs: what begins like a formula gets an apostrophe, plain numbers do not."""
    column = pl.col(name)
    return pl.when(column.str.contains(RUNS) & ~column.str.contains(PLAIN_NUMBER)).then(pl.concat_str([pl.lit("'"), column])).otherwise(column).alias(name)


def unguarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of a rejects file without the apostrophes that were put before what a spreadsheet would run."""
    return frame.with_columns(pl.when(pl.col(name).str.contains(r"^'[=+\-@\t\r\n]")).then(pl.col(name).str.slice(1)).otherwise(pl.col(name)).alias(name) for name in frame.columns)


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table for text files: lists with semicolons between, no cell that a spreadsheet would run."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(*(pl.col(name).cast(pl.List(pl.String)).list.join("; ") for name in lists), *(safe(name) for name in texts))


def part_bytes(frame: pl.DataFrame, form: str) -> bytes:
    """Return a part of the output as it is kept until the run is done."""
    held = io.BytesIO()
    plain = form.removesuffix(".gz")
    if plain == ".parquet":
        frame.write_parquet(held, compression="zstd", compression_level=1)
    elif plain == ".jsonl":
        frame.write_ndjson(held)
    else:
        flat(frame).write_csv(held, include_header=False, separator="\t" if plain == ".tsv" else ",")
    return held.getvalue()


def head_bytes(columns: Iterable[str], form: str) -> bytes:
    """Return the first line of a text file."""
    plain = form.removesuffix(".gz")
    if plain not in (".csv", ".tsv"):
        return b""
    return pl.DataFrame({name: [] for name in columns}).write_csv(separator="\t" if plain == ".tsv" else ",").encode()


def join_parts(parts: list[Path], head: bytes, form: str, file: IO[bytes] | Path) -> None:
    """Write the parts behind each other."""
    if form == ".parquet":
        assert isinstance(file, Path)
        pl.scan_parquet(parts).sink_parquet(file, compression="zstd", compression_level=1, row_group_size=GROUP, maintain_order=True)
        return
    if isinstance(file, Path):
        with file.open("wb") as opened:
            join_parts(parts, head, form, opened)
        return
    target = cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="")) if form.endswith(".gz") else file
    target.write(head)
    for part in parts:
        with gzip.open(part) if part.suffix == ".gz" else part.open("rb") as piece:
            shutil.copyfileobj(piece, target, 1 << 20)
    if target is not file:
        target.close()


def rejects_bytes(rejects: list[tuple[Reject, str, list[str]]], columns: tuple[str, ...]) -> bytes:
    """Return rows that were set aside with their reasons and, untouched, their own cells (id, then the row's cells by column; more cells than columns stand in the last)."""
    if not rejects:
        return b""
    width = len(columns)
    rows = []
    for reject, name, cells in rejects:
        fitted = [*cells[:width], *[""] * (width - len(cells))]
        if len(cells) > width:
            fitted[-1] = "\x1f".join(cells[width - 1 :]).replace("\x1f", " ¦ ")
        rows.append([str(reject.row), name, reject.column, reject.value, reject.code, reject.problem, reject.help, *fitted])
    names = [*REASONS, *(f"c{place}" for place in range(width))]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(safe(name) for name in names).write_csv(include_header=False).encode()


def rejects_head(columns: tuple[str, ...]) -> bytes:
    """Return the first line of the file of rows that were set aside."""
    return pl.DataFrame({name: [] for name in [*REASONS, *columns]}).write_csv().encode()
