"""What can be said of flags without any company: which exclude each other, whether one always holds."""

from functools import reduce
from math import prod
from operator import and_, or_

from fourfold.columns.graph import Graph

MOST = 3000


def excludes(graph: Graph, one: int, other: int) -> bool:
    """Return whether two flags are certain not to hold together (sound, not exact)."""
    codes: dict[int, int] = {}
    ranges: dict[int, tuple[int, int]] = {}
    plain: dict[int, bool] = {}
    for at, wanted in (*_literals(graph, one, wanted=True), *_literals(graph, other, wanted=True)):
        name, args = graph.names[at], graph.args[at]
        if name == "flag":
            if (at == graph.yes) != wanted:
                return True
        elif name == "in":
            mask, count = graph.data[at]
            mask = mask if wanted else ~mask & ((1 << count) - 1)
            codes[args[0]] = codes.get(args[0], mask) & mask
            if not codes[args[0]]:
                return True
        elif name == "ge" or (name == "eq" and wanted):
            if _narrowed(graph, ranges, at, wanted):
                return True
        elif plain.setdefault(at, wanted) != wanted:
            return True
    return False


def _narrowed(graph: Graph, ranges: dict[int, tuple[int, int]], at: int, wanted: bool) -> bool:
    """Narrow the range of a number by a comparison; return whether nothing is left."""
    number, bound = graph.args[at][0], graph.divisor(at)
    low, high = ranges.get(number, (graph.low[number], graph.high[number]))
    if graph.names[at] == "eq":
        low, high = max(low, bound), min(high, bound)
    elif wanted:
        low = max(low, bound)
    else:
        high = min(high, bound - 1)
    ranges[number] = (low, high)
    return low > high


def _literals(graph: Graph, at: int, *, wanted: bool) -> list[tuple[int, bool]]:
    """Return flags that must hold, or must not, for a flag to be as wanted."""
    name = graph.names[at]
    if name == "not":
        return _literals(graph, graph.args[at][0], wanted=not wanted)
    if (name == "and" and wanted) or (name == "or" and not wanted):
        return [item for part in graph.args[at] for item in _literals(graph, part, wanted=wanted)]
    return [(at, wanted)]


def held_ways(graph: Graph, flags: list[int]) -> tuple[list[int], int] | None:
    """Return for each flag the ways in which it holds, a bit each, and all ways; None where there are too many to look at.

    What the flags ask (options of a code, sides of a bound) is varied independently; so there may be
    ways that no company takes, and never fewer.
    """
    atoms: dict[int, None] = {}
    seen: set[int] = set()
    for at in flags:
        _atoms(graph, at, atoms, seen)
    domains = _domains(graph, list(atoms))
    size = prod(map(len, domains))
    if size > MOST:
        return None
    every = (1 << size) - 1
    holds = {graph.yes: every, graph.no: 0}
    step = 1
    for states in domains:
        # WHY: a state holds for `step` ways in each `step * len(states)`, as a digit of a number does
        around = every // ((1 << step * len(states)) - 1) * ((1 << step) - 1)
        for place, state in enumerate(states):
            for at, does in state.items():
                holds[at] = holds.get(at, 0) | (around << place * step if does else 0)
        step *= len(states)
    return [_value(graph, at, holds, every) for at in flags], every


def _atoms(graph: Graph, at: int, found: dict[int, None], seen: set[int]) -> None:
    if at in seen:
        return
    seen.add(at)
    if graph.names[at] in ("and", "or", "not"):
        for part in graph.args[at]:
            _atoms(graph, part, found, seen)
    elif graph.names[at] != "flag":
        found[at] = None


def _domains(graph: Graph, atoms: list[int]) -> list[list[dict[int, bool]]]:
    """Return, for each thing that is asked about, the states of the questions about it."""
    asked: dict[tuple[str, int], list[int]] = {}
    for at in atoms:
        name = graph.names[at]
        key = ("code", graph.args[at][0]) if name == "in" else ("number", graph.args[at][0]) if name in ("ge", "eq") else ("flag", at)
        asked.setdefault(key, []).append(at)
    domains = []
    for (sort, thing), questions in asked.items():
        different = {tuple(state.items()): state for state in _states(graph, sort, thing, questions)}
        domains.append(list(different.values()))
    return domains


def _states(graph: Graph, sort: str, thing: int, questions: list[int]) -> list[dict[int, bool]]:
    if sort == "code":
        return [{at: bool(graph.options(at)[0] >> option & 1) for at in questions} for option in range(graph.options(questions[0])[1])]
    if sort == "number":
        return [{at: value >= graph.divisor(at) if graph.names[at] == "ge" else value == graph.divisor(at) for at in questions} for value in _probes(graph, thing, questions)]
    return [{thing: holds} for holds in (False, True)]


def _probes(graph: Graph, number: int, questions: list[int]) -> list[int]:
    """Return one number of each stretch between the bounds that are asked about."""
    wanted = {graph.low[number]} | {graph.divisor(at) + step for at in questions for step in (-1, 0, 1)}
    return [value for value in wanted if graph.low[number] <= value <= graph.high[number]]


def _value(graph: Graph, at: int, holds: dict[int, int], every: int) -> int:
    """Return the ways in which a flag holds; what was found is kept in `holds`."""
    found = holds.get(at)
    if found is None:
        parts = [_value(graph, part, holds, every) for part in graph.args[at]]
        match graph.names[at]:
            case "and":
                found = reduce(and_, parts, every)
            case "or":
                found = reduce(or_, parts, 0)
            case _:
                found = every ^ parts[0]
        holds[at] = found
    return found
