"""The table of a block as people read it: the reason in words, the columns in their order."""

import polars as pl

from fourfold.batching.desks import Desk
from fourfold.batching.reasons import lists_of, numbers_of
from fourfold.batching.tables import Block
from fourfold.report import Speaker


class Voice:
    """Says conclusions in a language."""

    def __init__(self, desk: Desk, language: str, *, is_looking: bool) -> None:
        """Look up the reason of each rule."""
        speaker = Speaker(desk.book, language, desk.book.currency)
        rules = desk.program.book.terms[f"rule of {desk.target}"].kind.options  # type: ignore[union-attr]
        self.reasons = {rule: speaker.because(rule) for rule in rules}
        self.target, self.lists, self.numbers = desk.target, lists_of(desk.book), numbers_of(desk.book)
        self.is_looking = is_looking

    def columns(self, keep: tuple[str, ...]) -> list[str]:
        """Return the columns of the output in their order."""
        return ["id", self.target, "reason", *(("how_sure", "hangs_on") if self.is_looking else ()), *self.lists, *self.numbers, "assumed", "flags", *keep, "rule", "source", "row", "why"]

    def told(self, frame: pl.DataFrame, block: Block, source: int, keep: tuple[str, ...]) -> pl.DataFrame:
        """Return the decisions of a block with their reasons, kept columns, and where each row stands."""
        at = frame["at"]
        return frame.with_columns(
            pl.col("rule").replace_strict(self.reasons, return_dtype=pl.String).alias("reason"),
            pl.Series("row", block.rows).gather(at),
            pl.lit(source).cast(pl.Int32).alias("source"),
            *(block.frame[name].gather(at).alias(name) if name in block.frame.columns else pl.lit("").alias(name) for name in keep),
        ).select(self.columns(keep))

    def empty(self, keep: tuple[str, ...]) -> pl.DataFrame:
        """Return a table of no rows."""
        kinds = {name: pl.List(pl.String) if name in self.lists else pl.Int64 if name == "row" or name in self.numbers else pl.Int32 if name == "source" else pl.String for name in self.columns(keep)}
        return pl.DataFrame(schema=kinds)
