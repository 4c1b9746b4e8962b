"""The smallest change of a number that was given as a part: both its sides replayed through the door as a person would write them."""

import pytest
from conftest import DAY, ROOT

from fourfold.advice import load_profile
from fourfold.decide import decide
from fourfold.door import enter
from fourfold.library import open_book
from fourfold.planning.by_parts import changes_by_parts, parts_of
from fourfold.planning.view import View


@pytest.mark.parametrize(("example", "wanted", "after"), [("lantern_noodles", "focus", 0.49), ("little_acorn", "focus", 0.39), ("bright_dental", "focus_testing", None)])
def test_the_smallest_change_of_heads_is_smallest(example, wanted, after):
    profile = load_profile(ROOT / "examples" / f"{example}.yaml")
    book = open_book(ROOT, DAY, profile.currency)
    facts = enter(book, profile)
    view = View(book, facts, decide(book, facts))
    assert "heads" in {part.name for part in parts_of(view)}
    found = [change for change in changes_by_parts(view, wanted) if change["term"] == "heads"]
    assert [(change["after"], change["proven"]) for change in found] == ([] if after is None else [(after, True)])
    for value, gives in ((after, True), (after + 0.01, False)) if after is not None else ():
        changed = enter(book, profile, (("heads", str(value)),))
        assert (decide(book, changed).values["strategy"] == wanted) is gives
