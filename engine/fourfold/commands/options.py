"""What several commands share: options, the day, the workspace, the advice on a profile."""

import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from fourfold.advice import Advice


def common_options(command: Any) -> Any:
    """Add the options that every command on a company has."""
    options = (
        click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of texts."),
        click.option("--as-of", "as_of", metavar="DATE", help="Decide as on this day, such as 2026-11-25."),
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text, or JSON for programs."),
        click.option("--workspace", type=click.Path(path_type=Path), help="Folder with rules/, knowledge/ and templates/."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def day_of(text: str | None) -> int | None:
    """Return a day given as an option; what is no day is wrong usage."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise click.BadParameter(f"`{text}` is not a day; write it as 2026-11-25", param_hint="--as-of") from None


def today() -> int:
    """Return the day of the clock."""
    return date.today().toordinal()  # noqa: DTZ011  # the only clock: the day where nobody names one


def pause() -> bool:
    """Wait a little between two looks at the files; Ctrl-C ends it."""
    try:
        time.sleep(0.1)
    except KeyboardInterrupt:
        return False
    return True


def remember(form: str, workspace: Path | None) -> Path:
    """Keep how problems are to be shown, and return the content's folder."""
    from fourfold.content import content_root

    context = click.get_current_context()
    root = content_root(workspace)
    context.meta["form"], context.meta["root"] = form, str(root)
    return root


def advice_on(path: Path, root: Path, as_of: str | None, settings: tuple[str, ...]) -> "Advice":
    """Return the advice on a profile with some answers changed; a fault of ours ends the program."""
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
        return decided(root, load_profile(path), today(), day_of(as_of), tuple(pairs))
    except Fault as fault:
        write_whole(Path("fault.json"), dump(fault.data))
        click.echo(f"This is a fault of Fourfold, not of your file: {fault}. Saved for a report: fault.json", err=True)
        sys.exit(1)
