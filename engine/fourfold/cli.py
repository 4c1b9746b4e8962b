"""The program: which commands there are, and what becomes of problems. A command's own module is imported when it is called."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from fourfold import __version__

if TYPE_CHECKING:
    from pathlib import Path

# title: {command: (module of `commands/`, what it is for)}
GROUPS = {
    "For your company": {
        "ask": ("company", "answer questions, get a strategy"),
        "plan": ("company", "write the plan from a facts file"),
        "why": ("company", "why this answer, this carrier, this number"),
        "why-not": ("company", "what stands between you and another answer"),
        "trial": ("trials", "judge trial results: keep, watch, cut"),
        "review": ("trials", "close the cycle: results in, next plan out"),
        "history": ("trials", "a company's cycle over time, from its journal"),
        "verify": ("company", "replay a decision's certificate"),
    },
    "For many companies": {
        "batch": ("batch", "decide a list of companies, with reasons"),
    },
    "For the rules": {
        "init": ("rules", "start a workspace"),
        "add": ("rules", "begin a new practice, carrier or industry"),
        "check": ("workbench", "read everything, show all problems"),
        "prove": ("proofs", "prove that nothing is undecided, dead or broken"),
        "diff": ("proofs", "which companies a change of the rules moves"),
        "test": ("rules", "run the cases"),
        "suggest": ("proofs", "smallest edit that gives a wanted answer"),
        "keep": ("workbench", "keep a decision as a case"),
        "fmt": ("rules", "quote the cells that YAML would eat"),
        "export": ("workbooks", "tables, terms, entities, cases as workbook, CSV, DMN or sentences"),
        "import": ("workbooks", "read an edited workbook or CSV back"),
        "graph": ("workbench", "which tables feed which, as a drawing"),
        "schema": ("workbench", "schemas with which an editor completes and underlines"),
        "lsp": ("workbench", "the language server, for editors"),
        "sources": ("rules", "every figure with its source, weakest first"),
    },
    "Program": {
        "sample": ("program", "invent companies as real ones are"),
        "doctor": ("program", "what is missing, and what that costs"),
        "completion": ("program", "completion for your shell"),
    },
}


# names that Python keeps for itself
KEYWORDS = {"import": "import_command"}


class _Group(click.Group):
    """Lists the commands by whom they are for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [name for commands in GROUPS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        for commands in GROUPS.values():
            if cmd_name in commands:
                module, _ = commands[cmd_name]
                found = getattr(import_module(f"fourfold.commands.{module}"), KEYWORDS.get(cmd_name, cmd_name).replace("-", "_"))
                assert isinstance(found, click.Command)
                return found
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        from fourfold.problem import Problems

        try:
            return super().invoke(ctx)
        except Problems as fault:
            from pathlib import Path

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
    # WHY: a rule book is tens of thousands of values that stay; looking through them again and again finds nothing
    gc.set_threshold(200_000, 50, 100)
    click.get_current_context().call_on_close(gc.freeze)
