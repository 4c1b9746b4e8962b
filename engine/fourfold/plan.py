"""Methods of the plan: forecast, gap by log split, greedy cover, money, days, value of one visit.

Each returns a Line that can be computed again from its inputs. No threshold, name or text stands here.
"""

import math
from collections.abc import Callable

from fourfold.line import Line, line

Numbers = dict[str, float]


def forecast(factors: Numbers, moving: str, trend: float, months: int) -> Line:
    """Return what comes without action: the product of the factors, one of them moved by its monthly trend.

    `trend` is a share per month (0.02 is 2 %). Rounded to whole units. Source: gap procedure, step 1.
    """
    moved = {name: value * (1 + trend) ** months if name == moving else value for name, value in factors.items()}
    value = {"total": round(math.prod(moved.values())), "factors": {name: round(item, 6) for name, item in moved.items()}}
    return line(value, "forecast", factors=factors, moving=moving, trend=trend, months=months)


def log_split(total: float, target: float, now: Numbers, reach: Numbers) -> Line:
    """Return what each factor must become and its part of the gap, by logarithms.

    The needed ratio target / total is spread over the factors in proportion to ln(1 + reach), how far
    each can reasonably be moved; so `ratio_i = (target / total) ** (h_i / sum h)`. The parts of the gap
    are gap x ln(ratio_i) / ln(target / total) in whole units by largest remainder and add up to it; the
    shares are tenths of a per cent by largest remainder and add up to 100.
    `stretch` above 1 says that all reaches together are not enough. Source: gap procedure, step 3.
    """
    gap = round(target - total)
    room = {name: math.log1p(reach[name]) for name in now}
    whole = sum(room.values())
    if gap <= 0 or total <= 0 or whole <= 0:
        rows = {name: {"now": now[name], "needed": now[name], "ratio": 1.0, "share": 0.0, "gap": 0} for name in now}
        return line({"gap": gap, "rows": rows, "stretch": 0.0}, "log_split", total=total, target=target, now=now, reach=reach)
    needed = math.log(target / total)
    parts = whole_parts(gap, [room[name] / whole for name in now])
    tenths = whole_parts(1000, [room[name] / whole for name in now])
    rows = {}
    for name, part, tenth in zip(now, parts, tenths, strict=True):
        ratio = math.exp(needed * room[name] / whole)
        rows[name] = {
            "now": now[name],
            "needed": round(now[name] * ratio, 4),
            "ratio": round(ratio, 4),
            "share": tenth / 10,
            "gap": part,
        }
    value = {"gap": gap, "rows": rows, "stretch": round(needed / whole, 2)}
    return line(value, "log_split", total=total, target=target, now=now, reach=reach)


def whole_parts(amount: int, shares: list[float]) -> list[int]:
    """Return an amount in whole parts by shares that add up to 1, by largest remainder (ties: the earlier)."""
    parts = [math.floor(amount * share) for share in shares]
    order = sorted(range(len(shares)), key=lambda at: (-(amount * shares[at] - parts[at]), at))
    for at in order[: amount - sum(parts)]:
        parts[at] += 1
    return parts


def recurring_split(subscribers: float, won: float, churn: float, price: float, months: int, target: float, churn_reach: float, won_reach: float) -> Line:
    """Return forecast and gap of a subscription: who stays, who is won, and what each must become.

    Customers after n months at churn c: start x (1 - c)^n + won x (1 - (1 - c)^n) / c. First churn
    falls by its reach, then the customers to be won close the rest. Whole units of money. `stretch` is
    how often the reach of winning must be used up, ln(needed / now) / ln(1 + reach); above 1 it is not enough.
    """

    def after(lost: float, each: float) -> float:
        left = (1 - lost) ** months
        return subscribers * left + each * ((1 - left) / lost if lost else months)

    total = round(after(churn, won) * price)
    better = round(churn * (1 - churn_reach), 6)
    kept = round(after(better, won) * price)
    left = (1 - better) ** months
    per_one = (1 - left) / better if better else months
    gap = max(0, round(target - total))
    from_keeping = min(gap, max(0, kept - total))
    needed = max(won, (target / price - subscribers * left) / per_one) if price and per_one else won
    value = {
        "total": total,
        "gap": round(target - total),
        "customers": round(after(churn, won), 1),
        "rows": {
            "churn": {"now": churn, "needed": better, "gap": from_keeping},
            "new_customers": {"now": won, "needed": round(needed, 1), "gap": gap - from_keeping},
        },
        "stretch": round(math.log(needed / won) / math.log1p(won_reach), 2) if won > 0 and needed > won and won_reach > 0 else 0.0,
        "needed_alone": round(max(won, (target / price - subscribers * (1 - churn) ** months) / ((1 - (1 - churn) ** months) / churn)), 1) if churn and price else won,
    }
    return line(value, "recurring_split", subscribers=subscribers, won=won, churn=churn, price=price, months=months, target=target, churn_reach=churn_reach, won_reach=won_reach)


