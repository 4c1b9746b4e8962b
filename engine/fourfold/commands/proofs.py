"""The commands about all companies at once: parse, call, show. No logic stands here."""

import sys
from pathlib import Path

import click

from fourfold.commands.options import common_options, day_of, remember, today


@click.command()
@click.option("--fix", "fix", type=int, metavar="N", help="Close gap N: needs --then for a new row, or --widen.")
@click.option("--widen", "widen", default="", metavar="RULE", help="With --fix: let this rule take the gap in, instead of a new row.")
@click.option("--keep", nargs=2, metavar="N FILE", help="Write the company of finding N as a case into FILE.")
@click.option("--then", "then", default="", metavar="VALUE", help="What follows in the new row; with --keep, what the case expects, such as strategy=focus.")
@click.option("--otherwise", is_flag=True, help="With --fix: a row for everything that is left, not for this region alone.")
@click.option("--seconds", type=click.IntRange(1, 3600), default=10, help="How long one question may take; counted in steps of the solver.")
@click.option("--as-of", "as_of", metavar="DATE", help="Prove for this day and all days after it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
def prove(fix: int | None, widen: str, keep: tuple[str, str] | None, then: str, seconds: int, as_of: str | None, form: str, workspace: Path | None, *, otherwise: bool) -> None:
    """Prove for every company there can be: each table decides, no rules contradict, promises hold, no rule or cell is idle.

    What does not hold is shown with the smallest company found that shows it.

    Example: fourfold prove --fix 1 --then focus
    """
    from fourfold import console, fixing
    from fourfold.proving import prove_workspace

    root = remember(form, workspace)
    if (fix is not None) != bool(then or widen) and not keep:
        raise click.UsageError("--fix N goes with --then VALUE (what follows for these companies) or with --widen RULE")
    found = prove_workspace(root, day_of(as_of) or today(), seconds)
    if fix is not None:
        click.echo(fixing.widened(root, found, fix, widen) if widen else fixing.fixed(root, found, fix, then, otherwise=otherwise), nl=False)
        found = prove_workspace(root, day_of(as_of) or today(), seconds)
    if keep:
        click.echo(fixing.kept(found, int(keep[0]) if keep[0].isdigit() else 0, Path(keep[1]), then), nl=False)
        return
    if form == "json":
        click.echo(console.dump(found.as_data()), nl=False)
    else:
        click.echo(console.problem_text(found.problems, [root], form) + "\n" if found.problems else "", nl=False)
        click.echo(found.summary(), nl=False)
    sys.exit(0 if found.holds else 1)


@click.command()
@click.argument("old")
@click.argument("new", required=False, default="")
@click.option("--on", "listed", type=click.Path(path_type=Path), metavar="FILE", help="Companies to count: a folder of profiles, a .csv or a .jsonl file.")
@click.option("--fail-if-more-than", "limit", metavar="SHARE", help="Exit 1 if a larger share of the list changes, such as 2%.")
@click.option("--term", default="", help="The term to compare by; else the first that the book promises to prove.")
@click.option("--regions", type=click.IntRange(1, 200), default=12, help="How many regions to show at most.")
@click.option("--as-of", "as_of", metavar="DATE", help="Compare as on this day.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/ and knowledge/.")
def diff(old: str, new: str, listed: Path | None, limit: str | None, term: str, regions: int, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Compare two rule books: what was changed, which companies change, and that nothing else does.

    OLD and NEW are folders, git revisions, or exported sheets (.xlsx, .csv, a folder of CSV) laid over the workspace; without NEW it is the workspace as it stands.

    Example: fourfold diff HEAD --on companies.csv --fail-if-more-than 2%
    """
    from fourfold import console, diffing

    root = remember(form, workspace)
    most = _share(limit)
    if most is not None and listed is None:
        raise click.UsageError("--fail-if-more-than needs --on: a share of which companies?")
    found = diffing.diff(root, old, new, day_of(as_of) or today(), term, regions, listed)
    click.echo(console.dump(found.as_data()) if form == "json" else found.text(), nl=False)
    if most is not None and found.share > most:
        click.echo(f"{100 * found.share:.1f}% change, more than {limit}", err=True)
        sys.exit(1)


def _share(text: str | None) -> float | None:
    if text is None:
        return None
    number = text.strip().removesuffix("%")
    try:
        share = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter(f"`{text}` is no share; write 2% or 0.02", param_hint="--fail-if-more-than")
    return share


@click.command()
@click.argument("profile", type=click.Path(path_type=Path))
@click.option("--wanted", required=True, metavar="VALUE", help="What this company should get, such as focus.")
@click.option("--on", "listed", type=click.Path(path_type=Path), metavar="FILE", help="Companies to count: a folder of profiles, a .csv or a .jsonl file; else a sample of the population.")
@click.option("--take", "number", type=int, metavar="N", help="Write suggestion N into the rules, and its case into tests/cases/kept.yaml.")
@click.option("--because", default="", help="Why it must be so, in your language: the reason of the new row and of the case.")
@click.option("--term", default="", help="The term that should have the value; else the first choice that the book promises to prove.")
@common_options
def suggest(profile: Path, wanted: str, listed: Path | None, number: int | None, because: str, term: str, lang: str, as_of: str | None, form: str, workspace: Path | None) -> None:
    """Correct by example: what gives one company the answer that you want.

    First the answers that would have to be otherwise, then the smallest edits of the rules that keep every case and proof.

    Example: fourfold suggest examples/little_acorn.yaml --wanted focus --on companies.csv
    """
    from fourfold import console
    from fourfold.advice import load_profile
    from fourfold.suggesting import opened_for
    from fourfold.suggesting import suggest as suggested
    from fourfold.suggestion_page import Asked, facts_data, reason, rules_data, said, take

    root = remember(form, workspace)
    given = load_profile(profile)
    more = (("on", listed), ("because", f'"{because}"' if because else ""), ("term", term), ("workspace", workspace))
    asked = Asked(root, profile.stem, f"fourfold suggest {profile} --wanted {wanted}" + "".join(f" --{name} {value}" for name, value in more if value), because, lang)
    company = opened_for(root, given, day_of(as_of) or given.as_of or today(), wanted, term)
    is_so, is_text = company.decision.values[company.target] == wanted, form != "json"
    facts = facts_data(asked, company, company.answers()) if number is None else {}
    if number is None and is_text:
        click.echo(said(asked, company, "suggest_facts", facts, lang), nl=False)
    if is_so and number is None:
        click.echo("" if is_text else console.dump(facts), nl=False)
        return
    found = suggested(company, reason(asked, company), listed)
    rules = rules_data(asked, company, found) if number is None else take(asked, company, found, number)
    if not is_text:
        click.echo(console.dump({**facts, **rules}), nl=False)
    else:
        click.echo(("\n" if number is None else "") + said(asked, company, "suggest_rules" if number is None else "suggested", rules, lang), nl=False)
