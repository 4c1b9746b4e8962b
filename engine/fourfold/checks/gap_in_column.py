"""Allow gap-in-column."""

from collections.abc import Iterator

from fourfold.checks.regions import by_column, domain, minus, region, union
from fourfold.checks.seen import Seen
from fourfold.expression.kinds import Choice, Kind, Number, word_option
from fourfold.expression.show import shown
from fourfold.problem import Problem
from fourfold.written import WrittenCell

CODE = "F347"


def check(seen: Seen) -> Iterator[Problem]:
    """Find values of an answer that no row of a table lets through.

    What it finds. A unique table without `otherwise`, in which every row tests one and the same asked term, choice or set attribute, and some values pass none of these cells.
    Why it matters. A company with such a value gets no decision but a gap. This is found without a proof, so it is told at once.
    Example. `staff: "< 10"` in one row and `staff: "> 10"` in the other: nobody decides for 10.
    Instead. Widen a cell to take the values in, add a row for them, or add `otherwise`.
    """
    limited = {cell.column for item in seen.content.constraints for cell in item.cells}
    for table in seen.content.tables:
        if table.policy == "unique" and table.rules and not any(rule.is_otherwise for rule in table.rules):
            rows = [by_column(rule) for rule in table.rules if rule.period.covers(seen.book.as_of)]
            shared = set(rows[0]).intersection(*rows) if rows else set()
            for column in sorted(shared - limited):
                missing = _missing(seen, column, [row[column] for row in rows])
                if missing:
                    yield Problem(CODE, f"no row of table `{table.name}` lets `{column}` {missing} through", table.span, help="widen a cell, add a row, or add `otherwise`")


def _missing(seen: Seen, column: str, cells: list[WrittenCell]) -> str:
    """Return in words the values that no cell lets through, or nothing."""
    kind, plain = seen.kind_of(column), column.rpartition(".")[2]
    whole = domain(kind)
    if whole is None or (isinstance(whole, tuple) and (plain in seen.concluded or (isinstance(kind, Number) and kind.low == kind.high))):
        return ""
    if isinstance(whole, frozenset) and plain in seen.concluded:
        whole = whole & concluded_options(seen, plain)
    passed = [region(seen, cell) for cell in cells]
    known = [part for part in passed if part is not None]
    if len(known) < len(passed):
        return ""
    rest = minus(whole, union(known) or ())
    if isinstance(rest, frozenset):
        return ", ".join(f"`{option}`" for option in sorted(rest))
    return ", ".join(_piece(kind, low, high) for low, high in rest)


def _piece(kind: Kind | None, low: int, high: int) -> str:
    ends = [shown(kind, end) if isinstance(kind, Number) else str(end / 10**6) for end in (low, high)]
    return ends[0] if low == high else f"from {ends[0]} to {ends[1]}"


def concluded_options(seen: Seen, plain: str) -> frozenset[str]:
    """Return the options of a concluded choice that some rule concludes."""
    found = set()
    for table in seen.content.tables:
        for rule in table.rules:
            found |= {text for name, text, _ in rule.then if name.rpartition(".")[2] == plain}
    kind = seen.kind_of(plain)
    return frozenset(option for text in found if isinstance(kind, Choice) and (option := word_option(kind, text)) is not None)
