"""What the terminal shows: problems, trees, tables; colour only where it is one."""

import json
import os
import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from fourfold.problem import Problem
from fourfold.show_problem import as_data, show
from fourfold.why import Why
from fourfold.why import as_data as why_data

WIDTH = 100
MOST_OF_ONE = 5


def colours() -> bool:
    """Return whether colour may be used: on a terminal, unless NO_COLOR says no."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def bold(text: str) -> str:
    """Return a text set off on a terminal that has colour."""
    return f"\x1b[1m{text}\x1b[0m" if colours() else text


def line_of(roots: Iterable[Path]) -> "object":
    """Return a function that gives a line of a file, looked for in some folders."""
    places = list(roots)

    def find(file: str, number: int) -> str | None:
        for root in (Path(), *places):
            try:
                lines = (root / file).read_text(encoding="utf-8-sig").splitlines()
            except (OSError, ValueError):
                continue
            return lines[number - 1] if 0 < number <= len(lines) else None
        return None

    return find


def problem_text(problems: Iterable[Problem], roots: Iterable[Path], form: str) -> str:
    """Return problems as text, or as JSON."""
    found = list(problems)
    if form == "json":
        return dump({"problems": [as_data(problem) for problem in found]})
    return show(found, line_of(roots))  # type: ignore[arg-type]


def dump(data: object) -> str:
    """Return JSON for people and programs."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def why_text(node: Why, language: str) -> str:
    """Return a why as a tree of lines."""
    head = f"{_value(node)}, because" if node.parts or node.by.startswith(("rule", "formula")) else _value(node)
    lines = [f"{bold(node.term)} is {head}", *_by(node, language, " └ "), *_parts(node, "    ", language)]
    if node.lost:
        lines.append("Lost, and what stopped it:")
        lines += [f"   {name:<34} {reason}" for name, reason in node.lost]
    return "\n".join(lines) + "\n"


def _by(node: Why, language: str, lead: str) -> list[str]:
    lines = [lead + line.strip() if place == 0 else " " * len(lead) + line for place, line in enumerate(textwrap.wrap(f"{node.by}   {node.place}".rstrip(), WIDTH - len(lead)))]
    if node.because and node.because.by_language:
        lines += [" " * len(lead) + line for line in textwrap.wrap(node.because.text(language), WIDTH - len(lead))]
    return lines


def _value(node: Why) -> str:
    value = node.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(item, int) for item in value):
            return f"{value[0]:,} / {value[1]:,}" + (f" = {value[0] / value[1]:.2f}" if value[1] else "")
        return ", ".join(str(item) for item in value) or "none"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _parts(node: Why, indent: str, language: str) -> list[str]:
    lines: list[str] = []
    shown, more = _shown(node.parts)
    for place, part in enumerate(shown):
        last = place == len(shown) - 1 and not more
        mark, below = ("└ ", "  ") if last else ("├ ", "│ ")
        if part.by.startswith("figure"):
            lines += _fitted(f"{indent}{mark}{part.term}", part.by, part.place)
            continue
        wanted = f", wanted {part.wanted}" if part.wanted else ""
        lines += _fitted(f"{indent}{mark}{part.term} is {_value(part)}{wanted}", part.by, part.place)
        lines += _parts(part, indent + below, language)
    lines += [f"{indent}{'└ ' if place == len(more) - 1 else '├ '}{text}" for place, text in enumerate(more)]
    return lines


def _shown(parts: tuple[Why, ...]) -> tuple[list[Why], list[str]]:
    """Return the parts to show, at most a few of one term, and a line for each term cut short."""
    shown: list[Why] = []
    counts: dict[str, int] = {}
    for part in parts:
        plain = part.term.partition("[")[0]
        counts[plain] = counts.get(plain, 0) + 1
        if counts[plain] <= MOST_OF_ONE:
            shown.append(part)
    return shown, [f"{plain}: {number - MOST_OF_ONE} more" for plain, number in counts.items() if number > MOST_OF_ONE]


def _fitted(head: str, by: str, place: str) -> list[str]:
    """Return a line of the tree that fits the width; what made it is cut before its place."""
    room = WIDTH - len(head) - len(place) - 6
    short = by if len(by) <= room else by[: max(0, room - 1)].rstrip() + "…" if room > 12 else ""
    return [("   ".join(part for part in (head, short, place) if part))]


def why_json(node: Why, language: str) -> str:
    """Return a why as JSON."""
    return dump(why_data(node, language))


def table(rows: list[list[str]], right: tuple[int, ...] = ()) -> str:
    """Return rows as aligned columns."""

    def width(text: str) -> int:
        return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

    widths = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = []
        for at, text in enumerate(row):
            space = " " * (widths[at] - width(text))
            cells.append(space + text if at in right else text + space)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + ("\n" if lines else "")


HARD = "\N{NO-BREAK SPACE}"


def fitted(text: str, width: int) -> str:
    """Return text whose lines take at most so many terminal columns, wide characters counted twice.

    A longer line goes on below, two columns further in than it began.
    """
    from wcwidth import wcswidth, wrap

    lines = []
    for line in text.splitlines():
        if wcswidth(line) <= width:
            lines.append(line)
            continue
        begin = line[: len(line) - len(line.lstrip())]
        # WHY: what stands in brackets at the end, such as how many questions are left, goes to the next line whole
        whole = re.sub(r"\[[^\[\]]*\]$", lambda found: found[0].replace(" ", HARD), line.lstrip())
        lines += [one.replace(HARD, " ") for one in wrap(whole, width, initial_indent=begin, subsequent_indent=f"{begin}  ", break_on_hyphens=False)]
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")
