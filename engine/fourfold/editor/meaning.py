"""What a word of a workspace means: in a sentence, where it is declared, and what may stand at a place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fourfold.checks.seen import Seen, words_of, words_of_cell
from fourfold.editor.schemas import MEANS, columns
from fourfold.expression.kinds import Choice, Options
from fourfold.span import Span
from fourfold.written import KindDecl, TermDecl

WORD = re.compile(r"[\w][\w.\-]*")
MOST_READERS = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A word that may stand at a place, with a few words about it."""

    word: str
    about: str
    sort: str


def word_at(line: str, column: int) -> tuple[str, int]:
    """Return the word around a column (from 0) of a line, and where it begins; nothing where there is none."""
    for found in WORD.finditer(line):
        if found.start() <= column <= found.end():
            return found[0].rstrip(".-"), found.start()
    return "", column


# ---------------------------------------------------------------- hover


def about(seen: Seen, word: str) -> str:
    """Return what a word means as Markdown, or nothing where it means nothing here."""
    plain = word.rpartition(".")[2]
    term = seen.terms.get(plain)
    parts = []
    if term is not None:
        parts = _about_term(seen, term)
    elif "." in word:
        parts = _about_attribute(seen, word)
    return "\n\n".join(parts or _about_rule(seen, word) or _about_entity(seen, word) or _about_rest(seen, word))


def _about_term(seen: Seen, term: TermDecl) -> list[str]:
    names = " · ".join(dict.fromkeys(text for text in (term.title.text("en"), term.title.text("zh")) if text))
    parts = [f"**{term.name}** {names}".strip(), _kind(term.kind) + (f", one value per {term.of}" if term.of else "")]
    figure = next((item for item in term.figures if item.period.covers(seen.book.as_of)), None)
    if figure is not None:
        where = ", ".join(figure.origin.sources) or "our estimate"
        parts.append(f"constant {', '.join(figure.texts)} ({where}, {figure.origin.date}, confidence {figure.origin.confidence})")
    if term.ask.by_language:
        parts.append(f"asked: {term.ask.text('en')}")
    if term.assume is not None:
        parts.append(f"assumed: `{term.assume.text}`")
    parts += [f"concluded by {what} ({span.file}:{span.line})" for what, span in _concluded_by(seen, term.name)]
    return [*parts, _readers(seen, term.name)]


def _kind(kind: KindDecl) -> str:
    of = f", {kind.unit}" if kind.unit else ""
    per = f" per {kind.per}" if kind.per else ""
    reach = f", {kind.low} to {kind.high}" if kind.low else ""
    options = ": " + ", ".join(name for name, _, _ in kind.options) if kind.options else f": those of {kind.options_of}" if kind.options_of else ""
    return f"{kind.word}{options}{of}{per}{reach}"


def _concluded_by(seen: Seen, name: str) -> Iterator[tuple[str, Span]]:
    content = seen.content
    for table in content.tables:
        yield from ((f"table `{table.name}`", table.span) for written, _ in table.concludes if written.rpartition(".")[2] == name)
    yield from (("a formula", item.span) for item in content.formulas if item.name.rpartition(".")[2] == name)
    yield from (("a share-out", item.span) for item in content.shares if item.name.rpartition(".")[2] == name)


def _readers(seen: Seen, name: str) -> str:
    found = [row.what for row in seen.rows if any(name in word.split(".") for cell in row.cells for word in (cell.column, *words_of_cell(cell.node)))]
    found += [f"formula of `{owner}`" for owner, item in seen.expressions if any(name in word.split(".") for word in words_of(item.node)) and owner != name]
    if not found:
        return "read by no rule" + (", but by a template or a method of the plan" if seen.is_read(name) else "")
    unique = list(dict.fromkeys(found))
    return "read by " + ", ".join(unique[:MOST_READERS]) + (f" and {len(unique) - MOST_READERS} more" if len(unique) > MOST_READERS else "")


def _about_attribute(seen: Seen, word: str) -> list[str]:
    first, _, second = word.partition(".")
    owner = seen.terms[first].kind.word if first in seen.terms else first
    found = next((item for item in seen.content.attributes if (item.kind_name, item.name) == (owner, second)), None)
    if found is None:
        return []
    missing = f"where none is given: {', '.join(found.otherwise.texts)}" if found.otherwise is not None else "every entity must give it where a rule reads it"
    return [f"**{word}** {found.title.text('en')}".strip(), f"attribute of each {owner}: {_kind(found.kind)}", missing, _readers(seen, second)]


def _about_rule(seen: Seen, word: str) -> list[str]:
    for table in seen.content.tables:
        for rule in table.rules:
            if rule.id == word:
                said = ", ".join(f"{name} = {text}" for name, text, _ in rule.then)
                return [f"**{word}** of table `{table.name}`", f"concludes {said}", rule.because.text("en")]
    return []


def _about_entity(seen: Seen, word: str) -> list[str]:
    for entity in seen.content.entities:
        if entity.name == word:
            return [f"**{word}** {entity.title.text('en')} · {entity.title.text('zh')}", f"a {entity.kind} ({entity.span.file}:{entity.span.line})"]
    return []


def _about_rest(seen: Seen, word: str) -> list[str]:
    for source in seen.content.sources:
        if source.name == word:
            return [f"**{word}** {source.title}", f"{source.publisher}, {source.date}", source.address]
    for term in seen.content.terms:
        for name, title, _ in term.kind.options:
            if name == word:
                return [f"**{word}** {title.text('en')} · {title.text('zh')}", f"an option of `{term.name}`"]
    for item in seen.content.selections:
        if item.name == word:
            return [f"**{word}**", f"a selection of {item.kind}s ({item.span.file}:{item.span.line})", _readers(seen, word)]
    return [f"**{word}** {MEANS[word]}"] if word in MEANS else []


