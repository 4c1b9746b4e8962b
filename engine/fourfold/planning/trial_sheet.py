"""Part 7: the trial protocol: bar, cap, counts, chances of being wrong, dates, what happens after."""

from datetime import timedelta

from fourfold.plan import saving
from fourfold.planning.calendar import holiday, is_short, read_day, trial_days, trial_window, workdays
from fourfold.planning.view import Data, View
from fourfold.trials import error_chances, pace, verdict_counts

GOOD = 0.85


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
    counts = view.keep("counts", verdict_counts(cap, bar, near, half))
    chances = view.keep("chances", error_chances(cap, bar, int(counts["keep"]), int(counts["cut"]), int(counts["half"]), GOOD, near))  # type: ignore[call-overload]
    judged = read_day(view, last)
    return {
        "carriers": [_carrier(view, c, cap) for c in carriers],
        "cap": cap,
        "equal": all(view.amount("cap", c) == cap for c in carriers),
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
        "days": days,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "half_check": workdays(view).on_or_after(first + timedelta(days=days // 2)).isoformat(),
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


def _carrier(view: View, carrier: str, shared: float) -> Data:
    cap = view.amount("cap", carrier)
    near, half = view.constant("near_factor"), view.constant("half_way_factor")
    counts = verdict_counts(cap, view.amount("event_bar"), near, half)
    return {
        "carrier": carrier,
        "floor": view.amount("floor", carrier),
        "cap": cap,
        "counts": counts.value if cap == shared else view.keep(f"counts_{carrier}", counts),
        "by_holdout": view.option("carrier", carrier, "job") == "keep",
        "days": view.figure("carrier", carrier, "floor_days"),
        "opening": view.amount("opening", carrier),
        "top_up": view.figure("carrier", carrier, "first_top_up"),
        "lead_weeks": view.figure("carrier", carrier, "lead_weeks"),
    }
