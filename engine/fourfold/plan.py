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
    are gap x ln(ratio_i) / ln(target / total) in whole units by largest remainder and add up to it.
    `stretch` above 1 says that all reaches together are not enough. Source: gap procedure, step 3.
    """
    gap = round(target - total)
    room = {name: math.log1p(reach[name]) for name in now}
    whole = sum(room.values())
    if gap <= 0 or total <= 0 or whole <= 0:
        rows = {name: {"now": now[name], "needed": now[name], "ratio": 1.0, "share": 0.0, "gap": 0} for name in now}
        return line({"gap": gap, "rows": rows, "stretch": 0.0}, "log_split", total=total, target=target, now=now, reach=reach)
    needed = math.log(target / total)
    parts = _whole_parts(gap, [room[name] / whole for name in now])
    rows = {}
    for name, part in zip(now, parts, strict=True):
        ratio = math.exp(needed * room[name] / whole)
        rows[name] = {
            "now": now[name],
            "needed": round(now[name] * ratio, 4),
            "ratio": round(ratio, 4),
            "share": round(100 * room[name] / whole, 1),
            "gap": part,
        }
    value = {"gap": gap, "rows": rows, "stretch": round(needed / whole, 2)}
    return line(value, "log_split", total=total, target=target, now=now, reach=reach)


def _whole_parts(amount: int, shares: list[float]) -> list[int]:
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


def greedy_cover(shares: Numbers, practices: dict[str, dict[str, object]], ratio: float, most: int) -> Line:
    """Return the order of practices, the one that covers most dimensions first.

    A practice covers min(what is left, ln(1 + effect) / ln(ratio) x strength / 3 x confidence) of each
    dimension's share of the gap. First comes the one with most dimensions (ties: most of the gap, then
    least cost), then step by step what adds most. Shares in per cent of the gap. Source: gap procedure,
    steps 5 and 7.
    """
    scale = math.log(ratio) if ratio > 1 else 1.0
    able = {
        name: {dim: max(0.0, 100 * math.log1p(float(effect)) / scale) * weight for dim, (effect, weight) in item["effects"].items()}  # type: ignore[attr-defined]
        for name, item in practices.items()
    }
    alone = {name: {dim: min(shares.get(dim, 0.0), room) for dim, room in dims.items()} for name, dims in able.items()}
    cost = {name: float(item["cost"]) for name, item in practices.items()}  # type: ignore[arg-type]
    moved = {name: sum(1 for room in dims.values() if room > 0) for name, dims in alone.items()}
    ranked = sorted(alone, key=lambda name: (-moved[name], -sum(alone[name].values()), cost[name]))
    left = dict(shares)
    order: list[dict[str, object]] = []
    rest = list(ranked)
    while rest and len(order) < most:
        if order:
            rest.sort(key=lambda name: (-round(sum(min(left.get(dim, 0), room) for dim, room in able[name].items()), 6), cost[name]))
        name = rest.pop(0)
        covered = {dim: min(left.get(dim, 0.0), room) for dim, room in able[name].items() if min(left.get(dim, 0.0), room) > 0}
        if not covered:
            break
        for dim, room in covered.items():
            left[dim] -= room
        order.append(
            {
                "practice": name,
                "dimensions": moved[name],
                "alone": round(sum(alone[name].values()), 1),
                "covered": {dim: round(room, 1) for dim, room in covered.items()},
                "total": round(sum(covered.values()), 1),
            }
        )
    per_cost = sorted((name for name in alone if sum(alone[name].values()) > 0), key=lambda name: -sum(alone[name].values()) / max(1.0, cost[name]))
    value = {
        "order": order,
        "left": {dim: round(room, 1) for dim, room in left.items()},
        "uncovered": round(sum(left.values()), 1),
        "runner_up": ranked[1] if len(ranked) > 1 else "",
        "best_per_cost": per_cost[0] if per_cost else "",
        "alone": {name: round(sum(dims.values()), 1) for name, dims in alone.items()},
        "dimensions": moved,
    }
    return line(value, "greedy_cover", shares=shares, practices=practices, ratio=ratio, most=most)


def money_lines(total: int, lines: dict[str, int]) -> Line:
    """Return the lines of a budget with the reserve that makes them add up to the total."""
    rest = total - sum(lines.values())
    return line({"lines": lines, "reserve": rest, "sum": sum(lines.values()) + rest}, "money_lines", total=total, lines=lines)


def stage_money(monthly: int, months: Numbers, shares: dict[str, Numbers]) -> Line:
    """Return money by stage and line: months x monthly budget x share, in whole units, the rest as reserve."""
    value = {}
    for stage, length in months.items():
        total = math.floor(monthly * length)
        lines = {name: math.floor(total * share) for name, share in shares[stage].items()}
        value[stage] = {"total": total, "lines": lines, "reserve": total - sum(lines.values())}
    return line(value, "stage_money", monthly=monthly, months=months, shares=shares)


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
    "money_lines": money_lines,
    "stage_money": stage_money,
    "worth": worth,
    "visit_value": visit_value,
    "level_gap": level_gap,
}
