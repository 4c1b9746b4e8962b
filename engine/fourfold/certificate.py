"""The certificate: the proof of a decision, written, read, and replayed without the engine.

It is built from the facts alone by decide.py, stratum by stratum, table by table, rule by rule, so
that it is the same bytes whichever reader decided. Replaying builds it again and compares every part.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date

from fourfold.decide import Values, decide, select
from fourfold.expression.kinds import LARGEST, YES_NO, Choice, Kind, Number
from fourfold.expression.show import decimal_text, plain
from fourfold.model import Decision, Fact, Facts, Given, GroundNode, RuleBook, Selection, Share, Table, ground_name
from fourfold.problem import Problem, Problems
from fourfold.span import Span

SCHEMA = "fourfold.certificate/1"
_YES_NO = frozenset(("false", "true"))
Data = dict[str, object]


def canonical(data: object) -> bytes:
    """Return JSON in the one form that the digest is taken of: keys sorted, no spaces, UTF-8."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(data: Data) -> str:
    """Return the sha256 of a certificate without its digest."""
    return hashlib.sha256(canonical({key: value for key, value in data.items() if key != "digest"})).hexdigest()


def certificate(book: RuleBook, facts: Facts, decision: Decision, revision: str = "") -> Data:
    """Return the certificate of a decision as JSON has it, its digest included; `revision` is that of git, if there is one."""
    spoken: dict[str, set[str]] = {}
    for hit in decision.hits:
        spoken.setdefault(hit.term, set()).add(hit.rule)
    data: Data = {
        "schema": SCHEMA,
        "rule_book": book.hash,
        **({"revision": revision} if revision else {}),
        "as_of": date.fromordinal(book.as_of).isoformat(),
        "currency": book.currency,
        "facts": {name: _fact(book, name, fact) for name, fact in decision.facts.items()},
        "conclusions": [_conclusion(book, node, decision, spoken) for node in book.nodes if not isinstance(node, Given)],
        "texts": dict(facts.texts),
        "records": {name: [_record(record) for record in records] for name, records in facts.records.items()},
    }
    data["digest"] = digest(data)
    return data


def _record(record: Data) -> Data:
    return {key: list(part) if isinstance(part, tuple) else part for key, part in record.items()}


def _fact(book: RuleBook, name: str, fact: Fact) -> Data:
    kind = book.terms[name].kind
    data: Data = {"value": plain(kind, fact.value), "from": fact.origin}
    if fact.low is not None or fact.high is not None:
        data["range"] = [plain(kind, fact.low), plain(kind, fact.high)]
    if fact.note:
        data["note"] = fact.note
    return data


def _conclusion(book: RuleBook, node: GroundNode, decision: Decision, spoken: dict[str, set[str]]) -> Data:
    term, values = book.terms[node.term], decision.values
    data: Data = {"term": node.term, "stratum": term.stratum, "value": _shown(term.kind, values[node.term])}
    match node:
        case Table():
            data["table"] = node.table
            data["hit"], data["lost"] = _rows(book, node, decision, spoken.get(node.term, set()))
        case Selection():
            data["candidates"] = dict(select(node, dict(values)))
        case Share():
            data["shares"] = {entity: values[ground_name(node.term, entity)] for entity, _ in node.weights if values[ground_name(node.term, entity)]}
        case _:
            pass
    return data


def _rows(book: RuleBook, node: Table, decision: Decision, spoken: set[str]) -> tuple[Data, dict[str, str]]:
    """Return the rules that spoke with the values they saw, and the others with what stopped or overrode them."""
    hit: Data = {}
    lost: dict[str, str] = {}
    stopped = decision.stopped[node.term]
    for row in node.rows:
        if row.rule in stopped:
            lost[row.rule] = stopped[row.rule]
        elif row.rule in spoken:
            hit[row.rule] = {name: _shown(book.terms[name].kind, decision.values[name]) for cell in row.cells for name in cell.reads}
        elif row.is_otherwise:
            lost[row.rule] = "otherwise"
        else:
            lost[row.rule] = "overridden by " + ", ".join(other.rule for other in node.rows if other.rule in spoken and row.rule in other.overrides)
    return hit, lost


def plain_value(book: RuleBook, name: str, values: Values) -> object:
    """Return a term's value as JSON has it."""
    return _shown(book.terms[name].kind, values[name]) if name in values else None


def _shown(kind: Kind, value: object) -> object:
    """Return a value as JSON has it; a ratio as its two numbers."""
    if isinstance(value, str):
        return value == "true" if value in _YES_NO and kind == YES_NO else value
    if isinstance(value, int):
        if isinstance(kind, Number) and (kind.shown or kind.form == "date"):
            return plain(kind, value)
        return value
    if isinstance(value, tuple):
        return list(value)
    return value


# ---------------------------------------------------------------- reading and replaying


def read_certificate(text: str, file: str) -> Data:
    """Return a certificate from JSON text, alone or inside a decision or plan file."""
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problems([Problem("F115", f"`{file}` is not JSON", Span(file, 1, 1), help="give a decision.json, or a file written with -o X.json")]) from None
    if isinstance(data, dict) and isinstance(data.get("certificate"), dict):
        data = data["certificate"]
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise Problems([Problem("F115", f"`{file}` holds no certificate of the form {SCHEMA}", Span(file, 1, 1))])
    return data


def _no_constant(name: str) -> object:
    raise ValueError(name)


