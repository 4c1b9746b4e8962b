"""The knowledge as sheets: terms, constants, the entities of a kind, their figures."""

from dataclasses import dataclass, field

from fourfold.exchange.forms import shown
from fourfold.exchange.legal import NUMBERS, options_of
from fourfold.exchange.nouns import SEEN, Column, Row, Sheet
from fourfold.exchange.places import Place
from fourfold.exchange.rule_sheets import LANGUAGES, cells_of, text_columns, used
from fourfold.exchange.shelf import Shelf
from fourfold.exchange.words import Words
from fourfold.reading.values import CONFIDENCES, FIGURE_KEYS, KINDS
from fourfold.written import AttributeDecl

YES_NO = ("true", "false")


def _plain(words: Words, names: str, group: str = "about", width: int = 14, form: str = "text") -> tuple[Column, ...]:
    return tuple(Column(name, (name,), form, group, words.column(name), words.help(name), width=width) for name in names.split(","))


def _kind_columns(shelf: Shelf, words: Words) -> tuple[Column, ...]:
    kinds = tuple(dict.fromkeys((*KINDS, *(name for name, _, _ in shelf.content.kinds))))
    return (
        Column("kind", ("kind",), "text", "then", words.column("kind"), words.help("kind"), kinds, is_strict=True, width=15),
        Column("options", ("options",), "raw", "then", words.column("options"), words.help("options"), width=46),
        *_plain(words, "unit,per", "then"),
        *_plain(words, "scale", "then", 9),
        Column("range", ("range",), "raw", "then", words.column("range"), words.help("range"), width=20),
    )


def terms_sheet(shelf: Shelf, words: Words) -> Sheet:
    """Return the vocabulary: a row for each term."""
    columns = (
        Column("term", (), "text", "key", words.column("term"), is_key=True, width=24),
        *text_columns("name", ("name",), words, "about", 24),
        *_kind_columns(shelf, words)[:1],
        *_plain(words, "of", "then"),
        *_kind_columns(shelf, words)[1:],
        *text_columns("ask", ("ask",), words, "when", 34),
        *text_columns("help", ("help",), words, "when", 34),
        *(Column(name, (name,), "text", "when", words.column(name), legal=YES_NO, is_strict=True, width=11) for name in ("required", "optional")),
        Column("assume", ("assume",), "text", "when", words.column("assume"), words.help("assume"), width=28),
        Column("or from", ("or from",), "value", "when", words.column("or from"), words.help("or from"), width=40),
        Column("cautious", ("cautious",), "text", "about", words.column("cautious"), legal=("low", "high"), is_strict=True, width=11),
        Column("changeable", ("changeable",), "text", "about", words.column("changeable"), legal=YES_NO, is_strict=True, width=12),
    )
    return _keyed(shelf, words, "terms", "term", columns)


def constants_sheet(shelf: Shelf, words: Words) -> Sheet:
    """Return the constants: a row for each, with its source."""
    columns = (
        Column("constant", (), "text", "key", words.column("constant"), is_key=True, width=26),
        *text_columns("name", ("name",), words, "about", 26),
        *_kind_columns(shelf, words),
        *figure_columns(shelf, words),
        Column("values", ("values",), "raw", "then", words.column("values"), words.help("values"), width=40),
    )
    return _keyed(shelf, words, "constants", "constant", columns)


def _keyed(shelf: Shelf, words: Words, section: str, key: str, columns: tuple[Column, ...]) -> Sheet:
    """Return the sheet of a section whose rows are keys with values."""
    rows = []
    for file, _, holder in shelf.members(section):
        for index, (name, node) in enumerate(holder.entries):
            assert name is not None
            cells = {key: name.text, **cells_of(shelf.texts[file], node, columns)}
            rows.append(Row((name.text,), cells, file, node, (), holder, index, source_notes(shelf, cells)))
    return Sheet(section, section, "", words.sheet(section), used(columns, rows, tuple(c.name for c in columns if c.name not in ("name", "ask", "help", "because", "values"))), tuple(rows))


# ---------------------------------------------------------------- figures


