"""Declarations to ground nodes, each kind of declaration by its own module."""

from fourfold.linking.aggregates import lower_formula
from fourfold.linking.gather import Lowering, find_definers
from fourfold.linking.names import Names
from fourfold.linking.selections import lower_selection, lower_share
from fourfold.linking.tables import check_rules, lower_table
from fourfold.linking.terms import lower_term
from fourfold.span import Span


def lower(names: Names) -> Lowering:
    """Return the ground nodes of everything declared, not yet ordered."""
    lowering = Lowering(names)
    content = names.known.content
    find_definers(lowering)
    for term in names.known.terms.values():
        lower_term(lowering, term)
    ids: dict[str, Span] = {}
    for table in content.tables:
        check_rules(lowering, table, ids)
        lower_table(lowering, table)
    for formula in content.formulas:
        lower_formula(lowering, formula)
    for selection in content.selections:
        lower_selection(lowering, selection)
    for share in content.shares:
        lower_share(lowering, share)
    return lowering
