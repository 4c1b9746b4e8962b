"""Random small rule books, as the texts of a workspace, and random facts on and beside their boundaries.

Everything is drawn from one `random.Random`, so that a seed names a book, and Hypothesis may draw too.
A book is built from the bottom up: what is declared later reads only what was declared before, and
then all declarations are shuffled, so that the order in the files means nothing.
"""

import json
from dataclasses import dataclass, field
from random import Random

from fourfold.expression.kinds import Choice, Number
from fourfold.expression.show import decimal_text
from fourfold.model import Compare, Const, Every, Fact, Facts, Given, Opposite, Ref, RuleBook, Some, Table

AS_OF = 739_950  # 2026-11-30
DAYS = ("2026-11-29", "2026-11-30", "2026-12-01")
LETTERS = ("red", "green", "blue", "grey")


@dataclass(frozen=True)
class Column:
    """A name that cells and formulas may use, and within which loop."""

    name: str
    sort: str
    loop: str = ""
    scale: int = 0
    low: int = 0
    high: int = 0
    options: tuple[str, ...] = ()
    is_plan: bool = False
    is_given: bool = False


@dataclass
class Draft:
    """A book in the making."""

    rng: Random
    columns: list[Column] = field(default_factory=list)
    terms: dict[str, object] = field(default_factory=dict)
    constants: dict[str, object] = field(default_factory=dict)
    rules: list[dict[str, object]] = field(default_factory=list)
    selections: list[str] = field(default_factory=list)
    entities: dict[str, list[str]] = field(default_factory=dict)
    count: int = 0

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def chance(self, of: float) -> bool:
        return self.rng.random() < of

    def usable(self, loop: str, *sorts: str) -> list[Column]:
        return [c for c in self.columns if c.loop in ("", loop) and (not sorts or c.sort in sorts)]


NUMERIC = ("number", "money", "percent", "date")


def random_texts(rng: Random) -> dict[str, str]:
    """Return the files of a random workspace."""
    draft = Draft(rng)
    knowledge = _knowledge(draft)
    _asked(draft)
    makers = (_table, _table, _table, _sum_table, _set_table, _formula, _formula, _aggregate, _aggregate, _ratio, _select, _share)
    for _ in range(rng.randint(4, 11)):
        rng.choice(makers)(draft)
    rng.shuffle(draft.rules)
    names = list(draft.terms)
    rng.shuffle(names)
    knowledge["terms"] = {name: draft.terms[name] for name in names}
    knowledge["constants"] = draft.constants
    half = len(draft.rules) // 2
    return {
        "knowledge/k.yaml": json.dumps(knowledge, indent=1),
        "rules/a.yaml": json.dumps(draft.rules[:half], indent=1),
        "rules/b.yaml": json.dumps(draft.rules[half:], indent=1),
    }


def figure(value: object, **more: object) -> dict[str, object]:
    """Return a written figure that needs no source."""
    return {"value": value, "estimate": True, "because": "drawn", "date": "2026", "confidence": "low", **more}


