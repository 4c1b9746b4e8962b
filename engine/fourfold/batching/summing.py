"""What a run came to, for people: a table for the terminal and a page with charts."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from fourfold.batching.conclusions import SIZE_NAMES
from fourfold.batching.keeping import Data
from fourfold.batching.running import Ended, Run, beside, rejects_path
from fourfold.batching.sureness import HANGS, NO_MATTER, SETTLED
from fourfold.expression.kinds import Choice
from fourfold.report import Speaker, render, tidy
from fourfold.writing import write_whole

MOST = 12
COLOURS = ("#1f6f8b", "#e0912f", "#7a5195", "#4f8a5b", "#b5495b", "#6b7280")


def summary_data(run: Run, ended: Ended, seconds: float, page: str) -> Data:
    """Return the summary as data for the templates."""
    order, progress, tally = run.order, ended.progress, ended.tally
    book, target = run.decider.desk.book, run.decider.desk.target
    speaker = Speaker(book, order.language, book.currency)
    kind = book.terms[target].kind
    assert isinstance(kind, Choice)
    colours = {option: COLOURS[place % len(COLOURS)] for place, option in enumerate(kind.options)}
    counted = tally.get("wide")
    wide = {str(term): int(count) for term, count in counted.items()} if isinstance(counted, dict) else {}
    looked = wide.pop("", 0)
    group = next((term.kind.entity for term in book.terms.values() if isinstance(term.kind, Choice) and term.kind.entity and any(column.term == term.name for column in order.chosen.columns)), "")
    return {
        "read": progress.read, "decided": progress.decided, "aside": progress.aside, "blank": ended.blank, "seconds": seconds,
        "rate": (progress.read - progress.resumed) / seconds if seconds > 0 else 0,
        "answers": [{**row, "name": speaker.option(target, row["key"]), "colour": colours[str(row["key"])]} for row in _rows(tally.get("answers"), progress.decided)],
        "rules": [{**row, "name": run.voice.reasons.get(str(row["key"]), "")} for row in _rows(tally.get("rules"), progress.decided)],
        "groups": _crossed(tally.get("group"), colours, lambda key: speaker.name(group, key)), "sizes": _crossed(tally.get("size"), colours, str, SIZE_NAMES),
        "sure": [row for name in (SETTLED, NO_MATTER, HANGS) for row in _rows(tally.get("how_sure"), progress.decided) if row["key"] == name],
        "hangs": [{**row, "name": speaker.term(str(row["key"]))} for row in _split(tally.get("hangs_on"), progress.decided)],
        "wide": [{"key": term, "name": speaker.term(term), "share": count / looked, "count": count} for term, count in sorted(wide.items(), key=lambda item: (-item[1], item[0])) if count][:MOST] if looked else [],
        "looked": looked,
        "codes": _rows(ended.codes, progress.aside), "flags": [{**row, "name": _flag(speaker, str(row["key"]))} for row in _split(tally.get("flags"), progress.decided)],
        "assumed": [{**row, "name": speaker.term(str(row["key"]))} for row in _split(tally.get("assumed"), progress.decided)],
        "output": str(order.output), "rejects": str(rejects_path(order.output)), "page": page, "rule_book": book.hash[:12], "as_of": speaker.day(_day(run)), "inputs": [source.table.name for source in order.sources],
    }  # fmt: skip


def _day(run: Run) -> str:
    return date.fromordinal(run.order.day).isoformat()


def _flag(speaker: Speaker, key: str) -> str:
    """Return the words of a flag: a member of a set of the book, else the flag itself."""
    return next((names[key].text(speaker.language) for names in speaker.options.values() if key in names and names[key].text(speaker.language)), key)


def _rows(counts: object, whole: int) -> list[dict[str, object]]:
    found = counts if isinstance(counts, dict) else {}
    return [{"key": key, "count": count, "share": count / whole if whole else 0} for key, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def _split(counts: object, whole: int) -> list[dict[str, object]]:
    """Return counts of single words where they were counted by sets of words."""
    found: dict[str, int] = {}
    for words, count in (counts if isinstance(counts, dict) else {}).items():
        for word in filter(None, str(words).removeprefix("together: ").split("; ")):
            found[word] = found.get(word, 0) + int(count)
    return _rows(found, whole)[:MOST]


def _crossed(counts: object, colours: dict[str, str], name: Callable[[str], str], order: tuple[str, ...] = (), rest: str = "–") -> list[dict[str, object]]:
    """Return counts of answers within groups, largest group first or in a given order, each with the parts of its bar."""
    found = counts if isinstance(counts, dict) else {}
    most = max((sum(parts.values()) for parts in found.values()), default=1)
    keys = [key for key in order if key in found] if order else sorted(found, key=lambda key: (-sum(found[key].values()), key))
    rows: list[dict[str, object]] = []
    for key in keys:
        whole, at, parts = sum(found[key].values()), 0.0, []
        for answer, colour in colours.items():
            count = found[key].get(answer, 0)
            parts.append({"x": round(at, 3), "width": round(100 * count / most, 3), "colour": colour, "count": count})
            at += 100 * count / most
        rows.append({"key": key, "name": name(key) if key else rest, "count": whole, "parts": parts})
    return rows


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
