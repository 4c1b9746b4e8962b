"""Whatever stands in rules and knowledge: problems or none, never a fault, never long, never out of the workspace.

`pytest tests/properties/test_fuzz_rules.py --fuzz-seconds 600` goes on for ten minutes with ever new texts.
"""

import os
import re
import subprocess
import sys
import textwrap
import time

import pytest
from conftest import DAY, ROOT
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from fourfold import checks
from fourfold.cases import cases_of_text
from fourfold.checking import seen_of
from fourfold.expression.parse import ParseFault, parse_cell, parse_expression
from fourfold.expression.show import show_cell, show_expression
from fourfold.problem import Problems

PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- book -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
KNOWLEDGE = "\n".join(block for block in BLOCKS if not block.startswith("- "))
RULES = "\n".join(block for block in BLOCKS if block.startswith("- "))
FILES = {**{f"knowledge/{at:02}.yaml": block for at, block in enumerate(BLOCKS) if not block.startswith("- ")}, "rules/a.yaml": RULES}
WORDS = [
    *sorted(set(re.findall(r"[\w.]+|[^\w\s]", KNOWLEDGE + RULES))),
    "not(",
    "[1..",
    "..2]",
    "1e9",
    "10_000_000_000_000_000",
    "-",
    "{{",
    "}}",
    "&a",
    "*a",
    "!!python/object",
    "0x1F",
    "∞",
    "💥",
    "\t",
    "\u2028",
    "'",
    '"',
    "|",
    ">-",
    "?",
    "#",
]
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SLOWEST = 8.0


def expressions():
    return st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.lists(st.sampled_from(WORDS), max_size=30).map("".join))


def tried(parse, text):
    """Return what a text parses to, or None with the place where it is refused."""
    try:
        return parse(text), 0
    except ParseFault as fault:
        return None, fault.offset


@FEW
@given(expressions())
def test_a_cell_is_read_or_refused(text):
    cell, offset = tried(parse_cell, text)
    assert 0 <= offset <= len(text)
    if cell is not None:
        assert show_cell(parse_cell(show_cell(cell))) == show_cell(cell)


@FEW
@given(expressions())
def test_an_expression_is_read_or_refused(text):
    node, offset = tried(parse_expression, text)
    assert 0 <= offset <= len(text)
    if node is not None:
        assert show_expression(parse_expression(show_expression(node))) == show_expression(node)


@st.composite
def workspaces(draw):
    """Return the book of the language page with a few lines lost, doubled, moved or sprinkled with words."""
    texts = dict(FILES)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(texts)))
        lines = texts[name].split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        match draw(st.sampled_from(["lose", "double", "move", "word", "swap", "cut", "indent"])):
            case "lose":
                del lines[at]
            case "double":
                lines.insert(at, line)
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "word":
                place = draw(st.integers(0, len(line)))
                lines[at] = line[:place] + draw(st.sampled_from(WORDS)) + line[place:]
            case "swap":
                found = re.findall(r"[\w.]+", line)
                if found:
                    lines[at] = line.replace(draw(st.sampled_from(found)), draw(st.sampled_from(WORDS)), 1)
            case "cut":
                lines[at] = line[: draw(st.integers(0, len(line)))]
            case _:
                lines[at] = " " * draw(st.integers(0, 6)) + line.lstrip()
        texts[name] = "\n".join(lines)
    return texts


def checked(texts):
    """Check a workspace of texts; return its problems. Anything but problems is raised."""
    start = time.monotonic()
    try:
        problems = checks.run(seen_of(texts, DAY))
    except Problems as fault:
        problems = list(fault.problems)
    assert time.monotonic() - start < SLOWEST
    for problem in problems:
        assert "\n" not in problem.message
        assert problem.span.file in ("", *texts)
    return problems


@FEW
@given(workspaces())
def test_a_changed_workspace_gives_problems_or_none(texts):
    checked(texts)


@FEW
@given(st.text(max_size=200), st.sampled_from(["knowledge/x.yaml", "rules/x.yaml"]))
def test_any_text_as_a_file_gives_problems_or_none(text, name):
    checked({**FILES, name: text})


@FEW
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from([*WORDS, "- case: a\n", "given: {}", "expect: {}", "\n", "case,because\n"]), max_size=30).map(" ".join)),
    st.sampled_from(["c.yaml", "c.csv"]),
)
def test_any_text_as_cases_gives_cases_or_problems(text, name):
    try:
        cases, problems = cases_of_text(text, name)
    except Problems as fault:
        cases, problems = [], list(fault.problems)
    assert all(case.name is not None for case in cases)
    assert all(problem.code for problem in problems)


