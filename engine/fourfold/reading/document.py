"""YAML as text with places: every scalar stays what was written."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from fourfold.noun import noun
from fourfold.problem import Label, Problem, Problems
from fourfold.span import Span

LARGEST_FILE = 8 * 1024 * 1024
DEEPEST = 40
LONGEST_LINE = 2000
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EATEN = re.compile(r"(?::|[\[,{])\s+((?:[<>]=?|[!&*%@`]|\(|\{\w+\}|-(?=\s)).*?)(?=[,}\]]*\s*$|,\s|\}|\])")


@noun
class Scalar:
    """One written value: its text, its place, and whether it stood in quotes."""

    text: str
    span: Span
    quoted: bool = False


@noun
class Items:
    """A list."""

    items: tuple["Node", ...]
    span: Span


@noun
class Mapping:
    """Keys with values, in the order of the file."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    span: Span

    def get(self, key: str) -> "Node | None":
        """Return the value under a key, or None; a key with nothing behind it has none."""
        for name, value in self.entries:
            if name.text == key:
                return None if isinstance(value, Scalar) and not value.text and not value.quoted else value
        return None

    def key(self, key: str) -> Scalar | None:
        """Return the key itself, with its place."""
        return next((name for name, _ in self.entries if name.text == key), None)


Node = Scalar | Items | Mapping


@noun
class Mark:
    """One step through a YAML text: `scalar`, `list`, `keys` or `end`, with the characters it takes and how it is written."""

    what: str
    start: int
    end: int
    text: str = ""
    style: str = ""


def read_text(path: Path, name: str) -> str:
    """Return the text of a file, or raise a problem that says why it cannot be read."""
    place = Span(name, 1, 1)
    try:
        if path.is_dir():
            raise Problems([Problem("F101", f"`{name}` is a folder; a file was expected", place, help="name a file in it")])
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise Problems([_too_large(name, max(len(data), path.stat().st_size))])
    except OSError as fault:
        raise Problems([Problem("F101", f"cannot read `{name}`: {_reason(fault)}", place)]) from None
    except ValueError:
        raise Problems([Problem("F101", "this is no file name", place)]) from None
    return decode(data, name)


