"""Commands for the rules."""

import sys
from pathlib import Path

import click

from fourfold.commands.options import common_options, day_of, remember, today

WIDEST = 44


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--tutorial", is_flag=True, help="A small workspace with mistakes on purpose, for the guide for experts.")
def init(folder: Path, *, tutorial: bool) -> None:
    """Make a workspace of your own with the shipped rules, knowledge, templates and cases.

    Example: fourfold init my_rules
    """
    from fourfold.workspaces import make_workspace

    made = make_workspace(folder, tutorial=tutorial)
    click.echo(f"{folder}/   " + "   ".join(f"{name}/ ({count} files)" for name, count in made.items()))
    start = "docs/guide-for-experts.md" if tutorial else f"{folder}/rules/strategy.yaml"
    click.echo(f"Start here: {start}. After each change:  fourfold check --workspace {folder}")


@click.command()
@click.argument("kind")
@click.argument("name")
@click.option("--like", default="", metavar="NAME", help="Start from the figures of this one; else of the first.")
@click.option("--title", "titles", nargs=2, default=("", ""), metavar="ENGLISH CHINESE", help="Its name for people, in both languages.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/, knowledge/ and templates/.")
def add(kind: str, name: str, like: str, titles: tuple[str, str], workspace: Path | None) -> None:
    """Write a skeleton that `fourfold check` accepts: what to look up, what to answer.

    Example: fourfold add practice tea_tasting --like offline_activity --title "Tea tasting" 品茶会
    """
    from fourfold.adding import add_entity

    added = add_entity(remember("text", workspace), kind, name, like, titles, today())
    click.echo(f"Written: {added.path} (figures of `{added.like}` as estimates). Answer its questions, then:  fourfold check")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--full", is_flag=True, help="List every cell and bound that no case covers.")
@click.option("--mutate", is_flag=True, help="Change each cell and bound a little and show the changes that no case notices.")
@click.option("--generate", type=click.Path(path_type=Path), metavar="click.Path(path_type=Path)", help="Write cases for what no case covers.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/, knowledge/ and tests/cases/.")
def test(files: tuple[Path, ...], generate: Path | None, form: str, workspace: Path | None, *, full: bool, mutate: bool) -> None:
    """Run the cases of tests/cases (YAML, or CSV sheets) and show which rules, cells and bounds they cover.

    Example: fourfold test --mutate
    """
    from fourfold import faces

    root = remember(form, workspace)
    text, failed = faces.run_cases(root, files, form, full=full, mutate=mutate, generate=generate)
    click.echo(text, nl=False)
    sys.exit(1 if failed else 0)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something would change.")
def fmt(files: tuple[Path, ...], workspace: Path | None, *, only_check: bool) -> None:
    """Tidy rule and knowledge files: quotes, spaces, line ends. Comments and order stay.

    Example: fourfold fmt rules/strategy.yaml
    """
    from fourfold.formatting import format_files

    root = remember("text", workspace)
    changed = format_files(root, files, write=not only_check)
    for path in changed:
        click.echo(f"{'would change' if only_check else 'changed'}  {path}")
    click.echo(f"{len(changed)} file(s) {'would change' if only_check else 'changed'}")
    sys.exit(1 if only_check and changed else 0)


@click.command()
@click.option("--stale", is_flag=True, help="Only figures past their date.")
@click.option("--kind", "kind", metavar="KIND", help="Only one kind of entity, such as carrier, or population.")
@common_options
def sources(kind: str | None, lang: str, as_of: str | None, form: str, workspace: Path | None, *, stale: bool) -> None:
    """List every number of the knowledge, and every draw of the population, with source, date, unit and confidence; weakest and oldest first.

    Example: fourfold sources --kind carrier
    """
    from fourfold import console
    from fourfold.workspaces import figures

    root = remember(form, workspace)
    rows = figures(root, day_of(as_of) or today(), lang, kind, stale=stale)
    if form == "json":
        click.echo(console.dump(rows), nl=False)
        return
    head = ["date", "confidence", "figure", "value", "unit", "source", "place"]
    click.echo(console.table([head, *[[_cut(str(row[name])) for name in head] for row in rows]], right=(3,)), nl=False)
    click.echo(f"{len(rows)} figures, {sum(1 for row in rows if row['source'] == 'estimate')} of them estimates of ours with their reasoning (--format json shows it)")


def _cut(text: str) -> str:
    """Return a text that fits a column; --format json has it whole."""
    return text if len(text) <= WIDEST else text[: WIDEST - 1].rstrip(" ,;(") + "…"