def figure_columns(shelf: Shelf, words: Words) -> tuple[Column, ...]:
    """Return the columns of a figure: value, range, origin, days in force."""
    currencies = tuple(dict.fromkeys((shelf.content.base, *(rate.currency for rate in shelf.content.rates))))
    return (
        Column("value", ("value",), "source", "then", words.column("value"), words.help("value"), width=14),
        *_plain(words, "low,high", "then", 11),
        Column("currency", ("currency",), "text", "then", words.column("currency"), legal=currencies, is_strict=True, width=10),
        Column("source", ("source",), "source", "why", words.column("source"), words.help("source"), width=16),
        Column("estimate", ("estimate",), "text", "why", words.column("estimate"), words.help("estimate"), YES_NO, is_strict=True, width=10),
        *text_columns("because", ("because",), words, "why", 60),
        Column("near", ("near",), "source", "why", words.column("near"), words.help("near"), width=14),
        Column("date", ("date",), "text", "why", words.column("date"), words.help("date"), width=12),
        Column("confidence", ("confidence",), "text", "why", words.column("confidence"), words.help("confidence"), CONFIDENCES, is_strict=True, width=12),
        *_plain(words, "from,until", "about", 12),
    )


def source_notes(shelf: Shelf, cells: dict[str, str]) -> dict[str, str]:
    """Return the titles of the sources that a row names, as comments."""
    notes = {}
    for column in ("source", "near"):
        names = {name.strip() for name in cells.get(column, "").split(",")}
        found = [f"{source.name}: {source.title}. {source.publisher}, {source.date}. {source.address}" for source in shelf.content.sources if source.name in names]
        if found:
            notes[column] = "\n".join(found)
    return notes


@dataclass(slots=True)
class _Figures:
    """What is gathered of the figures of a kind."""

    shelf: Shelf
    columns: tuple[Column, ...]
    titles: dict[str, str]
    rows: list[Row] = field(default_factory=list)

    def take(self, file: str, base: Place, key: tuple[str, ...], node: Place, prefix: tuple[str, ...]) -> None:
        """Note a figure, or each of several with their days."""
        if node.what == "list" and node.entries and all(item.what == "keys" for item in node.items):
            for at, item in enumerate(node.items):
                self._one(file, base, (*key, str(at + 1)), item, (*prefix, str(at)))
        else:
            self._one(file, base, (*key, ""), node, prefix)

    def _one(self, file: str, base: Place, key: tuple[str, ...], node: Place, prefix: tuple[str, ...]) -> None:
        text = self.shelf.texts[file]
        figure = cells_of(text, node, self.columns) if node.what == "keys" else {"value": shown(text, node, "source")}
        cells = {"entity": key[0], "attribute": key[1], "by": key[2], "nr": key[3], "unit": self.titles.get(key[1], ""), **figure}
        self.rows.append(Row(key, cells, file, base, prefix, notes=source_notes(self.shelf, figure)))


def figures_sheet(shelf: Shelf, words: Words, kind: str) -> Sheet:
    """Return the figures of the entities of a kind: a row for each number, with its source."""
    attributes = {item.name: item for item in shelf.content.attributes if item.kind_name == kind and item.kind.word in NUMBERS}
    columns = (
        Column("entity", (), "text", "key", words.term(kind), is_key=True, width=26),
        Column("attribute", (), "text", "key", words.column("attribute"), legal=tuple(attributes), is_strict=True, is_key=True, width=38),
        Column("by", (), "text", "key", words.column("by"), words.help("by"), is_key=True, width=16),
        Column("nr", (), "text", "key", words.column("nr"), words.help("nr"), is_key=True, width=6),
        *figure_columns(shelf, words),
        Column("unit", (), "text", "view", words.column("unit"), width=24),
    )
    units = {
        name: ", ".join(part for part in (item.kind.word if item.kind.word != "number" else "", item.kind.unit, f"per {item.kind.per}" if item.kind.per else "") if part)
        for name, item in attributes.items()
    }
    found = _Figures(shelf, columns, units)
    for file, name, node, _, _ in entity_places(shelf, kind):
        for key, value in node.entries:
            item = attributes.get(key.text) if key is not None else None
            if item is None or value.is_empty:
                continue
            if item.by and value.what == "keys" and not {k.text for k, _ in value.entries if k is not None} <= set(FIGURE_KEYS):
                for inner, figure in value.entries:
                    assert inner is not None
                    found.take(file, node, (name, item.name, inner.text), figure, (item.name, inner.text))
            else:
                found.take(file, node, (name, item.name, ""), value, (item.name,))
    always = tuple(column.name for column in columns if column.name not in ("because en", "because zh", "because"))
    return Sheet(
        f"figures_{kind}",
        "figures",
        kind,
        words.sheet("figures", kind),
        used(columns, found.rows, (*always, "because")),
        tuple(found.rows),
        {name: (file, node) for file, name, node, _, _ in entity_places(shelf, kind)},
    )


