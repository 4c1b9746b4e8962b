"""Behind the means: the common cause, the theory, what does not carry over, steps of the user, the next reuse of one customer."""

import math

from fourfold.measuring import rounds_needed, value_events
from fourfold.planning.action import is_outside
from fourfold.planning.view import Data, View


def means(view: View, action: Data, mat: Data, gap: Data) -> Data:
    """Return the causes that dimensions share, what stands behind each step, and the value events of one customer."""
    steps = [str(item["practice"]) for item in action["order"]]  # type: ignore[attr-defined]
    return {
        "causes": _causes(view, action["shares"]),  # type: ignore[arg-type]
        "steps": [_behind(view, practice) for practice in steps],
        "sized": _sized(view, action, gap),
        "banned": [name for name in view.entities("banned_form") if set(view.options("banned_form", name, "instead")) & set(steps)],
        "lighter": _lighter(view, action, steps),
        "maturity": view.text("model_maturity") if view.is_given("exceptions") else "",
        "maturity_rules": view.speaking("model_maturity"),
        "events": _events(view, mat, steps),
    }


def _causes(view: View, shares: dict[str, float]) -> list[Data]:
    """Return the causes by the share of the gap that their dimensions have, the largest first (ties: the knowledge's order)."""
    found: list[Data] = []
    for cause in view.entities("cause"):
        mine = [name for name in view.options("cause", cause, "dimensions") if shares.get(name)]
        if len(mine) > 1:
            found.append({"cause": cause, "dimensions": mine, "share": round(sum(shares[name] for name in mine), 1)})
    return sorted(found, key=lambda item: -float(str(item["share"])))


def _behind(view: View, practice: str) -> Data:
    steps, fields = view.figure("practice", practice, "user_steps"), view.figure("practice", practice, "user_fields")
    return {
        "practice": practice,
        "theory": view.words("practice", practice, "theory") is not None,
        "outside": is_outside(view, practice),
        "proven_in": list(view.options("practice", practice, "proven_in")),
        "not_carried": view.words("practice", practice, "not_carried") is not None,
        "user_steps": int(steps),
        "user_fields": int(fields),
        "inner_steps": int(view.figure("practice", practice, "inner_steps")),
        "heavy": steps > view.constant("user_steps_ceiling") or fields > view.constant("user_fields_ceiling"),
    }


def _sized(view: View, action: Data, gap: Data) -> Data | None:
    """Return how many rounds of the first step would close the dimension it moves most, alone, with their money and days."""
    rows, order = gap.get("rows"), action["order"]
    if not isinstance(rows, list) or not order or float(str(gap.get("gap") or 0)) <= 0:
        return None
    first, step = order[0], action["steps"][0]  # type: ignore[index]
    dimension = max(first["covered"], key=lambda name: first["covered"][name], default="")
    ratio = math.prod(float(row["ratio"] or 1.0) for row in rows if view.option("factor", str(row["factor"]), "dimension") == dimension)
    if ratio <= 1 or not dimension:
        return None
    effect, weight, _ = dict(view.lines["cover"].inputs)["practices"][first["practice"]]["effects"][dimension]  # type: ignore[index]
    found = view.keep("rounds", rounds_needed(ratio, effect * weight, float(step["cash"]), float(step["days"])))
    return {"practice": first["practice"], "dimension": dimension, **found}


def _lighter(view: View, action: Data, steps: list[str]) -> str:
    """Return the practice beside the first step that asks fewer steps of the user and lost narrowly, or ''."""
    rivals = [str(name) for name in (action.get("runner_up"), action.get("best_per_cost")) if name and name not in steps[:1]]
    if not steps:
        return ""
    first = view.figure("practice", steps[0], "user_steps")
    return next((name for name in rivals if view.figure("practice", name, "user_steps") < first), "")


def _events(view: View, mat: Data, steps: list[str]) -> Data:
    """Return the value events of one customer: what the plan works on, what is lost, what to reuse next."""
    visit = mat.get("visit")
    now = visit["now"] if isinstance(visit, dict) else {}
    values = dict.fromkeys(view.entities("value_event"), 0.0)
    values |= {"first_order": float(now.get("first", 1.0))} if "first_order" in values else {}
    values |= {"repeat_order": round(max(0.0, float(now["repeat"]) - float(now["first"])), 2) if now else view.number("repeat_orders") or 0.0} if "repeat_order" in values else {}
    by = {name: view.options("value_event", name, "practices") for name in values}
    running = [name for name, practices in by.items() if set(practices) & set(steps)]
    able = [name for name, practices in by.items() if any(view.holds("usable", practice) for practice in practices)]
    found = view.keep("events", value_events(values, running, able))
    begin = next((practice for practice in by.get(str(found["next"]), ()) if view.holds("usable", practice)), "")
    return {**found, "running": running, "begin": begin, "aim": view.constant("value_aim")}
