"""The language server, driven over stdin and stdout as an editor drives it."""

import json
import os
import shutil
import subprocess
import sys
import threading

import pytest
from conftest import ROOT

CODE = "import sys; from fourfold.cli import main; sys.argv[0] = 'fourfold'; main()"


class Editor:
    """Speaks the protocol: a header with the length, then JSON."""

    def __init__(self, folder, *arguments):
        env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", CODE, "lsp", "--as-of", "2026-11-25", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, env=env
        )
        self.guard = threading.Timer(120, self.process.kill)
        self.guard.start()
        self.number = 0
        self.notes = []
        self.opened = {}
        self.capabilities = self.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})["capabilities"]
        self.tell("initialized", {})

    def send(self, message):
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def read(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the server has ended"
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self.notes.append(message)

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def open(self, path, text=None):
        self.opened[path] = 1
        self.tell("textDocument/didOpen", {"textDocument": {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text if text is not None else path.read_text(encoding="utf-8")}})

    def change(self, path, text):
        self.opened[path] += 1
        self.tell("textDocument/didChange", {"textDocument": {"uri": path.as_uri(), "version": self.opened[path]}, "contentChanges": [{"text": text}]})

    def diagnostics(self, path):
        """Return the next diagnostics of a file."""
        while True:
            message = self.notes.pop(0) if self.notes else self.read()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == path.as_uri():
                return message["params"]["diagnostics"]

    def at(self, method, path, line, character):
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": character}})

    def close(self):
        self.ask("shutdown", None)
        self.tell("exit", None)
        code = self.process.wait(timeout=20)
        self.guard.cancel()
        self.process.stdin.close()
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    for part in ("rules", "knowledge", "templates", "tests/cases"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


@pytest.fixture(scope="module")
def editor(workspace):
    editor = Editor(workspace)
    yield editor
    assert editor.close() == 0


def where(text, part, inside=0):
    """Return line and UTF-16 column (from 0) of a part of a text."""
    at = text.index(part) + inside
    start = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at), len(text[start:at].encode("utf-16-le")) // 2


def test_it_offers_what_it_can(editor):
    for name in ("hoverProvider", "definitionProvider", "completionProvider"):
        assert editor.capabilities[name]


def test_a_slip_is_marked_while_it_is_typed_and_goes_when_it_is_mended(editor, workspace):
    path = workspace / "rules" / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    wrong = text.replace("appetite: efficient", "appetit: efficient")
    editor.open(path, wrong)
    (found,) = editor.diagnostics(path)
    assert found["message"].startswith("unknown term `appetit`\ndid you mean `appetite`?")
    assert (found["severity"], found["code"], found["source"]) == (1, "F201", "fourfold")
    line, start = where(wrong, "appetit: efficient")
    assert found["range"] == {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + len("appetit")}}
    editor.change(path, text)
    assert editor.diagnostics(path) == []


def test_a_warning_names_its_check(editor, workspace):
    path = workspace / "rules" / "company.yaml"
    text = path.read_text(encoding="utf-8")
    editor.open(path, text.replace('months_live: "< 6"', 'months_live: "< 6, < 5"', 1))
    assert (2, "repeated-test") in [(found["severity"], found["code"]) for found in editor.diagnostics(path)]
    editor.change(path, text)
    assert editor.diagnostics(path) == []


def test_hover_says_what_a_term_means_who_concludes_and_who_reads_it(editor, workspace):
    path = workspace / "rules" / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    shown = editor.at("hover", path, *where(text, "proven_carriers: ", 3))["contents"]["value"]
    for words in ("**proven_carriers**", "concluded by a formula (rules/strategy.yaml:", "rule `focus-proven`"):
        assert words in shown
    assert "asked: How far do you want to go?" in editor.at("hover", path, *where(text, "appetite: maximise", 2))["contents"]["value"]


def test_hover_after_chinese_text_counts_as_the_editor_does(editor, workspace):
    path = workspace / "rules" / "carriers.yaml"
    text = "# 载体😀 carrier.serves\n" + path.read_text(encoding="utf-8")
    editor.open(path, text)
    shown = editor.at("hover", path, *where(text, "carrier.serves", 4))["contents"]["value"]
    assert "attribute of each carrier: set: those of primary_goal" in shown
    assert editor.at("hover", path, 0, 1) is None


def test_definition_goes_to_what_concludes_a_term_and_to_its_declaration(editor, workspace):
    path = workspace / "rules" / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    found = editor.at("definition", path, *where(text, "pair_testable:", 1))
    files = [item["uri"].rpartition("/")[2] for item in found]
    assert files == ["strategy.yaml", "terms.yaml"]
    terms = (workspace / "knowledge" / "terms.yaml").read_text(encoding="utf-8").split("\n")
    assert terms[found[1]["range"]["start"]["line"]].strip().startswith("pair_testable:")


@pytest.mark.parametrize(
    "line, some, none",
    [
        ("    - {id: x, when: {cash: ", ["tight", "plenty"], ["employees"]),
        ("    - {id: x, when: {", ["cash", "carrier.fits", "industry.gross_margin"], ["tight"]),
        ("    - {id: x, when: {cash: tight, rea", ["reach_all"], ["tight"]),
        ("    - {id: x, when: {reach_all: true}, then: ", ["omnichannel", "focus_testing"], ["cash"]),
        ("    - {id: x, when: {reach_all: true}, then: focus, overrides: [", ["focus-proven", "focus-lean"], ["stage-new"]),
        ("- formula: ", ["test_money", "carrier.floor"], ["cash_tight"]),
        ("  for each: ", ["carrier", "practice"], ["cash"]),
        ("  is: monthly_budget * ", ["business_model.trial_months"], []),
    ],
)
def test_completion_offers_what_may_stand_there(editor, workspace, line, some, none):
    path = workspace / "rules" / "strategy.yaml"
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n" + line
    if path not in editor.opened:
        editor.open(path, text)
    editor.change(path, text)
    found = {item["label"] for item in editor.at("completion", path, text.count("\n"), len(line))}
    assert set(some) <= found
    assert not set(none) & found


def test_a_file_outside_every_workspace_is_left_alone(editor, tmp_path):
    path = tmp_path / "alone.yaml"
    path.write_text("a: b\n", encoding="utf-8")
    editor.open(path)
    assert editor.at("hover", path, 0, 0) is None
    assert editor.at("completion", path, 0, 0) == []
    assert editor.at("definition", path, 0, 0) == []