def _knowledge(draft: Draft) -> dict[str, object]:
    rng = draft.rng
    draft.entities = {"trade": [f"trade{i}" for i in range(rng.randint(2, 3))], "way": [f"way{i}" for i in range(rng.randint(2, 4))]}
    trades, ways = draft.entities["trade"], draft.entities["way"]
    kinds = {
        "trade": {"weight": {"kind": "number", "scale": 1}, "tone": {"kind": "choice", "options": list(LETTERS)}},
        "way": {
            "cost": {"kind": "money", "scale": rng.choice([0, 2])},
            "speed": {"kind": "number", "scale": 1, "by": "trade", "otherwise": figure("0.5")},
            "level": {"kind": "number"},
            "tone": {"kind": "choice", "options": list(LETTERS)},
            "serves": {"kind": "set", "options": "trade"},
            "quick": {"kind": "yes_no", "otherwise": "no"},
        },
    }
    scale = kinds["way"]["cost"]["scale"]
    entities = {
        "trade": {name: {"weight": figure(decimal_text(rng.randint(-30, 30), 1)), "tone": rng.choice(LETTERS)} for name in trades},
        "way": {name: _way(rng, trades, scale) for name in ways},
    }
    rates = {
        "base": "CNY",
        "USD": [
            {"value": "6.5", "until": "2026-11-29", "source": "x", "date": "2026", "confidence": "high"},
            {"value": "7.1234", "from": "2026-11-30", "source": "x", "date": "2026", "confidence": "high"},
        ],
    }
    draft.columns += [
        Column("trade.weight", "number", "trade", 1, -30, 30),
        Column("trade.tone", "choice", "trade", options=LETTERS),
        Column("way.cost", "money", "way", scale, 0, 300),
        Column("way.speed", "number", "way", 1, -20, 40),
        Column("way.level", "number", "way", 0, 0, 4),
        Column("way.tone", "choice", "way", options=LETTERS),
        Column("way.serves", "set", "way", options=tuple(trades)),
        Column("way.quick", "yes_no", "way", options=("false", "true")),
        Column("trade_here.weight", "number", "", 1, -30, 30),
        Column("trade_here.tone", "choice", "", options=LETTERS),
    ]
    for currency in ("", "USD"):
        name, places = draft.fresh("fixed"), rng.choice([0, 2])
        more = {"currency": currency} if currency else {}
        figures = [figure(decimal_text(rng.randint(-400, 900), places), until="2026-11-29", **more), figure(decimal_text(rng.randint(0, 900), places), **{"from": "2026-11-30"}, **more)]
        draft.constants[name] = {"kind": "money", "scale": places, "values": figures}
        draft.columns.append(Column(name, "money", "", places, 0, 900))
    return {"kinds": kinds, "entities": entities, "rates": rates}


def _way(rng: Random, trades: list[str], scale: int) -> dict[str, object]:
    more = {"currency": "USD"} if rng.random() < 0.4 else {}
    way: dict[str, object] = {
        "cost": figure(decimal_text(rng.randint(0, 300), scale), **more),
        "speed": {trade: figure(decimal_text(rng.randint(-20, 40), 1)) for trade in trades if rng.random() < 0.7},
        "level": figure(str(rng.randint(0, 4))),
        "tone": rng.choice(LETTERS),
        "serves": [trade for trade in trades if rng.random() < 0.5],
    }
    if rng.random() < 0.5:
        way["quick"] = rng.choice(["yes", "no"])
    return way


# ---------------------------------------------------------------- asked terms


def _asked(draft: Draft) -> None:
    rng = draft.rng
    trades = tuple(draft.entities["trade"])
    _ask(draft, Column("trade_here", "entity", options=trades), {"kind": "trade"})
    for _ in range(rng.randint(2, 4)):
        low = rng.choice([0, 0, 1, -40])
        _ask_number(draft, rng.choice(["number", "number", "money", "percent"]), "", low, low + rng.randint(3, 120), rng.randint(0, 2))
    _ask(draft, Column(draft.fresh("day"), "date", low=AS_OF - 2, high=AS_OF + 3), {"kind": "date", "range": ["2026-11-28", "2026-12-03"]})
    for _ in range(2):
        _ask(draft, Column(draft.fresh("tone"), "choice", options=LETTERS), {"kind": "choice", "options": list(LETTERS)})
    _ask(draft, Column(draft.fresh("flag"), "yes_no", options=("false", "true")), {"kind": "yes_no"})
    _ask(draft, Column(draft.fresh("trades"), "set", options=trades), {"kind": "set", "options": "trade"})
    _ask_number(draft, "number", "way", 0, rng.randint(2, 30), rng.randint(0, 1))
    _ask(draft, Column(draft.fresh("mark"), "choice", "way", options=LETTERS), {"kind": "choice", "options": list(LETTERS), "of": "way"})


