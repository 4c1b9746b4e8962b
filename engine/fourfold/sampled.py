"""Companies of the population as people would write them: profiles, rows of a table, files."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fourfold.expression.kinds import Number
from fourfold.expression.show import plain
from fourfold.library import open_book
from fourfold.model import Given, RuleBook
from fourfold.population import Company, Sampler, currency_shares, drawn_terms, sampler
from fourfold.population.chance import chances, chosen
from fourfold.problem import Problem, Problems
from fourfold.span import Span
from fourfold.writing import write_parts, write_whole
from fourfold.written import TermDecl

MOST_FILES = 10_000
ENDINGS = (".csv", ".jsonl")
Answers = dict[str, object]


def answers_of(book: RuleBook, company: Company, name: str = "") -> Answers:
    """Return a company as its answers in the order of the vocabulary: plain values, lists for sets, mappings by entity.

    What the population does not draw (parts of the door, assumptions), what is not asked of a company of its
    kind, and what an entity has without an answer are left out, so that the answers read back the same.
    """
    found: Answers = {"company": name} if name and any(term.name == "company" for term in book.content.terms) else {}
    found |= {"currency": book.currency, "as_of": plain(Number("date"), book.as_of)}
    drawn, usual = drawn_terms(book), _usual(book)
    hidden = {inner.name: inner.only_for for draw in book.draws.values() for inner in (draw, *draw.inner) if inner.only_for}
    for term in book.content.terms:
        only = hidden.get(term.name, ())
        if (drawn and term.name not in drawn) or any(company.get(choice) not in {option for option, _ in options} for choice, _, options in only):
            continue
        value = _answer(book, term, company, usual)
        if value not in (None, {}):
            found[term.name] = value
    return found


def _usual(book: RuleBook) -> dict[str, str]:
    return {node.term: str(getattr(node.assume, "value", "false")) for node in book.nodes if isinstance(node, Given) and "[" in node.term}


def _answer(book: RuleBook, term: TermDecl, company: Company, usual: dict[str, str]) -> object:
    if term.name in company:
        return plain(book.terms[term.name].kind, company[term.name])
    names = {name.partition("[")[2][:-1]: name for name in company if name.startswith(f"{term.name}[")}
    if term.of:
        return {entity: plain(book.terms[name].kind, company[name]) for entity, name in names.items() if company[name] != usual[name]}
    return [option for option, name in names.items() if company[name] == "true"] if names else None


def as_profile(book: RuleBook, company: Company, name: str = "", note: str = "") -> str:
    """Return a company as the text of a profile that `plan` takes; `note` is its first line."""
    lines = [f"# {note}"] if note else []
    for term, value in answers_of(book, company, name).items():
        if isinstance(value, dict):
            lines += [f"{term}:", *(f"  {entity}: {_word(inner)}" for entity, inner in value.items())]
        elif isinstance(value, list):
            lines.append(f"{term}: [{', '.join(map(str, value))}]")
        else:
            lines.append(f"{term}: {_word(value)}")
    return "\n".join(lines) + "\n"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    text = str(value)
    return text if all(sign.isalnum() or sign in " _-." for sign in text) else json.dumps(text, ensure_ascii=False)


# ---------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: companies by currency, and whether the workspace has a population."""

    by_currency: dict[str, int]
    has_population: bool


class Mixed:
    """Draws companies of several currencies, each as often as the population says."""

    def __init__(self, root: Path, seed: int, today: int, currency: str = "") -> None:
        """Open the book of a currency, or of the base; other books are opened when they are needed."""
        self.root, self.seed, self.today = root, seed, today
        self.samplers: dict[str, Sampler] = {}
        first = self._sampler(currency)
        self.shares = {currency: 1.0} if currency else currency_shares(first.book)
        self.has_population = bool(drawn_terms(first.book))
        self.seen: Counter[str] = Counter()

    def _sampler(self, currency: str) -> Sampler:
        if currency not in self.samplers:
            self.samplers[currency] = sampler(open_book(self.root, self.today, currency), self.seed)
        return self.samplers[currency]

    def companies(self, count: int) -> Iterator[tuple[RuleBook, Company, int]]:
        """Return companies with their books and numbers (from 1)."""
        names = list(self.shares)
        for number in range(count):
            # WHY: a stream of its own, so that one currency alone gives the same companies
            name = names[chosen(list(self.shares.values()), chances(self.seed + 1, 2**63 + number))]
            found = self._sampler(name)
            self.seen[found.book.currency] += 1
            yield found.book, found.company(number), number + 1


def write_sample(root: Path, count: int, output: Path, seed: int, today: int, currency: str = "") -> Written:
    """Write an invented population as profiles in a folder, as CSV or as JSON lines, told by the name of the output."""
    form = _form(output, count)
    mixed = Mixed(root, seed, today, currency)
    if form:
        lines = (_csv if form == ".csv" else _json_lines)(mixed, count)
        write_parts(output, lines)
    else:
        for book, company, number in mixed.companies(count):
            text = as_profile(book, company, f"Invented {number}", f"An invented company: number {number} of seed {seed}, drawn from the population of the knowledge.")
            write_whole(output / f"company_{number:0{len(str(count))}}.yaml", text)
    return Written(dict(mixed.seen.most_common()), mixed.has_population)


def _form(output: Path, count: int) -> str:
    span = Span(str(output), 1, 1)
    if output.suffix in ENDINGS:
        return output.suffix
    if output.suffix:
        raise Problems([Problem("F117", f"no format for `{output}`", span, help=f"the name must end in {' or '.join(ENDINGS)}; a name without an ending is a folder of profiles")])
    if count > MOST_FILES:
        raise Problems([Problem("F108", f"more than {MOST_FILES:,} profiles in one folder", span, help="write a table: -o sample.csv")])
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise Problems([Problem("F116", f"`{output}` is there already and not empty", span, help="name a new folder")])
    return ""


def _json_lines(mixed: Mixed, count: int) -> Iterator[str]:
    for book, company, number in mixed.companies(count):
        yield json.dumps(answers_of(book, company, f"Invented {number}"), ensure_ascii=False) + "\n"


def _csv(mixed: Mixed, count: int) -> Iterator[str]:
    """Return the lines of a table: one column for each asked term, and for each entity of a term that has one value each."""
    columns: list[str] = []
    for book, company, number in mixed.companies(count):
        if not columns:
            columns = _columns(book)
            yield ",".join(columns) + "\r\n"
        flat: dict[str, str] = {}
        for name, value in answers_of(book, company, f"Invented {number}").items():
            if isinstance(value, dict):
                flat |= {f"{name}[{entity}]": _word(inner) for entity, inner in value.items()}
            else:
                flat[name] = ", ".join(map(str, value)) if isinstance(value, list) else _word(value)
        yield ",".join(_cell(flat.get(name, "")) for name in columns) + "\r\n"


def _columns(book: RuleBook) -> list[str]:
    drawn, found = drawn_terms(book), ["company", "currency", "as_of"]
    asked = [(book.terms[node.term].source, node.term) for node in book.nodes if isinstance(node, Given)]
    for term in book.content.terms:
        names = [ground for source, ground in asked if source == term.name and (not drawn or source in drawn)]
        found += names if term.of else [term.name] * bool(names)
    return list(dict.fromkeys(found))


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text
