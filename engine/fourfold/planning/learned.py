"""Looking back: what results taught, which part of the method is missing, who lacks the shared skills, theories and layers behind the rules."""

from fourfold.measuring import in_common
from fourfold.model import Table
from fourfold.planning.view import Data, View

SHARED = ("measurement", "conversation")
LONGEST = 6
OUTCOMES = {"cut": "misses", "promising": "meets", "proven": "meets"}


def learned(view: View) -> Data:
    """Return what was learned and how sound the plan's own footing is."""
    return {
        "results": _results(view),
        "proposed": _proposed(view),
        "parts": [{"part": name, "missing": view.holds("parts_missing", name)} for name in view.entities("method_part")],
        "shared_skills": _shared(view),
        "speaks": _speaks(view),
        "theories": _theories(view),
    }


def _results(view: View) -> list[Data]:
    """Return for each carrier with a counted result: spend, events, cost of one, reading and standing."""
    found: list[Data] = []
    for record in view.facts.records.get("results", ()):
        carrier, spend, count = str(record.get("carrier", "")), record.get("spend"), record.get("conversions")
        if not isinstance(spend, int) or not isinstance(count, int):
            continue
        cost = spend / 100 / count if count else None
        found.append(
            {"carrier": carrier, "spend": spend / 100, "events": count, "cost": round(cost, 2) if cost else None, "reading": view.text("reading", carrier), "standing": view.text("standing", carrier)}
        )
    return found[-LONGEST:]


def _proposed(view: View) -> list[Data]:
    """Return what several carriers of a section had in common: a rule to be confirmed, with the carriers it comes from."""
    tried = [carrier for carrier in view.entities("carrier") if view.text("standing", carrier) in OUTCOMES]
    groups: dict[str, list[str]] = {}
    for carrier in tried:
        groups.setdefault(view.option("carrier", carrier, "matrix"), []).append(OUTCOMES[view.text("standing", carrier)])
    found = view.keep("in_common", in_common(groups, int(view.constant("like_cases"))))["rules"]
    assert isinstance(found, dict)
    return [{"matrix": name, "outcome": outcome, "carriers": [carrier for carrier in tried if view.option("carrier", carrier, "matrix") == name]} for name, outcome in found.items()]


def _shared(view: View) -> list[Data]:
    """Return each named person who lacks the skills that every role needs: reading figures, and reaching people."""
    found: list[Data] = []
    for record in view.facts.records.get("people", ()):
        skills = record.get("skills")
        lacks = [skill for skill in SHARED if skill in view.entities("skill") and isinstance(skills, tuple) and skill not in skills]
        if lacks:
            found.append({"who": str(record.get("who", "")), "lacks": lacks})
    return found


def _speaks(view: View) -> Data:
    """Return the rules that spoke on the direction (proven for all companies) and those on carrying it out."""
    wanted = ("strategy", "reach_all", "stage", "core_share", "trial_count", "remedy", "plan_form")
    first = next((name for name in view.entities("practice") if view.holds("usable", name)), "")
    found: dict[str, list[str]] = {"direction": [], "execution": []}
    for hit in view.decision.hits:
        if hit.term in wanted or hit.term == f"usable[{first}]":
            found["direction" if hit.term.partition("[")[0] in view.book.proved else "execution"].append(hit.rule)
    return dict(found)


def _theories(view: View) -> list[Data]:
    """Return the theories behind the tables that spoke, each with its tables."""
    spoke = {node.table for node in view.book.nodes if isinstance(node, Table)}
    found: list[Data] = []
    for name in view.entities("theory"):
        words = view.words("theory", name, "tables")
        mine = [table for table in (words.text("en").split(", ") if words else []) if table in spoke]
        if mine:
            found.append({"theory": name, "tables": mine})
    return found
