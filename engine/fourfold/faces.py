"""What every face needs of an advice: files in their formats, pages, traces, cases."""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from fourfold.advice import Advice, decided, load_profile, plan_of, unknown_value, why_not
from fourfold.agenda import calendar_file
from fourfold.certificate import facts_of, read_certificate
from fourfold.console import dump
from fourfold.decide import decide
from fourfold.library import open_book
from fourfold.plan_workbook import plan_workbook
from fourfold.planning.review import results_file
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.report import Speaker, markdown, page, pdf, render, tidy
from fourfold.span import Span
from fourfold.suggest import did_you_mean
from fourfold.trialing.protocol import NAME as TRIAL
from fourfold.trialing.protocol import trial_bytes, trial_data
from fourfold.why import Why
from fourfold.why import why as why_tree
from fourfold.writing import free_folder, write_whole

if TYPE_CHECKING:
    from fourfold.cases import Report

ENDINGS = (".md", ".html", ".pdf", ".json", ".txt", ".ics", ".xlsx", ".csv")


def plan_json(advice: Advice) -> str:
    """Return the whole plan as JSON text."""
    return dump(plan_of(advice))


def write_outputs(advice: Advice, root: Path, language: str, outputs: tuple[Path, ...]) -> None:
    """Write the plan to files, each in the format that its name says; nothing is written if one cannot be made."""
    plan = plan_of(advice)
    made = {path: rendered(advice, root, language, path.suffix.lower(), plan, str(path)) for path in outputs}
    for path, data in made.items():
        write_whole(path, data)


def rendered(advice: Advice, root: Path, language: str, ending: str, plan: Data, name: str, sibling: str = "") -> bytes:
    """Return the plan in the format of a file ending; a page may link to its sibling in the other language."""
    speaker = Speaker(advice.book, language, advice.book.currency)
    match ending:
        case ".md":
            return markdown(root, speaker, plan).encode()
        case ".html":
            return page(root, speaker, plan, sibling=sibling).encode()
        case ".pdf":
            return pdf(page(root, speaker, plan, for_print=True))
        case ".json":
            return dump(plan).encode()
        case ".ics":
            return calendar_file(root, speaker, plan)
        case ".xlsx":
            return plan_workbook(root, speaker, plan)
        case ".csv":
            return results_file(plan).encode()
        case ".txt":
            return terminal_page(advice, root, language, plan, name, "", []).encode()
        case _:
            raise Problems([Problem("F117", f"no format for `{name}`", Span(name, 1, 1), help=f"the name must end in {', '.join(ENDINGS)}")])


def write_all(advice: Advice, root: Path, language: str, profile: Path) -> tuple[Data, str, list[str]]:
    """Write all formats to plans/NAME/AS_OF/ (the next free folder if another plan is there); return plan, folder, names.

    The page comes in both languages, each with a link to the other. PDF, calendar and
    workbook are left out where they cannot be made; `fourfold doctor` says why.
    """
    plan = plan_of(advice)
    other = {"en": "zh", "zh": "en"}[language]
    files = {
        "plan.html": rendered(advice, root, language, ".html", plan, "plan.html", f"plan.{other}.html"),
        f"plan.{other}.html": rendered(advice, root, other, ".html", plan, f"plan.{other}.html", "plan.html"),
    }
    for ending in (".pdf", ".md", ".json", ".ics", ".xlsx"):
        try:
            files[f"plan{ending}"] = rendered(advice, root, language, ending, plan, f"plan{ending}")
        except Problems as fault:
            if any(problem.code != "F504" for problem in fault.problems):
                raise
    files["results.csv"] = results_file(plan).encode()
    trial = trial_data(plan)
    if trial is not None:
        files[TRIAL] = trial_bytes(trial)
    files["decision.json"] = dump({"certificate": advice.certificate}).encode()
    name = re.sub(r"[^\w.-]+", "_", profile.stem) or "company"
    stable = {key: data for key, data in files.items() if key != "plan.pdf"}
    folder = free_folder(Path("plans") / name / str(plan["as_of"]), stable)
    for key, data in files.items():
        write_whole(folder / key, data)
    # WHY: the journal brings SQLite, which only who writes a whole plan needs
    from fourfold.reviewing import keep_plan

    keep_plan(profile, advice, plan, str(folder))
    return plan, str(folder), list(files)


def decision_text(advice: Advice, root: Path, language: str, plan: Data, profile: Path, folder: str, files: list[str]) -> str:
    """Return the decision on a page for the terminal."""
    return terminal_page(advice, root, language, plan, str(profile), folder, files)


def terminal_page(advice: Advice, root: Path, language: str, plan: Data, profile: str, folder: str, files: list[str]) -> str:
    """Return the decision on a page in a language."""
    speaker = Speaker(advice.book, language, advice.book.currency)
    return tidy(render(root, f"decision.{language}.txt.j2", speaker, {**plan, "profile": profile, "folder": folder, "files": files}))


def trace_text(advice: Advice) -> str:
    """Return every firing of the chained rules, in their order."""
    if advice.engine != "durable_rules":
        return "durable_rules is not here, so the referee decided and nothing fired; see fourfold doctor\n"
    lines = []
    for number, firing in enumerate(advice.firings, 1):
        saw = ", ".join(f"{name}={value}" for name, value in firing.saw)
        lines.append(f"{number:>4}  stratum {firing.stratum}  {firing.rule} → {firing.term}  [{saw}]")
    return "\n".join(lines) + "\n"


