"""The same values in other people's languages: the graph of a book written as Python, SQL, Polars expressions, CLIPS rules and a zen decision.

All rivals get the rules as the columns have them: knowledge folded, equal values once, ranges of the data known.
Flags are truths in Python, SQL and Polars, and 1 and 0 in CLIPS and zen, which have no sums of truths.
"""

import json
from functools import reduce

FLAG_SORTS = {"known", "flag column", "in", "ge", "ge2", "eq", "eq2", "not", "and", "or", "flag"}


class Text:
    """Expressions of a language whose operators are written between."""

    both, either, negate, same = " and ", " or ", "not {}", "=="

    def __init__(self, graph):
        self.graph = graph

    def ref(self, at):
        return f"v{at}"

    def value(self, at):
        """Return a part as it is read: a constant, or the name of the value."""
        graph = self.graph
        if graph.names[at] == "flag":
            return self.truth(at == graph.yes)
        return str(graph.low[at]) if graph.names[at] == "const" else self.ref(at)

    def truth(self, holds):
        return "True" if holds else "False"

    def count(self, at):
        """Return a value as a number in a sum."""
        return self.value(at)

    def choose(self, flag, then, rest):
        return f"({then} if {flag} else {rest})"

    def member(self, code, options):
        return f"({code} in ({', '.join(map(str, options))},))"

    def look_up(self, code, table):
        return f"({', '.join(map(str, table))})[{code}]"

    def quotient(self, top, bottom):
        return f"({top} // {bottom})"

    def best(self, name, parts):
        return f"{name}({', '.join(parts)})"

    def times(self, one, other):
        return f"({one} * {other})"

    def plus(self, parts):
        return f"({' + '.join(parts)})"

    def compare(self, one, sign, other):
        return f"({one} {sign} {other})"

    def join(self, word, parts):
        return f"({word.join(parts)})"

    def expression(self, at):
        """Return one value of the graph in terms of others."""
        name, args, data = self.graph.names[at], self.graph.args[at], self.graph.data[at]
        match name:
            case "in":
                return self.member(self.value(args[0]), [place for place in range(data[1]) if data[0] >> place & 1])
            case "ge" | "eq":
                return self.compare(self.count(args[0]), ">=" if name == "ge" else self.same, str(data))
            case "ge2" | "eq2":
                return self.compare(self.count(args[0]), ">=" if name == "ge2" else self.same, self.count(args[1]))
            case "not":
                return self.negate.format(self.value(args[0]))
            case "and" | "or":
                return self.join(self.both if name == "and" else self.either, [self.value(part) for part in args])
            case "lin":
                *factors, constant = data
                return self.plus(
                    [self.count(part) if factor == 1 else self.times(self.count(part), factor) for part, factor in zip(args, factors, strict=True)] + ([str(constant)] if constant else [])
                )
            case "code of":
                return self.plus([self.times(self.count(part), factor) for part, factor in zip(args, data, strict=True)])
            case "choose":
                *values, rest = data
                return reduce(lambda other, pair: self.choose(self.value(pair[0]), str(pair[1]), other), zip(args, values, strict=True), str(rest))
            case "mul":
                return self.times(self.count(args[0]), self.count(args[1]))
            case "floor":
                return self.quotient(self.count(args[0]), str(data))
            case "floor2":
                return self.choose(self.compare(self.count(args[1]), self.same, "0"), "0", self.quotient(self.count(args[0]), self.count(args[1])))
            case "max" | "min":
                return self.best(name, [self.count(part) for part in args])
            case "gate":
                return self.choose(self.value(args[0]), self.count(args[1]), "0")
            case "pick" | "pick code":
                return self.choose(self.value(args[0]), self.count(args[1]), self.count(args[2]))
            case "lut":
                return self.look_up(self.value(args[0]), data)
            case _:
                raise ValueError(name)


class Sql(Text):
    both, either, negate, same = " AND ", " OR ", "(NOT {})", "="

    def count(self, at):
        return f"CAST({self.value(at)} AS BIGINT)" if self.graph.names[at] in FLAG_SORTS else self.value(at)

    def choose(self, flag, then, rest):
        return f"(CASE WHEN {flag} THEN {then} ELSE {rest} END)"

    def member(self, code, options):
        return f"({code} IN ({', '.join(map(str, options))}))"

    def look_up(self, code, table):
        return f"([{', '.join(map(str, table))}])[{code} + 1]"

    def best(self, name, parts):
        return f"{'greatest' if name == 'max' else 'least'}({', '.join(parts)})"


