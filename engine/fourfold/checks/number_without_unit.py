"""Allow number-without-unit."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F225"


def check(seen: Seen) -> Iterator[Problem]:
    """Find numbers without a unit.

    What it finds. An asked number, an attribute, a constant or a column of kind `number` that says no `unit`.
    Why it matters. Nobody can check a number without its unit. Days are entered as hours, and thousands as ones.
    Example. `days: {kind: number, range: [0, 31]}`
    Instead. `days: {kind: number, unit: person-days in four weeks, range: [0, 31]}`. A mere factor has the unit `times`.
    """
    content = seen.content
    found = [(f"`{term.name}`", term.kind, term.span) for term in content.terms if term.ask.by_language or term.figures]
    found += [(f"`{item.kind_name}.{item.name}`", item.kind, item.span) for item in content.attributes]
    found += [(f"column `{column.name}` of `{register.name}`", column.kind, column.kind.span) for register in content.registers for column in register.columns]
    for what, kind, span in found:
        if kind.word == "number" and not kind.unit:
            yield Problem(CODE, f"{what} is a number without unit", span, is_warning=True, help="add `unit: people`, `unit: times` …")
