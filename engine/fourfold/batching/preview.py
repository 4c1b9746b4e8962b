"""What is shown before a run: each column with its term, an example, and how it was found."""

from pathlib import Path

import polars as pl

from fourfold.batching.cells import EMPTY, CellReader
from fourfold.batching.mapping import Chosen, Column, asked_names
from fourfold.batching.sources import Source
from fourfold.console import table
from fourfold.door.state import Door, open_door, plain_text
from fourfold.expression.kinds import Number
from fourfold.model import RuleBook
from fourfold.report import Speaker, render, tidy

MOST_OF_TERM = 40


def preview_text(root: Path, language: str, book: RuleBook, sources: list[Source], chosen: Chosen, sample: pl.DataFrame, proposals: dict[str, dict[str, str]]) -> str:
    """Return the preview of a mapping."""
    door, asked = open_door(book), asked_names(book)
    heads = {"en": ["  column in the file", "term", "example", "how it was found"], "zh": ["  文件中的列", "对应项", "示例", "怎么认出来的"]}[language]
    rows = [heads]
    used = [column for column in chosen.columns if column.term]
    for column in used[:MOST_OF_TERM]:
        rows.append([f"  {column.header[:34]}", column.term[:34], _example(column, sample, book, door, asked)[:26], column.how[:160]])
    given = {column.term for column in chosen.columns} | set(chosen.fixed)
    missing = [term.name for term in book.content.terms if term.ask.by_language and term.name not in given and term.name in asked and not term.of and not term.is_optional]
    data = {
        "files": [{"name": str(source.path), "columns": len(source.table.columns), "about": source.table.about} for source in sources[:5]],
        "more_files": max(0, len(sources) - 5),
        "table": table(rows).rstrip("\n"),
        "more": len(used) - MOST_OF_TERM,
        "unused": [column.header for column in chosen.columns if not column.term],
        "unknown": [
            {"column": header, "values": [{"text": text[:30], "near": near} for text, near in list(words.items())[:6]], "more": max(0, len(words) - 6)} for header, words in proposals.items() if words
        ],
        "fixed": dict(chosen.fixed),
        "missing": missing,
    }
    return tidy(render(root, f"batch_mapping.{language}.txt.j2", Speaker(book, language, book.currency), data))


def _example(column: Column, sample: pl.DataFrame, book: RuleBook, door: Door, asked: dict[str, str]) -> str:
    text = next((text.strip() for text in sample[column.header].head(2000).to_list() if text.strip().lower() not in EMPTY), "–")
    if column.term not in asked:
        return text
    reader = CellReader(book, door, column, asked[column.term])
    parsed = reader.read(pl.Series([text]))
    if isinstance(reader.kind, Number) and parsed.known[0] and not parsed.faults:
        value = plain_text(reader.kind, int(parsed.values[0][0]))
        return text if value == text else f"{text} → {value}"
    return text
