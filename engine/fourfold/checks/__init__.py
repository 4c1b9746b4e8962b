"""Checks of a linked rule book: what is no error of reading or linking, and still worth knowing; one file each."""

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib import import_module
from pkgutil import iter_modules

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

NO_CHECKS = ("seen", "regions", "program_names")
HEADINGS = ("What it finds.", "Why it matters.", "Example.", "Instead.")


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name (that of the bad pattern), its code, and what its page says."""

    name: str
    code: str
    module: str
    title: str
    parts: tuple[tuple[str, str], ...]


def every_check() -> tuple[Check, ...]:
    """Return all checks, in the order of their codes."""
    found = []
    for item in iter_modules(__path__):
        if item.name not in NO_CHECKS:
            module = import_module(f"{__name__}.{item.name}")
            title, *parts = re.split(rf"\s+({'|'.join(map(re.escape, HEADINGS))})\s+", " ".join(module.check.__doc__.split()))
            pairs = tuple(zip(parts[::2], parts[1::2], strict=True))
            found.append(Check(item.name.replace("_", "-"), module.CODE, item.name, title, pairs))
    return tuple(sorted(found, key=lambda check: check.code))


def run(seen: Seen, only: str | None = None) -> list[Problem]:
    """Return what every check finds (or one of them), without what the book allows with a reason."""
    found = []
    for item in iter_modules(__path__):
        name = item.name.replace("_", "-")
        if item.name in NO_CHECKS or name == "unused-allowance" or only not in (None, name, "unused-allowance"):
            continue
        module = import_module(f"{__name__}.{item.name}")
        found += [(name, replace(problem, check=name)) for problem in module.check(seen)]
    kept, used = _without_allowed(seen, found)
    if only == "unused-allowance":
        kept = []
    if only in (None, "unused-allowance"):
        from fourfold.checks import unused_allowance

        kept += [
            replace(problem, check="unused-allowance")
            for problem in unused_allowance.check(seen, frozenset(used), tuple(item.name.replace("_", "-") for item in iter_modules(__path__) if item.name not in NO_CHECKS))
        ]
    return kept


def _without_allowed(seen: Seen, found: list[tuple[str, Problem]]) -> tuple[list[Problem], set[int]]:
    kept, used = [], set()
    for name, problem in found:
        names = re.findall(r"`([^`]+)`", problem.message)
        place = next((at for at, item in enumerate(seen.content.allowances) if item.check == name and any(fnmatchcase(word, item.at) for word in names)), None)
        if place is None:
            kept.append(problem)
        else:
            used.add(place)
    return kept, used
