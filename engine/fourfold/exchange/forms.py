"""How a value of a YAML text is written in one cell of a sheet, and back, without loss."""

import re

from fourfold.exchange.edits import Wanted, Yaml, column, dash
from fourfold.exchange.places import Place, places, same
from fourfold.problem import Problems
from fourfold.reading.document import parse

# text: words; test: a cell of a rule; names: words with commas; source: the same, one alone is no list;
# lines: a text, or several one a line; value: words, or YAML in brackets; raw: YAML
FORMS = ("text", "test", "names", "source", "lines", "value", "raw")
MARK = "yaml: "


def shown(text: str, node: Place | None, form: str) -> str:
    """Return what stands in the cell for a value; where the form cannot say it, `yaml:` and the value as it is written."""
    if node is None or node.is_empty:
        return ""
    if form == "raw":
        return _written(text, node)
    plain = _plain(text, node, form)
    if plain is not None and plain == plain.strip() and not plain.startswith(MARK.strip()) and _says(read(plain, form), node, form):
        return plain
    return MARK + _written(text, node)


def _plain(text: str, node: Place, form: str) -> str | None:
    if node.what == "scalar":
        return node.text or '""'
    if form == "value":
        return text[node.start : node.end] if node.is_flow and "\n" not in text[node.start : node.end] else None
    if node.what == "keys" or any(item.what != "scalar" for item in node.items):
        return None
    if not node.entries:
        return "[]"
    return {"lines": "\n"}.get(form, ", ").join(item.text for item in node.items)


def _says(wanted: "Wanted | None", node: Place, form: str) -> bool:
    """Return whether a value read back says what the place says; where one word and a list of it mean the same, both do."""
    if wanted is None or isinstance(wanted, dict):
        return False
    if isinstance(wanted, Yaml):
        return same(places(wanted.text), node)
    words = [wanted] if isinstance(wanted, str) else list(wanted)
    if node.what == "scalar":
        return words == [node.text]
    found = [item.text for item in node.items]
    return ", ".join(found) == ", ".join(words) if form == "test" else found == words and form != "text"


def _written(text: str, node: Place) -> str:
    """Return a value as it is written, its further lines moved to the left."""
    start = dash(text, node.items[0]) if node.what == "list" and node.style == "block" else node.start
    first, *rest = text[start : node.end].replace("\r\n", "\n").split("\n")
    margin = min([column(text, start), *(len(line) - len(line.lstrip(" ")) for line in rest if line.strip())])
    return "\n".join([first, *(line[margin:] for line in rest)])


def read(cell: str, form: str) -> "Wanted | None":
    """Return what a cell says, or None where it is blank."""
    cell = cell.strip()
    if not cell:
        return None
    if cell.startswith(MARK.strip()):
        return Yaml(cell[len(MARK.strip()) :].strip())
    if form == "raw" or (form == "value" and cell[0] in "[{"):
        return Yaml(cell)
    if cell == '""':
        return ""
    if form in ("names", "source"):
        words = () if cell == "[]" else tuple(word.strip() for word in re.split(r"[,，、]", cell) if word.strip())
        return words[0] if form == "source" and len(words) == 1 else words
    if form == "lines":
        if cell == "[]":
            return ()
        lines = tuple(line.strip() for line in cell.split("\n") if line.strip())
        return lines[0] if len(lines) == 1 else lines
    return tidy(cell, form)


SIGNS = str.maketrans("＞＜＝（），【】", "><=(),[]")


def tidy(cell: str, form: str) -> str:
    """Return a cell without space around it; a test with the signs of a Chinese keyboard or a typesetter as rules write them."""
    cell = cell.strip()
    if form != "test" or cell.startswith(MARK.strip()):
        return cell
    return cell.translate(SIGNS).replace("≥", ">=").replace("≤", "<=").replace("\n", " ")


def fault_of(wanted: "Wanted | None") -> str | None:
    """Return why a cell of YAML cannot be read, or None."""
    if not isinstance(wanted, Yaml):
        return None
    try:
        return None if parse(wanted.text, "cell") is not None else "nothing stands in it"
    except Problems as fault:
        return fault.problems[0].message