def ask(root: Path, path: Path, today: int, as_of: int | None, currency: str | None, language: str, listed: Path | None, *, plain: bool) -> int:
    """Hold the questionnaire on a file of answers; return the exit code: 0 at its end, 1 where it was left in the middle."""
    from fourfold import terminal

    kept = load_profile(path) if path.exists() else None
    if currency and kept is not None and kept.currency and currency.upper() != kept.currency:
        raise Problems([Problem("F211", f"`{path}` counts in {kept.currency}", Span(str(path), 1, 1), help="leave --currency out, or answer under another name")])
    day = as_of or (kept.as_of if kept else None) or today
    book = open_book(root, day, (kept.currency if kept else "") or (currency or "").upper())
    talk = terminal.ask(root, path, book, language, listed, plain=plain)
    if talk.done != "plan":
        return 1 if talk.done == "left" else 0
    advice = decided(root, load_profile(path), today, as_of)
    plan, folder, files = write_all(advice, root, language, path)
    terminal.show(decision_text(advice, root, language, plan, path, folder, files))
    return 0


# ---------------------------------------------------------------- why


def advice_of(path: Path, root: Path, today: int) -> Advice:
    """Return the advice that a decision file holds, decided again from its facts."""
    data = read_certificate(read_text(path, str(path)), str(path))
    try:
        as_of = date.fromisoformat(str(data.get("as_of"))).toordinal()
    except ValueError:
        as_of = today
    book = open_book(root, as_of, str(data.get("currency")))
    facts = facts_of(book, data)
    return Advice(book, facts, decide(book, facts), data, (), "decide")


def why_of(advice: Advice, term: str, depth: int) -> Why:
    """Return why a term has its value; an unknown term is a problem."""
    terms = advice.book.terms
    if term not in terms:
        plain = term.partition("[")[0]
        grounds = [name for name, ground in terms.items() if ground.source == plain and ground.entity]
        if grounds:
            help_text = f"`{plain}` has one value per entity: {', '.join(f'`{name}`' for name in grounds[:4])} …"
        else:
            help_text = did_you_mean(term, terms) or "`fourfold why PROFILE` shows the strategy and what it rests on"
        raise Problems([Problem("F201", f"unknown term `{term}`", help=help_text)])
    return why_tree(advice.book, advice.decision, term, depth)


def why_not_data(advice: Advice, wanted: str) -> Data:
    """Return what stands between a company and a strategy."""
    problem = unknown_value(advice.book, wanted)
    if problem is not None:
        raise Problems([problem])
    plan = plan_of(advice)
    page_data = plan["decision"]
    assert isinstance(page_data, dict)
    now = str(page_data["strategy"])
    rules: Data = next((item for item in page_data["why_not"] if item["value"] == wanted), {"rules": [], "reach_all": []})
    changes: Data = {"state": "none", "sets": [], "by_parts": []} if now == wanted else why_not(advice, wanted)
    return {**plan, "wanted": wanted, "now": now, "why_not_rules": rules["rules"], "reach_all": rules["reach_all"], "changes": changes, "book": advice.book.hash}


def why_not_text(data: Data, root: Path, language: str) -> str:
    """Return a why-not for the terminal."""
    book = open_book(root, _ordinal(str(data["as_of"])), str(data["currency"]))
    return tidy(render(root, f"why_not.{language}.txt.j2", Speaker(book, language, str(data["currency"])), data))


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


# ---------------------------------------------------------------- cases


def run_cases(root: Path, files: tuple[Path, ...], form: str, *, full: bool = False, mutate: bool = False, generate: Path | None = None) -> tuple[str, bool]:
    """Run cases; return what to show and whether one failed.

    `mutate` adds the mutation score; `generate` writes cases for what none covers to a new file.
    """
    from fourfold import cases

    report = cases.run(root, files)
    data, text = report.as_data(), report.text(root, full=full)
    if mutate and not report.failed:
        from fourfold.cases.mutation import score

        found = score(report)
        data["mutation"], text = found.as_data(), text + found.text()
    if generate is not None and not report.failed:
        made = _generated(root, report, generate)
        data["generated"], text = made, text + f"{made['count']} cases written to {generate}; for {made['left']} cells and bounds none was found\n"
    return (dump(data) if form == "json" else text), report.failed


def _generated(root: Path, report: "Report", path: Path) -> Data:
    from fourfold.cases.generating import generate

    if path.exists():
        raise Problems([Problem("F116", f"`{path}` is there already", Span(str(path), 1, 1), help="name a new file")])
    made = generate(root, report)
    if made.count:
        write_whole(path, made.text)
    return {"count": made.count, "file": str(path) if made.count else "", "left": len(made.left)}


def keep(source: Path, advice: Advice, output: Path, name: str, because: str, terms: tuple[str, ...], changes: tuple[str, ...] = ()) -> str:
    """Keep an advice as a case in a file; return its text."""
    from fourfold.advice import load_profile
    from fourfold.cases.keeping import append_case, kept_text

    written = None if source.suffix == ".json" or changes else load_profile(source).document
    title = name or advice.facts.name or source.stem.replace("_", " ")
    text = kept_text(advice.book, written, advice.facts, advice.decision, title, because, terms)
    append_case(output, title, text)
    return text
