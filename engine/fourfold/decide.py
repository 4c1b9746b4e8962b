"""The meaning: what follows from facts, by the plainest code that can say it. The referee."""

from functools import lru_cache
from typing import assert_never

from fourfold.expression.show import shown
from fourfold.linking.simplify import COMPARISONS
from fourfold.model import (
    Always,
    Among,
    Best,
    Case,
    Compare,
    Condition,
    Const,
    Decision,
    Every,
    Expr,
    Fact,
    Facts,
    Floor,
    Formula,
    Gated,
    Given,
    GroundNode,
    Hit,
    Member,
    Opposite,
    Product,
    RatioOf,
    Ref,
    Row,
    RuleBook,
    Selection,
    Share,
    Some,
    Sum,
    Table,
    ground_name,
)
from fourfold.problem import Label, Problem, Problems
from fourfold.span import NOWHERE

Values = dict[str, object]


def number(node: Expr, values: Values) -> int:
    """Return the value of an expression: a whole number, or an option."""
    match node:
        case Ref():
            return values[node.term]  # type: ignore[return-value]
        case Const():
            return node.value  # type: ignore[return-value]
        case Product():
            return number(node.left, values) * number(node.right, values)
        case Sum():
            return sum([number(part, values) for part in node.parts])
        case Gated():
            return number(node.part, values) if holds(node.condition, values) else 0
        case Case():
            option = values[node.term]
            return number(next(part for name, part in node.branches if name == option), values)
        case Best():
            return (max if node.largest else min)([number(part, values) for part in node.parts])
        case Floor():
            return number(node.top, values) // number(node.bottom, values)
        case Among():
            found = [number(part, values) for condition, part in node.members if holds(condition, values)]
            return (max if node.largest else min)(found) if found else number(node.none, values)
        case _:
            assert_never(node)


def holds(node: Condition, values: Values) -> bool:
    """Return whether a condition is true."""
    match node:
        case Member():
            return values[node.term] in node.options
        case Compare():
            return COMPARISONS[node.operator](number(node.left, values), number(node.right, values))
        case Every():
            return all(holds(part, values) for part in node.parts)
        case Some():
            return any(holds(part, values) for part in node.parts)
        case Opposite():
            return not holds(node.part, values)
        case Always():
            return node.holds
        case _:
            assert_never(node)


def hit_rows(node: Table, values: Values, stopped: dict[str, str] | None = None) -> list[Row]:
    """Return the rows of a table whose cells all hold (without `otherwise`); `stopped` takes what stopped the others."""
    hits = []
    for row in node.rows:
        if row.is_otherwise:
            continue
        column = row.ruled_out or stopping_column(row, values)
        if not column:
            hits.append(row)
        elif stopped is not None:
            stopped[row.rule] = column
    return hits


def stopping_column(row: Row, values: Values) -> str | None:
    """Return the column of the first cell of a row that does not hold, or None where all hold."""
    if row.ruled_out:
        return row.ruled_out
    for cell in row.cells:
        # WHY: a cell that reads nothing was settled by the knowledge; a false one has ruled the row out
        if cell.reads and not holds(cell.condition, values):
            return cell.column
    return None


def settle(node: Table, hits: list[Row], values: Values, book: RuleBook | None = None) -> list[Row]:
    """Give a table's result to the values; return the rows that speak. No single result is a problem, placed in the book."""
    if node.policy == "sum":
        values[node.term] = sum(int(row.value) for row in hits)
        return hits
    if node.policy == "all":
        taken = {str(row.value) for row in hits}
        _give_set(node, taken, values)
        return hits
    if len(hits) == 1:
        values[node.term] = hits[0].value
        return hits
    beaten = {name for row in hits for name in row.overrides}
    speaking = [row for row in hits if row.rule not in beaten] or [row for row in node.rows if row.is_otherwise]
    results = {row.value for row in speaking}
    if len(results) != 1:
        raise Problems([_undecided(node, speaking, values, book)])
    values[node.term] = results.pop()
    return speaking


def _give_set(node: Table, taken: set[str], values: Values) -> None:
    values[node.term] = tuple(option for option in node.options if option in taken)
    for option in node.options:
        values[f"{node.term}[{option}]"] = "true" if option in taken else "false"


def _undecided(node: Table, speaking: list[Row], values: Values, book: RuleBook | None) -> Problem:
    """Return the gap or conflict of a table; its text is the same whatever the order of the rows."""
    rows = speaking or [row for row in node.rows if not row.ruled_out]
    reads = sorted({name for row in rows for cell in row.cells for name in cell.reads if name in values})
    facts = ", ".join(f"`{name}` {shown(book.terms[name].kind, values[name]) if book else values[name]}" for name in reads[:6])
    seen = f"; the facts: {facts}" if facts else ""
    table = next((table for table in book.content.tables if table.name == node.table and table.concludes), None) if book else None
    span = table.span if table else NOWHERE
    if not speaking:
        return Problem("F307", f"no rule of table `{node.table}` decides `{node.term}`", span, help=f"add a rule, or one with `otherwise`{seen}")
    written = {rule.id: rule.span for rule in table.rules} if table else {}
    names = sorted(row.rule for row in speaking)
    labels = tuple(Label(written[row.rule], f"concludes {row.value}") for row in speaking if row.rule in written)
    help_text = f"let one of them override the other{seen}"
    return Problem("F308", f"rules {' and '.join(f'`{name}`' for name in names)} disagree about `{node.term}`", span, labels=tuple(sorted(labels, key=lambda item: item.span)), help=help_text)


