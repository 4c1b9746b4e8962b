"""Part 6: needed and present people by level and by skill."""

from fourfold.people import skill_days
from fourfold.plan import level_gap
from fourfold.planning.action import share
from fourfold.planning.view import Data, View


def team(view: View, action: Data, rows: list[Data]) -> Data:
    """Return needed and present person-days in four weeks, by level and by skill."""
    levels = view.entities("level")
    whole = sum(amount(row["days"]) for row in rows)
    needed = {level: whole * level_share(view, level) for level in levels}
    first = first_practice(action)
    if first:
        days = float(action["steps"][0]["days_a_month"])  # type: ignore[index]
        for level in levels:
            needed[level] += days * share(view, first, level)
    present = {level: view.amount(f"{level}_days") for level in levels}
    gap = view.keep("team", level_gap(needed, present, view.constant("team_slack")))
    wanted = _wanted(view, rows)
    have = {skill for skill in wanted if view.raw(f"skills[{skill}]") == "true"}
    known = any(f"skills[{skill}]" in view.facts.known for skill in wanted)
    return {
        **gap,
        "remedy": view.text("remedy"),
        "skills": _skills(view, wanted),
        "skills_missing": sorted(set(wanted) - have) if known else [],
        "skills_unknown": sorted(wanted) if not known else [],
        "skill_days": {skill: round(days, 1) for skill, days in wanted.items()},
        "employees": view.number("employees"),
    }


def amount(value: object) -> float:
    """Return a number of the plan's data."""
    assert isinstance(value, int | float)
    return float(value)


def level_share(view: View, level: str) -> float:
    """Return the share of a carrier's days that a level works."""
    lower = {name: view.constant(f"{name}_share") for name in view.entities("level")[:-1]}
    return lower.get(level, 1 - sum(lower.values()))


def first_practice(action: Data) -> str:
    """Return the practice of the one action, or none."""
    order = action.get("order")
    return str(order[0]["practice"]) if isinstance(order, list) and order else ""


def people_of(view: View) -> list[Data]:
    """Return the people that are named, with their person-days in four weeks and their skills."""
    found: list[Data] = []
    for record in view.facts.records.get("people", ()):
        days, skills = record.get("days"), record.get("skills")
        found.append(
            {"who": str(record.get("who", "")), "level": str(record.get("level", "")), "days": days / 10 if isinstance(days, int) else 0.0, "skills": list(skills) if isinstance(skills, tuple) else []}
        )
    return found


def owner_at(view: View, level: str) -> str:
    """Return who of a level has most days, or nobody where people are not named."""
    mine = [person for person in people_of(view) if person["level"] == level]
    return str(max(mine, key=lambda person: float(person["days"]))["who"]) if mine else ""  # type: ignore[arg-type]


def _wanted(view: View, rows: list[Data]) -> dict[str, float]:
    """Return the person-days by skill: those of a carrier in equal parts over the skills that it cannot be run without."""
    found: dict[str, float] = {}
    for row in rows:
        skills = view.options("carrier", str(row["carrier"]), "skills")
        for skill in skills:
            found[skill] = found.get(skill, 0.0) + float(row["days"]) / len(skills)  # type: ignore[arg-type]
    return {skill: found[skill] for skill in view.entities("skill") if skill in found}


def _skills(view: View, wanted: dict[str, float]) -> Data:
    """Return needed and present days by skill where people are named with skills, else nothing."""
    people = people_of(view)
    if not wanted or not any(person["skills"] for person in people):
        return {}
    plain = [{"who": person["who"], "days": person["days"], "skills": person["skills"]} for person in people]
    rows = view.keep("skills", skill_days({name: round(days, 2) for name, days in wanted.items()}, plain, view.constant("team_slack")))["rows"]
    assert isinstance(rows, dict)
    return rows