def greedy_cover(shares: Numbers, practices: dict[str, dict[str, object]], ratio: float, most: int, stretch: float = 0.0) -> Line:
    """Return the order of practices, the one that covers most dimensions first.

    A practice covers min(what is left, ln(1 + effect) / ln(ratio) x strength / 3 x confidence) of each
    dimension's share of the gap. First comes the one that clearly moves most dimensions (the third of an
    effect's parts: no side effect; ties: most of the gap, then least cost), then step by step what adds most. Where the goal lies beyond what can be moved
    (`stretch` above 1), no more than 1 / stretch of each share can be covered: the rest stays open
    whatever is done. Shares in per cent of the gap; tenths add up. Source: gap procedure, steps 5 and 7.
    """
    scale = math.log(ratio) if ratio > 1 else 1.0
    reachable = {dim: share / max(1.0, stretch) for dim, share in shares.items()}
    able = {
        name: {dim: max(0.0, 100 * math.log1p(float(effect)) / scale) * weight for dim, (effect, weight, _) in item["effects"].items()}  # type: ignore[attr-defined]
        for name, item in practices.items()
    }
    alone = {name: {dim: min(reachable.get(dim, 0.0), room) for dim, room in dims.items()} for name, dims in able.items()}
    cost = {name: float(item["cost"]) for name, item in practices.items()}  # type: ignore[arg-type]
    moved = {name: len([dim for dim, room in dims.items() if room > 0 and practices[name]["effects"][dim][2]]) for name, dims in alone.items()}  # type: ignore[index]
    ranked = sorted(alone, key=lambda name: (-moved[name], -sum(alone[name].values()), cost[name]))
    taken = _walk(ranked, able, reachable, cost, most)
    tenths, left = _tenths(shares, taken)
    order = [{"practice": name, "dimensions": moved[name], "alone": round(sum(alone[name].values()), 1), "covered": tenths[name], "total": round(sum(tenths[name].values()), 1)} for name, _ in taken]
    per_cost = sorted((name for name in alone if sum(alone[name].values()) > 0), key=lambda name: -sum(alone[name].values()) / max(1.0, cost[name]))
    value = {
        "order": order,
        "left": left,
        "uncovered": round(sum(left.values()), 1),
        "out_of_reach": round(sum(shares.values()) - sum(reachable.values()), 1),
        "runner_up": ranked[1] if len(ranked) > 1 else "",
        "best_per_cost": per_cost[0] if per_cost else "",
        "alone": {name: round(sum(dims.values()), 1) for name, dims in alone.items()},
        "dimensions": moved,
    }
    return line(value, "greedy_cover", shares=shares, practices=practices, ratio=ratio, most=most, stretch=stretch)


def _walk(ranked: list[str], able: dict[str, Numbers], reachable: Numbers, cost: Numbers, most: int) -> list[tuple[str, Numbers]]:
    """Return the practices in their order with what each covers of what the ones before left."""
    left, rest = dict(reachable), list(ranked)
    taken: list[tuple[str, Numbers]] = []
    while rest and len(taken) < most:
        if taken:
            rest.sort(key=lambda name: (-round(sum(min(left.get(dim, 0), room) for dim, room in able[name].items()), 6), cost[name]))
        name = rest.pop(0)
        covered = {dim: min(left.get(dim, 0.0), room) for dim, room in able[name].items() if min(left.get(dim, 0.0), room) > 0}
        if not covered:
            break
        for dim, room in covered.items():
            left[dim] -= room
        taken.append((name, covered))
    return taken


