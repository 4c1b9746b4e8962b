"""The commands about the program itself."""

from pathlib import Path

import click

from fourfold.commands.options import remember, today


@click.command(short_help="invent companies as real ones are")
@click.argument("count", type=click.IntRange(1, 10_000_000))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A folder of profiles, or a file: .csv, .jsonl.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Another seed, other companies.")
@click.option("--currency", metavar="CODE", default="", help="Companies of one currency, such as USD; else as the population says.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
def sample(count: int, output: Path, seed: int, currency: str, workspace: Path | None) -> None:
    """Write companies drawn from the population of the knowledge, for tests of batches and for demos.

    Example: fourfold sample 1000 -o sample.csv
    """
    from fourfold.sampled import write_sample

    made = write_sample(remember("text", workspace), count, output, seed, today(), currency.upper())
    counted = ", ".join(f"{name} {number:,}" for name, number in made.by_currency.items())
    click.echo(f"{count:,} companies of seed {seed} ({counted}): {output}")
    if not made.has_population:
        click.echo("This workspace has no population: options have equal chances, numbers an even spread of sizes over their range.")


@click.command(short_help="what is missing, and what that costs")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
def doctor(form: str) -> None:
    """Show what is installed, what is missing, and what that costs.

    Example: fourfold doctor
    """
    from fourfold import console
    from fourfold.doctoring import examine

    findings = examine(today())
    if form == "json":
        click.echo(console.dump([{"what": f.what, "ok": f.ok, "detail": f.detail} for f in findings]), nl=False)
        return
    click.echo(console.table([["ok" if f.ok else "missing", f.what, f.detail] for f in findings]), nl=False)


@click.command(short_help="completion for your shell")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    Example: fourfold completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    main = click.get_current_context().find_root().command
    click.echo(found(main, {}, "fourfold", "_FOURFOLD_COMPLETE").source())
