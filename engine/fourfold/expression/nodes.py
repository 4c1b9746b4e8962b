"""What a written formula or cell consists of; nothing here knows what a name means."""

from fourfold.noun import noun


@noun
class Literal:
    """A written number: `top / 10**places`, and whether a per cent sign stood behind it."""

    top: int
    places: int
    percent: bool = False
    offset: int = 0
    length: int = 1


@noun
class Word:
    """A bare word: an option, an entity, a term, or `loop.attribute`."""

    text: str
    offset: int = 0


@noun
class Binary:
    """`left operator right`, with the operator one of + - * /."""

    operator: str
    left: "Expr"
    right: "Expr"
    offset: int = 0


@noun
class Extreme:
    """`max(a, b, …)` or `min(a, b, …)`."""

    name: str
    parts: tuple["Expr", ...]
    offset: int = 0


Expr = Literal | Word | Binary | Extreme


@noun
class Day:
    """A written date, as days since 0001-01-01."""

    ordinal: int
    offset: int = 0
    length: int = 10


Operand = Literal | Day | Word


@noun
class Comparison:
    """`< a`, `<= a`, `> a`, `>= a`; with the operator `=` the value itself."""

    operator: str
    operand: Operand
    offset: int = 0


@noun
class Interval:
    """`[a..b]` with each end in or out."""

    low: Literal | Day
    high: Literal | Day
    low_open: bool
    high_open: bool
    offset: int = 0


@noun
class Contains:
    """`contains a`: the set of the column has this member."""

    operand: Word
    offset: int = 0


Test = Comparison | Interval | Contains


@noun
class Cell:
    """Tests of which one must pass, or (negated) none; no tests at all is the dash."""

    tests: tuple[Test, ...]
    negated: bool = False
