"""Allow unknown-template-name."""

import re
from collections.abc import Iterator
from functools import lru_cache

from fourfold.checks.seen import Seen
from fourfold.problem import Problem
from fourfold.span import Span
from fourfold.suggest import did_you_mean

CODE = "F512"
_TERM = re.compile(r'(?<![\w.])(?:term|question|option|value)\("(\w+)"\s*[,)]')
_RULE = re.compile(r'(?<![\w.])because\("([\w-]+)"\s*[,)]')
_KIND = re.compile(r'(?<![\w.])(?:name|texts|words)\("(\w+)",')
_ATTRIBUTE = re.compile(r'(?<![\w.])(?:texts|words)\("\w+",[^,()]+,\s*"(\w+)"\s*[,)]')


def check(seen: Seen) -> Iterator[Problem]:
    """Find templates that name a term, an attribute or an option which is not there.

    What it finds. A call such as `term("budgt")`, `because("focus-provn")` or `words("carrier", x, "abuot")` whose literal is no term, rule or attribute.
    Why it matters. The page shows the bare word, or a gap.
    Example. `{{ term("montly_budget") }}`
    Instead. Correct the name.
    """
    terms = {*seen.terms, *(item.name for item in seen.content.attributes), *(item.name for item in seen.content.selections), "as_of", "currency"}
    rules = {rule.id for table in seen.content.tables for rule in table.rules}
    kinds = {name for name, _, _ in seen.content.kinds}
    attributes = {item.name for item in seen.content.attributes}
    known = {"term": terms, "rule": rules, "kind of entity": kinds, "attribute": attributes}
    for name, text in seen.templates.items():
        for what, word, line, column in _named(text):
            if word not in known[what]:
                yield Problem(CODE, f"the template names the {what} `{word}`, which is not there", Span(name, line, column, len(word)), help=did_you_mean(word, known[what]) or "correct the name")


@lru_cache(maxsize=256)
def _named(text: str) -> tuple[tuple[str, str, int, int], ...]:
    """Return what a template names: as what, the name, its line and column."""
    found = []
    for call, what in ((_TERM, "term"), (_RULE, "rule"), (_KIND, "kind of entity"), (_ATTRIBUTE, "attribute")):
        for item in call.finditer(text):
            start = item.start(1)
            found.append((what, item[1], text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1))
    return tuple(found)
