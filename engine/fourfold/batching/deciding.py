"""A block of rows decided: each by the book of its day and currency; what is set aside comes with its reason."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from fourfold.batching.conclusions import written
from fourfold.batching.desks import Desk
from fourfold.batching.mapping import Chosen
from fourfold.batching.sureness import Sureness
from fourfold.batching.tables import Array, Block, Reject
from fourfold.library import open_book
from fourfold.rates import rates_in_force
from fourfold.spoken.dates import dates_of

MOST_BOOKS = 16
MOST_LOOKED = 2_000
HELP = {
    "F204": "correct it, or leave it empty if it is unknown",
    "F205": "correct it, or leave it empty if it is unknown",
    "F301": "correct one of them, or leave one empty",
    "F307": "the rule book has a gap here; see fourfold prove",
    "F308": "the rule book has a conflict here; see fourfold prove",
    "F309": "fill it in, or give it for all rows: --set TERM=VALUE",
}
SAID = {
    "F204": "`{term}` is not one of its choices",
    "F205": "`{term}` is outside its range",
    "F301": "these answers cannot all be true",
    "F307": "no rule decides `{term}`",
    "F308": "two rules disagree on `{term}`",
    "F309": "`{term}` is missing and has no assumption",
}


@dataclass(slots=True)
class Decided:
    """What became of a block: the rows that were decided (with `at`, their place in the block), and those set aside by place; `wide` see sureness."""

    frame: pl.DataFrame
    aside: dict[int, Reject] = field(default_factory=dict)
    wide: dict[str, int] = field(default_factory=dict)


class Decider:
    """Decides blocks by a mapping; books of other days and currencies are opened when rows need them."""

    def __init__(self, root: Path, day: int, currency: str, chosen: Chosen, *, is_looking: bool = True) -> None:
        """Open the book of the run's own day and currency; without `is_looking` nothing is said of how sure an answer is."""
        self.root, self.day, self.currency, self.chosen = root, day, currency, chosen
        self.desks: dict[tuple[int, str], Desk] = {}
        self.looks: dict[tuple[int, str], Sureness] = {}
        self.is_looking = is_looking
        self.desk = self.at(day, currency)
        self.known_currencies = set(rates_in_force(self.desk.book))

    def at(self, day: int, currency: str) -> Desk:
        """Return the desk of a day and a currency."""
        key = (day, currency)
        if key not in self.desks:
            self.desks[key] = Desk(open_book(self.root, day, currency), self.chosen)
        return self.desks[key]

    def sureness(self, desk: Desk) -> Sureness:
        """Return what looks at how sure the answers of a book are."""
        key = (desk.book.as_of, desk.book.currency)
        if key not in self.looks:
            self.looks[key] = Sureness(desk)
        return self.looks[key]

    def decide(self, block: Block, ids: pl.Series, skip: dict[int, Reject], *, is_first: bool = False) -> Decided:
        """Return the decisions of a block; the rows in `skip` are set aside already. Of the first block some rows are looked at for what has no column."""
        found = Decided(pl.DataFrame(), dict(skip))
        frames = [self._decided(desk, block, ids, places, found, is_first=is_first) for desk, places in self.by_book(block, found.aside)]
        if frames:
            found.frame = pl.concat(frames, how="diagonal").sort("at")
        return found

    # ------------------------------------------------------------ which book

    def by_book(self, block: Block, aside: dict[int, Reject]) -> list[tuple[Desk, Array]]:
        """Return the rows by the book that decides them: that of their day and currency."""
        every = np.array([at for at in range(block.frame.height) if at not in aside], np.int64) if aside else np.arange(block.frame.height)
        roles = [column for column in (self.chosen.of("as_of"), self.chosen.of("currency")) if column is not None]
        if not roles:
            return [(self.desk, every)] if every.size else []
        texts = block.frame.select(pl.concat_str([pl.col(column.header).str.strip_chars() for column in roles], separator="\x1f")).to_series()
        found: list[tuple[Desk, Array]] = []
        kept = texts.gather(pl.Series(every)) if every.size else texts.head(0)
        for text in kept.unique(maintain_order=True).to_list():
            places = every[(kept == text).to_numpy()]
            desk = self._desk_of(dict(zip([column.term for column in roles], text.split("\x1f"), strict=True)))
            if isinstance(desk, Desk):
                found.append((desk, places))
            else:
                code, message, help_text = desk
                aside |= {int(at): Reject(int(block.rows[at]), roles[0].header, text.replace("\x1f", " "), code, message, help_text) for at in places}
        return found

    def _desk_of(self, said: dict[str, str]) -> Desk | tuple[str, str, str]:
        day, currency = self.day, self.currency
        if text := said.get("as_of", ""):
            days = dates_of(text, _date(self.day))
            if len(days) != 1:
                return "F112", f"`{text[:40]}` is not a date", "write a day as 2026-11-30"
            day = days[0].day.toordinal()
        if text := said.get("currency", ""):
            currency = text.upper()
            if currency not in self.known_currencies:
                return "F211", f"no rate for the currency `{text[:20]}`", f"one of {', '.join(sorted(self.known_currencies))}"
        if (day, currency) not in self.desks and len(self.desks) >= MOST_BOOKS:
            return "F134", f"more than {MOST_BOOKS} days and currencies in one run", "split the file by day, or leave the column of days out and give --as-of"
        return self.at(day, currency)

    # ------------------------------------------------------------ rows of one book

    def _decided(self, desk: Desk, block: Block, ids: pl.Series, places: Array, found: Decided, *, is_first: bool) -> pl.DataFrame:
        aside = found.aside
        whole = len(places) == block.frame.height
        frame = block.frame if whole else block.frame[places]
        facts = desk.facts(frame)
        bad = np.zeros(len(places), np.bool_)
        for header, parsed in facts.parsed.items():
            for row, (code, problem, help_text) in parsed.faults.items():
                at = int(places[row])
                bad[row] = True
                if at not in aside:
                    aside[at] = Reject(int(block.rows[at]), header, str(frame[header][row]), code, problem, help_text)
        result = desk.run(facts, len(places))
        for row in np.flatnonzero(result.reject[:-1]).tolist():
            at, failure = int(places[row]), result.failure(row)
            assert failure is not None
            bad[row] = True
            if at not in aside:
                column = self.chosen.of(failure.term)
                value = str(frame[column.header][int(row)]) if column is not None else ""
                aside[at] = Reject(int(block.rows[at]), column.header if column else "", value, failure.code, SAID[failure.code].format(term=failure.term), HELP[failure.code])
        look = self.sureness(desk)
        good = np.flatnonzero(~bad)
        if is_first and good.size:
            some = good[np.linspace(0, good.size - 1, min(good.size, MOST_LOOKED)).astype(np.int64)]
            for term, count in {**look.wide(facts, some), "": some.size}.items():
                found.wide[term] = found.wide.get(term, 0) + count
        sure, hangs = look.look(facts, len(places)) if self.is_looking else (None, None)
        return written(desk, facts, result, ids.gather(pl.Series(places)), places, good, self.chosen, sure, hangs)


def _date(day: int) -> date:
    return date.fromordinal(day)
