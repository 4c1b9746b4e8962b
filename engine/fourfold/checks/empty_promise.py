"""Allow empty-promise."""

from collections.abc import Iterator

from fourfold.checks.gap_in_column import concluded_options
from fourfold.checks.regions import region
from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F356"


def check(seen: Seen) -> Iterator[Problem]:
    """Find promises that no rule could break.

    What it finds. A promise none of whose cells is about a concluded term, or with a cell for an option that no rule concludes.
    Why it matters. It is kept whatever the rules say, so it promises nothing. What is only about answers is a constraint.
    Example. `never: {cash: tight, staff: 1}` under `promises`.
    Instead. Move it to `constraints`, or name the conclusion that must not follow.
    """
    for promise in seen.content.promises:
        columns = [cell.column.rpartition(".")[2] for cell in promise.cells]
        chosen = {item.name for item in seen.content.selections}
        if not any(name in seen.concluded or name in chosen for name in columns):
            yield Problem(
                CODE,
                f"no rule could break the promise `{promise.name}`: it is about answers only",
                promise.span,
                is_warning=True,
                help="move it to `constraints`, or name the conclusion that must not follow",
            )
            continue
        for cell, name in zip(promise.cells, columns, strict=True):
            passed = region(seen, cell)
            if name in seen.concluded and isinstance(passed, frozenset) and passed and is_by_table(seen, name) and not passed & concluded_options(seen, name):
                yield Problem(
                    CODE, f"no rule could break the promise `{promise.name}`: none concludes what it asks of `{name}`", cell.span, is_warning=True, help="correct the option, or remove the promise"
                )


def is_by_table(seen: Seen, name: str) -> bool:
    """Return whether a table concludes a term."""
    return any(written.rpartition(".")[2] == name for table in seen.content.tables for written, _ in table.concludes)
