"""Content to a rule book: names resolved, loops unrolled, knowledge folded, order and bounds found.

The only maker of a RuleBook.
"""

from fourfold.expression.kinds import YES, YES_NO
from fourfold.linking.doorway import lower_monotones, lower_nevers, lower_or_from
from fourfold.linking.draws import lower_draws
from fourfold.linking.gather import Lowering
from fourfold.linking.knowledge import know
from fourfold.linking.lower import lower
from fourfold.linking.memo import Memo
from fourfold.linking.names import Names
from fourfold.linking.order import by_stratum, mark, order_nodes
from fourfold.model import RuleBook
from fourfold.problem import Collector, Label
from fourfold.suggest import did_you_mean, listed
from fourfold.written import Content, LoweringDecl, RegisterDecl


def ground_book(content: Content, as_of: int, currency: str = "", memo: Memo | None = None) -> RuleBook:
    """Return the ground book in force on a day (days since 0001-01-01), in a company's currency.

    With a memo what did not change since its last linking is not made again.
    Rates and values are those of the day; the knowledge is converted, the company's own money never.
    Raises every problem of names, kinds, logic and sources at once.
    """
    problems = Collector()
    memo = memo or Memo()
    known = memo.known_for(content, as_of, currency or content.base, problems, know)
    names = Names(known, {item.name.rpartition(".")[2]: item for item in content.formulas}, {item.name: item for item in content.selections}, problems)
    lowering = lower(names, memo)
    nodes = order_nodes(lowering)
    constraints, promises = lower_nevers(lowering, content.constraints), lower_nevers(lowering, content.promises)
    monotones = lower_monotones(lowering, content.monotones)
    or_from = lower_or_from(lowering)
    draws, weights = lower_draws(lowering)
    _check_registers(lowering)
    _check_proved_names(lowering)
    problems.stop_if_any()
    mark(nodes, lowering)
    _check_proved(lowering)
    problems.stop_if_any()
    return RuleBook(
        content.hash,
        content.base,
        as_of,
        known.currency,
        by_stratum(nodes, lowering),
        lowering.terms,
        {**known.values, **known.constants},
        constraints,
        promises,
        or_from,
        tuple(name for name, _ in content.proved),
        content,
        tuple(sorted(known.changes)),
        known.entities,
        draws,
        weights,
        monotones,
    )


def _check_registers(lowering: Lowering) -> None:
    known = lowering.names.known
    for register in known.content.registers:
        for item in register.lowerings:
            if item.term not in known.terms:
                lowering.note("F201", f"unknown term `{item.term}`", item.span, did_you_mean(item.term, known.terms))
            if item.form != "method" and item.column and item.column not in {column.name for column in register.columns}:
                lowering.note("F202", f"register `{register.name}` has no column `{item.column}`", item.span)
            _check_where(lowering, register, item)


def _check_where(lowering: Lowering, register: RegisterDecl, item: LoweringDecl) -> None:
    """Note each column that a lowering tests and the register has not, and each value that the column cannot have."""
    columns = {column.name: column for column in register.columns}
    for name, wanted in item.where:
        if name not in columns:
            lowering.note("F202", f"register `{register.name}` has no column `{name}`", item.span, did_you_mean(name, columns) or f"known here: {listed(columns)}")
            continue
        kind = columns[name].kind
        known = lowering.names.known.entities.get(kind.word) or tuple(option for option, _, _ in kind.options)
        options = YES_NO.options if kind.word == "yes_no" else known
        for text in wanted:
            if options and YES.get(text, text) not in options:
                lowering.note("F204", f"`{text}` is not one of the choices of `{register.name}.{name}`", item.span, did_you_mean(text, options) or f"one of {listed(options)}")


def _check_proved_names(lowering: Lowering) -> None:
    known = {**lowering.names.known.terms, **lowering.names.selections}
    for name, span in lowering.names.known.content.proved:
        if name not in known:
            lowering.note("F201", f"unknown term `{name}`", span, did_you_mean(name, known))


def _check_proved(lowering: Lowering) -> None:
    """Note each term that is promised to be proved but lies in the plan, with the path that makes it so."""
    for name, span in lowering.names.known.content.proved:
        grounds = [term for term in lowering.terms.values() if term.source == name]
        for term in grounds:
            if term.is_plan:
                path = _path_to_plan(term.name, lowering)
                why = _why_plan(path[-1], lowering)
                labels = tuple(Label(lowering.places[step], f"`{step}`") for step in path if step in lowering.places)
                through = f" through {' → '.join(f'`{step}`' for step in path[1:])}, which" if path[1:] else ": it"
                help_text = "take it out of `proved`, or let it read only terms of the core"
                if why:
                    lowering.note("F304", f"`{name}` cannot be proved: it is plan{through} {why}", span, help_text, labels)
                break


def _why_plan(source: str, lowering: Lowering) -> str:
    """Return what makes a term plan by itself; nothing for an assumption, which is noted where it stands."""
    names = lowering.names
    if source in names.selections:
        return "is a selection"
    if source in names.formulas:
        return "multiplies or divides terms"
    return "is a share-out" if source in lowering.definers else ""


def _path_to_plan(ground: str, lowering: Lowering) -> list[str]:
    """Return the terms from one to what makes it plan, whatever the entities."""
    terms, path = lowering.terms, [lowering.terms[ground].source]
    while True:
        following = next((read for read in terms[ground].reads if read in terms and terms[read].is_plan), None)
        if following is None:
            return path
        ground = following
        if terms[ground].source != path[-1]:
            path.append(terms[ground].source)
