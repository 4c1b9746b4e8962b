"""The commands: parse, call, show. No logic stands here."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fourfold import __version__
from fourfold.options import common as _common
from fourfold.options import day_of as _day
from fourfold.options import remember as _remember
from fourfold.options import today as _today
from fourfold.proof_commands import diff, prove

if TYPE_CHECKING:
    from fourfold.advice import Advice

GROUPS = {
    "For your company": ("plan", "why", "why-not", "verify"),
    "For the rules": ("init", "check", "prove", "diff", "test", "keep", "fmt", "sources"),
    "Program": ("sample", "doctor", "completion"),
}


class _Group(click.Group):
    """Lists the commands by whom they are for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in GROUPS.values() for name in names if self.get_command(ctx, name)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in GROUPS.items():
            rows = [(name, command.get_short_help_str(70)) for name in names if (command := self.get_command(ctx, name))]
            with formatter.section(title):
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        from fourfold.problem import Problems

        try:
            return super().invoke(ctx)
        except Problems as fault:
            from fourfold.console import problem_text

            form = str(ctx.meta.get("form", "text"))
            roots = [Path(str(ctx.meta["root"]))] if ctx.meta.get("root") else _roots()
            click.echo(problem_text(fault.problems, roots, form), err=form != "json", nl=False)
            sys.exit(1 if any(not problem.is_warning for problem in fault.problems) else 0)
        except BrokenPipeError:
            sys.exit(0)
        except RecursionError:
            click.echo("This is nested too deep to be read.", err=True)
            sys.exit(1)


def _roots() -> list[Path]:
    from fourfold.content import content_root

    return [content_root()]


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="fourfold")
def main() -> None:
    """Fourfold tells a company how to run its operation and marketing, and proves every line."""


# ---------------------------------------------------------------- for your company


def _advice(path: Path, root: Path, as_of: str | None, settings: tuple[str, ...]) -> "Advice":
    from fourfold.advice import Fault, decided, load_profile
    from fourfold.console import dump
    from fourfold.writing import write_whole

    pairs = []
    for item in settings:
        name, sign, value = item.partition("=")
        if not sign:
            raise click.BadParameter(f"`{item}` is not TERM=VALUE", param_hint="--set")
        pairs.append((name.strip(), value.strip()))
    try:
        return decided(root, load_profile(path), _today(), _day(as_of), tuple(pairs))
    except Fault as fault:
        write_whole(Path("fault.json"), dump(fault.data))
        click.echo(f"This is a fault of Fourfold, not of your file: {fault}. Saved for a report: fault.json", err=True)
        sys.exit(1)