def _ask_number(draft: Draft, sort: str, of: str, low: int, high: int, scale: int) -> None:
    stored = scale + 2 if sort == "percent" else scale
    if sort == "percent":
        low, high = low * 100, high * 100
    body = {"kind": sort, "range": [decimal_text(low, scale), decimal_text(high, scale)], "scale": scale}
    _ask(draft, Column(draft.fresh("amount"), sort, of, stored, low, high), body | ({"of": of} if of else {}))


def _ask(draft: Draft, column: Column, body: dict[str, object]) -> None:
    rng = draft.rng
    body["ask"] = "?"
    assume = _assumption(draft, column)
    if assume is None or draft.chance(0.3):
        body["required"] = True
    else:
        body["assume"] = assume
    draft.terms[column.name] = body
    shown = column.name if not column.loop else f"{column.loop}.{column.name}"
    draft.columns.append(Column(shown, column.sort, column.loop, column.scale, column.low, column.high, column.options, is_given=True))
    if column.sort == "set" and rng.random() < 0.3:
        body.pop("required", None)
        body["assume"] = "none"


def _assumption(draft: Draft, column: Column) -> str | None:
    rng = draft.rng
    if column.sort in ("choice", "yes_no", "entity"):
        same = [c.name for c in draft.usable(column.loop) if c.sort == column.sort == "choice" and c.is_given]
        return rng.choice(same) if same and draft.chance(0.3) else rng.choice(column.options)
    if column.sort == "set":
        return rng.choice((*column.options, "none"))
    if column.sort == "date":
        return None
    if draft.chance(0.4):
        return expression(draft, column.loop, 1, core=True, money=column.sort == "money")
    return _written(column.sort, rng.randint(column.low, column.high), column.scale)


# ---------------------------------------------------------------- cells


def _written(sort: str, value: int, scale: int) -> str:
    if sort == "date":
        return DAYS[max(0, min(2, value - AS_OF + 1))]
    if sort == "percent":
        return decimal_text(value, scale - 2) + "%"
    return decimal_text(value, scale)


def cell(draft: Draft, column: Column) -> str:
    """Return a test of a column as text."""
    rng = draft.rng
    if draft.chance(0.04):
        return "-"
    if column.sort == "ratio":
        top = decimal_text(rng.randint(0, 30), 1)
        return rng.choice([f">= {top}", f"< {top}", f"[{top}..{decimal_text(rng.randint(31, 60), 1)})"])
    if column.sort == "set":
        text = f"contains {rng.choice((*column.options, 'trade_here'))}"
    elif column.sort in NUMERIC:
        text = ", ".join(_number_test(draft, column) for _ in range(rng.choice([1, 1, 1, 2, 3])))
    else:
        others = [c.name for c in draft.usable(column.loop) if c.sort == column.sort == "choice" and c.name != column.name]
        pool = (*column.options, *others[:1])
        text = ", ".join(rng.sample(pool, rng.randint(1, max(1, len(pool) - 2))))
    return f"not({text})" if draft.chance(0.2) else text


def _number_test(draft: Draft, column: Column) -> str:
    rng = draft.rng
    kind = rng.random()
    value = rng.randint(column.low - 1, column.high + 1)
    sign = rng.choice(["<", "<=", ">", ">="])
    if kind < 0.15 and column.sort != "date":
        sorts = ("money",) if column.sort == "money" else ("number", "percent")
        other = [c.name for c in draft.usable(column.loop, *sorts) if c.name != column.name]
        return f"{sign} {rng.choice(other)}" if other else f"{sign} 3"
    if kind < 0.3 and column.high > column.low:
        first = rng.randint(column.low, column.high)
        ends = _written(column.sort, first, column.scale), _written(column.sort, rng.randint(first, column.high + 1), column.scale)
        return f"{rng.choice('[(')}{ends[0]}..{ends[1]}{rng.choice('])')}"
    written = _written(column.sort, value, column.scale)
    return written if kind < 0.4 else f"{sign} {written}"


