"""What a review leaves behind in a profile: its records under `results`, everything else as it was."""

import re
from pathlib import Path

from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.span import Span
from fourfold.trialing.review import yaml_line
from fourfold.writing import write_whole


def with_results(text: str, file: str, records: list[Data]) -> str:
    """Return the text of a profile with records at the end of its `results`; a record that stands there already is left out."""
    lines = text.rstrip("\n").split("\n")
    added = [yaml_line(record) for record in records]
    added = [line for line in added if line.strip() not in {item.strip() for item in lines}]
    if not added:
        return text
    place = next((at for at, line in enumerate(lines) if re.match(r"results\s*:", line)), None)
    if place is None:
        return "\n".join([*lines, "results:", *added]) + "\n"
    if lines[place].partition(":")[2].partition("#")[0].strip():
        raise Problems(
            [Problem("F116", "`results` is written in one line, so nothing can be added to it", Span(file, place + 1, 1), help="write each record on a line of its own, beginning with `- `")]
        )
    end = place + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith((" ", "-", "#"))):
        end += 1
    first = next((line for line in lines[place + 1 : end] if line.lstrip().startswith("- ")), added[0])
    indent = first[: len(first) - len(first.lstrip())]
    while end > place + 1 and not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:end], *(indent + line.strip() for line in added), *lines[end:]]) + "\n"


def save_results(path: Path, records: list[Data]) -> None:
    """Write records into a profile, whole or not at all."""
    text = read_text(path, str(path))
    changed = with_results(text, str(path), records)
    if changed != text:
        write_whole(path, changed)
