"""The rule workbench: check, keep, graph, schema, lsp."""

import sys
from pathlib import Path

import click

from fourfold.commands.options import advice_on, common_options, day_of, pause, remember, today


@click.command()
@click.option("--explain", metavar="CHECK", help="Say what a check finds, why it matters, and what to do instead.")
@click.option("--list", "listing", is_flag=True, help="List all checks.")
@click.option("--watch", "watching", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@common_options
def check(explain: str | None, lang: str, as_of: str | None, form: str, workspace: Path | None, *, listing: bool, watching: bool) -> None:
    """Read rules, knowledge, templates and cases, and show all problems at once.

    Example: fourfold check --workspace my_rules
    """
    from fourfold import console
    from fourfold.rechecking import recheck

    root = remember(form, workspace)
    if explain or listing:
        from fourfold.checking import explained, listed_checks

        click.echo(explained(explain) if explain else listed_checks(), nl=False)
        return
    if watching:
        from fourfold.checking import watch

        for found in watch(root, lambda: day_of(as_of) or today(), pause):
            click.echo(console.problem_text(found.problems, [root], form), nl=False)
            click.echo(found.summary(lang) if form != "json" else "")
        return
    found = recheck(root, day_of(as_of) or today())
    if form == "json" or found.problems:
        click.echo(console.problem_text(found.problems, [root], form), nl=False)
    if form != "json":
        click.echo(found.summary(lang))
    sys.exit(1 if any(not problem.is_warning for problem in found.problems) else 0)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of the case; else the company's.")
@click.option("--because", default="", help="Why it must follow; else the reasons of the rules.")
@click.option("--expect", multiple=True, metavar="TERM", help="A term to expect; several times. Else the strategy.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File of cases to add it to; else tests/cases/kept.yaml.")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@common_options
def keep(source: Path, name: str, because: str, expect: tuple[str, ...], output: Path | None, settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Turn a decision into a case, so that no change of the rules undoes it unnoticed.

    SOURCE is a profile or a decision.json.

    Example: fourfold keep examples/little_acorn.yaml --because "nothing is proven yet"
    """
    from fourfold import console, faces

    del lang
    root = remember(form, workspace)
    advice = faces.advice_of(source, root, today()) if source.suffix == ".json" else advice_on(source, root, as_of, settings)
    path = output or root / "tests" / "cases" / "kept.yaml"
    text = faces.keep(source, advice, path, name, because, expect, settings)
    click.echo(console.dump({"file": str(path), "case": text}) if form == "json" else f"{text}Added to {path}. Run it with the others: fourfold test", nl=form != "json")


@click.command()
@click.argument("term", default="")
@click.option("--formulas", is_flag=True, help="Draw the formulas as well.")
@click.option("--questions", is_flag=True, help="Draw the questions as well.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("graph.svg"), help="The SVG file; graph.svg if not told.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
def graph(term: str, output: Path, workspace: Path | None, *, formulas: bool, questions: bool) -> None:
    """Draw which tables, selections and shares feed which; with TERM only what it rests on and what rests on it.

    Example: fourfold graph strategy --questions -o strategy.svg
    """
    from fourfold.content import read_content
    from fourfold.graphing import graph_of, svg
    from fourfold.writing import write_whole

    content = read_content(remember("text", workspace))
    drawn = graph_of(content, formulas=formulas, questions=questions, term=term)
    write_whole(output, svg(drawn, term or content.title.text("en") or "rule book"))
    click.echo(f"{output}: {len(drawn.boxes)} boxes, {len(drawn.edges)} arrows")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path(".fourfold"))
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
def schema(folder: Path, workspace: Path | None) -> None:
    """Write JSON Schemas of rules, knowledge, cases and profiles, with the names of this book.

    Example: fourfold schema .fourfold
    """
    from fourfold.console import dump
    from fourfold.editor.schemas import settings, written
    from fourfold.writing import write_whole

    root = remember("text", workspace)
    for name, data in written(root, today()).items():
        write_whole(folder / name, dump(data))
    click.echo(f"Written to {folder}/. For VS Code with the extension YAML, into .vscode/settings.json:")
    click.echo(dump({"yaml.schemas": settings(folder)}), nl=False)


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="Check as on this day, such as 2026-11-25.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/; else the nearest one around each file.")
def lsp(as_of: str | None, workspace: Path | None) -> None:
    """Answer an editor over stdin and stdout: problems while typing, hover, definitions, completion.

    Example: fourfold lsp
    """
    from fourfold.editor.server import serve

    serve(lambda: day_of(as_of) or today(), workspace)
