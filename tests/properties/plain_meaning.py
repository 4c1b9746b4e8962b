"""The meaning once more, straight from the declarations: fractions, no folding, no order, no ground book.

It shares the reader and the nouns of what is written with the engine, and nothing of linking or deciding.
Terms are worked out when they are asked for. Slow, plain, and only for tests.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from fourfold.expression.kinds import plain_day, plain_number
from fourfold.expression.nodes import Binary, Comparison, Contains, Day, Extreme, Interval, Literal, Word
from fourfold.span import NOWHERE
from fourfold.written import KindDecl

YES_NO = {True: "true", False: "false"}
YES = {"yes": "true", "no": "false", "true": "true", "false": "false"}


class Undecided(Exception):
    """A gap (F307) or a conflict (F308) of one ground term."""


def rounded_down(value, scale):
    return Fraction(floor(value * 10**scale), 10**scale)


def half_up(value, scale):
    return Fraction(floor(value * 10**scale + Fraction(1, 2)), 10**scale)


def settled(questions):
    """Return whether one answer is yes; a yes settles it, also where another question meets what is undecided."""
    fault = None
    for question in questions:
        try:
            if question():
                return True
        except Undecided as found:
            fault = fault or found
    if fault:
        raise fault
    return False


@dataclass
class Plain:
    """One company against the declarations; `given` holds stored facts by ground name."""

    content: object
    day: int
    currency: str
    given: dict
    known: dict = field(default_factory=dict)

    def __post_init__(self):
        content = self.content
        self.terms = {term.name: term for term in content.terms}
        self.attributes = {(item.kind_name, item.name): item for item in content.attributes}
        self.members = {}
        for entity in content.entities:
            self.members.setdefault(entity.kind, {})[entity.name] = {(name, key): figures for name, key, figures in entity.values}
        self.tables = {name.rpartition(".")[2]: table for table in content.tables for name, _ in table.concludes}
        self.formulas = {item.name.rpartition(".")[2]: item for item in content.formulas}
        self.selections = {item.name: item for item in content.selections}
        self.shares = {item.name.rpartition(".")[2]: item for item in content.shares}
        self.rates = {content.base: Fraction(1)}
        for rate in content.rates:
            if rate.period.covers(self.day):
                self.rates[rate.currency] = exact(rate.text)

    # -------------------------------------------------------- kinds and figures

    def scale(self, kind):
        return kind.scale + (2 if kind.word == "percent" else 0)

    def options(self, kind):
        if kind.word in self.members:
            return list(self.members[kind.word])
        if kind.word == "yes_no":
            return ["false", "true"]
        return list(self.members.get(kind.options_of, ())) or [name for name, _, _ in kind.options]

    def written(self, kind, text, currency=""):
        """Return a written value of a kind; an amount of money in the company's currency, rounded half up."""
        if kind.word == "date":
            return Fraction(plain_day(text).ordinal)
        if kind.word in ("number", "percent", "money"):
            value = exact(text) / (100 if kind.word == "percent" and not text.endswith("%") else 1)
            return self.converted(value, kind, currency or self.content.base) if kind.word == "money" else value
        return YES[text] if kind.word == "yes_no" else text

    def converted(self, value, kind, currency):
        return half_up(value * self.rates[currency] / self.rates[self.currency], self.scale(kind))

    def figure(self, kind, figures):
        current = [figure for figure in figures if figure.period.covers(self.day)]
        if not current:
            return None
        if kind.word == "set":
            return frozenset(current[0].texts)
        return self.written(kind, current[0].texts[0], current[0].currency)

    def attribute(self, kind, entity, name, scope):
        declared = self.attributes[(kind, name)]
        key = ""
        if declared.by:
            chooser = next((term.name for term in self.terms.values() if term.kind.word == declared.by and not term.of), None)
            key = scope.get(declared.by) or self.value(chooser)
        figures = self.members[kind][entity].get((name, key))
        found = self.figure(declared.kind, figures) if figures else None
        return self.figure(declared.kind, (declared.otherwise,)) if found is None else found

    # -------------------------------------------------------- names

    def named(self, text, scope):
        """Return the kind and value of a name; a ratio as (top, bottom, at zero)."""
        first, _, second = text.partition(".")
        if not second:
            if first in scope:
                return KindDecl(first, NOWHERE), scope[first]
            kind = KindDecl("set", NOWHERE, options_of=self.selections[first].kind) if first in self.selections else self.terms[first].kind
            return kind, self.value(first)
        if first in scope:
            kind, entity = first, scope[first]
        else:
            kind, entity = self.terms[first].kind.word, self.value(first)
        if (kind, second) in self.attributes:
            return self.attributes[(kind, second)].kind, self.attribute(kind, entity, second, scope)
        return self.terms[second].kind, self.value(second, entity)

    def value(self, name, entity=""):
        key = (name, entity)
        if key not in self.known:
            self.known[key] = self.work_out(name, entity)
        return self.known[key]

    def work_out(self, name, entity):
        if name in self.selections:
            return self.chosen(self.selections[name])
        term = self.terms[name]
        scope = {term.of: entity} if entity else {}
        if term.figures:
            return self.figure(term.kind, term.figures)
        if name in self.tables:
            return self.concluded(self.tables[name], term, entity, scope)[0]
        if name in self.formulas:
            return self.computed(self.formulas[name], term, scope)
        if name in self.shares:
            return self.shared(self.shares[name], term)[entity]
        return self.asked(term, entity, scope)

    def asked(self, term, entity, scope):
        ground = f"{term.name}[{entity}]" if entity else term.name
        if term.kind.word == "set":
            assumed = {term.assume.node.text} if term.assume else set()
            return frozenset(o for o in self.options(term.kind) if self.given.get(f"{ground}[{o}]", "true" if o in assumed else "false") == "true")
        number = term.kind.word in ("number", "money", "percent", "date")
        if ground in self.given:
            return Fraction(self.given[ground], 10 ** self.scale(term.kind)) if number else self.given[ground]
        if not number:
            word = term.assume.node.text
            return self.value(word) if word in self.terms else YES.get(word, word) if term.kind.word == "yes_no" else word
        value = rounded_down(self.formula(term.assume, term.kind, scope), self.scale(term.kind))
        low, high = self.range(term.kind)
        return min(max(value, low), high)

    def range(self, kind):
        ends = [exact(text) if kind.word != "date" else Fraction(plain_day(text).ordinal) for text in (kind.low, kind.high)]
        if kind.word == "percent":
            ends = [end / 100 for end in ends]
        if kind.word == "money" and self.currency != self.content.base:
            low, high = (end / self.rates[self.currency] * 10**kind.scale for end in ends)
            ends = [Fraction(floor(low), 10**kind.scale), Fraction(-floor(-high), 10**kind.scale)]
        return ends

    # -------------------------------------------------------- formulas

    def is_amount(self, node, scope):
        """Return whether an expression is an amount of money; None for plain digits, which may be one."""
        match node:
            case Literal():
                return False if node.percent else None
            case Word():
                return self.named(node.text, scope)[0].word == "money"
            case Extreme():
                found = [self.is_amount(part, scope) for part in node.parts]
            case Binary():
                found = [self.is_amount(node.left, scope), self.is_amount(node.right, scope)]
                if node.operator == "*":
                    return found.count(True) == 1 or (None if found != [False, False] else False)
                if node.operator == "/":
                    return {(True, True): False, (None, True): False, (False, True): None}.get(tuple(found), found[0])
        return True if True in found else None if set(found) == {None} else False

    def expression(self, node, scope, amount=None):
        """Return a value; with `amount`, plain digits are money of the base currency."""
        match node:
            case Literal():
                value = Fraction(node.top, 10**node.places) / (100 if node.percent else 1)
                return self.converted(value, KindDecl("money", NOWHERE, scale=max(2, node.places)), self.content.base) if amount and not node.percent else value
            case Word():
                return self.named(node.text, scope)[1]
            case Extreme():
                amount = amount or bool(self.is_amount(node, scope))
                return (max if node.name == "max" else min)(self.expression(part, scope, amount) for part in node.parts)
            case Binary():
                first, second = self.digits_are_amounts(node, scope, amount)
                left, right = self.expression(node.left, scope, first), self.expression(node.right, scope, second)
                return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[node.operator](right)

    def digits_are_amounts(self, node, scope, amount):
        left, right = self.is_amount(node.left, scope), self.is_amount(node.right, scope)
        if node.operator in "+-":
            return (amount or left or right,) * 2
        if node.operator == "/":
            return (left is None, True) if right else (amount, False)
        if left or right:
            return left, right
        return amount and left is None, amount and left is not None and right is None

    def formula(self, written, kind, scope):
        return self.expression(written.node, scope, kind.word == "money")

    def computed(self, formula, term, scope):
        scale = self.scale(term.kind)
        if formula.form == "ratio":
            amounts = [self.is_amount(part.node, scope) for part in formula.expressions]
            top, bottom = (self.expression(part.node, scope, amount or (amount is None and True in amounts)) for part, amount in zip(formula.expressions, amounts, strict=True))
            return top, bottom, self.expression(formula.at_none.node, {}) if formula.at_none else None
        if formula.form == "is":
            return rounded_down(self.formula(formula.expressions[0], term.kind, scope), scale)
        kind = self.selections[formula.over].kind if formula.over in self.selections else formula.over
        allowed = self.value(formula.over) if formula.over in self.selections else list(self.members[kind])
        inner = [{**scope, kind: entity} for entity in self.members[kind] if entity in allowed]
        inner = [one for one in inner if self.all_hold(formula.where, one)]
        if formula.form == "count":
            return rounded_down(Fraction(len(inner)), scale)
        parts = [self.formula(formula.expressions[0], term.kind, one) for one in inner]
        if formula.form == "sum":
            return rounded_down(sum(parts, Fraction(0)), scale)
        if not parts:
            return rounded_down(self.formula(formula.at_none, term.kind, {}), scale)
        return rounded_down((min if formula.form == "lowest" else max)(parts), scale)

    # -------------------------------------------------------- tables

    def all_hold(self, cells, scope):
        """Return whether all cells hold; a false one settles it, also where another reads what is undecided."""
        return not settled((lambda cell=cell: not self.holds(cell, scope)) for cell in cells)

    def holds(self, cell, scope):
        if not cell.node.tests:
            return True
        kind, value = self.named(cell.column, scope)
        passed = settled((lambda test=test: self.passes(kind, value, test, scope)) for test in cell.node.tests)
        return passed != cell.node.negated

    def passes(self, kind, value, test, scope):
        if isinstance(test, Contains):
            word = test.operand.text
            return (word if word in self.options(kind) else self.named(word, scope)[1]) in value
        if isinstance(value, tuple):
            top, bottom, zero = value
            value = zero if bottom == 0 and zero is not None else top / bottom
        if isinstance(test, Interval):
            low, high = self.end(kind, test.low), self.end(kind, test.high)
            return (low < value if test.low_open else low <= value) and (value < high if test.high_open else value <= high)
        assert isinstance(test, Comparison)
        operand = self.operand(kind, test.operand, scope)
        return {"=": value == operand, "<": test.operator == "<" and value < operand, "<=": test.operator == "<=" and value <= operand,
                ">": test.operator == ">" and value > operand, ">=": test.operator == ">=" and value >= operand}[test.operator]  # fmt: skip

    def end(self, kind, literal):
        if isinstance(literal, Day):
            return Fraction(literal.ordinal)
        value = Fraction(literal.top, 10**literal.places)
        if kind.word == "money":
            return self.converted(value, kind, self.content.base)
        return value / 100 if literal.percent or kind.word == "percent" else value

    def operand(self, kind, operand, scope):
        if not isinstance(operand, Word):
            return self.end(kind, operand)
        if kind.word in ("number", "money", "percent", "date"):
            return self.named(operand.text, scope)[1]
        word = YES.get(operand.text, operand.text) if kind.word == "yes_no" else operand.text
        return word if word in self.options(kind) else self.named(operand.text, scope)[1]

    def concluded(self, table, term, entity, scope):
        """Return the value of a table and the rules that speak."""
        rules = [rule for rule in table.rules if rule.period.covers(self.day)]
        hit = [rule for rule in rules if not rule.is_otherwise and self.all_hold(rule.cells, scope)]
        said = {rule.id: self.then(rule.then[0][1], term.kind) for rule in rules}
        if table.policy == "sum":
            return sum((said[rule.id] for rule in hit), Fraction(0)), hit
        if table.policy == "all":
            return frozenset(said[rule.id] for rule in hit), hit
        beaten = {name for rule in hit for name, _ in rule.overrides}
        speaking = [rule for rule in hit if rule.id not in beaten] if hit else [rule for rule in rules if rule.is_otherwise]
        results = {said[rule.id] for rule in speaking}
        if len(results) != 1:
            raise Undecided("F308" if results else "F307", f"{term.name}[{entity}]" if entity else term.name)
        return results.pop(), speaking

    def then(self, text, kind):
        if text in self.terms and self.terms[text].figures:
            return rounded_down(self.value(text), self.scale(kind))
        return self.written(kind, text)

    # -------------------------------------------------------- selections and shares

    def chosen(self, select):
        walk = []
        for place, entity in enumerate(self.members[select.kind]):
            scope = {select.kind: entity}
            if self.all_hold(select.where, scope):
                keys = [(-1 if down else 1) * self.key(written, scope) for written, down in select.order]
                walk.append((keys, place, entity))
        left = [self.expression(have.node, {}) for have, _ in select.within]
        least = floor(self.expression(select.at_least.node, {})) if select.at_least else 0
        most = floor(self.expression(select.at_most.node, {})) if select.at_most else len(walk)
        taken = []
        for _, _, entity in sorted(walk):
            needs = [self.expression(need.node, {select.kind: entity}) for _, need in select.within]
            fits = all(need <= have for need, have in zip(needs, left, strict=True))
            if len(taken) < most and (fits or len(taken) < least):
                taken.append(entity)
                left = [have - need for have, need in zip(left, needs, strict=True)]
        return taken

    def key(self, written, scope):
        if isinstance(written.node, Word):
            kind, value = self.named(written.node.text, scope)
            if isinstance(value, str):
                return Fraction(self.options(kind).index(value))
        return self.expression(written.node, scope)

    def shared(self, share, term):
        taken, unit = self.value(share.over), 10 ** self.scale(term.kind)
        amount = max(0, floor(self.formula(share.amount, term.kind, {}) * unit))
        kind = self.selections[share.over].kind
        weights = {entity: max(Fraction(0), rounded_down(self.expression(share.by.node, {kind: entity}), 6)) for entity in taken}
        whole = sum(weights.values())
        ideal = {entity: amount * (weight / whole if whole else Fraction(1, len(taken))) for entity, weight in weights.items()}
        parts = {entity: floor(value) for entity, value in ideal.items()}
        short = amount - sum(parts.values()) if taken else 0
        for entity in sorted(taken, key=lambda name: (floor(ideal[name]) - ideal[name], taken.index(name)))[:short]:
            parts[entity] += 1
        return {entity: Fraction(parts.get(entity, 0), unit) for entity in self.members[kind]}


