"""A second file in the long form: one row for a company and a carrier. It becomes columns of the first, such as `reading[douyin_ads]`."""

from collections.abc import Iterator

import polars as pl

from fourfold.batching import header_words as hw
from fourfold.batching.headers import Matcher, header_of
from fourfold.batching.tables import Block, Table
from fourfold.door.state import find_entity
from fourfold.model import RuleBook
from fourfold.problem import Problem, Problems
from fourfold.span import Span
from fourfold.spoken.choices import folded
from fourfold.suggest import listed

KEY = "\x1fcompany"


class Joined:
    """A table with the columns of a long file beside its own; companies without a row there have empty cells."""

    def __init__(self, table: Table, header: str, wide: pl.DataFrame) -> None:
        """Keep both; `header` is the column of the first that names the company."""
        self.table, self.header, self.wide, self.name = table, header, wide, table.name
        self.columns = (*table.columns, *(name for name in wide.columns if name != KEY))
        self.about = f"{table.about} · with {wide.height:,} companies of the long file"

    def size(self) -> int:
        """Return how much there is to read."""
        return self.table.size()

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the blocks with the columns of the long file."""
        for block in self.table.blocks(start):
            keys = block.frame.with_columns(pl.col(self.header).str.strip_chars().alias(KEY))
            block.frame = keys.join(self.wide, on=KEY, how="left", maintain_order="left").drop(KEY).with_columns(pl.col(name).fill_null("") for name in self.columns[len(self.table.columns) :])
            yield block


def joined(table: Table, long: Table, book: RuleBook) -> Joined:
    """Return a table with a long file beside it; what does not fit is a problem."""
    header = next((name for name in table.columns if folded(name) in map(folded, hw.ID) or header_of(name).words in map(folded, hw.ID)), "")
    if not header:
        raise Problems([Problem("F206", f"`{table.name}` has no column that names a company, so nothing can join it", Span(table.name, 1, 1), help="name it `company_id`")])
    return Joined(table, header, wide_of(long, book))


def wide_of(long: Table, book: RuleBook) -> pl.DataFrame:
    """Return a long file as one row a company, with a column for each term and entity."""
    matcher, span = Matcher(book), Span(long.name, 1, 1)
    frame = pl.concat([block.frame for block in long.blocks(0)] or [pl.DataFrame(schema=dict.fromkeys(long.columns, pl.String))])
    company = next((name for name in long.columns if folded(name) in map(folded, hw.ID)), "")
    terms = {name: folded(name).replace(" ", "_") for name in long.columns}
    terms = {name: term for name, term in terms.items() if term in matcher.door.terms and matcher.door.terms[term].of}
    kinds = {matcher.door.terms[term].of for term in terms.values()}
    entity = next((name for name in long.columns if name not in terms and name != company and folded(name) in kinds), "")
    problems = []
    if not company:
        problems.append(Problem("F206", "no column that names a company", span, help="name it `company_id`"))
    if not terms:
        every = sorted(term.name for term in book.content.terms if term.of and (term.ask.by_language or term.assume))
        problems.append(Problem("F206", "no column is named by a term that has a value for each entity", span, help=f"one of {listed(every)}"))
    elif not entity:
        problems.append(Problem("F206", f"no column that says which {' or '.join(sorted(kinds))}", span, help=f"name it {listed(sorted(kinds))}"))
    if problems:
        raise Problems(problems)
    kind = folded(entity)
    names = {text: find_entity(book, kind, text) for text in frame[entity].unique().to_list()}
    unknown = sorted(text for text, found in names.items() if found is None and text.strip())
    if unknown:
        raise Problems([Problem("F204", f"`{text[:40]}` is not a {kind}", span, help=f"one of {listed(book.entities[kind], 8)}") for text in unknown[:20]])
    frame = frame.with_columns(pl.col(company).str.strip_chars().alias(KEY), pl.col(entity).replace_strict(names, default=None, return_dtype=pl.String).alias(entity)).filter(
        pl.col(entity).is_not_null()
    )
    twice = frame.filter(frame.select(KEY, entity).is_duplicated())
    if twice.height:
        raise Problems([Problem("F137", f"`{twice[KEY][0]}` has two rows for {twice[entity][0]}", span, help="one row for each company and entity")])
    found = frame.select(KEY).unique(maintain_order=True)
    for name, term in terms.items():
        part = frame.pivot(on=entity, index=KEY, values=name, aggregate_function="first", maintain_order=True)
        found = found.join(part.rename({column: f"{term}[{column}]" for column in part.columns if column != KEY}), on=KEY, how="left", maintain_order="left")
    return found.with_columns(pl.exclude(KEY).fill_null(""))
