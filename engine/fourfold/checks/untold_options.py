"""Allow untold-options."""

from collections.abc import Iterator

from fourfold.checks.program_names import is_named
from fourfold.checks.seen import Seen, words_of, words_of_cell
from fourfold.problem import Problem

CODE = "F350"


def check(seen: Seen) -> Iterator[Problem]:
    """Find options of a question that no rule tells apart.

    What it finds. An asked choice of which two or more options are named in no cell, no assumption, no list of an attribute and no other choice that takes its options over.
    Why it matters. Whoever chooses between them chooses between equal things.
    Example. `colour: {options: [red, blue, green]}` with one cell, `colour: red`.
    Instead. Join the options, or write the rule that tells them apart.
    """
    named = _named(seen)
    for term in seen.asked:
        kind = term.kind
        if kind.word != "choice" or not kind.options or not seen.is_read(term.name) or _is_taken_over(seen, term.name):
            continue
        silent = [name for name, _, _ in kind.options if name not in named and name not in seen.elsewhere and not is_named(name)]
        if len(silent) > 1:
            listed = ", ".join(f"`{name}`" for name in silent)
            yield Problem(CODE, f"no rule tells the options {listed} of `{term.name}` apart", kind.options[0][2], is_warning=True, help="join them, or write the rule that tells them apart")


def _named(seen: Seen) -> set[str]:
    """Return every word of cells, results, assumptions and figures."""
    names = {word for row in seen.rows for cell in row.cells for word in words_of_cell(cell.node)}
    names |= {word for _, item in seen.expressions for word in words_of(item.node)}
    names |= {text for table in seen.content.tables for rule in table.rules for _, text, _ in rule.then}
    return names | {text for _, _, figure in seen.figures for text in figure.texts}


def _is_taken_over(seen: Seen, name: str) -> bool:
    """Return whether attributes give a set of these options, so that figures tell them apart."""
    return any(item.kind.options_of == name for item in seen.content.attributes)
