"""Sections beside each other: what each stands for, whether they serve the stage, fight for traffic, or win by passing on."""

from fourfold.measuring import acceptance, claims, together
from fourfold.planning.view import Data, View

LEADING = 3
MONTH_DAYS = 30.44


def sections(view: View, mat: Data, action: Data) -> Data:
    """Return the sections on one schema, what the stage's leading modules lack, conflicts, hand-overs, and the worth together."""
    rows = mat["rows"]
    assert isinstance(rows, list)
    stage = view.text("stage")
    used = {str(row["matrix"]) for row in rows}
    modules = _modules(view, used, action)
    leading = [name for name in view.entities("module") if view.figure("module", name, "weight", stage) >= LEADING]
    return {
        "rows": [{"matrix": name, "carriers": [row["carrier"] for row in rows if row["matrix"] == name], "used": name in used} for name in view.entities("matrix")],
        "leading": leading,
        "unserved": [name for name in leading if name not in modules],
        "conflicts": [name for name in view.entities("kpi_conflict") if {view.option("kpi_conflict", name, "first"), view.option("kpi_conflict", name, "second")} <= modules],
        "overlaps": _overlaps(view, rows),
        "claims": _claims(view),
        "measures": [name for name in view.entities("stage_measure") if view.holds("measure_alarm", name)],
        "acceptance": _acceptance(view),
        "signs": {name: int(view.figure("sign", name, "points")) for name in view.entities("sign")} if "community" in used or view.raw("group_members") else {},
        "points": int(view.constant("handover_points")),
        "together": _together(view, action),
    }


def _modules(view: View, used: set[str], action: Data) -> set[str]:
    """Return the modules at work: those of the sections in use and of the steps."""
    steps = {str(step["module"]) for step in action["steps"]}  # type: ignore[attr-defined]
    return steps | {module for name in used for module in view.options("matrix", name, "modules")}


def _overlaps(view: View, rows: list[Data]) -> list[Data]:
    """Return pairs of carriers that look for the same people in one ecosystem."""
    finders = [str(row["carrier"]) for row in rows if row["job"] == "find"]
    found: list[Data] = []
    for name in view.entities("ecosystem"):
        inside = [carrier for carrier in finders if carrier in view.options("ecosystem", name, "carriers")]
        if len(inside) > 1:
            found.append({"ecosystem": name, "carriers": inside})
    return found


def _claims(view: View) -> Data | None:
    """Return whether carriers count more orders in the time of their results than there were."""
    records = [record for record in view.facts.records.get("results", ()) if isinstance(record.get("conversions"), int) and isinstance(record.get("from"), int)]
    if len({record.get("carrier") for record in records}) < 2 or not view.is_given("monthly_orders"):
        return None
    latest = {str(record["carrier"]): record for record in sorted(records, key=lambda record: int(str(record["to"])))}
    first, last = min(int(str(item["from"])) for item in latest.values()), max(int(str(item["to"])) for item in latest.values())
    counted = {name: float(str(item["conversions"])) for name, item in latest.items()}
    return view.keep("claims", claims(counted, view.amount("monthly_orders") * (last - first + 1) / MONTH_DAYS))


def _acceptance(view: View) -> Data | None:
    handed, accepted = view.number("handed_over"), view.number("accepted")
    if not handed or accepted is None:
        return None
    return view.keep("acceptance", acceptance(handed, accepted, view.constant("accepted_share")))


def _together(view: View, action: Data) -> Data | None:
    """Return what the modules of the steps bring alone and together: of each step its strongest weighted effect on the gap, as a share."""
    offered = dict(view.lines["cover"].inputs)["practices"]
    gains: dict[str, float] = {}
    for step in action["steps"]:  # type: ignore[attr-defined]
        effects = [effect * weight for effect, weight, _ in offered[step["practice"]]["effects"].values()]  # type: ignore[index]
        module = str(step["module"])
        gains[module] = round(gains.get(module, 0.0) + max(effects, default=0.0), 4)
    return view.keep("together", together(gains)) if len(gains) > 1 else None
