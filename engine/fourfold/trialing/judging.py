"""From rows to readings: by the counts fixed beforehand, only at the cap, at the half-way stop, or when the trial is over."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from fourfold.line import Line
from fourfold.noun import noun
from fourfold.planning.trial_sheet import GOOD
from fourfold.planning.view import Data
from fourfold.trialing.protocol import Arm, Method, Trial
from fourfold.trialing.results import Row
from fourfold.trialing.statistics import arms_differ, count_limits, difference_limits, share_limits, spread_of_days
from fourfold.trials import by_counts, error_chances, verdict_counts

WRONG = 0.05
READABLE = ("misses", "near", "meets")


@noun
class Judged:
    """What one carrier's rows came to. `reading` is empty where nothing is judged yet; `state` says why it is what it is."""

    carrier: str
    state: str
    reading: str
    spend: Fraction
    conversions: int | None
    values: dict[str, Fraction]
    first: date | None
    last: date | None
    low: float | None
    high: float | None
    cap: Fraction | None
    counts: dict[str, int]
    missing: Data
    holdout: Data
    spread: float
    rows: int
    lines: dict[str, Line]
    places: tuple[str, ...] = ()

    @property
    def cost(self) -> float | None:
        """Return what one counted event cost."""
        return float(self.spend / self.conversions) if self.conversions else None


def totals(rows: Iterable[Row]) -> dict[str, Fraction]:
    """Return the sum of each value that the rows have."""
    found: dict[str, Fraction] = {}
    for row in rows:
        for name, value in row.values.items():
            if name != "cost_each":
                found[name] = found.get(name, Fraction(0)) + value
    return found


def judge(carrier: str, rows: list[Row], method: Method, trial: Trial | None, today: date, *, is_over: bool) -> Judged:
    """Return what the rows of one carrier came to on a day.

    `is_over` says that the trial has ended whatever the calendar says. Before its end nothing is judged but
    at the cap and at the half-way stop.
    """
    arm = trial.arms.get(carrier) if trial else None
    values = totals(rows)
    spend, counted = values.get("spend", Fraction(0)), values.get("conversions")
    seen = None if counted is None else int(counted)
    ended = is_over or trial is None or today >= trial.judged
    if "reached" in values or (arm and arm.by_holdout):
        state, reading, holdout = _by_holdout(values, method, arm, ended=ended)
        return _judged(carrier, rows, values, method, arm, state, reading, {"counts": {}, "holdout": holdout})
    if seen is None:
        return _judged(carrier, rows, values, method, arm, "not_counted", "unreadable" if ended else "", {"counts": {}, "missing": _missing(method, arm, trial, seen, spend, "not_counted", today)})
    counts = verdict_counts(float(spend or 1), float(method.bar), method.near, method.half, method.most_wrong_keep, method.most_wrong_cut)
    fixed: dict[str, int] = counts.value  # type: ignore[assignment]
    if arm is not None and spend == arm.cap:
        fixed = {"keep": arm.keep, "cut": arm.cut, "half": arm.half}
    state, reading = _state(rows, method, arm, fixed, seen, spend, trial, today, ended=ended)
    shown = {"keep": arm.keep, "cut": arm.cut, "half": arm.half} if arm and not reading else fixed
    more: dict[str, object] = {"counts": shown, "line": counts, "missing": _missing(method, arm, trial, seen, spend, state, today)}
    return _judged(carrier, rows, values, method, arm, state, reading, more)


def _judged(carrier: str, rows: list[Row], values: dict[str, Fraction], method: Method, arm: Arm | None, state: str, reading: str, more: dict[str, object]) -> Judged:
    spend, counted = values.get("spend", Fraction(0)), values.get("conversions")
    seen = None if counted is None else int(counted)
    limits = count_limits(seen, WRONG) if seen is not None else None
    days = sorted(day for row in rows for day in (row.first, row.last) if day)
    counts: dict[str, int] = more["counts"]  # type: ignore[assignment]
    lines: dict[str, Line] = {}
    if counts and isinstance(more.get("line"), Line):
        lines[f"trial_counts_{carrier}"] = more["line"]  # type: ignore[assignment]
        lines[f"trial_chances_{carrier}"] = error_chances(float(spend or 1), float(method.bar), counts["keep"], counts["cut"], counts["half"], GOOD, method.near)
    return Judged(
        carrier,
        state,
        reading,
        spend,
        seen,
        values,
        days[0] if days else None,
        days[-1] if days else None,
        float(spend) / limits[1] if limits and spend else None,
        float(spend) / limits[0] if limits and limits[0] and spend else None,
        arm.cap if arm else None,
        counts,
        more.get("missing", {}),  # type: ignore[arg-type]
        more.get("holdout", {}),  # type: ignore[arg-type]
        _spread(rows),
        len(rows),
        lines,
        tuple(dict.fromkeys(f"{row.place.file}:{row.place.line}" for row in rows)),
    )


