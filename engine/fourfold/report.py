"""Templates to text: Markdown, one HTML page, PDF, the page for the terminal."""

import re
import sys
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from fourfold import cache, locales
from fourfold.expression.kinds import Choice, Kind, Number
from fourfold.model import RuleBook, Value
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.span import Span
from fourfold.written import NO_WORDS, Words

TRACE = re.compile(r" ?⟦(.*?)⟧")


class Speaker:
    """What templates may call: names, texts, numbers and dates in one language."""

    def __init__(self, book: RuleBook, language: str, currency: str) -> None:
        """Index the texts of the book."""
        self.book, self.language, self.currency = book, language, currency
        self.environments: dict[Path, jinja2.Environment] = {}
        content = book.content
        self.titles = {(item.kind, item.name): item.title for item in content.entities}
        self.terms = {term.name: term for term in content.terms}
        self.rules = {rule.id: (rule, table) for table in content.tables for rule in table.rules}
        self.sources = {source.name: source for source in content.sources}
        self.kinds: dict[str, Kind] = {}
        for item in book.terms.values():
            self.kinds.setdefault(item.source, item.kind)
        self.options: dict[str, dict[str, Words]] = {}
        for term in content.terms:
            self.options[term.name] = {name: title for name, title, _ in term.kind.options}

    def name(self, kind: str, entity: str) -> str:
        """Return the name of an entity."""
        return self.titles.get((kind, str(entity)), NO_WORDS).text(self.language) or str(entity)

    def texts(self, kind: str, entity: str, attribute: str, key: str = "") -> list[str]:
        """Return the lines of a text of the knowledge."""
        value = self.book.knows(kind, str(entity), attribute, key)
        words = value.value if value else None
        return list(words.lines(self.language)) if isinstance(words, Words) else []

    def words(self, kind: str, entity: str, attribute: str, key: str = "") -> str:
        """Return a text of the knowledge as one line."""
        return " ".join(self.texts(kind, entity, attribute, key))

    def line(self, place: list[object]) -> str:
        """Return one line of a text of the knowledge by its place."""
        kind, entity, attribute, at = place
        found = self.texts(str(kind), str(entity), str(attribute))
        return found[int(at)] if int(at) < len(found) else ""  # type: ignore[call-overload]

    def term(self, name: str) -> str:
        """Return the title of a term; of one carrier's term with the carrier's name."""
        plain, _, entity = str(name).rstrip("]").partition("[")
        plain = plain.rpartition(".")[2]
        declared = self.terms.get(plain)
        if declared is None:
            attribute = next((item for item in self.book.content.attributes if item.name == plain), None)
            title = attribute.title.text(self.language) if attribute else ""
            return title or plain.replace("_", " ")
        title = declared.title.text(self.language) or plain
        return f"{self.name(declared.of, entity)}: {title}" if entity and declared.of else title

    def question(self, name: str) -> str:
        """Return the question text of a term."""
        declared = self.terms.get(str(name).partition("[")[0])
        return declared.ask.text(self.language) if declared else ""

    def option(self, term: str, value: object) -> str:
        """Return the name of an option or entity of a term."""
        plain = str(term).partition("[")[0]
        kind = self.kinds.get(plain)
        if isinstance(kind, Choice) and kind.entity:
            return self.name(kind.entity, str(value))
        declared = self.terms.get(plain)
        names = self.options.get(plain) or (self.options.get(declared.kind.options_of, {}) if declared else {})
        return names.get(str(value), NO_WORDS).text(self.language) or str(value)

    def value(self, term: str, value: object) -> str:
        """Return a value of a term as people read it."""
        kind = self.kinds.get(str(term).partition("[")[0])
        if isinstance(kind, Number) and isinstance(value, int | float):
            if kind.form == "money":
                return self.money(value)
            if kind.form == "percent":
                return self.percent(value)
            return self.number(value, kind.shown if value != int(value) else 0)
        return self.option(term, value)

    def money(self, value: float | None, decimals: int | None = None) -> str:
        """Return an amount with thousands separators, without the currency."""
        return "–" if value is None else self.number(value, decimals if decimals is not None else (0 if abs(value) >= 1000 or value == int(value) else 2))

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Return a number as the language writes it; of more than two decimals only those that say something."""
        if value is None:
            return "–"
        text = locales.decimal(value, decimals, self.language)
        return text.rstrip("0").rstrip(".") if decimals > 2 else text

    def percent(self, share: float | None, decimals: int = 1) -> str:
        """Return a share of 1 as per cent."""
        return "–" if share is None else locales.percent(share, decimals, self.language)

    def plural(self, count: float, **forms: str) -> str:
        """Return the form of a word that goes with a count."""
        return locales.plural(count, forms, self.language)

    def currency_name(self) -> str:
        """Return the name of the company's currency."""
        return locales.currency_name(self.currency, self.language)

    def day(self, text: str, *, weekday: bool = False) -> str:
        """Return a date in words."""
        return self._dated(text, "day_with_weekday" if weekday else "day")

    def short_day(self, text: str) -> str:
        """Return a date without its year, with the day of the week."""
        return self._dated(text, "short_day")

    def month(self, text: str) -> str:
        """Return the month of a date in words."""
        return self._dated(text, "month")

    def month_name(self, text: str) -> str:
        """Return the short name of the month of a date."""
        return self._dated(text, "short_month")

    @staticmethod
    def weekday(text: str) -> int:
        """Return the day of the week of a date, Monday 0."""
        return date.fromisoformat(str(text)).weekday()

    def _dated(self, text: str, form: str) -> str:
        return locales.day(date.fromisoformat(str(text)), form, self.language) if text else "–"

    def because(self, rule: str, entity: str = "") -> str:
        """Return the reason of a rule, with its placeholders filled."""
        found = self.rules.get(rule)
        if found is None:
            return rule
        text, loop = found[0].because.text(self.language), found[1].loop
        return re.sub(r"\{(\w+)\}", lambda match: self.name(loop, entity) if match[1] == loop else self.term(match[1]), text)

    def figure(self, name: str) -> str:
        """Return a figure's name in words."""
        found = re.match(r"(\w+)\.(\w+)\[(\w+)(?:, (\w+))?\]", name)
        if not found:
            return self.term(name)
        colon, opening, closing = ("：", "（", "）") if self.language == "zh" else (": ", " (", ")")
        key = self._key_name(found[1], found[2], found[4]) if found[4] else ""
        return f"{self.name(found[1], found[3])}{colon}{self.attribute(found[1], found[2])}{opening + key + closing if key else ''}"

    def attribute(self, kind: str, name: str) -> str:
        """Return the title of an attribute of a kind."""
        declared = next((item for item in self.book.content.attributes if item.kind_name == kind and item.name == name), None)
        title = declared.title.text(self.language) if declared else ""
        return title or name.replace("_", " ")

    def _key_name(self, kind: str, attribute: str, key: str) -> str:
        """Return the name of the second key of a figure: an entity, or an option of a choice."""
        declared = next((item for item in self.book.content.attributes if item.kind_name == kind and item.name == attribute), None)
        by = declared.by if declared else ""
        return self.name(by, key) if (by, key) in self.titles else self.option(by, key)

    def figure_value(self, name: str, value: float) -> str:
        """Return a value of a figure as people read it: money with its currency, shares in per cent."""
        kind, _, rest = name.partition(".")
        attribute = rest.partition("[")[0]
        declared = next((item.kind for item in self.book.content.attributes if item.kind_name == kind and item.name == attribute), None)
        if declared is None:
            term = next((term for term in self.book.content.terms if term.name == name), None)
            declared = term.kind if term else None
        word = declared.word if declared else ""
        if word == "money":
            return f"{self.money(value)} {self.currency}"
        return f"{self.number(value, 1).removesuffix('.0')}%" if word == "percent" else self.number(value, 2).removesuffix(".00")

    def is_money(self, term: str) -> bool:
        """Return whether a term is an amount of money."""
        kind = next((item.kind for item in self.book.terms.values() if item.name == term or item.source == str(term).partition("[")[0]), None)
        return isinstance(kind, Number) and kind.form == "money"

    def source_note(self, name: str) -> str:
        """Return where a figure comes from in a few words."""
        value = self.book.values.get(name)
        if not isinstance(value, Value):
            return ""
        origin = value.origin
        what = ", ".join(origin.sources) or ("E" if origin.is_estimate else "")
        return ", ".join(part for part in (what, origin.date, origin.confidence) if part)

    def trace(self, rules: object = (), terms: object = (), figures: object = (), line: str = "") -> str:
        """Return the mark of a trace: rule with its file and line, inputs, method, sources."""
        parts = []
        rule_names = [rules] if isinstance(rules, str) else list(rules)  # type: ignore[call-overload]
        if rule_names:
            parts.append("rule: " + ", ".join(self._rule_place(name) for name in rule_names))
        if line:
            parts.append(f"method: {line}")
        term_names = [terms] if isinstance(terms, str) else list(terms)  # type: ignore[call-overload]
        if term_names:
            parts.append("in: " + ", ".join(term_names))
        figure_names = [figures] if isinstance(figures, str) else list(figures)  # type: ignore[call-overload]
        if figure_names:
            parts.append("src: " + "; ".join(f"{name} {self.source_note(name)}".strip() for name in figure_names))
        return f"⟦{' · '.join(parts)}⟧" if parts else ""

    def _rule_place(self, name: str) -> str:
        found = self.rules.get(name)
        return f"{name} ({found[0].span.file}:{found[0].span.line})" if found else name


