"""The trial file: what was fixed before the start, with a hash, so that a bar or cap moved afterwards is seen."""

import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

from fourfold.certificate import canonical, compared, digest
from fourfold.noun import noun
from fourfold.planning.view import Data
from fourfold.problem import Problem, Problems
from fourfold.reading.document import read_text
from fourfold.span import Span

SCHEMA = "fourfold.trial/1"
NAME = "trial.json"


@noun
class Arm:
    """What was fixed for one carrier: cap, counts at the cap, half-way stop, floor, and the arms of a holdout."""

    carrier: str
    cap: Fraction
    floor: Fraction
    keep: int
    cut: int
    half: int
    by_holdout: bool
    left_out: int = 0
    reached: int = 0


@noun
class Method:
    """The rules of reading: bar, the factors, the levels of error, conversions to read, what counts as the cap."""

    bar: Fraction
    near: float
    half: float
    most_wrong_keep: float
    most_wrong_cut: float
    to_read: int
    at_cap: float
    read_days: int


@noun
class Trial:
    """A trial file: whose, since when, in which currency, the bar, the rules of reading, the days, the carriers."""

    file: str
    company: str
    as_of: date
    currency: str
    rule_book: str
    goal: str
    method: Method
    first: date
    last: date
    half_check: date
    judged: date
    arms: dict[str, Arm]
    guards: tuple[Data, ...]
    digest: str
    is_changed: bool = False

    @property
    def days(self) -> int:
        """Return the days of the trial."""
        return (self.last - self.first).days + 1


def trial_data(plan: Data) -> Data | None:
    """Return the trial file of a plan, or None where nothing is tested."""
    sheet = plan["trial"]
    if not isinstance(sheet, dict):
        return None
    goal, certificate = plan["objective"], plan["certificate"]
    assert isinstance(goal, dict)
    assert isinstance(certificate, dict)
    data: Data = {
        "schema": SCHEMA,
        "company": plan["company"],
        "as_of": plan["as_of"],
        "currency": plan["currency"],
        "rule_book": plan["rule_book"],
        "decision": certificate["digest"],
        "goal": goal["goal"],
        "business_model": goal["model"],
        **{name: sheet[name] for name in ("bar", "near", "half", "most_wrong_keep", "most_wrong_cut", "to_read", "at_cap", "read_days")},
        **{name: sheet[name] for name in ("first", "last", "half_check", "read_until", "judged", "equal", "why_unequal", "guards")},
        "carriers": [_arm(item, sheet) for item in sheet["carriers"]],
    }
    return {**data, "digest": digest(data)}


def _arm(item: Data, sheet: Data) -> Data:
    counts, arms = item["counts"], item["arms"]
    assert isinstance(counts, dict)
    return {
        **{name: item[name] for name in ("carrier", "cap", "floor", "days", "opening", "pace", "chances", "by_holdout")},
        **{name: counts[name] for name in ("keep", "cut", "half")},
        "first": sheet["first"],
        "last": sheet["last"],
        "arms": arms,
    }


def read_trial(path: Path) -> Trial:
    """Return a trial file; `is_changed` says that its hash is not that of its content. What is no trial file is a problem."""
    text = read_text(path, str(path))
    place = Span(str(path), 1, 1)
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise Problems([Problem("F171", f"`{path}` is no trial file", place, help=f"it is written beside the plan as {NAME}; name it, or its folder, with --plan")])
        return _trial(data, str(path))
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError, OverflowError) as fault:
        raise Problems([Problem("F171", f"`{path}` cannot be read as a trial file: {str(fault)[:80]}", place, help="take the one that was written beside the plan")]) from None


def _trial(data: Data, file: str) -> Trial:
    carriers: list[Data] = data["carriers"]  # type: ignore[assignment]
    numbers = {name: float(str(data[name])) for name in ("near", "half", "most_wrong_keep", "most_wrong_cut", "at_cap")}
    days = {name: date.fromisoformat(str(data[name])) for name in ("as_of", "first", "last", "half_check", "judged")}
    return Trial(
        file=file,
        company=str(data["company"]),
        currency=str(data["currency"]),
        rule_book=str(data["rule_book"]),
        goal=str(data["goal"]),
        method=Method(
            bar=_money(data, "bar"),
            near=numbers["near"],
            half=numbers["half"],
            most_wrong_keep=numbers["most_wrong_keep"],
            most_wrong_cut=numbers["most_wrong_cut"],
            to_read=int(str(data["to_read"])),
            at_cap=numbers["at_cap"],
            read_days=int(str(data["read_days"])),
        ),
        arms={str(item["carrier"]): _read_arm(item) for item in carriers},
        guards=tuple(data["guards"]),  # type: ignore[arg-type]
        digest=str(data.get("digest", "")),
        is_changed=data.get("digest") != digest(data),
        as_of=days["as_of"],
        first=days["first"],
        last=days["last"],
        half_check=days["half_check"],
        judged=days["judged"],
    )


def _money(data: Data, name: str) -> Fraction:
    return Fraction(str(data[name]))


def _read_arm(item: Data) -> Arm:
    arms = item.get("arms") or {}
    assert isinstance(arms, dict)
    counts = [int(item[name]) for name in ("keep", "cut", "half")]  # type: ignore[call-overload]
    return Arm(str(item["carrier"]), _money(item, "cap"), _money(item, "floor"), counts[0], counts[1], counts[2], bool(item["by_holdout"]), int(arms.get("left_out", 0)), int(arms.get("reached", 0)))


def trial_files(folder: Path) -> list[Path]:
    """Return the trial files below a company's folder of plans, the earliest first."""
    return sorted(folder.glob(f"*/{NAME}"), key=lambda path: (path.parent.name[:10], len(path.parent.name), path.parent.name))


def find_trial(folder: Path, chosen: Path | None, day: date, last: date | None = None) -> Trial | None:
    """Return the trial that results belong to: the chosen one, else the latest that had begun by their last day, else the latest written."""
    if chosen is not None:
        return read_trial(chosen / NAME if chosen.is_dir() else chosen)
    found = [read_trial(path) for path in trial_files(folder) if path.parent.name[:10] <= day.isoformat()]
    begun = [trial for trial in found if last is not None and trial.first <= last]
    return (begun or found)[-1] if found else None


def moved(before: Data, after: Data) -> Iterator[str]:
    """Yield each thing in which a trial file is not the one that was kept."""
    hidden = ("digest",)
    yield from compared({key: value for key, value in before.items() if key not in hidden}, {key: value for key, value in after.items() if key not in hidden})


def data_of(trial: Trial) -> Data:
    """Return a trial file as it lies on the disk."""
    found: Data = json.loads(Path(trial.file).read_text(encoding="utf-8"))
    return found


def trial_bytes(data: Data) -> bytes:
    """Return a trial file as it is written: keys in order, one line each, for people to read and sign."""
    canonical(data)
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
