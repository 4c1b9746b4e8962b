"""One workspace with one of everything that a check finds: all of it is shown, nothing twice, nothing caused by something else.

Reading and linking stop at what is wrong there, so their problems stand together in tests/problems (fifty_of_reading, fifty_of_linking).
The file is rewritten only with FOURFOLD_REWRITE=1, and then read.
"""

import os
import re
from pathlib import Path

from conftest import DAY

from fourfold import checks
from fourfold.checking import check_workspace
from fourfold.show_problem import show

FILE = Path(__file__).parent / "everything.txt"
SHOWN = "-------- shown\n"
PART = re.compile(r"^==== (\S+)\n", re.MULTILINE)
MARK = re.compile(r"# .*?\b(F\d{3}.*)$", re.MULTILINE)


def test_everything_wrong_is_shown_once_and_causes_nothing_else(tmp_path):
    head, _, shown = FILE.read_text(encoding="utf-8").partition(SHOWN)
    pieces = PART.split(head)[1:]
    texts = dict(zip(pieces[::2], pieces[1::2], strict=True))
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    problems = check_workspace(tmp_path, DAY).problems
    text = show(problems, lambda file, line: texts[file].split("\n")[line - 1])
    if os.environ.get("FOURFOLD_REWRITE") == "1":
        FILE.write_text(head + SHOWN + text, encoding="utf-8")
    else:
        assert text == shown
    codes = [problem.code for problem in problems]
    assert set(codes) == {check.code for check in checks.every_check()}
    assert len({(problem.code, problem.span, problem.message) for problem in problems}) == len(problems)
    assert {code for code in codes if codes.count(code) > 1} <= {"F350"}
