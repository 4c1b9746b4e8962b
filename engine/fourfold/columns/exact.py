"""Whether floats hold every number of a program exactly.

A float of 64 bits holds every whole number below 2^53. Where the bounds prove that nothing in a program
leaves that range, its sums, products and comparisons are the same in floats, and a quotient rounded down
needs no division by whole numbers, which processors are slow at.
"""

from fourfold.columns.graph import Graph

# WHY: below 2^53 a quotient of floats, rounded down, is the exact one: no float lies between it and the next whole number
EXACT = 2**53
# WHY: (x + ½) · (1 / c) is wrong by less than 2^-52 of itself and no nearer than ½ / c to a whole number, so below 2^51 its floor is that of x / c
BY_RECIPROCAL = 2**51


def size(graph: Graph, at: int) -> int:
    """Return the most that a number may be away from 0."""
    return max(abs(graph.low[at]), abs(graph.high[at]))


def floats_hold(graph: Graph, needed: list[int]) -> bool:
    """Return whether every number that these values hold, or pass through, is a whole number below 2^53."""
    return not graph.guards and all(_most(graph, at) < EXACT for at in needed if graph.names[at] != "word")


def _most(graph: Graph, at: int) -> int:
    """Return the most that a value, or any number on the way to it, may be away from 0."""
    args = graph.args[at]
    match graph.names[at]:
        case "lin":
            *factors, constant = graph.table(at)
            return max(size(graph, at), abs(constant) + sum(abs(factor) * size(graph, part) for part, factor in zip(args, factors, strict=True)))
        case "choose":
            *values, rest = graph.table(at)
            return abs(rest) + sum(abs(value - rest) for value in values)
        case "taken sum":
            return sum(map(abs, graph.table(at)))
        case "pick":
            return size(graph, args[1]) + size(graph, args[2])
        case "select":
            # WHY: what is taken in any case may leave less than nothing of a resource
            _, count, words, resources = graph.data[at]
            needs = args[count * (1 + words) : count * (1 + words + resources)]
            return max(size(graph, part) for part in args) + sum(size(graph, part) for part in needs)
        case _:
            return size(graph, at)