class _Compiled(jinja2.BytecodeCache):
    """Keeps compiled templates in the user's cache, as Python keeps compiled modules."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what was kept for this very source, if it is there."""
        kept = cache.load(self._key(bucket))
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        cache.store(self._key(bucket), bucket.bytecode_to_string())

    @staticmethod
    def _key(bucket: Bucket) -> str:
        return f"sandboxed template {bucket.key} {bucket.checksum} {jinja2.__version__} {sys.version}"


class _Inside(jinja2.FileSystemLoader):
    """Loads templates that lie in the folder of templates, and none that a link leads to elsewhere."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the source of a template, its file, and whether it is still up to date."""
        found = super().get_source(environment, template)
        if not Path(found[1]).resolve().is_relative_to(Path(self.searchpath[0]).resolve()):
            raise jinja2.TemplateNotFound(template)
        return found


def environment(root: Path, speaker: Speaker) -> jinja2.Environment:
    """Return the template environment of a workspace in one language, the same one for the same speaker."""
    if root not in speaker.environments:
        speaker.environments[root] = _environment(root, speaker)
    return speaker.environments[root]


def _environment(root: Path, speaker: Speaker) -> jinja2.Environment:
    env = compiled_templates(root)
    names = (
        "name",
        "texts",
        "words",
        "line",
        "term",
        "question",
        "option",
        "value",
        "money",
        "number",
        "percent",
        "day",
        "short_day",
        "month",
        "month_name",
        "weekday",
        "plural",
        "currency_name",
        "because",
        "figure",
        "figure_value",
        "is_money",
        "source_note",
        "trace",
    )
    env.globals.update({name: getattr(speaker, name) for name in names})
    env.globals.update({"lang": speaker.language, "picture": lambda _: "", "currency": speaker.currency})
    return env


