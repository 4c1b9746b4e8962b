"""Cases as a sheet: a row for each, a column for each answer and each thing that must follow."""

from collections import Counter

from fourfold.exchange.legal import legal_values
from fourfold.exchange.nouns import Column, Row, Sheet
from fourfold.exchange.rule_sheets import cells_of, used
from fourfold.exchange.shelf import CASES, Shelf
from fourfold.exchange.words import Words

OF_PLANS = ("plan", "says")  # named by a path in the plan, or by a language, and by no term


def cases_sheet(shelf: Shelf, words: Words) -> Sheet:
    """Return all cases of a workspace."""
    found = [(file, tree, index, node) for file, tree in shelf.trees.items() if file.startswith(CASES) and tree is not None and tree.what == "list" for index, node in enumerate(tree.items)]
    columns: tuple[Column, ...] = (
        Column("case", ("case",), "text", "key", words.column("case"), is_key=True, width=52),
        Column("file", (), "text", "key", words.column("file"), is_key=True, width=30),
    )
    for head, group in (("given", "when"), ("expect", "then"), ("plan", "then"), ("says", "then")):
        names = Counter(key.text for _, _, _, node in found if (part := node.get(head)) is not None for key, _ in part.entries if key is not None)
        columns += tuple(case_column(shelf, words, head, name, group) for name, _ in names.most_common())
    columns += (
        Column("because", ("because",), "lines", "why", words.column("because"), width=50),
        Column("disagrees", ("disagrees",), "lines", "about", words.column("disagrees"), width=24),
    )
    rows = []
    for file, tree, index, node in found:
        name = node.get("case")
        short = file.removeprefix(CASES + "/")
        cells = {"case": name.text if name is not None else "", "file": short, **cells_of(shelf.texts[file], node, columns)}
        rows.append(Row((cells["case"], short), cells, file, node, (), tree, index))
    return Sheet("cases", "cases", "", words.sheet("cases"), used(columns, rows, ("because",)), tuple(rows))


def case_column(shelf: Shelf, words: Words, head: str, name: str, group: str = "") -> Column:
    """Return the column of an answer, or of something that must follow."""
    if head in OF_PLANS:
        return Column(f"{head} {name}", (head, name), "value", group or "then", f"{words.column(head)}: {name}", words.help(head), width=24)
    plain = name.partition("[")[0]
    legal = legal_values(shelf.content, plain)
    return Column(f"{head} {name}", (head, name), "value", group or ("when" if head == "given" else "then"), f"{words.column(head)}: {words.term(plain)}", words.question(plain), legal, width=15)
