"""A company's history from its journal, as plain data: each plan and review in order, and how the strategy went round."""

from pathlib import Path
from typing import Any

from fourfold import journal
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.span import Span
from fourfold.suggest import did_you_mean


def journal_of(name: str | None) -> Path:
    """Return the journal of a company below plans/; the only one there is where no name is given."""
    found = sorted(Path("plans").glob(f"*/{journal.NAME}"))
    names = [path.parent.name for path in found]
    if name is None and len(found) == 1:
        return found[0]
    if name in names:
        return found[names.index(name)]
    place = Span("plans", 1, 1)
    if not found:
        raise Problems([Problem("F101", "there is no journal below plans/", place, help="`fourfold plan PROFILE` begins one")])
    if name is None:
        raise Problems([Problem("F101", f"there are {len(found)} journals", place, help="name one: " + ", ".join(f"`{item}`" for item in names[:8]))])
    raise Problems([Problem("F101", f"there is no journal of `{name}`", place, help=did_you_mean(name, names) or "there are " + ", ".join(f"`{item}`" for item in names[:8]))])


def history(path: Path) -> Data:
    """Return the history that a journal keeps, its chain verified: entries, and the turns of the strategy with their rules."""
    kept = journal.entries(path)
    rows, turns = [], []
    before = ""
    for entry in kept:
        data: Any = entry.data
        strategy = str(data["strategy"]["after"]) if entry.kind == "review" else str(data["strategy"])
        row: Data = {
            "number": entry.number,
            "kind": entry.kind,
            "day": entry.day,
            "hash": entry.hash,
            "strategy": strategy,
            "stage": data["stage"],
            "rules": data["strategy_rules" if entry.kind == "review" else "rules"],
            "folder": data["folder"],
            "rule_book": data["certificate"]["rule_book"],
            "verdicts": [
                {"carrier": item["carrier"], "verdict": item["verdict"], "standing": item["standing"], "conversions": item["conversions"], "spend": item["spend"]}
                for item in data["carriers"]
                if item["reading"]
            ]
            if entry.kind == "review"
            else [],
            "withdrawn": data.get("shown_withdrawn", []),
            "budget": data["budget"] if entry.kind == "plan" else data["budget"]["after"],
        }
        rows.append(row)
        if strategy != before:
            turns.append({"day": entry.day, "strategy": strategy, "stage": row["stage"], "rules": row["rules"], "number": entry.number})
        before = strategy
    last: Any = kept[-1].data if kept else {}
    company = str(last["certificate"]["texts"].get("company", "")) if kept else ""
    return {"schema": "fourfold.history/1", "company": company, "file": str(path), "entries": rows, "turns": turns, "last_hash": kept[-1].hash if kept else journal.FIRST}
