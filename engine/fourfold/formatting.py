"""Tidying rule and knowledge files as text: comments, order and layout stay."""

import re
from pathlib import Path

from fourfold.content import content_files
from fourfold.problem import Problems
from fourfold.reading.document import parse, read_text
from fourfold.writing import write_whole

MOST_QUOTES = 2000


def format_files(root: Path, files: tuple[Path, ...], *, write: bool) -> list[Path]:
    """Return the files that change (and change them, if asked)."""
    changed = []
    for path in files or tuple(content_files(root)):
        text = read_text(path, str(path))
        tidy = tidy_text(text, str(path))
        if tidy != text:
            changed.append(path)
            if write:
                write_whole(path, tidy)
    return changed


def tidy_text(text: str, name: str) -> str:
    """Return a file's text with eaten cells quoted, tabs in the indentation and trailing spaces gone, one line end at the end."""
    lines = [_line(line) for line in text.replace("\r\n", "\n").split("\n")]
    text = "\n".join(lines).rstrip("\n") + "\n" if text.strip() else ""
    for _ in range(MOST_QUOTES):
        quoted = _quote_one(text, name)
        if quoted is None:
            return text
        text = quoted
    return text


def _line(line: str) -> str:
    indent = re.match(r"[ \t]*", line)
    head = indent.group() if indent else ""
    return (head.replace("\t", "  ") + line[len(head) :]).rstrip()


def _quote_one(text: str, name: str) -> str | None:
    """Return the text with the first cell that YAML would eat in quotes, or None where there is none."""
    try:
        parse(text, name)
    except Problems as fault:
        eaten = next((problem for problem in fault.problems if problem.code == "F103" and problem.help and problem.help.startswith("quote it")), None)
        if eaten is None:
            return None
        lines = text.split("\n")
        line, start = lines[eaten.span.line - 1], eaten.span.column - 1
        cell = line[start : start + eaten.span.length]
        lines[eaten.span.line - 1] = f'{line[:start]}"{cell}"{line[start + len(cell) :]}'
        return "\n".join(lines)
    return None
