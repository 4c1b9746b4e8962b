"""The commands that take the rule book out as sheets and bring it back: parse, call, show. No logic stands here."""

from pathlib import Path

import click

from fourfold.commands.options import day_of, remember, today


@click.command("export", short_help="tables, terms, entities, cases as workbook, CSV, DMN or sentences")
@click.argument("output", required=False, type=click.Path(path_type=Path))
@click.option("--table", "tables", multiple=True, metavar="TABLE", help="Only this table; may be given several times.")
@click.option("--only", multiple=True, type=click.Choice(["tables", "terms", "entities", "constants", "cases"]), help="Only sheets of this sort; may be given several times.")
@click.option("--as", "chosen", type=click.Choice(["xlsx", "csv", "dmn", "dmn-1.3", "sentences"]), help="The format; else by the ending of OUTPUT.")
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Language of titles and sentences; sentences come in both without it.")
@click.option("--as-of", "as_of", metavar="DATE", help="Rules and values in force on this day, where the format holds one day only.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/, knowledge/ and templates/.")
def export(output: Path | None, tables: tuple[str, ...], only: tuple[str, ...], chosen: str | None, lang: str | None, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Write the rule book for people: a workbook (.xlsx), CSV (a folder or .csv), DMN (.dmn), sentences (.md).

    Without OUTPUT the sentences are printed. What is written as a workbook or CSV can be edited and read back with `import`.

    Example: fourfold export strategy.xlsx --table strategy
    """
    from fourfold.exchange import outgoing

    root = remember(form, workspace)
    what = outgoing.format_of(output, chosen)
    if output is None and what != "sentences":
        raise click.UsageError("name a file or folder to write")
    if what == "sentences" and output is None:
        click.echo(outgoing.as_sentences(root, day_of(as_of) or today(), tables, lang), nl=False)
        return
    report = outgoing.written(root, day_of(as_of) or today(), output or Path(), what, tables, only, lang)
    click.echo(report.json() if form == "json" else report.text(), nl=False)


@click.command("import", short_help="read an edited workbook or CSV back")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Show what would change; write nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
def import_command(source: Path, form: str, workspace: Path | None, *, only_check: bool) -> None:
    """Read an edited workbook, CSV file or folder back into the YAML files; only what was edited changes.

    Comments, order and layout of the files stay. All problems are shown at once, at sheet and cell, and then nothing is written.

    Example: fourfold import strategy.xlsx --check
    """
    from fourfold.exchange import incoming

    root = remember(form, workspace)
    report = incoming.taken(root, source, today(), write=not only_check)
    click.echo(report.json() if form == "json" else report.text(), nl=False)