def select(node: Selection, values: Values) -> list[tuple[str, str]]:
    """Walk down the order and take what fits; return each candidate with what became of it."""
    left = [number(have, values) for have in node.within]
    at_least, at_most = number(node.at_least, values), number(node.at_most, values)
    walk, fate = [], []
    for candidate in node.candidates:
        if holds(candidate.condition, values):
            keys = [-number(key, values) if down else number(key, values) for key, down in zip(candidate.keys, node.descending, strict=True)]
            walk.append((keys, candidate))
        else:
            fate.append((candidate.entity, "where"))
    taken: list[str] = []
    for _, candidate in sorted(walk, key=lambda item: item[0]):
        needs = [number(need, values) for need in candidate.needs]
        short = next((name for name, need, have in zip(node.resources, needs, left, strict=True) if need > have), "")
        if len(taken) >= at_most:
            fate.append((candidate.entity, "at most"))
        elif short and len(taken) >= at_least:
            fate.append((candidate.entity, f"within {short}"))
        else:
            taken.append(candidate.entity)
            fate.append((candidate.entity, f"taken beyond {short}" if short else "taken"))
            left = [have - need for have, need in zip(left, needs, strict=True)]
    values[node.term] = tuple(taken)
    return fate


def largest_remainder(amount: int, weights: list[int]) -> list[int]:
    """Return whole parts of an amount in proportion to weights; they always sum to it.

    Hamilton's method: rounded down, then one more for the largest remainders, ties by place.
    Without any weight every part is the same.
    """
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    parts = [amount * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda at: (-(amount * weights[at] % whole), at))
    for at in rest[: amount - sum(parts)]:
        parts[at] += 1
    return parts


def compute(node: GroundNode, values: Values, given: dict[str, Fact], stopped: dict[str, str] | None = None, book: RuleBook | None = None) -> list[Row]:
    """Give the values of one node; return the rules that speak, and note in `stopped` what stopped the others."""
    match node:
        case Table():
            return settle(node, hit_rows(node, values, stopped), values, book)
        case Formula():
            values[node.term] = number(node.value, values)
        case Given():
            if node.term in given:
                values[node.term] = given[node.term].value
            elif node.assume is not None:
                values[node.term] = number(node.assume, values)
        case RatioOf():
            values[node.term] = (number(node.top, values), number(node.bottom, values))
        case Selection():
            taken = {entity for entity, fate in select(node, values) if fate.startswith("taken")}
            for entity in node.entities:
                values[ground_name(node.term, entity)] = "true" if entity in taken else "false"
        case Share():
            _share(node, values)
        case _:
            assert_never(node)
    return []


def _share(node: Share, values: Values) -> None:
    chosen: tuple[str, ...] = values[node.selection]  # type: ignore[assignment]
    weights = dict(node.weights)
    parts = largest_remainder(max(0, number(node.amount, values)), [max(0, number(weights[e], values)) for e in chosen]) if chosen else []
    shares = dict(zip(chosen, parts, strict=True))
    for entity in weights:
        values[ground_name(node.term, entity)] = shares.get(entity, 0)
    values[node.term] = sum(parts)


def missing_facts(book: RuleBook, facts: Facts) -> list[str]:
    """Return the required terms that no fact is given for."""
    return [node.term for node in book.nodes if type(node) is Given and node.is_required and node.term not in facts.known]


def decide(book: RuleBook, facts: Facts) -> Decision:
    """Return everything that follows from complete facts (after the door); pure and deterministic.

    A required term without a fact, a gap or a conflict is a problem.
    """
    missing = missing_facts(book, facts)
    if missing:
        raise Problems([Problem("F309", f"`{name}` is not given", help="it has no assumption; answer it") for name in missing])
    values: Values = {}
    hits: list[Hit] = []
    stopped: dict[str, dict[str, str]] = {}
    for node in book.nodes:
        if isinstance(node, Table):
            mine = stopped[node.term] = {}
            hits += [Hit(node.term, row.rule) for row in compute(node, values, facts.known, mine, book)]
        else:
            compute(node, values, facts.known)
    return Decision(values, with_assumed(book, facts, values), tuple(hits), stopped)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _assumed(value: int | str) -> Fact:
    return Fact(value, "assumed")


def with_assumed(book: RuleBook, facts: Facts, values: Values) -> dict[str, Fact]:
    """Return the facts together with what was assumed, in the order of the book."""
    found = {}
    for node in book.nodes:
        if type(node) is Given and node.term in values:
            found[node.term] = facts.known.get(node.term) or _assumed(values[node.term])
    return found


def on_demand(book: RuleBook, given: dict[str, Fact], term: str, values: Values) -> object:
    """Return the value of one ground term from the facts and assumptions so far, or None where it stays unknown."""
    givers = {node.term: node for node in book.nodes}
    _demand(book, givers, given, term, values)
    return values.get(term)


def _demand(book: RuleBook, givers: dict[str, GroundNode], given: dict[str, Fact], term: str, values: Values) -> bool:
    if term in values:
        return True
    if term in given:
        values[term] = given[term].value
        return True
    node = givers.get(term)
    if node is None or (isinstance(node, Given) and node.assume is None):
        return False
    if not all(_demand(book, givers, given, name, values) for name in book.terms[term].reads):
        return False
    compute(node, values, given, None, book)
    return term in values
