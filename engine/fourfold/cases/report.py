"""All cases run: what passes, what fails, what is covered."""

from dataclasses import dataclass, field
from pathlib import Path

from fourfold.cases.coverage import Coverage, Wanted, note, wanted_of
from fourfold.cases.reading import Case, case_files, read_cases
from fourfold.cases.running import DAY, Outcome, book_of, run_case
from fourfold.content import content_hash
from fourfold.problem import Problem
from fourfold.show_problem import as_data, show

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes with what they cover."""

    outcomes: tuple[Outcome, ...]
    coverage: Coverage
    rules: tuple[str, ...]
    reading: tuple[Problem, ...] = ()
    wanted: Wanted = field(default=Wanted((), (), ()))

    @property
    def failed(self) -> bool:
        """Return whether a case fails that is not marked as a disagreement, or could not be read."""
        return bool(self.reading) or any(item.problems for item in self.outcomes if not item.case.disagrees) or bool(self.agreeing())

    def agreeing(self) -> list[Outcome]:
        """Return the cases marked as disagreements that now agree."""
        return [item for item in self.outcomes if item.case.disagrees and not item.problems]

    def unhit(self) -> list[str]:
        """Return the rules that no case makes hit."""
        return [rule for rule in self.rules if rule not in self.coverage.hit]

    def unneared(self) -> list[str]:
        """Return the rules that no case nearly makes hit."""
        return [rule for rule in self.rules if rule not in self.coverage.near]

    def loose_cells(self) -> list[str]:
        """Return the cells that no case shows to matter, as `rule, column`."""
        return [f"{rule}, {column}" for rule, column in self.wanted.cells if (rule, column) not in self.coverage.cells]

    def loose_bounds(self) -> list[str]:
        """Return the sides of bounds that no case comes near, as `rule, column, side`."""
        missing = [item for item in self.wanted.bounds if item not in self.coverage.bounds]
        return [f"{rule}, {column}, {'inside' if side else 'outside'}" for rule, column, _, side in missing]

    def problems(self) -> list[Problem]:
        """Return what cannot be read, what fails, and the disagreements that now agree."""
        found = [*self.reading, *(problem for item in self.outcomes if not item.case.disagrees for problem in item.problems)]
        return found + [Problem("F403", f"case `{item.case.name}` is marked as a disagreement and now agrees", item.case.span, help="remove `disagrees`") for item in self.agreeing()]

    def text(self, root: Path, *, full: bool = False) -> str:
        """Return the report for the terminal; `full` lists every cell and bound that is not covered."""
        found = self.problems()
        lines = [show(found, lambda name, number: _line(root / name, number))] if found else []
        passed = sum(1 for item in self.outcomes if not item.problems and not item.case.disagrees)
        known = sum(1 for item in self.outcomes if item.case.disagrees)
        loose = [("hit by no case", self.unhit()), ("nearly hit by no case", self.unneared())]
        if full:
            loose += [("cells that no case shows to matter", self.loose_cells()), ("bounds that no case comes near", self.loose_bounds())]
        lines += [f"{title}: {_listed(names, full=full)}\n" for title, names in loose if names]
        counts = (
            ("rules hit by some case", self.rules, self.unhit()),
            ("nearly hit", self.rules, self.unneared()),
            ("cells", self.wanted.cells, self.loose_cells()),
            ("bounds", self.wanted.bounds, self.loose_bounds()),
        )
        shares = "".join(f" · {title}: {len(every) - len(missing)} of {len(every)}" for title, every, missing in counts)
        lines.append(f"{passed} pass, {len(self.outcomes) - passed - known} fail, {known} known disagreements{shares}\n")
        return "\n".join(lines)

    def as_data(self) -> dict[str, object]:
        """Return the report as JSON has it."""
        return {
            "cases": [{"case": item.case.name, "passed": not item.problems, "disagrees": item.case.disagrees, "problems": [problem.message for problem in item.problems]} for item in self.outcomes],
            "rules": len(self.rules),
            "not_hit": self.unhit(),
            "not_nearly_hit": self.unneared(),
            "cells": len(self.wanted.cells),
            "cells_not_shown": self.loose_cells(),
            "bounds": len(self.wanted.bounds),
            "bounds_not_near": self.loose_bounds(),
            "problems": [as_data(problem) for problem in self.problems()],
            "failed": self.failed,
        }


def _listed(names: list[str], *, full: bool) -> str:
    if full:
        return "\n   " + "\n   ".join(names)
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _line(path: Path, number: int) -> str | None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return lines[number - 1] if 0 < number <= len(lines) else None


def run(root: Path, files: tuple[Path, ...] = ()) -> Report:
    """Run the cases of some files, or of tests/cases of a workspace."""
    cases, reading = all_cases(root, files)
    digest = content_hash(root)
    outcomes = tuple(run_case(root, case, digest) for case in cases)
    coverage = Coverage()
    for item in outcomes:
        if item.decision is not None and item.book is not None:
            note(item.book, item.decision, coverage)
    wanted = wanted_of(book_of(root, digest, DAY, ""))
    return Report(outcomes, coverage, wanted.rules, tuple(reading), wanted)


def all_cases(root: Path, files: tuple[Path, ...] = ()) -> tuple[list[Case], list[Problem]]:
    """Return the cases of some files, or of a workspace, and the problems of those that cannot be read."""
    cases: list[Case] = []
    reading: list[Problem] = []
    for path in files or tuple(case_files(root)):
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        more, problems = read_cases(path, name)
        cases += more
        reading += problems
    return cases, reading
