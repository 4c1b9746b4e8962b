"""Part 3: the one action that closes most dimensions, and the rest in order."""

import math
from datetime import date, timedelta

from fourfold.plan import greedy_cover, in_time, sized, steps_in_time, whole_parts
from fourfold.planning.calendar import next_monday, workdays
from fourfold.planning.view import Data, View

MOST = 4
Offer = dict[str, dict[str, object]]
NOT_WAITING = ("trade", "stage", "date", "trials")
USUAL_RATIO = 1.5
BESIDE = 0.5  # a round that grows with size leaves half of the room, so that the next step can run beside it


def action(view: View, gap: Data, target_month: str) -> Data:
    """Return the practices in the order in which they cover the gap; without a gap, by the goal's usual shares."""
    shares = gap.get("dimensions") if gap.get("known") else _usual_shares(view)
    assert isinstance(shares, dict)
    ratio, stretch = float(gap.get("ratio") or 0.0), float(gap.get("stretch") or 0.0)  # type: ignore[arg-type]
    can = [p for p in view.entities("practice") if view.holds("usable", p)]
    usable = offers(view, can, list(shares))
    cover = view.keep("cover", greedy_cover(shares, usable, ratio if ratio > 1 else USUAL_RATIO, MOST, stretch))
    order: list[Data] = cover["order"]  # type: ignore[assignment]
    steps = [_step(view, str(item["practice"])) for item in order]
    begins = _times(view, steps)
    forecast, missing = float(gap.get("forecast") or 0.0), float(gap.get("gap") or 0.0)  # type: ignore[arg-type]
    covered = view.keep("in_time", in_time([float(item["total"]) for item in order], begins, _weeks_to(view, target_month), forecast, missing))  # type: ignore[arg-type]
    return {
        "shares": shares,
        "assumed_shares": not gap.get("known"),
        **cover,
        **covered,
        "open": round(sum(shares.values()) - float(covered["covered"]), 1),  # type: ignore[arg-type]
        "steps": steps,
        "room": {"days": view.amount("days_for_action"), "cash": view.amount("action_room")},
        "waiting": [{"practice": p, "waits_for": view.text("waits_for", p)} for p in view.entities("practice") if p not in can and view.text("waits_for", p) not in NOT_WAITING],
    }


def offers(view: View, practices: list[str], wanted: list[str]) -> Offer:
    """Return what practices offer to some dimensions: effects with their weight, and cost; those without effect are left out."""
    found = {name: _practice(view, name, wanted, _round(view, name)) for name in practices}
    return {name: item for name, item in found.items() if item["effects"]}


def is_outside(view: View, practice: str) -> bool:
    """Return whether a practice was proven in trades, and this is none of them."""
    proven = view.options("practice", practice, "proven_in")
    return bool(proven) and view.text("industry") not in proven


