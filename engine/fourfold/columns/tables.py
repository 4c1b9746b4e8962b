"""Decision tables as flags: which rows hit, which speak, what they conclude, and where no single result is left."""

from functools import reduce
from operator import or_

from fourfold.columns.cover import excludes, held_ways
from fourfold.columns.meaning import Chosen, Failure, Meaning, Several
from fourfold.columns.places import NotColumns
from fourfold.expression.kinds import YES_NO, Choice
from fourfold.model import Row, Table, ground_name


def lower_table(meaning: Meaning, node: Table) -> None:
    """Give a table's result to the meaning; note where a company may meet a gap or a conflict."""
    graph = meaning.graph
    rows = [row for row in node.rows if not row.is_otherwise and not row.ruled_out]
    hits = [(row, graph.and_(*(meaning.holds(cell.condition) for cell in row.cells if cell.reads))) for row in rows]
    hits = [(row, flag) for row, flag in hits if flag != graph.no]
    if node.policy == "sum":
        parts: dict[int, int] = {}
        for row, flag in hits:
            parts[flag] = parts.get(flag, 0) + int(row.value)
        meaning.values[node.term] = graph.lin(parts)
    elif node.policy == "all":
        flags = tuple((option, graph.or_(*(flag for row, flag in hits if row.value == option))) for option in node.options)
        meaning.values[node.term] = Several(flags)
        for option, flag in flags:
            meaning.values[ground_name(node.term, option)] = yes_no(meaning, flag)
    else:
        _unique(meaning, node, hits)


def yes_no(meaning: Meaning, flag: int) -> Chosen:
    """Return a flag as a choice of yes and no."""
    return Chosen(YES_NO.options, flags=(("false", meaning.graph.not_(flag)), ("true", flag)))


def _unique(meaning: Meaning, node: Table, hits: list[tuple[Row, int]]) -> None:
    graph = meaning.graph
    beaten: dict[str, list[int]] = {}
    for row, flag in hits:
        for name in row.overrides:
            beaten.setdefault(name, []).append(flag)
    speaking = [(row, graph.and_(flag, *(graph.not_(other) for other in beaten.get(row.rule, ())))) for row, flag in hits]
    speaking = [(row, flag) for row, flag in speaking if flag != graph.no]
    others = {row.value for row in node.rows if row.is_otherwise}
    if len(others) > 1:
        raise NotColumns("several rows that say `otherwise`")
    spoken = graph.or_(*(flag for _, flag in hits))
    groups: dict[int | str, list[int]] = {}
    for row, flag in speaking:
        groups.setdefault(row.value, []).append(flag)
    for other in others:
        groups.setdefault(other, []).append(graph.not_(spoken))
    if not others:
        _note(meaning, "F307", node, graph.not_(spoken), can_fail=_has_gap(meaning, [flag for _, flag in hits]))
    _note(meaning, "F308", node, *_conflict(meaning, speaking))
    _conclude(meaning, node, {value: graph.or_(*flags) for value, flags in groups.items()})


def _note(meaning: Meaning, code: str, node: Table, flag: int, can_fail: bool) -> None:
    if can_fail and flag != meaning.graph.no:
        meaning.failures.append(Failure(code, node.term, flag))


def _has_gap(meaning: Meaning, flags: list[int]) -> bool:
    found = held_ways(meaning.graph, flags)
    return found is None or reduce(or_, found[0], 0) != found[1]


def _conflict(meaning: Meaning, speaking: list[tuple[Row, int]]) -> tuple[int, bool]:
    """Return the flag that two rows say different things, and whether it may ever hold."""
    graph, pairs = meaning.graph, []
    for place, (row, flag) in enumerate(speaking):
        for other, second in speaking[:place]:
            if row.value != other.value and other.rule not in row.overrides and row.rule not in other.overrides and not excludes(graph, flag, second):
                pairs.append((flag, second))
    if not pairs:
        return graph.no, False
    both = [graph.and_(one, other) for one, other in pairs]
    found = held_ways(graph, both)
    return graph.or_(*both), found is None or any(found[0])


def _conclude(meaning: Meaning, node: Table, groups: dict[int | str, int]) -> None:
    """Give the one value: of a table that always decides the last group is what the others leave."""
    graph, kind = meaning.graph, meaning.book.terms[node.term].kind
    if isinstance(kind, Choice):
        if len(groups) == 2 and graph.yes not in groups.values():
            (first, flag), (second, _) = groups.items()
            groups = {first: flag, second: graph.not_(flag)}
        meaning.values[node.term] = Chosen(kind.options, flags=tuple((str(value), flag) for value, flag in groups.items()))
        return
    *pairs, (rest, _) = groups.items() if groups else [(0, graph.yes)]
    meaning.values[node.term] = graph.choose([(flag, int(value)) for value, flag in pairs], int(rest))
