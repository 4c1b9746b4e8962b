"""Allow unread-term."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem
from fourfold.span import Span

CODE = "F218"


def check(seen: Seen) -> Iterator[Problem]:
    """Find concluded terms that nobody reads.

    What it finds. A table, formula or share-out whose result no rule, formula, selection, template or method of the plan reads, and that is not to be proved.
    Why it matters. It may be left over from an edit, or the row that should read it is missing.
    Example. A formula `old_score` that no cell names any more.
    Instead. Remove it, or read it: in a cell, a formula, a template, or under `proved`.
    """
    for table in seen.content.tables:
        for name, span in table.concludes:
            yield from _unread(seen, name, span)
    for formula in seen.content.formulas:
        yield from _unread(seen, formula.name, formula.span)
    for share in seen.content.shares:
        yield from _unread(seen, share.name, share.span)


def _unread(seen: Seen, name: str, span: Span) -> Iterator[Problem]:
    plain = name.rpartition(".")[2]
    if not seen.is_read(plain):
        yield Problem(CODE, f"nobody reads `{plain}`", span, is_warning=True, help="remove it, or read it in a table, formula or template")