@main.command(short_help="write the plan from a facts file")
@click.argument("profiles", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", multiple=True, type=click.Path(path_type=Path), help="A file: .md, .html, .pdf, .json or .txt; may be given several times.")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@click.option("--trace", is_flag=True, help="Show every firing of the chained rules, in order.")
@_common
def plan(profiles: tuple[Path, ...], output: tuple[Path, ...], settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None, *, trace: bool) -> None:
    """Decide for a company and write its plan.

    Without -o the decision is shown on a page and all files go to plans/NAME/AS_OF/.

    Example: fourfold plan examples/little_acorn.yaml --set monthly_budget=50k
    """
    from fourfold import faces

    root = _remember(form, workspace)
    if len(profiles) > 1 and output:
        raise click.UsageError("-o goes with one profile; several profiles are written to plans/NAME/AS_OF/")
    for path in profiles:
        advice = _advice(path, root, as_of, settings)
        if trace:
            click.echo(faces.trace_text(advice), nl=False)
        if output:
            faces.write_outputs(advice, root, lang, output)
            click.echo(f"Written: {', '.join(str(item) for item in output)}", err=True)
            continue
        page, folder, files = faces.write_all(advice, root, lang, path)
        click.echo(faces.plan_json(advice) if form == "json" else faces.decision_text(advice, root, lang, page, path, folder, files), nl=False)


@main.command(short_help="why this answer, this carrier, this number")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("term", required=False)
@click.option("--depth", type=click.IntRange(1, 12), default=3, help="How many steps down.")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@_common
def why(source: Path, term: str | None, depth: int, settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Show why a term has its value, down to facts and sources.

    SOURCE is a profile or a decision.json. TERM is a term such as testable[douyin_ads]; else the strategy.

    Example: fourfold why examples/little_acorn.yaml pair_testable
    """
    from fourfold import console, faces

    root = _remember(form, workspace)
    advice = faces.advice_of(source, root, _today()) if source.suffix == ".json" else _advice(source, root, as_of, settings)
    node = faces.why_of(advice, term or "strategy", depth)
    click.echo(console.why_json(node, lang) if form == "json" else console.why_text(node, lang), nl=False)


@main.command("why-not", short_help="what stands between you and another answer")
@click.argument("profile", type=click.Path(path_type=Path))
@click.argument("value")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@_common
def why_not(profile: Path, value: str, settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Show each rule that could have given a strategy, what stopped it, and a change that would give it.

    Example: fourfold why-not examples/little_acorn.yaml omnichannel
    """
    from fourfold import console, faces

    root = _remember(form, workspace)
    data = faces.why_not_data(_advice(profile, root, as_of, settings), value)
    click.echo(console.dump(data) if form == "json" else faces.why_not_text(data, root, lang), nl=False)


@main.command(short_help="replay a decision's certificate")
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

    root = _remember(form, Path(book) if book and Path(book).is_dir() else None)
    here = Path() if Path("rules").is_dir() else _remember(form, None)
    found = verification_by(here, book, file, profile) if book else verification(root, file, profile)
    click.echo(console.dump(found.as_data()) if form == "json" else found.text(), nl=False)
    sys.exit(0 if found.holds else 1)


# ---------------------------------------------------------------- for the rules


@main.command(short_help="start a workspace")
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a workspace of your own with the shipped rules, knowledge, templates and cases.

    Example: fourfold init my_rules
    """
    from fourfold.workspaces import make_workspace

    made = make_workspace(folder)
    click.echo(f"{folder}/   " + "   ".join(f"{name}/ ({count} files)" for name, count in made.items()))
    click.echo(f"Start here: {folder}/rules/strategy.yaml. After each change:  fourfold check --workspace {folder}")


@main.command(short_help="read everything, show all problems")
@click.option("--explain", metavar="CHECK", help="Say what a check finds, why it matters, and what to do instead.")
@click.option("--list", "listing", is_flag=True, help="List all checks.")
@_common
def check(explain: str | None, lang: str, as_of: str | None, form: str, workspace: Path | None, *, listing: bool) -> None:
    """Read rules, knowledge, templates and cases, and show all problems at once.

    Example: fourfold check --workspace my_rules
    """
    from fourfold import console
    from fourfold.checking import check_workspace, explained, listed_checks

    root = _remember(form, workspace)
    if explain or listing:
        click.echo(explained(explain) if explain else listed_checks(), nl=False)
        return
    found = check_workspace(root, _day(as_of) or _today())
    if form == "json" or found.problems:
        click.echo(console.problem_text(found.problems, [root], form), nl=False)
    if form != "json":
        click.echo(found.summary(lang))
    sys.exit(1 if any(not problem.is_warning for problem in found.problems) else 0)


main.add_command(prove)
main.add_command(diff)


@main.command(short_help="run the cases")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--full", is_flag=True, help="List every cell and bound that no case covers.")
@click.option("--mutate", is_flag=True, help="Change each cell and bound a little and show the changes that no case notices.")
@click.option("--generate", type=click.Path(path_type=Path), metavar="FILE", help="Write cases for what no case covers.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/, knowledge/ and tests/cases/.")
def test(files: tuple[Path, ...], generate: Path | None, form: str, workspace: Path | None, *, full: bool, mutate: bool) -> None:
    """Run the cases of tests/cases (YAML, or CSV sheets) and show which rules, cells and bounds they cover.

    Example: fourfold test --mutate
    """
    from fourfold import faces

    root = _remember(form, workspace)
    text, failed = faces.run_cases(root, files, form, full=full, mutate=mutate, generate=generate)
    click.echo(text, nl=False)
    sys.exit(1 if failed else 0)


@main.command(short_help="keep a decision as a case")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of the case; else the company's.")
@click.option("--because", default="", help="Why it must follow; else the reasons of the rules.")
@click.option("--expect", multiple=True, metavar="TERM", help="A term to expect; several times. Else the strategy.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File of cases to add it to; else tests/cases/kept.yaml.")
@click.option("--set", "settings", multiple=True, metavar="TERM=VALUE", help="Try another answer without changing the file.")
@_common
def keep(source: Path, name: str, because: str, expect: tuple[str, ...], output: Path | None, settings: tuple[str, ...], lang: str, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Turn a decision into a case, so that no change of the rules undoes it unnoticed.

    SOURCE is a profile or a decision.json.

    Example: fourfold keep examples/little_acorn.yaml --because "nothing is proven yet"
    """
    from fourfold import console, faces

    del lang
    root = _remember(form, workspace)
    advice = faces.advice_of(source, root, _today()) if source.suffix == ".json" else _advice(source, root, as_of, settings)
    path = output or root / "tests" / "cases" / "kept.yaml"
    text = faces.keep(source, advice, path, name, because, expect, settings)
    click.echo(console.dump({"file": str(path), "case": text}) if form == "json" else f"{text}Added to {path}. Run it with the others: fourfold test", nl=form != "json")


@main.command(short_help="quote the cells that YAML would eat")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something would change.")
def fmt(files: tuple[Path, ...], workspace: Path | None, *, only_check: bool) -> None:
    """Tidy rule and knowledge files: quotes, spaces, line ends. Comments and order stay.

    Example: fourfold fmt rules/strategy.yaml
    """
    from fourfold.formatting import format_files

    root = _remember("text", workspace)
    changed = format_files(root, files, write=not only_check)
    for path in changed:
        click.echo(f"{'would change' if only_check else 'changed'}  {path}")
    click.echo(f"{len(changed)} file(s) {'would change' if only_check else 'changed'}")
    sys.exit(1 if only_check and changed else 0)


@main.command(short_help="every figure with its source, weakest first")
@click.option("--stale", is_flag=True, help="Only figures past their date.")
@click.option("--kind", "kind", metavar="KIND", help="Only one kind of entity, such as carrier.")
@_common
def sources(kind: str | None, lang: str, as_of: str | None, form: str, workspace: Path | None, *, stale: bool) -> None:
    """List every number of the knowledge with source, date, unit and confidence; oldest and weakest first.

    Example: fourfold sources --kind carrier
    """
    from fourfold import console
    from fourfold.workspaces import figures

    root = _remember(form, workspace)
    rows = figures(root, _day(as_of) or _today(), lang, kind, stale=stale)
    if form == "json":
        click.echo(console.dump(rows), nl=False)
        return
    head = ["date", "confidence", "figure", "value", "unit", "source", "place"]
    click.echo(console.table([head, *[[str(row[name]) for name in head] for row in rows]], right=(3,)), nl=False)
    click.echo(f"{len(rows)} figures, {sum(1 for row in rows if row['source'] == 'estimate')} of them estimates of ours with their reasoning (--format json shows it)")


# ---------------------------------------------------------------- program


@main.command(short_help="invent companies as real ones are")
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

    made = write_sample(_remember("text", workspace), count, output, seed, _today(), currency.upper())
    counted = ", ".join(f"{name} {number:,}" for name, number in made.by_currency.items())
    click.echo(f"{count:,} companies of seed {seed} ({counted}): {output}")
    if not made.has_population:
        click.echo("This workspace has no population: options have equal chances, numbers an even spread of sizes over their range.")


@main.command(short_help="what is missing, and what that costs")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
def doctor(form: str) -> None:
    """Show what is installed, what is missing, and what that costs.

    Example: fourfold doctor
    """
    from fourfold import console
    from fourfold.doctoring import examine

    findings = examine(_today())
    if form == "json":
        click.echo(console.dump([{"what": f.what, "ok": f.ok, "detail": f.detail} for f in findings]), nl=False)
        return
    click.echo(console.table([["ok" if f.ok else "missing", f.what, f.detail] for f in findings]), nl=False)


@main.command(short_help="completion for your shell")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    Example: fourfold completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "fourfold", "_FOURFOLD_COMPLETE").source())
