"""Allow unknown-template-name."""

import re
from collections.abc import Iterator

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
    for name, text in seen.templates.items():
        for call, known, what in ((_TERM, terms, "term"), (_RULE, rules, "rule"), (_KIND, kinds, "kind of entity"), (_ATTRIBUTE, attributes, "attribute")):
            for found in call.finditer(text):
                if found[1] not in known:
                    line = text.count("\n", 0, found.start(1)) + 1
                    column = found.start(1) - (text.rfind("\n", 0, found.start(1)) + 1) + 1
                    yield Problem(
                        CODE, f"the template names the {what} `{found[1]}`, which is not there", Span(name, line, column, len(found[1])), help=did_you_mean(found[1], known) or "correct the name"
                    )
