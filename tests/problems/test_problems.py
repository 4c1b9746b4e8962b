"""Problems, whole: each file holds the content of a small workspace and every line that is shown for it.

A file is rewritten only with FOURFOLD_REWRITE=1, and then read.
"""

import os
import re
from pathlib import Path

import pytest
from conftest import DAY, ROOT

from fourfold.content import read_content_texts
from fourfold.linking import link
from fourfold.problem import Problems
from fourfold.show_problem import show

HERE = Path(__file__).parent
LINE = "-------- shown\n"


def parts(text):
    head, _, shown = text.partition(LINE)
    files = re.split(r"^==== (\S+)\n", head, flags=re.MULTILINE)[1:]
    return dict(zip(files[::2], files[1::2], strict=True)), shown


def output(texts):
    def line_of(file, number):
        lines = texts.get(file, "").split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else None

    try:
        link(read_content_texts(texts), DAY)
    except Problems as fault:
        return show(fault.problems, line_of)
    return "nothing\n"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_the_whole_output_is_as_written(path):
    text = path.read_text(encoding="utf-8")
    texts, shown = parts(text)
    found = output(texts)
    if os.environ.get("FOURFOLD_REWRITE") == "1":
        path.write_text(text.partition(LINE)[0] + LINE + found, encoding="utf-8")
        return
    assert found == shown
    assert path.stem.partition("_")[0] in found
    assert "Traceback" not in found


def test_fifty_mistakes_are_fifty_problems():
    wrong = [f'    - {{id: r{n}, when: {{budget: ">== {n}"}}, then: true}}\n' for n in range(25)]
    wrong += [f'    - {{id: s{n}, when: {{budgt: "> {n}"}}, then: true}}\n' for n in range(25)]
    texts = {
        "knowledge/t.yaml": "terms:\n  budget: {kind: number, range: [0, 9], ask: q, assume: 0}\n  x: {kind: yes_no}\n",
        "rules/r.yaml": "- table: t\n  concludes: x\n  rules:\n" + "".join(wrong[:25]),
    }
    with pytest.raises(Problems) as fault:
        read_content_texts(texts)
    assert len(fault.value.problems) == 25
    texts["rules/r.yaml"] = "- table: t\n  concludes: x\n  rules:\n" + "".join(wrong[25:])
    with pytest.raises(Problems) as fault:
        link(read_content_texts(texts), DAY)
    assert len(fault.value.problems) == 25
    assert {problem.span.line for problem in fault.value.problems} == set(range(4, 29))


def test_every_code_of_reading_and_linking_has_a_file():
    engine = ROOT / "engine" / "fourfold"
    used = set()
    for folder in ("reading", "linking", "expression"):
        for path in (engine / folder).rglob("*.py"):
            used |= set(re.findall(r"\"(F\d{3})\"", path.read_text(encoding="utf-8")))
    shown = {code for path in HERE.glob("*.txt") for code in re.findall(r"(F\d{3}) ", path.read_text(encoding="utf-8"))}
    elsewhere = {"F101", "F108"}  # files and bytes: tests/faces/test_bad_input.py
    assert used - shown - elsewhere == set()
