"""What a distribution must look like: its parameters, its weights, its bounds."""

from collections.abc import Iterator
from fractions import Fraction

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options
from fourfold.expression.nodes import Binary, Expr, Extreme, Literal, Word
from fourfold.expression.show import decimal_text
from fourfold.linking.gather import Lowering
from fourfold.suggest import did_you_mean, listed
from fourfold.written import ByOption, DrawDecl, Parts, Tree, WrittenExpr

PARAMETERS = {
    "lognormal": ("median", "sigma"),
    "loguniform": ("low", "high"),
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "pareto": ("low", "high", "exponent"),
    "classes": ("of", "below", "otherwise"),
}
ENDS = ("loguniform", "uniform", "pareto")
NUMERIC = ("is", "lognormal", "loguniform", "uniform", "normal", "pareto", "poisson")


def constant(node: Expr) -> Fraction | None:
    """Return the value of an expression that names nothing, or None; a division by 0 counts as 0."""
    match node:
        case Literal():
            return Fraction(node.top, 10 ** (node.places + 2 * node.percent))
        case Word():
            return None
        case Extreme():
            parts = [constant(part) for part in node.parts]
            known = [part for part in parts if part is not None]
            return (max if node.name == "max" else min)(known) if len(known) == len(parts) else None
        case Binary():
            left, right = constant(node.left), constant(node.right)
            if left is None or right is None:
                return None
            return _combined(node.operator, left, right)


def _combined(operator: str, left: Fraction, right: Fraction) -> Fraction:
    if operator == "/":
        return left / right if right else Fraction(0)
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def ends_of(tree: Tree | None) -> Iterator[Tree]:
    """Return what stands below every choice of a branch."""
    if isinstance(tree, ByOption):
        for _, _, inner in tree.options:
            yield from ends_of(inner)
        yield from ends_of(tree.otherwise)
    elif tree is not None:
        yield tree


def parameters(form: str, leaf: Parts) -> dict[str, Tree]:
    """Return the parameters of a distribution by name; a list gives them in their order."""
    names = PARAMETERS[form]
    return {names[int(name)] if name.isdigit() and int(name) < len(names) else name: tree for name, _, tree in leaf.items}


def check_shape(lowering: Lowering, draw: DrawDecl, kind: Kind | None) -> bool:
    """Return whether a distribution suits its term and has all its parameters; what is wrong is noted."""
    what = f"`{draw.form}` of draw `{draw.name}`"
    if kind is not None and draw.form not in _suiting(kind):
        lowering.note("F203", f"`{draw.form}` does not suit `{draw.name}`", draw.span, f"it is drawn with one of {listed(_suiting(kind), 12)}")
        return False
    before = len(lowering.names.problems.found)
    for leaf in ends_of(draw.tree):
        if draw.form in PARAMETERS:
            _parameters(lowering, draw, leaf, what)
        elif draw.form in {"choose", "members"}:
            _weights(lowering, draw, leaf, kind)
        elif not isinstance(leaf, WrittenExpr):
            lowering.note("F106", f"{what} is one number or expression", leaf.span)
    return len(lowering.names.problems.found) == before


def _suiting(kind: Kind) -> tuple[str, ...]:
    if isinstance(kind, Options):
        return ("members",)
    if kind == YES_NO:
        return ("choose", "yes")
    return ("choose", "classes") if isinstance(kind, Choice) else NUMERIC


def _parameters(lowering: Lowering, draw: DrawDecl, leaf: Tree, what: str) -> None:
    names = PARAMETERS[draw.form]
    if not isinstance(leaf, Parts):
        lowering.note("F106", f"{what} has the parameters {listed(names)}", leaf.span, f"write `{draw.form}: {{{', '.join(f'{name}: …' for name in names)}}}`")
        return
    given = parameters(draw.form, leaf)
    for name, span, _ in leaf.items:
        if name not in names and not (name.isdigit() and int(name) < len(names)):
            lowering.note("F109", f"{what} has no {f'{int(name) + 1}th part' if name.isdigit() else f'`{name}`'}", span, did_you_mean(name, names) or f"known here: {listed(names)}")
    for name in names:
        if name not in given:
            lowering.note("F111", f"{what} has no `{name}`", leaf.span)
    for name in ("sigma", "sd", "exponent"):
        for number, inner in _numbers(given.get(name)):
            if number < 0 or (number == 0 and name == "exponent"):
                lowering.note("F205", f"`{name}` of draw `{draw.name}` is above 0; it is {inner.text}", inner.span)


