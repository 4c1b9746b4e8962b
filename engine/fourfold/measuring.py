"""Methods of the plan beside the gap: rank of items, floor price, claims on orders, worth together, value events.

Each returns a Line that can be computed again from its inputs. No threshold, name or text stands here.
"""

import math
import re
from collections.abc import Callable

from fourfold.line import Line, line

Numbers = dict[str, float]
BY_TEMPLATE = 0.5  # of the hours of an item that is written by hand; judged, no source


def rank_items(items: list[dict[str, object]], weights: Numbers, shares: Numbers, minutes: float) -> Line:
    """Return items in the order of their score, each with its class and hours.

    A score is the weighted sum of demand, margin, season and stock, each over the largest of its kind. The
    first part of the items (`shares.first`) gets the part `shares.hours` of all hours, the last part
    (`shares.last`) is done by template only and gets half of the hours of one in between (judged). All
    hours are items x minutes / 60. Ties keep the order given. Source: listing job, steps 2 and 5.
    """
    most = {key: max((float(str(item[key])) for item in items), default=0.0) for key in weights}
    scores = [sum(weights[key] * (float(str(item[key])) / most[key] if most[key] else 0.0) for key in weights) for item in items]
    order = sorted(range(len(items)), key=lambda at: (-round(scores[at], 9), at))
    first = max(1, math.floor(len(items) * shares["first"] + 0.5)) if items else 0
    last = min(len(items) - first, math.floor(len(items) * shares["last"]))
    whole = len(items) * minutes / 60
    middle = len(items) - first - last
    units = middle + last * BY_TEMPLATE
    rest = whole * (1 - shares["hours"]) if units else 0.0
    rows = []
    for place, at in enumerate(order):
        group = "first" if place < first else "template" if place >= len(items) - last else "middle"
        hours = (whole - rest) / first if group == "first" else rest / units * (1.0 if group == "middle" else BY_TEMPLATE)
        rows.append({"item": items[at]["item"], "rank": place + 1, "score": round(scores[at] * 100, 1), "group": group, "hours": round(hours, 1)})
    return line({"rows": rows, "hours": round(whole, 1)}, "rank_items", items=items, weights=weights, shares=shares, minutes=minutes)


def floor_price(cost: float, kept_by_platform: float, returned: float) -> Line:
    """Return the lowest price at which an order still pays: cost over what is left of a price.

    `kept_by_platform` and `returned` are shares of 1; each return costs the platform's part of one sale that
    did not stay, so the price must carry cost / ((1 - platform) x (1 - returned)). Source: listing job, step 4.
    """
    left = (1 - kept_by_platform) * (1 - returned)
    return line({"floor": round(cost / left, 2) if left > 0 else 0.0}, "floor_price", cost=cost, kept_by_platform=kept_by_platform, returned=returned)


def title_faults(title: str, others: list[str], longest: int, early: int) -> list[str]:
    """Return what is wrong with a title: too long, a word twice, no word to search for early on, the twin of another.

    A word is a run of letters or, in Chinese, two characters; the leading word is the first that is no number.
    Two items with the same leading word compete with each other.
    """
    words = _words(title)
    leading = next((word for word in words if not word[0].isdigit()), "")
    faults = {
        "long": len(title) > longest,
        "repeated": len(set(words)) < len(words),
        "late": not leading or title.lower().find(leading) > early or words[0] != leading,
        "twin": bool(leading) and any(leading == next((word for word in _words(other) if not word[0].isdigit()), "") for other in others),
    }
    return [name for name, is_seen in faults.items() if is_seen]


def _words(title: str) -> list[str]:
    runs = re.findall(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+", title.lower())
    return [part for run in runs for part in ([run[at : at + 2] for at in range(0, len(run), 2)] if run[0] >= "\u4e00" else [run])]


def claims(counted: Numbers, orders: float) -> Line:
    """Return by how much the orders that carriers count as theirs exceed the orders there were.

    `counted` is by carrier, `orders` in the same time. `twice` is the least number of orders that two carriers
    must both have counted. Source: framework article, section 4 (no internal war for traffic).
    """
    total = sum(counted.values())
    return line({"claimed": round(total), "orders": round(orders), "twice": max(0, round(total - orders))}, "claims", counted=counted, orders=orders)


def acceptance(handed_over: float, accepted: float, least: float) -> Line:
    """Return the share of people handed over that was accepted, and whether it is below the least share."""
    share = accepted / handed_over if handed_over else 0.0
    return line({"share": round(share, 3), "low": share < least}, "acceptance", handed_over=handed_over, accepted=accepted, least=least)


def together(gains: Numbers) -> Line:
    """Return what relative gains of modules bring alone, added, and together, and what is lost without each.

    Gains on factors of one product multiply: together they bring prod(1 + gain) - 1, which is more than their
    sum. `without` is what all others bring together. Source: framework article, section 4 (one and one is
    more than two).
    """
    whole = math.prod(1 + gain for gain in gains.values()) - 1
    without = {name: whole - (math.prod(1 + other for key, other in gains.items() if key != name) - 1) for name in gains}
    value = {
        "alone": {name: round(gain, 4) for name, gain in gains.items()},
        "sum": round(sum(gains.values()), 4),
        "together": round(whole, 4),
        "more": round(whole - sum(gains.values()), 4),
        "part_of": {name: round(part, 4) for name, part in without.items()},
    }
    return line(value, "together", gains=gains)


def value_events(values: Numbers, running: list[str], able: list[str]) -> Line:
    """Return the events that one acquired customer brings now, where value is lost, and the next one to add.

    `values` are indices over the value of the first order, where they are known; `running` the events that a
    step of the plan works on, `able` those for which a practice could begin. The next reuse is the first event,
    in their order, that brings nothing, is not worked on, and could begin; else the first that could begin.
    Source: framework article, section 5 (one flow worth more than four).
    """
    lost = [name for name, value in values.items() if value <= 0]
    idle = [name for name in values if name in able and name not in running]
    following = next((name for name in idle if name in lost), idle[0] if idle else "")
    return line({"values": values, "total": round(sum(values.values()), 2), "lost": lost, "next": following}, "value_events", values=values, running=running, able=able)


def rounds_needed(ratio: float, effect: float, cash: float, days: float) -> Line:
    """Return how many rounds of a means would lift its number by a ratio, if each lifts it by `effect`, with their money and person-days.

    Rounds multiply, so they are ln(ratio) / ln(1 + effect), rounded up. Source: workflow article, sizing a means from the gap.
    """
    rounds = math.ceil(round(math.log(ratio) / math.log1p(effect), 6)) if effect > 0 and ratio > 1 else 0
    return line({"rounds": rounds, "cash": round(rounds * cash), "days": round(rounds * days, 1)}, "rounds_needed", ratio=ratio, effect=effect, cash=cash, days=days)


def in_common(groups: dict[str, list[str]], least: int) -> Line:
    """Return the groups whose members all came out alike, where there are enough of them, with the outcome.

    `groups` holds the outcomes by group. What like cases have in common is proposed as a rule and not taken for one.
    Source: framework article, part four (refining).
    """
    found = {name: outcomes[0] for name, outcomes in groups.items() if len(outcomes) >= least and len(set(outcomes)) == 1}
    return line({"rules": found}, "in_common", groups=groups, least=least)


METHODS: dict[str, Callable[..., Line]] = {
    "rank_items": rank_items,
    "floor_price": floor_price,
    "claims": claims,
    "acceptance": acceptance,
    "together": together,
    "value_events": value_events,
    "rounds_needed": rounds_needed,
    "in_common": in_common,
}
