"""Part 7: the trial protocol: bar, cap, counts, chances of being wrong, dates, what happens after."""

from datetime import timedelta

from fourfold.decide import holds
from fourfold.plan import saving
from fourfold.planning.calendar import holiday, is_short, read_day, trial_days, trial_window, workdays
from fourfold.planning.view import Data, View
from fourfold.trials import error_chances, holdout_arms, pace, verdict_counts

GOOD = 0.85
# of the parts of a bar, those of which more is worse
WORSE_WHEN_MORE = ("return_rate", "churn")


def trial_sheet(view: View, target: str) -> Data | None:
    """Return the protocol for the carriers under test, or None where nothing is tested."""
    carriers = view.members("trial_carriers")
    if not carriers:
        return None
    cap, bar = view.amount("trial_cap"), view.amount("event_bar")
    near, half = view.constant("near_factor"), view.constant("half_way_factor")
    days = trial_days(view)
    saved = _saved(view)
    first, last = trial_window(view, days, int(saved["wait_months"]) if saved else 0)  # type: ignore[call-overload]
    counts = view.keep("counts", verdict_counts(cap, bar, near, half, view.constant("most_wrong_keep"), view.constant("most_wrong_cut")))
    chances = view.keep("chances", error_chances(cap, bar, int(counts["keep"]), int(counts["cut"]), int(counts["half"]), GOOD, near))  # type: ignore[call-overload]
    judged = read_day(view, last)
    wait = int(view.figure("business_model", view.text("business_model"), "read_days"))
    # WHY: what was spent in the first half still brings conversions for a while; a stop without them would be too early
    half_check = min(workdays(view).on_or_before(last), workdays(view).on_or_after(first + timedelta(days=days // 2 + wait)))
    return {
        "carriers": [_carrier(view, c, cap, days) for c in carriers],
        "guards": guards(view),
        "cap": cap,
        "equal": all(view.amount("cap", c) == cap for c in carriers),
        "why_unequal": [] if all(view.amount("cap", c) == cap for c in carriers) else ["highest_opening", "highest_floor"],
        "opening": view.amount("trial_opening"),
        "money": view.amount("trial_money"),
        "saved": saved,
        "bar": bar,
        "cut_bar": round(bar * near, 2),
        "half_bar": round(bar * half, 2),
        "near": near,
        "half": half,
        "counts": counts,
        "chances": chances,
        "good": round(GOOD * bar, 2),
        "to_read": int(view.constant("conversions_to_read")),
        "at_cap": view.constant("at_cap_share"),
        "most_wrong_keep": view.constant("most_wrong_keep"),
        "most_wrong_cut": view.constant("most_wrong_cut"),
        "read_days": wait,
        "days": days,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "half_check": half_check.isoformat(),
        "disturbed": [holiday(span) for span in workdays(view).spans(first, last)],
        "read_until": (judged - timedelta(days=1)).isoformat(),
        "judged": judged.isoformat(),
        "pace": view.keep("pace", pace(cap, days, cap / bar if bar else 0)),
        "too_late": is_short(target, judged),
        "second_from": judged.isoformat(),
        "second_to": (judged + timedelta(days=27)).isoformat(),
    }


def _saved(view: View) -> Data | None:
    """Return how long a focused company saves up for its trial, or None where trials have a round of their own."""
    if view.text("strategy") == "focus_testing":
        return None
    months = view.figure("business_model", view.text("business_model"), "trial_months")
    return view.keep("saving", saving(view.amount("trial_money"), view.amount("monthly_budget") * view.amount("trial_share"), months))


def guards(view: View) -> list[Data]:
    """Return the parts of the bar with the value at which the bar itself no longer holds: at least, or at most."""
    slack = view.constant("guard_slack")
    found: list[Data] = []
    for way in view.book.or_from.get("success_bar", ()):
        if not holds(way.condition, {name: view.raw(name) for name in way.where}):
            continue
        for name in way.reads:
            value = view.number(name)
            if value is not None and "." not in name and name in view.decision.facts:
                is_most = name in WORSE_WHEN_MORE
                found.append({"term": name, "value": value, "limit": round(value * (1 + slack if is_most else 1 - slack), 4), "is_most": is_most})
    return found


def _carrier(view: View, carrier: str, shared: float, days: int) -> Data:
    cap, bar = view.amount("cap", carrier), view.amount("event_bar")
    near, half = view.constant("near_factor"), view.constant("half_way_factor")
    counts = verdict_counts(cap, bar, near, half, view.constant("most_wrong_keep"), view.constant("most_wrong_cut"))
    by_holdout = view.option("carrier", carrier, "job") == "keep"
    found: dict[str, object] = counts.value if cap == shared else view.keep(f"counts_{carrier}", counts)  # type: ignore[assignment]
    keep, cut, stop = (int(found[name]) for name in ("keep", "cut", "half"))  # type: ignore[call-overload]
    return {
        "carrier": carrier,
        "floor": view.amount("floor", carrier),
        "cap": cap,
        "counts": found,
        "chances": error_chances(cap, bar, keep, cut, stop, GOOD, near).value,
        "pace": pace(cap, days, cap / bar if bar else 0).value,
        "by_holdout": by_holdout,
        "arms": view.keep(f"arms_{carrier}", holdout_arms(view.amount("customers"), view.constant("holdout_rate"), view.constant("holdout_rate_wanted"))) if by_holdout else None,
        "days": view.figure("carrier", carrier, "floor_days"),
        "opening": view.amount("opening", carrier),
        "top_up": view.figure("carrier", carrier, "first_top_up"),
        "lead_weeks": view.figure("carrier", carrier, "lead_weeks"),
    }
