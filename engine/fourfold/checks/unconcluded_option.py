"""Allow unconcluded-option."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Label, Problem

CODE = "F349"


def check(seen: Seen) -> Iterator[Problem]:
    """Find options that no rule ever concludes.

    What it finds. An option of a concluded choice or set that stands in the `then` of no row.
    Why it matters. Cells that ask for it never hold, and the plan has words for something that never comes. A row may be missing.
    Example. `way: {kind: choice, options: [everywhere, one, trial]}` and no row with `then: trial`.
    Instead. Write the row, or remove the option.
    """
    for table in seen.content.tables:
        for written, span in table.concludes:
            plain = written.rpartition(".")[2]
            declared = seen.terms.get(plain)
            if declared is None or not declared.kind.options:
                continue
            said = {text for rule in table.rules for name, text, _ in rule.then if name == written}
            for option, _, place in declared.kind.options:
                if option not in said:
                    yield Problem(CODE, f"no rule concludes `{option}` of `{plain}`", place, labels=(Label(span, "concluded here"),), is_warning=True, help="write the row, or remove the option")
