"""The command line: gathers the commands of commands/. No logic stands here."""

import click

from fourfold import __version__
from fourfold.commands import company, program, rules
from fourfold.commands.group import CommandGroup


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="fourfold")
def main() -> None:
    """Fourfold tells a company how to run its operation and marketing, and proves every line."""


COMMANDS = (
    *(company.ask, company.plan, company.why, company.why_not, company.verify),
    *(rules.init, rules.check, rules.test, rules.keep, rules.fmt, rules.sources),
    *(program.sample, program.doctor, program.completion),
)
for command in COMMANDS:
    main.add_command(command)
