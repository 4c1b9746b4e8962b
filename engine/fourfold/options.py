"""What several commands share: common options, the day, the content's folder."""

from datetime import date
from pathlib import Path
from typing import Any

import click


def common(command: Any) -> Any:
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
    """Return a day named with --as-of, or None."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise click.BadParameter(f"`{text}` is not a day; write it as 2026-11-25", param_hint="--as-of") from None


def today() -> int:
    """Return the day where nobody names one."""
    return date.today().toordinal()  # noqa: DTZ011  # the only clock: the day where nobody names one


def remember(form: str, workspace: Path | None) -> Path:
    """Keep how problems are to be shown, and return the content's folder."""
    from fourfold.content import content_root

    context = click.get_current_context()
    root = content_root(workspace)
    context.meta["form"], context.meta["root"] = form, str(root)
    return root
