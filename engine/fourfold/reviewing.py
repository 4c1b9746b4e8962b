"""A review as the command holds it: judged, decided anew, planned anew, written, kept in the journal, told."""

from datetime import date
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from fourfold import journal
from fourfold.advice import Advice
from fourfold.console import WIDTH, dump, problem_text
from fourfold.cycle import Reading, folder_of, looked, wrapped
from fourfold.library import open_book
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.report import Speaker, render, tidy
from fourfold.show_problem import as_data
from fourfold.span import Span
from fourfold.trialing.keeping import save_results
from fourfold.trialing.protocol import trial_data
from fourfold.trialing.review import plan_before, review_data, yaml_line
from fourfold.trialing.rounds import Round
from fourfold.writing import write_whole

NAME = "review.json"


def keep_plan(profile: Path, advice: Advice, plan: Any, folder: str) -> None:
    """Note a plan in the company's journal: the profile as it stood, the decision, the trial, and where the plan lies."""
    data: Data = {
        "profile": read_text(profile, str(profile)),
        "strategy": plan["decision"]["strategy"],
        "stage": plan["nodes"]["stage"],
        "rules": plan["decision"]["rules"],
        "budget": plan["objective"]["resources"]["money"],
        "folder": folder,
        "trial": trial_data(plan),
        "certificate": advice.certificate,
    }
    journal.append(folder_of(profile) / journal.NAME, "plan", date.fromordinal(advice.book.as_of), data)


def reviewed(root: Path, path: Path, files: tuple[str, ...], reading: Reading, today: int, as_of: int | None, *, is_saved: bool) -> tuple[Round, Data, Data]:
    """Return the round, the review and the new plan; nothing is written yet but, where asked for, the records in the profile.

    Without a plan to start from there is nothing to review, and that is a problem.
    """
    found = looked(root, path, files, reading, today, as_of)
    if found.trial is None:
        raise Problems([Problem("F171", f"there is no plan of `{path}` with a trial to review", help="name its folder with --plan; `fourfold trial` judges results without one")])
    if not found.records:
        raise Problems(
            [
                *found.warnings,
                Problem(
                    "F169",
                    "nothing can be judged yet, so there is nothing to review",
                    help=f"`fourfold trial {path} …` shows where each carrier stands and what is missing; --ended ends the trial now",
                ),
            ]
        )
    data: Any
    data, plan = review_data(found, plan_before(Path(found.trial.file).parent))
    if is_saved:
        save_results(path, data["records"])
    return found, data, plan


def keep_review(profile: Path, found: Round, data: Data, plan: Any, folder: str) -> journal.Entry:
    """Write the review beside the new plan and note it in the journal, with its records as facts of later decisions."""
    write_whole(Path(folder) / NAME, dump(data))
    names = ("bar", "carriers", "strategy", "before", "shown", "shown_withdrawn", "strategy_rules", "budget", "predicted", "growth_point", "results")
    kept: Data = {name: data[name] for name in names}
    kept |= {
        "facts": list(found.records),
        "files": sha256(dump(data).encode()).hexdigest(),
        "folder": folder,
        "stage": plan["nodes"]["stage"],
        "trial": trial_data(plan),
        "certificate": found.after.certificate,
    }
    return journal.append(folder_of(profile) / journal.NAME, "review", date.fromordinal(found.after.book.as_of), kept)


def review_text(root: Path, language: str, profile: Path, found: Round, data: Any, plan: Data, folder: str, names: list[str], *, is_saved: bool) -> str:
    """Return a review for the terminal."""
    speaker = Speaker(found.after.book, language, found.after.book.currency)
    lines = [yaml_line(record) for record in data["records"]]
    told = {**data, "plan": plan, "profile": str(profile), "folder": folder, "files": [*names, NAME], "is_saved": is_saved, "record_lines": lines, "width": WIDTH}
    text = "".join(line if line.startswith("  - {") else wrapped(line) for line in tidy(render(root, f"review.{language}.txt.j2", speaker, told)).splitlines(keepends=True))
    return text + ("\n" + problem_text(found.warnings, [root], "text") if found.warnings else "")


def review_json(found: Round, data: Data, folder: str) -> Data:
    """Return a review as JSON has it, with every warning."""
    return {**data, "folder": folder, "problems": [as_data(problem) for problem in found.warnings]}


def _speaker(root: Path, language: str, data: Any, today: int) -> Speaker:
    entries = data["entries"]
    day = date.fromisoformat(str(entries[-1]["day"])).toordinal() if entries else today
    book = open_book(root, day)
    return Speaker(book, language, book.currency)


def history_text(root: Path, language: str, data: Data, today: int) -> str:
    """Return a history for the terminal."""
    return "".join(wrapped(line) for line in tidy(render(root, f"history.{language}.txt.j2", _speaker(root, language, data, today), data)).splitlines(keepends=True))


def draw_history(root: Path, language: str, data: Data, output: Path, today: int) -> None:
    """Write the cycle as a drawing: an SVG, or a page that holds it."""
    drawn = tidy(render(root, "pictures/history.svg.j2", _speaker(root, language, data, today), data))
    if output.suffix not in (".svg", ".html"):
        raise Problems([Problem("F117", f"no format for `{output}`", Span(str(output), 1, 1), help="the name must end in .svg or .html")])
    page = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{escape(str(data["company"]))}</title><body style="margin:0">{drawn}</body></html>\n'
    write_whole(output, drawn if output.suffix == ".svg" else page)
