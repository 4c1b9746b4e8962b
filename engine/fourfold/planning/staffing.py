"""Part 6: how a gap of people is closed: five ways weighed, what fights what, what is asked of other departments, and links."""

from datetime import date, timedelta

from fourfold.people import close_levels, way_for_skill
from fourfold.planning.calendar import first_week, workdays
from fourfold.planning.team import amount, level_share, owner_at
from fourfold.planning.view import Data, View

RECRUIT, TRAIN, BORROW, SIMPLIFY, REPLACE = "recruit", "train", "borrow", "simplify", "replace"
TRIALS = "channel_roi_test"
TO_STANDARD = 7  # days in a week of training


def staffing(view: View, people: Data, mat: Data, action: Data, sheet: Data | None) -> Data:
    """Return how missing days and missing skills are got, with what stands against each other way."""
    reserve = float(mat["money"]["reserve"])  # type: ignore[index]
    levels = list(view.entities("level"))
    cost = {level: view.figure("level", level, "day_cost") for level in levels}
    closed = view.keep("closing", close_levels(people["rows"], levels, view.constant("simplify_days"), cost, reserve))  # type: ignore[arg-type]
    needed_in = view.constant("prepare_days")
    skills = _skills(view, people, mat, reserve - amount(closed["cost"]), needed_in)
    taken = [way for way in (SIMPLIFY, BORROW) if closed[way]] + [str(item[key]) for item in skills for key in ("taken", "beside") if item[key]]
    used = [way for way in view.entities("staffing") if way in taken]
    is_open = bool(closed["shift"] or used or float(closed["open"]))  # type: ignore[arg-type]
    return {
        **closed,
        "needed_in": int(needed_in),
        "ways": [_way(view, way, closed, skills, needed_in) for way in view.entities("staffing")] if is_open else [],
        "skills": skills,
        "fights": _fights(view, [*used, RECRUIT] if used else []),  # a post is opened later: whoever drops work now hears of it
        "practice_fights": _practice_fights(view, action),
        "recruit": _recruit(view, closed, skills, sheet) if used else None,
    }


def _way(view: View, way: str, closed: Data, skills: list[Data], needed_in: float) -> Data:
    """Return a way with its time, cost and verdict: taken, or what stands against it."""
    lead = view.figure("staffing", way, "lead_days")
    mine = [str(item["skill"]) for item in skills if item["taken"] == way]
    later = [str(item["skill"]) for item in skills if item["beside"] == way]
    parts = closed[way] if way in (SIMPLIFY, BORROW) else {}
    assert isinstance(parts, dict)
    days = sum(amount(part) for part in parts.values())
    if days or mine:
        verdict = "taken"
    elif later:
        verdict = "begins"
    elif way == REPLACE:
        verdict = "new_goal"
    elif way == RECRUIT and not view.amount("proven_carriers"):
        verdict = "no_proof"
    elif lead > needed_in:
        verdict = "too_slow"
    else:
        verdict = "not_needed"
    money = sum((amount(item["costs"].get(way, 0)) for item in skills), amount(closed["cost"]) if way == BORROW else 0.0)  # type: ignore[attr-defined]
    return {
        "way": way,
        "verdict": verdict,
        "days": round(days, 1),
        "skills": mine,
        "later": later,
        "lead_days": int(lead),
        "full_days": int(view.figure("staffing", way, "full_days")),
        "own_days": view.figure("staffing", way, "own_days"),
        "cash": view.figure("staffing", way, "cash"),
        "cost": round(money),
    }


def _skills(view: View, people: Data, mat: Data, room: float, needed_in: float) -> list[Data]:
    """Return for each skill that nobody has, or not enough days of, how it is got."""
    rows: Data = people["skills"]  # type: ignore[assignment]
    missing: list[str] = people["skills_missing"]  # type: ignore[assignment]
    days: dict[str, float] = people["skill_days"]  # type: ignore[assignment]
    short = {name: float(row["gap"]) for name, row in rows.items() if float(row["gap"]) < 0}  # type: ignore[index]
    wanted = sorted({*missing, *short}, key=lambda name: (-days.get(name, 0.0), name))
    weeks = float(mat["money"]["weeks"])  # type: ignore[index]
    found: list[Data] = []
    for skill in wanted:
        path = next((item for item in view.entities("skill_path") if view.option("skill_path", item, "skill") == skill), "")
        if not path:
            continue
        lacking = round(-short[skill] if skill in short else days[skill], 1)
        item = _skill(view, skill, path, lacking, weeks, room, needed_in)
        room -= amount(item["cost"])
        found.append({**item, "able": rows[skill]["able"] if skill in rows else 0})  # type: ignore[index]
    return found


