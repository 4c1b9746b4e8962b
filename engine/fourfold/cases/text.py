"""Cases back to text, as people write them."""

import json
import re

from fourfold.expression.kinds import Kind, Number
from fourfold.expression.show import decimal_text, shown
from fourfold.reading.document import Items, Mapping, Node, Scalar

_PLAIN = re.compile(r"[^\W\d_][\w.%/+-]*(?: [\w.%/+-]+)*|-?\d[\d_.,]*\d%?|-?\d%?|\d{4}-\d\d-\d\d")


def case_text(name: str, given: dict[str, Node], expect: dict[str, str], because: str) -> str:
    """Return one case as YAML; expectations are texts by term, a set in square brackets."""
    facts = ", ".join(f"{_scalar(key)}: {_node(value)}" for key, value in given.items())
    wanted = ", ".join(f"{_scalar(key)}: {value if value.startswith('[') else _scalar(value)}" for key, value in expect.items())
    return f"- case: {_scalar(name, flow=False)}\n  given: {{{facts}}}\n  expect: {{{wanted}}}\n  because: {_scalar(because, flow=False)}\n"


def value_text(kind: Kind | None, value: object) -> str:
    """Return a value as a case writes it: numbers in their own unit, a set in square brackets."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(kind, Number) and isinstance(value, int) and kind.form == "percent":
        return decimal_text(value, kind.shown)
    return shown(kind, value) if kind is not None else str(value)


def _node(node: Node) -> str:
    match node:
        case Scalar():
            return _scalar(node.text)
        case Mapping():
            return "{" + ", ".join(f"{_scalar(key.text)}: {_node(value)}" for key, value in node.entries) + "}"
        case Items():
            return "[" + ", ".join(_node(item) for item in node.items) + "]"


def _scalar(text: str, *, flow: bool = True) -> str:
    """Return a text that YAML reads as it is, in quotes where it must be."""
    if _PLAIN.fullmatch(text) and not (flow and "," in text):
        return text
    if not flow and text and not re.search(r": |:$| #|^[\s\-?:,\[\]{}#&*!|>'\"%@`]|\s$", text):
        return text
    return json.dumps(text, ensure_ascii=False)
