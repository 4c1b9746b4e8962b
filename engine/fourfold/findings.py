"""What a proof found, told as problems: place, rules, the region, and a smallest company in words."""

from collections.abc import Iterable
from datetime import date

from fourfold.decide import Values
from fourfold.expression.kinds import Number
from fourfold.expression.show import shown
from fourfold.model import GroundMonotone, GroundNever, RuleBook, Table
from fourfold.outcomes import Known, Outcome
from fourfold.problem import Label, Problem
from fourfold.span import NOWHERE, Span
from fourfold.widening import offers
from fourfold.witnesses import Part, targets_of
from fourfold.written import RuleDecl, TableDecl

CODES = {
    "gap": "F310",
    "conflict": "F311",
    "broken-promise": "F312",
    "lost-with-more": "F313",
    "assumption-against-constraint": "F314",
    "dead-rule": "F315",
    "shadowed-rule": "F316",
    "idle-cell": "F317",
}
ALLOWABLE = ("assumption-against-constraint", "dead-rule", "shadowed-rule", "idle-cell")
MOST_NAMES = 3


def told(book: RuleBook, outcome: Outcome, number: int, seconds: int) -> Problem:
    """Return a finding as a problem; `number` is what `--fix` and `--keep` name it by."""
    if outcome.state == "unsettled":
        return _unsettled(book, outcome, seconds)
    match outcome.fault:
        case "gap":
            return _gap(book, outcome, number)
        case "conflict":
            return _conflict(book, outcome, number)
        case "broken-promise":
            return _broken(book, outcome, number)
        case "lost-with-more":
            return _lost(book, outcome, number)
        case "assumption-against-constraint":
            return _assumed(book, outcome, number)
        case "dead-rule":
            return _dead(book, outcome)
        case "shadowed-rule":
            return _shadowed(book, outcome, number)
        case _:
            return _idle(book, outcome, number)


# ---------------------------------------------------------------- what no company may show


def _gap(book: RuleBook, outcome: Outcome, number: int) -> Problem:
    when = f" when {_cells(outcome.region)}" if outcome.region else ""
    help_text = f"`fourfold prove --fix {number} --then VALUE` adds a row for it, with `--otherwise` a row for all that is left"
    for offer in offers(book, _table(book, outcome.name), dict(outcome.region)):
        help_text += f"; `--fix {number} --widen {offer.rule}` lets that rule take it in ({offer.text()})"
    return Problem(
        "F310", f"no rule of table `{outcome.name}` decides `{outcome.term}`{when}{_and_others(outcome)}", _table(book, outcome.name).span, notes=_notes(book, outcome, number), help=help_text
    )


def _conflict(book: RuleBook, outcome: Outcome, number: int) -> Problem:
    table, node = _table(book, outcome.name), _node(book, outcome.term)
    says = {row.rule: row.value for row in node.rows}
    labels = tuple(Label(rule.span, f"concludes {shown(book.terms[outcome.term].kind, says[rule.id])}") for rule in table.rules if rule.id in outcome.rules)
    names = " and ".join(f"`{name}`" for name in outcome.rules)
    when = f" when {_cells(outcome.region)}" if outcome.region else ""
    help_text = "let one of them override the other, or narrow a cell of one"
    return Problem("F311", f"rules {names} disagree about `{outcome.term}`{when}{_and_others(outcome)}", table.span, labels=labels, notes=_notes(book, outcome, number), help=help_text)


def _broken(book: RuleBook, outcome: Outcome, number: int) -> Problem:
    promise = next(item for item in book.promises if item.name == outcome.name and item.entity == outcome.term)
    return Problem(
        "F312",
        f"the promise `{outcome.name}` is broken{_and_others(outcome)}",
        promise.span,
        notes=_notes(book, outcome, number),
        help=f"{promise.because.text('en')} Mend the rule that concludes it, or take the promise back",
    )


