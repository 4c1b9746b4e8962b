"""The words of sheets: titles, helps and the sentences beside rows, from templates/workbook.*.txt.j2."""

from dataclasses import dataclass, field
from pathlib import Path

from fourfold.exchange.naming import Naming
from fourfold.exchange.sentences import rule_sentences
from fourfold.model import RuleBook
from fourfold.report import Speaker, render
from fourfold.written import TableDecl


@dataclass(frozen=True, slots=True)
class Words:
    """Titles and helps in one language, and a sentence for each rule."""

    language: str
    labels: dict[str, str]
    naming: Naming
    sentences: dict[str, str] = field(default_factory=dict)

    def column(self, name: str, language: str = "") -> str:
        """Return the title of a column; of a text in a language, with that language."""
        title = self.labels.get(f"title {name}", name)
        return f"{title} · {self.labels.get(f'language {language}', language)}" if language else title

    def help(self, name: str) -> str:
        """Return what helps with a column, or nothing."""
        return self.labels.get(f"help {name}", "")

    def sheet(self, what: str, subject: str = "") -> str:
        """Return the title of a sheet."""
        return self.labels.get(f"sheet {what}", what).replace("…", self.naming.term(subject) if subject else "").strip()

    def about(self) -> list[str]:
        """Return the lines that say how to use the workbook."""
        return [text for key, text in self.labels.items() if key.startswith("about ")]

    def term(self, name: str) -> str:
        """Return the name of a term."""
        return self.naming.term(name)

    def question(self, name: str) -> str:
        """Return the question of a term."""
        return self.naming.question(name)


def words_of(root: Path, book: RuleBook, tables: tuple[TableDecl, ...], language: str) -> Words:
    """Return the words of sheets in a language, with the sentences of the rules of some tables."""
    text = render(root, f"workbook.{language}.txt.j2", Speaker(book, language, book.currency), {"title": book.content.title.text(language)})
    labels = {key.strip(): value.strip() for key, sign, value in (line.partition("=") for line in text.splitlines()) if sign}
    sentences = rule_sentences(root, book, tables, language) if tables else {}
    return Words(language, labels, Naming(book.content, language), sentences)
