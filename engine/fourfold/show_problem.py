"""How a problem is shown: place, code, one line, the line of the file, help."""

import unicodedata
from collections.abc import Callable, Iterable

from fourfold.problem import Problem
from fourfold.span import Span

LineOf = Callable[[str, int], str | None]


def show(problems: Iterable[Problem], line_of: LineOf) -> str:
    """Return the problems as text, one block each, with an empty line between."""
    return "\n\n".join(_block(problem, line_of) for problem in problems) + "\n"


def as_data(problem: Problem) -> dict[str, object]:
    """Return the fields of a problem for JSON."""
    return {
        "code": problem.code,
        "message": problem.message,
        "file": problem.span.file,
        "line": problem.span.line,
        "column": problem.span.column,
        "length": problem.span.length,
        "cell": problem.span.cell,
        "label": problem.label,
        "labels": [{"file": item.span.file, "line": item.span.line, "column": item.span.column, "text": item.text} for item in problem.labels],
        "help": problem.help,
        "warning": problem.is_warning,
        "check": problem.check,
        "notes": [list(note) for note in problem.notes],
    }


def _block(problem: Problem, line_of: LineOf) -> str:
    place = f"{problem.span}: " if problem.span.file else ""
    word = "warning " if problem.is_warning else ""
    check = f" [{problem.check}]" if problem.check else ""
    lines = [f"{place}{word}{problem.code} {problem.message}{check}"]
    marks = sorted({(problem.span, problem.label), *((item.span, item.text) for item in problem.labels)})
    shown = [(span, text, line_of(span.file, span.line)) for span, text in marks if span.line and not span.cell]
    shown = [item for item in shown if item[2] is not None]
    width = max((len(str(span.line)) for span, _, _ in shown), default=0)
    if shown:
        lines.append(" " * width + " |")
        last = problem.span.file
        for span, text, line in shown:
            if span.file != last:
                lines.append(" " * width + f" ::: {span.file}")
                last = span.file
            lines += _marked(span, text, line or "", width)
        lines.append(" " * width + " |")
    widest = max((len(word) for word, _ in problem.notes), default=0)
    lines += [f"{word:<{widest}}  {text}" for word, text in problem.notes]
    if problem.help:
        lines.append(f"help: {problem.help}")
    return "\n".join(lines)


def _marked(span: Span, text: str, line: str, width: int) -> list[str]:
    start = span.column - 1
    if len(line) > 160:
        cut = max(0, start - 60)
        line, start = line[cut : cut + 150], start - cut
    before = "".join("\t" if c == "\t" else " " * _cells(c) for c in line[:start])
    inside = line[start : start + span.length] or " "
    carets = "^" * max(1, sum(_cells(c) for c in inside))
    return [f"{span.line:>{width}} | {line}", " " * width + f" | {before}{carets} {text}".rstrip()]


def _cells(character: str) -> int:
    """Return how many columns of a terminal a character takes."""
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
