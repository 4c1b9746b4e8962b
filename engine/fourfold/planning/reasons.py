"""Part 9: the certificate in words, the weakest numbers, sources with dates."""

import re

from fourfold.flips import Cone
from fourfold.model import Value
from fourfold.planning.view import Data, View


def reasons(view: View, cone: Cone) -> Data:
    """Return the rules that speak for the core conclusions, the figures in use and their sources."""
    used = figures_in_use(view)
    return {
        "rules": _core_rules(view),
        "figures": len(used),
        "weakest": _weakest(used),
        "stale": _stale(view, used, cone),
        "sources": _sources(view, used),
        "disagreements": [],
        "otherwise": sorted(name for name, value in used.items() if value.is_otherwise and isinstance(value.value, int) and value.value)[:12],
    }


def figures_in_use(view: View) -> dict[str, Value]:
    """Return the figures that this decision rests on: those of fitting carriers, the industry and the methods."""
    names = dict.fromkeys(view.figures)
    industry = view.text("industry")
    for term in view.book.terms.values():
        if term.entity and term.entity in view.entities("carrier") and not view.holds("fits", term.entity):
            continue
        names.update(dict.fromkeys(term.knowledge))
    found = {}
    for name in names:
        value = view.book.values.get(name)
        if value is None:
            continue
        inside = re.match(r"(\w+)\.\w+\[(\w+)(?:, (\w+))?\]", name)
        if inside and ((inside[1] == "industry" and inside[2] != industry) or (inside[3] and inside[1] == "carrier" and inside[3] != industry)):
            continue
        if inside and inside[1] == "business_model" and inside[2] != view.text("business_model"):
            continue
        if inside and inside[1] == "practice" and not view.holds("usable", inside[2]):
            continue
        found[name] = value
    return found


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
