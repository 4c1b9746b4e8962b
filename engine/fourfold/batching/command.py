"""The whole of `fourfold batch`: look at the files, show the mapping, run, sum up."""

import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from fourfold.batching.cells import EMPTY, CellReader
from fourfold.batching.headers import Matcher
from fourfold.batching.long_tables import joined
from fourfold.batching.mapping import Chosen, Column, as_text, asked_names, mapping_of, read_mapping
from fourfold.batching.outputs import REASONS, form_of
from fourfold.batching.preview import preview_text
from fourfold.batching.rows import audit, write_plans
from fourfold.batching.running import Ended, Order, Progress, Run, beside, rejects_path, remember
from fourfold.batching.sources import Source, files_of, open_sources, open_table
from fourfold.batching.streams import kept_from
from fourfold.batching.summing import summary_text, write_page
from fourfold.console import dump
from fourfold.door.state import is_asked
from fourfold.library import open_book
from fourfold.model import RuleBook
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.span import Span
from fourfold.suggest import did_you_mean, listed
from fourfold.writing import write_whole

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    root: Path
    inputs: tuple[str, ...]
    output: str
    mapping: Path | None
    settings: tuple[str, ...]
    currency: str
    keep: tuple[str, ...]
    most_rejects: int
    language: str
    day: int
    form: str
    audit: int = 0
    plans: Path | None = None
    where: str = ""
    yes: bool = False
    fresh: bool = False
    to: str = ""
    append: bool = False
    quick: bool = False
    long: Path | None = None


def run(wish: Wish, clock: Clock) -> int:
    """Do a batch from what was typed; return the exit code."""
    form = form_of(wish.output)
    with tempfile.TemporaryDirectory() as spare:
        output = Path(spare) / "output.csv" if wish.output == "-" else Path(wish.output)
        before = earlier(output) if wish.append else {}
        sources = open_sources(_copied(_paths(wish, Path(spare)), output, before) if wish.append else _paths(wish, Path(spare)))
        if wish.long is not None:
            book = open_book(wish.root, wish.day, wish.currency)
            beside_them = open_table(wish.long)
            sources = [Source(source.path, joined(source.table, beside_them, book)) for source in sources]
        _check_places(output, sources, wish)
        order = _order(wish, sources, output, form, before)
        if order is None:
            return 1
        running = _runner(order, wish.to)
        if running.resumed():
            _say(f"An unfinished run of the same work is here: {len(running.states)} parts, {running.resumed():,} rows. Going on. (--fresh starts again)")
        begun = clock()
        meter = Meter(clock)
        ended = running.go(meter.tell)
        meter.end()
        return _close(wish, running, ended, clock() - begun)


def _runner(order: Order, to: str) -> Run:
    if not to:
        return Run(order)
    from fourfold.sparking.running import SparkRun, url_of

    return SparkRun(order, url_of(to))


def _order(wish: Wish, sources: list[Source], output: Path, form: str, before: dict[str, Any]) -> Order | None:
    """Return what is to be done; None where the user stopped. Rows that join an output are read and decided as its own were."""
    day, currency, language, keep = wish.day, wish.currency, wish.language, wish.keep
    if wish.append:
        day, currency, language, keep = int(before["as_of"]), str(before["currency"]), str(before["language"]), tuple(before["keep"])
    book = open_book(wish.root, day, currency)
    if wish.append and wish.mapping is None:
        headers = tuple(dict.fromkeys(name for source in sources for name in source.table.columns))
        chosen: Chosen | None = mapping_of(str(before["mapping"]), str(beside(output, ".run.json")), headers, book)
    else:
        chosen = _chosen(wish, sources, book)
    if chosen is None:
        return None
    inputs = len(before.get("inputs", []))
    return Order(wish.root, tuple(sources), chosen, output, form, day, currency, language, keep, wish.most_rejects, wish.fresh, not wish.quick, wish.append, inputs, wish.long)


