"""Replaying what a decision or plan file claims; neither the chainer nor durable_rules is imported."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from fourfold.certificate import Data, compared, facts_of, read_certificate, replay
from fourfold.decide import decide
from fourfold.door import enter, read_profile
from fourfold.expression.show import plain
from fourfold.library import open_book
from fourfold.line import Line
from fourfold.measuring import METHODS as MEASURING_METHODS
from fourfold.model import RuleBook
from fourfold.noun import noun
from fourfold.people import METHODS as PEOPLE_METHODS
from fourfold.plan import METHODS as PLAN_METHODS
from fourfold.planning.whole import SCHEMA as PLAN_SCHEMA
from fourfold.planning.whole import whole_plan
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.revisions import opened
from fourfold.span import Span
from fourfold.trialing.predicting import METHODS as REVIEW_METHODS
from fourfold.trials import METHODS as TRIAL_METHODS

METHODS: dict[str, Callable[..., Line]] = {**PLAN_METHODS, **MEASURING_METHODS, **PEOPLE_METHODS, **TRIAL_METHODS, **REVIEW_METHODS}


@noun
class Verification:
    """What a replay found."""

    rule_book: str
    as_of: str
    conclusions: int
    lines: int
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Return whether nothing differs."""
        return not self.differences

    def as_data(self) -> Data:
        """Return the result as JSON has it."""
        return {"holds": self.holds, "rule_book": self.rule_book, "as_of": self.as_of, "conclusions": self.conclusions, "lines": self.lines, "differences": list(self.differences)}

    def text(self) -> str:
        """Return the result for the terminal."""
        if self.holds:
            more = f" and {self.lines} plan lines" if self.lines else ""
            return f"certificate holds: {self.conclusions} conclusions{more} replayed, 0 differ; the engine was not used\nrule book {self.rule_book[:6]} · as of {self.as_of}\n"
        shown = "\n".join(f"  {item}" for item in self.differences[:30])
        more = f"\n  and {len(self.differences) - 30} more" if len(self.differences) > 30 else ""
        return f"certificate does not hold: {len(self.differences)} difference(s)\n{shown}{more}\n"


def verification_by(root: Path, name: str, path: Path, profile: Path | None = None) -> Verification:
    """Return what replaying a file by the book of a folder, or of a git revision of `root`, finds."""
    with opened(root, name) as place:
        return verification(place.root, path, profile, place.revision)


def verification(root: Path, path: Path, profile: Path | None = None, revision: str = "") -> Verification:
    """Return what replaying a file finds; a book, or a `revision`, that is not the one it names is a difference."""
    text = read_text(path, str(path))
    data = read_certificate(text, str(path))
    try:
        day = date.fromisoformat(str(data.get("as_of"))).toordinal()
    except ValueError:
        raise Problems([Problem("F115", f"`{path}` names no day", Span(str(path), 1, 1))]) from None
    book = open_book(root, day, str(data.get("currency")))
    differences = replay(book, data)
    if revision and data.get("revision", revision) != revision:
        differences.append(f"revision: {data.get('revision')} is not {revision}")
    whole = json.loads(text)
    lines = whole.get("lines") if isinstance(whole, dict) else None
    if lines is not None:
        differences += replay_lines(lines)
        differences += _against_plan(book, data, whole) if whole.get("schema") == PLAN_SCHEMA else []
    if profile is not None:
        differences += _against(root, profile, data)
    conclusions = data.get("conclusions")
    return Verification(book.hash, str(data.get("as_of")), len(conclusions) if isinstance(conclusions, list) else 0, len(lines) if isinstance(lines, dict) else 0, tuple(differences))


def _against_plan(book: RuleBook, data: Data, whole: Data) -> list[str]:
    """Return every part of a plan file that its certificate's facts do not give."""
    try:
        facts = facts_of(book, data)
        again = whole_plan(book, facts, decide(book, facts), data)
    except Problems as fault:
        return [f"plan: {problem.message}" for problem in fault.problems]
    return list(compared(json.loads(json.dumps(again)), whole))


def replay_lines(lines: object) -> list[str]:
    """Return every computed line whose method gives another value for its inputs."""
    if not isinstance(lines, dict):
        return ["lines: they are not keys with values"]
    differences = []
    for name, item in lines.items():
        method = METHODS.get(str(item.get("method"))) if isinstance(item, dict) else None
        if method is None or not isinstance(item.get("inputs"), dict):
            differences.append(f"lines.{name}: unknown method")
            continue
        try:
            again: Line = method(**item["inputs"])
        except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError) as fault:
            differences.append(f"lines.{name}: its inputs cannot be computed ({fault})")
            continue
        expected = json.loads(json.dumps(again.as_data()))
        differences += [f"lines.{name}.{place}" for place in compared(expected, {**item, "inputs": expected["inputs"]})]
    return differences


def _against(root: Path, path: Path, data: Data) -> list[str]:
    """Return every given fact of a certificate that a profile does not have, and the other way round."""
    profile = read_profile(read_text(path, str(path)), str(path))
    day = date.fromisoformat(str(data["as_of"])).toordinal()
    book = open_book(root, day, str(data.get("currency")))
    facts = enter(book, profile)
    mine = {name: plain(book.terms[name].kind, fact.value) for name, fact in facts.known.items() if name not in ("as_of", "currency")}
    named = data.get("facts")
    theirs = {name: item.get("value") for name, item in named.items() if item.get("from") != "assumed" and name not in ("as_of", "currency")} if isinstance(named, dict) else {}
    return [f"profile: {place}" for place in compared(mine, theirs)]