def replay(book: RuleBook, data: Data) -> list[str]:
    """Return every difference between a certificate and what its own facts give; empty when it holds.

    Only decide.py is used. A changed fact whose consequences were changed with it is another
    company's certificate: compare the facts with the profile to see that.
    """
    differences = []
    if data.get("digest") != digest(data):
        differences.append("digest: it is not the digest of this content")
    if data.get("rule_book") != book.hash:
        differences.append(f"rule_book: {data.get('rule_book')} is not {book.hash}")
    try:
        facts = _facts_of(book, data)
        decision = decide(book, facts)
        again = certificate(book, facts, decision, str(data.get("revision", "")))
    except Problems as fault:
        return [*differences, *(f"facts: {problem.message}" for problem in fault.problems)]
    except _Unreadable as fault:
        return [*differences, f"facts: {fault}"]
    differences += [line for line in compared(again, data) if not line.startswith(("digest", "rule_book"))]
    return list(dict.fromkeys(differences))


def facts_of(book: RuleBook, data: Data) -> Facts:
    """Return the facts that a certificate names; one that is not of its term's kind is a problem."""
    try:
        return _facts_of(book, data)
    except _Unreadable as fault:
        raise Problems([Problem("F115", f"the certificate cannot be read: {fault}", help="run `fourfold verify` on it")]) from None


class _Unreadable(Exception):
    """A fact of a certificate that is not of its term's kind."""


def _facts_of(book: RuleBook, data: Data) -> Facts:
    facts = data.get("facts")
    texts = data.get("texts")
    if not isinstance(facts, dict) or not isinstance(texts, dict):
        raise _Unreadable("they are not keys with values")
    known = {}
    for name, entry in facts.items():
        if name not in book.terms:
            raise _Unreadable(f"unknown term `{name}`")
        if not isinstance(entry, dict) or "value" not in entry:
            raise _Unreadable(f"`{name}` has no value")
        if entry.get("from") != "assumed":
            known[name] = _stored_fact(book, name, entry)
    if known.get("as_of", Fact(book.as_of)).value != book.as_of or known.get("currency", Fact(book.currency)).value != book.currency:
        raise _Unreadable("day or currency are not those of the certificate")
    return Facts(known, {str(key): str(value) for key, value in texts.items()}, _records_of(data), str(texts.get("company", "")))


def _records_of(data: Data) -> dict[str, tuple[dict[str, object], ...]]:
    """Return the records of a certificate; lists become tuples again."""
    records = data.get("records")
    if not isinstance(records, dict) or not all(isinstance(group, list) and all(isinstance(item, dict) for item in group) for group in records.values()):
        raise _Unreadable("the records are no lists of keys with values")
    return {name: tuple({key: tuple(part) if isinstance(part, list) else part for key, part in item.items()} for item in group) for name, group in records.items()}


def _stored_fact(book: RuleBook, name: str, entry: Data) -> Fact:
    kind = book.terms[name].kind
    ends = entry.get("range")
    low, high = (ends[0], ends[1]) if isinstance(ends, list) and len(ends) == 2 else (None, None)
    stored = [_stored(kind, entry["value"], name), *(None if item is None else _stored(kind, item, name) for item in (low, high))]
    for value in stored:
        if isinstance(kind, Number) and isinstance(value, int) and not kind.low <= value <= kind.high:
            raise _Unreadable(f"`{name}` is outside its range")
    if low is not None and not (stored[1] <= stored[0] <= stored[2]):  # type: ignore[operator]
        raise _Unreadable(f"the range of `{name}` does not hold its value")
    return Fact(stored[0], str(entry.get("from")), stored[1], stored[2], str(entry.get("note", "")))  # type: ignore[arg-type]


def _stored(kind: Kind, item: object, name: str) -> int | str:
    if isinstance(kind, Number):
        if kind.form == "date" and isinstance(item, str):
            try:
                return date.fromisoformat(item).toordinal()
            except ValueError:
                raise _Unreadable(f"`{name}` is no date") from None
        if isinstance(item, int | float) and not isinstance(item, bool) and abs(item) < LARGEST:
            scaled: int = round(item * 10**kind.shown)
            if decimal_text(scaled, kind.shown) and plain(kind, scaled) == item:
                return scaled
    elif isinstance(kind, Choice):
        option = ("true" if item else "false") if isinstance(item, bool) else item
        if option in kind.options:
            return str(option)
    raise _Unreadable(f"`{name}` cannot be {item!r}")


def compared(right: object, given: object, path: str = "") -> Iterator[str]:
    """Yield each place in which two JSON values differ."""
    if isinstance(right, dict) and isinstance(given, dict):
        for key in {**right, **given}:
            here = f"{path}.{key}" if path else str(key)
            if key not in given:
                yield f"{here}: missing"
            elif key not in right:
                yield f"{here}: does not belong here"
            else:
                yield from compared(right[key], given[key], here)
    elif isinstance(right, list) and isinstance(given, list):
        if len(right) != len(given):
            yield f"{path}: {len(given)} entries, {len(right)} belong here"
        for place, (a, b) in enumerate(zip(right, given, strict=False)):
            label = f"{path}[{a['term']}]" if isinstance(a, dict) and "term" in a else f"{path}[{place}]"
            yield from compared(a, b, label)
    elif type(right) is not type(given) or right != given:
        yield f"{path}: {given!r}, and the replay gives {right!r}"
