"""What a typed line leads to: an answer, a command, or a question back."""

from dataclasses import replace

from fourfold.checklist import Checklist
from fourfold.expression.kinds import Number, Options
from fourfold.interview import Screen, begin
from fourfold.model import Fact, Given
from fourfold.narrow import Part
from fourfold.planning.view import Data
from fourfold.problem import Problems
from fourfold.reading.amounts import is_unknown
from fourfold.talk import sheet
from fourfold.talk.fields import Field, Read, declared, followed_by, kinds, part_fields, read_field, read_record, term_field
from fourfold.talk.listing import YES, checked, with_held
from fourfold.talk.reasons import stays_and_falls, why_asked
from fourfold.talk.state import TARGET, Reply, Talk, always, answers_in, next_question, on_screen, problems_of, with_text

BACK = ("back", "b", "返回", "上一题")
REVIEW = ("review", "r", "回顾", "查看")
PLAN = ("plan", "方案", "出方案")
SAVE = ("save", "quit", "exit", "q", "保存", "退出")
WHY = ("?", "？", "why", "为什么")
NO = ("no", "n", "undo", "drop", "否", "撤销", "放弃")


def reply(talk: Talk, typed: str) -> Reply:
    """Return what a typed line leads to."""
    text = typed.strip()
    word = text.lower()
    if talk.before is not None:
        return _decided_change(talk, word)
    if word in WHY:
        return Reply(talk, (why_asked(talk),))
    if word in SAVE:
        return Reply(replace(talk, done="saved"))
    if word in PLAN and not _is_option(talk, text):
        return _plan(talk)
    if word in REVIEW and not _is_option(talk, text):
        return Reply(talk, (review(talk),))
    if word in BACK and not _is_option(talk, text):
        return _back(talk)
    if word.split(" ")[0] in ("try", "试试", "如果"):
        return _try(talk, text)
    if isinstance(talk.step, Checklist) and not talk.fields:
        return checked(talk, word)
    if talk.fields:
        return _typed(talk, text)
    return _after_settled(talk, text)


def _is_option(talk: Talk, text: str) -> bool:
    """Return whether a word that is also a command is an answer to the present field."""
    return bool(talk.fields) and bool(talk.fields[0].options) and len(text) > 1 and len(read_field(talk.book, talk.fields[0], text).options) == 1


# ---------------------------------------------------------------- filling in a screen


def _typed(talk: Talk, text: str) -> Reply:
    field = talk.fields[0]
    if field.is_table:
        return _recorded(talk, field, text)
    if not text and not field.usual:
        return Reply(talk, ({"kind": "empty"},))
    read = read_field(talk.book, field, text)
    if read.is_wrong:
        return Reply(talk, (unclear(talk, field, read),))
    if read.is_unknown and field.is_required:
        return Reply(talk, ({"kind": "needed", "term": field.term},))
    draft, more = _drafted(talk, field, read)
    talk = replace(talk, draft={**talk.draft, **draft}, fields=(*more, *talk.fields[1:]))
    echo: Data = {"kind": "echo", "term": field.term, "entity": field.entity, **shown_value(read), "is_pick": field.is_pick}
    if talk.fields:
        return Reply(replace(talk, fields=(with_usual(talk, talk.fields[0]), *talk.fields[1:])), (echo,))
    return _filled(talk, (echo,))


def _recorded(talk: Talk, field: Field, text: str) -> Reply:
    """Return the conversation after a line of a table; an empty line ends it."""
    before = talk.draft.get(field.term, [])
    rows: list[object] = list(before) if isinstance(before, list) else []
    if text and not is_unknown(text):
        record, problems = read_record(talk.book, field.term, text, talk.file)
        if problems:
            return Reply(talk, ({"kind": "refused", "problems": [{"message": p.message, "help": p.help or ""} for p in problems]},))
        return Reply(replace(talk, draft={field.term: [*rows, record]}), ({"kind": "recorded", "record": record, "register": field.term},))
    if not rows:
        return Reply(next_sharpening(talk))
    return _filled(replace(talk, fields=()), ())