def _lost(book: RuleBook, outcome: Outcome, number: int) -> Problem:
    promise = next(item for item in book.monotones if item.name == outcome.name and item.entity == outcome.term)
    lost = _cells(tuple((cell.column, cell.text) for cell in promise.cells))
    message = f"more `{promise.more}` loses {lost}{_and_others(outcome)}"
    return Problem(
        "F313", message, promise.span, notes=_notes(book, outcome, number), help=f"{promise.because.text('en')} Mend the rule that reads `{promise.more}` the wrong way, or take the promise back"
    )


def _assumed(book: RuleBook, outcome: Outcome, number: int) -> Problem:
    never = next(item for item in book.constraints if item.name == outcome.name and item.entity == outcome.term)
    help_text = "let the assumption keep within the constraint, or ask for the term"
    return Problem(
        "F314",
        f"answers that can be true are refused by `{outcome.name}` for what is assumed beside them{_and_others(outcome)}",
        never.span,
        notes=_notes(book, outcome, number),
        help=help_text,
        is_warning=True,
    )


# ---------------------------------------------------------------- what some company must show


def _dead(book: RuleBook, outcome: Outcome) -> Problem:
    _, rule = _rule(book, outcome.name)
    why = "the other rows leave nothing for it" if rule.is_otherwise else "its cells never hold together"
    return Problem("F315", f"rule `{rule.id}` hits for no company: {why}", rule.span, help="widen a cell, or remove the row", is_warning=True)


def _shadowed(book: RuleBook, outcome: Outcome, number: int) -> Problem:
    table, rule = _rule(book, outcome.name)
    stronger = [other for other in table.rules if rule.id in (name for name, _ in other.overrides)]
    labels = tuple(Label(other.span, "overrides it") for other in stronger)
    names = " or ".join(f"`{other.id}`" for other in stronger)
    return Problem(
        "F316",
        f"rule `{rule.id}` never speaks: whenever it hits, {names} overrides it",
        rule.span,
        labels=labels,
        notes=_notes(book, outcome, number),
        help="turn an override round, narrow the stronger row, or remove this one",
        is_warning=True,
    )


def _idle(book: RuleBook, outcome: Outcome, number: int) -> Problem:
    _, rule = _rule(book, outcome.name)
    cell = next(cell for cell in rule.cells if cell.column == outcome.column)
    why = "where it alone stops the rule, the table says the same" if outcome.facts else "it holds whenever the other cells do"
    return Problem(
        "F317", f"the cell `{outcome.column}` of rule `{rule.id}` never matters: {why}", cell.span, notes=_notes(book, outcome, number), help="remove the cell, or correct it", is_warning=True
    )


def _unsettled(book: RuleBook, outcome: Outcome, seconds: int) -> Problem:
    what = f"`{outcome.name}`" + (f", cell `{outcome.column}`" if outcome.column else "")
    part = Part(book, [outcome.term]) if outcome.term in book.terms else Part(book, [])
    kinds = [(book.terms[node.term].kind, node.term) for node in part.asked if node.term != "as_of"]
    wide = sorted(((kind.low - kind.high, term) for kind, term in kinds if isinstance(kind, Number)))[:MOST_NAMES]
    narrow = ", ".join(f"`{term}`" for _, term in wide) or "the terms it reads"
    return Problem(
        "F318",
        f"could not settle within {seconds} s whether there is a {outcome.fault.replace('-', ' ')} at {what}",
        _place(book, outcome),
        help=f"narrow the ranges of {narrow}, or allow more with --seconds",
    )


# ---------------------------------------------------------------- words


def _notes(book: RuleBook, outcome: Outcome, number: int) -> tuple[tuple[str, str], ...]:
    """Return the smallest company of a finding, and what the referee says of it."""
    if not outcome.facts:
        return ()
    days = [("from", date.fromordinal(outcome.day).isoformat())] if outcome.day else []
    return (*days, ("witness", facts_text(book, dict(outcome.facts))), *_seen(book, outcome), ("keep", f"fourfold prove --keep {number} FILE"))


