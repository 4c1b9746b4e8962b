"""Part 3: the one action that closes most dimensions, and the rest in order."""

from fourfold.plan import greedy_cover
from fourfold.planning.view import Data, View

MOST = 4


def action(view: View, gap: Data) -> Data:
    """Return the practices in the order in which they cover the gap; without a gap, by the goal's usual shares."""
    shares = gap.get("dimensions") if gap.get("known") else _usual_shares(view)
    assert isinstance(shares, dict)
    ratio = float(gap.get("ratio") or 0.0)  # type: ignore[arg-type]
    usable = {p: _practice(view, p, list(shares)) for p in view.entities("practice") if view.holds("usable", p)}
    usable = {name: item for name, item in usable.items() if item["effects"]}
    cover = view.keep("cover", greedy_cover(shares, usable, ratio if ratio > 1 else 1.5, MOST))
    order = cover["order"]
    assert isinstance(order, list)
    return {
        "shares": shares,
        "assumed_shares": not gap.get("known"),
        **cover,
        "steps": [_steps(view, str(item["practice"])) for item in order],
        "waiting": [{"practice": p, "waits_for": view.text("waits_for", p)} for p in view.entities("practice") if not view.holds("usable", p) and view.text("waits_for", p) not in ("trade", "stage")],
    }


def _usual_shares(view: View) -> dict[str, float]:
    """Return equal shares over the dimensions of the business model's factors."""
    model = view.text("business_model")
    found = list(dict.fromkeys(view.option("factor", f, "dimension") for f in view.entities("factor") if view.option("factor", f, "model") == model))
    found = found or ["reach", "conversion", "retention"]
    return {name: round(100 / len(found), 1) for name in found}


def _practice(view: View, practice: str, wanted: list[str]) -> dict[str, object]:
    near = view.option("practice", practice, "evidence") == "near_source"
    confidence = view.constant("own_action_confidence_near" if near else "own_action_confidence_estimate")
    effects = {}
    for dimension in wanted:
        effect = view.known("practice", practice, "effect", dimension)
        if effect is None or effect.is_otherwise or not isinstance(effect.value, int) or effect.value <= 0:
            continue
        strength = view.figure("practice", practice, "strength", dimension)
        effects[dimension] = [view.figure("practice", practice, "effect", dimension), round(max(1.0, strength) / 3 * confidence, 4)]
    return {"effects": effects, "cost": round(cost(view, practice), 0)}


def cost(view: View, practice: str) -> float:
    """Return money of one round: cash and person-days at the day rates of the levels."""
    days = view.figure("practice", practice, "days")
    rate = sum(share(view, practice, level) * view.constant(f"person_day_cost_{level}") for level in view.entities("level"))
    return view.figure("practice", practice, "cash") + days * rate


def share(view: View, practice: str, level: str) -> float:
    """Return the share of a practice's days that a level works."""
    found = view.known("practice", practice, "days_share", level)
    return view.figure("practice", practice, "days_share", level) if found else 0.0


def _steps(view: View, practice: str) -> Data:
    effects = {}
    for dimension in view.entities("dimension"):
        found = view.known("practice", practice, "effect", dimension)
        if found and not found.is_otherwise and isinstance(found.value, int) and found.value > 0:
            effects[dimension] = [found.low, found.value, found.high]
    return {
        "practice": practice,
        "module": view.option("practice", practice, "module"),
        "cash": view.figure("practice", practice, "cash"),
        "days": view.figure("practice", practice, "days"),
        "lead_weeks": view.figure("practice", practice, "lead_weeks"),
        "evidence": view.option("practice", practice, "evidence"),
        "effects": effects,
        "cost": round(cost(view, practice)),
        "levels": list(view.entities("level")),
        "hands_to": list(view.options("practice", practice, "hands_to")),
    }
