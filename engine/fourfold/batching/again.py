"""Single rows of a batch looked at again: found in the output, read again from their file, decided as `plan` would."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fourfold.advice import Advice, decided
from fourfold.batching.deciding import Decider
from fourfold.batching.desks import Desk, Facts
from fourfold.batching.long_tables import joined
from fourfold.batching.mapping import Chosen, mapping_of
from fourfold.batching.outputs import form_of, unguarded
from fourfold.batching.reasons import BESIDE
from fourfold.batching.running import beside
from fourfold.batching.sources import open_table
from fourfold.batching.tables import Block, widened
from fourfold.columns.words import hits_of
from fourfold.door.profile import Profile
from fourfold.expression.kinds import Choice, Number
from fourfold.expression.show import decimal_text
from fourfold.model import Decision, Hit, Selection, Share, ground_name
from fourfold.problem import Problem, Problems
from fourfold.reading.document import Items, Mapping, Node, Scalar, read_text
from fourfold.span import Span


@dataclass(frozen=True, slots=True)
class Made:
    """How an output was made."""

    output: Path
    inputs: tuple[Path, ...]
    chosen: Chosen
    day: int
    currency: str
    language: str
    data: dict[str, Any]


def made_of(root: Path, output: Path) -> tuple[Made, Decider]:
    """Return how an output was made, and what decides its rows again."""
    path = beside(output, ".run.json")
    try:
        data = json.loads(read_text(path, str(path)))
        day, currency = int(data["as_of"]), str(data["currency"])
        decider = Decider(root, day, currency, Chosen(()))
        chosen = mapping_of(str(data["mapping"]), str(path), tuple(data["columns"]), decider.desk.book)
        made = Made(output, tuple(Path(name) for name in data["inputs"]), chosen, day, currency, str(data["language"]), data)
    except (ValueError, KeyError, TypeError):
        raise Problems([Problem("F140", f"`{path}` does not say how `{output}` was made", Span(str(path), 1, 1), help="it is written beside every output of `fourfold batch`")]) from None
    return made, Decider(root, day, currency, chosen)


def written_rows(output: Path) -> pl.LazyFrame:
    """Return an output as a table; lists of text files are texts with semicolons between."""
    form = form_of(str(output))
    if form == ".parquet":
        return pl.scan_parquet(output)
    if form.startswith(".jsonl"):
        return pl.read_ndjson(output, infer_schema_length=None).lazy()
    found = pl.read_csv(output, separator="\t" if form.startswith(".tsv") else ",", infer_schema=False, empty_string_is_null=False)
    return unguarded(found).lazy().with_columns(pl.col("source", "row").cast(pl.Int64))


@dataclass(frozen=True, slots=True)
class Found:
    """A row of an output with its facts, as they were read again."""

    row: dict[str, Any]
    desk: Desk
    profile: Profile
    present: frozenset[str]


def found_rows(made: Made, decider: Decider, wanted: pl.DataFrame) -> Iterator[Found]:
    """Yield rows of an output with their facts, in the order of the files; what is not there any more is a problem."""
    for (source,), part in sorted(wanted.group_by("source", maintain_order=True), key=lambda pair: str(pair[0])):
        path = made.inputs[int(str(source))]
        table = open_table(path)
        if made.data.get("long") and ".mended-" not in path.name:
            table = joined(table, open_table(Path(str(made.data["long"]))), decider.desk.book)
        by_row = {int(row["row"]): row for row in part.to_dicts()}
        for block in table.blocks(0):
            widened(block, [column.header for column in made.chosen.columns])
            here = [(at, int(row)) for at, row in enumerate(block.rows.tolist()) if int(row) in by_row] if by_row else []
            for at, row in here:
                yield _found(decider, path, block, at, by_row.pop(row))
            if not by_row:
                break
        if by_row:
            first = min(by_row)
            raise Problems([Problem("F140", f"row {first} is not in `{path}` any more", Span(str(path), first, 1), help="the file was changed since the batch; run the batch again")])


def _found(decider: Decider, path: Path, block: Block, at: int, row: dict[str, Any]) -> Found:
    one = Block(block.frame[at : at + 1], block.rows[at : at + 1], 0)
    desk, _ = decider.by_book(one, {})[0]
    facts = desk.facts(one.frame)
    return Found(row, desk, profile_of(desk, facts, 0, Span(str(path), int(block.rows[at]), 1)), frozenset(facts.columns))


def profile_of(desk: Desk, facts: Facts, row: int, span: Span) -> Profile:
    """Return a row as a profile that `plan` takes: what is known of it, ranges with both ends."""
    entries: dict[str, Node] = {}
    for term, (values, known) in facts.columns.items():
        if known[row]:
            node = _node(desk, facts, term, int(values[row]), row, span)
            plain, _, entity = term.removesuffix("]").partition("[")
            if not entity:
                entries[term] = node
            elif any(item.name == plain and item.of for item in desk.book.content.terms):
                before = entries.get(plain)
                entries[plain] = Mapping((*(before.entries if isinstance(before, Mapping) else ()), (Scalar(entity, span), node)), span)
            else:
                members = entries.get(plain)
                items = members.items if isinstance(members, Items) else ()
                entries[plain] = Items((*items, Scalar(entity, span)) if values[row] else items, span)
    document = Mapping(tuple((Scalar(term, span), node) for term, node in entries.items()), span)
    return Profile(f"{span.file}:{span.line}", document, desk.book.as_of, desk.book.currency)


def _node(desk: Desk, facts: Facts, term: str, value: int, row: int, span: Span) -> Node:
    kind = desk.book.terms[term].kind
    if isinstance(kind, Choice):
        return Scalar({"true": "yes", "false": "no"}.get(kind.options[value], kind.options[value]), span)
    assert isinstance(kind, Number)
    other = int(facts.ranges[term][row]) if term in facts.ranges else value
    ends = [Scalar(number_text(kind, end), span) for end in sorted((value, other))]
    return ends[0] if value == other else Mapping(((Scalar("low", span), ends[0]), (Scalar("high", span), ends[1])), span)


def number_text(kind: Number, value: int) -> str:
    """Return a stored number as a profile writes it; never with three decimals, which may be read as thousands."""
    if kind.form == "date":
        return date.fromordinal(value).isoformat()
    text = decimal_text(value, kind.shown)
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def advice_again(root: Path, found: Found) -> Advice:
    """Return the advice on a row, exactly as `plan` gives it for the same facts."""
    return decided(root, found.profile, found.desk.book.as_of)


def differences(found: Found, decision: Decision) -> list[str]:
    """Return in what a written row is not what the referee decides for it."""
    desk, row = found.desk, found.row
    differ = [name for name, value in expected(desk, decision).items() if name in row and _plain(row[name]) != _plain(value)]
    hits = tuple(hit for hit in decision.hits if not hit.term.startswith(BESIDE))
    return differ + ["why"] * (decoded(found) != hits)


def decoded(found: Found) -> tuple[Hit, ...]:
    """Return the rules that spoke in a row, from its words alone."""
    layout = found.desk.program.layout(found.present, found.present)
    hits = hits_of(found.desk.program.book, layout.words, bytes.fromhex(str(found.row["why"])))
    return tuple(hit for hit in hits if not hit.term.startswith(BESIDE))


def expected(desk: Desk, decision: Decision) -> dict[str, object]:
    """Return the columns that the referee's decision would have."""
    found: dict[str, object] = {desk.target: decision.values[desk.target]}
    for node in desk.book.nodes:
        if isinstance(node, Selection):
            found[node.term] = list(decision.values[node.term])  # type: ignore[arg-type]
        elif isinstance(node, Share):
            found[node.term] = [decision.values[ground_name(node.term, str(name))] for name in decision.values[node.selection]]  # type: ignore[union-attr]
    return found


def _plain(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list | np.ndarray) else str(value)