def _seen(book: RuleBook, outcome: Outcome) -> list[tuple[str, str]]:
    known = dict(outcome.facts)
    part = Part(book, targets_of(book, outcome))
    values, _, _ = part.values(known)
    match outcome.fault:
        case "lost-with-more":
            ((term, more),) = outcome.also
            other, _, _ = part.values(known | {term: more})
            return [("there", _columns(book, outcome, values)), ("with", f"{term} {shown(book.terms[term].kind, more)}: {_columns(book, outcome, other)}")]
        case "assumption-against-constraint":
            return [("there", _columns(book, outcome, values)), ("but", f"with {facts_text(book, dict(outcome.also))} they are no contradiction")]
        case _:
            return [("there", text)] if (text := _columns(book, outcome, values)) else []


def _columns(book: RuleBook, outcome: Outcome, values: Values) -> str:
    """Return the values that the rows concerned, or the cells of a promise or constraint, look at."""
    nevers: tuple[GroundNever | GroundMonotone, ...] = (*book.promises, *book.monotones, *book.constraints)
    cells = [cell for item in nevers if (item.name, item.entity) == (outcome.name, outcome.term) for cell in item.cells]
    node = next((node for node in book.nodes if node.term == outcome.term), None)
    if isinstance(node, Table) and not cells:
        concerned = {*outcome.rules, outcome.name} if outcome.fault != "gap" else {row.rule for row in node.rows}
        cells = [cell for row in node.rows if row.rule in concerned and not row.ruled_out for cell in row.cells]
    names = [name for name in dict.fromkeys(name for cell in cells for name in cell.reads) if name in values]
    ratios = {name for name in names if isinstance(values[name], tuple)}
    inner = {read for name in ratios for read in book.terms[name].reads}
    result = [outcome.term] if isinstance(node, Table) and outcome.term in values else []
    return " · ".join(f"{name} {shown(book.terms[name].kind, values[name])}" for name in (*names, *result) if name not in inner)


def facts_text(book: RuleBook, known: Known) -> str:
    """Return given facts in words, without the day and the base currency."""
    shown_facts = [(term, value) for term, value in known.items() if term != "as_of" and (term, value) != ("currency", book.currency)]
    return " · ".join(f"{term} {shown(book.terms[term].kind, value)}" for term, value in shown_facts) or "no answers"


def _cells(cells: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"`{column}` is {text}" if text[:1] not in "<>=" else f"`{column}` {text}" for column, text in cells)


def _and_others(outcome: Outcome) -> str:
    if not outcome.others:
        return ""
    names = ", ".join(f"`{name}`" for name in outcome.others[:MOST_NAMES])
    more = len(outcome.others) - MOST_NAMES
    return f"; so for {names}" + (f" and {more} more" if more > 0 else "")


# ---------------------------------------------------------------- places


def _place(book: RuleBook, outcome: Outcome) -> Span:
    items: tuple[GroundNever | GroundMonotone, ...] = (*book.promises, *book.monotones, *book.constraints)
    nevers = {item.name: item.span for item in items}
    rules = {rule.id: rule.span for table in book.content.tables for rule in table.rules}
    tables = {table.name: table.span for table in book.content.tables}
    return (tables if outcome.fault in ("gap", "conflict") else rules if outcome.fault in ("dead-rule", "shadowed-rule", "idle-cell") else nevers).get(outcome.name, NOWHERE)


def _table(book: RuleBook, name: str) -> TableDecl:
    return next(table for table in book.content.tables if table.name == name)


def _rule(book: RuleBook, name: str) -> tuple[TableDecl, RuleDecl]:
    return next((table, rule) for table in book.content.tables for rule in table.rules if rule.id == name)


def _node(book: RuleBook, term: str) -> Table:
    return next(node for node in book.nodes if node.term == term and isinstance(node, Table))
