"""Methods of people and time: the first week, days by skill, closing a gap of people, what is reached by when.

Each returns a Line that can be computed again from its inputs. No threshold, name or text stands here.
"""

import math
from collections.abc import Callable
from typing import Any

from fourfold.line import Line, line

Numbers = dict[str, float]
Rows = list[dict[str, Any]]
SMALLEST = 0.1  # a tenth of a day, about an hour: nothing smaller is planned


def week_tasks(tasks: Rows, people: Rows, levels: list[str], days: list[str]) -> Line:
    """Return who does which task of the first week, for how many days and by which day; nobody beyond the own days.

    A task has `id`, `level`, `days`, `skills`, `first` (done on the first day) and `who` (empty, or who said it).
    A person has `who`, `level`, `days` (of this week) and `skills`. A task goes to its `who`, then to who has the
    most of its skills, then to whom it weighs least by the own days; nobody of its level stays without one while there are tasks. Where a level has no
    days left it goes up to the next of `levels` that has, then down, else it waits. A person's days lie evenly over the week, so
    the day by which a task is done follows from what came before it.
    """
    left = [math.floor(round(person["days"] / SMALLEST, 6)) for person in people]
    whole = list(left)
    given: Rows = []
    waiting: Rows = []
    count = [0] * len(people)
    for place, task in enumerate(tasks):
        hands = _hands(task, people, levels, left)
        if not hands:
            waiting.append({"id": task["id"], "days": task["days"]})
            continue
        level = people[hands[0]]["level"]
        idle = [at for at in hands if not count[at]]
        remaining = sum(1 for other in tasks[place:] if other["level"] == task["level"])
        who = _choice(task, people, whole, left, idle if idle and remaining <= len(idle) and not task["who"] else hands)
        units = min(left[who], max(1, math.ceil(round(task["days"] / SMALLEST, 6))))
        left[who] -= units
        count[who] += 1
        given.append({"id": task["id"], "who": who, "level": level, "days": round(units * SMALLEST, 1), "first": bool(task.get("first"))})
    given += _helping(given, tasks, people, whole, count)
    return line({"given": _dated(given, people, whole, days), "waiting": waiting}, "week_tasks", tasks=tasks, people=people, levels=levels, days=days)


def _hands(task: dict[str, Any], people: Rows, levels: list[str], left: list[int]) -> list[int]:
    """Return who can take a task: people of its level with time left, else those of the next level that has any."""
    own = levels.index(task["level"])
    for level in levels[own:] + levels[:own][::-1]:
        found = [at for at, person in enumerate(people) if person["level"] == level and left[at] > 0]
        if found:
            return found
    return []


def _choice(task: dict[str, Any], people: Rows, whole: list[int], left: list[int], hands: list[int]) -> int:
    def rank(at: int) -> tuple[bool, float, float, int]:
        able = len(set(task["skills"]) & set(people[at]["skills"]))
        return not task["who"] or people[at]["who"] != task["who"], -able, (whole[at] - left[at] + 1) / whole[at], at

    return min(hands, key=rank)


def _helping(given: Rows, tasks: Rows, people: Rows, whole: list[int], count: list[int]) -> Rows:
    """Return who has no task beside the largest one of the own level, which is shared."""
    size = {task["id"]: task["days"] for task in tasks}
    found: Rows = []
    for at, person in enumerate(people):
        if count[at] or not whole[at]:
            continue
        mine = [item for item in given if item["level"] == person["level"]] or given
        if mine:
            most = max(mine, key=lambda item: (size[item["id"]], -item["who"]))
            found.append({**most, "who": at, "days": round(min(whole[at] * SMALLEST, most["days"]), 1), "first": False})
    return found


def _dated(given: Rows, people: Rows, whole: list[int], days: list[str]) -> Rows:
    """Return the tasks by person with the day by which each is done."""
    found: Rows = []
    for at, person in enumerate(people):
        spent = 0.0
        for item in sorted((item for item in given if item["who"] == at), key=lambda item: not item["first"]):
            spent += item["days"]
            share = spent / (whole[at] * SMALLEST)
            day = 0 if item["first"] else min(len(days), max(1, math.ceil(round(share * len(days), 6)))) - 1
            found.append({"id": item["id"], "who": person["who"], "level": person["level"], "days": item["days"], "by": days[day]})
    return found


