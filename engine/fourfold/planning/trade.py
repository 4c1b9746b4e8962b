"""What is known of the trade: the cells of its picture, the riskiest belief, analysis models, points of the trade the plan meets or misses."""

from fourfold.planning.view import Data, View

CELLS_SHOWN = 3


def trade(view: View, action: Data, decides: frozenset[str]) -> Data:
    """Return the form of model cells with starters, what is asked next, the belief to test, and the detours the plan runs into.

    `decides` are the terms that the strategy rests on.
    """
    industry = view.text("industry")
    cells: list[Data] = [
        {"cell": cell, "state": view.text("cell_state", cell), "weight": view.figure("model_cell", cell, "weight"), "starter": view.words("model_cell", cell, "starter", industry) is not None}
        for cell in view.entities("model_cell")
    ]
    said = any(cell["state"] != "open" for cell in cells) or view.holds("new_to_trade")
    weak = sorted((cell for cell in cells if cell["state"] != "evidence"), key=lambda cell: (cell["state"] != "guess", -float(str(cell["weight"]))))
    steps = {str(item["practice"]) for item in action["order"]}  # type: ignore[attr-defined]
    steps |= {name for name in view.entities("practice") if view.raw("done_here", name)} | {str(view.raw("brought_means"))}
    return {
        "said": said,
        "direction": view.text("direction"),
        "rules": view.speaking("direction"),
        "known": view.raw("cells_known"),
        "guessed": view.raw("cells_guessed"),
        "cells": cells,
        "next": [cell["cell"] for cell in weak[:CELLS_SHOWN]] if said else [],
        "belief": next((name for name in view.entities("belief") if view.option("belief", name, "industry") == industry), ""),
        "models": [{"model": name, "rule": rule} for name, rule in _models(view)],
        "detours": [{"detour": name, "practices": met} for name, met in _detours(view, industry, steps)],
        "points": {name: bool(view.words("industry", industry, name)) for name in ("pain_points", "critical_points")},
        "rests_on": _rests_on(view, decides),
    }


def _models(view: View) -> list[tuple[str, str]]:
    """Return the analysis models that answer a question of this company, each with the rule that asked for it."""
    spoke = {hit.rule for hit in view.decision.hits if hit.term.startswith("analysis_models")}
    rules = {str(row.value): row.rule for row in view.rows("analysis_models") if row.rule in spoke}
    return [(name, rules.get(name, "")) for name in view.members("analysis_models")]


def _detours(view: View, industry: str, steps: set[str]) -> list[tuple[str, list[str]]]:
    """Return the detours of the trade that a step of the plan could run into."""
    found = []
    for name in view.entities("detour"):
        met = [practice for practice in view.options("detour", name, "practices") if practice in steps]
        if met and industry in view.options("detour", name, "industries"):
            found.append((name, met))
    return found


def _rests_on(view: View, decides: frozenset[str]) -> Data:
    """Return what the answer rests on: facts that were given, estimates that were assumed, cells that are guesses."""
    asked = [term.name for term in view.book.content.terms if term.name in decides and term.ask.by_language and not term.of]
    return {
        "facts": [name for name in asked if name in view.facts.known and view.is_given(name)],
        "estimates": [name for name in asked if name in view.assumed()],
        "guesses": [cell for cell in view.entities("model_cell") if view.text("cell_state", cell) == "guess"],
    }