def cells(draft: Draft, loop: str, most: int, *, core: bool = False) -> dict[str, str]:
    """Return the cells of a row over what a loop may see."""
    rng = draft.rng
    pool = [c for c in draft.usable(loop) if not (core and c.is_plan)]
    mine = [c for c in pool if c.loop == loop] if loop else pool
    picked = {rng.choice(mine) if draft.chance(0.6) else rng.choice(pool) for _ in range(rng.randint(1, most))}
    return {column.name: cell(draft, column) for column in sorted(picked, key=lambda c: c.name)}


# ---------------------------------------------------------------- concluded terms


def _conclude(draft: Draft, stem: str, loop: str, body: dict[str, object], column: dict[str, object]) -> tuple[str, str]:
    name = draft.fresh(stem)
    draft.terms[name] = body | ({"of": loop} if loop else {})
    shown = f"{loop}.{name}" if loop else name
    draft.columns.append(Column(shown, loop=loop, **column))  # type: ignore[arg-type]
    return name, shown


def _periods(draft: Draft) -> dict[str, str]:
    if not draft.chance(0.12):
        return {}
    day = draft.rng.choice(DAYS)
    return {draft.rng.choice(["from", "until"]): day}


def _rows(draft: Draft, loop: str, values: list[str], most: int) -> list[dict[str, object]]:
    rng = draft.rng
    return [
        {"id": f"rule-{draft.fresh('r')}", "when": cells(draft, loop, rng.choice([1, 1, 2, 3])), "then": rng.choice(values), "because": "drawn", **_periods(draft)} for _ in range(rng.randint(1, most))
    ]


def _table(draft: Draft) -> None:
    rng = draft.rng
    loop = rng.choice(["", "", "way", "trade"])
    sort = rng.choice(["choice", "yes_no", "number", "money"])
    scale = rng.choice([0, 0, 2])
    options = {"choice": list(LETTERS), "yes_no": ["false", "true"]}.get(sort, [decimal_text(rng.randint(-9, 40), scale) for _ in range(3)])
    rows = _rows(draft, loop, options, 5)
    if draft.chance(0.7):
        for place, row in enumerate(rows):
            row["overrides"] = [other["id"] for other in rows[place + 1 :]]
    else:
        for place, row in enumerate(rows):
            weaker = [other["id"] for other in rows[place + 1 :] if draft.chance(0.4)]
            if weaker:
                row["overrides"] = weaker
    if draft.chance(0.85):
        rows.append({"id": f"rule-{draft.fresh('r')}", "otherwise": rng.choice(options), "because": "drawn"})
    rng.shuffle(rows)
    body: dict[str, object] = {"kind": sort}
    if sort == "choice":
        body["options"] = list(LETTERS)
    if sort in NUMERIC:
        body["scale"] = scale
    shape = {"sort": sort, "scale": scale if sort in NUMERIC else 0, "low": -9, "high": 40, "options": tuple(options) if sort not in NUMERIC else ()}
    name, shown = _conclude(draft, "verdict", loop, body, shape)
    draft.rules.append({"table": f"table_{name}", **({"for each": loop} if loop else {}), "concludes": shown, "rules": rows})


def _sum_table(draft: Draft) -> None:
    loop = draft.rng.choice(["", "way"])
    rows = _rows(draft, loop, ["-3", "1", "2", "5"], 5)
    name, shown = _conclude(draft, "score", loop, {"kind": "number"}, {"sort": "number", "low": -6, "high": 12})
    draft.rules.append({"table": f"table_{name}", **({"for each": loop} if loop else {}), "concludes": shown, "hit policy": "sum", "rules": rows})


def _set_table(draft: Draft) -> None:
    trades = draft.entities["trade"]
    rows = _rows(draft, "", trades, 4)
    name, shown = _conclude(draft, "group", "", {"kind": "set", "options": "trade"}, {"sort": "set", "options": tuple(trades)})
    draft.rules.append({"table": f"table_{name}", "concludes": shown, "hit policy": "all", "rules": rows})


