"""Allow unread-term."""

from fourfold.model import RuleBook
from fourfold.problem import Problem


def check(book: RuleBook) -> list[Problem]:
    """Find concluded terms that nobody reads and that are not promised to be proved.

    What it finds. A table or formula whose result no other table, formula or selection reads.
    Why it matters. It may be left over from an edit, or the row that should read it is missing.
    Example. A formula `old_score` that no cell names any more.
    Instead. Remove it, read it somewhere, or keep it on purpose for the plan under `proved` or in a template.
    """
    read = {name for term in book.terms.values() for name in term.reads}
    read_sources = {book.terms[name].source for name in read if name in book.terms}
    shown = _named_by_methods()
    found = []
    for table in book.content.tables:
        for name, span in table.concludes:
            plain = name.rpartition(".")[2]
            if plain not in read_sources and plain not in book.proved and plain not in shown:
                found.append(Problem("F218", f"nobody reads `{plain}`", span, is_warning=True, help="remove it, or read it in a table, formula or template"))
    return found


def _named_by_methods() -> set[str]:
    """Return the terms that the methods of the plan read by name."""
    return {"strategy", "stage", "warnings", "remedy", "usable", "waits_for", "core_share", "trial_share", "standing", "fits", "proven", "promising"}
