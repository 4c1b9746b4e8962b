"""Text to nodes: the grammar of cells and formulas."""

import re
from datetime import date

from fourfold.expression.nodes import (
    Binary,
    Cell,
    Comparison,
    Contains,
    Day,
    Expr,
    Extreme,
    Interval,
    Literal,
    Operand,
    Test,
    Word,
)

DEEPEST = 60
LONGEST = 4000
# INVARIANT: a formula is a tree no deeper than this, so that every reader may walk it by recursion
MOST_SIGNS = 200
_TOKEN = re.compile(
    r"\s*(?:(?P<day>\d{4}-\d{2}-\d{2})|(?P<number>\d[\d_]*(?:\.(?!\.)\d+)?)(?P<percent>\s?%)?"
    r"|(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)?)|(?P<sign>\.\.|<=|>=|[<>=+\-*/(),\[\]]))",
    re.ASCII,
)


_FOREIGN = {
    "≥": "write `>=`", "≧": "write `>=`", "≤": "write `<=`", "≦": "write `<=`", "≠": "write `not(…)`", "!": "write `not(…)`", "＞": "write `>`", "＜": "write `<`",
    "＝": "write the value alone", "，": "write a comma: `,`", "、": "write a comma: `,`", "（": "write `(`", "）": "write `)`", "×": "write `*`", "÷": "write `/`", "·": "write `*`",
    "^": "a power is written as a product", "&": "put other conditions into other columns", "|": "write alternatives with a comma", "'": "write options without quotes", '"': "write options without quotes",
    ".": "write a number with a digit first: `0.5`", "?": "write `-` for a cell that always holds",
}  # fmt: skip


def _foreign(text: str, at: int) -> str | None:
    """Return what to write for a sign that is not of the language."""
    if text[at] == "." and not text[at + 1 : at + 2].isdigit():
        return "a name has one point at most, as `carrier.cost`"
    return _FOREIGN.get(text[at])


class ParseFault(Exception):
    """A text that is not in the grammar: what is wrong, where in the text, and what to write."""

    def __init__(self, message: str, offset: int, length: int = 1, help: str | None = None) -> None:
        """Keep the message, the place within the text and the help."""
        super().__init__(message)
        self.message, self.offset, self.length, self.help = message, offset, length, help