def _reason(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return "there is no such file"
    if isinstance(fault, PermissionError):
        return "no permission"
    return (fault.strerror or "the system refused").lower()


def _too_large(name: str, size: int) -> Problem:
    return Problem(
        "F108",
        f"`{name}` has {size:,} bytes; at most {LARGEST_FILE:,} are read",
        Span(name, 1, 1),
        help="is it the right file? many companies in one file go through a batch",
    )


def decode(data: bytes, name: str) -> str:
    """Return bytes as text; only UTF-8 without control characters is taken."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Problems([Problem("F101", f"`{name}` is UTF-16 text", Span(name, 1, 1), help="save it as UTF-8")])
    if data.startswith((b"PK\x03\x04", b"%PDF", b"\x1f\x8b")):
        raise Problems([Problem("F101", f"`{name}` is no text but a packed file", Span(name, 1, 1), help="export it as text")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        column = fault.start - (data.rfind(b"\n", 0, fault.start) + 1) + 1
        problem = Problem(
            "F101",
            f"`{name}` is not UTF-8 text",
            Span(name, line, column),
            label=f"byte 0x{data[fault.start]:02x}",
            help="save it as UTF-8; Chinese files are often GB18030, Western ones Latin-1",
        )
        raise Problems([problem]) from None
    bad = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - (text.rfind("\n", 0, bad.start()) + 1) + 1
        raise Problems([Problem("F101", f"`{name}` has a control character (0x{ord(bad.group()):02x})", Span(name, line, column), help="is it a text file? remove the character")])
    return text


def parse(text: str, name: str) -> Node | None:
    """Return the one document of a YAML text as nodes with places; None when it is empty."""
    try:
        # WHY: yaml.parse asks twice for each event, which is a tenth of the time of reading a book
        return _document(iter(_Loader(text).get_event, None), name)
    except yaml.MarkedYAMLError as fault:
        raise Problems([_syntax(fault, text, name)]) from None
    except yaml.YAMLError as fault:
        raise Problems([Problem("F102", f"not YAML: {fault}".splitlines()[0], Span(name, 1, 1))]) from None


def marks(text: str) -> Iterator[Mark]:
    """Return the steps through a YAML text that `parse` has read without a problem, with offsets in characters."""
    for event in yaml.parse(text, Loader=_Loader):
        if not isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent) or event.start_mark is None or event.end_mark is None:
            continue
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.ScalarEvent):
            yield Mark("scalar", start, end, event.value, event.style or "")
        elif isinstance(event, yaml.CollectionStartEvent):
            yield Mark("list" if isinstance(event, yaml.SequenceStartEvent) else "keys", start, end, style="flow" if event.flow_style else "block")
        else:
            yield Mark("end", start, end)


def _document(events: Iterator[yaml.Event], name: str) -> Node | None:
    next(events)
    event = next(events)
    if isinstance(event, yaml.StreamEndEvent):
        return None
    node = _node(next(events), events, name, 0)
    next(events)
    event = next(events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise Problems([Problem("F106", "only one document a file", _place(event, name), help="remove the line `---`")])
    if isinstance(node, Scalar) and not node.text and not node.quoted:
        return None
    return node


def _place(event: yaml.Event, name: str) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    length = end.column - start.column if end.line == start.line else 1
    return Span(name, start.line + 1, start.column + 1, max(1, length))


def _node(event: yaml.Event, events: Iterator[yaml.Event], name: str, depth: int) -> Node:
    span = _place(event, name)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise Problems([Problem("F107", "anchors and aliases are not used here", span, help="write the value out")])
    tag = getattr(event, "tag", None)
    if tag and tag != "!":
        raise Problems([Problem("F107", f"the tag `{tag.replace('tag:yaml.org,2002:', '!!')}` is not used here", span, help="remove it; quote the value if it is a text")])
    if depth > DEEPEST:
        raise Problems([Problem("F106", f"nested more than {DEEPEST} deep", span)])
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(event.value, span, bool(event.style))
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_node(item, events, name, depth + 1))
        return Items(tuple(items), Span(name, span.line, span.column))
    return _mapping(events, name, depth, span)


def _mapping(events: Iterator[yaml.Event], name: str, depth: int, span: Span) -> Mapping:
    entries: dict[str, tuple[Scalar, Node]] = {}
    problems = []
    while not isinstance(item := next(events), yaml.MappingEndEvent):
        key = _node(item, events, name, depth + 1)
        value = _node(next(events), events, name, depth + 1)
        if not isinstance(key, Scalar):
            problems.append(Problem("F103", "a key must be a word", key.span, help="quote a text that begins with `{` or `[`"))
        elif key.text in entries:
            first = entries[key.text][0].span
            problems.append(Problem("F105", f"`{key.text}` stands here twice", key.span, help=f"the first is at line {first.line}; keep one"))
        else:
            entries[key.text] = (key, value)
    if problems:
        raise Problems(problems)
    return Mapping(tuple(entries.values()), Span(name, span.line, span.column))


def _syntax(fault: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    mark = fault.problem_mark or fault.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    written = lines[line] if line < len(lines) else ""
    if "\t" in written[: column + 1]:
        at = written.index("\t")
        return Problem("F102", "a tab stands where YAML wants spaces", Span(name, line + 1, at + 1), help="indent with spaces")
    for number in range(line, max(-1, line - 3), -1):
        found = _EATEN.search(lines[number][:LONGEST_LINE]) if number < len(lines) else None
        if found:
            cell = found.group(1).rstrip()
            span = Span(name, number + 1, found.start(1) + 1, len(cell))
            return Problem("F103", f"YAML does not read `{cell}` as it is", span, help=f'quote it: "{cell}"')
    return _unclosed(fault, line, column, lines, name) or _plain_syntax(fault, Span(name, line + 1, column + 1), written)


def _unclosed(fault: yaml.MarkedYAMLError, line: int, column: int, lines: list[str], name: str) -> Problem | None:
    """Return the problem of a quote or bracket that is opened on an earlier line and never closed, if it is that."""
    opened, context = fault.context_mark, fault.context or ""
    if opened is None or opened.line >= line or not ("flow" in context or "quoted" in context):
        return None
    sign = lines[opened.line][opened.column : opened.column + 1]
    help_text = "close it on its own line" if "quoted" in context else f"close it with `{'}' if sign == '{' else ']'}`; quote a text that holds a bracket"
    here = (Label(Span(name, line + 1, column + 1), "read until here"),)
    return Problem("F102", f"not YAML: this `{sign}` is not closed", Span(name, opened.line + 1, opened.column + 1), labels=here, help=help_text)


def _plain_syntax(fault: yaml.MarkedYAMLError, place: Span, written: str) -> Problem:
    what = (fault.problem or "not YAML").replace("\n", " ")
    if what.startswith("mapping values"):
        before = written[: place.column - 1]
        help_text = 'quote a text that holds a colon: "…: …"' if re.search(r":\s", before) else "a line belongs to the key above it: give both the same indentation, or nothing to the key above"
        return Problem("F102", "not YAML: no `key:` can stand here", place, help=help_text)
    if what.startswith("did not find expected ',' or"):
        return Problem("F102", "not YAML: a comma or a closing bracket is missing before this", place, help="put a comma between two entries; quote a text that holds a comma, colon or bracket")
    return Problem("F102", f"not YAML: {what}", place, help="check quotes, brackets and indentation here")