def earlier(output: Path) -> dict[str, Any]:
    """Return how the output that rows are to join was made."""
    path = beside(output, ".run.json")
    if not output.exists():
        raise Problems([Problem("F140", f"there is no `{output}` that rows could join", Span(str(output), 1, 1), help="make it first: fourfold batch IN -o OUT")])
    try:
        found = json.loads(read_text(path, str(path)))
    except ValueError:
        found = None
    if not isinstance(found, dict) or "mapping" not in found:
        raise Problems([Problem("F140", f"`{path}` does not say how `{output}` was made", Span(str(path), 1, 1), help="it is written beside every output of `fourfold batch`")])
    return found


def _copied(paths: list[Path], output: Path, before: dict[str, Any]) -> list[Path]:
    """Return copies of mended files beside the output, so that the why of their rows can be found when the rejects are written anew."""
    found = []
    for number, path in enumerate(paths, len(before["inputs"])):
        copy = beside(output, f".mended-{number}{''.join(path.suffixes[-2:]) if path.suffix == '.gz' else path.suffix}")
        shutil.copy2(path, copy)
        found.append(copy)
    return found


def _close(wish: Wish, running: Run, ended: Ended, seconds: float) -> int:
    if wish.output == "-":
        sys.stdout.buffer.write(running.order.output.read_bytes())
        sys.stdout.buffer.flush()
        running.place.remove()
        sys.stderr.write(summary_text(running, ended, seconds, ""))
        return 0
    remembered = remember(running, ended)
    page = write_page(running, ended, seconds)
    running.place.remove()
    text = summary_text(running, ended, seconds, str(page))
    data = {"output": str(running.order.output), "rejects": str(rejects_path(running.order.output)), "run": str(remembered), "summary": str(page), **_numbers(ended)}
    sys.stdout.write(dump(data) if wish.form == "json" else text)
    sys.stdout.flush()
    return _afterwards(wish, running.order)


def _afterwards(wish: Wish, order: Order) -> int:
    """Audit rows and write plans, where that was asked; return 1 where the audit found a difference."""
    code = 0
    if wish.audit:
        looked, differ = audit(order.root, order.output, wish.audit)
        _say(f"Audit: {looked:,} rows decided again by the plain meaning: {len(differ):,} differ.")
        for name, columns in differ[:20]:
            _say(f"  {name}: {', '.join(columns)}")
        if differ:
            _say("This is a fault of Fourfold, not of your file. Please report it with the rule book and these rows.")
            code = 1
    if wish.plans is not None:
        count = write_plans(order.root, order.output, wish.where or "true", wish.plans, order.language)
        _say(f"{count:,} plans: {wish.plans}/")
    return code


def _numbers(ended: Ended) -> dict[str, object]:
    progress = ended.progress
    return {"read": progress.read, "decided": progress.decided, "set_aside": progress.aside, "codes": ended.codes, "tally": ended.tally}


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


# ---------------------------------------------------------------- files


def _paths(wish: Wish, spare: Path) -> list[Path]:
    if "-" not in wish.inputs:
        return files_of(wish.inputs)
    if wish.inputs != ("-",):
        raise Problems([Problem("F101", "standard input goes alone", help="give `-` or files, not both")])
    path = spare / "standard_input"
    kept_from(sys.stdin.buffer, path)
    return [path]


def _check_places(output: Path, sources: list[Source], wish: Wish) -> None:
    problems = []
    if not output.parent.is_dir():
        problems.append(Problem("F116", f"cannot write `{output}`: there is no folder `{output.parent}`", Span(str(output), 1, 1), help="make the folder first"))
    written = {output.resolve(), rejects_path(output).resolve()}
    for source in sources:
        if source.path.resolve() in written:
            problems.append(Problem("F138", f"`{source.path}` is read, and would be written over", Span(str(source.path), 1, 1), help="name another output"))
    every = {name for source in sources for name in source.table.columns}
    for name in wish.keep:
        if name not in every:
            problems.append(Problem("F206", f"no column `{name}` to keep", Span(str(sources[0].path), 1, 1), help=did_you_mean(name, every) or f"its columns are {listed(sorted(every))}"))
    if problems:
        raise Problems(problems)


# ---------------------------------------------------------------- the mapping


