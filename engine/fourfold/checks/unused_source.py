"""Allow unused-source."""

import re
from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F239"


def check(seen: Seen) -> Iterator[Problem]:
    """Find sources that no figure names.

    What it finds. An entry of `sources` that no figure names under `source` or `near`, no rule or table under `source`, and no text of the knowledge.
    Why it matters. It looks like evidence and supports nothing; or the figure that rests on it names another by mistake.
    Example. `S7: {title: …, date: 2024}` and no figure with `source: S7`.
    Instead. Name it at the figure that rests on it, or remove it.
    """
    named = {name for _, _, figure in seen.figures for name in (*figure.origin.sources, *figure.origin.near, *figure.texts)}
    named |= {name for rate in seen.content.rates for name in (*rate.origin.sources, *rate.origin.near)}
    left = [source for source in seen.content.sources if source.name not in named]
    if left:
        words = set(re.findall(r"\w+", "\n".join(_texts(seen))))
        for source in left:
            if source.name not in words:
                yield Problem(CODE, f"no figure names the source `{source.name}`", source.span, is_warning=True, help="name it at a figure, or remove it")


def _texts(seen: Seen) -> Iterator[str]:
    """Return every text in which a source may be named."""
    for table in seen.content.tables:
        yield table.source
        yield from (rule.source for rule in table.rules)
    yield from (item.source for item in seen.content.formulas)
    every = [*(words for _, words, _ in seen.texts), *(figure.origin.because for _, _, figure in seen.figures)]
    yield from (line for words in every for _, lines in words.by_language for line in lines)
