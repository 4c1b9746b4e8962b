"""One look at results: trial file, rows, readings, and the decision in which the readings are facts."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from fourfold.advice import Advice, decided
from fourfold.door import Profile
from fourfold.model import RuleBook
from fourfold.noun import noun
from fourfold.planning.view import Data, View
from fourfold.problem import Problem, Problems
from fourfold.span import Span
from fourfold.suggest import listed
from fourfold.trialing.exports import Export, read_exports
from fourfold.trialing.judging import Judged, in_days, judge
from fourfold.trialing.protocol import Method, Trial
from fourfold.trialing.results import Results, Row, read_results, shown

CENTS = 100


@noun
class Round:
    """What results came to: the trial file, the rules of reading, each carrier judged, rows outside, decisions before and after."""

    trial: Trial | None
    method: Method
    results: Results
    judged: tuple[Judged, ...]
    outside: tuple[Row, ...]
    others: tuple[Row, ...]
    untraced: tuple[Row, ...]
    warnings: tuple[Problem, ...]
    before: Advice
    after: Advice
    records: tuple[Data, ...]
    digest: str


def read_files(book: RuleBook, files: tuple[str, ...], renamed: Mapping[str, str], *, day_first: bool | None = None) -> tuple[Results, str]:
    """Return the results of files, given as PATH or CARRIER=PATH, and the hash of their bytes; a file given twice counts once."""
    exports: list[Export] = []
    warnings: list[Problem] = []
    seen: dict[bytes, str] = {}
    for text in files:
        name, sign, rest = text.partition("=")
        path = Path(rest) if sign and not Path(text).exists() else Path(text)
        carrier = _carrier(book, name) if sign and str(path) == rest else ""
        found = read_exports(book, path, carrier, renamed)
        mark = sha256(path.read_bytes()).digest()
        if mark in seen:
            warnings.append(Problem("F167", f"`{path}` is the same file as `{seen[mark]}`, and is counted once", Span(str(path), 1, 1), is_warning=True))
            continue
        seen[mark] = str(path)
        exports += found
    results = read_results(book, exports, day_first=day_first)
    whole = sha256(b"".join(sorted(seen))).hexdigest()
    return Results(results.rows, (*warnings, *results.warnings), results.read, results.totals, results.twice, results.currency), whole


def _carrier(book: RuleBook, name: str) -> str:
    from fourfold.door import find_entity

    found = find_entity(book, "carrier", name)
    if found is None:
        raise Problems([Problem("F162", f"`{name}` is no carrier", Span("RESULTS", 1, 1), help=f"known are {listed(book.entities.get('carrier', ()), 8)}")])
    return found


def look(
    root: Path,
    profile: Profile,
    trial: Trial | None,
    results: Results,
    digest: str,
    today: int,
    as_of: int | None,
    earlier: tuple[Data, ...] = (),
    changes: tuple[tuple[str, str], ...] = (),
    *,
    is_over: bool = False,
) -> Round:
    """Return what results come to on a day: readings, and the decisions without and with them as facts."""
    before = decided(root, profile, today, as_of, changes, earlier)
    day = date.fromordinal(before.book.as_of)
    warnings = list(results.warnings)
    if trial is not None:
        warnings += _of_trial(trial, before, profile.file)
    view = View(before.book, before.facts, before.decision)
    method = trial.method if trial else _usual(view)
    inside, outside = in_days([row for row in results.rows if row.carrier], trial)
    by_carrier: dict[str, list[Row]] = {}
    others: list[Row] = []
    for row in inside:
        if trial is not None and row.carrier not in trial.arms:
            others.append(row)
        else:
            by_carrier.setdefault(row.carrier, []).append(row)
    order = list(trial.arms) if trial else list(by_carrier)
    judged = tuple(judge(carrier, by_carrier[carrier], method, trial, day, is_over=is_over) for carrier in order if carrier in by_carrier)
    untraced = tuple(row for row in results.rows if not row.carrier)
    warnings += _warnings(trial, judged, outside, others, untraced, order, day, is_over=is_over)
    records = tuple(_record(item, method, trial, before) for item in judged if item.reading)
    after = decided(root, profile, today, as_of, changes, (*earlier, *records)) if records else before
    return Round(trial, method, results, judged, tuple(outside), tuple(others), untraced, tuple(warnings), before, after, records, digest)


def _usual(view: View) -> Method:
    """Return the rules of reading that the book has where no trial file fixed them."""
    constant = view.constant
    wait = int(view.figure("business_model", view.text("business_model"), "read_days"))
    bar = Fraction(str(view.amount("event_bar")))
    return Method(
        bar, constant("near_factor"), constant("half_way_factor"), constant("most_wrong_keep"), constant("most_wrong_cut"), int(constant("conversions_to_read")), constant("at_cap_share"), wait
    )


def _of_trial(trial: Trial, before: Advice, file: str) -> list[Problem]:
    place = Span(trial.file, 1, 1)
    found = []
    if trial.company != before.facts.name:
        raise Problems([Problem("F171", f"the trial file is of `{trial.company}`, the profile of `{before.facts.name}`", place, help=f"name the plan's folder of `{file}` with --plan")])
    if trial.currency != before.book.currency:
        raise Problems([Problem("F163", f"the trial counts in {trial.currency}, the profile in {before.book.currency}", place, help="give the profile the currency that the trial was planned in")])
    if trial.is_changed:
        found.append(
            Problem(
                "F168",
                "the trial file is not what was written: its hash differs from its content",
                place,
                is_warning=True,
                help="bars, caps and days are fixed before the start; what was moved is named by the journal, if it was kept there",
            )
        )
    bar = View(before.book, before.facts, before.decision).amount("event_bar")
    if Fraction(str(bar)) != trial.method.bar:
        found.append(
            Problem(
                "F168",
                f"the profile now gives a bar of {bar:,.2f}; the trial is judged by the one fixed before its start, {float(trial.method.bar):,.2f}",
                place,
                is_warning=True,
                help="a new bar counts from the next trial on",
            )
        )
    return found


def _warnings(trial: Trial | None, judged: tuple[Judged, ...], outside: list[Row], others: list[Row], untraced: tuple[Row, ...], order: list[str], day: date, *, is_over: bool) -> list[Problem]:
    found: list[Problem] = []
    if trial is None:
        found.append(
            Problem(
                "F171",
                "there is no trial file, so bar and counts were not fixed before the start",
                is_warning=True,
                help="`fourfold plan PROFILE` writes one beside the plan; name another with --plan",
            )
        )
    if outside:
        spend = sum((row.values.get("spend", Fraction(0)) for row in outside), Fraction(0))
        found.append(
            Problem(
                "F164",
                f"{len(outside)} line(s) lie outside the days of the trial and are left out: spend {shown(spend)}",
                outside[0].place,
                is_warning=True,
                help=f"the trial runs from {trial.first} to {trial.last}" if trial else None,
            )
        )
    for carrier in dict.fromkeys(row.carrier for row in others):
        rows = [row for row in others if row.carrier == carrier]
        spend = sum((row.values.get("spend", Fraction(0)) for row in rows), Fraction(0))
        found.append(
            Problem("F162", f"`{carrier}` was not under test and is not judged: {len(rows)} line(s), spend {shown(spend)}", rows[0].place, is_warning=True, help=f"under test: {listed(order)}")
        )
    if untraced:
        count = sum((row.values.get("conversions", Fraction(0)) for row in untraced), Fraction(0))
        found.append(Problem("F162", f"{shown(count)} counted events belong to no carrier and count for none", untraced[0].place, is_warning=True, help="give each carrier a code of its own"))
    if trial is not None and is_over and day < trial.judged:
        found.append(
            Problem(
                "F169",
                f"the trial was ended before its day: judged on {day}, planned for {trial.judged}",
                Span(trial.file, 1, 1),
                is_warning=True,
                help="what its cap was not spent on is judged only where it can be read",
            )
        )
    for item in judged:
        found += _of_carrier(item, trial)
    missing = [carrier for carrier in order if carrier not in {item.carrier for item in judged}]
    if missing:
        found.append(
            Problem("F164", f"no results for {listed(missing)}, under test since {trial.first if trial else ''}", is_warning=True, help="export each account; a carrier without results is not judged")
        )
    return found


def _of_carrier(item: Judged, trial: Trial | None) -> list[Problem]:
    found: list[Problem] = []
    place = _span(item.places[0]) if item.places else Span("", 0, 0)
    if item.spend and item.conversions == 0:
        found.append(
            Problem(
                "F170",
                f"`{item.carrier}` spent {shown(item.spend)} and has no counted event: it brought none, or they are not tracked",
                place,
                is_warning=True,
                help="try the code or the pixel yourself before you believe it",
            )
        )
    if item.cap is not None and item.spend > item.cap * Fraction(103, 100):
        found.append(
            Problem(
                "F168",
                f"`{item.carrier}` spent {shown(item.spend)}, more than its cap of {shown(item.cap)}",
                place,
                is_warning=True,
                help="its counts are those for what was spent; caps are set in the platform",
            )
        )
    days = (item.last - item.first).days + 1 if item.first and item.last else 0
    if trial is not None and item.rows > 1 and days > item.rows:
        found.append(
            Problem(
                "F175",
                f"`{item.carrier}` has no line for {days - item.rows} of {days} days",
                place,
                is_warning=True,
                help="days without spend may be missing in an export; if money was spent on them, export again",
            )
        )
    return found


def _span(place: str) -> Span:
    file, _, line = place.rpartition(":")
    return Span(file, int(line), 1)


def _record(item: Judged, method: Method, trial: Trial | None, before: Advice) -> Data:
    """Return what was judged as a record of results, as the door has them: numbers in their smallest units, days as ordinals."""
    goal = before.facts.known.get("primary_goal")
    last = item.last or (trial.last if trial else date.fromordinal(before.book.as_of))
    first = item.first or (trial.first if trial else last)
    found: Data = {
        "_line": 0,
        "carrier": item.carrier,
        **({"goal": str(goal.value)} if goal else {}),
        "from": first.toordinal(),
        "to": last.toordinal(),
        "spend": round(item.spend * CENTS),
    }
    for name, scale in (("visits", 1), ("conversions", 1), ("revenue", CENTS), ("hours", 10)):
        if name in item.values:
            found[name] = round(item.values[name] * scale)
    found["traced"] = "false" if item.state == "untraced" else "true"
    found["bar"] = round(method.bar * CENTS)
    if item.state in ("at_cap", "over"):
        found |= {"keep_at": item.counts["keep"], "cut_at": item.counts["cut"]}
    else:
        found["read_as"] = item.reading
    if trial is not None:
        found["trial"] = trial.digest[:12]
    return found