def with_usual(talk: Talk, field: Field) -> Field:
    """Return a choice with what the answers on this screen make usual filled in."""
    if field.usual or field.entity or not field.options or field.is_pick:
        return field
    typed = {name: value for name, value in talk.draft.items() if isinstance(value, str) and name in talk.interview.book.terms and value != "unknown"}
    if not typed:
        return field
    # WHY: on a screen that is answered again the present part has its terms folded away already
    left = Part(talk.interview.book, {}).under(typed, [TARGET, field.term])
    node = next((node for node in left.book.nodes if isinstance(node, Given) and node.term == field.term), None)
    value = getattr(node.assume, "value", "") if node is not None else ""
    return replace(field, usual=value) if value in field.options else field


def shown_value(read: Read) -> Data:
    """Return what a text was read as, for showing."""
    fact: Fact | None = read.fact
    if fact is not None:
        return {"low": fact.low if fact.low is not None else fact.value, "high": fact.high if fact.high is not None else fact.value, "note": fact.note, "options": None, "unknown": False}
    return {"options": list(read.options), "unknown": read.is_unknown, "low": None, "high": None, "note": "", "text": read.text}


def unclear(talk: Talk, field: Field, read: Read) -> Data:
    """Return what to say where a text is no answer: its problems, or what it may mean."""
    number = kinds(talk.book)[field.term]
    return {
        "kind": "unclear",
        "text": read.text,
        "term": field.term,
        "several": list(read.several),
        "options": list(field.options),
        "is_pick": field.is_pick,
        "is_number": isinstance(number, Number),
        "problems": [{"message": problem.message, "help": problem.help or ""} for problem in read.problems],
    }


def _drafted(talk: Talk, field: Field, read: Read) -> tuple[dict[str, object], tuple[Field, ...]]:
    """Return the entries that a field gives, and the fields that follow from it."""
    if field.is_pick:
        return _picked(talk, field, read)
    if read.is_unknown:
        value: object = "unknown"
    elif read.options:
        value = {"true": "yes", "false": "no"}.get(read.options[0], read.options[0])
    else:
        value = read.text
    if field.entity:
        before = talk.draft.get(field.term, {})
        return {field.term: {**(before if isinstance(before, dict) else {}), field.entity: value}}, ()
    found: dict[str, object] = {field.term: value}
    if field.part_of and read.is_unknown and field.part_of not in talk.draft and not any(other.part_of == field.part_of for other in talk.fields[1:]) and not _has_part(talk, field.part_of):
        found[field.part_of] = "unknown"
    return found, ()


def _has_part(talk: Talk, term: str) -> bool:
    return any(value != "unknown" for name, value in talk.draft.items() if name != term)


def _picked(talk: Talk, field: Field, read: Read) -> tuple[dict[str, object], tuple[Field, ...]]:
    kind = kinds(talk.book)[field.term]
    if isinstance(kind, Options):
        return {field.term: list(read.options) if read.options else "unknown" if read.is_unknown else "none"}, ()
    sources = {talk.interview.book.terms[name].source for name in talk.interview.screen(talk.at).terms} if talk.at else {field.term}
    asked = followed_by(talk.book, field.term, sources)
    if not asked:
        return {field.term: dict.fromkeys(read.options, "yes")}, ()
    options = tuple(option for option in getattr(kind, "options", ()) if option != "none") if "none" in getattr(kind, "options", ()) else getattr(kind, "options", ())
    more = tuple(Field(source, entity, options if source == field.term else getattr(kind, "options", ())) for entity in read.options for source in asked)
    return {field.term: {}, **{source: {} for source in asked[1:] if read.options}}, more


