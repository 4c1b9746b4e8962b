"""Commands for many companies."""

import sys
import time
from pathlib import Path

import click

from fourfold.commands.options import common_options, day_of, remember, today


@click.command()
@click.argument("inputs", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="The decisions: .csv, .tsv, .jsonl (also .gz), .parquet, or - for CSV on standard output.")
@click.option("--map", "mapping", type=click.Path(path_type=Path), help="How columns are read; written there if it does not exist yet.")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="An answer that holds for every row.")
@click.option("--yes", is_flag=True, help="Take the mapping as it was found, without asking.")
@click.option("--currency", default="", metavar="CODE", help="The currency of the companies, where no column says it.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="A column of the file that is kept in the output.")
@click.option("--max-rejects", type=click.IntRange(1), default=None, help="Stop when more rows than this are set aside.")
@click.option("--to", default="", metavar="spark[:URL]", help="Decide in tasks on Spark: this machine, or the master at URL (extra `spark`).")
@click.option("--fresh", is_flag=True, help="Start again, even where an unfinished run of the same work is there.")
@common_options
def batch(
    inputs: tuple[str, ...],
    output: str,
    mapping: Path | None,
    settings: tuple[str, ...],
    currency: str,
    keep: tuple[str, ...],
    max_rejects: int | None,
    to: str,
    lang: str,
    as_of: str | None,
    form: str,
    workspace: Path | None,
    *,
    yes: bool,
    fresh: bool,
) -> None:
    """Decide a list of companies: CSV, TSV, XLSX, JSON lines, Parquet, folders and patterns of them, or - for standard input.

    Every row read is decided or set aside with its reason. A run that was killed goes on where it was.

    Example: fourfold batch companies.csv -o decided.parquet
    """
    from fourfold.batching.command import Wish, run

    root = remember(form, workspace)
    wish = Wish(root, inputs, output, mapping, settings, currency.upper(), keep, max_rejects or 0, lang, day_of(as_of) or today(), form, yes=yes, fresh=fresh, to=to)
    sys.exit(run(wish, time.monotonic))