def compiled_templates(root: Path) -> jinja2.Environment:
    """Return an environment that compiles the templates of a workspace, or finds them compiled in the user's cache."""
    loader = _Inside(str(root / "templates"))
    env = SandboxedEnvironment(loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, keep_trailing_newline=True, bytecode_cache=_Compiled())
    env.filters["wide"] = wide
    return env


def wide(text: object, width: int, side: str = "left") -> str:
    """Return a text padded to a width of terminal columns, wide characters counted twice."""
    plain = str(text)
    used = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain)
    space = " " * max(0, width - used)
    return plain + space if side == "left" else space + plain


def render(root: Path, template: str, speaker: Speaker, data: Data, picture: Callable[[str], str] | None = None) -> str:
    """Return a rendered template; its own errors are problems with the template's line."""
    try:
        return environment(root, speaker).get_template(template).render({**data, "picture": picture} if picture else data)
    except jinja2.TemplateNotFound as fault:
        raise Problems(
            [Problem("F501", f"there is no template `{fault.name}`", Span(f"templates/{fault.name}", 1, 1), help="the workspace needs the shipped templates: copy them from `fourfold init`")]
        ) from None
    except jinja2.TemplateSyntaxError as fault:
        raise Problems([Problem("F502", f"template error: {fault.message}", Span(f"templates/{fault.name}", fault.lineno, 1))]) from None
    except (jinja2.UndefinedError, SecurityError) as fault:
        raise Problems([Problem("F503", f"the template asks for something unknown: {fault.message}", Span(f"templates/{template}", _line_of(fault, template), 1))]) from None


