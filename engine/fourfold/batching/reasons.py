"""Which rule gave a row its answer, as one more column: the book with a table beside its own that concludes the rule."""

from dataclasses import replace

from fourfold.expression.kinds import Choice
from fourfold.model import Row, RuleBook, Selection, Share, Table
from fourfold.problem import Problem, Problems

BESIDE = "rule of "


def target_of(book: RuleBook) -> str:
    """Return what a batch is about: the strategy, or the first promised term that a table concludes once."""
    tables = {node.term for node in book.nodes if isinstance(node, Table) and node.policy == "unique" and not book.terms[node.term].entity}
    found = next((term for term in ("strategy", *book.proved) if term in tables), "")
    if not found:
        raise Problems([Problem("F111", "the book promises no term that a table concludes for a company", help="name one under `proved:` in knowledge/book.yaml")])
    return found


def with_rules(book: RuleBook, target: str) -> RuleBook:
    """Return a book in which `rule of TARGET` is the first rule that holds for the target and is not overridden.

    Nothing else follows otherwise: the table stands last and nobody reads it.
    """
    table = next(node for node in book.nodes if isinstance(node, Table) and node.term == target)
    rows = tuple(replace(row, value=row.rule, overrides=_weaker(table.rows, at)) for at, row in enumerate(table.rows))
    beside = Table(BESIDE + target, table.table, "unique", rows, table.options)
    kind = Choice(tuple(row.rule for row in table.rows))
    term = replace(book.terms[target], name=beside.term, source=beside.term, kind=kind)
    return replace(book, nodes=(*book.nodes, beside), terms={**book.terms, beside.term: term})


def _weaker(rows: tuple[Row, ...], at: int) -> tuple[str, ...]:
    """Return the rules that a row overrides, and the later ones that do not override it, so that one rule is left."""
    own = rows[at]
    later = [row.rule for row in rows[at + 1 :] if not row.is_otherwise and own.rule not in _reached(rows, row)]
    return tuple(dict.fromkeys((*own.overrides, *later)))


def _reached(rows: tuple[Row, ...], start: Row) -> set[str]:
    by_name = {row.rule: row for row in rows}
    found: set[str] = set()
    left = list(start.overrides)
    while left:
        name = left.pop()
        if name not in found and name in by_name:
            found.add(name)
            left += by_name[name].overrides
    return found


def numbers_of(book: RuleBook) -> tuple[str, ...]:
    """Return the amounts that go with the lists: what each trial may cost."""
    return tuple(term for term in ("trial_cap",) if term in book.terms)


def lists_of(book: RuleBook) -> tuple[str, ...]:
    """Return the selections and share-outs of a book, in its order."""
    return tuple(node.term for node in book.nodes if isinstance(node, Selection | Share))


def sets_of(book: RuleBook) -> tuple[str, ...]:
    """Return the sets that tables conclude for a company, such as its warnings."""
    return tuple(node.term for node in book.nodes if isinstance(node, Table) and node.policy == "all" and not book.terms[node.term].entity)
