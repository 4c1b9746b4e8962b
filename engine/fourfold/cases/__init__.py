"""Cases: facts and what must follow, written by people who know the domain, in YAML or in a sheet."""

from fourfold.cases.coverage import Coverage, note
from fourfold.cases.reading import Case, case_files, cases_in, cases_of_text, read_cases, sheet_cases
from fourfold.cases.report import Report, all_cases, run
from fourfold.cases.running import DAY, Outcome, book_of, compared, decide_case, failures, open_case, run_case

__all__ = [
    "DAY",
    "Case",
    "Coverage",
    "Outcome",
    "Report",
    "all_cases",
    "book_of",
    "case_files",
    "cases_in",
    "cases_of_text",
    "compared",
    "decide_case",
    "failures",
    "note",
    "open_case",
    "read_cases",
    "run",
    "run_case",
    "sheet_cases",
]