def _chosen(wish: Wish, sources: list[Source], book: RuleBook) -> Chosen | None:
    """Return the mapping to run with, shown before; None where the user stopped."""
    fixed = _fixed(wish, book)
    sample = sample_of(sources)
    if wish.mapping is not None and wish.mapping.exists():
        chosen = read_mapping(wish.mapping, tuple(sample.columns), book)
        chosen = Chosen(chosen.columns, {**chosen.fixed, **fixed})
        _check_fixed(chosen, book, str(wish.mapping))
        _check_required(chosen, book, sources[0])
        return chosen
    chosen = Matcher(book).matched(sample.select(name for name in sample.columns if name not in REASONS), fixed)
    _check_fixed(chosen, book, "--set")
    proposals = unknown_values(chosen, sample, book)
    if wish.yes:
        chosen = _with_proposals(chosen, proposals, book)
    _say(preview_text(wish.root, wish.language, book, sources, chosen, sample, proposals))
    place = wish.mapping or (Path("batch.map.yaml") if wish.output == "-" else beside(Path(wish.output), ".map.yaml"))
    unsure = [column for column in chosen.columns if column.term and not column.is_sure]
    _check_required(chosen, book, sources[0])
    if unsure and not wish.yes and not sys.stdin.isatty():
        write_whole(place, as_text(chosen, sources[0].path.name, proposals))
        raise Problems([_unsure(column, sources[0], place) for column in unsure])
    write_whole(place, as_text(chosen, sources[0].path.name, proposals))
    if wish.yes or not sys.stdin.isatty() or wish.output == "-":
        _say(f"Mapping: {place}")
        return chosen
    return _asked(wish, chosen, place, tuple(sample.columns), book)


def _with_proposals(chosen: Chosen, proposals: dict[str, dict[str, str]], book: RuleBook) -> Chosen:
    """Return the mapping with words of the file that one option alone has in its name; they are taken off the proposals."""
    matcher, columns = Matcher(book), []
    for column in chosen.columns:
        words = proposals.get(column.header, {})
        if words:
            reader = CellReader(book, matcher.door, column, matcher.asked[column.term])
            taken = {word: option for word in words if (option := reader.alike(word))}
            proposals[column.header] = {word: near for word, near in words.items() if word not in taken}
            columns.append(replace(column, values={**column.values, **taken}, how=f"{column.how}; taken: {', '.join(f'{w} = {o}' for w, o in taken.items())}" if taken else column.how))
        else:
            columns.append(column)
    return Chosen(tuple(columns), chosen.fixed)


