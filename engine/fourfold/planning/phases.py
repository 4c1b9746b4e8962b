"""How far the workflow has come: each phase with what it lacks, the goal in one sentence, and whether the direction is provisional."""

from fourfold.planning.view import Data, View

FIRM = "firm"


def phases(view: View, goal: Data, action: Data) -> Data:
    """Return the phases in their order with the terms that each still lacks, and the tasks that find them out.

    What is missing never stops the answer: it makes the direction provisional, and a task of the first week.
    """
    lacks = _lacks(view, goal, action)
    rows: list[Data] = [{"phase": phase, "lacks": lacks.get(phase, []), "done": not lacks.get(phase)} for phase in view.entities("phase")]
    missing = list(dict.fromkeys(term for row in rows for term in row["lacks"]))  # type: ignore[attr-defined]
    return {
        "rows": rows,
        "goal": goal_sentence(view, goal),
        "provisional": bool(missing) or view.text("direction") != FIRM,
        "rules": view.speaking("direction"),
        "tasks": [{"term": term, "level": "lead" if term in ("target", "target_month", "owner") else "junior"} for term in missing],
    }


def goal_sentence(view: View, goal: Data) -> Data:
    """Return what a goal sentence consists of: wish, metric, baseline, target, date, owner, and the parts that are missing."""
    gap = goal["gap"]
    assert isinstance(gap, dict)
    parts = {"baseline": gap.get("forecast"), "target": goal["target"], "target_month": goal["target_month"], "owner": goal["owner"]}
    return {"wish": view.facts.texts.get("wish", ""), "metric": goal["goal"], **parts, "missing": [name for name, value in parts.items() if value in (None, "")]}


def _lacks(view: View, goal: Data, action: Data) -> dict[str, list[str]]:
    gap = goal["gap"]
    assert isinstance(gap, dict)
    unknown = [str(name) for name in gap.get("missing") or []]
    sentence = [name for name in ("target", "target_month") if name in unknown] + ([] if goal["owner"] else ["owner"])
    factors = [name for name in unknown if name not in ("target", "target_month")]
    resources = [name for name in ("monthly_budget", "person_days") if not view.is_given(name)]
    waits = ["person_days"] if not action["order"] and not view.amount("person_days") else []
    return {"goal": sentence, "resources": resources, "split": factors, "gap": unknown, "dimensions": factors, "plan": waits}
