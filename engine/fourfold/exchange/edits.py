"""Changes to a YAML text, character by character: what is not touched stays as it is written."""

import json
import re
from dataclasses import dataclass

from fourfold.exchange.places import Place, places

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Yaml:
    """A value that is written in YAML already."""

    text: str


class Keep:
    """What is left as it stands."""


KEEP = Keep()
Wanted = str | tuple[str, ...] | Yaml | dict[str, "Wanted | Keep | None"]
Target = dict[str, "Wanted | Keep | None"]
STAY = ("when", "given", "expect")  # keys that stay with `{}` when nothing is left in them

_PLAIN = re.compile(r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[-?:](?=[^\s,\[\]{}]))(?:[^\s:#]|:(?=[^\s,\[\]{}])|(?<=\S)#| (?=[^\s#]))*")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def applied(text: str, edits: list[Edit], start: int = 0, end: int | None = None) -> str:
    """Return a text, or a part of it, with edits that do not overlap; several at one place stand in their order."""
    stop, at, out = len(text) if end is None else end, start, []
    for first, last, new in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        assert at <= first <= last <= stop
        out += [text[at:first], new]
        at = last
    return "".join([*out, text[at:stop]])


# ---------------------------------------------------------------- values as YAML


def scalar(text: str, style: str = "", *, in_flow: bool = True) -> str:
    """Return a text as a YAML scalar: as it was quoted before if that can be, bare if YAML leaves it alone, else in double quotes."""
    if style == "'" and not re.search(r"[\n\r]", text) and not _UNSEEN.search(text):
        return "'" + text.replace("'", "''") + "'"
    is_plain = _PLAIN.fullmatch(text) and not (in_flow and re.search(r"[,\[\]{}]", text)) and not _UNSEEN.search(text) and text not in ("---", "...")
    if is_plain and style != '"':
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _style(text: str) -> str:
    """Return how a new value is quoted: a comparison as people do it in rules, though YAML would take `< 6` bare."""
    return '"' if text[:1] in ("<", ">", "=") else ""


def flow(value: "Wanted | Keep | None") -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, str):
        return scalar(value, _style(value))
    if isinstance(value, Yaml):
        place = places(value.text)
        return value.text if place is None or place.is_flow or ("\n" not in value.text and place.what == "scalar") else _flow_of(place)
    if isinstance(value, tuple):
        return "[" + ", ".join(scalar(item) for item in value) + "]"
    assert isinstance(value, dict)
    return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items() if not isinstance(item, Keep) and item is not None) + "}"


def _flow_of(place: Place) -> str:
    """Return a place of another YAML text on one line."""
    if place.what == "scalar":
        return scalar(place.text, place.style)
    parts = [f"{scalar(key.text, key.style)}: {_flow_of(value)}" if key is not None else _flow_of(value) for key, value in place.entries]
    return "{" + ", ".join(parts) + "}" if place.what == "keys" else "[" + ", ".join(parts) + "]"


def block(value: Target, indent: int, newline: str) -> str:
    """Return keys with values one a line, the first without indentation."""
    lines = [f"{scalar(key)}:{_behind(item, indent, newline)}" for key, item in value.items() if not isinstance(item, Keep) and item is not None]
    return (newline + " " * indent).join(lines)


def _behind(value: "Wanted", indent: int, newline: str) -> str:
    if isinstance(value, Yaml) and "\n" in value.text:
        return "".join(newline + " " * (indent + 2) + line if line else newline for line in value.text.split("\n"))
    return " " + (scalar(value, _style(value), in_flow=False) if isinstance(value, str) else flow(value))


# ---------------------------------------------------------------- changes