def _weeks_to(view: View, target_month: str) -> int:
    """Return the weeks to the last day of the target month; without one, all steps are in time."""
    if not target_month:
        return 10_000
    return max(0, (date.fromisoformat(target_month) + timedelta(days=30) - next_monday(view.as_of)).days // 7)


def _round(view: View, practice: str) -> Data:
    """Return money and person-days of one round at the size of this company.

    Where the whole size is more than people or money allow, the round is for the part that they allow,
    and `part` is its share of the whole.
    """
    grows = view.option("practice", practice, "grows_with")
    size = float(view.number(grows) or 0.0) if grows not in ("", "nothing") else 0.0
    covers = view.figure("practice", practice, "base_covers")
    cash, days = view.figure("practice", practice, "cash"), view.figure("practice", practice, "days")
    months = max(1.0, view.figure("practice", practice, "lead_weeks") / 4)
    done = size
    if size > covers:
        more_cash, more_days = view.figure("practice", practice, "cash_per_further"), view.figure("practice", practice, "days_per_further")
        done = covers + min(size - covers, _room(view.amount("action_room") * BESIDE - cash, more_cash), _room(view.amount("days_for_action") * months * BESIDE - days, more_days))
        cash, days = _total(sized(cash, covers, more_cash, done).value), _total(sized(days, covers, more_days, done).value)
    return {
        "cash": cash,
        "days": days,
        "days_a_month": round(days / months, 1),
        "grows_with": grows if size > covers else "",
        "size": size,
        "done": math.floor(done),
        "part": round(done / size, 4) if size > covers else 1.0,
    }


def _room(left: float, each: float) -> float:
    """Return how many further units are paid for."""
    return max(0.0, left) / each if each > 0 else math.inf


def _total(value: object) -> float:
    assert isinstance(value, dict)
    return float(value["total"])


def _times(view: View, steps: list[Data]) -> list[int]:
    """Write into each step when it begins and ends, and return the weeks in which they begin.

    Steps run one beside the other as far as people and money allow, else one after the other.
    """
    wanted = [{"days": float(step["days_a_month"]), "cash": float(step["cash"]), "weeks": float(step["lead_weeks"])} for step in steps]  # type: ignore[arg-type]
    a_week = view.amount("monthly_budget") * view.constant("action_share") * 12 / 52
    found: list[dict[str, int]] = view.keep("steps", steps_in_time(wanted, view.amount("days_for_action"), view.amount("action_room"), a_week))["steps"]  # type: ignore[assignment]
    monday, days = next_monday(view.as_of), workdays(view)
    for step, item in zip(steps, found, strict=True):
        starts = days.on_or_after(monday + timedelta(weeks=item["start"]))
        ends = max(starts, days.on_or_before(monday + timedelta(weeks=item["end"], days=-3)))
        step |= {"week": item["start"], "starts": starts.isoformat(), "ends": ends.isoformat()}
    return [item["start"] for item in found]


def _usual_shares(view: View) -> dict[str, float]:
    """Return equal shares over the dimensions of the business model's factors."""
    model = view.text("business_model")
    found = list(dict.fromkeys(view.option("factor", f, "dimension") for f in view.entities("factor") if view.option("factor", f, "model") == model))
    found = found or ["reach", "conversion", "retention"]
    return {name: tenth / 10 for name, tenth in zip(found, whole_parts(1000, [1 / len(found)] * len(found)), strict=True)}


def _practice(view: View, practice: str, wanted: list[str], sizes: Data) -> dict[str, object]:
    near = view.option("practice", practice, "evidence") == "near_source" and not is_outside(view, practice)
    confidence = view.constant("own_action_confidence_near" if near else "own_action_confidence_estimate")
    effects = {}
    for dimension in wanted:
        effect = view.known("practice", practice, "effect", dimension)
        if effect is None or effect.is_otherwise or not isinstance(effect.value, int) or effect.value <= 0:
            continue
        strength = view.figure("practice", practice, "strength", dimension)
        weight = max(1.0, strength) / 3 * confidence * float(sizes["part"])  # type: ignore[arg-type]
        effects[dimension] = [view.figure("practice", practice, "effect", dimension), round(weight, 4), int(strength >= view.constant("clear_strength"))]
    return {"effects": effects, "cost": round(cost(view, practice, sizes), 0)}


def cost(view: View, practice: str, sizes: Data) -> float:
    """Return money of one round: cash and person-days at the day rates of the levels."""
    rate = sum(share(view, practice, level) * view.constant(f"person_day_cost_{level}") for level in view.entities("level"))
    return float(sizes["cash"]) + float(sizes["days"]) * rate  # type: ignore[arg-type]


def share(view: View, practice: str, level: str) -> float:
    """Return the share of a practice's days that a level works."""
    found = view.known("practice", practice, "days_share", level)
    return view.figure("practice", practice, "days_share", level) if found else 0.0


def _step(view: View, practice: str) -> Data:
    effects = {}
    for dimension in view.entities("dimension"):
        found = view.known("practice", practice, "effect", dimension)
        if found and not found.is_otherwise and isinstance(found.value, int) and found.value > 0:
            effects[dimension] = [found.low, found.value, found.high]
    sizes = _round(view, practice)
    if sizes["grows_with"]:
        covers, size = view.figure("practice", practice, "base_covers"), float(sizes["done"])  # type: ignore[arg-type]
        for of, per in (("cash", "cash_per_further"), ("days", "days_per_further")):
            view.keep(f"sized_{of}_{practice}", sized(view.figure("practice", practice, of), covers, view.figure("practice", practice, per), size))
    return {
        "practice": practice,
        "module": view.option("practice", practice, "module"),
        **sizes,
        "lead_weeks": view.figure("practice", practice, "lead_weeks"),
        "evidence": view.option("practice", practice, "evidence"),
        "effects": effects,
        "cost": round(cost(view, practice, sizes)),
        "levels": list(view.entities("level")),
        "hands_to": list(view.options("practice", practice, "hands_to")),
    }
