"""What a case expects of the plan: values by their path, and sentences by language."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fourfold.cases.reading import Case
from fourfold.model import Decision, Facts, RuleBook
from fourfold.problem import Collector, Problem
from fourfold.reading.document import Node, Scalar
from fourfold.reading.shape import words
from fourfold.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from fourfold.planning.view import Data
    from fourfold.report import Speaker

LANGUAGES = ("en", "zh")
NOTHING = "none"


def planned(root: Path, case: Case, book: RuleBook, facts: Facts, decision: Decision) -> list[Problem]:
    """Return the expectations of a case that its plan, and the text of its plan, do not meet."""
    if not case.plan and not case.says:
        return []
    # WHY: most cases expect values of the decision, and need neither plan nor templates
    from fourfold.planning.whole import whole_plan

    plan = whole_plan(book, facts, decision, {}, settled=True)
    found = compared_plan(case, plan)
    for language, value in case.says:
        if language.text not in LANGUAGES:
            found.append(Problem("F402", f"case `{case.name}` expects words in `{language.text}`", language.span, help="a plan is written in `en` and `zh`"))
            continue
        found += unsaid(case, text_of(root, speaker_of(book, language.text), plan), value)
    return found


def compared_plan(case: Case, plan: "Data") -> list[Problem]:
    """Return the values that a case expects of a plan and that are not there."""
    return [problem for path, value in case.plan if (problem := _missed(case, plan, path, value)) is not None]


@lru_cache(maxsize=8)
def _speaker(key: tuple[str, int, str], language: str) -> "list[Speaker]":
    """Return the place where the speaker of a book is kept."""
    del key, language
    return []


def speaker_of(book: RuleBook, language: str) -> "Speaker":
    """Return the speaker of a book in a language, made once."""
    from fourfold.report import Speaker

    place = _speaker((book.hash, book.as_of, book.currency), language)
    if not place:
        place.append(Speaker(book, language, book.currency))
    return place[0]


def text_of(root: Path, speaker: "Speaker", plan: "Data") -> str:
    """Return the plan as a reader sees it: in one language, without traces."""
    from fourfold.report import TRACE, render, tidy

    return tidy(TRACE.sub("", render(root, f"plan.{speaker.language}.md.j2", speaker, plan)))


def found_at(data: object, path: str) -> list[str]:
    """Return the values that a plan holds at a path such as `job.steps.step`, as text; of a list, those of each member.

    A dictionary at the end of a path stands for its keys, a missing key for nothing.
    """
    return [text for item in _walk(data, path.split(".")) if (text := _text(item))]


def _walk(data: object, path: list[str]) -> Iterator[object]:
    if isinstance(data, list | tuple):
        for item in data:
            yield from _walk(item, path)
    elif path:
        if isinstance(data, dict) and path[0] in data:
            yield from _walk(data[path[0]], path[1:])
    elif isinstance(data, dict):
        yield from data
    else:
        yield data


def _text(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _missed(case: Case, plan: "Data", path: Scalar, value: Node) -> Problem | None:
    first = path.text.partition(".")[0]
    if first not in plan:
        return Problem("F402", f"case `{case.name}` expects `{path.text}`, and a plan has no `{first}`", path.span, help=did_you_mean(first, plan) or f"it has {listed(plan, 20)}")
    got = found_at(plan, path.text)
    wanted = [item.text for item in words(value, "what the plan holds", Collector())]
    missing = [item for item in wanted if not _is_met(item, got)]
    if not missing:
        return None
    seen = ", ".join(f"`{item}`" for item in got[:12]) or "nothing"
    return Problem("F401", f"case `{case.name}` fails: the plan has {seen} at `{path.text}`, expected {missing[0]}", value.span, help=f"because (the case): {case.because}")


def _is_met(wanted: str, got: list[str]) -> bool:
    """Return whether a value is there; `none` wants nothing there, `not(x)` wants x not there."""
    if wanted == NOTHING:
        return not got or got == [NOTHING]
    if wanted.startswith("not(") and wanted.endswith(")"):
        return wanted[4:-1] not in got
    return wanted in got


def unsaid(case: Case, text: str, value: Node) -> list[Problem]:
    """Return the sentences that a case expects of the text of a plan and that do not stand there."""
    found = []
    for item in words(value, "what the plan says", Collector()):
        hidden = item.text.startswith("not(") and item.text.endswith(")")
        if ((item.text[4:-1] if hidden else item.text) in text) == hidden:
            found.append(Problem("F401", f"case `{case.name}` fails: the plan {'says' if hidden else 'does not say'} `{item.text}`", item.span, help=f"because (the case): {case.because}"))
    return found