def expression(draft: Draft, loop: str, depth: int, *, core: bool, money: bool = False) -> str:
    """Return a formula over what a loop may see, small enough for the bounds; an amount of money, or another number."""
    rng = draft.rng
    mine, factors = (("money",), ("number", "percent")) if money else (("number", "percent"), ("number", "percent"))
    names = [c.name for c in draft.usable(loop, *mine) if not (core and c.is_plan)]
    if depth == 0 or draft.chance(0.2):
        return rng.choice(names) if names and draft.chance(0.75) else rng.choice(["2", "0.5", "12.75", "7", "3.125" if money else "30%"])
    left = expression(draft, loop, depth - 1, core=core, money=money)
    kind = rng.random()
    if kind < 0.25:
        return f"({left}) * {rng.choice(['2', '0.5', '1.5', '25%'])}"
    if kind < 0.4:
        return f"({left}) / {rng.choice(['2', '3', '0.7', '4'])}"
    right = expression(draft, loop, depth - 1, core=core, money=money)
    if kind < 0.55:
        return f"{rng.choice(['max', 'min'])}({left}, {right}, {rng.choice(['1', '2.5'])})"
    factors = [c.name for c in draft.usable(loop, *factors) if not (core and c.is_plan)]
    if kind < 0.62 and factors and not core:
        return f"({left}) * ({rng.choice(factors)})"
    return f"{left} {rng.choice('+-')} ({right})"


def _formula(draft: Draft) -> None:
    rng = draft.rng
    loop = rng.choice(["", "", "way", "trade"])
    core = draft.chance(0.6)
    sort, scale = rng.choice(["number", "money", "percent"]), rng.choice([0, 1, 2])
    by = rng.choice(draft.usable(loop, *(("number",) if sort == "money" else ("number", "money"))))
    divided = not core and draft.chance(0.5)
    money = sort == "money" or (divided and by.sort == "money")
    text = f"max(-900, min(900, {expression(draft, loop, rng.randint(1, 3), core=core, money=money)}))"
    if divided:
        text = f"({text}) / max(1, {by.name})"
    shape = {"sort": sort, "scale": scale + 2 * (sort == "percent"), "low": -900, "high": 900, "is_plan": not core}
    _name, shown = _conclude(draft, "result", loop, {"kind": sort, "scale": scale}, shape)
    draft.rules.append({"formula": shown, **({"for each": loop} if loop else {}), "is": text})


def _aggregate(draft: Draft) -> None:
    rng = draft.rng
    over = rng.choice(["way", "way", "trade", *draft.selections])
    inside = "way" if over in draft.selections else over
    form = rng.choice(["sum", "count", "lowest", "highest"])
    where = {"where": cells(draft, inside, 2)} if draft.chance(0.8) else {}
    scale = rng.choice([0, 0, 1])
    sort = "number" if form == "count" else rng.choice(["number", "money"])
    inner = f"max(-900, min(900, {expression(draft, inside, rng.randint(0, 2), core=True, money=sort == 'money')}))"
    _name, shown = _conclude(draft, "whole", "", {"kind": sort, "scale": scale}, {"sort": sort, "scale": scale, "low": -20, "high": 400})
    body: dict[str, object] = {"formula": shown, **where}
    if form == "count":
        body["count"] = over
    else:
        body |= {form: inner, "over": over}
        if form != "sum":
            body["at none"] = rng.choice(["0", "-1.5", "7"])
    draft.rules.append(body)


def _ratio(draft: Draft) -> None:
    rng = draft.rng
    loop = rng.choice(["", "", "way"])
    below = rng.choice(draft.usable(loop, "number", "money"))
    bottom = f"max({rng.choice(['0', '0', '1'])}, min(500, {below.name}))"
    top = expression(draft, loop, 1, core=True, money=below.sort == "money")
    _name, shown = _conclude(draft, "share", loop, {"kind": "ratio"}, {"sort": "ratio"})
    body = {"formula": shown, **({"for each": loop} if loop else {}), "ratio": [top, bottom]}
    if bottom.startswith("max(0") or draft.chance(0.3):
        body["at zero"] = rng.choice(["0", "1", "2.5"])
    draft.rules.append(body)