def _state(rows: list[Row], method: Method, arm: Arm | None, fixed: dict[str, int], seen: int, spend: Fraction, trial: Trial | None, today: date, *, ended: bool) -> tuple[str, str]:
    """Return why a carrier is judged or not, and its reading (empty: not judged)."""
    if not all(row.is_traced for row in rows):
        return "untraced", "unreadable" if ended else ""
    is_at_cap = arm is not None and spend >= arm.cap * Fraction(str(method.at_cap))
    if is_at_cap and (ended or seen >= fixed["keep"] or _late_are_in(rows, method, today)):
        return "at_cap", by_counts(seen, fixed["keep"], fixed["cut"])
    if arm is not None and trial is not None:
        stop = _half_way(rows, arm, method, today, ended=ended)
        if stop:
            return stop, "misses" if stop == "half_way" else ""
    if not ended:
        return ("late_results" if is_at_cap else "early"), ""
    if spend >= method.bar * method.to_read or seen >= method.to_read:
        return "over", by_counts(seen, fixed["keep"], fixed["cut"])
    if spend > Fraction(count_limits(seen, WRONG)[1]) * method.bar:
        return "luck_misses", "misses"
    return "underspent", "unreadable"


def _late_are_in(rows: list[Row], method: Method, today: date) -> bool:
    spent = [row.last for row in rows if row.last and row.values.get("spend")]
    return bool(spent) and today > max(spent) + timedelta(days=method.read_days)


def _half_way(rows: list[Row], arm: Arm, method: Method, today: date, *, ended: bool) -> str:
    """Return "half_way" where the half-way stop is due, "half_waits" where its late results are still to come, else nothing."""
    dated = sorted((row for row in rows if row.last), key=lambda row: row.last or today)
    spent, reached = Fraction(0), None
    for row in dated:
        spent += row.values.get("spend", Fraction(0))
        if spent * 2 >= arm.cap:
            reached = row.last
            break
    if reached is None:
        return ""
    until = reached + timedelta(days=method.read_days)
    came = sum(int(row.values.get("conversions", 0)) for row in dated if row.last and row.last <= until)
    if came > arm.half:
        return ""
    return "half_way" if ended or today > until else "half_waits"


def _missing(method: Method, arm: Arm | None, trial: Trial | None, seen: int | None, spend: Fraction, state: str, today: date) -> Data:
    """Return what a carrier lacks to be judged: conversions, spend, days, and the day on which it is judged."""
    if state in ("at_cap", "over", "half_way", "luck_misses"):
        return {}
    cap = arm.cap if arm else method.bar * method.to_read
    money = max(Fraction(0), cap - spend)
    a_day = cap / trial.days if trial else None
    found: Data = {"conversions": max(0, method.to_read - (seen or 0)), "spend": round(float(money), 2), "days": -(-money // a_day) if a_day else None}
    if trial:
        found["judged"] = trial.judged.isoformat() if today < trial.judged else ""
    return found


def _spread(rows: list[Row]) -> float:
    spend = [row.values.get("spend", Fraction(0)) for row in rows]
    whole = sum(spend, Fraction(0))
    if len(rows) < 7 or not whole:
        return 1.0
    return spread_of_days([int(row.values.get("conversions", 0)) for row in rows], [float(part / whole) for part in spend])


def _by_holdout(values: dict[str, Fraction], method: Method, arm: Arm | None, *, ended: bool) -> tuple[str, str, Data]:
    """Return state, reading and numbers of a carrier that is read against customers left out.

    meets: more came back than by chance (Fisher, one-sided) and one more customer cost at most the bar;
    near: more came back than by chance, at up to the near factor; misses: even the largest difference that
    chance allows leaves a customer dearer than the bar; unreadable: the arms were too small to tell.
    """
    names = ("reached", "reached_back", "left_out", "left_out_back")
    if any(name not in values for name in names) or not values["reached"] or not values["left_out"]:
        return "not_counted", "unreadable" if ended else "", {}
    reached, back, left, left_back = (int(values[name]) for name in names)
    low, high = difference_limits(back, reached, left_back, left)
    chance = arms_differ(back, reached, left_back, left)
    difference = back / reached - left_back / left
    spend, bar = float(values.get("spend", 0)), float(method.bar)
    more, most = difference * reached, high * reached
    cost = spend / more if more > 0 else None
    numbers: Data = {
        **dict(zip(names, (reached, back, left, left_back), strict=True)),
        "difference": round(difference, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "chance": round(chance, 4),
        "more": round(more, 1),
        "cost": round(cost, 2) if cost is not None else None,
        "rate_left_out": [round(part, 4) for part in share_limits(left_back, left)],
        "planned": [arm.left_out, arm.reached] if arm else [],
    }
    if not ended:
        return "early", "", numbers
    if chance <= WRONG and cost is not None and cost <= bar * method.near:
        return "holdout", "meets" if cost <= bar else "near", numbers
    if most <= 0 or spend > most * bar:
        return "holdout", "misses", numbers
    return "small_arms", "unreadable", numbers


def in_days(rows: Iterable[Row], trial: Trial | None) -> tuple[list[Row], list[Row]]:
    """Return the rows within a trial's days, and those outside; late results count where they bring no spend."""
    inside: list[Row] = []
    outside: list[Row] = []
    for row in rows:
        is_late = trial is not None and row.first is not None and row.last is not None and trial.last < row.last < trial.judged and not row.values.get("spend")
        is_in = trial is None or row.first is None or row.last is None or (row.first >= trial.first and row.last <= trial.last)
        (inside if is_in or is_late else outside).append(row)
    return inside, outside
