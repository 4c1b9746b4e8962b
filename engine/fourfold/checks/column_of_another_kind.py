"""Allow column-of-another-kind."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F251"
NUMBERS = ("number", "money", "percent")


def check(seen: Seen) -> Iterator[Problem]:
    """Find lowerings that do not go with their column or term.

    What it finds. A `sum` of a column that is no number, or `members` of one that is no set; or a term of another kind than its lowering gives.
    Why it matters. The lowering gives nothing or nonsense, and the company's records are lost on the way.
    Example. `staff: {sum: who}` where `who` is a text.
    Instead. Count with `count: who`, or sum a number column.
    """
    for register in seen.content.registers:
        kinds = {column.name: column.kind.word for column in register.columns}
        for item in register.lowerings:
            term, column = seen.terms[item.term].kind.word, kinds.get(item.column, "")
            if item.form == "sum" and (column not in NUMBERS or term not in NUMBERS):
                yield Problem(CODE, f"`{item.term}` sums the column `{item.column}`, and one of the two is no number", item.span, help="sum a number column into a number")
            elif item.form == "members" and "set" not in {column} & {term}:
                yield Problem(CODE, f"`{item.term}` takes the members of `{item.column}`, and one of the two is no set", item.span, help="both must be of kind set")
            elif item.form == "count" and term != "number":
                yield Problem(CODE, f"`{item.term}` counts records and is no number", item.span, help="write `kind: number` at the term")
