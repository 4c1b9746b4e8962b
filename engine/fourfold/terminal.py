"""The questionnaire in a terminal: messages to text, lines read, answers saved after each of them."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import overload

from fourfold.asking import Profile
from fourfold.console import fitted
from fourfold.door import enter, read_profile
from fourfold.door.state import plain_text
from fourfold.expression.kinds import YES_NO, Choice, Number, Options
from fourfold.model import RuleBook
from fourfold.planning.view import Data
from fourfold.population import sample
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.report import Speaker, render
from fourfold.span import Span
from fourfold.talk import sheet
from fourfold.talk.fields import declared, kinds, options_like
from fourfold.talk.replies import reply
from fourfold.talk.sharpen import worth_asking
from fourfold.talk.showing import opening, present, resumed
from fourfold.talk.state import Talk, opened
from fourfold.writing import write_whole

Reader = Callable[[Talk], str]
COMPANIES = 400
WIDEST = 100


class Screenwriter:
    """Makes text of messages, in one language."""

    def __init__(self, root: Path, book: RuleBook, language: str) -> None:
        """Keep what the templates may call."""
        self.root, self.book, self.language = root, book, language
        self.width = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)
        self.speaker = Speaker(book, language, book.currency)
        self.kinds, self.terms = kinds(book), declared(book)

    def text(self, messages: tuple[Data, ...]) -> str:
        """Return messages as they are shown."""
        if not messages:
            return ""
        calls = {
            "stored": self.stored,
            "unit": self.unit,
            "option_of": self.option_of,
            "name_of": self.name_of,
            "typed": self.typed,
            "is_yes_no": self.is_yes_no,
            "kind_name": self.kind_name,
            "help_text": self.help_text,
            "register_name": self.register_name,
            "column_name": self.column_name,
        }
        text = render(self.root, f"ask.{self.language}.txt.j2", self.speaker, {"messages": list(messages), "width": self.width, **calls})
        return fitted(text, self.width)

    def stored(self, term: str, value: int) -> str:
        """Return a stored number as people read it."""
        kind = self.kinds[term.partition("[")[0]]
        return plain_text(kind, value) if isinstance(kind, Number) else str(value)

    def unit(self, term: str) -> str:
        """Return the unit of a number with a space before it: the currency of money, per cent, or the declared one."""
        kind = self.kinds[term.partition("[")[0]]
        if not isinstance(kind, Number):
            return ""
        return {"money": f" {self.book.currency}", "percent": "%", "date": ""}.get(kind.form, "")

    def option_of(self, term: str, option: str) -> str:
        """Return the name of an option, or of an entity of a grid."""
        plain = term.partition("[")[0]
        entity = self.terms[plain].of
        if entity and option in self.book.entities.get(entity, ()):
            return self.speaker.name(entity, option)
        kind = self.kinds[plain]
        if isinstance(kind, Options) and kind.entity:
            return self.speaker.name(kind.entity, option)
        return self.speaker.option(plain, option)

    def name_of(self, term: str, entity: str) -> str:
        """Return the name of an entity of a grid."""
        return self.speaker.name(self.terms[term.partition("[")[0]].of, entity)

    def help_text(self, term: str) -> str:
        """Return the help of a term."""
        return self.terms[term.partition("[")[0]].help.text(self.language)

    def register_name(self, register: str) -> str:
        """Return the name of a register."""
        return next(item.title.text(self.language) for item in self.book.content.registers if item.name == register)

    def column_name(self, register: str, column: str) -> str:
        """Return the name of a column of a register."""
        columns = next(item.columns for item in self.book.content.registers if item.name == register)
        return next(item.title.text(self.language) or item.name for item in columns if item.name == column)

    def kind_name(self, term: str) -> str:
        """Return the kind of entity of a grid."""
        return self.terms[term.partition("[")[0]].of

    def is_yes_no(self, term: str) -> bool:
        """Return whether a term is answered by yes or no."""
        return self.kinds[term.partition("[")[0]] == YES_NO

    def typed(self, term: str, text: str) -> str:
        """Return a saved entry in words: options by their names, amounts as they were typed."""
        kind = self.kinds[term]
        if isinstance(kind, Choice) and text in kind.options:
            return self.speaker.option(term, text)
        entity = self.terms[term].of
        parts = []
        for part in text.split(", "):
            name, sign, value = part.partition(": ")
            named = self.option_of(term, name) if entity and name in self.book.entities.get(entity, ()) else name
            parts.append(f"{named}: {self.option_of(term, value)}" if sign and value != "yes" else named)
        return ", ".join(parts)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Hold the saved answers for one conversation; a second one on the same file is a problem."""
    from filelock import FileLock, Timeout

    lock = FileLock(str(path.with_name(f".{path.name}.lock")), timeout=0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with lock:
            yield
    except Timeout:
        raise Problems([Problem("F118", f"`{path}` is being answered in another window", Span(str(path), 1, 1), help="go on there, or close it first")]) from None
    except OSError as fault:
        raise Problems([Problem("F116", f"cannot write beside `{path}`: {(fault.strerror or 'the system refused').lower()}", Span(str(path), 1, 1))]) from None
    finally:
        if not lock.is_locked:
            Path(lock.lock_file).unlink(missing_ok=True)


class Saver:
    """Writes the answers after each change; never over a file that something else changed meanwhile."""

    def __init__(self, path: Path, known: str) -> None:
        """Keep what the file was last seen to hold."""
        self.path, self.known = path, known

    def save(self, text: str) -> None:
        """Write the text; raise Problems where it cannot be written or the file was changed by something else."""
        if text == self.known:
            return
        now = read_text(self.path, str(self.path)) if self.path.exists() else ""
        if now != self.known:
            raise Problems(
                [
                    Problem(
                        "F119",
                        f"`{self.path}` was changed by something else meanwhile",
                        Span(str(self.path), 1, 1),
                        help="your answers are kept here; close the other program, or answer under another name",
                    )
                ]
            )
        write_whole(self.path, text)
        self.known = text


def start(book: RuleBook, rows: Sequence[Profile], path: Path, text: str) -> tuple[Talk, tuple[Data, ...]]:
    """Return the conversation on a file, new or resumed, with what it begins with.

    Answers that the present rules no longer understand are named and asked again; the file keeps them
    until then. A file that cannot be read at all raises Problems.
    """
    if not text:
        talk = opened(book, rows, str(path), "")
        return talk, (opening(talk, str(path)),)
    working = text
    lost: list[Data] = []
    while True:
        try:
            talk = opened(book, rows, str(path), working)
            break
        except Problems as fault:
            term = _lost_term(book, working, str(path), fault)
            if not term:
                raise
            value = sheet.plain(sheet.entries(working, str(path), {r.name: r for r in book.content.registers}, declared(book))[term])
            lost.append({"term": term, "value": value, "message": fault.problems[0].message})
            working = sheet.changed(working, {term: None})
    return talk, (resumed(talk, text, tuple(lost)),)


def _lost_term(book: RuleBook, text: str, file: str, fault: Problems) -> str:
    """Return the entry that a problem of a saved file stands in, or nothing."""
    found = sheet.entries(text, file, {r.name: r for r in book.content.registers}, declared(book))
    lines = sorted((node.span.line, name) for name, node in found.items())
    line = fault.problems[0].span.line
    return next((name for at, name in reversed(lines) if at <= line), "")


def converse(talk: Talk, writer: Screenwriter, saver: Saver, read: Reader, show: Callable[[str], None], shown: tuple[Data, ...]) -> Talk:
    """Ask until the strategy is settled and the person stops, or plans; return the last state.

    Raises EOFError or KeyboardInterrupt where the person leaves in the middle; all answers are saved by then.
    """
    show(writer.text((*shown, *present(talk))))
    was_settled = talk.interview.settled
    while not talk.done:
        result = reply(talk, read(talk))
        after = result.talk
        if after.interview.settled and not after.fields and not after.sharpened and not after.sharpen and not after.done:
            after = replace(after, sharpen=worth_asking(after))
        messages = list(result.shown)
        if after.before is None:
            unsaved = _saved(saver, whole_text(after))
            # WHY: what could not be saved is not left behind; the person mends it and types save again, or leaves by Ctrl-C
            after = replace(after, done="") if unsaved else after
            messages += unsaved
        show(writer.text((*messages, *present(after, was_settled if not _is_new(talk, after) else ""))))
        was_settled = after.interview.settled
        talk = after
    return talk


def whole_text(talk: Talk) -> str:
    """Return the text to save: the answers, a half-filled screen, and the rule book they were given to."""
    return sheet.with_book(sheet.changed(talk.text, talk.draft) if talk.draft else talk.text, talk.book.hash[:12])


def _is_new(before: Talk, after: Talk) -> bool:
    return before.interview.settled != after.interview.settled or (before.before is not None and after.before is None)


def _saved(saver: Saver, text: str) -> list[Data]:
    try:
        saver.save(text)
    except Problems as fault:
        return [{"kind": "cannot_save", "message": fault.problems[0].message, "help": fault.problems[0].help or ""}]
    return []


def plain_reader(_talk: Talk) -> str:
    """Return the next line of the input, with a prompt only where a person sits there."""
    sys.stdout.write("> ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    if not sys.stdin.isatty():
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n")
    return line.rstrip("\n")


class Drawn(Sequence[Profile]):
    """The sample of companies, drawn when it is first looked at: the first questions do not need it."""

    def __init__(self, draw: Callable[[], tuple[Profile, ...]]) -> None:
        """Keep how it is drawn."""
        self._draw = draw
        self._rows: tuple[Profile, ...] = ()

    def _all(self) -> tuple[Profile, ...]:
        if not self._rows:
            self._rows = self._draw()
        return self._rows

    def __len__(self) -> int:
        """Return the number of companies."""
        return len(self._all())

    @overload
    def __getitem__(self, at: int) -> Profile: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Profile, ...]: ...
    def __getitem__(self, at: int | slice) -> Profile | tuple[Profile, ...]:
        """Return a company by its place, or some of them."""
        return self._all()[at]


def companies(book: RuleBook, listed: Path | None) -> Sequence[Profile]:
    """Return the companies that the order of the questions is measured on: those of a file (JSON lines of profiles), or a sample of the population."""
    if listed is None:
        return Drawn(lambda: sample(book, COMPANIES))
    rows, text = [], read_text(listed, str(listed))
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            profile = read_profile(line, f"{listed}:{number}")
            rows.append({name: fact.value for name, fact in enter(book, profile).known.items()})
        if len(rows) == COMPANIES:
            break
    if not rows:
        raise Problems([Problem("F110", f"no companies in `{listed}`", Span(str(listed), 1, 1), help="one profile a line, as `fourfold sample 1000 -o companies.jsonl` writes them")])
    return tuple(rows)


def ask(root: Path, path: Path, book: RuleBook, language: str, listed: Path | None, *, plain: bool) -> Talk:
    """Hold the conversation on a file of answers in the terminal; return its last state, with all answers saved.

    Leaving in the middle (end of input, Ctrl-C) ends it as `save` does.
    """
    with alone_with(path):
        text = read_text(path, str(path)) if path.exists() else ""
        writer = Screenwriter(root, book, language)
        talk, shown = start(book, companies(book, listed), path, text)
        read = plain_reader if plain else fitted_reader(writer)
        kept, saver = [talk], Saver(path, text)

        def remembered(state: Talk) -> str:
            kept[0] = state
            return read(state)

        try:
            talk = converse(talk, writer, saver, remembered, show, shown)
        except (EOFError, KeyboardInterrupt):
            show("\n")
            talk = replace(kept[0], done="left")
        answers = whole_text(talk)
        if talk.order and saver.known != answers and talk.before is None:
            show(writer.text(({"kind": "unsaved", "file": str(path)},)) + answers)
        elif talk.done != "plan":
            show(writer.text(({"kind": "saved", "count": len(talk.order), "file": str(path), "name": path.stem},)))
        return talk


def show(text: str) -> None:
    """Write text to the terminal, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def fitted_reader(writer: Screenwriter) -> Reader:
    """Return a reader with a menu of the choices (arrow keys, or the first letters) and a history of the lines."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    class Choices(Completer):
        """Offers the options that the letters so far may mean."""

        talk: Talk | None = None

        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
            """Yield the options of the field that is being filled in."""
            del complete_event
            field = self.talk.fields[0] if self.talk is not None and self.talk.fields else None
            if field is None or not field.options:
                return
            before = document.text_before_cursor
            letters = before.rpartition(",")[2].strip() if field.is_pick else before
            found = options_like(writer.book, field, letters) if letters else field.options
            for option in found:
                yield Completion(writer.option_of(field.term, option), start_position=-len(letters), display_meta=str(field.options.index(option) + 1))

    choices = Choices()
    session: PromptSession[str] = PromptSession(completer=choices, complete_while_typing=True)

    def open_menu() -> None:
        buffer = session.default_buffer
        if choices.talk is not None and choices.talk.fields and choices.talk.fields[0].options and not choices.talk.fields[0].is_pick:
            buffer.start_completion(select_first=False)

    def read(talk: Talk) -> str:
        choices.talk = talk
        return session.prompt("> ", pre_run=open_menu)

    return read