class Polars(Text):
    both, either, negate = " & ", " | ", "(~{})"

    def ref(self, at):
        return f"c('v{at}')"

    def truth(self, holds):
        return f"lit({holds})"

    def count(self, at):
        return f"{self.value(at)}.cast(I)" if self.graph.names[at] in FLAG_SORTS else self.value(at)

    def choose(self, flag, then, rest):
        return f"when({flag}).then({then}).otherwise({rest})"

    def member(self, code, options):
        # an `or` of equalities is quicker here than is_in for the few options of a test
        return self.join(" | ", [f"({code} == {option})" for option in options])

    def look_up(self, code, table):
        return f"lit(S({list(table)})).gather({code}.cast(U))"

    def best(self, name, parts):
        return f"{name}_horizontal({', '.join(part if not part.lstrip('-').isdigit() else f'lit({part})' for part in parts)})"


class Zen(Text):
    def ref(self, at):
        return f"$.v{at}"

    def truth(self, holds):
        return str(int(holds))

    negate = "(1 - {})"

    def choose(self, flag, then, rest):
        return f"({flag} == 1 ? {then} : {rest})"

    def member(self, code, options):
        return f"({code} in [{', '.join(map(str, options))}] ? 1 : 0)"

    def compare(self, one, sign, other):
        return f"({one} {sign} {other} ? 1 : 0)"

    def join(self, word, parts):
        return f"({word.join(f'{part} == 1' for part in parts)} ? 1 : 0)"

    def look_up(self, code, table):
        return f"[{', '.join(map(str, table))}][{code}]"

    def quotient(self, top, bottom):
        return f"floor({top} / {bottom})"

    def best(self, name, parts):
        return f"{name}([{', '.join(parts)}])"


class Clips(Text):
    same = "="

    def ref(self, at):
        return f"?v{at}"

    def truth(self, holds):
        return str(int(holds))

    negate = "(- 1 {})"

    def choose(self, flag, then, rest):
        return f"(if (= {flag} 1) then {then} else {rest})"

    def member(self, code, options):
        return f"(if (or {' '.join(f'(= {code} {option})' for option in options)} FALSE) then 1 else 0)"

    def compare(self, one, sign, other):
        return f"(if ({sign} {one} {other}) then 1 else 0)"

    def join(self, word, parts):
        return f"(if ({word.strip()} {' '.join(f'(= {part} 1)' for part in parts)}) then 1 else 0)"

    def look_up(self, code, table):
        return f"(nth$ (+ {code} 1) (create$ {' '.join(map(str, table))}))"

    def quotient(self, top, bottom):
        return f"(floordiv {top} {bottom})"

    def best(self, name, parts):
        return f"({name} {' '.join(parts)})"

    def times(self, one, other):
        return f"(* {one} {other})"

    def plus(self, parts):
        return f"(+ {' '.join(parts)} 0)"


def steps_of(graph, needed):
    """Return the values that are computed (not loaded, not constant), in an order in which each stands behind its parts."""
    return [at for at in needed if graph.names[at] not in ("const", "flag", "known", "flag column", "code", "column")]


def loads_of(graph, needed):
    """Return the columns that are read: (value, term, whether it is about being known)."""
    return [(at, graph.data[at], graph.names[at] == "known") for at in needed if graph.names[at] in ("known", "flag column", "code", "column")]


def python_function(graph, needed, outs):
    """Return a function of one row (a dict) that was written out straight."""
    text = Text(graph)
    lines = ["def decide(row):"]
    lines += [f"    v{at} = {f'row.get({term!r}) is not None' if is_known else f'row.get({term!r}) or 0'}" for at, term, is_known in loads_of(graph, needed)]
    lines += [f"    v{at} = {text.expression(at)}" for at in steps_of(graph, needed)]
    lines.append(f"    return ({', '.join(f'int({text.value(at)})' for at in outs)},)")
    space = {}
    exec("\n".join(lines), space)  # the text is made here
    return space["decide"]