def _tenths(shares: Numbers, taken: list[tuple[str, Numbers]]) -> tuple[dict[str, Numbers], Numbers]:
    """Return what each step covers, and what is left, in tenths that add up to the share of each dimension."""
    shown: dict[str, Numbers] = {name: {} for name, _ in taken}
    left: Numbers = {}
    for dim, share in shares.items():
        cells = [covered.get(dim, 0.0) for _, covered in taken]
        parts = [*cells, max(0.0, share - sum(cells))]
        whole = sum(parts)
        tenths = whole_parts(round(share * 10), [part / whole for part in parts]) if whole > 0 else [0] * len(parts)
        for (name, covered), tenth in zip(taken, tenths, strict=False):
            if dim in covered:
                shown[name][dim] = tenth / 10
        left[dim] = tenths[-1] / 10
    return shown, left


def steps_in_time(steps: list[dict[str, float]], room_days: float, room_cash: float, cash_a_week: float) -> Line:
    """Return for each step the week in which it starts and the week in which it ends, counted from 0.

    A step has `days` (person-days in four weeks while it runs), `cash` and `weeks`. It starts in the first
    week, not before the step ahead of it, in which the steps that run beside it leave its days free and
    `room_cash` plus what came in since pays for it and all before it.
    """
    found: list[dict[str, int]] = []
    spent = 0.0
    for step in steps:
        earliest = found[-1]["start"] if found else 0
        ends = sorted({earliest, *(item["end"] for item in found if item["end"] > earliest)})
        start = next((week for week in ends if _busy(steps, found, week) + step["days"] <= room_days + 1e-9), ends[-1])
        spent += step["cash"]
        short = spent - room_cash - cash_a_week * start
        if short > 0 and cash_a_week > 0:
            start += math.ceil(round(short / cash_a_week, 6))
        found.append({"start": start, "end": start + max(1, math.ceil(step["weeks"]))})
    return line({"steps": found}, "steps_in_time", steps=steps, room_days=room_days, room_cash=room_cash, cash_a_week=cash_a_week)


def sized(base: float, covers: float, per_further: float, size: float) -> Line:
    """Return what one round takes at this size: the base, and a part for each further unit beyond what it covers."""
    return line({"total": round(base + max(0.0, size - covers) * per_further, 1)}, "sized", base=base, covers=covers, per_further=per_further, size=size)


def in_time(totals: list[float], starts: list[int], weeks: int, forecast: float, gap: float) -> Line:
    """Return how much of the gap the steps cover that begin before the target, `weeks` from now, and what that reaches.

    `covered` in per cent of the gap; `reaches` is the forecast with that part of the gap, in whole units
    (hundreds from 10,000 on).
    """
    covered = round(sum(total for total, start in zip(totals, starts, strict=True) if start < weeks), 1)
    reached = forecast + gap * covered / 100
    value = {"covered": covered, "late": [start >= weeks for start in starts], "reaches": round(reached, -2 if reached >= 10_000 else 0)}
    return line(value, "in_time", totals=totals, starts=starts, weeks=weeks, forecast=forecast, gap=gap)


def _busy(steps: list[dict[str, float]], found: list[dict[str, int]], week: int) -> float:
    return sum(step["days"] for step, item in zip(steps, found, strict=False) if item["start"] <= week < item["end"])


def money_lines(total: int, lines: dict[str, int], reserve_share: float) -> Line:
    """Return the lines of a budget, the reserve, and what waits beside it; together they are the total.

    A line takes no more than the ones before left. The reserve is `reserve_share` of the total, or what is left where that is less.
    """
    kept: dict[str, int] = {}
    for name, amount in lines.items():
        kept[name] = max(0, min(amount, total - sum(kept.values())))
    rest = total - sum(kept.values())
    reserve = min(rest, math.floor(round(total * reserve_share, 6)))
    return line({"lines": kept, "reserve": reserve, "waiting": rest - reserve, "sum": total}, "money_lines", total=total, lines=lines, reserve_share=reserve_share)


