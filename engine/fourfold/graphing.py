"""Which tables feed which: a drawing in layers, from answers on the left to what is concluded last on the right.

The method is the usual one for layered drawings (Sugiyama, Tagawa and Toda, 1981): layers by the longest path, long
lines broken at each layer, the order in a layer by the mean place of the neighbours, sweeping to and fro.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from fourfold.checks.seen import words_of, words_of_cell
from fourfold.problem import Problem, Problems
from fourfold.suggest import did_you_mean
from fourfold.written import Content, WrittenCell

SWEEPS = 24
GAP, LAYER, MARGIN = 16, 90, 24
LETTER, LINE, LONGEST = 6.6, 15, 44
COLOURS = {"table": ("#e8f0fb", "#2b5c9e"), "selection": ("#fdf1dc", "#a8690f"), "share": ("#fdf1dc", "#a8690f"), "formula": ("#f2f2f2", "#707070"), "question": ("#e9f5e9", "#3c7a3c")}


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that concludes: its kind, its lines of text, and what its tooltip says."""

    name: str
    kind: str
    lines: tuple[str, ...]
    about: str = ""

    @property
    def width(self) -> float:
        """Return its width in pixels."""
        return max(len(line) for line in self.lines) * LETTER + 16

    @property
    def height(self) -> float:
        """Return its height in pixels."""
        return len(self.lines) * LINE + 10


@dataclass(slots=True)
class Graph:
    """Boxes by name, and who feeds whom."""

    boxes: dict[str, Box] = field(default_factory=dict)
    edges: set[tuple[str, str]] = field(default_factory=set)


def graph_of(content: Content, *, formulas: bool = False, questions: bool = False, term: str = "") -> Graph:
    """Return who feeds whom; without formulas what flows through them is drawn straight through.

    With a term only what it rests on, and what rests on it. An unknown term is a problem.
    """
    makers, reads, whole = _makers(content), _reads(content), Graph()
    for name, box in _boxes(content).items():
        whole.boxes[name] = box
    for maker, names in reads.items():
        if maker not in whole.boxes:
            continue
        for name in names:
            source = makers.get(name) or (f"question {name}" if f"question {name}" in whole.boxes else None)
            if source is not None and source != maker:
                whole.edges.add((source, maker))
    if term:
        _keep_around(whole, term, makers)
    for kind, is_kept in (("formula", formulas), ("question", questions)):
        if not is_kept:
            for name in [name for name, box in whole.boxes.items() if box.kind == kind]:
                _drop(whole, name)
    return whole


def _makers(content: Content) -> dict[str, str]:
    found = {written.rpartition(".")[2]: f"table {table.name}" for table in content.tables for written, _ in table.concludes}
    found |= {item.name.rpartition(".")[2]: f"formula {item.name}" for item in content.formulas}
    found |= {item.name: f"selection {item.name}" for item in content.selections}
    return found | {item.name.rpartition(".")[2]: f"share {item.name}" for item in content.shares}


def _boxes(content: Content) -> dict[str, Box]:
    proved = {name for name, _ in content.proved}
    found = {}
    for table in content.tables:
        plain = [written.rpartition(".")[2] for written, _ in table.concludes]
        star = " ★" if proved & set(plain) else ""
        lines = (table.name + star, *(() if plain == [table.name] else (_short(", ".join(plain)),)), f"{len(table.rules)} rules" + (f", each {table.loop}" if table.loop else ""))
        found[f"table {table.name}"] = Box(f"table {table.name}", "table", lines, f"concludes {', '.join(plain)} ({table.span.file}:{table.span.line})")
    for formula in content.formulas:
        found[f"formula {formula.name}"] = Box(f"formula {formula.name}", "formula", (formula.name,), f"formula ({formula.span.file}:{formula.span.line})")
    for item in content.selections:
        found[f"selection {item.name}"] = Box(f"selection {item.name}", "selection", (item.name, f"chooses from {item.kind}"), f"selection ({item.span.file}:{item.span.line})")
    for share in content.shares:
        found[f"share {share.name}"] = Box(f"share {share.name}", "share", (share.name, f"over {share.over}"), f"share-out ({share.span.file}:{share.span.line})")
    for term in content.terms:
        if term.ask.by_language:
            found[f"question {term.name}"] = Box(f"question {term.name}", "question", (term.name,), term.ask.text("en"))
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _reads(content: Content) -> dict[str, set[str]]:
    """Return by maker the plain names that it reads."""
    found: dict[str, set[str]] = defaultdict(set)
    options = _options(content)

    def cells(maker: str, group: tuple[WrittenCell, ...]) -> None:
        for cell in group:
            words = [word for word in words_of_cell(cell.node) if word not in options.get(cell.column.rpartition(".")[2], ())]
            found[maker].update(part for word in (cell.column, *words) for part in word.split("."))

    for table in content.tables:
        for rule in table.rules:
            cells(f"table {table.name}", rule.cells)
    for formula in content.formulas:
        name = f"formula {formula.name}"
        cells(name, formula.where)
        found[name].update(part for item in (*formula.expressions, formula.at_none) if item is not None for word in words_of(item.node) for part in word.split("."))
        found[name].add(formula.over)
    for term in content.terms:
        written = [part for part in (term.assume, *(way.expression for way in term.or_from)) if part is not None]
        found[f"question {term.name}"].update(part for one in written for word in words_of(one.node) for part in word.split("."))
    for item in content.selections:
        name = f"selection {item.name}"
        cells(name, item.where)
        written = [*(part for part, _ in item.order), *(part for pair in item.within for part in pair), *(part for part in (item.at_least, item.at_most) if part is not None)]
        found[name].update(part for one in written for word in words_of(one.node) for part in word.split("."))
    for share in content.shares:
        found[f"share {share.name}"].update(part for one in (share.amount, share.by) for word in words_of(one.node) for part in word.split("."))
        found[f"share {share.name}"].add(share.over)
    return found


