"""The cycle as commands show it: results judged, reviewed, and written beside the plans of a company."""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from fourfold import journal
from fourfold.advice import load_profile
from fourfold.console import WIDTH, problem_text
from fourfold.door import Profile
from fourfold.library import open_book
from fourfold.noun import noun
from fourfold.planning.view import Data
from fourfold.problem import Problem
from fourfold.report import Speaker, render, tidy
from fourfold.show_problem import as_data
from fourfold.span import Span
from fourfold.trialing.protocol import data_of, find_trial, moved
from fourfold.trialing.rounds import Round, look, read_files
from fourfold.trialing.telling import told


@noun
class Reading:
    """How results are to be read: the plan they belong to, renamed columns, the form of dates, whether the trial has ended."""

    plan: Path | None
    renamed: Mapping[str, str]
    dates: str | None = None
    is_over: bool = False


def folder_of(profile: Path) -> Path:
    """Return the folder of a company's plans."""
    return Path("plans") / (re.sub(r"[^\w.-]+", "_", profile.stem) or "company")


def looked(root: Path, path: Path, files: tuple[str, ...], reading: Reading, today: int, as_of: int | None) -> Round:
    """Return what results come to, by the trial file that they belong to, after every round that the journal keeps."""
    profile: Profile = load_profile(path)
    day = as_of or profile.as_of or today
    book = open_book(root, day, profile.currency)
    results, digest = read_files(book, files, reading.renamed, day_first=None if reading.dates is None else reading.dates == "day-first")
    trial = find_trial(folder_of(path), reading.plan, date.fromordinal(day), max((row.last for row in results.rows if row.last), default=None))
    kept = journal.entries(folder_of(path) / journal.NAME)
    carriers = {row.carrier for row in results.rows}
    earlier = earlier_records(kept, {(carrier, trial.digest[:12] if trial else "") for carrier in carriers})
    found = look(root, profile, trial, results, digest, today, as_of, earlier, is_over=reading.is_over)
    return replace(found, warnings=(*found.warnings, *_by_journal(kept, found)))


def earlier_records(kept: tuple[journal.Entry, ...], now: set[tuple[str, str]]) -> tuple[Data, ...]:
    """Return the records of the reviews that a journal keeps, the last one of each carrier and trial; those of this round are left out."""
    found: dict[tuple[str, str, str], Data] = {}
    for entry in kept:
        records = entry.data.get("facts") if entry.kind == "review" else None
        for record in records if isinstance(records, list) else []:
            key = (str(record["carrier"]), str(record.get("trial", "")))
            if key not in now:
                found[(*key, str(record["from"]))] = record
    return tuple(found.values())


def _by_journal(kept: tuple[journal.Entry, ...], found: Round) -> list[Problem]:
    """Return what the journal knows about these results and this trial file: reviewed before, or moved since."""
    problems: list[Problem] = []
    for entry in kept:
        if entry.kind == "review" and entry.data.get("results") == found.digest:
            problems.append(Problem("F167", f"these very results were reviewed on {entry.day}; they are not counted a second time", is_warning=True, help="give the results that came since"))
            break
    if found.trial is not None:
        now = data_of(found.trial)
        for entry in kept:
            before = entry.data.get("trial")
            if isinstance(before, dict) and before.get("as_of") == now.get("as_of") and before.get("first") == now.get("first") and before.get("digest") != now.get("digest"):
                differences = list(moved(before, now))[:4]
                if differences:
                    problems.append(
                        Problem("F168", "moved since the start: " + "; ".join(differences), Span(found.trial.file, 1, 1), is_warning=True, help=f"the journal keeps the file of {entry.day}")
                    )
                break
    return problems


def trial_json(found: Round) -> Data:
    """Return a look at results as JSON has it, with every warning."""
    return {**told(found), "problems": [as_data(problem) for problem in found.warnings]}


def trial_text(found: Round, root: Path, language: str, profile: Path, results: tuple[str, ...]) -> str:
    """Return a look at results for the terminal, its warnings first."""
    book = found.after.book
    data = {**told(found), "profile": str(profile), "results": list(results)}
    text = tidy(render(root, f"trial.{language}.txt.j2", Speaker(book, language, book.currency), data))
    text = "".join(wrapped(line) for line in text.splitlines(keepends=True))
    return text + ("\n" + problem_text(found.warnings, [root], "text") if found.warnings else "")


def wrapped(line: str) -> str:
    """Return a line of prose within the width of a screen, its line end kept; lines of a table are short already."""
    if len(line) <= WIDTH + 1:
        return line
    start = " " * (len(line) - len(line.lstrip()))
    return "\n".join(textwrap.wrap(line.strip(), WIDTH, initial_indent=start, subsequent_indent=start, break_long_words=False, break_on_hyphens=False)) + "\n"
