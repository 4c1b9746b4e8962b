"""What can be said of flags without any company: which exclude each other, whether one always holds."""

from itertools import product

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


def every_way(graph: Graph, flags: list[int]) -> list[tuple[bool, ...]] | None:
    """Return all ways in which flags may hold together, or None where there are too many to look at.

    What the flags ask (options of a code, sides of a bound) is varied independently; so there may be
    ways that no company takes, and never fewer.
    """
    atoms: dict[int, None] = {}
    for at in flags:
        _atoms(graph, at, atoms)
    domains = _domains(graph, list(atoms))
    size = 1
    for states in domains:
        size *= len(states)
    if size > MOST:
        return None
    found = set()
    for way in product(*domains):
        holds = {graph.yes: True, graph.no: False}
        for state in way:
            holds.update(state)
        found.add(tuple(_value(graph, at, holds) for at in flags))
    return sorted(found)


def _atoms(graph: Graph, at: int, found: dict[int, None]) -> None:
    if graph.names[at] in ("and", "or", "not"):
        for part in graph.args[at]:
            _atoms(graph, part, found)
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


def _value(graph: Graph, at: int, holds: dict[int, bool]) -> bool:
    match graph.names[at]:
        case "and":
            return all(_value(graph, part, holds) for part in graph.args[at])
        case "or":
            return any(_value(graph, part, holds) for part in graph.args[at])
        case "not":
            return not _value(graph, graph.args[at][0], holds)
        case _:
            return holds[at]
