"""Commands for one company."""

import sys
from pathlib import Path

import click

from fourfold.commands.options import advice_on, common_options, day_of, remember, today


@click.command()
@click.argument("name", default="company")
@click.option("--currency", help="The currency of the company, such as USD; else that of the file, or of the rule book.")
@click.option("--on", "listed", type=click.Path(path_type=Path), help="Companies to measure the order of the questions on: JSON lines of profiles.")
@click.option("--plain", is_flag=True, help="Lines only: no menu, no redrawing (for screen readers; always so without a terminal).")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of texts.")
@click.option("--as-of", "as_of", metavar="DATE", help="Decide as on this day, such as 2026-11-25.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/, knowledge/ and templates/.")
def ask(name: str, currency: str | None, listed: Path | None, lang: str, as_of: str | None, workspace: Path | None, *, plain: bool) -> None:
    """Answer questions until the strategy is settled, then get the plan.

    The answers are kept in NAME.yaml, which is a profile that `plan` takes; the same name goes on where it stopped.

    Example: fourfold ask acorn
    """
    from fourfold import faces

    root = remember("text", workspace)
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    is_plain = plain or not (sys.stdin.isatty() and sys.stdout.isatty())
    sys.exit(faces.ask(root, path, today(), day_of(as_of), currency, lang, listed, plain=is_plain))


@click.command()
@click.argument("profiles", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file: .md, .html, .pdf, .json, .txt, .ics (calendar), .xlsx (workbook) or .csv (rows of results); may be given several times.",
)
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@click.option("--trace", is_flag=True, help="Show every firing of the chained rules, in order.")
@common_options
def plan(profiles: tuple[Path, ...], output: tuple[Path, ...], settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None, *, trace: bool) -> None:
    """Decide for a company and write its plan.

    Without -o the decision is shown on a page and all files go to plans/NAME/AS_OF/.

    Example: fourfold plan examples/little_acorn.yaml --set monthly_budget=50k
    """
    from fourfold import faces

    root = remember(form, workspace)
    if len(profiles) > 1 and output:
        raise click.UsageError("-o goes with one profile; several profiles are written to plans/NAME/AS_OF/")
    for path in profiles:
        advice = advice_on(path, root, as_of, settings)
        if trace:
            click.echo(faces.trace_text(advice), nl=False)
        if output:
            faces.write_outputs(advice, root, lang, output)
            click.echo(f"Written: {', '.join(str(item) for item in output)}", err=True)
            continue
        page, folder, files = faces.write_all(advice, root, lang, path)
        click.echo(faces.plan_json(advice) if form == "json" else faces.decision_text(advice, root, lang, page, path, folder, files), nl=False)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("term", required=False)
@click.option("--depth", type=click.IntRange(1, 12), default=3, help="How many steps down.")
@click.option("--row", metavar="ID", help="The company of this id in the output of a batch, which is then the SOURCE.")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@common_options
def why(source: Path, term: str | None, depth: int, row: str | None, settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Show why a term has its value, down to facts and sources.

    SOURCE is a profile, a decision.json, or with --row the output of a batch. TERM is a term such as testable[douyin_ads]; else the strategy.

    Example: fourfold why examples/little_acorn.yaml pair_testable
    """
    from fourfold import console, faces

    root = remember(form, workspace)
    if row is not None:
        from fourfold.batching.rows import why_row

        click.echo(why_row(root, source, row, term or "", depth, lang, form), nl=False)
        return
    advice = faces.advice_of(source, root, today()) if source.suffix == ".json" else advice_on(source, root, as_of, settings)
    node = faces.why_of(advice, term or "strategy", depth)
    click.echo(console.why_json(node, lang) if form == "json" else console.why_text(node, lang), nl=False)


@click.command("why-not")
@click.argument("profile", type=click.Path(path_type=Path))
@click.argument("value")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@common_options
def why_not(profile: Path, value: str, settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Show each rule that could have given a strategy, what stopped it, and a change that would give it.

    Example: fourfold why-not examples/little_acorn.yaml omnichannel
    """
    from fourfold import console, faces

    root = remember(form, workspace)
    data = faces.why_not_data(advice_on(profile, root, as_of, settings), value)
    click.echo(console.dump(data) if form == "json" else faces.why_not_text(data, root, lang), nl=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--book", metavar="DIR|REV", help="Folder or git revision of the rule book it names; else the shipped one.")
@click.option("--profile", type=click.Path(path_type=Path), help="Also compare the facts with this profile.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
def verify(file: Path, book: str | None, profile: Path | None, form: str) -> None:
    """Replay a certificate without the engine: every fact, rule and value.

    FILE is a decision.json, a plan.json, or what plan -o X.json wrote.

    Example: fourfold verify plans/little_acorn/2026-11-25/decision.json
    """
    from fourfold import console
    from fourfold.verifying import verification, verification_by

    root = remember(form, Path(book) if book and Path(book).is_dir() else None)
    here = Path() if Path("rules").is_dir() else remember(form, None)
    found = verification_by(here, book, file, profile) if book else verification(root, file, profile)
    click.echo(console.dump(found.as_data()) if form == "json" else found.text(), nl=False)
    sys.exit(0 if found.holds else 1)
