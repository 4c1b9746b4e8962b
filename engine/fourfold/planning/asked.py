"""Who asks, and for what: the form of the plan, the gap of the own sector, a means that was brought along."""

from fourfold.plan import greedy_cover
from fourfold.planning.action import Offer, offers
from fourfold.planning.view import Data, View

NODES_SHOWN = 5
TEAM_TREE = "team"


def asked(view: View, gap: Data, action: Data) -> Data:
    """Return the form of the plan and its owner, the own gap where a sector or task is wanted, and what a brought means leaves open."""
    form = view.text("plan_form")
    return {
        "form": form,
        "owner": view.text("plan_owner"),
        "by": view.text("asked_by"),
        "rules": view.speaking("plan_form"),
        "own": own_gap(view, gap, form) if form in ("task", "sector") else None,
        "brought": _brought(view, action),
    }


def own_gap(view: View, gap: Data, form: str) -> Data:
    """Return the small numbers of the own module that the level looks after, and their share of the company's gap."""
    module, level = view.text("own_module"), view.text("asked_by")
    model = view.text("business_model")
    mine = _nodes(view, model, module)
    tree = model if mine else TEAM_TREE
    mine = mine or _nodes(view, TEAM_TREE, module)
    first = [node for node in mine if view.option("gap_node", node, "level") == level]
    nodes = (first or mine)[: 1 if form == "task" else NODES_SHOWN]
    shares = gap.get("dimensions") or {}
    assert isinstance(shares, dict)
    dimensions = dict.fromkeys(view.option("gap_node", node, "dimension") for node in nodes)
    usable = [name for node in nodes for name in view.options("gap_node", node, "practices") if view.holds("usable", name)]
    return {
        "module": module,
        "tree": tree,
        "nodes": [{"node": node, "dimension": view.option("gap_node", node, "dimension"), "factor": view.option("gap_node", node, "factor")} for node in nodes],
        "dimensions": {name: shares.get(name) for name in dimensions},
        "share": round(sum(float(shares.get(name) or 0.0) for name in dimensions), 1) if shares else None,
        "practices": list(dict.fromkeys(usable))[:2],
        "kpi": view.words("module", module, "kpi", view.text("stage")) is not None,
    }


def _nodes(view: View, model: str, module: str) -> list[str]:
    return [node for node in view.entities("gap_node") if view.option("gap_node", node, "model") == model and view.option("gap_node", node, "module") == module]


def _brought(view: View, action: Data) -> Data | None:
    """Return which dimensions of the gap a means that was brought along closes, and what the others need."""
    means = view.raw("brought_means")
    if not isinstance(means, str):
        return None
    shares, ratio = action["shares"], dict(view.lines["cover"].inputs)["ratio"]
    assert isinstance(shares, dict)
    assert isinstance(ratio, float)
    offered: Offer = offers(view, [means], list(shares))
    cover = view.keep("brought", greedy_cover(shares, offered, ratio, 1, 0.0))
    order = cover["order"]
    assert isinstance(order, list)
    closed = order[0]["covered"] if order else {}
    missing = [name for name in shares if name not in closed]
    rest = {name: next((str(item["practice"]) for item in action["order"] if name in item["covered"] and item["practice"] != means), "") for name in missing}  # type: ignore[attr-defined]
    return {"practice": means, "closes": closed, "of": len(shares), "covered": order[0]["total"] if order else 0.0, "missing": missing, "rest": rest}
