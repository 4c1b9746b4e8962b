"""What is installed, what is missing, and what that costs."""

import importlib.util
import locale
import platform
import shutil
import subprocess

from fourfold import __version__, forward
from fourfold.content import content_root
from fourfold.library import open_book
from fourfold.noun import noun
from fourfold.problem import Problems
from fourfold.solving import is_available


@noun
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    detail: str


def examine(today: int) -> list[Finding]:
    """Return everything looked at."""
    return [
        _program(),
        _content(today),
        _engine(),
        _solver(),
        _locale(),
        _pdf(),
        _format("calendar file", "plan.ics", "icalendar", "calendar"),
        _format("workbook", "plan.xlsx", "xlsxwriter", "sheets"),
        _chinese_font(),
        _trials(),
    ]


def _program() -> Finding:
    return Finding("fourfold", ok=True, detail=f"{__version__} on Python {platform.python_version()}")


def _content(today: int) -> Finding:
    root = content_root()
    try:
        book = open_book(root, today)
    except Problems as fault:
        return Finding("rule book", ok=False, detail=f"{len(fault.problems)} problems; see fourfold check")
    return Finding("rule book", ok=True, detail=f"{book.hash[:6]}, {len(book.nodes)} nodes, from {root}")


def _engine() -> Finding:
    if forward.is_available():
        return Finding("durable_rules", ok=True, detail="the rules are chained forward; each decision is replayed by the referee")
    return Finding("durable_rules", ok=False, detail="the referee decides alone: the same decisions, no --trace; it installs on Python 3.11 and 3.12 with a C compiler")


def _solver() -> Finding:
    if is_available():
        return Finding("solver", ok=True, detail="Z3: questions, proofs and smallest changes are exact")
    return Finding("solver", ok=False, detail="questions are still sound but more of them; no proofs, no smallest sets of changes: pip install z3-solver")


def _trials() -> Finding:
    if importlib.util.find_spec("scipy") is None:
        return Finding("trials", ok=False, detail="results cannot be judged, plans are as ever: pip install 'fourfold[trials]'")
    return Finding("trials", ok=True, detail="results are judged with SciPy: exact limits, two arms compared")


def _locale() -> Finding:
    point = locale.localeconv()["decimal_point"]
    return Finding("locale", ok=point == ".", detail="decimals are written with a point" if point == "." else "decimals are written with a comma here; the rules are not chained (set LC_NUMERIC=C)")


def _pdf() -> Finding:
    if importlib.util.find_spec("weasyprint") is None:
        return Finding("PDF", ok=False, detail="no plan.pdf: pip install 'fourfold[pdf]'")
    try:
        import weasyprint
    except OSError:
        return Finding("PDF", ok=False, detail="no plan.pdf: Pango is missing (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango)")
    return Finding("PDF", ok=True, detail=f"weasyprint {weasyprint.__version__}")


def _format(what: str, file: str, library: str, extra: str) -> Finding:
    if importlib.util.find_spec(library) is None:
        return Finding(what, ok=False, detail=f"no {file}: pip install 'fourfold[{extra}]'")
    return Finding(what, ok=True, detail=f"{file} by {library}")


def _chinese_font() -> Finding:
    tool = shutil.which("fc-list")
    if tool is None:
        return Finding("Chinese font", ok=False, detail="cannot tell (fc-list is missing); a Chinese PDF may show boxes: install fonts-noto-cjk")
    found = subprocess.run([tool, ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=20).stdout.strip()  # noqa: S603  # a fixed command
    if found:
        return Finding("Chinese font", ok=True, detail=found.splitlines()[0])
    return Finding("Chinese font", ok=False, detail="a Chinese PDF would show boxes: Debian: apt-get install fonts-noto-cjk")
