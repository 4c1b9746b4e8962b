"""How often trials are judged wrongly, and what the protocol costs and buys: python tests/bench/trials.py [trials] [seed].

Part one: 10,000 simulated trials for each true cost, under the model that the promise is made for (Poisson) and under
worse ones: days that scatter more than chance, weeks and a trend, late conversions, a response that flattens. The same
with a look on every day, for comparison. A sample of the trials also goes through the program itself, row by row.
Part two: half a year in markets of four carriers; our protocol against equal split for ever, all-in on the first
winner, and Thompson sampling, in money. Writes the tables of docs/trials.md to the terminal.
"""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "engine"), str(ROOT / "tests")]

from fourfold.trialing.judging import judge  # noqa: E402
from fourfold.trialing.protocol import Arm, Method, Trial  # noqa: E402
from fourfold.trialing.results import Row  # noqa: E402
from fourfold.trials import joint_chances, verdict_counts  # noqa: E402

BAR, NEAR, HALF, DAYS, WAIT = 100.0, 1.25, 2.0, 42, 7
MOST_KEEP, MOST_CUT = 0.07, 0.04
COSTS = (0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class World:
    """How a trial's days differ from plain chance."""

    name: str
    scatter: float = 0.0  # variation of a day's rate beyond chance, as a share of it
    season: float = 0.0  # half of the swing of a week, and of a trend over the trial
    delay: float = 0.0  # mean days from spend to conversion
    flat: float = 0.0  # how much dearer the last money of the cap is than the first


WORLDS = (
    World("Poisson, as promised"),
    World("weeks and trend", season=0.3),
    World("late conversions, 4 days on average", delay=4.0),
    World("days scatter (variance 1.5 times the mean)", scatter=0.7),
    World("response flattens by a fifth", flat=0.2),
    World("all of it", scatter=0.7, season=0.3, delay=4.0, flat=0.2),
)


def conversions(draw, trials, mean, world):
    """Return conversions by day of arrival, trials x (days + wait); `mean` is expected over the whole cap."""
    days = np.arange(DAYS)
    shape = (1 + world.season * np.sin(2 * np.pi * days / 7)) * (1 + world.season * (days / DAYS - 0.5))
    shape *= 1 + world.flat * (0.5 - days / DAYS)  # the cap is reached by the last day: what comes late is dearer
    rate = mean * shape / shape.sum()
    rates = np.broadcast_to(rate, (trials, DAYS))
    if world.scatter:
        rates = rates * draw.gamma(1 / world.scatter**2, world.scatter**2, (trials, DAYS))
    counts = draw.poisson(rates)
    if not world.delay:
        return np.concatenate([counts, np.zeros((trials, WAIT), counts.dtype)], axis=1)
    came = np.zeros((trials, DAYS + WAIT), counts.dtype)
    left = counts.copy()
    for late in range(DAYS + WAIT):
        share = 1 / (1 + world.delay)
        for day in range(DAYS):
            if day + late < DAYS + WAIT:
                now = draw.binomial(left[:, day], share)
                came[:, day + late] += now
                left[:, day] -= now
        if late > 40:
            break
    return came


def verdicts(came, counts):
    """Return keep and cut of each trial by the protocol: half-way with its late results, then the counts at the end."""
    half = came[:, : DAYS // 2 + WAIT].sum(axis=1) <= counts["half"]
    whole = came.sum(axis=1)
    return ~half & (whole >= counts["keep"]), half | (whole <= counts["cut"])


def daily_verdicts(came):
    """Return keep and cut where somebody looks each day from ten conversions' worth of spend on, and stops at the first good or bad look."""
    seen = came.cumsum(axis=1)[:, :DAYS]
    spent = np.arange(1, DAYS + 1) / DAYS
    trials, whole = came.shape[0], 60.0
    good = (seen >= spent * whole) & (spent * whole >= 10)
    bad = (seen * NEAR < spent * whole) & (spent * whole >= 10)
    first_good = np.where(good.any(axis=1), good.argmax(axis=1), DAYS)
    first_bad = np.where(bad.any(axis=1), bad.argmax(axis=1), DAYS)
    assert trials == len(first_good)
    return first_good < first_bad, first_bad < first_good


def error_table(trials, seed):
    """Print how often trials are kept and cut, by true cost, world and size of the cap."""
    draw = np.random.default_rng(seed)
    for at_bar in (30, 60):
        counts = verdict_counts(at_bar * BAR, BAR, NEAR, HALF, MOST_KEEP, MOST_CUT).value
        print(f"\n{at_bar} conversions expected at the bar: keep at {counts['keep']}, cut at {counts['cut']}, half-way {counts['half']}; {trials:,} trials each; kept % / cut %")
        print("| world | " + " | ".join(f"{cost:g} bars" for cost in COSTS) + " |")
        print("|---|" + "--:|" * len(COSTS))
        exact = [joint_chances(at_bar / cost, counts["keep"], counts["cut"], counts["half"]) for cost in COSTS]
        print("| exact | " + " | ".join(f"{100 * kept:.1f} / {100 * cut:.1f}" for kept, cut, _ in exact) + " |")
        for world in WORLDS:
            cells = []
            for cost in COSTS:
                kept, cut = verdicts(conversions(draw, trials, at_bar / cost, world), counts)
                cells.append(f"{100 * kept.mean():.1f} / {100 * cut.mean():.1f}")
            print(f"| {world.name} | " + " | ".join(cells) + " |")
    cells = []
    for cost in COSTS:
        kept, cut = daily_verdicts(conversions(draw, trials, 60 / cost, WORLDS[0]))
        cells.append(f"{100 * kept.mean():.1f} / {100 * cut.mean():.1f}")
    print("| 60, a look every day, no fixed counts | " + " | ".join(cells) + " |")


def through_the_program(seed, trials=200):
    """Return in how many of some trials the program judges as the vectorised protocol does."""
    draw = np.random.default_rng(seed)
    counts = verdict_counts(6000.0, BAR, NEAR, HALF, MOST_KEEP, MOST_CUT).value
    first = date(2027, 1, 4)
    last = first + timedelta(days=DAYS - 1)
    arm = Arm("x", Fraction(6000), Fraction(3000), counts["keep"], counts["cut"], counts["half"], by_holdout=False)
    method = Method(Fraction(100), NEAR, HALF, MOST_KEEP, MOST_CUT, 30, 0.97, WAIT)
    trial = Trial("", "", first, "CNY", "", "", method, first, last, last, last + timedelta(days=WAIT + 1), {"x": arm}, (), "")
    agree = 0
    for cost in draw.choice(COSTS, trials):
        came = conversions(draw, 1, 60 / cost, WORLDS[-1])
        kept, cut = verdicts(came, counts)
        rows = [
            Row("x", "", first + timedelta(days=day), first + timedelta(days=day), {"spend": Fraction(6000, DAYS) if day < DAYS else Fraction(0), "conversions": Fraction(int(count))}, is_traced=True)
            for day, count in enumerate(came[0])
        ]
        found = judge("x", rows, method, trial, trial.judged, is_over=False)
        agree += found.reading == ("meets" if kept[0] else "misses" if cut[0] else "near")
    return agree, trials


# ---------------------------------------------------------------- markets

CARRIERS, WEEKS, BUDGET = 4, 26, 5000.0  # money a week


def markets(draw, count):
    """Return cost in bars at small spend, and the weekly spend at which an event costs twice as much, of each carrier."""
    return np.exp(draw.normal(0.25, 0.5, (count, CARRIERS))), np.exp(draw.normal(np.log(8000), 0.6, (count, CARRIERS)))


def week(draw, cost, room, spend, number):
    """Return the conversions of a week: a flattening response, a season of the year, weeks that scatter."""
    season = 1 + 0.2 * np.sin(2 * np.pi * number / 26)
    mean = spend / (BAR * cost * (1 + spend / room)) * season * draw.gamma(10, 0.1, spend.shape)
    return draw.poisson(mean)


def play(draw, cost, room, policy):
    """Return profit at the bar and money spent on carriers that cost more than the bar, of each market over half a year."""
    count = len(cost)
    state = {"spend": np.zeros((count, CARRIERS)), "seen": np.zeros((count, CARRIERS)), "memory": {}}
    profit, wrong = np.zeros(count), np.zeros(count)
    for number in range(WEEKS):
        spend = policy(draw, state, number)
        seen = week(draw, cost, room, spend, number)
        state["spend"] += spend
        state["seen"] += seen
        state.setdefault("weeks", []).append((spend, seen))
        profit += (seen * BAR - spend).sum(axis=1)
        true_cost = cost * (1 + spend / room)
        wrong += np.where(true_cost > 1, spend, 0).sum(axis=1)
    return profit, wrong


def equal(_draw, state, _number):
    return np.full_like(state["spend"], BUDGET / CARRIERS)


def all_in(_draw, state, number):
    """One week for all, then everything on the cheapest."""
    if number == 0:
        return equal(_draw, state, number)
    best = state["weeks"][0][1].argmax(axis=1)
    return np.eye(CARRIERS)[best] * BUDGET


def thompson(draw, state, _number, *, may_stop=False):
    """Twenty parts of the week's money, each to the carrier that a draw from its posterior calls cheapest."""
    spend = np.zeros_like(state["spend"])
    for _ in range(20):
        rate = draw.gamma(state["seen"] + 1, 1) / (state["spend"] / BAR + 1)
        best = rate.argmax(axis=1)
        part = np.eye(CARRIERS)[best] * BUDGET / 20
        if may_stop:
            part = part * (rate.max(axis=1) >= 1)[:, None]
        spend += part
    return spend


def thompson_that_stops(draw, state, number):
    return thompson(draw, state, number, may_stop=True)


def protocol(_draw, state, number):
    """Six weeks of trials with equal caps, four weeks of a second cohort, then what passed twice; a tenth is held back, what met nothing is kept."""
    count = len(state["spend"])
    cap = 6000.0
    fixed = verdict_counts(cap, BAR, NEAR, HALF, MOST_KEEP, MOST_CUT).value
    memory = state["memory"]
    trial = np.full((count, CARRIERS), cap / 6)
    if number < 6:
        if number >= 3:
            stopped = sum(seen for _, seen in state["weeks"][:3]) <= fixed["half"]
            memory["stopped"] = stopped if number == 3 else memory["stopped"]
            trial[memory["stopped"]] = 0
        return trial
    if number == 6:
        seen = sum(seen for _, seen in state["weeks"][:6])
        memory["kept"] = ~memory["stopped"] & (seen >= fixed["keep"])
    if number < 10:
        return np.where(memory["kept"], cap / 4, 0.0) * _fit(np.where(memory["kept"], cap / 4, 0.0))
    if number == 10:
        seen = sum(seen for _, seen in state["weeks"][6:10])
        spent = sum(spend for spend, _ in state["weeks"][6:10])
        memory["proven"] = memory["kept"] & (seen * BAR >= spent) & (spent > 0)
    shares = memory["proven"] / np.maximum(1, memory["proven"].sum(axis=1))[:, None]
    spend = shares * BUDGET * 0.9
    if number > 13:  # raised only as long as it stays under the bar: the last four weeks are read, and money that no longer pays is taken back
        seen = sum(seen for _, seen in state["weeks"][-4:])
        spent = sum(money for money, _ in state["weeks"][-4:])
        last = state["weeks"][-1][0]
        pays = seen * BAR >= spent
        spend = np.where(memory["proven"], np.where(pays, last, last * 0.7), 0.0)
    return spend


def _fit(spend):
    whole = spend.sum(axis=1, keepdims=True)
    return np.minimum(1.0, BUDGET / np.maximum(whole, 1.0))


def regret_table(count, seed):
    """Print profit at the bar, money lost to carriers over the bar, and the worst tenth of markets, by policy."""
    draw = np.random.default_rng(seed)
    cost, room = markets(draw, count)
    print(
        f"\n{count:,} markets of {CARRIERS} carriers, {WEEKS} weeks, {BUDGET:,.0f} a week; share of carriers under the bar at small spend: {100 * (cost < 1).mean():.0f}%, markets with none: {100 * (cost.min(axis=1) > 1).mean():.0f}%"
    )
    print("| policy | profit at the bar, mean | worst tenth of markets | on carriers over the bar | markets that lost money |")
    print("|---|--:|--:|--:|--:|")
    for name, policy in (
        ("our protocol", protocol),
        ("equal split for ever", equal),
        ("all-in on the first winner", all_in),
        ("Thompson sampling", thompson),
        ("Thompson sampling that may keep its money", thompson_that_stops),
    ):
        profit, wrong = play(np.random.default_rng(seed + 1), cost, room, policy)
        print(f"| {name} | {profit.mean():,.0f} | {np.quantile(profit, 0.1):,.0f} | {wrong.mean():,.0f} | {100 * (profit < 0).mean():.0f}% |")


def main():
    """Print every table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    error_table(trials, seed)
    print("\nthrough the program: {} of {} trials judged as here".format(*through_the_program(seed)))
    regret_table(max(200, trials // 5), seed)


if __name__ == "__main__":
    main()
