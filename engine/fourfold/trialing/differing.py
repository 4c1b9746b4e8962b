"""What a new decision says otherwise than the one before: facts, conclusions with the rules behind them, money, roles, dates."""

import math
from collections.abc import Iterator
from typing import Any

from fourfold.planning.view import Data

NOT_YET = ("untested", "none")
SHOWN = ("strategy", "stage", "proven_carriers", "promising_carriers", "trial_share", "core_share", "chosen_carriers", "trial_carriers", "trial_cap")
OF_CARRIER = ("standing", "verdict", "next_step", "fits", "testable")


def decision_changes(before: Data, after: Data) -> Data:
    """Return what two certificates say differently: facts, conclusions, and the conclusions that no longer hold with their reason.

    A conclusion is withdrawn where a rule that gave it then does not speak now; what stopped it stands in the
    new certificate, with the value that its cell now sees.
    """
    facts = [{"term": name, "before": _plain(old), "after": _plain(new)} for name, old, new in _both(_facts(before), _facts(after)) if _plain(old) != _plain(new) and name not in ("as_of", "currency")]
    then, now = _conclusions(before), _conclusions(after)
    values = {**{name: item.get("value") for name, item in _facts(after).items()}, **{name: item["value"] for name, item in now.items()}}
    changed, withdrawn = [], []
    for name, old, new in _both(then, now):
        if old is None or new is None or old["value"] == new["value"]:
            continue
        rules_then, rules_now = list(old.get("hit", {})), list(new.get("hit", {}))
        changed.append({"term": name, "before": old["value"], "after": new["value"], "rules_before": rules_then, "rules_after": rules_now})
        withdrawn += [_withdrawn(name, old["value"], rule, str(new.get("lost", {}).get(rule, "")), values) for rule in rules_then if rule not in rules_now]
    return {"facts": facts, "conclusions": changed, "withdrawn": withdrawn, "same_rules": before.get("rule_book") == after.get("rule_book")}


def _withdrawn(term: str, value: object, rule: str, stopped: str, values: dict[str, Any]) -> Data:
    """Return a conclusion that no longer holds: the rule that gave it, the cell that stops it, and what that cell sees now."""
    entity = term.partition("[")[2]
    cell = f"{stopped.rpartition('.')[2]}[{entity}" if "." in stopped and entity else stopped
    return {"term": term, "value": value, "rule": rule, "stopped": cell if cell in values else "", "sees": values.get(cell), "lost": stopped}


def _facts(certificate: Data) -> dict[str, Data]:
    found = certificate.get("facts")
    return found if isinstance(found, dict) else {}


def _conclusions(certificate: Data) -> dict[str, Any]:
    found = certificate.get("conclusions")
    return {str(item["term"]): item for item in found} if isinstance(found, list) else {}


def _both(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in {**before, **after}:
        yield name, before.get(name), after.get(name)


def _plain(fact: Data | None) -> object:
    return None if fact is None else fact.get("value")


def is_shown(term: str, carriers: set[str]) -> bool:
    """Return whether a changed conclusion belongs on the screen: one of the strategy, or of a carrier that was under test."""
    name, _, entity = term.rstrip("]").partition("[")
    return name in SHOWN if not entity else name in OF_CARRIER and entity in carriers


# ---------------------------------------------------------------- money


def monthly(plan: Any) -> dict[str, int]:
    """Return the money of a plan as lines of one month that add up to its budget; a round is spread over its months."""
    money = plan["matrix"]["money"]
    lines: dict[str, int] = {**money["lines"], "waiting": money["waiting"], "reserve": money["reserve"]}
    if money["period"] == "month":
        return lines
    return shared(int(plan["objective"]["resources"]["money"]), lines)


def shared(total: int, lines: dict[str, int]) -> dict[str, int]:
    """Return a total over lines by their amounts, in whole units by largest remainder, so that they add up to it."""
    whole = sum(lines.values())
    if whole <= 0:
        return dict.fromkeys(lines, 0)
    parts = {name: math.floor(total * amount / whole) for name, amount in lines.items()}
    order = sorted(lines, key=lambda name: (parts[name] - total * lines[name] / whole, list(lines).index(name)))
    for name in order[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def money_changes(before: Any, after: Any) -> Data:
    """Return the money of a month by line then and now; both columns add up to the budget of their time."""
    then, now = monthly(before), monthly(after)
    names = [*dict.fromkeys([*now, *then])]
    names = [name for name in names if name not in ("waiting", "reserve")] + ["waiting", "reserve"]
    rows = [{"line": name, "before": then.get(name, 0), "after": now.get(name, 0), "change": now.get(name, 0) - then.get(name, 0)} for name in names if then.get(name, 0) or now.get(name, 0)]
    sums = {"before": sum(then.values()), "after": sum(now.values())}
    return {"rows": rows, **sums, "change": sums["after"] - sums["before"]}


# ---------------------------------------------------------------- the plan


def plan_changes(before: Any, after: Any) -> list[Data]:
    """Return what the new plan does otherwise: roles of carriers, the trial, the order of actions, stage and dates."""
    found: list[Data] = []

    def note(what: str, old: object, new: object, entity: str = "") -> None:
        if old != new:
            found.append({"what": what, "of": entity, "before": old, "after": new})

    note("stage", before["nodes"]["stage"], after["nodes"]["stage"])
    then, now = ({row["carrier"]: row["role"] for row in plan["matrix"]["rows"]} for plan in (before, after))
    for carrier in {**then, **now}:
        note("role", then.get(carrier, ""), now.get(carrier, ""), carrier)
    old, new = before["trial"] or {}, after["trial"] or {}
    for name in ("bar", "cap", "first", "judged"):
        note(f"trial_{name}", old.get(name), new.get(name))
    note("actions", [step["practice"] for step in before["action"]["steps"]], [step["practice"] for step in after["action"]["steps"]])
    note("review", before["review"]["judged"], after["review"]["judged"])
    return found


def next_growth_point(plan: Any) -> Data | None:
    """Return the next growth point of a plan's calendar; where it has none, the next systematic activity, else the next action."""
    nodes = [entry for entry in plan["nodes"]["entries"] if isinstance(entry["node"], list) and str(entry["date"]) >= str(plan["as_of"])]
    return next((entry for kind in ("growth_point", "activity", "action") for entry in nodes if entry["kind"] == kind), None)
