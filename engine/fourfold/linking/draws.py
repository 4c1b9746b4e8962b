"""The population: every name, option, weight and bound of its draws is checked; picks get linked weights."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fourfold.expression.kinds import Choice, Kind, Number, Text
from fourfold.expression.nodes import Binary, Expr, Extreme, Literal, Word
from fourfold.linking.cells import ground_cells
from fourfold.linking.distributions import check_bounds, check_shape, constant, ends_of
from fourfold.linking.figures import check_origin
from fourfold.linking.gather import Lowering
from fourfold.linking.simplify import FALSE, every
from fourfold.model import Given, GroundWeight
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.written import ByOption, DrawDecl, Parts, Tree, WrittenExpr

CHOOSING = ("choose", "yes", "classes")


@dataclass(slots=True)
class Drawn:
    """What is drawn so far: options by the name of a choice, names of numbers, picks with their kind, and where each stands."""

    lowering: Lowering
    sources: set[str]
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    picks: dict[str, str] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    weights: dict[str, tuple[GroundWeight, ...]] = field(default_factory=dict)


def lower_draws(lowering: Lowering) -> tuple[dict[str, DrawDecl], dict[str, tuple[GroundWeight, ...]]]:
    """Return the draws by name in their order, and the weights of each pick; what is wrong is noted."""
    known = lowering.names.known
    drawn = Drawn(lowering, {source.name for source in known.content.sources})
    drawn.options["currency"] = tuple(known.rates)
    drawn.numbers.update(("as_of", *known.rates))
    found: dict[str, DrawDecl] = {}
    for draw in known.content.population:
        key = f"each {draw.name}" if draw.form == "for each" else draw.name
        if key in drawn.places:
            lowering.note("F209", f"`{draw.name}` is drawn twice", draw.span, f"the first is at {drawn.places[key]}")
            continue
        drawn.places[key] = draw.span
        _step(drawn, draw)
        found[key] = draw
    lowering.names.used = {}
    return found, drawn.weights


def _step(drawn: Drawn, draw: DrawDecl) -> None:
    if draw.form == "pick":
        _pick(drawn, draw)
    elif draw.form != "for each":
        _draw(drawn, draw, "")
    elif draw.name not in drawn.picks:
        drawn.lowering.note("F201", f"`{draw.name}` is not picked before", draw.span, did_you_mean(draw.name, drawn.picks) or "write a step `pick: name` above it")
    else:
        drawn.numbers.add("place")
        for inner in draw.inner:
            if inner.form in {"pick", "for each"}:
                drawn.lowering.note("F106", "a loop of the population holds only draws", inner.span, "move it out of the loop")
            else:
                _draw(drawn, inner, drawn.picks[draw.name])
        drawn.numbers.discard("place")


def _draw(drawn: Drawn, draw: DrawDecl, loop: str) -> None:
    kind = _kind_of(drawn, draw, loop)
    what = f"draw `{draw.name}`"
    if not (draw.form == "is" and isinstance(draw.tree, WrittenExpr)):
        check_origin(drawn.lowering.names.known, draw.origin, draw.span, what, drawn.sources)
    for tree in (draw.tree, draw.low, draw.high):
        if tree is not None:
            _names(drawn, tree)
    for name, span, options in draw.only_for:
        _options_exist(drawn, name, span, options)
    if draw.tree is not None and check_shape(drawn.lowering, draw, kind):
        check_bounds(drawn.lowering, draw, kind)
    _keep(drawn, draw, kind)


def _keep(drawn: Drawn, draw: DrawDecl, kind: Kind | None) -> None:
    if isinstance(kind, Choice):
        drawn.options[draw.name] = kind.options
        drawn.entities[draw.name] = kind.entity
    elif draw.form in CHOOSING and kind is None:
        drawn.options[draw.name] = ("true", "false") if draw.form == "yes" else tuple(dict.fromkeys(_named(draw)))
    elif draw.form != "members":
        drawn.numbers.add(draw.name)


def _named(draw: DrawDecl) -> Iterator[str]:
    """Return the options that a choice of no declared kind names."""
    for leaf in ends_of(draw.tree):
        if not isinstance(leaf, Parts):
            continue
        if draw.form == "choose":
            yield from (name for name, _, _ in leaf.items)
        for name, _, tree in leaf.items if draw.form == "classes" else ():
            if name == "below" and isinstance(tree, Parts):
                yield from (option for option, _, _ in tree.items)
            elif name == "otherwise" and isinstance(tree, WrittenExpr):
                yield tree.text


def _kind_of(drawn: Drawn, draw: DrawDecl, loop: str) -> Kind | None:
    """Return the kind of the term that is drawn, or None for a name of the population alone."""
    lowering, known = drawn.lowering, drawn.lowering.names.known
    term, kind = known.terms.get(draw.name), known.kinds.get(draw.name)
    if term is None:
        if draw.name in {"currency", "as_of", "place", *known.rates} or draw.name in known.entities:
            lowering.note("F208", f"`{draw.name}` has a meaning of its own and cannot be drawn", draw.span, "choose another name")
        return None
    if term.of != loop:
        where = f"inside a loop over picked entities of kind `{term.of}`" if term.of else "outside the loop"
        lowering.note("F202", f"`{draw.name}` does not fit here", draw.span, f"draw it {where}")
    elif isinstance(kind, Text) or not any(isinstance(node, Given) and lowering.terms[node.term].source == draw.name for node in lowering.nodes):
        lowering.note("F217", f"`{draw.name}` is not asked of a company and cannot be drawn", draw.span, "draw a term that is asked, or give the draw another name")
    return kind


def _names(drawn: Drawn, tree: Tree) -> None:
    """Check every name of a tree: branches by earlier choices, expressions of earlier numbers."""
    match tree:
        case ByOption():
            _branches(drawn, tree)
            for _, _, inner in tree.options:
                _names(drawn, inner)
            if tree.otherwise is not None:
                _names(drawn, tree.otherwise)
        case Parts():
            for name, _, inner in tree.items:
                if name != "otherwise":
                    _names(drawn, inner)
        case WrittenExpr():
            _expression(drawn, tree, tree.node)


def _branches(drawn: Drawn, tree: ByOption) -> None:
    options = drawn.options.get(tree.name)
    if options is None:
        help_text = did_you_mean(tree.name, drawn.options) or f"drawn before as a choice: {listed(drawn.options, 12)}"
        drawn.lowering.note("F201", f"`{tree.name}` is no choice that is drawn before", tree.span, help_text)
        return
    _options_exist(drawn, tree.name, tree.span, tuple((name, span) for name, span, _ in tree.options))
    missing = [option for option in options if option not in {name for name, _, _ in tree.options}]
    if missing and tree.otherwise is None:
        drawn.lowering.note("F213", f"there is no branch for `{missing[0]}` of `{tree.name}`", tree.span, "add it, or a branch `otherwise`")


def _options_exist(drawn: Drawn, name: str, span: Span, options: tuple[tuple[str, Span], ...]) -> None:
    known = drawn.options.get(name)
    if known is None:
        drawn.lowering.note("F201", f"`{name}` is no choice that is drawn before", span, did_you_mean(name, drawn.options))
        return
    for option, place in options:
        if option not in known:
            drawn.lowering.note("F204", f"`{option}` is not one of the choices of `{name}`", place, did_you_mean(option, known) or f"one of {listed(known, 20)}")


def _expression(drawn: Drawn, written: WrittenExpr, node: Expr) -> None:
    match node:
        case Binary():
            _expression(drawn, written, node.left)
            _expression(drawn, written, node.right)
            if node.operator == "/" and constant(node.right) == 0:
                drawn.lowering.note("F306", "divided by 0", written.span)
        case Extreme():
            for part in node.parts:
                _expression(drawn, written, part)
        case Word():
            _word(drawn, written, node)
        case Literal():
            pass


def _word(drawn: Drawn, written: WrittenExpr, word: Word) -> None:
    if word.text in drawn.numbers:
        return
    span = written.span.at(word.offset, len(word.text))
    owner, _, attribute = word.text.partition(".")
    known = drawn.lowering.names.known
    if attribute and drawn.entities.get(owner):
        shape = known.attribute_kinds.get((drawn.entities[owner], attribute))
        if not isinstance(shape, Number):
            numbers = [name for (kind, name), shape in known.attribute_kinds.items() if kind == drawn.entities[owner] and isinstance(shape, Number)]
            drawn.lowering.note("F202", f"`{owner}` has no number `{attribute}`", span, did_you_mean(attribute, numbers))
        return
    if word.text in drawn.options:
        drawn.lowering.note("F203", f"`{word.text}` is a choice; an expression computes with numbers", span, f"write a branch `by: {word.text}`")
        return
    help_text = did_you_mean(word.text, drawn.numbers) or ("draw it above" if word.text in known.terms else None)
    drawn.lowering.note("F201", f"`{word.text}` is no number that is drawn before", span, help_text)


def _pick(drawn: Drawn, draw: DrawDecl) -> None:
    lowering, known = drawn.lowering, drawn.lowering.names.known
    check_origin(known, draw.origin, draw.span, f"pick `{draw.name}`", drawn.sources)
    if draw.kind not in known.entities:
        lowering.note("F201", f"unknown kind of entity `{draw.kind}`", draw.span, did_you_mean(draw.kind, known.entities))
        return
    if draw.name in known.terms:
        lowering.note("F208", f"`{draw.name}` is a term; a pick has a name of its own", draw.span, "choose another name")
    for name, span in draw.without:
        if name not in drawn.picks:
            lowering.note("F201", f"`{name}` is not picked before", span, did_you_mean(name, drawn.picks))
    if draw.tree is not None:
        _names(drawn, draw.tree)
    found = []
    for number, row in enumerate(draw.weights):
        _names(drawn, row.times)
        for entity in known.entities[draw.kind]:
            cells = ground_cells(lowering.names, row.cells, {draw.kind: entity})
            if cells is None:
                break
            condition = every(cell.condition for cell in cells)
            if condition != FALSE:
                found.append(GroundWeight(entity, number, condition))
            _reads(drawn, {name for cell in cells for name in cell.reads}, row.span)
    drawn.picks[draw.name] = draw.kind
    drawn.weights[draw.name] = tuple(found)


def _reads(drawn: Drawn, names: set[str], span: Span) -> None:
    for name in sorted(names - {"currency", "as_of"}):
        ground = drawn.lowering.terms.get(name)
        if ground is None or ground.source not in drawn.places:
            drawn.lowering.note("F202", f"a weight reads `{name}`, which is not drawn before", span, "draw it above")
