"""Part 9: the certificate in words, the weakest numbers, sources with dates."""

import re

from fourfold.flips import Cone
from fourfold.model import Value
from fourfold.planning.bearing import UNUSED, bearing_of
from fourfold.planning.view import Data, View

WITH_SIZE = {"outlet": "outlets", "1000_customers": "customers", "1000_loose_customers": "loose_customers", "1000_orders": "web_orders", "product": "products", "place": "places"}
IN_COVERAGE = re.compile(r"floor_money|floor_days|first_top_up|price_factor|read_against_bar|running_\w+")
APART = 3


def reasons(view: View, cone: Cone, action: Data, *, settled: bool = False) -> Data:
    """Return the rules that speak for the core conclusions, the figures in use and their sources; of a plan that is `settled`, without what weak figures bear on."""
    used, coverage = figures_in_use(view, action)
    bearing = bearing_of(view, cone, {} if settled else used | coverage, int(view.constant("stale_years")))
    states = bearing["figures"]
    assert isinstance(states, dict)
    return {
        "rules": _core_rules(view),
        "figures": len(used),
        "coverage_figures": len(coverage),
        "estimates": sum(value.origin.is_estimate for value in used.values()),
        "weakest": [{**item, "bearing": states.get(item["figure"], UNUSED)} for item in _weakest(used)],
        "stale": [{**item, "bearing": states.get(item["figure"], UNUSED)} for item in _stale(view, used | coverage, cone)],
        "bearing": bearing,
        "sources": _sources(view, used),
        "disagreements": _disagreements(view, used),
        "otherwise": sorted(name for name, value in used.items() if value.is_otherwise and isinstance(value.value, int) and value.value)[:12],
    }


def figures_in_use(view: View, action: Data) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return the figures that this plan rests on, and those that only make the coverage.

    The first are of the carriers that are run, tested or keep, of the industry, the business model, the
    steps of part 3 and the methods; the second the floors and running levels of the other carriers that
    fit. What is multiplied by nothing here, such as a part for outlets where there are none, is not in use.
    """
    steps = {str(step["practice"]) for step in action["steps"]}  # type: ignore[attr-defined]
    shown = {carrier for name in ("chosen_carriers", "trial_carriers", "keep_carriers") for carrier in view.members(name)}
    names = dict.fromkeys(view.figures)
    for term in view.book.terms.values():
        names.update(dict.fromkeys(term.knowledge))
    found: dict[str, Value] = {}
    coverage: dict[str, Value] = {}
    for name in names:
        value = view.book.values.get(name)
        if value is None or value.is_otherwise:
            continue
        inside = re.match(r"(\w+)\.(\w+)\[(\w+)(?:, (\w+))?\]", name)
        if inside is None or _counts(view, inside[1], inside[2], inside[3], inside[4] or "", steps):
            other = inside is not None and inside[1] == "carrier" and inside[3] not in shown
            if not other:
                found[name] = value
            elif inside is not None and IN_COVERAGE.fullmatch(inside[2]):
                coverage[name] = value
    return found, coverage


def _counts(view: View, kind: str, attribute: str, entity: str, key: str, steps: set[str]) -> bool:
    """Return whether a figure of an entity is in use for this company."""
    match kind:
        case "industry" | "business_model":
            return entity == view.text(kind) and key in ("", view.text("primary_goal"))
        case "practice":
            return entity in steps
        case "factor":
            return view.option("factor", entity, "model") == view.text("business_model")
        case "carrier":
            size = WITH_SIZE.get(attribute.partition("_per_")[2])
            if key not in ("", view.text("industry")) or (size and not view.raw(size)):
                return False
            return view.holds("fits", entity) or view.holds("catches", entity)
        case _:
            return True


def _disagreements(view: View, used: dict[str, Value]) -> list[Data]:
    """Return the sourced figures whose range is widest: several sources, or one that gives far ends; widest first."""
    found = []
    for name, value in used.items():
        low, high = value.low, value.high
        if value.origin.is_estimate or not isinstance(value.value, int) or not low or high is None or high < low * APART:
            continue
        unit = 10 ** _scale(view, name)
        found.append((-(high / low), name, {"figure": name, "value": value.value / unit, "low": low / unit, "high": high / unit, **_figure(value)}))
    return [item for _, _, item in sorted(found, key=lambda row: row[:2])[:6]]


def _scale(view: View, name: str) -> int:
    """Return the decimals of a figure, by its attribute or constant."""
    kind, _, rest = name.partition(".")
    attribute = rest.partition("[")[0]
    if attribute:
        return next(item.kind.scale for item in view.book.content.attributes if item.kind_name == kind and item.name == attribute)
    return next(term.kind.scale for term in view.book.content.terms if term.name == name)


def _core_rules(view: View) -> list[Data]:
    order = ("strategy", "reach_all", "stage", "trial_count", "split")
    found: list[Data] = []
    for hit in view.decision.hits:
        base = hit.term.partition("[")[0]
        if base in order or (base == "core_share"):
            found.append({"term": hit.term, "rule": hit.rule})
    return found


def _weakest(used: dict[str, Value]) -> list[Data]:
    """Return the weakest figures of the decision: low confidence and sourced from long ago first."""
    rank = {"low": 0, "medium": 1, "high": 2, "": 0}
    listed = [
        (rank[value.origin.confidence], _year(value.origin.date), name) for name, value in used.items() if not value.is_otherwise and isinstance(value.value, int) and not name.startswith("practice.")
    ]
    return [{"figure": name, **_figure(used[name])} for _, _, name in sorted(listed)[:8]]


def _figure(value: Value) -> Data:
    origin = value.origin
    return {
        "date": origin.date,
        "confidence": origin.confidence,
        "estimate": origin.is_estimate,
        "sources": list(origin.sources or origin.near),
        "file": value.span.file,
        "line": value.span.line,
        "because": origin.because.text("en"),
    }


def _year(date: str) -> int:
    return int(date[:4]) if date[:4].isdigit() else 0


def _stale(view: View, used: dict[str, Value], cone: Cone) -> list[Data]:
    """Return sourced figures past their date, and whether the strategy would change without them (set to their ends)."""
    limit = int(view.constant("stale_years"))
    this_year = view.as_of.year
    found = []
    for name, value in used.items():
        year = _year(value.origin.date)
        if value.origin.is_estimate or not year or this_year - year <= limit or not isinstance(value.value, int):
            continue
        found.append({"figure": name, "year": year, "sources": list(value.origin.sources), "matters": name in _knowledge_of(view, cone)})
    return sorted(found, key=lambda item: (item["year"], item["figure"]))[:8]


def _knowledge_of(view: View, cone: Cone) -> set[str]:
    return {figure for term in cone.terms if term in view.book.terms for figure in view.book.terms[term].knowledge}


def _sources(view: View, used: dict[str, Value]) -> list[Data]:
    named: dict[str, int] = {}
    for value in used.values():
        for source in (*value.origin.sources, *value.origin.near):
            named[source] = named.get(source, 0) + 1
    declared = {source.name: source for source in view.book.content.sources}
    return [
        {"source": name, "uses": named[name], "title": declared[name].title, "publisher": declared[name].publisher, "date": declared[name].date}
        for name in sorted(named, key=lambda item: (len(item), item))
        if name in declared
    ]