def skill_days(needed: Numbers, people: Rows, slack: float) -> Line:
    """Return by skill the person-days needed with slack and those of people who have it, no day counted twice.

    The skill that fewest people have takes its days first, from whoever has fewest other skills.
    A person has `days` and `skills`.
    """
    left = [float(person["days"]) for person in people]
    rows: dict[str, dict[str, Any]] = {}
    for skill in sorted(needed, key=lambda name: (sum(name in person["skills"] for person in people), name)):
        want = needed[skill] * (1 + slack)
        able = sorted((at for at, person in enumerate(people) if skill in person["skills"]), key=lambda at: (len(people[at]["skills"]), -left[at], at))
        rest = want
        for at in able:
            taken = min(rest, left[at])
            left[at] -= taken
            rest -= taken
        rows[skill] = {"needed": round(needed[skill], 1), "with_slack": round(want, 1), "present": round(want - rest, 1), "gap": round(-rest, 1) + 0.0, "able": len(able)}
    return line({"rows": {name: rows[name] for name in needed}}, "skill_days", needed=needed, people=people, slack=slack)


def close_levels(rows: dict[str, Numbers], levels: list[str], most_simplified: float, day_cost: Numbers, room: float) -> Line:
    """Return how missing days of levels are closed, in this order, and what is open then.

    1. Shift: a level above that has days to spare takes over. 2. Simplify: up to `most_simplified` days in
    all. 3. Borrow: the rest at `day_cost` a day, as far as `room` pays for it. `rows` as of `level_gap`;
    `levels` from the lowest; days in tenths.
    """
    gap = {level: float(rows[level]["gap"]) for level in levels}
    shift: Rows = []
    for place, level in enumerate(levels):
        for above in levels[place + 1 :]:
            days = round(min(-gap[level], gap[above]), 1)
            if days > 0:
                gap[level], gap[above] = round(gap[level] + days, 1), round(gap[above] - days, 1)
                shift.append({"from": level, "to": above, "days": days})
    simplify: Numbers = {}
    borrow: Numbers = {}
    spare, money = most_simplified, room
    for level in levels:
        fewer = round(min(max(0.0, -gap[level]), spare), 1)
        if fewer > 0:
            simplify[level], spare, gap[level] = fewer, round(spare - fewer, 1), round(gap[level] + fewer, 1)
    for level in levels:
        more = math.floor(round(min(max(0.0, -gap[level]), money / day_cost[level] if day_cost[level] > 0 else 0.0) * 10, 6)) / 10
        if more > 0:
            borrow[level], gap[level] = more, round(gap[level] + more, 1)
            money -= more * day_cost[level]
    value = {"shift": shift, "simplify": simplify, "borrow": borrow, "cost": round(room - money), "after": gap, "open": round(-sum(days for days in gap.values() if days < 0), 1) + 0.0}
    return line(value, "close_levels", rows=rows, levels=levels, most_simplified=most_simplified, day_cost=day_cost, room=room)


def way_for_skill(order: list[str], lead_days: Numbers, needed_in: float, cost: Numbers, room: float, proven: int) -> Line:
    """Return which way gets a missing skill, and what stands against each other way.

    `order` are the ways from the best for this skill on. Taken is the first that gives results within
    `needed_in` days, costs no more than `room`, and, if it is recruiting, comes after proof. `verdicts`
    are taken, too_slow, too_dear, no_proof, or not_needed for what comes after the one that is taken; `beside` is a
    better way that is only too slow and begins now for later.
    """
    verdicts: dict[str, str] = {}
    taken = ""
    for way in order:
        if way == "recruit" and not proven:
            verdicts[way] = "no_proof"
        elif lead_days[way] > needed_in:
            verdicts[way] = "too_slow"
        elif cost[way] > room:
            verdicts[way] = "too_dear"
        elif taken:
            verdicts[way] = "not_needed"
        else:
            taken, verdicts[way] = way, "taken"
    beside = next((way for way in order if verdicts[way] == "too_slow" and (not taken or order.index(way) < order.index(taken))), "")
    return line({"taken": taken, "verdicts": verdicts, "beside": beside}, "way_for_skill", order=order, lead_days=lead_days, needed_in=needed_in, cost=cost, room=room, proven=proven)


def milestones(now: Numbers, needed: Numbers, covered: float, days: int, after: list[int]) -> Line:
    """Return what each factor has to show after so many days, if the plan covers `covered` per cent of its gap in `days`.

    now x (needed / now) ^ (covered share x days passed / days): the same growth every day, as the log split
    spreads the gap. Source: gap procedure, step 3.
    """
    rows = [
        {name: round(value * (needed[name] / value) ** (covered / 100 * min(1.0, passed / days)), 4) if value > 0 and needed[name] > 0 and days > 0 else value for name, value in now.items()}
        for passed in after
    ]
    return line({"rows": rows}, "milestones", now=now, needed=needed, covered=covered, days=days, after=after)


METHODS: dict[str, Callable[..., Line]] = {
    "week_tasks": week_tasks,
    "skill_days": skill_days,
    "close_levels": close_levels,
    "way_for_skill": way_for_skill,
    "milestones": milestones,
}
