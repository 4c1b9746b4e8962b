"""Part 2: the goal, what comes without action, the gap by factor, the resources."""

from datetime import date

from fourfold.plan import forecast, log_split, recurring_split, whole_parts
from fourfold.planning.view import Data, View


def objective(view: View) -> Data:
    """Return goal, gap and resources; what is missing for the gap is named."""
    model = view.text("business_model")
    factors = [factor for factor in view.entities("factor") if view.option("factor", factor, "model") == model]
    gap = _gap(view, model, factors)
    return {
        "goal": view.text("primary_goal"),
        "target": view.number("target"),
        "target_month": _day(view),
        "months": months_left(view),
        "owner": view.facts.texts.get("owner", ""),
        "model": model,
        "gap": gap,
        "resources": _resources(view),
    }


def _day(view: View) -> str:
    value = view.raw("target_month")
    return date.fromordinal(value).isoformat() if isinstance(value, int) else ""


def months_left(view: View) -> int:
    """Return whole months from the day of the decision to the target month (0 where there is none)."""
    value = view.raw("target_month")
    if not isinstance(value, int):
        return 0
    target = date.fromordinal(value)
    return max(0, (target.year - view.as_of.year) * 12 + target.month - view.as_of.month)


def measured(view: View, factor: str) -> str:
    """Return the term that measures a factor."""
    words = view.words("factor", factor, "measures")
    return words.text("en") if words else ""


def _gap(view: View, model: str, factors: list[str]) -> Data:
    terms = {factor: measured(view, factor) for factor in factors}
    missing = [term for term in terms.values() if view.number(term) is None]
    if model == "subscription_saas" and view.number("subscribers") is None:
        missing.append("subscribers")
    missing += [name for name in ("target", "target_month") if view.raw(name) is None]
    if not factors or missing:
        return {"known": False, "missing": list(dict.fromkeys(missing)), "factors": factors, "no_formula": not factors}
    return _recurring(view, factors) if model == "subscription_saas" else _product(view, terms)


def _product(view: View, terms: dict[str, str]) -> Data:
    now = {factor: factor_value(view, term) for factor, term in terms.items()}
    trend = view.number("trend") or 0.0
    moving = next(iter(terms))
    coming = view.keep("forecast", forecast(now, moving, trend, months_left(view)))
    target = view.amount("target")
    reach = {factor: view.figure("factor", factor, "reach") for factor in terms}
    split = view.keep("gap", log_split(float(coming["total"]), target, coming["factors"], reach))  # type: ignore[arg-type]
    rows = split["rows"]
    assert isinstance(rows, dict)
    return {
        "known": True,
        "missing": [],
        "kind": "product",
        "forecast": coming["total"],
        "gap": split["gap"],
        "stretch": split["stretch"],
        "trend": trend,
        "rows": [{"factor": factor, "term": terms[factor], "given": view.is_given(terms[factor]), **row} for factor, row in rows.items()],
        "dimensions": dimensions(view, {factor: row["share"] for factor, row in rows.items()}),
        "ratio": target / float(coming["total"]) if coming["total"] else 0.0,  # type: ignore[arg-type]
    }


def factor_value(view: View, term: str) -> float:
    """Return what a factor multiplies by; further orders count as 1 + orders."""
    value = view.amount(term)
    return 1 + value if term == "repeat_orders" else value


def _recurring(view: View, factors: list[str]) -> Data:
    by_term = {measured(view, factor): factor for factor in factors}
    split = view.keep(
        "gap",
        recurring_split(
            view.amount("subscribers"),
            view.amount("new_customers"),
            view.amount("churn"),
            view.amount("monthly_price"),
            months_left(view),
            view.amount("target"),
            view.figure("factor", by_term["churn"], "reach"),
            view.figure("factor", by_term["new_customers"], "reach"),
        ),
    )
    rows, gap = split["rows"], split["gap"]
    assert isinstance(rows, dict)
    assert isinstance(gap, int)
    total = max(1, sum(row["gap"] for row in rows.values()))
    tenths = whole_parts(1000 if gap > 0 else 0, [row["gap"] / total for row in rows.values()])
    shares = {by_term[term]: tenth / 10 for term, tenth in zip(rows, tenths, strict=True)}
    return {
        "known": True,
        "missing": [],
        "kind": "recurring",
        "forecast": split["total"],
        "gap": gap,
        "stretch": split["stretch"],
        "trend": 0.0,
        "needed_alone": split["needed_alone"],
        "rows": [{"factor": by_term[term], "term": term, "given": view.is_given(term), "ratio": None, "share": shares[by_term[term]], **row} for term, row in rows.items()],
        "dimensions": dimensions(view, shares),
        "ratio": view.amount("target") / float(split["total"]) if split["total"] else 0.0,  # type: ignore[arg-type]
    }


def dimensions(view: View, shares: dict[str, float]) -> dict[str, float]:
    """Return the share of the gap by dimension, in per cent."""
    found: dict[str, float] = {}
    for factor, share in shares.items():
        name = view.option("factor", factor, "dimension")
        found[name] = round(found.get(name, 0.0) + share, 1)
    return found


def _resources(view: View) -> Data:
    people = view.facts.records.get("people", ())
    return {
        "money": view.raw("monthly_budget"),
        "months": view.figure("business_model", view.text("business_model"), "trial_months"),
        "days": view.amount("person_days"),
        "levels": {level: view.amount(f"{level}_days") for level in view.entities("level")},
        "people": [{"who": str(record.get("who", "")), "level": str(record.get("level", "")), "days": _days(record)} for record in people],
        "customers": view.raw("customers"),
        "customers_given": view.is_given("customers"),
        "outlets": view.raw("outlets"),
        "open": [c for c in view.entities("carrier") if view.holds("open", c)],
        "closures": [{"what": str(r.get("what", "")), "from": _iso(r.get("from")), "to": _iso(r.get("to"))} for r in view.facts.records.get("closures", ())],
        "tracking": view.holds("has_tracking"),
    }


def _days(record: dict[str, object]) -> float:
    days = record.get("days")
    return days / 10 if isinstance(days, int) else 0.0


def _iso(value: object) -> str:
    return date.fromordinal(value).isoformat() if isinstance(value, int) else ""
