"""What `fourfold suggest` shows, as data for the templates, and one suggestion carried out: the rule file, and the case that keeps it."""

from dataclasses import dataclass
from pathlib import Path

from fourfold.answer_changes import AnswerChanges
from fourfold.cases.keeping import append_case, kept_text
from fourfold.cases.reading import read_cases
from fourfold.content import content_root
from fourfold.expression.kinds import Number
from fourfold.model import RuleBook
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.report import Speaker, render, tidy
from fourfold.smallest import Change
from fourfold.suggesting import Company, Suggested, Suggestion
from fourfold.writing import write_whole

REASON = "suggested.reason.j2"
SHOWN_SINGLE = 8
SHOWN_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: the workspace, the profile's name, the command as it was typed, the reason given and its language."""

    root: Path
    name: str
    command: str
    because: str = ""
    language: str = "en"


def words_root(root: Path) -> Path:
    """Return where the words of suggestions lie: in the workspace, or in the shipped content where it has none."""
    return root if (root / "templates" / REASON).is_file() else content_root()


def reason(asked: Asked, company: Company) -> tuple[tuple[str, str], ...]:
    """Return the reason of a new row in each language of the workspace's rules: what the user said in their own, else that it is still to be told."""
    languages = dict.fromkeys(language for table in company.content.tables for rule in table.rules for language, _ in rule.because.by_language)
    lines = render(words_root(asked.root), REASON, Speaker(company.book, "en", company.book.currency), {"wanted": company.wanted})
    told = {language: text for language, _, text in (line.partition(": ") for line in lines.splitlines()) if text}
    told |= {asked.language: asked.because} if asked.because else {}
    return tuple((language, told.get(language, told["en"])) for language in languages or [asked.language])


def facts_data(asked: Asked, company: Company, answers: AnswerChanges) -> Data:
    """Return what is wanted of a company, and the answers that would give it."""
    now = company.decision.values[company.target]
    return {"company": company.facts.name or asked.name, "target": company.target, "now": now, "wanted": company.wanted, "answers": _answers(company.book, answers), "book": company.book.hash}


def rules_data(asked: Asked, company: Company, found: Suggested) -> Data:
    """Return the edits of rules that would give it."""
    return {
        "target": company.target,
        "suggestions": [_suggestion(asked, company, number, item) for number, item in enumerate(found.suggestions, 1)],
        "kept_back": [{"words": [edit.text() for edit in item.words], "why": item.why, "name": item.name} for item in found.refused],
        "others": {"source": found.listed.source, "looked_at": found.listed.size, "whole": found.listed.whole, "is_sampled": found.listed.is_sampled},
        "cases": found.cases,
        "proven": found.is_proven,
        "command": asked.command,
    }


def said(asked: Asked, company: Company, what: str, data: Data, language: str) -> str:
    """Return a part of the screen: `suggest_facts`, `suggest_rules` or `suggested`."""
    return tidy(render(words_root(asked.root), f"{what}.{language}.txt.j2", Speaker(company.book, language, company.book.currency), data))


def _answers(book: RuleBook, answers: AnswerChanges) -> Data:
    single = [
        {"term": term, "before": _plain(book, term, changes[0].before), "after": [_plain(book, term, change.after) for change in changes[:SHOWN_OPTIONS]], "more": max(0, len(changes) - SHOWN_OPTIONS)}
        for term, changes in answers.single[:SHOWN_SINGLE]
    ]
    return {"state": answers.state, "single": single, "more": max(0, len(answers.single) - SHOWN_SINGLE), "sets": [[_change(book, change) for change in changes] for changes in answers.sets]}


def _change(book: RuleBook, change: Change) -> Data:
    return {"term": change.term, "before": _plain(book, change.term, change.before), "after": _plain(book, change.term, change.after)}


def _plain(book: RuleBook, term: str, value: int | str) -> object:
    kind = book.terms[term].kind
    return value / 10**kind.scale if isinstance(kind, Number) and isinstance(value, int) else value


def _suggestion(asked: Asked, company: Company, number: int, item: Suggestion) -> Data:
    change = item.change
    return {
        "number": number,
        "form": item.edit.form,
        "table": item.edit.table,
        "file": item.file,
        "words": [edit.text() for edit in item.words],
        "lines": list(item.lines),
        "moved": item.moved,
        "regions": [{"cells": dict(region.cells), "before": region.before, "after": region.after} for region in change.regions] if change else [],
        "more": change.more if change else "unknown",
        "case": _case(asked, company, item, None)[1],
    }


# ---------------------------------------------------------------- carrying one out


def _case(asked: Asked, company: Company, item: Suggestion, path: Path | None) -> tuple[str, str]:
    """Return the name and text of the case that keeps a suggestion; a name that the file has not yet."""
    title = f"{company.facts.name or asked.name}: {company.target} {company.wanted}"
    taken = {case.name for case in read_cases(path, str(path))[0]} if path is not None and path.exists() else set()
    name = next(one for one in (title, *(f"{title} ({at})" for at in range(2, len(taken) + 3))) if one not in taken)
    because = asked.because or "; ".join(edit.text() for edit in item.words).replace("`", "")
    return name, kept_text(item.book, company.profile.document, company.facts, item.decision, name, because, (company.target,))


def take(asked: Asked, company: Company, found: Suggested, number: int) -> Data:
    """Write one suggestion into its rule file and its case into tests/cases/kept.yaml; return what was written."""
    if not 0 < number <= len(found.suggestions):
        raise Problems([Problem("F320", f"there is no suggestion {number}", help=f"`{asked.command}` shows {len(found.suggestions)}")])
    item = found.suggestions[number - 1]
    path = asked.root / "tests" / "cases" / "kept.yaml"
    name, text = _case(asked, company, item, path)
    write_whole(asked.root / item.file, item.text)
    append_case(path, name, text)
    return {"file": item.file, "lines": list(item.lines), "case": text, "case_file": path.relative_to(asked.root).as_posix()}