class _Tokens:
    """The tokens of one text, with one look ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.items: list[tuple[str, str, int, bool]] = []
        if len(text) > LONGEST:
            raise ParseFault(f"longer than {LONGEST} characters", 0, help="name its parts as terms of their own")
        at, end = 0, len(text.rstrip())
        while at < end:
            found = _TOKEN.match(text, at)
            if not found:
                at += len(text[at:]) - len(text[at:].lstrip())
                raise ParseFault(f"`{text[at : at + 12].split(maxsplit=1)[0]}` is not understood here", at, help=_foreign(text, at))
            kind = str(found.lastgroup) if found.lastgroup != "percent" else "number"
            self.items.append((kind, found.group(kind), found.start(kind), bool(found.group("percent"))))
            at = found.end()
        self.place = 0
        signs = [item for item in self.items if item[0] == "sign" and item[1] in "+-*/"]
        if len(signs) > MOST_SIGNS:
            raise ParseFault(f"more than {MOST_SIGNS} signs of arithmetic", signs[MOST_SIGNS][2], help="name its parts as terms of their own")

    def peek(self) -> tuple[str, str, int, bool]:
        return self.items[self.place] if self.place < len(self.items) else ("end", "", len(self.text.rstrip()), False)

    def take(self) -> tuple[str, str, int, bool]:
        token = self.peek()
        self.place += 1
        return token

    def accept(self, *signs: str) -> tuple[str, str, int, bool] | None:
        token = self.peek()
        if token[0] == "sign" and token[1] in signs:
            return self.take()
        return None

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            _, text, at, _ = self.peek()
            help_text = "close every `(`" if sign == ")" else "write [a..b]" if sign == ".." else None
            raise ParseFault(f"`{sign}` is missing" + (f" before `{text}`" if text else ""), at, max(1, len(text)), help_text)


def parse_expression(text: str) -> Expr:
    """Return the nodes of a formula."""
    tokens = _Tokens(text)
    if not tokens.items:
        raise ParseFault("a formula is missing", 0, help="write a number or a name")
    node = _sum(tokens, 0)
    _, rest, at, _ = tokens.peek()
    if rest:
        before = tokens.items[tokens.place - 1][1]
        raise ParseFault(f"`{rest}` is not expected here", at, len(rest), f"write `{before}(a, b)`" if before in ("max", "min") else "a sign of arithmetic is missing before it")
    return node


def _sum(tokens: _Tokens, depth: int) -> Expr:
    if depth > DEEPEST:
        raise ParseFault(f"nested more than {DEEPEST} deep", tokens.peek()[2], help="name its parts as terms of their own")
    node = _product(tokens, depth)
    while sign := tokens.accept("+", "-"):
        node = Binary(sign[1], node, _product(tokens, depth), sign[2])
    return node


def _product(tokens: _Tokens, depth: int) -> Expr:
    node = _atom(tokens, depth)
    while sign := tokens.accept("*", "/"):
        node = Binary(sign[1], node, _atom(tokens, depth), sign[2])
    return node


def _atom(tokens: _Tokens, depth: int) -> Expr:
    kind, text, at, percent = tokens.take()
    if kind == "number":
        return _literal(text, at, percent)
    if kind == "word":
        if tokens.peek()[1] == "(" and text in ("max", "min"):
            return _extreme(tokens, text, at, depth)
        return Word(text, at)
    if text == "(":
        node = _sum(tokens, depth + 1)
        tokens.expect(")")
        return node
    if text == "-":
        return Binary("-", Literal(0, 0), _atom(tokens, depth + 1), at)
    help_text = None if text else "write a number or a name behind it"
    if kind == "day":
        help_text = "a formula computes with numbers; dates are compared in cells"
    raise ParseFault(f"`{text}` is not expected here" if text else "the formula ends too early", at, max(1, len(text)), help_text)


def _extreme(tokens: _Tokens, name: str, at: int, depth: int) -> Extreme:
    tokens.expect("(")
    parts = [_sum(tokens, depth + 1)]
    while tokens.accept(","):
        parts.append(_sum(tokens, depth + 1))
    tokens.expect(")")
    return Extreme(name, tuple(parts), at)


def _literal(text: str, at: int, percent: bool, sign: int = 1) -> Literal:
    digits = text.replace("_", "")
    whole, _, decimals = digits.partition(".")
    if len(digits) > 30:
        raise ParseFault("a number with more than 30 digits", at, len(text), "numbers reach 10^15")
    return Literal(sign * int(whole + decimals), len(decimals), percent, at, len(text))


def parse_cell(text: str) -> Cell:
    """Return the tests of a cell."""
    tokens = _Tokens(text)
    if not tokens.items:
        raise ParseFault("the cell is empty", 0, help='write "-" for a cell that always holds')
    if [item[1] for item in tokens.items] == ["-"]:
        return Cell(())
    first = tokens.peek()
    negated = first[1] == "not" and len(tokens.items) > 1 and tokens.items[1][1] == "("
    if negated:
        tokens.take()
        tokens.expect("(")
    tests = [_test(tokens)]
    while tokens.accept(","):
        tests.append(_test(tokens))
    if negated:
        tokens.expect(")")
    _, rest, at, _ = tokens.peek()
    if rest:
        raise ParseFault(f"`{rest}` is not expected here", at, len(text.rstrip()) - at, _known_slip(text, rest))
    return Cell(tuple(tests), negated)


def _known_slip(text: str, rest: str) -> str | None:
    if rest in ("+", "-", "*", "/"):
        return "a cell compares with one number or name; make the arithmetic a formula"
    more = re.fullmatch(r"\s*(-?\d[\d_.]*%?)\s*(?:or|and)\s+(more|above|less|below|under|fewer)\s*", text)
    if more:
        return f"write `{'>=' if more[2] in ('more', 'above') else '<='} {more[1]}`"
    if rest in ("to", "until", "bis"):
        return "write a range as [a..b]"
    if re.search(r"\b(and|or|oder|und)\b", text):
        return "write alternatives with a comma, and other conditions into other columns"
    return None


def _test(tokens: _Tokens) -> Test:
    kind, text, at, _ = tokens.peek()
    if text in ("<", "<=", ">", ">=", "="):
        tokens.take()
        if tokens.peek()[1] in ("=", "<", ">", "<=", ">="):
            signs, number = re.match(r"[<>=\s]*", tokens.text[at:]), re.search(r"-?\d[\d_.]*%?", tokens.text[at:])
            run = signs.group() if signs else ""
            tidy = next((sign for sign in "<>" if sign in run), "") + ("=" if "=" in run else "")
            help_text = f"write `{tidy.strip('=') and tidy} {number.group()}`".replace("` ", "`") if number else None
            raise ParseFault(f"`{tokens.text.strip()}` is not a test", at, len(tokens.text.strip()), help_text)
        return Comparison(text, _operand(tokens), at)
    if text in ("[", "("):
        return _interval(tokens)
    if kind == "word" and text == "contains":
        tokens.take()
        kind, word, place, _ = tokens.take()
        if kind != "word":
            raise ParseFault("a name must follow `contains`", place, max(1, len(word)), "write `contains name`")
        return Contains(Word(word, place), at)
    return Comparison("=", _operand(tokens), at)


def _interval(tokens: _Tokens) -> Interval:
    opening = tokens.take()
    low = _bound(tokens)
    tokens.expect("..")
    high = _bound(tokens)
    closing = tokens.accept("]", ")")
    if not closing:
        raise ParseFault("the range is not closed", tokens.peek()[2], help="write [a..b] with both ends in, (a..b) with both out")
    return Interval(low, high, opening[1] == "(", closing[1] == ")", opening[2])


def _bound(tokens: _Tokens) -> Literal | Day:
    node = _operand(tokens)
    if isinstance(node, Word):
        raise ParseFault(f"an end of a range is a number or a date; `{node.text}` is a name", node.offset, len(node.text), "write two cells, or name a yes-or-no term")
    return node


def _operand(tokens: _Tokens) -> Operand:
    kind, text, at, percent = tokens.take()
    if kind == "sign" and text == "-":
        kind, text, at, percent = tokens.take()
        if kind == "number":
            return _literal(text, at, percent, -1)
    elif kind == "number":
        return _literal(text, at, percent)
    elif kind == "day":
        return Day(_ordinal(text, at), at)
    elif kind == "word":
        return Word(text, at)
    help_text = None if text else "write a number, a date or a name behind it"
    raise ParseFault(f"`{text}` is not expected here" if text else "the test ends too early", at, max(1, len(text)), help_text)


def _ordinal(text: str, at: int) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise ParseFault(f"there is no day {text}", at, len(text)) from None
