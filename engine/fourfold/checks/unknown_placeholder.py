"""Allow unknown-placeholder."""

import re
from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem
from fourfold.suggest import did_you_mean

CODE = "F360"


def check(seen: Seen) -> Iterator[Problem]:
    """Find placeholders in reasons that name nothing.

    What it finds. A word in braces in `because` that is neither the loop of the table nor a term.
    Why it matters. The reader of the plan gets the bare word, as if nothing were wrong.
    Example. `because: "{chanel} is strong."`
    Instead. Write the loop's kind or the name of a term: `{channel}`.
    """
    content = seen.content
    found = [(f"rule `{rule.id}`", table.loop, rule.because, rule.span) for table in content.tables for rule in table.rules]
    found += [(f"`{item.name}`", item.loop, item.because, item.span) for item in (*content.constraints, *content.promises)]
    found += [(f"`{item.name}`", item.loop, item.because, item.span) for item in content.monotones]
    attributes = {item.name for item in content.attributes}
    for what, loop, words, span in found:
        names = dict.fromkeys(name for _, lines in words.by_language for line in lines for name in re.findall(r"\{([^{}]*)\}", line))
        for name in names:
            if name != loop and name not in seen.terms and name not in attributes:
                known = (loop, *seen.terms) if loop else tuple(seen.terms)
                yield Problem(CODE, f"the reason of {what} holds `{{{name}}}`, which names nothing", span, help=did_you_mean(name, known) or "write the loop's kind or the name of a term")
