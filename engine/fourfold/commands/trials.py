"""Commands for trials: results judged, the cycle closed, the journal shown."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fourfold.commands.options import common_options, day_of, remember, today

if TYPE_CHECKING:
    from collections.abc import Callable


def results_options(command: "Callable[..., None]") -> "Callable[..., None]":
    """Add the options of every command that reads results."""
    options = (
        click.option("--plan", "plan", type=click.Path(path_type=Path), help="Folder of the plan, or trial file, that the results belong to; else the latest in plans/NAME/."),
        click.option("--map", "renamed", multiple=True, metavar="COLUMN=HEADER", help="The header that a file has for a column, such as spend=Betrag."),
        click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="How dates such as 03/04/2027 are meant."),
        click.option("--ended", is_flag=True, help="The trial has ended, whatever its file says."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def pairs_of(renamed: tuple[str, ...]) -> dict[str, str]:
    """Return COLUMN=HEADER pairs; what is none is wrong usage."""
    found = {}
    for item in renamed:
        name, sign, header = item.partition("=")
        if not sign:
            raise click.BadParameter(f"`{item}` is not COLUMN=HEADER", param_hint="--map")
        found[name.strip()] = header.strip()
    return found


@click.command()
@click.argument("profile", type=click.Path(path_type=Path))
@click.argument("results", nargs=-1, required=True)
@results_options
@common_options
def trial(
    profile: Path, results: tuple[str, ...], plan: Path | None, renamed: tuple[str, ...], dates: str | None, lang: str, as_of: str | None, form: str, workspace: Path | None, *, ended: bool
) -> None:
    """Judge the results of trials: keep, watch, cut, or hold and what is missing.

    RESULTS are CSV or XLSX files as ad platforms export them; CARRIER=FILE names the carrier of a file whose rows name none.

    Example: fourfold trial examples/little_acorn.yaml results.csv
    """
    from fourfold import cycle
    from fourfold.console import dump

    root = remember(form, workspace)
    found = cycle.looked(root, profile, results, cycle.Reading(plan, pairs_of(renamed), dates, ended), today(), day_of(as_of))
    click.echo(dump(cycle.trial_json(found)) if form == "json" else cycle.trial_text(found, root, lang, profile, results), nl=False)


@click.command()
@click.argument("profile", type=click.Path(path_type=Path))
@click.argument("results", nargs=-1, required=True)
@results_options
@click.option("--save", "is_saved", is_flag=True, help="Also write the judged results into PROFILE, under `results`.")
@common_options
def review(
    profile: Path,
    results: tuple[str, ...],
    plan: Path | None,
    renamed: tuple[str, ...],
    dates: str | None,
    lang: str,
    as_of: str | None,
    form: str,
    workspace: Path | None,
    *,
    ended: bool,
    is_saved: bool,
) -> None:
    """Close the cycle: results become facts, the strategy is inferred anew, and the next plan is written.

    The new plan goes to plans/NAME/AS_OF/ with review.json; the plan before stays. Every review is kept in plans/NAME/journal.sqlite.

    Example: fourfold review examples/little_acorn.yaml results.csv
    """
    from fourfold import cycle, faces, reviewing
    from fourfold.console import dump

    root = remember(form, workspace)
    found, data, new = reviewing.reviewed(root, profile, results, cycle.Reading(plan, pairs_of(renamed), dates, ended), today(), day_of(as_of), is_saved=is_saved)
    _, folder, names = faces.write_all(found.after, root, lang, profile)
    reviewing.keep_review(profile, found, data, new, folder)
    click.echo(dump(reviewing.review_json(found, data, folder)) if form == "json" else reviewing.review_text(root, lang, profile, found, data, new, folder, names, is_saved=is_saved), nl=False)


@click.command()
@click.argument("name", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Draw the cycle into a file: .svg or .html.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of texts.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/, knowledge/ and templates/.")
def history(name: str | None, output: Path | None, lang: str, form: str, workspace: Path | None) -> None:
    """Show a company's cycle over time, from its journal, whose chain is verified.

    NAME is a folder below plans/, and may be left out where there is one.

    Example: fourfold history little_acorn
    """
    from fourfold import reviewing
    from fourfold.console import dump
    from fourfold.histories import history as history_of
    from fourfold.histories import journal_of

    root = remember(form, workspace)
    data = history_of(journal_of(name))
    if output is not None:
        reviewing.draw_history(root, lang, data, output, today())
    click.echo(dump(data) if form == "json" else reviewing.history_text(root, lang, data, today()), nl=False)