# ---------------------------------------------------------------- definitions


def places_of(seen: Seen, word: str) -> list[Span]:
    """Return where a word is declared and concluded; the conclusion first, since it is what an expert looks for."""
    plain, content = word.rpartition(".")[2], seen.content
    found = [span for _, span in _concluded_by(seen, plain)]
    if plain in seen.terms:
        found.append(seen.terms[plain].span)
    elif "." in word:
        first = word.partition(".")[0]
        owner = seen.terms[first].kind.word if first in seen.terms else first
        found += [item.span for item in content.attributes if (item.kind_name, item.name) == (owner, plain)]
    found += [rule.span for table in content.tables for rule in table.rules if rule.id == word]
    found += [entity.span for entity in content.entities if entity.name == word]
    found += [source.span for source in content.sources if source.name == word]
    found += [item.span for item in content.selections if item.name == word]
    if not found:
        found += [span for term in content.terms for name, _, span in term.kind.options if name == word]
    return [span for span in dict.fromkeys(found) if span.file]


# ---------------------------------------------------------------- completion


def offers(seen: Seen, lines: list[str], line: int, column: int) -> list[Offer]:
    """Return what may stand at a place of a rule or knowledge file, by what stands before it on the line and above."""
    before = lines[line][:column] if line < len(lines) else ""
    key = re.search(r"([\w. ]+?)\s*:\s*\"?(?:not\()?[\w.\-+*/%, <>=\[\]()]*$", before)
    name = key[1].strip() if key else ""
    if name == "overrides":
        return [Offer(rule.id, rule.because.text("en"), "rule") for rule in _rules_above(seen, lines, line)]
    if name in ("for each", "of"):
        return _kinds(seen)
    if name in ("over", "count", "from", "by"):
        return _kinds(seen) + [Offer(item.name, f"selection of {item.kind}s", "selection") for item in seen.content.selections]
    if name in ("concludes", "formula", "share out", "proved"):
        return [_offer(term) for term in seen.content.terms if not term.figures]
    if name in ("source", "near"):
        return [Offer(source.name, f"{source.title}, {source.date}", "source") for source in seen.content.sources]
    if name in ("then", "otherwise"):
        return _values(seen, _concludes_above(lines, line))
    if name in ("is", "sum", "lowest", "highest", "ratio", "amount", "assume", "at most", "at least", "order by"):
        return _names(seen)
    if name and re.search(r"\b(when|where|never)\b", before) and not re.search(r"[,{]\s*[\w.]*$", before):
        return _values(seen, name)
    if re.search(r"\b(when|where|never)\s*:\s*\{[^}]*$", before) or _is_within_cells(lines, line):
        return _names(seen)
    return []


def _offer(term: TermDecl) -> Offer:
    return Offer(f"{term.of}.{term.name}" if term.of else term.name, f"{_kind(term.kind)} · {term.title.text('en')}", "constant" if term.figures else "term")


def _names(seen: Seen) -> list[Offer]:
    found = []
    for column in columns(seen):
        declared = seen.declaration(column)
        term = seen.terms.get(column.rpartition(".")[2])
        found.append(Offer(column, (_kind(declared) if declared else "") + (f" · {term.title.text('en')}" if term else ""), "column"))
    return found


def _kinds(seen: Seen) -> list[Offer]:
    return [Offer(name, title.text("en"), "kind") for name, title, _ in seen.content.kinds]


def _values(seen: Seen, column: str) -> list[Offer]:
    """Return the values of a column: options with their names, or constants of its kind."""
    kind, plain = seen.kind_of(column), column.rpartition(".")[2]
    if isinstance(kind, Choice | Options):
        titles = {name: title for term in seen.content.terms for name, title, _ in term.kind.options if term.name == plain}
        titles |= {entity.name: entity.title for entity in seen.content.entities if entity.kind == kind.entity}
        lead = "contains " if isinstance(kind, Options) else ""
        return [Offer(f"{lead}{name}", titles[name].text("en") if name in titles else "", "option") for name in kind.options]
    declared = seen.declaration(column)
    word = declared.word if declared else ""
    return [Offer(term.name, f"{', '.join(term.figures[0].texts)} {term.kind.unit} · {term.title.text('en')}", "constant") for term in seen.content.terms if term.figures and term.kind.word == word]


def _rules_above(seen: Seen, lines: list[str], line: int) -> list:  # type: ignore[type-arg]
    name = _above(lines, line, r"- table:\s*([\w-]+)")
    return [rule for table in seen.content.tables if table.name == name for rule in table.rules]


def _concludes_above(lines: list[str], line: int) -> str:
    return _above(lines, line, r"concludes:\s*\[?\s*([\w.]+)")


def _above(lines: list[str], line: int, pattern: str) -> str:
    """Return what a pattern finds on a line or the nearest above it, within the same declaration."""
    for number in range(min(line, len(lines) - 1), -1, -1):
        found = re.search(pattern, lines[number])
        if found:
            return found[1]
    return ""


def _is_within_cells(lines: list[str], line: int) -> bool:
    """Return whether a line stands below `when:`, `where:` or `never:` with more indentation."""
    mine = len(lines[line]) - len(lines[line].lstrip()) if line < len(lines) else 0
    for number in range(line - 1, max(-1, line - 12), -1):
        indent = len(lines[number]) - len(lines[number].lstrip())
        if lines[number].strip() and indent < mine:
            return bool(re.match(r"\s*(when|where|never):\s*$", lines[number]))
    return False