def stage_money(totals: dict[str, int], lines: dict[str, dict[str, int]], reserve_share: float) -> Line:
    """Return the money of each stage by line, with what is left after it, in whole units; columns and rows add up.

    What a stage does not spend is carried over. A line takes no more than leaves `reserve_share` of all
    money up to then: what was carried in + the stage's total - what is planned = what is left.
    """
    stages, carried, so_far = {}, 0, 0
    for stage, total in totals.items():
        so_far += total
        room = total + carried - math.ceil(round(so_far * reserve_share, 6))
        kept: dict[str, int] = {}
        for name, amount in lines[stage].items():
            kept[name] = max(0, min(amount, room - sum(kept.values())))
        before, carried = carried, carried + total - sum(kept.values())
        stages[stage] = {"total": total, "before": before, "lines": kept, "planned": sum(kept.values()), "left": carried}
    names = list(dict.fromkeys(name for found in lines.values() for name in found))
    whole = {name: sum(found["lines"].get(name, 0) for found in stages.values()) for name in names}  # type: ignore[attr-defined]
    value = {"stages": stages, "lines": whole, "planned": sum(whole.values()), "left": carried, "total": sum(totals.values())}
    return line(value, "stage_money", totals=totals, lines=lines, reserve_share=reserve_share)


def saving(needed: float, a_month: float, months: float) -> Line:
    """Return for how many months a trial is saved up for before it begins, so that each month's share pays for what it spends."""
    wait = max(0, math.ceil(round(needed / a_month - months, 6))) if a_month > 0 else 0
    return line({"wait_months": wait, "a_month": round(a_month)}, "saving", needed=needed, a_month=a_month, months=months)


def worth(extra: float, margin: float, returned: float, spend: float) -> Line:
    """Return what extra sales contribute in a month against what is spent in a month, whole units."""
    contribution = round(extra * margin * (1 - returned))
    return line({"contribution": contribution, "spend": round(spend), "difference": contribution - round(spend)}, "worth", extra=extra, margin=margin, returned=returned, spend=spend)


def visit_value(order: float, conversion: float, repeat: float, needed_repeat: float, needed_order: float, needed_conversion: float, aim: float) -> Line:
    """Return the value of one visit as it passes on, as an index over the value of its first order today."""
    first = order * conversion
    now = {"first": first, "repeat": first * repeat}
    then_first = needed_order * needed_conversion
    then = {"first": then_first, "repeat": then_first * needed_repeat}

    def index(amount: float) -> float:
        return round(amount / first, 2) if first else 0.0

    value = {
        "unit": round(first, 4),
        "now": {name: index(amount) for name, amount in now.items()},
        "then": {name: index(amount) for name, amount in then.items()},
        "total_now": index(sum(now.values())),
        "total_then": index(sum(then.values())),
        "aim": aim,
    }
    return line(value, "visit_value", order=order, conversion=conversion, repeat=repeat, needed_repeat=needed_repeat, needed_order=needed_order, needed_conversion=needed_conversion, aim=aim)


def level_gap(needed: Numbers, present: Numbers, slack: float) -> Line:
    """Return needed person-days with slack against present ones, by level; a gap below 0 is missing."""
    rows = {
        level: {"needed": round(days, 1), "with_slack": round(days * (1 + slack), 1), "present": round(present[level], 1), "gap": round(present[level] - days * (1 + slack), 1)}
        for level, days in needed.items()
    }
    total = {"needed": round(sum(needed.values()), 1), "with_slack": round(sum(needed.values()) * (1 + slack), 1), "present": round(sum(present.values()), 1)}
    total["gap"] = round(total["present"] - total["with_slack"], 1)
    return line({"rows": rows, "total": total}, "level_gap", needed=needed, present=present, slack=slack)


METHODS: dict[str, Callable[..., Line]] = {
    "forecast": forecast,
    "log_split": log_split,
    "recurring_split": recurring_split,
    "greedy_cover": greedy_cover,
    "steps_in_time": steps_in_time,
    "sized": sized,
    "in_time": in_time,
    "money_lines": money_lines,
    "stage_money": stage_money,
    "saving": saving,
    "worth": worth,
    "visit_value": visit_value,
    "level_gap": level_gap,
}
