"""What a row of the coverage table names, taken away: from the linked book, from the facts, from the plan's lines, from its text.

Nothing is linked anew: a rule is a row of the ground book, an entity or attribute a value of it, a question
an answer that is not given, a method a line whose numbers are gone, a block a part of the text that is not there.
"""

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from unittest.mock import patch

from fourfold.cases.planned import compared_plan, speaker_of, text_of, unsaid
from fourfold.cases.reading import Case
from fourfold.cases.running import failures
from fourfold.decide import decide
from fourfold.door import enter
from fourfold.line import Line
from fourfold.model import Given, RuleBook, Table
from fourfold.planning.view import View
from fourfold.planning.whole import whole_plan
from fourfold.problem import Problems
from fourfold.reading.document import Mapping
from fourfold.report import environment

# headings of the plan, in English and Chinese
BLOCKS = {
    "1. The decision on a page": ("1. The decision on a page", "1. 一页看懂"),
    "2. Objective and resources": ("2. Objective and resources", "2. 目标与资源"),
    "3. The one action": ("3. The one action", "3. 首要动作"),
    "4.3 Hand-overs": ("4.3 Hand-overs", "4.3 交接"),
    "4. The matrix": ("4. The matrix", "4. 矩阵"),
    "6. Division of labour": ("6. Division of labour", "6. 分工"),
    "7. Trial protocol": ("7. Trial protocol", "7. 测试协议"),
    "8. Review": ("8. Review", "8. 复盘"),
    "9. Reasons": ("9. Reasons", "9. 依据"),
    "How far the work has come": ("How far the work has come", "走到哪一步了"),
    "Resources": ("Resources", "资源"),
    "This week": ("This week", "本周"),
    "Weakest numbers": ("Weakest numbers", "最薄弱的数据"),
}


@dataclass(frozen=True)
class Run:
    """A case with the book it is decided by and its profile."""

    case: Case
    book: RuleBook
    profile: object


def without_rule(book, rule):
    """Return a book that a rule is not in."""
    nodes = tuple(replace(node, rows=tuple(row for row in node.rows if row.rule != rule)) if isinstance(node, Table) else node for node in book.nodes)
    return replace(book, nodes=nodes)


def without_values(book, is_gone, gone=()):
    """Return a book that lacks some figures and texts, and some entities also where they are members."""
    values = {name: _thinned(value, set(gone)) for name, value in book.values.items() if not is_gone(name)}
    return replace(book, values=MappingProxyType(values))


def _thinned(value, gone):
    plain = value.value
    if not isinstance(plain, tuple) or not gone & set(plain):
        return value
    return replace(value, value=tuple(item for item in plain if item not in gone))


def without_entity(book, name):
    """Return a book that does not know an entity, written `kind.name`."""
    kind, _, entity = name.partition(".")
    entities = {**book.entities, kind: tuple(item for item in book.entities[kind] if item != entity)}
    fits = re.compile(rf"{kind}\.\w+\[{entity}(, \w+)?\]")
    return replace(without_values(book, fits.fullmatch, (entity,)), entities=entities)


def without_kind(book, kind):
    """Return a book in which no entity is of a kind."""
    return replace(without_values(book, lambda name: name.startswith(f"{kind}."), book.entities[kind]), entities={**book.entities, kind: ()})


def without_attribute(book, name):
    """Return a book in which nobody has an attribute, written `kind.attribute`."""
    return without_values(book, lambda value: value.startswith(f"{name}["))


def without_constant(book, name):
    """Return a book in which a constant is 0."""
    return replace(book, values=MappingProxyType({**book.values, name: replace(book.values[name], value=0)}))


def without_answer(profile, term):
    """Return a profile that says nothing of a term or register."""
    return replace(profile, document=_pruned(profile.document, term))


def _pruned(node, term):
    if not isinstance(node, Mapping):
        return node
    return Mapping(tuple((key, _pruned(value, term)) for key, value in node.entries if key.text != term), node.span)