def _skill(view: View, skill: str, path: str, lacking: float, weeks: float, room: float, needed_in: float) -> Data:
    day_cost = view.figure("skill_path", path, "borrow_day_cost")
    order = list(dict.fromkeys([view.option("skill_path", path, "first_choice"), view.option("skill_path", path, "second_choice"), SIMPLIFY, BORROW, TRAIN, RECRUIT]))
    own = level_share(view, view.entities("level")[0])  # WHY: who is borrowed sets up, shows and reads; the daily work stays with own people
    borrowed = round(lacking * weeks / 4 * (1 - own), 1)
    cost = {SIMPLIFY: 0.0, BORROW: round(borrowed * day_cost), TRAIN: view.figure("staffing", TRAIN, "cash"), RECRUIT: view.figure("staffing", RECRUIT, "cash")}
    lead = {way: view.figure("staffing", way, "lead_days") for way in order}
    chosen = view.keep(f"skill_{skill}", way_for_skill(order, lead, needed_in, cost, room, int(view.amount("proven_carriers"))))
    taken, beside = str(chosen["taken"]), str(chosen["beside"])
    if beside == TRAIN and cost.get(taken, 0.0) + cost[TRAIN] > room:
        beside = ""
    costs = {way: round(cost[way]) for way in (taken, beside) if cost.get(way)}
    return {
        "skill": skill,
        "path": path,
        "days": lacking,
        "order": order,
        "taken": taken,
        "beside": beside,
        "verdicts": chosen["verdicts"],
        "costs": costs,
        "cost": sum(costs.values()),
        "borrowed": borrowed if taken == BORROW else 0.0,
        "day_cost": day_cost,
        "train_days": int(view.figure("skill_path", path, "train_weeks") * TO_STANDARD),
    }


def _fights(view: View, used: list[str]) -> list[list[str]]:
    """Return the pairs of ways in use, or coming, that set people against each other."""
    return [[way, other] for way in dict.fromkeys(used) for other in view.options("staffing", way, "fights") if other in used]


def _practice_fights(view: View, action: Data) -> list[list[str]]:
    """Return the pairs of planned practices that work against each other."""
    planned = [str(step["practice"]) for step in action["steps"]]  # type: ignore[attr-defined]
    return [[a, b] for place, a in enumerate(planned) for b in planned[place + 1 :] if b in view.options("practice", a, "conflicts_with") or a in view.options("practice", b, "conflicts_with")]


def _recruit(view: View, closed: Data, skills: list[Data], sheet: Data | None) -> Data:
    """Return when a post would be opened and filled, and what it would cost a month with all charges."""
    short = [level for level in view.entities("level") if closed["borrow"].get(level)]  # type: ignore[attr-defined]
    level = short[0] if short else list(view.entities("level"))[1]
    days = workdays(view)
    opens = date.fromisoformat(str(sheet["judged"])) if sheet else first_week(view)[0] + timedelta(weeks=4)
    opens = days.on_or_after(opens)
    lead = int(view.figure("staffing", RECRUIT, "lead_days"))
    return {
        "level": level,
        "skills": [item["skill"] for item in skills if item["taken"] == BORROW],
        "opens": opens.isoformat(),
        "filled": days.on_or_after(opens + timedelta(days=lead)).isoformat(),
        "lead_days": lead,
        "pay": round(view.figure("level", level, "month_pay") * view.constant("loaded_cost_factor")),
        "charges": view.constant("loaded_cost_factor"),
        "after_verdict": bool(sheet),
    }


# ---------------------------------------------------------------- requests and links