def _line_of(fault: Exception, template: str) -> int:
    trace = fault.__traceback__
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(template):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def markdown(root: Path, speaker: Speaker, plan: Data) -> str:
    """Return the plan as Markdown, traces in brackets, pictures as text."""

    def picture(name: str) -> str:
        return "```\n" + render(root, f"pictures/{name}.txt.j2", speaker, plan).strip("\n") + "\n```"

    text = render(root, f"plan.{speaker.language}.md.j2", speaker, plan, picture)
    return tidy(TRACE.sub(lambda found: f" [{found[1]}]", text))


def tidy(text: str) -> str:
    """Return text without trailing spaces and without more than one empty line together."""
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def page(root: Path, speaker: Speaker, plan: Data, *, for_print: bool = False, sibling: str = "") -> str:
    """Return the plan as one HTML page without network: pictures inline, traces on demand (or printed).

    `sibling` is the file with the same page in the other language, where there is one.
    """
    from markdown_it import MarkdownIt

    pictures: list[str] = []

    def picture(name: str) -> str:
        drawn = render(root, f"pictures/{name}.svg.j2", speaker, plan)
        twin = render(root, f"pictures/{name}.txt.j2", speaker, plan).strip("\n")
        pictures.append(render(root, "pictures/frame.html.j2", speaker, {"svg": drawn, "twin": twin}))
        return f"\n\nPICTURE-{len(pictures) - 1}-HERE\n\n"

    text = tidy(render(root, f"plan.{speaker.language}.md.j2", speaker, plan, picture))
    body = str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
    body = re.sub(r"<p>PICTURE-(\d+)-HERE</p>", lambda found: pictures[int(found[1])], body)
    notes: list[str] = []

    def mark(found: re.Match[str]) -> str:
        notes.append(found[1])
        return f'<a class="trace" href="#t{len(notes)}" id="u{len(notes)}" data-trace="{found[1].replace(chr(34), "&quot;")}">{len(notes)}</a>'

    body = TRACE.sub(mark, body)
    body = body.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
    return render(root, "page.html.j2", speaker, {**plan, "body": body, "notes": notes, "for_print": for_print, "sibling": sibling})


def pdf(html: str) -> bytes:
    """Return a page as PDF; what is missing to make one is a problem that says what to install."""
    try:
        import weasyprint
    except ImportError:
        raise Problems([Problem("F504", "no PDF: weasyprint is not installed", help="pip install 'fourfold[pdf]'")]) from None
    except OSError:
        raise Problems([Problem("F504", "no PDF: the library Pango is not installed", help="Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango")]) from None
    return bytes(weasyprint.HTML(string=html).write_pdf())