def muted(value):
    """Return a value of the same form that says nothing: 0, no text, no members but those of a dictionary."""
    if isinstance(value, dict):
        return {key: muted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return []
    if isinstance(value, bool | str) or value is None:
        return False if isinstance(value, bool) else value and ""
    return type(value)(0)


def without_method(method):
    """Return a patch under which a plan gets nothing from a method."""
    keep = View.keep

    def silent(self, name, found):
        return keep(self, name, Line(muted(found.value), found.method, found.inputs) if found.method == method else found)

    return patch.object(View, "keep", silent)


def is_concluded(book, term):
    """Return whether a term is concluded and not asked."""
    return any(node.term.partition("[")[0] == term and not isinstance(node, Given) for node in book.nodes)


def emptied(decision, term):
    """Return a decision in which a concluded term says nothing."""
    values = {name: _empty(value) if name.partition("[")[0] == term else value for name, value in decision.values.items()}
    return replace(decision, values=values)


def _empty(value):
    if isinstance(value, tuple):
        return ()
    return 0 if isinstance(value, int) else "false" if value == "true" else "none"


def fails(run, root, *, book=None, profile=None, cut=None, term=""):
    """Return whether a case fails with another book or profile, with its text cut, or without a conclusion."""
    ground, written = book or run.book, profile or run.profile
    try:
        facts = enter(ground, written)
        decision = emptied(decide(ground, facts), term) if term else decide(ground, facts)
        if failures(ground, decision, run.case):
            return True
        if not run.case.plan and not run.case.says:
            return False
        plan = whole_plan(ground, facts, decision, {}, settled=True)
        if compared_plan(run.case, plan):
            return True
        return any(_is_unsaid(run, root, ground, plan, language, value, cut) for language, value in run.case.says)
    except (Problems, AssertionError, KeyError, ValueError, ZeroDivisionError, IndexError):
        return True


def _is_unsaid(run, root, ground, plan, language, value, cut):
    speaker = speaker_of(run.book, language.text)
    with patch.object(speaker, "book", ground), without_part(environment(root, speaker), cut.part if cut else ""):
        text = text_of(root, speaker, plan)
    return bool(unsaid(run.case, cut.cut(text, language.text) if cut else text, value))


def is_needed(run, root, what, name):
    """Return whether a case fails when what a row of the table names, such as `rule` `focus-proven`, is taken away."""
    match what:
        case "rule":
            return fails(run, root, book=without_rule(run.book, name))
        case "entity":
            return fails(run, root, book=without_entity(run.book, name))
        case "kind":
            return fails(run, root, book=without_kind(run.book, name))
        case "attribute":
            return fails(run, root, book=without_attribute(run.book, name))
        case "constant":
            return fails(run, root, book=without_constant(run.book, name))
        case "term" if is_concluded(run.book, name):
            return fails(run, root, term=name)
        case "term":
            return fails(run, root, profile=without_answer(run.profile, name))
        case "method":
            with without_method(name):
                return fails(run, root)
        case "part":
            return fails(run, root, cut=Cut(part=name))
        case "block":
            return fails(run, root, cut=Cut(heading=BLOCKS[name]))
    raise ValueError(what)


def without_part(env, part):
    """Return a patch under which templates find nothing in a part."""
    known, empty = env.get_template, env.from_string("")

    def found(name, *more, **named):
        return empty if part and str(name).startswith(f"parts/{part}.") else known(name, *more, **named)

    return patch.object(env, "get_template", found)


@dataclass(frozen=True)
class Cut:
    """A block that is taken out: a part of the templates, or what stands under a heading."""

    part: str = ""
    heading: tuple[str, str] = ("", "")

    def cut(self, text, language):
        """Return a text without what stands under the heading, down to the next of the same or a higher level."""
        title = self.heading[language == "zh"]
        if not title:
            return text
        kept, level = [], 0
        for line in text.split("\n"):
            depth = len(line) - len(line.lstrip("#")) if line.startswith("#") else 0
            if depth and level and depth <= level:
                level = 0
            if depth and line.lstrip("# ").startswith(title):
                level = depth
            if not level:
                kept.append(line)
        return "\n".join(kept)
