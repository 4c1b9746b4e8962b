"""The whole plan as data, from a decision; nothing here knows which reader chained the rules."""

from fourfold.flips import Cone
from fourfold.model import Decision, Facts, RuleBook
from fourfold.planning.action import action
from fourfold.planning.asked import asked
from fourfold.planning.carrying import carrying
from fourfold.planning.decision_page import decision_page
from fourfold.planning.jobs import job
from fourfold.planning.learned import learned
from fourfold.planning.matrix import matrix
from fourfold.planning.means import means
from fourfold.planning.money import stages
from fourfold.planning.nodes import nodes
from fourfold.planning.objective import objective
from fourfold.planning.phases import phases
from fourfold.planning.reasons import reasons
from fourfold.planning.review import review
from fourfold.planning.sections import sections
from fourfold.planning.staffing import links, requests, staffing
from fourfold.planning.team import team
from fourfold.planning.trade import trade
from fourfold.planning.trial_sheet import trial_sheet
from fourfold.planning.view import Data, View
from fourfold.planning.week import this_week

SCHEMA = "fourfold.plan/1"


def whole_plan(book: RuleBook, facts: Facts, decision: Decision, certificate: Data, *, settled: bool = False) -> Data:
    """Return the whole plan as data: nine parts, the computed lines, and the certificate.

    A plan that is `settled` leaves out what takes most of the time: which change of an answer, or of a weak figure, would flip the strategy.
    """
    view = View(book, facts, decision)
    cone = Cone(book, "strategy")
    page = decision_page(view, cone, settled=settled)
    goal = objective(view)
    gap = goal["gap"]
    assert isinstance(gap, dict)
    act = action(view, gap, str(goal["target_month"]))
    mat = matrix(view, gap, act)
    rows = mat["rows"]
    assert isinstance(rows, list)
    sheet = trial_sheet(view, str(goal["target_month"]))
    mat["stages"] = stages(view, mat, act, sheet, str(goal["target_month"]))
    people = team(view, act, rows)
    people["closing"] = staffing(view, people, mat, act, sheet)
    people["requests"] = sought = requests(view, act, rows, sheet)
    people["links"] = links(view, act, sheet, sought)
    week = this_week(view, act, rows, page, gap, sought)
    money = mat["stages"]
    assert isinstance(money, dict)
    spans = money["spans"]
    assert isinstance(spans, list)
    node = nodes(view, sheet, spans, act, gap)
    return {
        "schema": SCHEMA,
        "company": facts.name,
        "as_of": view.as_of.isoformat(),
        "currency": book.currency,
        "rule_book": book.hash,
        "market": view.text("market"),
        "industry": view.text("industry"),
        "decision": page,
        "week": week,
        "objective": goal,
        "action": act,
        "matrix": mat,
        "nodes": node,
        "team": people,
        "trial": sheet,
        "review": review(view, sheet, act, node),
        "reasons": reasons(view, cone, act, settled=settled),
        "phases": phases(view, goal, act),
        "trade": trade(view, act, frozenset(cone.terms)),
        "job": job(view),
        "asked": asked(view, gap, act),
        "means": means(view, act, mat, gap),
        "sections": sections(view, mat, act),
        "carrying": carrying(view, mat),
        "learned": learned(view),
        "lines": {name: item.as_data() for name, item in view.lines.items()},
        "certificate": certificate,
    }