def exact(text):
    literal = plain_number(text)
    return Fraction(literal.top, 10**literal.places) / (100 if literal.percent else 1)


def differences(book, facts, result):
    """Return where the outcome of the referee (see agreement.outcome) is not what the declarations say."""
    plain = Plain(book.content, book.as_of, book.currency, {name: fact.value for name, fact in facts.known.items()})
    if not isinstance(result[0], dict):
        return unlike_problem(plain, *result[0][:2])
    values, hits = result
    bad = [(name, value) for name, value in values.items() if not same(book, name, value, plain_value(plain, book, name))]
    spoken = {}
    for hit in hits:
        spoken.setdefault(hit.term, set()).add(hit.rule)
    for name, table in plain.tables.items():
        term = plain.terms[name]
        for entity in plain.members[term.of] if term.of else ("",):
            ground, scope = (f"{name}[{entity}]", {term.of: entity}) if entity else (name, {})
            mine = {rule.id for rule in plain.concluded(table, term, entity, scope)[1]}
            if mine != spoken.get(ground, set()):
                bad.append((ground, spoken.get(ground), mine))
    return bad


def unlike_problem(plain, code, message):
    """Return nothing where the declarations meet the same gap or conflict at the same term."""
    ground = re.search(r"(?:decides|about) `([^`]+)`$", message).group(1)
    name, _, entity = ground.removesuffix("]").partition("[")
    try:
        plain.value(name, entity)
    except Undecided as fault:
        return [] if fault.args == (code, ground) else [(ground, code, fault.args)]
    return [(ground, code, "decided")]


