"""Predicted against happened, and what to expect from now on: the company's own results first, published ranges second."""

import math
from collections.abc import Callable, Iterable
from typing import Any

from fourfold.line import Line, line
from fourfold.planning.view import Data, View
from fourfold.trialing.judging import Judged
from fourfold.trialing.protocol import Trial

WIDTH = 3.92  # from one end of a 95% range to the other, in standard errors


def expected_cost(spend: float, conversions: int, low: float = 0.0, high: float = 0.0) -> Line:
    """Return what an event is to be expected to cost: middle, and the range that holds in 95 of 100 cases.

    Own counts are Poisson; a published range of costs counts as the number of events that would give a range
    of that width (the conjugate gamma prior; Gelman and others, Bayesian Data Analysis, section 2.6). `weight`
    is the share of own events in the result.
    """
    prior = (WIDTH / math.log(high / low)) ** 2 if 0 < low < high else 0.0
    events = conversions + prior
    if events <= 0:
        return line({"middle": None, "low": None, "high": None, "weight": 0.0}, "expected_cost", spend=spend, conversions=conversions, low=low, high=high)
    middle_of_range = math.sqrt(low * high) if prior else 0.0
    middle = (spend + prior * middle_of_range) / events
    spread = math.exp(WIDTH / 2 / math.sqrt(events))
    value = {"middle": round(middle, 2), "low": round(middle / spread, 2), "high": round(middle * spread, 2), "weight": round(conversions / events, 3)}
    return line(value, "expected_cost", spend=spend, conversions=conversions, low=low, high=high)


def corrected_effect(happened: float, low: float, high: float, events_before: float = 0.0, events_after: float = 0.0) -> Line:
    """Return the effect to expect next time, in shares: what happened and the range that was planned with, weighed by their precision.

    Both are taken in logarithms. What happened is as precise as its counts before and after (Poisson); without
    counts it weighs as much as the planned range (source: inverse-variance weighting, Cochran 1954).
    """
    planned = (math.log1p(low) + math.log1p(high)) / 2
    planned_error = max((math.log1p(high) - math.log1p(low)) / WIDTH, 1e-6)
    own_error = math.sqrt(1 / events_before + 1 / events_after) if events_before > 0 and events_after > 0 else planned_error
    own, prior = 1 / own_error**2, 1 / planned_error**2
    middle = (own * math.log1p(happened) + prior * planned) / (own + prior)
    half = WIDTH / 2 / math.sqrt(own + prior)
    value = {"low": round(math.expm1(middle - half), 4), "middle": round(math.expm1(middle), 4), "high": round(math.expm1(middle + half), 4), "weight": round(own / (own + prior), 3)}
    return line(value, "corrected_effect", happened=happened, low=low, high=high, events_before=events_before, events_after=events_after)


METHODS: dict[str, Callable[..., Line]] = {"expected_cost": expected_cost, "corrected_effect": corrected_effect}


def published_costs(view: View, model: str) -> tuple[float, float]:
    """Return the published range of what one event costs in a business model, in the book's currency; zeros where there is none."""
    book = view.book
    for name in book.entities.get("benchmark", ()):
        node, amount = book.knows("benchmark", name, "node"), book.knows("benchmark", name, "amount")
        of = book.knows("gap_node", str(node.value), "model") if node else None
        if amount is None or node is None or of is None or of.value != model or not str(node.value).endswith(("_cac", "_cpl", "_new")):
            continue
        if amount.low and amount.high and amount.low < amount.high:
            unit = 10 ** view.scales["benchmark", "amount"]
            return amount.low / unit, amount.high / unit
    return 0.0, 0.0


def of_carriers(judged: Iterable[Judged], trial: Trial | None, view: View) -> list[Data]:
    """Return for each carrier what was planned, what happened, and the cost to expect from now on."""
    low, high = published_costs(view, view.text("business_model"))
    found: list[Data] = []
    for item in judged:
        if item.conversions is None:
            continue
        arm = trial.arms.get(item.carrier) if trial else None
        planned = {"spend": float(arm.cap), "conversions": round(float(arm.cap / trial.method.bar), 1), "cost": float(trial.method.bar)} if arm and trial else None
        cost = view.keep(f"expected_{item.carrier}", expected_cost(float(item.spend), item.conversions, low, high))
        found.append(
            {"carrier": item.carrier, "planned": planned, "spend": float(item.spend), "conversions": item.conversions, "cost": item.cost, "expected": cost, "published": [low, high] if high else []}
        )
    return found


def of_factors(before: Any, after: Any, view: View, today: str) -> list[Data]:
    """Return for each factor that the company gave both times: what it was, should become and is, and the corrected effect of the steps that ended."""
    then = {row["factor"]: row for row in before["objective"]["gap"].get("rows", [])}
    found: list[Data] = []
    for row in after["objective"]["gap"].get("rows", []):
        old = then.get(row["factor"])
        if old is None or not (old["given"] and row["given"]) or not old["now"] or old["now"] == row["now"]:
            continue
        dimension = view.option("factor", row["factor"], "dimension")
        ended = [step for step in before["action"]["steps"] if step["ends"] <= today and dimension in step["effects"]]
        item: Data = {
            "factor": row["factor"],
            "term": row["term"],
            "before": old["now"],
            "needed": old["needed"],
            "now": row["now"],
            "effect": round(row["now"] / old["now"] - 1, 4),
            "steps": [step["practice"] for step in ended],
        }
        if ended:
            low, high = (math.prod(1 + step["effects"][dimension][at] / 1000 for step in ended) - 1 for at in (0, 2))
            counts = _events(then, row["term"]), _events({item["factor"]: item for item in after["objective"]["gap"]["rows"]}, row["term"])
            item |= {"planned": [round(low, 4), round(high, 4)], "corrected": view.keep(f"effect_{row['factor']}", corrected_effect(row["now"] / old["now"] - 1, low, high, *counts))}
        found.append(item)
    return found


def _events(rows: dict[str, Any], term: str) -> float:
    """Return how many events a share of visits rests on; 0 where it is no such share."""
    visits = next((row["now"] for row in rows.values() if row["term"] == "visits"), 0.0)
    share = next((row["now"] for row in rows.values() if row["term"] == term), 0.0)
    return float(visits * share) if term.endswith("conversion") and share < 1 else 0.0