def test_longer_on_demand(request):
    """Go on with other seeds for as many seconds as are asked for."""
    end = time.monotonic() + request.config.getoption("--fuzz-seconds")
    rounds = 0
    while time.monotonic() < end:
        rounds += 1

        @seed(rounds)
        @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(workspaces())
        def one_round(texts):
            checked(texts)

        one_round()
    assert rounds or not request.config.getoption("--fuzz-seconds")


# ---------------------------------------------------------------- large and deep

DEEP = "a: " + "[" * 5000
LAUGHS = "a: &a [x, x]\n" + "".join(f"{chr(98 + at)}: &{chr(98 + at)} [*{chr(97 + at)}, *{chr(97 + at)}]\n" for at in range(20))


@pytest.mark.parametrize(
    "text",
    [DEEP, LAUGHS, "- " * 3000, "terms: " + "{a: " * 3000, "terms: {x: {kind: number, range: [0, 9], ask: q, assume: " + "(" * 4000 + "1}}", "terms: {x: {kind: number, range: [0, 9], ask: q, assume: " + "1+" * 1900 + "1}}", "terms: {x: {kind: number, range: [0, " + "9" * 100_000 + "], ask: q, assume: 1}}", "terms: {x: {kind: choice, options: [" + ", ".join(f"o{at}" for at in range(20_000)) + "], ask: q, assume: o1}}"],
    ids=["deep", "laughs", "dashes", "braces", "brackets", "long sum", "long number", "many options"],
)  # fmt: skip
def test_large_and_deep_texts_end_soon(text):
    checked({"knowledge/x.yaml": text, "rules/r.yaml": ""})


# ---------------------------------------------------------------- nothing leaves the workspace

HOSTILE = {
    "knowledge/k.yaml": """terms:
  a: {kind: yes_no, ask: "{{ ''.__class__.__mro__[1].__subclasses__() }}", assume: false, name: "__import__('os').system('touch hacked')"}
  b: {kind: yes_no}
sources: {S1: {title: "file:///etc/passwd", publisher: "$(touch hacked)", date: 2026, address: "http://169.254.169.254/"}}
""",
    "rules/r.yaml": """- table: b
  concludes: b
  source: ../../../../etc/passwd
  rules:
    - {id: b-yes, when: {a: true}, then: true, because: "{__import__} {a.__class__} `touch hacked`"}
    - {id: b-no, when: {a: "__import__('os').system('touch hacked')"}, then: false}
    - {id: b-more, when: {a: "!include /etc/passwd"}, then: !!python/object/apply:os.system ["touch hacked"]}
""",
    "tests/cases/c.yaml": "- {case: a, given: {a: !!python/name:os.system }, expect: {b: true}, because: t}\n",
    "templates/t.en.md.j2": "{{ ''.__class__.__mro__[1].__subclasses__() }}{% include '/etc/passwd' %}{% import '../../secret' as x %}",
}
WATCHER = """
import os, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from fourfold.checking import check_workspace
root = Path({root!r})
check_workspace(Path({shipped!r}), {day})
seen = []
allowed = tuple(str(item) for item in (root, Path({package!r}), Path(os.environ['FOURFOLD_CACHE']), Path(sys.base_prefix), Path(sys.prefix)))
def hook(event, arguments):
    if event == 'open' and isinstance(arguments[0], str) and not os.path.realpath(arguments[0]).startswith(allowed):
        seen.append((event, arguments[0]))
    if event.startswith(('socket.', 'subprocess.', 'os.system', 'os.exec', 'os.posix_spawn', 'ctypes.', 'pty.')):
        seen.append((event, str(arguments)))
sys.addaudithook(hook)
found = check_workspace(root, {day})
print(len(found.problems), seen, os.path.exists('hacked'))
"""


def test_nothing_is_run_opened_outside_or_sent(tmp_path):
    for name, text in HOSTILE.items():
        (tmp_path / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / name).write_text(text, encoding="utf-8")
    (tmp_path / "w" / "knowledge" / "passwd.yaml").symlink_to("/etc/passwd")
    (tmp_path / "w" / "tests" / "cases" / "passwd.csv").symlink_to("/etc/passwd")
    (tmp_path / "w" / "templates" / "passwd.md.j2").symlink_to("/etc/passwd")
    code = textwrap.dedent(WATCHER).format(tests=str(ROOT / "tests"), root=str(tmp_path / "w"), shipped=str(ROOT), package=str(ROOT / "engine"), day=DAY)
    (tmp_path / "cache").mkdir(mode=0o700)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "FOURFOLD_CACHE": str(tmp_path / "cache")}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=tmp_path, check=False)
    assert result.returncode == 0, result.stderr
    count, _, rest = result.stdout.strip().partition(" ")
    assert int(count) >= 1
    assert rest == "[] False"