def _asked(wish: Wish, chosen: Chosen, place: Path, headers: tuple[str, ...], book: RuleBook) -> Chosen | None:
    while True:
        sys.stderr.write(f"The mapping is in {place}. Go?  yes / edit / stop > ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip().lower()
        if answer in ("yes", "y", "是", "好"):
            return chosen
        if answer in ("stop", "s", "no", "n", "否", ""):
            _say(f"Stopped. Go on with: fourfold batch {' '.join(wish.inputs)} -o {wish.output} --map {place}")
            return None
        if answer in ("edit", "e", "改"):
            _say(f"Edit {place} in another window and save it, then press Enter.")
            sys.stdin.readline()
            try:
                read = read_mapping(place, headers, book)
                chosen = Chosen(read.columns, {**read.fixed, **chosen.fixed})
                _say("Read again.")
            except Problems as fault:
                for problem in fault.problems:
                    _say(f"{problem.span}: {problem.code} {problem.message}")


def _unsure(column: Column, source: Source, place: Path) -> Problem:
    return Problem(
        "F139",
        f"not sure that the column `{column.header}` is `{column.term}` ({column.how})",
        Span(str(source.path), 1, 1),
        help=f"look at {place} and give it: --map {place}; or take it as it is: --yes",
    )


def _fixed(wish: Wish, book: RuleBook) -> dict[str, str]:
    found, problems, asked = {}, [], asked_names(book)
    for item in wish.settings:
        term, sign, value = (part.strip() for part in item.partition("="))
        if not sign or term not in asked:
            problems.append(Problem("F201", f"unknown term `{term}`", Span("--set", 1, 1), help=did_you_mean(term, asked) or "write TERM=VALUE"))
        found[term] = value
    if problems:
        raise Problems(problems)
    return found


def _check_fixed(chosen: Chosen, book: RuleBook, place: str) -> None:
    matcher = Matcher(book)
    problems = []
    for term, text in chosen.fixed.items():
        cell = CellReader(book, matcher.door, Column(term, term), matcher.asked[term]).cell(text)
        if cell.fault is not None:
            code, message, help_text = cell.fault
            problems.append(Problem(code, message, Span(place, 1, 1), help=help_text))
    if problems:
        raise Problems(problems)


def _check_required(chosen: Chosen, book: RuleBook, source: Source) -> None:
    """Stop where a term that every decision needs has no column."""
    asked = asked_names(book)
    given = {column.term for column in chosen.columns} | set(chosen.fixed)
    problems = []
    for term in book.content.terms:
        if term.is_required and is_asked(term) and term.name in asked and term.name not in given:
            kind = next((ground.kind for ground in book.terms.values() if ground.name == term.name), None)
            options = getattr(kind, "options", ())
            example = options[0] if options else "VALUE"
            problems.append(
                Problem(
                    "F206",
                    f"no column for `{term.name}`, which has no assumption",
                    Span(str(source.path), 1, 1),
                    help=f"name its column in the mapping, or give one answer for all rows: --set {term.name}={example}",
                )
            )
    if problems:
        raise Problems(problems)


def sample_of(sources: list[Source]) -> pl.DataFrame:
    """Return the first rows of the files side by side, with every column that any of them has."""
    frames = []
    for source in sources[:20]:
        block = next(iter(source.table.blocks(0)), None)
        frames.append(block.frame.head(20_000) if block is not None else pl.DataFrame(schema=dict.fromkeys(source.table.columns, pl.String)))
    for source in sources[20:]:
        frames.append(pl.DataFrame(schema=dict.fromkeys(source.table.columns, pl.String)))
    return pl.concat(frames, how="diagonal").fill_null("") if len(frames) > 1 else frames[0]


def unknown_values(chosen: Chosen, sample: pl.DataFrame, book: RuleBook) -> dict[str, dict[str, str]]:
    """Return, by column, the words of choices that were not understood, most frequent first, each with what it may mean."""
    matcher = Matcher(book)
    found: dict[str, dict[str, str]] = {}
    for column in chosen.columns:
        if column.term not in matcher.asked:
            continue
        reader = CellReader(book, matcher.door, column, matcher.asked[column.term])
        if not reader.names:
            continue
        counts = Counter(text.strip() for text in sample[column.header].to_list())
        words = [(text, count) for text, count in counts.most_common() if text.lower() not in EMPTY and reader.cell(text).fault is not None]
        if words:
            found[column.header] = {text: reader.near(text) for text, _ in words[:40]}
    return found


# ---------------------------------------------------------------- progress


class Meter:
    """Shows on a terminal how far a run is."""

    def __init__(self, clock: Clock) -> None:
        """Begin now."""
        self.clock, self.begun, self.shown = clock, clock(), -1.0
        self.is_live = sys.stderr.isatty()

    def tell(self, progress: Progress) -> None:
        """Draw the line again, twice a second at most."""
        now = self.clock() - self.begun
        if not self.is_live or now - self.shown < 0.5:
            return
        self.shown = now
        rate = (progress.read - progress.resumed) / now if now else 0
        share = progress.done / progress.whole if progress.whole else 0
        bar = f"{'█' * int(28 * share)}{'░' * (28 - int(28 * share))} {share:4.0%}  " if progress.whole else ""
        left = f"  {now / share - now:,.0f} s left" if share > 0.02 else ""
        sys.stderr.write(f"\r\x1b[Kdeciding  {bar}{progress.read:,} rows  {rate:,.0f} rows/s{left}  set aside {progress.aside:,}")
        sys.stderr.flush()

    def end(self) -> None:
        """Remove the line."""
        if self.is_live:
            sys.stderr.write("\r\x1b[K")