def levels_of(graph, needed):
    """Return the computed values by how many values stand between them and the columns."""
    depth, levels = {}, []
    for at in needed:
        is_step = graph.names[at] not in ("const", "flag", "known", "flag column", "code", "column")
        depth[at] = 1 + max((depth[part] for part in graph.args[at]), default=0) if is_step else 0
        if is_step:
            while len(levels) < depth[at]:
                levels.append([])
            levels[depth[at] - 1].append(at)
    return levels


def _column(graph, at, term, is_known):
    if is_known:
        return f'"{term}" IS NOT NULL'
    return f'coalesce("{term}", 0) <> 0' if graph.names[at] == "flag column" else f'coalesce("{term}", 0)'


def sql_query(graph, needed, outs, source):
    """Return a query with one step of `WITH` for each level of values."""
    text = Sql(graph)
    columns = [f"{_column(graph, at, term, is_known)} AS v{at}" for at, term, is_known in loads_of(graph, needed)]
    parts = [f"l0 AS (SELECT id, {', '.join(columns)} FROM {source})"]
    for place, level in enumerate(levels_of(graph, needed)):
        parts.append(f"l{place + 1} AS (SELECT *, {', '.join(f'{text.expression(at)} AS v{at}' for at in level)} FROM l{place})")
    return f"WITH {', '.join(parts)} SELECT id, {', '.join(f'CAST({text.value(at)} AS TINYINT) AS out{place}' for place, at in enumerate(outs))} FROM l{len(parts) - 1}"


def polars_plan(graph, needed, outs, scan):
    """Return a lazy frame with one `with_columns` for each level of values."""
    import polars as pl

    text = Polars(graph)
    space = {"c": pl.col, "lit": pl.lit, "when": pl.when, "I": pl.Int64, "U": pl.UInt32, "S": pl.Series, "max_horizontal": pl.max_horizontal, "min_horizontal": pl.min_horizontal}
    kinds = {"code": pl.Int64, "column": pl.Int64, "flag column": pl.Boolean}
    frame = scan.select("id", *((pl.col(term).is_not_null() if is_known else pl.col(term).fill_null(0).cast(kinds[graph.names[at]])).alias(f"v{at}") for at, term, is_known in loads_of(graph, needed)))
    for level in levels_of(graph, needed):
        frame = frame.with_columns(eval(text.expression(at), space).alias(f"v{at}") for at in level)  # the text is made here
    return frame.select("id", *(pl.col(f"v{at}").cast(pl.Int8).alias(f"out{place}") for place, at in enumerate(outs)))


def zen_decision(graph, needed, outs):
    """Return a decision of one node of expressions, each of which may read those before it."""
    text = Zen(graph)
    lines = [(f"v{at}", f"{term} == null ? 0 : 1" if is_known else f"{term} == null ? 0 : {term}") for at, term, is_known in ((at, _plain(term), known) for at, term, known in loads_of(graph, needed))]
    lines += [(f"v{at}", text.expression(at)) for at in steps_of(graph, needed)]
    lines += [(f"out{place}", text.value(at)) for place, at in enumerate(outs)]
    expressions = [{"id": f"e{place}", "key": key, "value": value} for place, (key, value) in enumerate(lines)]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "x", "name": "x", "type": "expressionNode", "position": {"x": 1, "y": 0}, "content": {"expressions": expressions}},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [{"id": "a", "sourceId": "in", "targetId": "x", "type": "edge"}, {"id": "b", "sourceId": "x", "targetId": "out", "type": "edge"}]
    return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})


def _plain(term):
    return term.replace("[", "_of_").replace("]", "")


def plain_row(row):
    """Return a row with names that a language of expressions can read."""
    return {_plain(term): value for term, value in row.items()}


def clips_rules(graph, needed, outs):
    """Return one rule for each value: it fires when its parts are there and asserts the value."""
    text = Clips(graph)
    found = ["(deffunction floordiv (?a ?b) (bind ?q (div ?a ?b)) (if (and (<> (* ?q ?b) ?a) (< (* ?a ?b) 0)) then (- ?q 1) else ?q))"]
    for at in steps_of(graph, needed):
        parts = dict.fromkeys(part for part in graph.args[at] if graph.names[part] not in ("const", "flag"))
        patterns = " ".join(f"(v{part} ?v{part})" for part in parts)
        found.append(f"(defrule r{at} {patterns} => (assert (v{at} {text.expression(at)})))")
    return found
