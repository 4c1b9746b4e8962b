"""Part 4: the carriers by role, money and people, stages, hand-overs, worth, value of one visit."""

from fourfold.decide import Values, select
from fourfold.model import Selection
from fourfold.plan import money_lines, visit_value, worth
from fourfold.planning.calendar import trial_days
from fourfold.planning.objective import factor_value
from fourfold.planning.view import Data, View

ROLES = ("run", "test", "keep")
SELECTIONS = {"run": "chosen_carriers", "test": "trial_carriers", "keep": "keep_carriers"}


def matrix(view: View, gap: Data) -> Data:
    """Return the matrix of carriers with money, people and hand-overs."""
    rows = [_row(view, carrier, role) for role in ROLES for carrier in view.members(SELECTIONS[role])]
    used = {str(row["carrier"]) for row in rows}
    return {
        "rows": rows,
        "sections": {name: [row["carrier"] for row in rows if row["matrix"] == name] for name in view.entities("matrix")},
        "not_chosen": _not_chosen(view, used),
        "coverage": _coverage_rows(view),
        "money": _money(view, rows),
        "days": {"used": view.amount("days_in_use"), "with_slack": view.amount("days_with_slack"), "present": view.amount("person_days"), "left": view.amount("days_left")},
        "handovers": _handovers(view),
        "worth": _worth(view, gap),
        "visit": _visit(view, gap),
    }


def _row(view: View, carrier: str, role: str) -> Data:
    money = {"run": view.amount("carrier_budget", carrier), "test": view.amount("trial_cap"), "keep": 0.0}[role]
    if role == "keep":
        money = min(view.amount("keep_room"), view.amount("running_level", carrier))
    return {
        "carrier": carrier,
        "role": role,
        "matrix": view.option("carrier", carrier, "matrix"),
        "job": view.option("carrier", carrier, "job"),
        "money": money,
        "days": view.figure("carrier", carrier, "floor_days"),
        "full_days": view.amount("running_people", carrier),
        "running_level": view.amount("running_level", carrier),
        "floor": view.amount("floor", carrier),
        "entry_cash": 0.0 if view.holds("open", carrier) else view.figure("carrier", carrier, "entry_cash"),
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
                "entry_cash": view.figure("carrier", carrier, "entry_cash"),
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
    return "rank"


def _money(view: View, rows: list[Data]) -> Data:
    """Return the money of one round (trials) or month (running) as lines that add up."""
    testing = view.text("strategy") == "focus_testing"
    months = view.figure("business_model", view.text("business_model"), "trial_months")
    total = int(view.amount("test_money")) if testing else int(view.amount("monthly_budget"))
    lines: dict[str, int] = {}
    left = total
    for row in rows:
        amount = float(row["money"])  # type: ignore[arg-type]
        if row["role"] == "test" and not testing:
            amount = amount / months
        if row["role"] == "keep" and testing:
            amount = amount * months
        lines[str(row["carrier"])] = min(left, int(amount))
        left -= lines[str(row["carrier"])]
    value = view.keep("money", money_lines(total, lines))
    return {"period": "round" if testing else "month", "months": months, "days": trial_days(view), "total": total, **value, "entry_cash": sum(_float(row["entry_cash"]) for row in rows)}


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


def _float(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)
