"""A round as plain data for templates and JSON: each verdict with its numbers, what is beside it, what is missing."""

from fractions import Fraction

from fourfold.model import ground_name
from fourfold.planning.view import Data, View
from fourfold.trialing.judging import Judged
from fourfold.trialing.rounds import Round
from fourfold.trials import by_counts

HOURS_A_DAY = 8
SHORT = Fraction(9, 10)


def told(found: Round) -> Data:
    """Return a round as data: the trial, each carrier, the sum, and what is said beside the verdicts."""
    view = View(found.after.book, found.after.facts, found.after.decision)
    carriers = [_carrier(found, view, item) for item in found.judged]
    trial = found.trial
    return {
        "schema": "fourfold.results/1",
        "company": found.after.facts.name,
        "as_of": view.as_of.isoformat(),
        "currency": found.after.book.currency,
        "rule_book": found.after.book.hash,
        "fixed": trial is not None and not trial.is_changed,
        "trial": {
            "file": trial.file,
            "as_of": trial.as_of.isoformat(),
            "first": trial.first.isoformat(),
            "last": trial.last.isoformat(),
            "judged": trial.judged.isoformat(),
            "digest": trial.digest,
            "is_over": view.as_of >= trial.judged,
        }
        if trial
        else None,
        "bar": float(found.method.bar),
        "cut_bar": round(float(found.method.bar) * found.method.near, 2),
        "to_read": found.method.to_read,
        "model": view.text("business_model"),
        "goal": view.text("primary_goal"),
        "carriers": carriers,
        "sum": _sum(found),
        "untraced": _untraced(found),
        "growth": _growth(found),
        "guards": _guards(found, view),
        "strategy": {"before": found.before.decision.values["strategy"], "after": found.after.decision.values["strategy"]},
        "rows": {
            "read": found.results.read,
            "totals": found.results.totals,
            "twice": found.results.twice,
            "outside": len(found.outside),
            "others": len(found.others),
            "untraced": len(found.untraced),
            "counted": sum(item.rows for item in found.judged),
        },
        "lines": {name: line.as_data() for item in found.judged for name, line in item.lines.items()},
    }


def _carrier(found: Round, view: View, item: Judged) -> Data:
    values, name = found.after.decision.values, item.carrier
    hours = item.values.get("hours")
    rate = view.constant("person_day_cost_senior")
    by_hours = float(hours) / HOURS_A_DAY * rate if hours is not None else None
    is_judged = bool(item.reading)
    return {
        "carrier": name,
        "state": item.state,
        "reading": item.reading,
        "verdict": values[ground_name("verdict", name)] if is_judged else "hold",
        "standing": values[ground_name("standing", name)] if is_judged else "",
        "next_step": values[ground_name("next_step", name)] if is_judged else "",
        "rules": _rules(found, name) if is_judged else [],
        "spend": float(item.spend),
        "conversions": item.conversions,
        "visits": _number(item, "visits"),
        "revenue": _number(item, "revenue"),
        "cost": item.cost,
        "low": item.low,
        "high": item.high,
        "cap": float(item.cap) if item.cap is not None else None,
        "counts": item.counts,
        "missing": item.missing,
        "holdout": item.holdout,
        "hours": float(hours) if hours is not None else None,
        "cost_with_hours": (float(item.spend) + by_hours) / item.conversions if by_hours is not None and item.conversions else None,
        "back": _back(item),
        "later": _later(item, found, view),
        "spread": round(item.spread, 2),
        "first": item.first.isoformat() if item.first else "",
        "last": item.last.isoformat() if item.last else "",
        "rows": item.rows,
        "places": list(item.places[:3]),
    }


def _number(item: Judged, name: str) -> float | None:
    return float(item.values[name]) if name in item.values else None


def _rules(found: Round, carrier: str) -> list[str]:
    terms = {ground_name(term, carrier) for term in ("standing", "verdict", "next_step")}
    return [hit.rule for hit in found.after.decision.hits if hit.term in terms]


