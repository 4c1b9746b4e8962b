"""Chains of sums and of flags as one step each, where nobody else reads what lies between."""

from collections import Counter

from fourfold.columns.machine import Machine, Step

FAMILIES = {"add": "sum", "add times": "sum", "add small": "sum small", "and": "all", "or": "any"}


def with_chains(machine: Machine) -> Machine:
    """Return a machine whose chains are single steps: `sum` and `sum small` with factors, `all` and `any` of flags.

    A step that fills one register of a chain is absorbed by the step that alone reads it.
    """
    reads = Counter(register for step in machine.steps for register in step.reads)
    parts: dict[int, list[tuple[int, int]]] = {}
    absorbed = _absorbed(machine, reads)
    steps: list[Step] = []
    for step in machine.steps:
        family = FAMILIES.get(step.name)
        if family is None:
            steps.append(step)
            continue
        found = [part for place, register in enumerate(step.reads) for part in _part(step, place, register, absorbed, parts)]
        if step.out in absorbed:
            parts[step.out] = found
        elif len(found) == 2:
            steps.append(step)
        else:
            steps.append(_joined(machine, family, step.out, found))
    machine.steps = steps
    return machine


def _absorbed(machine: Machine, reads: Counter[int]) -> set[int]:
    made = {step.out: FAMILIES.get(step.name) for step in machine.steps}
    found = set()
    for step in machine.steps:
        family = FAMILIES.get(step.name)
        links = step.reads if family in ("all", "any") else step.reads[:1]
        found |= {register for register in links if family is not None and register > 0 and reads[register] == 1 and made.get(register) == family}
    return found


def _part(step: Step, place: int, register: int, absorbed: set[int], parts: dict[int, list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return what an operand adds to its chain: itself, or all that it was made of."""
    if register in absorbed and (place == 0 or step.name in ("and", "or")) and register in parts:
        return parts.pop(register)
    factor = step.number if place == 1 and step.name in ("add times", "add small") else 1
    return [(register, factor)]


def _joined(machine: Machine, family: str, out: int, found: list[tuple[int, int]]) -> Step:
    if family in ("all", "any"):
        return Step(family, out, tuple(register for register, _ in found))
    constant = sum(factor * machine.constants[-1 - register] for register, factor in found if register < 0)
    kept = sorted(((register, factor) for register, factor in found if register > 0), key=lambda item: item[1] != 1)
    return Step(family, out, tuple(register for register, _ in kept), constant, tuple(factor for _, factor in kept))
