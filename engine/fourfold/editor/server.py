"""The language server: diagnostics, hover, definitions and completion for the files of a workspace, over stdio."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from fourfold.checking import Checker
from fourfold.checks.seen import Seen
from fourfold.editor.meaning import about, offers, places_of, word_at
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.span import Span

PAUSE = 0.15
KINDS = {"term": 6, "constant": 21, "column": 5, "option": 20, "kind": 7, "rule": 18, "selection": 6, "source": 17}


@dataclass(slots=True)
class _Desk:
    """What the server keeps: a checker for each workspace, what it last knew of it, and which files it marked."""

    today: Callable[[], int]
    chosen: Path | None
    checkers: dict[Path, Checker] = field(default_factory=dict)
    marked: dict[Path, set[str]] = field(default_factory=dict)
    turn: int = 0

    def root_of(self, path: Path) -> Path | None:
        """Return the workspace that a file belongs to: the chosen one, or the nearest folder with rules/ and knowledge/."""
        places = [self.chosen] if self.chosen is not None else list(path.parents)
        return next((place for place in places if (place / "rules").is_dir() and (place / "knowledge").is_dir()), None)

    def checker_of(self, path: Path) -> Checker | None:
        """Return the checker of a file's workspace."""
        root = self.root_of(path)
        return None if root is None else self.checkers.setdefault(root, Checker(root))

    def seen_of(self, path: Path) -> Seen | None:
        """Return what was last known of a file's workspace; it stays while a file is half typed."""
        checker = self.checker_of(path)
        if checker is not None and checker.seen is None:
            checker.check(self.today())
        return checker.seen if checker is not None else None

    def hold(self, path: Path, text: str | None) -> None:
        """Keep what an editor holds of a file, or let it go."""
        checker = self.checker_of(path)
        if checker is None or not path.is_relative_to(checker.root):
            return
        name = path.relative_to(checker.root).as_posix()
        if text is None:
            checker.texts.pop(name, None)
        else:
            checker.texts[name] = text


def path_of(uri: str) -> Path:
    """Return the path that a file URI names."""
    return Path(unquote(urlparse(uri).path)).resolve()


def utf16(line: str, column: int) -> int:
    """Return a column of characters as one of UTF-16 units, which editors count in."""
    return len(line[:column].encode("utf-16-le")) // 2


def characters(line: str, column: int) -> int:
    """Return a column of UTF-16 units as one of characters."""
    return len(line.encode("utf-16-le")[: 2 * column].decode("utf-16-le", errors="ignore"))


def serve(today: Callable[[], int], chosen: Path | None) -> None:
    """Answer an editor over stdin and stdout until it ends; without pygls a problem says what to install."""
    try:
        from pygls.lsp.server import LanguageServer
    except ImportError:
        raise Problems([Problem("F128", "the language server needs pygls, which is not installed", help="pip install 'fourfold[editor]'")]) from None
    from fourfold import __version__

    server = LanguageServer("fourfold", __version__)
    desk = _Desk(today, chosen.resolve() if chosen is not None else None)
    _watch_documents(server, desk)
    _answer(server, desk)
    server.start_io()


def _watch_documents(server: Any, desk: _Desk) -> None:
    from lsprotocol import types

    async def changed(path: Path) -> None:
        desk.turn += 1
        mine = desk.turn
        await asyncio.sleep(PAUSE)
        if mine == desk.turn:
            _publish(server, desk, path)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)  # type: ignore[untyped-decorator,unused-ignore]
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        desk.hold(path, params.text_document.text)
        await changed(path)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)  # type: ignore[untyped-decorator,unused-ignore]
    async def edited(params: types.DidChangeTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        desk.hold(path, server.workspace.get_text_document(params.text_document.uri).source)
        await changed(path)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)  # type: ignore[untyped-decorator,unused-ignore]
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        await changed(path_of(params.text_document.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)  # type: ignore[untyped-decorator,unused-ignore]
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        desk.hold(path_of(params.text_document.uri), None)


def _publish(server: Any, desk: _Desk, path: Path) -> None:
    """Check a file's workspace and mark every file in it that has problems; unmark those that have none any more."""
    from lsprotocol import types

    checker = desk.checker_of(path)
    if checker is None:
        return
    by_file: dict[str, list[Problem]] = {}
    for problem in checker.check(desk.today()).problems:
        by_file.setdefault(problem.span.file, []).append(problem)
    for name in sorted(desk.marked.get(checker.root, set()) | set(by_file)):
        lines = _lines(checker, name)
        found = [_diagnostic(problem, lines) for problem in by_file.get(name, ())]
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=(checker.root / name).as_uri(), diagnostics=found))
    desk.marked[checker.root] = set(by_file)


def _lines(checker: Checker, name: str) -> list[str]:
    try:
        return (checker.texts[name] if name in checker.texts else read_text(checker.root / name, name)).split("\n")
    except Problems:
        return []


def _range(span: Span, lines: list[str]) -> Any:
    from lsprotocol import types

    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    start, end = (utf16(line, column) for column in (span.column - 1, span.column - 1 + span.length))
    row = max(0, span.line - 1)
    return types.Range(types.Position(row, start), types.Position(row, max(end, start + 1)))


def _diagnostic(problem: Problem, lines: list[str]) -> Any:
    from lsprotocol import types

    text = problem.message + (f"\n{problem.help}" if problem.help else "")
    weight = types.DiagnosticSeverity.Warning if problem.is_warning else types.DiagnosticSeverity.Error
    return types.Diagnostic(_range(problem.span, lines), text, severity=weight, code=problem.check or problem.code, source="fourfold")


def _answer(server: Any, desk: _Desk) -> None:
    from lsprotocol import types

    def place(params: types.HoverParams | types.DefinitionParams | types.CompletionParams) -> tuple[Path, list[str], int, int]:
        lines = server.workspace.get_text_document(params.text_document.uri).source.split("\n")
        row = params.position.line
        column = characters(lines[row], params.position.character) if row < len(lines) else 0
        return path_of(params.text_document.uri), lines, row, column

    @server.feature(types.TEXT_DOCUMENT_HOVER)  # type: ignore[untyped-decorator,unused-ignore]
    def hover(params: types.HoverParams) -> types.Hover | None:
        path, lines, row, column = place(params)
        seen = desk.seen_of(path)
        word, _ = word_at(lines[row], column) if row < len(lines) else ("", 0)
        text = about(seen, word) if seen is not None and word else ""
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)  # type: ignore[untyped-decorator,unused-ignore]
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        path, lines, row, column = place(params)
        seen, checker = desk.seen_of(path), desk.checker_of(path)
        if seen is None or checker is None or row >= len(lines):
            return []
        spans = places_of(seen, word_at(lines[row], column)[0])
        return [types.Location((checker.root / span.file).as_uri(), _range(span, _lines(checker, span.file))) for span in spans]

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[":", ".", "{", "[", ",", " "]))  # type: ignore[untyped-decorator,unused-ignore]
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        path, lines, row, column = place(params)
        seen = desk.seen_of(path)
        found = offers(seen, lines, row, column) if seen is not None else []
        return [types.CompletionItem(item.word, detail=item.about, kind=types.CompletionItemKind(KINDS[item.sort])) for item in found]
