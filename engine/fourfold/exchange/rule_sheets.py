"""Tables of rules as sheets: the index of tables, and one sheet for each table."""

from dataclasses import replace

from fourfold.exchange.forms import shown
from fourfold.exchange.legal import legal_tests, legal_values
from fourfold.exchange.nouns import Column, Row, Sheet
from fourfold.exchange.places import Place
from fourfold.exchange.shelf import Shelf
from fourfold.exchange.words import Words
from fourfold.reading.rules import POLICIES
from fourfold.written import TableDecl

LANGUAGES = ("en", "zh")


def text_columns(name: str, path: tuple[str, ...], words: Words, group: str = "why", width: int = 36) -> tuple[Column, ...]:
    """Return the columns of a text: one for each language, and one for a text without a language."""
    named = tuple(Column(f"{name} {language}", (*path, language), "lines", group, words.column(name, language), words.help(name), width=width) for language in LANGUAGES)
    return (*named, Column(name, path, "lines", group, words.column(name), words.help(name), width=width))


def cells_of(text: str, node: Place, columns: tuple[Column, ...], paths: dict[str, tuple[str, ...]] | None = None) -> dict[str, str]:
    """Return the cells of a row: what stands at the path of each column."""
    cells = {}
    for column in columns:
        path = (paths or {}).get(column.name, column.path)
        place = node.at(path) if path and not column.is_key and not column.is_view else None
        if place is not None and not (column.form == "lines" and place.what == "keys"):
            cells[column.name] = shown(text, place, column.form)
    return cells


def used(columns: tuple[Column, ...], rows: list[Row], always: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return the columns with those marked as shown that some row fills, or that always stand there."""
    return tuple(replace(column, is_shown=column.is_key or column.name in always or any(row.cells.get(column.name) for row in rows)) for column in columns)


# ---------------------------------------------------------------- the index


def tables_sheet(shelf: Shelf, words: Words, wanted: tuple[str, ...]) -> Sheet:
    """Return the index: a row for each table."""
    columns = (
        Column("table", (), "text", "key", words.column("table"), words.help("table"), is_key=True, width=24),
        *text_columns("name", ("name",), words, "about", 26),
        Column("for each", ("for each",), "text", "when", words.column("for each"), words.help("for each"), tuple(name for name, _, _ in shelf.content.kinds), is_strict=True),
        Column("concludes", ("concludes",), "source", "then", words.column("concludes"), words.help("concludes"), width=34),
        Column("hit policy", ("hit policy",), "text", "then", words.column("hit policy"), words.help("hit policy"), POLICIES, is_strict=True, width=12),
        Column("source", ("source",), "text", "why", words.column("source"), words.help("source"), width=50),
        Column("rules", (), "text", "view", words.column("rules"), words.help("rules"), width=8),
        Column("file", (), "text", "view", words.column("file"), words.help("file"), width=24),
    )
    rows = []
    for file, holder, index, node in _tables(shelf):
        name = node.get("table")
        if name is not None and name.text in wanted:
            rules = node.get("rules")
            cells = {"table": name.text, "rules": str(len(rules.entries) if rules else 0), "file": file, **cells_of(shelf.texts[file], node, columns)}
            rows.append(Row((name.text,), cells, file, node, (), holder, index))
    return Sheet("tables", "tables", "", words.sheet("tables"), used(columns, rows, ("name en", "name zh", "for each", "concludes", "hit policy", "source", "rules", "file")), tuple(rows))


def _tables(shelf: Shelf) -> list[tuple[str, Place, int, Place]]:
    found = []
    for file, tree in shelf.trees.items():
        if file.startswith("rules/") and tree is not None:
            found += [(file, tree, index, node) for index, node in enumerate(tree.items) if node.key("table") is not None]
    return found


# ---------------------------------------------------------------- one table


def table_sheet(shelf: Shelf, words: Words, table: TableDecl) -> Sheet:
    """Return the sheet of a table: a row for each rule, a column for each term it tests or concludes."""
    file, node = next((file, node) for file, _, _, node in _tables(shelf) if (name := node.get("table")) is not None and name.text == table.name)
    names = tuple(name for name, _ in table.concludes)
    holder = node.get("rules")
    columns = table_columns(shelf, words, table, [cell.column for rule in table.rules for cell in rule.cells])
    rows = []
    for index, item in enumerate(holder.items if holder is not None else ()):
        identity = item.get("id")
        paths = rule_paths(item, names)
        cells = {"rule": identity.text if identity else "", **cells_of(shelf.texts[file], item, columns, paths)}
        if item.get("otherwise") is not None:
            cells["otherwise"] = "yes"
        cells["sentence"] = words.sentences.get(cells["rule"], "")
        rows.append(Row((cells["rule"],), cells, file, item, (), holder, index, _notes(cells, table), paths))
    always = ("otherwise", "overrides", "because en", "because zh", "source", "from", "until", "sentence", *(column.name for column in columns if column.group in ("when", "then")))
    return Sheet(table.name, "table", table.name, table.title.text(words.language) or words.term(table.name), used(columns, rows, always), tuple(rows))


def table_columns(shelf: Shelf, words: Words, table: TableDecl, tested: list[str]) -> tuple[Column, ...]:
    """Return the columns of a table that tests these terms."""
    content = shelf.content
    whens = tuple(when_column(shelf, words, table, name) for name in dict.fromkeys(tested))
    thens = tuple(
        Column(f"then {name}", ("then", name), "value", "then", words.term(name), words.question(name), legal_values(content, name.rpartition(".")[2]), is_strict=True, width=16)
        for name, _ in table.concludes
    )
    return (
        Column("rule", ("id",), "text", "key", words.column("rule"), words.help("rule"), is_key=True, width=26),
        *whens,
        Column("otherwise", (), "text", "when", words.column("otherwise"), words.help("otherwise"), ("yes",), is_strict=True, width=11),
        *thens,
        Column("overrides", ("overrides",), "names", "then", words.column("overrides"), words.help("overrides"), tuple(rule.id for rule in table.rules), width=24),
        *text_columns("because", ("because",), words),
        Column("source", ("source",), "text", "why", words.column("source"), words.help("source"), width=28),
        Column("from", ("from",), "text", "about", words.column("from"), words.help("from"), width=12),
        Column("until", ("until",), "text", "about", words.column("until"), words.help("until"), width=12),
        Column("sentence", (), "text", "view", words.column("sentence"), words.help("sentence"), width=60),
    )


def when_column(shelf: Shelf, words: Words, table: TableDecl, name: str) -> Column:
    """Return the column in which the rules of a table test a term."""
    return Column(f"when {name}", ("when", name), "test", "when", words.term(name), words.question(name) or words.help("when"), legal_tests(shelf.content, name, table.loop), width=16)


def rule_paths(rule: Place | None, names: tuple[str, ...], *, is_otherwise: bool | None = None) -> dict[str, tuple[str, ...]]:
    """Return where the results of a rule stand: behind `then` or `otherwise`, alone or one for each term."""
    rest = is_otherwise if is_otherwise is not None else rule is not None and rule.get("otherwise") is not None
    head = "otherwise" if rest else "then"
    node = rule.get(head) if rule is not None else None
    is_alone = len(names) == 1 and (node is None or node.what != "keys")
    return {f"then {name}": (head,) if is_alone else (head, name) for name in names}


def _notes(cells: dict[str, str], table: TableDecl) -> dict[str, str]:
    source = cells.get("source") or table.source
    return {"rule": source} if source else {}