def requests(view: View, action: Data, rows: list[Data], sheet: Data | None) -> list[Data]:
    """Return what is asked of other departments: by which day, needed on which day, and whether the answer comes in time."""
    needs = _needs(view, action, rows, sheet)
    days, first = workdays(view), first_week(view)[0]
    found: list[Data] = []
    for request in view.entities("request"):
        using = [item for item in needs if item[1] in view.options("request", request, "practices")]
        to = view.option("request", request, "to")
        if not using or not _is_there(view, to):
            continue
        needed, practice = min(using)
        takes = int(view.figure("request", request, "days"))
        latest = days.before(needed, takes + 1)  # answered on the working day before it is needed
        ask_by = max(first, latest)
        level = view.option("request", request, "asked_by")
        found.append(
            {
                "request": request,
                "to": to,
                "practice": practice,
                "level": level,
                "who": owner_at(view, level),
                "days": takes,
                "ask_by": ask_by.isoformat(),
                "needed": needed.isoformat(),
                "in_time": latest >= first,
            }
        )
    return sorted(found, key=lambda item: (str(item["ask_by"]), str(item["needed"])))


def _is_there(view: View, department: str) -> bool:
    """Return whether a company of this kind has the department: with outlets, or by its business model."""
    models = view.options("department", department, "models")
    has_outlets = view.option("department", department, "with_outlets") != "true" or bool(view.number("outlets"))
    return has_outlets and (not models or view.text("business_model") in models)


def _needs(view: View, action: Data, rows: list[Data], sheet: Data | None) -> list[tuple[date, str]]:
    """Return the practices of the plan with the day on which each needs what was asked for.

    A trial needs it on its first day; an action when it was prepared for as long as a trial is, at its end at the latest.
    """
    steps: list[Data] = action["steps"]  # type: ignore[assignment]
    prepared = timedelta(days=int(view.constant("prepare_days")))
    found = [(min(workdays(view).on_or_after(date.fromisoformat(str(step["starts"])) + prepared), date.fromisoformat(str(step["ends"]))), str(step["practice"])) for step in steps]
    if sheet is None:
        return found
    begins = date.fromisoformat(str(sheet["first"]))
    tested = {str(row["carrier"]) for row in rows if row["role"] == "test"}
    return [*found, (begins, TRIALS), *((begins, p) for p in view.entities("practice") if tested & set(view.options("practice", p, "same_as")))]


def links(view: View, action: Data, sheet: Data | None, asked: list[Data]) -> list[Data]:
    """Return each output with who brings it and when, against the day on which the next step needs it."""
    found: list[Data] = []
    steps: list[Data] = action["steps"]  # type: ignore[assignment]
    for place, step in enumerate(steps):
        name = str(step["practice"])
        taker = next((later for later in steps[place + 1 :] if name in view.options("practice", str(later["practice"]), "starts_from")), None)
        taker = taker or next((later for later in steps[place + 1 :] if name in view.options("practice", str(later["practice"]), "works_with")), None)
        if view.words("practice", name, "output") and taker is not None:
            needed = str(taker["starts"])
            hard = name in view.options("practice", str(taker["practice"]), "starts_from")
            level = view.option("practice", name, "output_level")
            found.append(
                {
                    "kind": "practice",
                    "from": name,
                    "level": level,
                    "who": owner_at(view, level),
                    "ready": step["ends"],
                    "to": taker["practice"],
                    "needed": needed,
                    "hard": hard,
                    "in_time": str(step["ends"]) <= needed,
                }
            )
    if sheet:
        days = workdays(view)
        signed = days.on_or_before(date.fromisoformat(str(sheet["first"])) - timedelta(days=1))
        lead, senior = view.entities("level")[-1], view.entities("level")[1]
        for kind, level in (("codes", senior), ("sheet", lead)):
            found.append({"kind": kind, "from": "", "level": level, "who": owner_at(view, level), "ready": signed.isoformat(), "to": TRIALS, "needed": sheet["first"], "hard": True, "in_time": True})
    found += [
        {
            "kind": "request",
            "from": item["request"],
            "level": item["level"],
            "who": item["who"],
            "ready": _answered(view, item),
            "to": item["practice"],
            "needed": item["needed"],
            "hard": True,
            "in_time": item["in_time"],
        }
        for item in asked
    ]
    return found


def _answered(view: View, item: Data) -> str:
    """Return the working day on which a request is answered."""
    days, day = workdays(view), date.fromisoformat(str(item["ask_by"]))
    for _ in range(int(item["days"])):  # type: ignore[call-overload]
        day = days.on_or_after(day + timedelta(days=1))
    return day.isoformat()