def _back(item: Judged) -> float | None:
    """Return what came in for one unit of spend."""
    return float(item.values["revenue"] / item.spend) if "revenue" in item.values and item.spend else None


def _later(item: Judged, found: Round, view: View) -> Data | None:
    """Return what later orders are worth beside the bar: measured where the results say so, else by the company's own repeat rate; the verdict does not move."""
    if not item.conversions or item.cost is None:
        return None
    bar, margin = float(found.method.bar), view.number("gross_margin") or 0.0
    if "repeat_revenue" in item.values:
        worth = bar + float(item.values["repeat_revenue"]) / item.conversions * margin
        return {"worth": round(worth, 2), "measured": True, "covers": item.cost <= worth}
    repeat = view.number("repeat_orders") if "repeat_orders" in view.decision.facts and view.is_given("repeat_orders") else None
    return {"worth": round(bar * (1 + repeat), 2), "measured": False, "covers": item.cost <= bar * (1 + repeat)} if repeat else None


def _sum(found: Round) -> Data:
    spend = sum((item.spend for item in found.judged), Fraction(0))
    cap = sum((item.cap or Fraction(0) for item in found.judged), Fraction(0))
    return {"spend": float(spend), "conversions": sum(item.conversions or 0 for item in found.judged), "cap": float(cap), "left": float(max(Fraction(0), cap - spend))}


def _untraced(found: Round) -> Data | None:
    """Return how many events belong to no carrier, and whose verdict they could change if all were its own."""
    if not found.untraced:
        return None
    count = int(sum((row.values.get("conversions", Fraction(0)) for row in found.untraced), Fraction(0)))
    could = [
        {"carrier": item.carrier, "reading": by_counts(item.conversions + count, item.counts["keep"], item.counts["cut"])}
        for item in found.judged
        if item.reading and item.state in ("at_cap", "over") and item.conversions is not None and by_counts(item.conversions + count, item.counts["keep"], item.counts["cut"]) != item.reading
    ]
    return {"conversions": count, "could_change": could}


def _growth(found: Round) -> Data | None:
    """Return where the cheapest carrier is not the one to grow: it brings few, or could not spend its cap in the time given."""
    counted = [item for item in found.judged if item.cost is not None]
    if len(counted) < 2:
        return None
    cheapest = min(counted, key=lambda item: item.cost or 0.0)
    largest = max(counted, key=lambda item: item.conversions or 0)
    whole = sum(item.conversions or 0 for item in counted)
    share = (cheapest.conversions or 0) / whole
    is_short = cheapest.cap is not None and cheapest.spend < cheapest.cap * SHORT and cheapest.state not in ("early", "half_way", "half_waits")
    if cheapest.carrier == largest.carrier or (share * len(counted) > 0.5 and not is_short):
        return None
    return {
        "cheapest": cheapest.carrier,
        "cost": cheapest.cost,
        "share": share,
        "largest": largest.carrier,
        "largest_cost": largest.cost,
        "largest_share": (largest.conversions or 0) / whole,
        "short": is_short,
        "spent": float(cheapest.spend),
    }


def _guards(found: Round, view: View) -> list[Data]:
    """Return each part of the bar that the results measure, with its limit."""
    measured: list[Data] = []
    limits = {str(guard["term"]): guard for guard in (found.trial.guards if found.trial else ())}
    has_orders = view.text("business_model") in ("ecommerce", "local_store")
    for item in found.judged:
        seen, parts = item.conversions, {}
        if seen and has_orders and "revenue" in item.values:
            parts["average_order_value"] = float(item.values["revenue"]) / seen
        if seen and "returns" in item.values:
            parts["return_rate"] = float(item.values["returns"]) / seen
        for term, value in parts.items():
            guard = limits.get(term)
            if guard:
                limit = float(str(guard["limit"]))
                holds = value <= limit if guard["is_most"] else value >= limit
                measured.append({"carrier": item.carrier, "term": term, "value": round(value, 4), "limit": limit, "planned": guard["value"], "holds": holds})
    return measured