def plain_value(plain, book, ground):
    """Return what the declarations say about a ground term such as `fit[way0]` or `trades[trade1]`."""
    source = book.terms[ground].source
    inner = re.findall(r"\[([^\]]*)\]", ground)
    if source in ("as_of", "currency"):
        return plain.given[source]
    if source in plain.selections:
        taken = plain.value(source)
        return YES_NO[inner[0] in taken] if inner else tuple(taken)
    declared = plain.terms[source]
    if source in plain.shares and not inner:
        return sum(plain.value(source, entity) for entity in plain.members[declared.of])
    entity = inner.pop(0) if declared.of else ""
    value = plain.value(source, entity)
    return YES_NO[inner[0] in value] if inner else value


def same(book, ground, stored, plain):
    kind = book.terms[ground].kind
    if isinstance(plain, Fraction) or (isinstance(plain, int) and not isinstance(stored, tuple)):
        return stored == plain * 10 ** getattr(kind, "scale", 0)
    if isinstance(plain, tuple) and len(plain) == 3 and isinstance(plain[0], Fraction):
        top, bottom, _ = plain
        return stored[0] * bottom == stored[1] * top and (stored[1] == 0) == (bottom == 0)
    if isinstance(plain, frozenset):
        return frozenset(stored) == plain
    return stored == plain