def _filled(talk: Talk, shown: tuple[Data, ...]) -> Reply:
    """Return the conversation after a screen was filled in whole."""
    draft = dict(talk.draft)
    if talk.at and not any(_says(talk, name) for name in draft):
        draft[talk.interview.book.terms[talk.interview.screen(talk.at).terms[0]].source] = "unknown"
    text = sheet.changed(talk.text, draft)
    was_answered = bool(talk.at) and talk.interview.is_answered(talk.at)
    try:
        after = with_text(talk, text, only_added=bool(talk.at) and not was_answered and not talk.interview.settled)
    except Problems as fault:
        again = on_screen(talk, talk.at) if talk.at else talk
        return Reply(again, (*shown, {"kind": "refused", "problems": [{"message": p.message, "help": p.help or ""} for p in problems_of(fault)]}))
    if after.interview.broken:
        return _contradiction(talk, after, shown)
    if not talk.at and after.interview.settled == talk.interview.settled:
        return Reply(next_sharpening(after), shown)
    after = with_held(replace(after, asked=talk.asked + (bool(talk.at) and not was_answered)))
    if was_answered or not talk.at:
        return Reply(replace(after, before=talk), (*shown, {"kind": "change", **stays_and_falls(talk, after)}))
    return Reply(after, (*shown, *_news(talk, after)))


def _says(talk: Talk, name: str) -> bool:
    return talk.draft[name] != "unknown" or any(talk.interview.book.terms[t].source == name for t in talk.interview.screen(talk.at).terms)


def _news(talk: Talk, after: Talk) -> tuple[Data, ...]:
    """Return what an answer has changed: outcomes that are out, screens that are no longer needed."""
    out = [name for name in talk.interview.open if name not in after.interview.open]
    gone = [name for name in talk.interview.waiting if name not in after.interview.waiting and name != talk.at and not after.interview.is_answered(name)]
    if after.interview.settled or not (out or gone):
        return ()
    return ({"kind": "news", "out": out, "gone": gone},)


def _contradiction(talk: Talk, after: Talk, shown: tuple[Data, ...]) -> Reply:
    """Return a contradiction in its own words, with the answers that may be changed."""
    broken = after.interview.broken[0]
    sources = {after.interview.book.terms[name].source for cell in broken.cells for name in cell.reads}
    earlier = [name for name in talk.order if name != talk.at and sources & {talk.interview.book.terms[term].source for term in talk.interview.screen(name).terms}]
    data: Data = {"kind": "contradiction", "because": broken.because, "earlier": [{"number": talk.order.index(name) + 1, "screen": name} for name in earlier], "screen": talk.at}
    return Reply(on_screen(talk, talk.at) if talk.at else talk, (*shown, data))


# ---------------------------------------------------------------- commands


def _plan(talk: Talk) -> Reply:
    required = [node.term for node in talk.book.nodes if isinstance(node, Given) and node.is_required and node.term not in always(talk.book)]
    facts = answers_in(begin(talk.book, TARGET, always(talk.book)), talk.book, talk.text, talk.file)
    missing = [name for name in required if name not in facts]
    if missing:
        return Reply(talk, ({"kind": "plan_needs", "terms": missing},))
    return Reply(replace(talk, done="plan"))


def review(talk: Talk) -> Data:
    """Return all answers by number, and what was not asked since it cannot matter."""
    rows = [{"number": at, "screen": name, "values": answer_values(talk, name)} for at, name in enumerate(talk.order, 1)]
    asked = set(talk.order) | set(talk.interview.waiting)
    idle = [screen.name for screen in talk.interview.screens if screen.name not in asked and not talk.interview.is_answered(screen.name)]
    return {"kind": "review", "rows": rows, "idle": idle, "settled": talk.interview.settled}


def answer_values(talk: Talk, name: str) -> list[Data]:
    """Return the saved entries of a screen, as they were typed."""
    registers = {register.name: register for register in talk.book.content.registers}
    said = sheet.entries(talk.text, talk.file, registers, declared(talk.book))
    sources = list(dict.fromkeys(talk.interview.book.terms[term].source for term in talk.interview.screen(name).terms))
    names = [*sources, *(field.term for source in sources for field in part_fields(talk.interview, declared(talk.book)[source]))]
    values = {source: sheet.plain(said[source]) for source in dict.fromkeys(names) if source in said}
    held = {term: one.answer for term, one in talk.interview.held.items() if term in values and isinstance(one.answer, tuple)}
    return [{"term": source, "value": value, "unknown": bool(value) and is_unknown(value), "held": bounds(talk, source, held[source]) if source in held else None} for source, value in values.items()]


