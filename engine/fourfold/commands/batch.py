"""Commands for many companies."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from fourfold.commands.options import common_options, day_of, remember, today


@click.command()
@click.argument("inputs", nargs=-1, required=True)
@click.option("-o", "--output", help="The decisions: .csv, .tsv, .jsonl (also .gz), .parquet, or - for CSV on standard output.")
@click.option("--append", metavar="OUT", help="Decide mended rejects and let them join an output that is there.")
@click.option("--map", "mapping", type=click.Path(path_type=Path), help="How columns are read; written there if it does not exist yet.")
@click.option("--long", type=click.Path(path_type=Path), help="A second file with one row for a company and a carrier, such as results.")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="An answer that holds for every row.")
@click.option("--yes", is_flag=True, help="Take the mapping as it was found, without asking.")
@click.option("--currency", default="", metavar="CODE", help="The currency of the companies, where no column says it.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="A column of the file that is kept in the output.")
@click.option("--max-rejects", type=click.IntRange(1), default=None, help="Stop when more rows than this are set aside.")
@click.option("--audit", type=click.IntRange(1), default=None, metavar="N", help="Decide N rows again by the plain meaning; a difference ends with 1.")
@click.option("--plans", type=click.Path(path_type=Path), help="A folder for the plans of the rows that --where names.")
@click.option("--where", default="", metavar="SQL", help="Which rows get a plan, such as \"strategy = 'omnichannel'\".")
@click.option("--quick", is_flag=True, help="Leave out how sure each answer is.")
@click.option("--to", default="", metavar="spark[:URL]", help="Decide in tasks on Spark: this machine, or the master at URL (extra `spark`).")
@click.option("--fresh", is_flag=True, help="Start again, even where an unfinished run of the same work is there.")
@common_options
def batch(inputs: tuple[str, ...], settings: tuple[str, ...], keep: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None, **told: Any) -> None:
    """Decide a list of companies: CSV, TSV, XLSX, JSON lines, Parquet, folders and patterns of them, or - for standard input.

    Every row read is decided or set aside with its reason. A run that was killed goes on where it was.

    Example: fourfold batch companies.csv -o decided.parquet
    """
    from fourfold.batching.command import Wish, run

    output, onto = told["output"], told["append"]
    if (output is None) == (onto is None):
        raise click.UsageError("give -o OUT for a new output, or --append OUT for rows that join one")
    if told["to"] and (onto is not None or told["long"] is not None):
        raise click.UsageError("--to goes with -o, and without --long")
    if told["plans"] is None and told["where"]:
        raise click.UsageError("--where goes with --plans")
    root = remember(form, workspace)
    wish = Wish(
        root, inputs, str(output or onto), told["mapping"], settings, told["currency"].upper(), keep, told["max_rejects"] or 0, lang, day_of(as_of) or today(), form,
        audit=told["audit"] or 0, plans=told["plans"], where=told["where"], yes=told["yes"], fresh=told["fresh"], append=onto is not None, quick=told["quick"], long=told["long"], to=told["to"],
    )  # fmt: skip
    sys.exit(run(wish, time.monotonic))
