"""Counts of a run: how many rows by answer, industry, size, rule; added part by part."""

from typing import Any

import polars as pl

from fourfold.batching.desks import Desk
from fourfold.batching.keeping import Data


def tally_of(frame: pl.DataFrame, desk: Desk) -> Data:
    """Return the counts of a part."""
    if not frame.height:
        return {}
    found: dict[str, dict[str, Any]] = {"answers": _counts(frame, desk.target), "rules": _counts(frame, "rule") if "rule" in frame.columns else {}}
    for name in ("how_sure", "assumed", "flags", "hangs_on"):
        if name in frame.columns:
            found[name] = _counts(frame, name)
    for name in ("group", "size"):
        if name in frame.columns:
            found[name] = {}
            for value, answer, count in frame.group_by(name, desk.target).len().sort(name, desk.target).iter_rows():
                found[name].setdefault(str(value or ""), {})[str(answer)] = int(count)
    return dict(found)


def _counts(frame: pl.DataFrame, name: str) -> dict[str, int]:
    return {str(value): int(count) for value, count in frame[name].value_counts(sort=True).iter_rows()}


def added(left: Data, right: Data) -> Data:
    """Return the sum of two counts."""
    found = dict(left)
    for name, value in right.items():
        before = found.get(name)
        if isinstance(value, dict):
            found[name] = added(before if isinstance(before, dict) else {}, value)
        else:
            assert isinstance(value, int)
            found[name] = (before if isinstance(before, int) else 0) + value
    return found
