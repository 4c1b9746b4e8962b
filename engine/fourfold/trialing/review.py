"""The review: results become facts, the strategy is inferred anew, and the plan that follows is told as a change of the one before."""

import json
from pathlib import Path
from typing import Any

from fourfold.advice import plan_of
from fourfold.expression.show import plain
from fourfold.model import ground_name
from fourfold.planning.view import Data, View
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.span import Span
from fourfold.trialing.differing import NOT_YET, decision_changes, is_shown, money_changes, next_growth_point, plan_changes
from fourfold.trialing.predicting import of_carriers, of_factors
from fourfold.trialing.rounds import Round
from fourfold.trialing.telling import told

SCHEMA = "fourfold.review/1"


def plan_before(folder: Path) -> Any:
    """Return the plan that a review starts from, as it was written; one that is missing or no plan is a problem."""
    path = folder / "plan.json"
    try:
        data = json.loads(read_text(path, str(path)))
        if data["schema"] == "fourfold.plan/1":
            return data
    except (ValueError, KeyError, TypeError):
        pass
    raise Problems([Problem("F171", f"`{path}` is no plan", Span(str(path), 1, 1), help="name the plan's folder with --plan")])


def review_data(found: Round, before: Any) -> tuple[Data, Data]:
    """Return the review and the new plan, both as data.

    The review holds the round, what changed in the decision and why, predicted against happened, the costs and
    effects to expect, the money of a month then and now, what the new plan does otherwise, and the next growth point.
    """
    plan: Any = plan_of(found.after)
    view = View(found.after.book, found.after.facts, found.after.decision)
    changes = decision_changes(before["certificate"], found.after.certificate)
    carriers = {item.carrier for item in found.judged}
    round_data = told(found)
    predicted = of_carriers(found.judged, found.trial, view)
    factors = of_factors(before, plan, view, view.as_of.isoformat())
    data: Data = {
        **round_data,
        "schema": SCHEMA,
        "before": {"as_of": before["as_of"], "strategy": before["decision"]["strategy"], "rule_book": before["rule_book"], "digest": before["certificate"]["digest"]},
        "results": found.digest,
        "changes": changes,
        "shown": [item for item in changes["conclusions"] if is_shown(str(item["term"]), carriers)],  # type: ignore[attr-defined]
        "shown_withdrawn": [item for item in changes["withdrawn"] if is_shown(str(item["term"]), carriers) and item["value"] not in NOT_YET],  # type: ignore[attr-defined]
        "strategy_rules": plan["decision"]["rules"],
        "predicted": predicted,
        "factors": factors,
        "budget": money_changes(before, plan),
        "plan_changes": plan_changes(before, plan),
        "growth_point": next_growth_point(plan),
        "what_next": _what_next(found, view),
        "records": [as_written(record, found) for record in found.records],
        "certificate": found.after.certificate,
    }
    lines: Data = {**round_data["lines"], **{name: line.as_data() for name, line in view.lines.items()}}  # type: ignore[dict-item]
    return {**data, "lines": lines}, plan


def _what_next(found: Round, view: View) -> list[Data]:
    """Return for each carrier judged what a next result would make of it: the count that a further cohort must reach."""
    values = found.after.decision.values
    rows: list[Data] = []
    for item in found.judged:
        standing = values[ground_name("standing", item.carrier)] if item.reading else ""
        if standing in ("promising", "watch") and view.text("strategy") != "omnichannel":
            rows.append({"carrier": item.carrier, "standing": standing, "bar": float(found.method.bar)})
    return rows


def as_written(record: Data, found: Round) -> Data:
    """Return a record of results as a profile has it: days as dates, amounts in whole currency."""
    from fourfold.door import column_kind
    from fourfold.expression.kinds import Number

    register = next(register for register in found.after.book.content.registers if register.name == "results")
    written: Data = {}
    for column in register.columns:
        if column.name not in record:
            continue
        value, kind = record[column.name], column_kind(found.after.book, column)
        if isinstance(kind, Number) and isinstance(value, int):
            written[column.name] = _day(value) if kind.form == "date" else plain(kind, value)
        else:
            written[column.name] = {"true": "yes", "false": "no"}.get(str(value), value)
    return written


def _day(ordinal: int) -> str:
    from datetime import date

    return date.fromordinal(ordinal).isoformat()


def yaml_line(written: Data) -> str:
    """Return a record as one line of a profile's `results`."""
    return "  - {" + ", ".join(f"{name}: {value}" for name, value in written.items()) + "}"
