"""What a declared kind means: its options, its range."""

from datetime import date

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Ratio, Text, WrongKind, plain_day, plain_number, stored
from fourfold.expression.nodes import Literal
from fourfold.linking.known import Known
from fourfold.reading.values import KINDS
from fourfold.suggest import did_you_mean, listed
from fourfold.written import KindDecl

FIRST_DAY, LAST_DAY = date(1900, 1, 1).toordinal(), date(2199, 12, 31).toordinal()


def kind_of(known: Known, kind: KindDecl, what: str) -> Kind | None:
    """Return the kind that a declaration means, or None where it means none; that is noted."""
    word = kind.word
    if word in known.entities:
        return Choice(known.entities[word], word)
    if word == "yes_no":
        return YES_NO
    if word == "ratio":
        return Ratio()
    if word == "text":
        return Text()
    if word in ("choice", "set"):
        options, entity = _options(known, kind, what)
        if not options:
            return None
        return Choice(options, entity) if word == "choice" else Options(options, entity)
    if word not in KINDS:
        known.problems.add("F201", f"unknown kind `{word}` of {what}", kind.span, help=did_you_mean(word, (*KINDS, *known.entities)) or f"one of {listed((*KINDS, *known.entities), 30)}")
        return None
    return _number(known, kind, what)


def _options(known: Known, kind: KindDecl, what: str) -> tuple[tuple[str, ...], str]:
    if kind.options_of in known.entities:
        return known.entities[kind.options_of], kind.options_of
    if kind.options_of:
        other = known.terms.get(kind.options_of)
        if other is not None and (other.kind.options or other.kind.word in known.entities):
            inner = kind_of(known, other.kind, what)
            return (inner.options, inner.entity) if isinstance(inner, Choice | Options) else ((), "")
        known.problems.add("F201", f"`options: {kind.options_of}` names neither a kind of entity nor a choice", kind.span, help=did_you_mean(kind.options_of, (*known.entities, *known.terms)))
    elif not kind.options:
        known.problems.add("F111", f"{what} has no `options`", kind.span, help="write `options: [one, two]`")
    return tuple(dict.fromkeys(name for name, _, _ in kind.options)), ""


def _number(known: Known, kind: KindDecl, what: str) -> Number | None:
    form = kind.word
    scale = kind.scale + 2 if form == "percent" else kind.scale
    shape = Number(form, scale, 0, 0, kind.unit, kind.per)
    ends = [_end(known, shape, text, kind, what) for text in (kind.low, kind.high)]
    if any(end is None and text for end, text in zip(ends, (kind.low, kind.high), strict=True)):
        return None
    if form == "date":
        low, high = ends[0] or FIRST_DAY, ends[1] or LAST_DAY
    elif form == "percent":
        low, high = ends[0] or 0, 10**scale if ends[1] is None else ends[1]
    else:
        low, high = ends[0] or 0, ends[1] or 0
    if form == "money" and known.currency != known.content.base:
        rate = known.rates[known.currency]
        low, high = int(low // rate), int(-(-high // rate))
    return Number(form, scale, low, high, kind.unit, kind.per)


def _end(known: Known, shape: Number, text: str, kind: KindDecl, what: str) -> int | None:
    if not text:
        return None
    try:
        return stored(shape, plain_day(text) or plain_number(text) or Literal(0, 0))
    except WrongKind as fault:
        known.problems.add(fault.code, f"the range of {what}: {fault.reason}", kind.span, help=fault.help)
        return None
