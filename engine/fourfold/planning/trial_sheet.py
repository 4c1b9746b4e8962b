"""Part 7: the trial protocol: bar, cap, counts, chances of being wrong, dates, what happens after."""

from datetime import timedelta

from fourfold.planning.calendar import is_short, read_day, trial_days, trial_window
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
    first, last = trial_window(view, days)
    counts = view.keep("counts", verdict_counts(cap, bar, near, half))
    chances = view.keep("chances", error_chances(cap, bar, int(counts["keep"]), int(counts["cut"]), int(counts["half"]), GOOD, near))  # type: ignore[call-overload]
    judged = read_day(view, last)
    return {
        "carriers": [_carrier(view, c, cap) for c in carriers],
        "cap": cap,
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
        "half_check": (first + timedelta(days=days // 2)).isoformat(),
        "read_until": (judged - timedelta(days=1)).isoformat(),
        "judged": judged.isoformat(),
        "pace": view.keep("pace", pace(cap, days, cap / bar if bar else 0)),
        "too_late": is_short(target, judged),
        "second_from": judged.isoformat(),
        "second_to": (judged + timedelta(days=27)).isoformat(),
    }


def _carrier(view: View, carrier: str, cap: float) -> Data:
    by_holdout = view.option("carrier", carrier, "job") == "keep"
    return {
        "carrier": carrier,
        "floor": view.amount("floor", carrier),
        "cap": cap,
        "by_holdout": by_holdout,
        "days": view.figure("carrier", carrier, "floor_days"),
        "entry_cash": 0.0 if view.holds("open", carrier) else view.figure("carrier", carrier, "entry_cash"),
        "lead_weeks": view.figure("carrier", carrier, "lead_weeks"),
    }