def bounds(talk: Talk, term: str, answer: tuple[int, int]) -> Data:
    """Return the ends between which a list says that a number lies, and which of them are the ends of its kind."""
    kind = talk.book.terms[term].kind
    assert isinstance(kind, Number)
    return {"low": answer[0], "high": answer[1], "from_edge": answer[0] == kind.low, "to_edge": answer[1] == kind.high}


def _back(talk: Talk) -> Reply:
    position = talk.order.index(talk.at) if talk.at in talk.order else len(talk.order)
    if position == 0:
        return Reply(talk, ({"kind": "first"},))
    return Reply(on_screen(talk, talk.order[position - 1]), ({"kind": "again", "screen": talk.order[position - 1]},))


def _try(talk: Talk, text: str) -> Reply:
    """Return what another answer would lead to, without saving it: `try 3 = 5`."""
    _, _, rest = text.partition(" ")
    where, sign, value = rest.partition("=")
    number = where.strip()
    if not sign or not number.isdecimal() or not 1 <= int(number) <= len(talk.order):
        return Reply(talk, ({"kind": "try_help", "count": len(talk.order)},))
    laid = on_screen(talk, talk.order[int(number) - 1])
    field = laid.fields[0]
    read = read_field(talk.book, field, value)
    if read.is_wrong:
        return Reply(talk, (unclear(talk, field, read),))
    draft, _ = _drafted(replace(laid, fields=laid.fields[:1]), field, read)
    try:
        after = with_text(talk, sheet.changed(talk.text, draft))
    except Problems as fault:
        return Reply(talk, ({"kind": "refused", "problems": [{"message": p.message, "help": p.help or ""} for p in problems_of(fault)]},))
    if after.interview.broken:
        return _contradiction(talk, after, ())
    data: Data = {"kind": "tried", "number": int(number), "screen": talk.order[int(number) - 1], **shown_value(read), **stays_and_falls(talk, after)}
    return Reply(replace(after, before=talk, is_trial=True), (data,))


def _decided_change(talk: Talk, word: str) -> Reply:
    """Return the changed conversation, or the one before, as "go on" or "undo" says."""
    before = talk.before
    assert before is not None
    if word in YES:
        return Reply(replace(talk, before=None, is_trial=False), ({"kind": "kept"},))
    if word in NO:
        back = replace(before, fields=(), draft={}, at="") if not talk.is_trial else before
        return Reply(back if talk.is_trial else next_question(back), ({"kind": "undone"},))
    return Reply(talk, ({"kind": "go_or_undo", "is_trial": talk.is_trial},))


def _after_settled(talk: Talk, text: str) -> Reply:
    if text.isdecimal() and 1 <= int(text) <= len(talk.order):
        name = talk.order[int(text) - 1]
        return Reply(on_screen(talk, name), ({"kind": "again", "screen": name},))
    if talk.sharpen and not text:
        return Reply(next_sharpening(talk))
    return Reply(talk, ({"kind": "menu_help", "sharpen": bool(talk.sharpen)},))


def next_sharpening(talk: Talk) -> Talk:
    """Return the conversation with the next optional question laid out, or none where all were offered."""
    left = [name for name, _ in talk.sharpen if name not in talk.sharpened]
    if not left:
        return replace(talk, fields=(), at="", draft={}, sharpen=())
    name = left[0]
    if name in declared(talk.book):
        fields = (replace(term_field(talk.book, declared(talk.book)[name]), is_required=False),)
    else:
        columns = next(item for item in talk.book.content.registers if item.name == name).columns
        fields = (Field(name, options=tuple(column.name for column in columns), is_table=True),)
    return replace(talk, fields=fields, at="", draft={}, sharpened=(*talk.sharpened, name))


def is_screen(talk: Talk) -> bool:
    """Return whether a screen is being filled in."""
    return isinstance(talk.step, Screen) and bool(talk.fields)
