"""Asked terms to ground nodes: what is given, and what is assumed."""

from fourfold.expression.kinds import YES_NO, Choice, Kind, Number, Options, Text, word_option
from fourfold.expression.nodes import Word
from fourfold.linking.cells import check_ambiguous, value_of
from fourfold.linking.formulas import number_of
from fourfold.linking.gather import Lowering, loop_entities
from fourfold.linking.names import NotMeant
from fourfold.linking.simplify import best
from fourfold.model import Const, Expr, Given, ground_name
from fourfold.suggest import did_you_mean, listed
from fourfold.written import TermDecl


def _is_asked(term: TermDecl) -> bool:
    return bool(term.ask.by_language or term.is_required or term.is_optional or term.assume or term.or_from)


def lower_term(lowering: Lowering, term: TermDecl) -> None:
    """Make the nodes of a term that is asked; a term that nobody asks or concludes is a problem."""
    names, kind = lowering.names, lowering.names.known.kinds[term.name]
    if term.figures:
        if term.name in lowering.definers:
            lowering.note("F209", f"constant `{term.name}` is also concluded", term.span, f"concluded at {lowering.definers[term.name].span}")
        return
    if term.name in lowering.definers:
        if _is_asked(term):
            lowering.note("F209", f"`{term.name}` is asked and also concluded", term.span, f"concluded at {lowering.definers[term.name].span}")
        return
    if not _is_asked(term):
        if term.name not in lowering.meant and term.name not in names.selections:
            lowering.note("F217", f"nobody asks or concludes `{term.name}`", term.span, "add `ask`, or a table or formula that concludes it")
        return
    if isinstance(kind, Text):
        return
    if not (term.is_required or term.is_optional or term.assume):
        lowering.note("F111", f"term `{term.name}` has no `assume`", term.span, "add `assume`, or `required: true`, or `optional: true`")
    if isinstance(kind, Number) and not term.kind.low and not term.kind.high and kind.form in ("number", "money"):
        lowering.note("F111", f"term `{term.name}` has no `range`", term.span, "every number has a range: `range: [0, 1000]`")
    for entity in loop_entities(lowering, term.of, term.span):
        _given(lowering, term, kind, entity)
    names.used = {}


def _given(lowering: Lowering, term: TermDecl, kind: Kind, entity: str) -> None:
    ground, scope = ground_name(term.name, entity), {term.of: entity} if entity else {}
    if isinstance(kind, Options):
        assumed = _assumed_members(lowering, term, kind)
        for option in kind.options:
            member = Const("true" if option in assumed else "false") if term.assume else None
            lowering.add(Given(f"{ground}[{option}]", member, term.is_required), term.name, entity, YES_NO, term.span)
        return
    assume = None if term.assume is None else _assume(lowering, term, kind, scope)
    lowering.add(Given(ground, assume, term.is_required), term.name, entity, kind, term.span)


def _assumed_members(lowering: Lowering, term: TermDecl, kind: Options) -> set[str]:
    if term.assume is None:
        return set()
    word = term.assume.node.text if isinstance(term.assume.node, Word) else term.assume.text
    if word == "none" and word not in kind.options:
        return set()
    if word not in kind.options:
        lowering.note("F204", f"`{word}` is not one of the choices", term.assume.span, did_you_mean(word, kind.options) or f"`none`, or one of {listed(kind.options)}")
    return {word}


def _assume(lowering: Lowering, term: TermDecl, kind: Kind, scope: dict[str, str]) -> Expr | None:
    """Return what a term is assumed to be; a number is held within the range of its term."""
    assert term.assume is not None
    names, written = lowering.names, term.assume
    if isinstance(kind, Number):
        value = number_of(names, written, kind, scope)
        return None if value is None else best(False, [Const(kind.high), best(True, [Const(kind.low), value])])
    if isinstance(kind, Choice) and isinstance(written.node, Word):
        word = written.node
        is_option = word_option(kind, word.text) is not None
        if (is_option and word.text == term.name) or word.text.partition(".")[0] not in names.known.terms:
            option = value_of(names, kind, word.text, written.span)
            return Const(option) if option is not None else None
        try:
            if is_option:
                check_ambiguous(names, word, kind.options)
                return Const(word_option(kind, word.text) or "")
            meaning = names.meaning(word, scope)
        except NotMeant as fault:
            names.note(fault, written.span, written.text)
            return None
        if meaning.choice is not None and isinstance(meaning.kind, Choice) and set(meaning.kind.options) <= set(kind.options):
            return meaning.choice
        lowering.note("F203", f"`{word.text}` is no choice of the kind of `{term.name}`", written.span, f"assume one of {listed(kind.options)}")
        return None
    lowering.note("F203", f"`{written.text}` cannot be assumed for `{term.name}`", written.span, "assume one of its options, or a term of its kind")
    return None