def changed(text: str, node: Place, target: Target) -> list[Edit]:
    """Return the edits that bring keys with values to a target: None removes, KEEP leaves, keys not named stay; a list has the keys 0, 1 and so on."""
    inner: list[Edit] = []
    removed: set[int] = set()
    added: list[tuple[int, str, Wanted]] = []
    index = {key.text if key is not None else str(place): place for place, (key, _) in enumerate(node.entries)}
    after = -1
    for key, wanted in target.items():
        at = index.get(key)
        if at is None:
            if wanted is not None and not isinstance(wanted, Keep):
                added.append((after if after >= 0 else len(node.entries) - 1, key, wanted))
            continue
        after = at
        if wanted is None:
            removed.add(at)
        elif not isinstance(wanted, Keep):
            more = _value(text, node.items[at], wanted, keep=key in STAY)
            if more is None:
                removed.add(at)
            else:
                inner += more
    return restructured(text, node, inner, removed, [(at, _entry(text, node, key, wanted)) for at, key, wanted in added])


def _entry(text: str, node: Place, key: str, wanted: "Wanted") -> str:
    if node.what == "list":
        return ("" if node.is_flow else "- ") + flow(wanted)
    if node.is_flow:
        return f"{scalar(key)}: {flow(wanted)}"
    return block({key: wanted}, column(text, node.start), newline(text))


def _value(text: str, node: Place, wanted: "Wanted", *, keep: bool) -> list[Edit] | None:
    """Return the edits of one value, or None where nothing is left of it."""
    if isinstance(wanted, tuple) and len(wanted) == 1 and node.what == "scalar":
        wanted = wanted[0]
    if isinstance(wanted, dict) and node.what != "scalar":
        gone = {key for key, item in wanted.items() if item is None}
        is_left = any((key.text if key is not None else str(at)) not in gone for at, (key, _) in enumerate(node.entries)) or any(
            item is not None and not isinstance(item, Keep) for item in wanted.values()
        )
        if is_left:
            return changed(text, node, wanted)
        return [_over(text, node, "{}")] if keep else None
    if isinstance(wanted, tuple) and node.what == "list" and wanted and node.entries and all(item.what == "scalar" for item in node.items):
        return _items(text, node, wanted)
    if isinstance(wanted, str) and node.what == "scalar":
        return [(node.start, node.end, scalar(wanted, node.style, in_flow=_is_in_flow(text, node)))]
    if isinstance(wanted, Yaml) and "\n" in wanted.text:
        return [_over(text, node, _behind(wanted, _outer_column(text, node), newline(text)))]
    return [_over(text, node, scalar(wanted, in_flow=_is_in_flow(text, node)) if isinstance(wanted, str) else flow(wanted))]


def _over(text: str, node: Place, new: str) -> Edit:
    """Return the edit that writes a value over another; one that stood below its key moves beside it."""
    start = node.start
    if node.style == "block" or new.startswith(("\n", "\r")):
        if node.what == "list" and node.entries:
            start = dash(text, node.items[0])
        start = len(text[:start].rstrip(" \n\r"))
        new = new if new.startswith(("\n", "\r")) else " " + new
    return (start, node.end, new)


def _items(text: str, node: Place, wanted: tuple[str, ...]) -> list[Edit]:
    """Return the edits of a list of words: what stands in both at the front and at the end stays."""
    old = [item.text for item in node.items]
    front = next((at for at, pair in enumerate(zip(old, wanted, strict=False)) if pair[0] != pair[1]), min(len(old), len(wanted)))
    back = 0
    while back < min(len(old), len(wanted)) - front and old[-1 - back] == wanted[-1 - back]:
        back += 1
    middle_old, middle_new = range(front, len(old) - back), wanted[front : len(wanted) - back]
    inner = [(node.items[at].start, node.items[at].end, scalar(new, node.items[at].style, in_flow=node.is_flow)) for at, new in zip(middle_old, middle_new, strict=False)]
    both = min(len(middle_old), len(middle_new))
    style = node.items[0].style if node.items[0].style in ("'", '"') else ""
    added = [(front + both - 1, ("" if node.is_flow else "- ") + scalar(new, style, in_flow=node.is_flow)) for new in middle_new[both:]]
    return restructured(text, node, inner, set(middle_old[both:]), added)


