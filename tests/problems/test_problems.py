"""Problems, whole: each file holds the content of a small workspace and every line that is shown for it.

A part begins with `==== name`. Behind the name may stand `escaped` (bytes as Python writes them),
`folder`, `locked` (no permission) or `filled` (one byte beyond the limit). A part `facts` is decided.
A file is rewritten only with FOURFOLD_REWRITE=1, and then read.
"""

import json
import os
import re
from pathlib import Path

import pytest
from conftest import DAY, ROOT

from fourfold import forward
from fourfold.checks import every_check
from fourfold.content import read_content_texts
from fourfold.decide import decide
from fourfold.linking import link
from fourfold.model import Fact, Facts
from fourfold.problem import Problems
from fourfold.reading.document import LARGEST_FILE, decode, read_text
from fourfold.show_problem import show

HERE = Path(__file__).parent
LINE = "-------- shown\n"
PART = re.compile(r"^==== (\S+)(?: (escaped|folder|locked|filled))?\n", re.MULTILINE)
OURS = re.compile(r"Traceback|Error\b|Exception|NotMeant|Scalar|Items|Mapping|None|frozenset|Fraction\(|Const\(")


def parts(text):
    head, _, shown = text.partition(LINE)
    pieces = PART.split(head)[1:]
    return list(zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)), shown


def text_of(name, how, body, folder):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if how == "escaped":
        return decode(body.rstrip("\n").encode().decode("unicode_escape").encode("latin-1"), name)
    if how == "folder":
        path.mkdir()
    elif how == "filled":
        with path.open("wb") as file:
            file.truncate(LARGEST_FILE + 1)
    elif how == "locked":
        path.touch()
    return read_text(path, name) if how else body


def outcome(pieces, folder):
    """Return the texts and the problems of a workspace, of its reading, its linking or its deciding."""
    texts, problems = {}, []
    for name, how, body in pieces:
        try:
            texts[name] = text_of(name, how, body, folder)
        except Problems as fault:
            problems += fault.problems
    if problems:
        return texts, problems
    facts = texts.pop("facts", None)
    try:
        book = link(read_content_texts(texts), DAY)
    except Problems as fault:
        return texts, fault.problems
    return texts, [] if facts is None else undecided(book, json.loads(facts))


def undecided(book, given):
    """Return the problems of a decision; the chained rules must say the same."""
    facts = Facts({name: Fact(value) for name, value in {"as_of": DAY, "currency": "CNY", **given}.items()})
    with pytest.raises(Problems) as fault:
        decide(book, facts)
    if forward.is_available():
        chainer = forward.Chainer(book)
        with pytest.raises(Problems) as mine:
            chainer.run(facts)
        chainer.close()
        assert mine.value.problems == fault.value.problems
    return fault.value.problems


def shown_of(pieces, folder):
    texts, problems = outcome(pieces, folder)

    def line_of(file, number):
        lines = texts[file].split("\n") if file in texts else []
        return lines[number - 1] if 0 < number <= len(lines) else None

    return show(problems, line_of) if problems else "nothing\n"


@pytest.fixture
def locks(monkeypatch):
    """Files whose name begins with `locked` cannot be opened, whoever runs the tests."""
    opened = Path.open

    def guarded(path, *arguments, **options):
        if path.name.startswith("locked"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", guarded)


@pytest.mark.usefixtures("locks")
@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_the_whole_output_is_as_written(path, tmp_path):
    text = path.read_text(encoding="utf-8")
    pieces, shown = parts(text)
    found = shown_of(pieces, tmp_path)
    if os.environ.get("FOURFOLD_REWRITE") == "1":
        path.write_text(text.partition(LINE)[0] + LINE + found, encoding="utf-8")
        return
    assert found == shown
    assert path.stem.partition("_")[0] in found or path.stem.startswith("fifty")
    assert not OURS.search(found)


@pytest.mark.usefixtures("locks")
@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_a_message_is_one_line_with_a_small_letter_and_no_full_stop(path, tmp_path):
    _, problems = outcome(parts(path.read_text(encoding="utf-8"))[0], tmp_path)
    assert problems
    assert len({(problem.code, problem.span, problem.message) for problem in problems}) == len(problems)
    for problem in problems:
        assert "\n" not in problem.message
        assert not problem.message.endswith(".")
        assert problem.message[0] == "`" or not problem.message[0].isupper() or problem.message.startswith("YAML")
        assert problem.span.line or problem.code == "F309"


@pytest.mark.parametrize("name", ["fifty_of_reading.txt", "fifty_of_linking.txt"])
def test_fifty_mistakes_are_fifty_problems(name, tmp_path):
    """Each wrong line is marked `# wrong`; each gives one problem, and no other line gives any."""
    pieces, _ = parts((HERE / name).read_text(encoding="utf-8"))
    _, problems = outcome(pieces, tmp_path)
    wrong = {(file, number) for file, _, body in pieces for number, line in enumerate(body.split("\n"), 1) if line.endswith("# wrong")}
    assert len(wrong) == 50
    assert sorted((problem.span.file, problem.span.line) for problem in problems) == sorted(wrong)


# WHY: the door and the faces show these, tests/faces, tests/docs, tests/exchange, tests/batching and tests/trialing hold them; each check has its golden in tests/checks
ELSEWHERE = {"F110", "F206", "F115", "F116", "F117", "F292", "F301"} | {check.code for check in every_check()} | {f"F{number}" for number in (*range(118, 176), *range(310, 322), *range(400, 600))}


def test_every_code_has_a_file():
    used = set()
    for path in (ROOT / "engine" / "fourfold").rglob("*.py"):
        used |= set(re.findall(r'"(F\d{3})"', path.read_text(encoding="utf-8")))
    files = {path.stem.partition("_")[0] for path in HERE.glob("F*.txt")}
    assert used - files - ELSEWHERE == set()
    assert files <= used
