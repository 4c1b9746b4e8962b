"""The two jobs with a plan of their own: bringing items on sale, and putting right what was not said clearly."""

from datetime import date, timedelta

from fourfold.measuring import floor_price, rank_items, title_faults
from fourfold.planning.calendar import next_monday
from fourfold.planning.view import Data, View

NONE = "none"
LIVE = "listing_9_live"
SATURDAY = 5
BESIDE = {"same": "listing_same_same", "similar": "listing_same_similar", "better": "listing_same_better", "fake": "listing_same_fake"}
GRADES = {"unclear": "clarify_unclear", "promise": "clarify_promise", "harm": "clarify_harm"}
SEASONS = {"now": 1.0, "soon": 0.5}  # what is soon wanted counts half of what is wanted now; judged, no source


def job(view: View) -> Data:
    """Return the plan of the job that this company's case is, or only that it is none."""
    name = view.text("job_plan")
    if name == NONE:
        return {"job": NONE}
    monday = next_monday(view.as_of)
    steps: list[Data] = [_step(view, step, monday) for step in view.entities("job_step") if view.option("job_step", step, "job") == name]
    levels: dict[str, list[str]] = {}
    for record in view.facts.records.get("people", ()):
        levels.setdefault(str(record.get("level", "")), []).append(str(record.get("who", "")))
    for step in steps:
        step["who"] = (levels.get(str(step["level"])) or [""])[0]
    data: Data = {
        "job": name,
        "rules": view.speaking("job_plan"),
        "steps": steps,
        "fields": list(dict.fromkeys(field for step in steps for field in step["fields"])),  # type: ignore[attr-defined]
        "practices": list(view.options("job", name, "practices")),
    }
    return data | (_listing(view) if name == "listing" else _clarification(view))


def _step(view: View, step: str, monday: date) -> Data:
    day = int(view.figure("job_step", step, "day"))
    return {
        "step": step,
        "date": _date(view, step, monday, day).isoformat(),
        "day": day,
        "level": view.option("job_step", step, "level"),
        "minutes": int(view.figure("job_step", step, "minutes")),
        "fields": list(view.options("job_step", step, "fields")),
        "stops": view.words("job_step", step, "stop_rule") is not None,
        "check": view.words("job_step", step, "check") is not None,
        "next_needs": view.words("job_step", step, "next_needs") is not None,
    }


def _date(view: View, step: str, monday: date, day: int) -> date:
    """Return the day of a step; the looks after going live count in days of the calendar, as customers do."""
    if view.option("job_step", step, "job") == "listing":
        live = int(view.figure("job_step", LIVE, "day"))
        if day > live:
            found = _working_day(monday, live) + timedelta(days=day - live)
            return found if found.weekday() < SATURDAY else next_monday(found)
    return _working_day(monday, day)


def _working_day(monday: date, count: int) -> date:
    """Return the working day that is so many working days after a Monday (0 and 1 are the Monday itself)."""
    weeks, day = divmod(max(0, count - 1), 5)
    return monday + timedelta(weeks=weeks, days=day)


# ---------------------------------------------------------------- listing


def _listing(view: View) -> Data:
    """Return the items in their rank with hours, titles, floor prices and answers to the same item."""
    records = [record for record in view.facts.records.get("items", ()) if record.get("item")]
    weights = {key: view.constant(f"listing_weight_{key}") for key in ("demand", "margin", "season", "stock")}
    target, own = view.constant("listing_minutes"), view.number("own_minutes")
    items = [_item(view, record) for record in records]
    minutes = own if own is not None else target
    shares = {"first": view.constant("first_fifth"), "last": view.constant("template_third"), "hours": view.constant("listing_first_fifth_hours")}
    ranked = view.keep("rank", rank_items(items, weights, shares, minutes))["rows"] if items else []
    order = {str(row["item"]): row for row in ranked}  # type: ignore[attr-defined]
    rows = sorted(({**_checked(view, record, records), **order[str(record["item"])]} for record in records), key=lambda row: row["rank"])
    slow = own is not None and own > target
    return {
        "items": rows,
        "minutes": {"own": own, "target": target, "sum": sum(int(view.figure("job_step", step, "minutes")) for step in view.entities("job_step") if _before_live(view, step)), "slow": slow},
        "answers": _answers(view, rows, slow=slow),
    }


def _before_live(view: View, step: str) -> bool:
    return view.option("job_step", step, "job") == "listing" and view.figure("job_step", step, "day") <= view.figure("job_step", LIVE, "day")


def _item(view: View, record: dict[str, object]) -> dict[str, object]:
    price, cost = _money(record.get("price")), _money(record.get("cost"))
    kept = price * (1 - view.amount("take_of_platform")) - cost
    season = SEASONS.get(str(record.get("season")), 0.0)
    return {"item": str(record["item"]), "demand": float(_count(record.get("searches"))), "margin": max(0.0, kept), "season": season, "stock": float(_count(record.get("stock")))}


def _checked(view: View, record: dict[str, object], others: list[dict[str, object]]) -> Data:
    """Return what is said of one item: faults of its title, its lowest paying price, what to do beside the same item."""
    title, price, rival = str(record.get("title", "")), _money(record.get("price")), _money(record.get("rival_price"))
    faults = title_faults(title, [str(other.get("title", "")) for other in others if other is not record], int(view.constant("title_limit")), int(view.constant("early_titles")))
    floor = view.keep(f"floor_{record['item']}", floor_price(_money(record.get("cost")), view.amount("take_of_platform"), view.amount("return_rate")))["floor"]
    assert isinstance(floor, float)
    beside = str(record.get("beside", ""))
    choice = (
        "price_unknown" if not price else "below_floor" if price < floor else "leave_or_supplier" if rival and rival < floor else "match" if rival and rival < price and beside == "same" else "keep"
    )
    return {
        "item": str(record["item"]),
        "title": title,
        "faults": faults if title else ["missing"],
        "price": price or None,
        "floor": floor,
        "rival": rival or None,
        "beside": beside,
        "answer": BESIDE.get(beside, ""),
        "choice": choice,
    }


def _answers(view: View, rows: list[Data], *, slow: bool) -> list[str]:
    """Return the rules of the job that this list calls for, in the order of the knowledge."""
    wanted = {str(row["answer"]) for row in rows} | ({"listing_slow"} if slow else set())
    wanted |= {"listing_price_supplier"} if any(row["choice"] == "leave_or_supplier" for row in rows) else set()
    wanted |= {"listing_twins"} if any("twin" in row["faults"] for row in rows) else set()  # type: ignore[operator]
    wanted |= {"listing_price_followed"} if any(row["choice"] == "match" for row in rows) else set()
    return [rule for rule in view.entities("job_rule") if rule in wanted]


def _money(value: object) -> float:
    return value / 100 if isinstance(value, int) else 0.0


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


# ---------------------------------------------------------------- clarification


def _clarification(view: View) -> Data:
    """Return the grade of the case, how many are to be told, and the hours that hold."""
    grade = view.text("clarify_grade")
    people = int(view.amount("misled_people"))
    settle = view.figure("job_step", "clarification_7_settle", "minutes") + view.figure("job_step", "clarification_6_tell", "minutes")
    return {
        "grade": grade,
        "grade_rules": view.speaking("clarify_grade"),
        "answers": [GRADES[grade], "clarify_partners"] + (["clarify_article_only"] if view.holds("only_a_text") else []),
        "people": people,
        "hours": round(people * settle / 60, 1),
        "first_word": view.constant("clarify_first_word_hours"),
        "watch": view.constant("clarify_watch_hours"),
    }
