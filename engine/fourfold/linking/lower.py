"""Declarations to ground nodes, each kind of declaration by its own module."""

from functools import partial

from fourfold.linking.aggregates import lower_formula
from fourfold.linking.gather import Lowering, find_definers
from fourfold.linking.memo import Memo
from fourfold.linking.names import Names
from fourfold.linking.selections import lower_selection, lower_share
from fourfold.linking.tables import check_rules, lower_table
from fourfold.linking.terms import lower_term
from fourfold.span import Span


def lower(names: Names, memo: Memo) -> Lowering:
    """Return the ground nodes of everything declared, not yet ordered."""
    lowering = Lowering(names)
    content = names.known.content
    find_definers(lowering)
    memo.enter(names, dict(lowering.definers))
    for term in names.known.terms.values():
        memo.lowered(lowering, term, partial(lower_term, lowering, term))
    ids: dict[str, Span] = {}
    for table in content.tables:
        check_rules(lowering, table, ids)
        memo.lowered(lowering, table, partial(lower_table, lowering, table))
    for formula in content.formulas:
        memo.lowered(lowering, formula, partial(lower_formula, lowering, formula))
    for selection in content.selections:
        memo.lowered(lowering, selection, partial(lower_selection, lowering, selection))
    for share in content.shares:
        memo.lowered(lowering, share, partial(lower_share, lowering, share))
    return lowering