def _options(content: Content) -> dict[str, set[str]]:
    """Return the options of each choice or set by its plain name, so that a cell's option is not taken for a term."""
    kinds = [(term.name, term.kind) for term in content.terms] + [(item.name, item.kind) for item in content.attributes]
    entities: dict[str, set[str]] = defaultdict(set)
    for entity in content.entities:
        entities[entity.kind].add(entity.name)
    found: dict[str, set[str]] = defaultdict(set, {kind: set(names) for kind, names in entities.items()})
    for _ in range(2):
        for name, kind in kinds:
            found[name] |= {option for option, _, _ in kind.options} | found.get(kind.options_of, set()) | entities.get(kind.word, set())
    return found


def _keep_around(graph: Graph, term: str, makers: dict[str, str]) -> None:
    start = makers.get(term) or f"question {term}"
    if start not in graph.boxes:
        raise Problems([Problem("F201", f"nothing concludes or asks `{term}`", help=did_you_mean(term, makers))])
    kept = {start}
    for near, far in ((0, 1), (1, 0)):
        todo = [start]
        while todo:
            here = todo.pop()
            for edge in graph.edges:
                if edge[near] == here and edge[far] not in kept:
                    kept.add(edge[far])
                    todo.append(edge[far])
    graph.boxes = {name: box for name, box in graph.boxes.items() if name in kept}
    graph.edges = {edge for edge in graph.edges if edge[0] in kept and edge[1] in kept}


def _drop(graph: Graph, name: str) -> None:
    """Take a box out and join those before it with those after it."""
    before = [edge[0] for edge in graph.edges if edge[1] == name]
    after = [edge[1] for edge in graph.edges if edge[0] == name]
    graph.edges = {edge for edge in graph.edges if name not in edge} | {(a, b) for a in before for b in after if a != b}
    del graph.boxes[name]


# ---------------------------------------------------------------- layout


@dataclass(slots=True)
class _Layout:
    layers: list[list[str]]
    neighbours: dict[str, tuple[list[str], list[str]]]
    chains: dict[tuple[str, str], list[str]]
    y: dict[str, float] = field(default_factory=dict)


def _layout(graph: Graph) -> _Layout:
    depth = _depths(graph)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name in graph.boxes:
        layers[depth[name]].append(name)
    neighbours: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    chains = {}
    for start, end in sorted(graph.edges):
        chain = [start]
        for layer in range(depth[start] + 1, depth[end]):
            bend = f"{start} > {end} > {layer}"
            layers[layer].append(bend)
            chain.append(bend)
        chain.append(end)
        chains[start, end] = chain
        for left, right in pairwise(chain):
            neighbours[left][1].append(right)
            neighbours[right][0].append(left)
    layout = _Layout(layers, neighbours, chains)
    for sweep in range(SWEEPS):
        _sweep(layout, is_forward=sweep % 2 == 0)
    _settle(layout, graph)
    return layout


def _depths(graph: Graph) -> dict[str, int]:
    """Return the length of the longest path to each box; what was counted twice around a circle is cut at the number of boxes."""
    depth = dict.fromkeys(graph.boxes, 0)
    for _ in graph.boxes:
        changed = False
        for start, end in graph.edges:
            if depth[end] < depth[start] + 1 < len(graph.boxes):
                depth[end] = depth[start] + 1
                changed = True
        if not changed:
            break
    return depth


def _sweep(layout: _Layout, *, is_forward: bool) -> None:
    """Order each layer by the mean place of the neighbours in the layer before (or behind)."""
    order = range(1, len(layout.layers)) if is_forward else range(len(layout.layers) - 2, -1, -1)
    for at in order:
        beside = {name: place for place, name in enumerate(layout.layers[at - 1 if is_forward else at + 1])}
        middle = {}
        for place, name in enumerate(layout.layers[at]):
            near = [beside[other] for other in layout.neighbours[name][0 if is_forward else 1] if other in beside]
            middle[name] = sum(near) / len(near) if near else place
        layout.layers[at].sort(key=middle.__getitem__)


