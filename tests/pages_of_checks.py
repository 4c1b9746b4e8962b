"""The pages of the checks, made from their docstrings and goldens: `python tests/pages_of_checks.py` writes them."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "engine"))

from fourfold import checks  # noqa: E402

FOLDER = ROOT / "docs" / "checks"
GOLDENS = ROOT / "tests" / "checks"
FAMILIES = (("F2", "Names and knowledge"), ("F3", "Logic"), ("F4", "Cases"), ("F5", "Templates"))


def is_warning(check):
    """Return whether a check finds warnings, as its golden shows."""
    return f"warning {check.code}" in (GOLDENS / f"{check.name}.txt").read_text(encoding="utf-8")


def page(check, fires, shown):
    """Return the page of a check."""
    parts = "\n\n".join(f"## {head.rstrip('.')}\n\n{text}" for head, text in check.parts)
    weight = "a warning: the exit code stays 0" if is_warning(check) else "a problem: the exit code is 1"
    files = re.sub(r"^==== (\S+)\n", r"# \1\n", fires, flags=re.MULTILINE)
    return (
        f"<!-- made by tests/pages_of_checks.py from engine/fourfold/checks/{check.module}.py -->\n# {check.name}\n\n{check.code}, {weight}.\n{check.title}\n\n{parts}\n\n"
        f"## What is shown\n\nFor this workspace\n\n```yaml\n{files}```\n\n`fourfold check` shows\n\n```text\n{shown}```\n\n"
        f"To allow it with a reason, see [the list of checks](README.md#to-allow-what-a-check-finds).\n"
    )


def index():
    """Return the page that lists all checks."""
    lines = ["<!-- made by tests/pages_of_checks.py -->", "# Checks", ""]
    lines += ["What `fourfold check` looks for beyond the mistakes that reading and linking report.", "`fourfold check --explain NAME` shows a page in the terminal.", ""]
    for start, title in FAMILIES:
        lines += [f"## {title}", "", "| check | code | finds |", "|---|---|---|"]
        lines += [f"| [{check.name}]({check.name}.md) | {check.code}{'' if is_warning(check) else ' (problem)'} | {_finds(check)} |" for check in checks.every_check() if check.code.startswith(start)]
        lines.append("")
    lines += ["## To allow what a check finds", "", "Where something is meant as it is, say so in `knowledge/book.yaml`, with the reason:", ""]
    lines += ["```yaml", "book:", "  checks:", '    - {allow: unread-attribute, at: "industry.*", because: for whoever writes a plan by hand}', "```", ""]
    lines += ["`allow` is the name of the check. `at` is a name that its message shows in backticks; `*` stands for any part of it."]
    lines += ["An entry that allows nothing any more is found by [unused-allowance](unused-allowance.md)."]
    return "\n".join(lines) + "\n"


def _finds(check):
    text = check.title.removeprefix("Find ").rstrip(".")
    return text.replace("|", "\\|")


def problem_rows():
    """Return the rows of the checks on the page of problems."""
    return [f"| {check.code} | {'warning: ' if is_warning(check) else ''}{_finds(check)} | see [checks/{check.name}.md](checks/{check.name}.md) |" for check in checks.every_check()]


def problems_page():
    """Return the page of problems with the rows of the checks in their places."""
    mine = {row[2:6]: row for row in problem_rows()}
    lines = [line for line in (ROOT / "docs" / "problems.md").read_text(encoding="utf-8").split("\n") if line[2:6] not in mine]
    for code, row in mine.items():
        before = [at for at, line in enumerate(lines) if re.match(r"\| F\d{3} \|", line) and line[2:4] == code[:2] and line[2:6] < code]
        lines.insert(before[-1] + 1, row)
    return "\n".join(lines)


def write_pages(*, only_compare=False):
    """Write every page; return the names of those that changed."""
    wanted = {FOLDER / "README.md": index(), ROOT / "docs" / "problems.md": problems_page()}
    for check in checks.every_check():
        fires, _, rest = (GOLDENS / f"{check.name}.txt").read_text(encoding="utf-8").partition("-------- shown\n")
        wanted[FOLDER / f"{check.name}.md"] = page(check, fires, rest.partition("-------- near miss\n")[0])
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if not only_compare:
        FOLDER.mkdir(exist_ok=True)
        for path in changed:
            path.write_text(wanted[path], encoding="utf-8")
    return [path.name for path in changed]


if __name__ == "__main__":
    print(*write_pages(), sep="\n")
