"""The names of terms, attributes, options and entities in one language, from what is written."""

from fourfold.exchange.legal import kind_of
from fourfold.written import NO_WORDS, Content, KindDecl, Words


class Naming:
    """Finds names for people; without one a name is its own, with spaces."""

    def __init__(self, content: Content, language: str) -> None:
        """Index the names."""
        self.content, self.language = content, language
        self.terms = {term.name: term for term in content.terms}
        self.attributes = {(item.kind_name, item.name): item.title for item in content.attributes}
        self.kinds = {name: title for name, title, _ in content.kinds}
        self.entities = {(item.kind, item.name): item.title for item in content.entities}
        self.rules = {rule.id: rule for table in content.tables for rule in table.rules}

    def _text(self, words: Words, name: str) -> str:
        return words.text(self.language) or name.replace("_", " ")

    def term(self, name: str) -> str:
        """Return the name of a term, an attribute such as `carrier.serves`, or a kind of entity."""
        head, _, plain = name.rpartition(".")
        attribute = next((self.attributes[kind, plain] for kind in (head, self._kind_behind(head)) if (kind, plain) in self.attributes), NO_WORDS)
        if attribute.by_language or (head, plain) in self.attributes:
            return self._text(attribute, plain)
        if plain in self.terms:
            return self._text(self.terms[plain].title, plain)
        return self._text(self.kinds.get(plain, NO_WORDS), plain)

    def _kind_behind(self, term: str) -> str:
        return self.terms[term].kind.word if term in self.terms else ""

    def question(self, name: str) -> str:
        """Return the question of a term, with its unit."""
        term = self.terms.get(name.rpartition(".")[2])
        if term is None:
            return ""
        unit = ", ".join(part for part in (term.kind.unit, f"per {term.kind.per}" if term.kind.per else "") if part)
        return " ".join(part for part in (term.ask.text(self.language), term.help.text(self.language), f"[{unit}]" if unit else "") if part)

    def is_yes_no(self, kind: KindDecl | None) -> bool:
        """Return whether a kind is yes or no."""
        return kind is not None and kind.word == "yes_no"

    def option(self, kind: KindDecl | None, value: str, depth: int = 0) -> str:
        """Return the name of an option or entity."""
        if kind is None or depth > 5:
            return value
        for name, title, _ in kind.options:
            if name == value:
                return self._text(title, value)
        source = kind.options_of or kind.word
        if (source, value) in self.entities:
            return self._text(self.entities[source, value], value)
        term = self.terms.get(kind.options_of)
        return self.option(term.kind, value, depth + 1) if term is not None else value.replace("_", " ")

    def kind(self, name: str, loop: str = "") -> KindDecl | None:
        """Return the written kind behind a name."""
        return kind_of(self.content, name, loop)