def _settle(layout: _Layout, graph: Graph) -> None:
    """Give each box its height on the page: near its neighbours, without overlap, in the order found."""
    size = {name: graph.boxes[name].height + GAP if name in graph.boxes else 10.0 for layer in layout.layers for name in layer}
    for layer in layout.layers:
        at = 0.0
        for name in layer:
            layout.y[name] = at + size[name] / 2
            at += size[name]
    for turn in range(SWEEPS):
        for layer in layout.layers if turn % 2 == 0 else reversed(layout.layers):
            wish = {name: _mean([layout.y[other] for side in layout.neighbours[name] for other in side], layout.y[name]) for name in layer}
            _place(layout, layer, wish, size)
    lowest = min((layout.y[name] - size[name] / 2 for name in layout.y), default=0.0)
    layout.y = {name: y - lowest for name, y in layout.y.items()}


def _place(layout: _Layout, layer: list[str], wish: dict[str, float], size: dict[str, float]) -> None:
    """Place a layer at its wishes as far as the boxes leave room: blocks that meet share the mean of their wishes."""
    blocks: list[tuple[list[str], float]] = []
    for name in layer:
        members, top = [name], wish[name] - size[name] / 2
        while blocks and blocks[-1][1] + sum(size[other] for other in blocks[-1][0]) > top:
            members = blocks.pop()[0] + members
            offset, total = 0.0, 0.0
            for other in members:
                total += wish[other] - size[other] / 2 - offset
                offset += size[other]
            top = total / len(members)
        blocks.append((members, top))
    for members, top in blocks:
        at = top
        for name in members:
            layout.y[name] = at + size[name] / 2
            at += size[name]


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


# ---------------------------------------------------------------- drawing


def svg(graph: Graph, title: str) -> str:
    """Return the drawing as SVG: boxes with tooltips, arrows from what feeds to what is fed."""
    layout = _layout(graph)
    widths = [max((graph.boxes[name].width for name in layer if name in graph.boxes), default=0.0) for layer in layout.layers]
    lefts = [MARGIN + sum(widths[:at]) + at * LAYER for at in range(len(widths))]
    column = {name: at for at, layer in enumerate(layout.layers) for name in layer}
    head = 34
    height = max((layout.y[name] + graph.boxes[name].height / 2 for name in graph.boxes), default=0.0) + head + 2 * MARGIN
    width = (lefts[-1] + widths[-1] if widths else 0.0) + MARGIN
    parts = [_path(layout, graph, edge, column, lefts, widths, head) for edge in sorted(graph.edges)]
    parts += [_box(box, lefts[column[name]], layout.y[name] + head) for name, box in graph.boxes.items()]
    kinds = dict.fromkeys(box.kind for box in graph.boxes.values())
    legend = "".join(f'<tspan fill="{COLOURS[kind][1]}" dx="14">■ {kind}</tspan>' for kind in kinds) + '<tspan dx="14" fill="#333">★ to be proved</tspan>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" font-family="Helvetica,Arial,\'DejaVu Sans\',sans-serif" font-size="12" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#8a8f98"/></marker></defs>\n'
        f'<rect width="100%" height="100%" fill="white"/>\n<text x="{MARGIN}" y="22" font-weight="bold">{escape(title)}<tspan font-weight="normal">{legend}</tspan></text>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _box(box: Box, left: float, middle: float) -> str:
    fill, line = COLOURS[box.kind]
    top = middle - box.height / 2
    texts = [_text(text, left + 8, top + 16 + at * LINE, is_head=at == 0) for at, text in enumerate(box.lines)]
    return f'<g><title>{escape(box.about)}</title><rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="5" fill="{fill}" stroke="{line}"/>{"".join(texts)}</g>'


def _text(text: str, left: float, base: float, *, is_head: bool) -> str:
    form = 'fill="#111" font-weight="bold"' if is_head else 'fill="#555" font-size="11"'
    return f'<text x="{left:.1f}" y="{base:.1f}" {form}>{escape(text)}</text>'


def _path(layout: _Layout, graph: Graph, edge: tuple[str, str], column: dict[str, int], lefts: list[float], widths: list[float], head: int) -> str:
    chain = layout.chains[edge]
    start, end = graph.boxes[edge[0]], edge[1]
    x, y = lefts[column[edge[0]]] + start.width, layout.y[edge[0]] + head
    line = f"M{x:.1f} {y:.1f}"
    x = lefts[column[edge[0]]] + widths[column[edge[0]]]
    line += f"L{x:.1f} {y:.1f}"
    for name in chain[1:]:
        at, middle = column[name], layout.y[name] + head
        near = lefts[at] - (2 if name == end else 0)
        half = (near - x) / 2
        line += f"C{x + half:.1f} {y:.1f} {near - half:.1f} {middle:.1f} {near:.1f} {middle:.1f}"
        x, y = near, middle
        if name != end:
            x = lefts[at] + widths[at]
            line += f"L{x:.1f} {y:.1f}"
    return f'<path d="{line}" fill="none" stroke="#8a8f98" stroke-width="1.1" marker-end="url(#tip)"><title>{escape(edge[0])} feeds {escape(edge[1])}</title></path>'
