"""Allow choice-of-one."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F224"


def check(seen: Seen) -> Iterator[Problem]:
    """Find choices that leave no choice.

    What it finds. A choice or set, of a term, attribute or column, with a single option.
    Why it matters. It can only have one value, so no rule can depend on it and no answer says anything.
    Example. `cash: {kind: choice, options: [steady], …}`
    Instead. Add the other options, or make it `yes_no`.
    """
    pairs = [(f"`{term.name}`", term.kind) for term in seen.content.terms]
    pairs += [(f"`{item.kind_name}.{item.name}`", item.kind) for item in seen.content.attributes]
    pairs += [(f"column `{column.name}` of `{register.name}`", column.kind) for register in seen.content.registers for column in register.columns]
    for what, kind in pairs:
        if len(kind.options) == 1:
            yield Problem(CODE, f"{what} has one option only", kind.options[0][2], is_warning=True, help="add the others, or write `kind: yes_no`")
