"""A problem is a value: place, code, one line, and a help."""

from dataclasses import dataclass, field

from fourfold.noun import noun
from fourfold.span import NOWHERE, Span


@noun
class Label:
    """Another place that belongs to a problem, with its few words."""

    span: Span
    text: str


@noun
class Problem:
    """Something wrong in what somebody wrote; a warning leaves the exit code 0, `check` names the check that found it, `notes` are further words with texts."""

    code: str
    message: str
    span: Span = NOWHERE
    label: str = ""
    labels: tuple[Label, ...] = ()
    help: str | None = None
    is_warning: bool = False
    check: str = ""
    notes: tuple[tuple[str, str], ...] = ()


class Problems(Exception):
    """The only thing that is raised because of what somebody wrote."""

    def __init__(self, problems: "list[Problem] | tuple[Problem, ...]") -> None:
        """Keep the problems, sorted by place, each once."""
        unique = dict.fromkeys(problems)
        self.problems = tuple(sorted(unique, key=lambda p: (p.span, p.code, p.message)))
        super().__init__(f"{len(self.problems)} problems")


@dataclass(slots=True)
class Collector:
    """Gathers the problems of one stage, so that all of them are shown at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, message: str, span: Span = NOWHERE, **more: object) -> None:
        """Note one more problem."""
        self.found.append(Problem(code, message, span, **more))  # type: ignore[arg-type]

    def stop_if_any(self) -> None:
        """Raise what was found, unless it is nothing but warnings."""
        if any(not p.is_warning for p in self.found):
            raise Problems(self.found)
