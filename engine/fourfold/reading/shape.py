"""Taking a node apart: what is missing, unknown or of the wrong shape becomes a problem."""

from collections.abc import Iterable

from fourfold.problem import Collector
from fourfold.reading.document import Items, Mapping, Node, Scalar
from fourfold.suggest import did_you_mean, listed


def is_mapping(node: Node | None, what: str, problems: Collector) -> Mapping | None:
    """Return the node as keys with values, or note a problem."""
    if isinstance(node, Mapping):
        return node
    if node is not None:
        problems.add("F106", f"{what} must be keys with values; this is {shape_of(node)}", node.span, help="write `key: value`, one a line")
    return None


def is_items(node: Node | None, what: str, problems: Collector) -> tuple[Node, ...]:
    """Return the members of a list, or note a problem."""
    if isinstance(node, Items):
        return node.items
    if node is not None:
        problems.add("F106", f"{what} must be a list; this is {shape_of(node)}", node.span, help="begin each member with `- `")
    return ()


def is_scalar(node: Node | None, what: str, problems: Collector) -> Scalar | None:
    """Return the node as one written value, or note a problem."""
    if isinstance(node, Scalar):
        return node
    if node is not None:
        problems.add("F106", f"{what} must be one value; this is {shape_of(node)}", node.span, help="write the value alone; quote it if it holds brackets")
    return None


def text_of(scalar: Scalar | None) -> str:
    """Return what is written, or nothing."""
    return scalar.text if scalar is not None else ""


def words(node: Node | None, what: str, problems: Collector) -> tuple[Scalar, ...]:
    """Return a list of written values; one value alone is a list of one."""
    if node is None:
        return ()
    if isinstance(node, Scalar):
        return (node,)
    found = (is_scalar(item, f"a member of {what}", problems) for item in is_items(node, what, problems))
    return tuple(item for item in found if item is not None)


def shape_of(node: Node) -> str:
    """Return the shape of a node in words."""
    match node:
        case Mapping():
            return "keys with values"
        case Items():
            return "a list"
        case Scalar(text=""):
            return "empty"
        case Scalar():
            return f"`{node.text[:40]}`"


def only_keys(mapping: Mapping, known: Iterable[str], what: str, problems: Collector) -> None:
    """Note each key that nobody reads."""
    names = list(known)
    for key, _ in mapping.entries:
        if key.text not in names:
            help_text = did_you_mean(key.text, names) or f"known here: {listed(names, 20)}"
            problems.add("F109", f"{what} has no `{key.text}`", key.span, help=help_text)


def yes_no(node: Node | None, what: str, problems: Collector) -> bool | None:
    """Return a written yes or no."""
    scalar = is_scalar(node, what, problems)
    if scalar is None:
        return None
    answer = {"true": True, "yes": True, "false": False, "no": False}.get(scalar.text.lower())
    if answer is None:
        problems.add("F203", f"{what} is yes or no; `{scalar.text}` is neither", scalar.span, help="write true or false")
    return answer
