"""What a run came to, for people: a table for the terminal and a page with charts."""

from pathlib import Path

from fourfold.batching.keeping import Data
from fourfold.batching.running import Ended, Run, beside, rejects_path
from fourfold.report import Speaker, render, tidy
from fourfold.writing import write_whole

MOST = 12


def summary_data(run: Run, ended: Ended, seconds: float, page: str) -> Data:
    """Return the summary as data for the templates."""
    order, progress = run.order, ended.progress
    speaker = Speaker(run.decider.desk.book, order.language, run.decider.desk.book.currency)
    target = run.decider.desk.target
    answers = _rows(ended.tally.get("answers"), progress.decided)
    return {
        "read": progress.read, "decided": progress.decided, "aside": progress.aside, "blank": ended.blank, "seconds": seconds,
        "rate": (progress.read - progress.resumed) / seconds if seconds > 0 else 0,
        "answers": [{**row, "name": speaker.option(target, row["key"])} for row in answers],
        "rules": [{**row, "name": run.voice.reasons.get(str(row["key"]), "")} for row in _rows(ended.tally.get("rules"), progress.decided)],
        "codes": _rows(ended.codes, progress.aside), "flags": _split(ended.tally.get("flags"), progress.decided), "assumed": _split(ended.tally.get("assumed"), progress.decided),
        "output": str(order.output), "rejects": str(rejects_path(order.output)), "page": page, "rule_book": run.decider.desk.book.hash[:12], "as_of": run.decider.day,
    }  # fmt: skip


def _rows(counts: object, whole: int) -> list[dict[str, object]]:
    found = counts if isinstance(counts, dict) else {}
    return [{"key": key, "count": count, "share": count / whole if whole else 0} for key, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def _split(counts: object, whole: int) -> list[dict[str, object]]:
    """Return counts of single words where they were counted by sets of words."""
    found: dict[str, int] = {}
    for words, count in (counts if isinstance(counts, dict) else {}).items():
        for word in filter(None, str(words).split("; ")):
            found[word] = found.get(word, 0) + int(count)
    return _rows(found, whole)[:MOST]


def summary_text(run: Run, ended: Ended, seconds: float, page: str) -> str:
    """Return the summary for the terminal."""
    speaker = Speaker(run.decider.desk.book, run.order.language, run.decider.desk.book.currency)
    return tidy(render(run.order.root, f"batch_summary.{run.order.language}.txt.j2", speaker, summary_data(run, ended, seconds, page)))


def write_page(run: Run, ended: Ended, seconds: float) -> Path:
    """Write the summary as a page beside the output."""
    path = beside(run.order.output, ".summary.html")
    speaker = Speaker(run.decider.desk.book, run.order.language, run.decider.desk.book.currency)
    write_whole(path, render(run.order.root, "batch.html.j2", speaker, summary_data(run, ended, seconds, str(path))))
    return path