def entity_places(shelf: Shelf, kind: str) -> list[tuple[str, str, Place, Place, int]]:
    """Return file, name, keys, holder and place of each entity of a kind, in the order of the knowledge."""
    found = []
    for file, _, section in shelf.members("entities"):
        holder = section.get(kind)
        for index, (name, node) in enumerate(holder.entries if holder is not None else ()):
            if name is not None:
                found.append((file, name.text, node, holder, index))
    return found  # type: ignore[return-value]


# ---------------------------------------------------------------- entities


def entities_sheet(shelf: Shelf, words: Words, kind: str) -> Sheet:
    """Return the entities of a kind: a row for each, with its names, texts, choices and sets; its numbers are shown."""
    attributes = [item for item in shelf.content.attributes if item.kind_name == kind]
    found = entity_places(shelf, kind)
    columns: tuple[Column, ...] = (Column("entity", (), "text", "key", words.term(kind), is_key=True, width=26), *text_columns("name", ("name",), words, "about", 26))
    for item in attributes:
        columns += _attribute_columns(shelf, words, item, [node for _, _, node, _, _ in found])
    rows = []
    for file, name, node, holder, index in found:
        text = shelf.texts[file]
        cells = {"entity": name, **cells_of(text, node, columns)}
        cells.update({f"{SEEN}{item.name}": _number(text, node.get(item.name)) for item in attributes if item.kind.word in NUMBERS and not item.by})
        rows.append(Row((name,), {key: value for key, value in cells.items() if value}, file, node, (), holder, index))
    always = ("name en", "name zh", *(column.name for column in columns if column.group == "then"))
    return Sheet(f"entities_{kind}", "entities", kind, words.sheet("entities", kind), used(columns, rows, always), tuple(rows))


def _attribute_columns(shelf: Shelf, words: Words, item: AttributeDecl, nodes: list[Place]) -> tuple[Column, ...]:
    title = words.term(f"{item.kind_name}.{item.name}")
    if item.kind.word in NUMBERS:
        return () if item.by else (Column(f"{SEEN}{item.name}", (), "text", "view", title, item.kind.unit, width=13),)
    keys = [""]
    if item.by:
        values = [value for node in nodes if (value := node.get(item.name)) is not None and value.what == "keys"]
        keys = list(dict.fromkeys(key.text for value in values for key, _ in value.entries if key is not None and key.text not in LANGUAGES)) or [""]
    columns: tuple[Column, ...] = ()
    for key in keys:
        name, path = (f"{item.name}[{key}]", (item.name, key)) if key else (item.name, (item.name,))
        if item.kind.word == "text":
            columns += tuple(
                Column(f"{name} {language}", (*path, language), "lines", "why", f"{title}{' ' + key if key else ''} · {words.labels.get(f'language {language}', language)}", width=44)
                for language in LANGUAGES
            )
            columns += (Column(name, path, "lines", "why", title, width=44),)
        else:
            is_set = item.kind.word == "set"
            columns += (
                Column(
                    name,
                    path,
                    "names" if is_set else "text",
                    "then",
                    title,
                    "" if not is_set else ", ".join(options_of(shelf.content, item.kind)),
                    options_of(shelf.content, item.kind),
                    is_strict=not is_set,
                    width=24 if is_set else 14,
                ),
            )
    return columns


def _number(text: str, node: Place | None) -> str:
    """Return the value of a figure to look at; of several with their days, all."""
    if node is None:
        return ""
    if node.what == "list":
        return " · ".join(_number(text, item) for item in node.items)
    value = node.get("value") if node.what == "keys" else node
    return value.text if value is not None else ""