# ---------------------------------------------------------------- members in and out


def restructured(text: str, node: Place, inner: list[Edit], removed: set[int], added: list[tuple[int, str]]) -> list[Edit]:
    """Return the edits that take members out of a list or keys, and put new ones behind a member (-1: before the first)."""
    if not removed and not added:
        return inner
    if node.is_flow:
        return [_flow_members(text, node, inner, removed, added)]
    return _block_members(text, node, inner, removed, added)


def _flow_members(text: str, node: Place, inner: list[Edit], removed: set[int], added: list[tuple[int, str]]) -> Edit:
    out: list[str] = [new for at, new in added if at < 0]
    pieces: list[tuple[str, str]] = [(", ", new) for new in out]
    before = node.start + 1
    for at, (key, value) in enumerate(node.entries):
        start = key.start if key is not None else value.start
        gap, before = text[before:start], value.end
        if at not in removed:
            own = [edit for edit in inner if start <= edit[0] and edit[1] <= value.end]
            pieces.append((gap if at and at - 1 not in removed and "," in gap else ", ", applied(text, own, start, value.end)))
        pieces += [(", ", new) for place, new in added if place == at]
    tail = text[before : node.end - 1].lstrip(",") if node.entries else ""
    body = "".join(gap + piece for gap, piece in pieces).removeprefix(pieces[0][0]) if pieces else ""
    return (node.start + 1, node.end - 1, body + tail)


def _block_members(text: str, node: Place, inner: list[Edit], removed: set[int], added: list[tuple[int, str]]) -> list[Edit]:
    starts = [key.start if key is not None else dash(text, value) for key, value in node.entries]
    indent = " " * column(text, starts[0])
    edits = [edit for edit in inner if not any(starts[at] <= edit[0] < node.items[at].end for at in removed)]
    for at in removed:
        first, last = starts[at], line_end(text, node.items[at].end)
        line = text.rfind("\n", 0, first) + 1
        if text[line:first].strip():
            edits.append((first, starts[at + 1] if at + 1 < len(starts) else last, ""))
        else:
            edits.append((line, min(len(text), last + len(newline(text))), ""))
    for at, new in added:
        if at < 0:
            edits.append((starts[0], starts[0], new + newline(text) + indent))
        else:
            place = line_end(text, node.items[at].end)
            # WHY: behind a member that goes, the new one takes its line
            edits.append(
                (place + len(newline(text)), place + len(newline(text)), indent + new + newline(text)) if at in removed and place < len(text) else (place, place, newline(text) + indent + new)
            )
    return edits


# ---------------------------------------------------------------- where things stand


def newline(text: str) -> str:
    """Return how lines end in a text."""
    return "\r\n" if "\r\n" in text else "\n"


def column(text: str, at: int) -> int:
    """Return how many characters stand before a place on its line."""
    return at - (text.rfind("\n", 0, at) + 1)


def line_end(text: str, at: int) -> int:
    """Return where the line of a place ends, before its line break."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1 : end] == "\r" else end


def dash(text: str, item: Place) -> int:
    """Return where the dash of a member of a block list stands."""
    return text.rfind("-", 0, item.start)


def _outer_column(text: str, node: Place) -> int:
    """Return the column of the key before a value: the first character of its line, past a dash."""
    start = node.start if node.style != "block" else len(text[: node.start].rstrip())
    line = text[text.rfind("\n", 0, start) + 1 : start]
    found = re.match(r"[ ]*(?:- +)*", line)
    return len(found[0]) if found else 0


def _is_in_flow(text: str, node: Place) -> bool:
    """Return whether a scalar stands in brackets; when in doubt it does, which only means more quotes."""
    line = text[text.rfind("\n", 0, node.start) + 1 : node.start]
    return bool(re.search(r"[\[{]", line)) or not re.search(r"(?::|-)\s+$", line)
