"""Part 4: the carriers by role, money and people, stages, hand-overs, worth, value of one visit."""

from fourfold.decide import Values, select
from fourfold.model import Selection
from fourfold.plan import visit_value, worth
from fourfold.planning.money import first_step, money
from fourfold.planning.objective import factor_value
from fourfold.planning.view import Data, View

ROLES = ("run", "test", "keep")
SELECTIONS = {"run": "chosen_carriers", "test": "trial_carriers", "keep": "keep_carriers"}


def matrix(view: View, gap: Data, action: Data) -> Data:
    """Return the matrix of carriers with money, people and hand-overs."""
    rows = [_row(view, carrier, role) for role in ROLES for carrier in view.members(SELECTIONS[role])]
    used = {str(row["carrier"]) for row in rows}
    return {
        "rows": rows,
        "sections": {name: [row["carrier"] for row in rows if row["matrix"] == name] for name in view.entities("matrix")},
        "not_chosen": _not_chosen(view, used),
        "coverage": _coverage_rows(view),
        "money": money(view, rows, first_step(action)),
        "days": _days(view, first_step(action)),
        "handovers": _handovers(view),
        "worth": _worth(view, gap),
        "visit": _visit(view, gap),
    }


def _days(view: View, step: Data | None) -> Data:
    """Return the person-days in use by carriers and by the one action, and those that are free."""
    used, present = view.amount("days_in_use"), view.amount("person_days")
    action = float(step["days_a_month"]) if step else 0.0  # type: ignore[arg-type]
    return {"used": used, "with_slack": view.amount("days_with_slack"), "present": present, "action": action, "left": round(present - used - action, 1)}


def _row(view: View, carrier: str, role: str) -> Data:
    return {
        "carrier": carrier,
        "role": role,
        "matrix": view.option("carrier", carrier, "matrix"),
        "job": view.option("carrier", carrier, "job"),
        "days": view.amount("run_days", carrier) if role == "run" else view.figure("carrier", carrier, "floor_days"),
        "full_days": view.amount("running_people", carrier),
        "running_level": view.amount("running_level", carrier),
        "raised": role == "run" and view.amount("carrier_budget", carrier) > view.amount("running_level", carrier),
        "floor": view.amount("floor", carrier),
        "opening": view.amount("opening", carrier),
        "standing": view.text("standing", carrier),
        "rules": view.speaking(f"fits[{carrier}]"),
    }


def _coverage_rows(view: View) -> list[Data]:
    return [
        {"carrier": c, "floor": view.amount("floor", c), "running_level": view.amount("running_level", c), "people": view.amount("running_people", c), "source": _origin(view, c)}
        for c in view.entities("carrier")
        if view.holds("fits", c)
    ]


def _origin(view: View, carrier: str) -> str:
    view.figure("carrier", carrier, "running_money")
    return f"carrier.running_money[{carrier}]"


def _not_chosen(view: View, used: set[str]) -> list[Data]:
    """Return each fitting carrier that is not used, with what became of it on the walk."""
    fates = {name: _fates(view, name) for name in SELECTIONS.values()}
    found = []
    for carrier in view.entities("carrier"):
        if carrier in used or not view.holds("fits", carrier):
            continue
        fate = fates["trial_carriers"].get(carrier, "")
        found.append(
            {
                "carrier": carrier,
                "why": _why_left(view, carrier, fate),
                "floor": view.amount("floor", carrier),
                "days": view.figure("carrier", carrier, "floor_days"),
                "opening": view.amount("opening", carrier),
            }
        )
    return found


def _fates(view: View, name: str) -> dict[str, str]:
    node = next((node for node in view.book.nodes if isinstance(node, Selection) and node.term == name), None)
    values: Values = dict(view.decision.values)
    return dict(select(node, values)) if node else {}


def _why_left(view: View, carrier: str, fate: str) -> str:
    if fate == "at most":
        return "rank"
    if fate.startswith("within"):
        return "people"
    if not view.holds("reachable", carrier):
        return "entry"
    if view.figure("carrier", carrier, "floor_days") > view.amount("half_days"):
        return "people"
    if view.option("carrier", carrier, "job") == "keep":
        return "keeps"
    if view.amount("floor", carrier) > view.amount("equal_cap"):
        return "floor"
    if view.amount("outlay", carrier) > view.amount("equal_cap"):
        return "entry"
    return "rank"


def _handovers(view: View) -> list[Data]:
    return [
        {
            "handover": name,
            "giver": view.option("handover", name, "giver"),
            "taker": view.option("handover", name, "taker"),
            "hours": int(view.figure("handover", name, "hours")),
            "seed": view.option("handover", name, "method_seed") == "true",
        }
        for name in view.entities("handover")
    ]


def _worth(view: View, gap: Data) -> Data:
    """Return whether closing the gap pays, and what a new customer may cost."""
    data: Data = {"bar": view.amount("event_bar"), "customer_bar": view.amount("success_bar")}
    if gap.get("known") and float(gap["gap"]) > 0:  # type: ignore[arg-type]
        data |= view.keep("worth", worth(float(gap["gap"]), view.amount("gross_margin"), view.amount("return_rate"), view.amount("monthly_budget")))  # type: ignore[arg-type]
    return data


def _visit(view: View, gap: Data) -> Data | None:
    """Return the value of one visit for the models that sell on the visit."""
    if view.text("business_model") != "ecommerce":
        return None
    rows: dict[str, float] = {}
    for row in gap.get("rows") or []:  # type: ignore[attr-defined]
        rows[str(row["term"])] = float(row["needed"])
    order, conversion, repeat = view.amount("average_order_value"), view.amount("pay_conversion"), factor_value(view, "repeat_orders")
    return view.keep(
        "visit",
        visit_value(
            order,
            conversion,
            repeat,
            rows.get("repeat_orders", repeat),
            rows.get("average_order_value", order),
            rows.get("pay_conversion", conversion),
            view.constant("value_aim"),
        ),
    )
