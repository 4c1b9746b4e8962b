"""How commands are listed and how their problems end: by groups, with exit code 1 and no traceback."""

import sys
from pathlib import Path
from typing import Any

import click

# the commands by whom they are for; a command that stands in no group is not listed
GROUPS = {
    "For your company": ("plan", "why", "why-not", "verify"),
    "For the rules": ("init", "add", "check", "test", "keep", "fmt", "sources"),
    "Program": ("sample", "doctor", "completion"),
}


class CommandGroup(click.Group):
    """Lists the commands by whom they are for, and shows problems instead of tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the groups."""
        return [name for names in GROUPS.values() for name in names if self.get_command(ctx, name)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section a group."""
        for title, names in GROUPS.items():
            rows = [(name, command.get_short_help_str(70)) for name in names if (command := self.get_command(ctx, name))]
            with formatter.section(title):
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; problems are shown and end with 1 (0 where all are warnings)."""
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
