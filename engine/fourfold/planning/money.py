"""Part 4: the money of a round or month by line, and of the stages up to the target month."""

import math
from datetime import date, timedelta

from fourfold.plan import money_lines, stage_money
from fourfold.planning.calendar import MONTH_DAYS, next_monday
from fourfold.planning.view import Data, View

SCALE_MONTHS = 3
MOST_WINNERS = 2


def first_step(action: Data) -> Data | None:
    """Return the one action, or None where nothing can begin."""
    steps = action.get("steps")
    return steps[0] if isinstance(steps, list) and steps else None


def money(view: View, rows: list[Data], step: Data | None) -> Data:
    """Return the money of one round (trials) or one month (running) as lines that add up.

    Beside the reserve stands what waits: for the winner of the trials, or for the next growth point.
    """
    testing = view.text("strategy") == "focus_testing"
    months = view.amount("round_months")
    total = int(view.amount("round_money")) if testing else int(view.amount("monthly_budget"))
    part = 1.0 if testing else months
    lines = {str(row["carrier"]): _of_carrier(view, row, testing=testing, part=part) for row in rows}
    if testing and view.amount("trial_opening"):
        lines["opening"] = int(view.amount("trial_opening"))
    if step:
        lines["action"] = math.ceil(float(step["cash"]) / part)  # type: ignore[arg-type]
    value = view.keep("money", money_lines(total, lines, view.constant("reserve_share")))
    to_open = sum(view.amount("opening", str(row["carrier"])) for row in rows if row["role"] == "run")
    return {
        "period": "round" if testing else "month",
        "months": months,
        "weeks": _weeks(view, testing=testing),
        "total": total,
        **value,
        "to_open": to_open,
        "longest_saving": int(view.constant("longest_saving")),
    }


def _of_carrier(view: View, row: Data, *, testing: bool, part: float) -> int:
    carrier = str(row["carrier"])
    if row["role"] == "run":
        return int(view.amount("carrier_budget", carrier))
    if row["role"] == "keep":
        return int(view.amount("keep_money") / part)
    return int(view.amount("cap", carrier)) if testing else int(view.amount("trial_round") / part)


def _weeks(view: View, *, testing: bool) -> int:
    """Return the weeks that the money of a round lasts, or 4 for a month."""
    if not testing:
        return 4
    model = view.text("business_model")
    days = view.figure("business_model", model, "trial_months") * 30 + view.constant("prepare_days") + view.figure("business_model", model, "read_days")
    return round(days / 7)


# ---------------------------------------------------------------- stages


def stages(view: View, mat: Data, action: Data, sheet: Data | None, target_month: str) -> Data:
    """Return the money of the stages, from now to the target month: what each line takes, what is left."""
    strategy = view.text("strategy")
    spans = _spans(view, strategy, sheet, target_month)
    totals = {name: math.floor(round(view.amount("monthly_budget") * months, 6)) for name, (_, _, months) in spans.items()}
    cash = [math.ceil(float(step["cash"])) for step in action["steps"]]  # type: ignore[attr-defined]
    lines = _testing(view, mat, spans, totals, cash) if strategy == "focus_testing" else _running(view, mat, spans, totals, cash)
    value = view.keep("stages", stage_money(totals, lines, view.constant("reserve_share")))
    return {**value, "spans": [{"stage": name, "from": first.isoformat(), "to": last.isoformat(), "months": months} for name, (first, last, months) in spans.items()]}


Spans = dict[str, tuple[date, date, float]]


def _spans(view: View, strategy: str, sheet: Data | None, target_month: str) -> Spans:
    """Return first day, last day and months of money of each stage."""
    monday = next_monday(view.as_of)
    if strategy == "focus_testing" and sheet:
        judged = date.fromisoformat(str(sheet["judged"]))
        tested = view.amount("round_money") / max(1.0, view.amount("monthly_budget"))
        found: Spans = {"test": (monday, judged - timedelta(days=1), tested), "confirm": (judged, judged + timedelta(days=27), 1.0)}
    else:
        found = {"run": (monday, monday + timedelta(days=27), 1.0)}
    begins = max(last for _, last, _ in found.values()) + timedelta(days=1)
    ends = begins + timedelta(days=math.floor(SCALE_MONTHS * MONTH_DAYS) - 1)
    if target_month:
        target = (date.fromisoformat(target_month).replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if target < begins:
            return found
        ends = target if (target - begins).days <= 2 * SCALE_MONTHS * MONTH_DAYS else ends
    return {**found, "scale": (begins, ends, round(((ends - begins).days + 1) / MONTH_DAYS, 1))}


def _testing(view: View, mat: Data, spans: Spans, totals: dict[str, int], cash: list[int]) -> dict[str, dict[str, int]]:
    rows: list[Data] = mat["rows"]  # type: ignore[assignment]
    tested = [str(row["carrier"]) for row in rows if row["role"] == "test"]
    kept = next((row for row in rows if row["role"] == "keep"), None)
    winners = min(MOST_WINNERS, len(tested))
    caps = sorted((int(view.amount("cap", c)) for c in tested), reverse=True)
    a_month = view.amount("running_level", str(kept["carrier"])) if kept else 0.0
    money_now: dict[str, int] = mat["money"]["lines"]  # type: ignore[index]
    lines = {
        "test": {"trials": sum(caps), "opening": int(view.amount("trial_opening")), "keep": money_now.get(str(kept["carrier"]), 0) if kept else 0, "action": sum(cash[:1])},
        "confirm": {"second": sum(caps[:winners]), "keep": _kept(view, a_month, 1.0), "action": sum(cash[1:2])},
    }
    if "scale" in spans:
        months, total = spans["scale"][2], totals["scale"]
        levels = sorted((view.amount("running_level", c) for c in tested), reverse=True)[:winners]
        lines["scale"] = {
            "winner": int(min(total * view.constant("focus_core_share"), sum(levels) * months)),
            "standing": int(total * view.constant("focus_trial_share")),
            "keep": _kept(view, a_month, months),
            "action": sum(cash[2:]),
        }
    return lines


def _kept(view: View, a_month: float, months: float) -> int:
    return int(min(a_month, view.amount("monthly_budget") * view.constant("keep_share")) * months)


def _running(view: View, mat: Data, spans: Spans, totals: dict[str, int], cash: list[int]) -> dict[str, dict[str, int]]:
    rows: list[Data] = mat["rows"]  # type: ignore[assignment]
    by_line: dict[str, int] = mat["money"]["lines"]  # type: ignore[index]
    lines: dict[str, dict[str, int]] = {}
    for stage, (_, _, months) in spans.items():
        found = {"run": 0, "standing": 0, "keep": 0}
        for row in rows:
            name = {"run": "run", "test": "standing", "keep": "keep"}[str(row["role"])]
            found[name] += int(by_line[str(row["carrier"])] * months)
        found["action"] = sum(cash[:1]) if stage == "run" else sum(cash[1:])
        if stage == "scale":
            found["growth"] = max(0, int(totals[stage] * (1 - view.constant("reserve_share"))) - sum(found.values()))
        lines[stage] = found
    return lines