def _select(draft: Draft) -> None:
    rng = draft.rng
    name = draft.fresh("chosen")
    numbers = [c.name for c in draft.usable("way", "number", "money") if c.loop == "way"]
    keys = [*numbers, *(c.name for c in draft.usable("way", "choice", "yes_no") if c.loop == "way"), "way.cost / 7", "way.speed * 2 - way.level"]
    wide = [c.name for c in draft.usable("", "number", "money")]
    body: dict[str, object] = {
        "select": name,
        "from": "way",
        "order by": [f"{key} {rng.choice(['ascending', 'descending'])}" for key in rng.sample(keys, rng.choice([1, 1, 2]))],
    }
    if draft.chance(0.7):
        body["where"] = cells(draft, "way", 2)
    if draft.chance(0.7):
        body["within"] = dict(zip(rng.sample(wide, rng.choice([1, 1, 2])), rng.choices([*numbers, "way.cost * 2"], k=2), strict=False))
    if draft.chance(0.4):
        body["at least"] = rng.choice(["1", "2"])
    if draft.chance(0.5):
        body["at most"] = rng.choice(["1", "2", "3", rng.choice(wide)])
    draft.rules.append(body)
    draft.selections.append(name)
    draft.columns.append(Column(name, "set", options=tuple(draft.entities["way"]), is_plan=True))


def _share(draft: Draft) -> None:
    rng = draft.rng
    if not draft.selections:
        _select(draft)
    sort, scale = rng.choice(["number", "money"]), rng.choice([0, 2])
    over = rng.choice(draft.selections)
    amount = rng.choice([c.name for c in draft.usable("", sort)])
    by = rng.choice([c.name for c in draft.usable("way", "number", "money") if c.loop == "way"])
    name, shown = _conclude(draft, "part", "way", {"kind": sort, "scale": scale}, {"sort": sort, "scale": scale, "low": 0, "high": 200, "is_plan": True})
    draft.rules.append({"share out": shown if rng.random() < 0.5 else name, "amount": amount, "over": over, "by": by})


# ---------------------------------------------------------------- facts


def boundaries(book: RuleBook) -> dict[str, set[int]]:
    """Return for each number the constants that it is compared with."""
    found: dict[str, set[int]] = {}
    for node in book.nodes:
        if isinstance(node, Table):
            for row in node.rows:
                for item in row.cells:
                    _gather(item.condition, found)
    return found


def _gather(condition: object, found: dict[str, set[int]]) -> None:
    if isinstance(condition, Compare) and isinstance(condition.left, Ref) and isinstance(condition.right, Const):
        found.setdefault(condition.left.term, set()).add(int(condition.right.value))
    elif isinstance(condition, Every | Some):
        for part in condition.parts:
            _gather(part, found)
    elif isinstance(condition, Opposite):
        _gather(condition.part, found)


def random_facts(rng: Random, book: RuleBook, near: dict[str, set[int]], given: float = 0.85) -> Facts:
    """Return facts: required terms always, the others with a chance; numbers on and beside boundaries."""
    known = {}
    for node in book.nodes:
        if not isinstance(node, Given) or (not node.is_required and rng.random() > given):
            continue
        known[node.term] = Fact(random_value(rng, book, node.term, near))
    return Facts(known)


def random_value(rng: Random, book: RuleBook, term: str, near: dict[str, set[int]]) -> int | str:
    """Return a value of an asked term."""
    if term == "as_of":
        return book.as_of
    if term == "currency":
        return book.currency
    kind = book.terms[term].kind
    if isinstance(kind, Choice):
        return rng.choice(kind.options)
    assert isinstance(kind, Number)
    value = rng.choice(sorted(near[term])) + rng.choice([-1, 0, 0, 1]) if rng.random() < 0.75 and near.get(term) else rng.choice([kind.low, kind.high, rng.randint(kind.low, kind.high)])
    return max(kind.low, min(kind.high, value))
