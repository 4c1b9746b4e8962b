"""Selections and share-outs: the order of the candidates packed into few numbers, so that the next one is a minimum."""

from math import gcd

from fourfold.columns.meaning import Meaning, Parts, Taking
from fourfold.columns.places import NotColumns
from fourfold.columns.tables import yes_no
from fourfold.model import Candidate, Selection, Share, ground_name


def lower_selection(meaning: Meaning, node: Selection) -> None:
    """Give a selection: the walk as one value with its operands, and a yes or no for each entity.

    The operands are, for the candidates that are possible at all: conditions, packed order (words, most
    significant first), needs; then what there is of each resource, `at least`, `at most`.
    """
    graph = meaning.graph
    only_less = all(graph.low[meaning.number(need)] >= 0 for candidate in node.candidates for need in candidate.needs)
    found = [(candidate, graph.and_(meaning.holds(candidate.condition), _may_fit(meaning, node, candidate) if only_less else graph.yes)) for candidate in node.candidates]
    kept = meaning.candidates.get(node.term)
    found = [(candidate, flag) for candidate, flag in found if (flag != graph.no if kept is None else candidate.entity in kept)]
    meaning.candidates[node.term] = tuple(candidate.entity for candidate, _ in found)
    entities = meaning.candidates[node.term]
    keys = [[graph.lin({meaning.number(key): -1 if down else 1}) for key, down in zip(candidate.keys, node.descending, strict=True)] for candidate, _ in found]
    words = _packed(meaning, keys)
    needs = [[meaning.number(need) for need in candidate.needs] for candidate, _ in found]
    ends = [*(meaning.number(have) for have in node.within), meaning.number(node.at_least), meaning.number(node.at_most)]
    flags = [flag for _, flag in found]
    args = (*flags, *(word for one in words for word in one), *(need for one in needs for need in one), *ends)
    layout = (node.term, len(found), len(words[0]) if words else 1, len(node.within))
    walk = graph.place("select", args, layout, 0, len(found))
    taking = Taking(walk, entities)
    meaning.values[node.term] = taking
    for entity in node.entities:
        flag = graph.place("taken", (walk,), entities.index(entity), 0, 1) if entity in entities else graph.no
        meaning.values[ground_name(node.term, entity)] = yes_no(meaning, flag)


def _may_fit(meaning: Meaning, node: Selection, candidate: Candidate) -> int:
    """Return whether a candidate may be taken at all: it fits at the beginning, or some are taken in any case.

    What is left never grows where no need is below 0, so what does not fit at the beginning never fits.
    """
    graph = meaning.graph
    fits = [graph.compared(meaning.number(have), meaning.number(need)) for have, need in zip(node.within, candidate.needs, strict=True)]
    return graph.or_(graph.at_least(meaning.number(node.at_least), 1), graph.and_(*fits))


def _packed(meaning: Meaning, keys: list[list[int]]) -> list[list[int]]:
    """Return the order of each candidate as words: keys beside each other, the place in the knowledge last."""
    graph, count = meaning.graph, len(keys)
    if not keys:
        return []
    columns = [_ranked(meaning, [key[at] for key in keys]) for at in range(len(keys[0]))]
    columns = _joined(meaning, columns)
    columns.append([graph.const(place) for place in range(count)])
    words: list[list[int]] = []
    filled = graph.word + 1
    for column in reversed(columns):
        low, high = min(graph.low[at] for at in column), max(graph.high[at] for at in column)
        bits = (high - low).bit_length()
        if bits > graph.word:
            raise NotColumns(f"an order by numbers wider than {graph.word} bits")
        if filled + bits > graph.word:
            words.insert(0, [graph.const(0)] * count)
            filled = 0
        words[0] = [graph.add(word, graph.lin({at: 1 << filled}, -low << filled)) for word, at in zip(words[0], column, strict=True)]
        filled += bits
    return [list(one) for one in zip(*words, strict=True)]


def _joined(meaning: Meaning, columns: list[list[int]]) -> list[list[int]]:
    """Return the keys with neighbours that count flags made one small number, which is cheap to add up."""
    graph = meaning.graph
    found: list[list[int]] = []
    for column in columns:
        low, high = min(graph.low[at] for at in column), max(graph.high[at] for at in column)
        bits = (high - low).bit_length()
        if found:
            joined = [_beside(meaning, before, at, 1 << bits, low) for before, at in zip(found[-1], column, strict=True)] if bits < 7 else []
            if joined and all(graph.fixed(at) is not None or graph.is_flag(at) or (graph.names[at] == "lin" and graph.is_small(at)) for at in joined):
                found[-1] = joined
                continue
        found.append([graph.lin({at: 1}, -low) for at in column])
    return found


def _beside(meaning: Meaning, before: int, at: int, factor: int, low: int) -> int:
    """Return before · factor + at - low, with sums of flags taken apart so that the whole is one."""
    graph = meaning.graph
    if graph.names[before] != "lin":
        return graph.add(graph.lin({before: factor}), graph.lin({at: 1}, -low))
    *factors, constant = graph.table(before)
    wider = {part: inner * factor for part, inner in zip(graph.args[before], factors, strict=True)}
    return graph.add(graph.lin(wider, constant * factor), graph.lin({at: 1}, -low))


def _ranked(meaning: Meaning, column: list[int]) -> list[int]:
    """Return fixed keys by their rank, others as they are."""
    fixed = [meaning.graph.fixed(at) for at in column]
    if None in fixed:
        return column
    order = {value: rank for rank, value in enumerate(sorted(set(fixed)))}  # type: ignore[type-var]
    return [meaning.graph.const(order[value]) for value in fixed]


def lower_share(meaning: Meaning, node: Share) -> None:
    """Give a share-out: its operands are the walk, the amount, and a weight for each candidate of the selection."""
    graph, taking = meaning.graph, meaning.value(node.selection)
    assert isinstance(taking, Taking)
    named = dict(node.weights)
    weights = _without_common_factor(meaning, [meaning.number(named[entity]) for entity in taking.entities])
    zero = graph.const(0)
    held = [graph.best(True, [weight, zero]) for weight in weights]
    if sum(graph.high[weight] for weight in held) >= 2**60:
        raise NotColumns("weights of a share-out beyond 60 bits")
    amount = graph.best(True, [meaning.number(node.amount), zero])
    share = graph.place("share", (taking.walk, amount, *held), (node.term, len(held)), 0, graph.high[amount])
    whole = graph.pick(graph.place("taken", (taking.walk,), -1, 0, 1), amount, zero) if taking.entities else zero
    meaning.values[node.term] = Parts(share, taking, whole)
    for entity, _ in node.weights:
        part = graph.place("part", (share,), taking.entities.index(entity), 0, graph.high[amount]) if entity in taking.entities else zero
        meaning.values[ground_name(node.term, entity)] = part


def _without_common_factor(meaning: Meaning, weights: list[int]) -> list[int]:
    """Return weights divided by what divides them all; the shares stay the same."""
    graph = meaning.graph
    factors = [graph.fixed(at) or 0 if graph.fixed(at) is not None else gcd(*graph.table(at)) if graph.names[at] in ("lin", "lut") else 1 for at in weights]
    shared = gcd(*factors)
    return [graph.floor(at, graph.const(shared)) for at in weights] if shared > 1 else weights