def _numbers(tree: Tree | None) -> Iterator[tuple[Fraction, WrittenExpr]]:
    for leaf in ends_of(tree):
        if isinstance(leaf, WrittenExpr):
            number = constant(leaf.node)
            if number is not None:
                yield number, leaf


def _weights(lowering: Lowering, draw: DrawDecl, leaf: Tree, kind: Kind | None) -> None:
    if not isinstance(leaf, Parts):
        lowering.note("F106", f"`{draw.form}` of draw `{draw.name}` has one weight for each option", leaf.span, f"write `{draw.form}: {{option: weight}}`")
        return
    numbers: list[Fraction | None] = []
    for name, span, tree in leaf.items:
        if isinstance(kind, Choice | Options) and name not in kind.options:
            lowering.note("F204", f"`{name}` is not one of the choices of `{draw.name}`", span, did_you_mean(name, kind.options) or f"one of {listed(kind.options, 20)}")
        found = [number for number, _ in _numbers(tree)]
        numbers.extend(found or [None])
        if any(number < 0 for number in found):
            lowering.note("F291", f"the weight of `{name}` is below 0", span, "a weight is a share, such as 30, or 0 for never")
        elif draw.form == "members" and any(number > 100 for number in found):
            lowering.note("F205", f"the chance of `{name}` is 0 to 100 %", span)
    if draw.form == "choose" and not any(number is None or number > 0 for number in numbers):
        lowering.note("F291", f"no option of draw `{draw.name}` has a weight above 0", leaf.span, "give at least one option a share")


def check_bounds(lowering: Lowering, draw: DrawDecl, kind: Kind | None) -> None:
    """Note constants that lie outside the range of the term, chances beyond 0 to 100, and ends that are swapped."""
    if draw.form == "yes":
        for number, inner in _numbers(draw.tree):
            if not 0 <= number <= 100:
                lowering.note("F205", f"the chance of `{draw.name}` is 0 to 100 %; it is {inner.text}", inner.span)
    trees = [draw.low, draw.high]
    for leaf in ends_of(draw.tree) if draw.form in ENDS else ():
        if isinstance(leaf, Parts):
            given = parameters(draw.form, leaf)
            trees += [given["low"], given["high"]]
            _order(lowering, draw, given["low"], given["high"])
    if draw.low is not None and draw.high is not None:
        _order(lowering, draw, draw.low, draw.high)
    if isinstance(kind, Number):
        for tree in trees:
            _inside(lowering, draw, kind, tree)


def _order(lowering: Lowering, draw: DrawDecl, low: Tree, high: Tree) -> None:
    lows, highs = list(_numbers(low)), list(_numbers(high))
    if lows and highs and max(number for number, _ in lows) > min(number for number, _ in highs):
        lowering.note("F214", f"the ends of draw `{draw.name}` are swapped", lows[0][1].span, "write the smaller end first")
    if draw.form == "loguniform" and any(number <= 0 for number, _ in lows):
        lowering.note("F205", f"the lower end of `loguniform` of draw `{draw.name}` is above 0", lows[0][1].span, "use `uniform`, or a small number above 0")


def _inside(lowering: Lowering, draw: DrawDecl, kind: Number, tree: Tree | None) -> None:
    low, high = (Fraction(end, 10**kind.shown) for end in (kind.low, kind.high))
    for number, inner in _numbers(tree):
        if not low <= number <= high:
            text = f"{decimal_text(kind.low, kind.shown)} to {decimal_text(kind.high, kind.shown)}"
            lowering.note("F205", f"`{draw.name}` is {text}; this is {inner.text}", inner.span, "stay within the range of the term")
