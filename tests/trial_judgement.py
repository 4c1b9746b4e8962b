"""The part of docs/judgement.md on trials: five documented tests judged as ours, and an advertising account as an analyst reads it.

`python tests/trial_judgement.py` draws docs/pictures/advertising.svg; tests/judgement.py takes the text.
"""

import csv
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "engine"))

from fourfold.library import open_book  # noqa: E402
from fourfold.model import Table  # noqa: E402
from fourfold.trialing.judging import judge  # noqa: E402
from fourfold.trialing.protocol import Method  # noqa: E402
from fourfold.trialing.results import Row  # noqa: E402
from fourfold.trialing.statistics import count_limits  # noqa: E402

HERE = ROOT / "tests" / "trialing"
PICTURE = ROOT / "docs" / "pictures" / "advertising.svg"
DAY = date(2026, 11, 25)
# what they call it: the verdicts of ours that say the same
AGREES = {"scale": ("keep",), "keep": ("keep",), "keep_optimise": ("watch", "keep"), "retest": ("watch", "hold"), "cut": ("cut",), "hold": ("hold",)}
ARGUED = {
    (
        "CT-03",
        "Twitter ads",
    ): "spend and sales are not given, only averages (4.04 a sale against a bar of 2). By these averages it misses the bar by half; the author kept it for lack of anything better. Without counts we say hold, and would not have kept it.",
    (
        "CT-05",
        "accounts of tier A (above 1.00)",
    ): "a tier is a range of returns over many placements; one placement's spend and orders are not given. With them, each account would be judged by itself. The rule that the firm used is ours: what returns its cost goes on, the rest waits or goes.",
    ("CT-05", "accounts of tier B (0.70 to 1.00)"): "as above. That they were kept below 1.00 for sales which follow elsewhere is a bar of its own: later orders belong into the bar before the test.",
    ("CT-05", "accounts of tier D (below 0.50)"): "as above. Dropping after a single placement is a cut by luck's best case; whether one placement is enough depends on its orders.",
    (
        "CT-10",
        "two trade shows",
    ): "50,000 spent and 8,000 of revenue are given, but no counted customer, so there is no count that a reading could rest on: hold, by our rule. The screen shows 0.16 back for each unit spent. An analyst cuts here, and rightly; a bar in revenue is what our trials lack.",
}


def rows():
    """Return the channels of the five tests."""
    with (HERE / "channel_tests.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def verdict_of(book, reading):
    """Return the verdict that the rules give for a reading."""
    table = next(node for node in book.nodes if isinstance(node, Table) and node.table == "carrier_verdict")
    found = [row for row in table.rows if any(f"{reading}" in cell.text.split(", ") for cell in row.cells)]
    assert len(found) == 1, (reading, found)
    return {"verdict-hold": "hold", "verdict-cut": "cut", "verdict-watch": "watch", "verdict-keep": "keep"}[found[0].rule]


def judged(row):
    """Return a channel as the program judges it when its test is over and nothing was fixed beforehand."""
    values = {name: Fraction(row[key]) for name, key in (("spend", "spend"), ("visits", "clicks"), ("conversions", "conversions"), ("revenue", "revenue")) if row[key]}
    method = Method(Fraction(row["bar"] or 1), 1.25, 2.0, 0.07, 0.04, 30, 0.97, 7)
    return judge(row["channel"], [Row(row["channel"], "", None, None, values, is_traced=True)], method, None, DAY, is_over=True)


def all_judged():
    """Return (row, judged, verdict, agrees) of every channel."""
    book = open_book(ROOT, DAY.toordinal())
    found = []
    for row in rows():
        item = judged(row)
        verdict = verdict_of(book, item.reading)
        found.append((row, item, verdict, verdict in AGREES[row["said"]]))
    return found


def number(value):
    """Return a number as tables show it."""
    return "–" if value is None else f"{value:,.2f}"


def table(found):
    """Return the table of the five tests."""
    lines = ["| test | channel | spend / counted | cost (95% range) | bar | our verdict | said there |", "|---|---|--:|--:|--:|---|---|"]
    for row, item, verdict, agrees in found:
        counted = f"{float(item.spend):,.0f} / {item.conversions}" if item.conversions is not None else f"{row['spend'] or '–'} / –"
        cost = f"{number(item.cost)} ({number(item.low)} to {number(item.high)})" if item.cost is not None else "–"
        why = {"over": f"{item.counts.get('keep')} keep, {item.counts.get('cut')} cut", "luck_misses": "even luck misses", "underspent": "too few counted", "not_counted": "nothing counted"}[
            item.state
        ]
        lines.append(f"| {row['test']} | {row['channel']} | {counted} | {cost} | {row['bar'] or '–'} | {verdict} ({why}) | {row['said']}{'' if agrees else ' **(differs)**'} |")
    return lines


def advertising():
    """Return campaigns and their segments of the advertising account: (name, spend, sales, clicks)."""
    with (HERE / "facebook_ads.csv").open(encoding="utf-8") as file:
        segments = list(csv.DictReader(file))
    campaigns = {}
    for row in segments:
        whole = campaigns.setdefault(row["campaign"], [0.0, 0, 0])
        for place, key in enumerate(("spend", "sales", "clicks")):
            whole[place] += float(row[key]) if key == "spend" else int(row[key])
    parts = [(f"{row['campaign']} {row['age']} {row['gender']}", float(row["spend"]), int(row["sales"]), int(row["clicks"])) for row in segments]
    return [(f"campaign {name}", *values) for name, values in campaigns.items()], parts


def ranked(parts):
    """Return rows by cost of a sale: name, spend, sales, cost, low, high."""
    found = []
    for name, spend, sales, _ in parts:
        low, high = count_limits(sales)
        found.append((name, spend, sales, spend / sales, spend / high, spend / low))
    return sorted(found, key=lambda item: item[3])


def section():
    """Return the part of the page on trials."""
    found = all_judged()
    same = sum(agrees for *_, agrees in found)
    campaigns, parts = advertising()
    lines = [
        "## Trials",
        "",
        f"Five documented tests of channels, {len(found)} channels (tests/trialing/channel_tests.csv), judged by the program as tests that are over and had nothing fixed beforehand: {same} of {len(found)} verdicts say what the source did or what its readers judged right.",
        "",
        "| said there | ours that says the same |",
        "|---|---|",
        *(f"| {said} | {' or '.join(ours)} |" for said, ours in AGREES.items()),
        "",
        *table(found),
        "",
        "- The source of CT-01 prints 7.04 a customer where its own numbers give 7.02, and that of CT-03 prints 12.00 where 70 / 5 is 14.00: both are named (F170) when the tables are read, and the numbers count.",
        "- CT-01, social ads: one customer is enough to cut, because the luckiest reading of one (5.57 expected) still costs 43, above the bar of 25.",
        "- CT-16, campaign 916: cheapest by far, but 24 sales for 150 dollars cannot be read: *hold*, and six more sales would do. Cutting by cost alone would take 81% of all sales away with campaign 1178; it lies within a quarter above the bar, so it is watched, and money moves to 936 in steps.",
        *(f"- {row['test']}, {row['channel']}: {ARGUED[row['test'], row['channel']]}" for row, _, _, agrees in found if not agrees),
        "",
        "### The advertising account, as an analyst reads it",
        "",
        "![cost of a sale by campaign and segment](pictures/advertising.svg)",
        "",
        "| segment | spend | sales | cost of a sale | 95% range | against the account's mean of 54.41 |",
        "|---|--:|--:|--:|--:|---|",
    ]
    mean = sum(part[1] for part in parts) / sum(part[2] for part in parts)
    for name, spend, sales, cost, low, high in ranked([*campaigns, *parts]):
        said = "cheaper, whatever chance says" if high < mean else "dearer, whatever chance says" if low > mean else "not told apart"
        lines.append(f"| {name} | {spend:,.0f} | {sales} | {cost:,.2f} | {low:,.2f} to {high:,.2f} | {said} |")
    # the whole range above what would be cut in a trial
    dearest = [item for item in ranked(parts) if item[4] > mean * 1.25]
    lines += [
        "",
        f"What an analyst would cut: {len(dearest)} segments whose whole range lies above 1.25 means ({', '.join(item[0] for item in dearest)}), together {sum(item[1] for item in dearest):,.0f} of spend and {sum(item[2] for item in dearest)} sales. What she would not do is rank the cheap end: the segments of campaign 916 have 1 to 7 sales each, and their ranges overlap almost wholly.",
        "Two dozen segments are looked at here, so about one of them may lie outside its range by chance; a segment is a reason for a trial, not a verdict.",
        "",
    ]
    return lines


def drawing():
    """Return the drawing: cost of a sale with its range, campaigns first, on a logarithmic scale."""
    from math import log10

    campaigns, parts = advertising()
    shown = [*ranked(campaigns), *ranked(parts)]
    mean = sum(part[1] for part in parts) / sum(part[2] for part in parts)
    height = 70 + 20 * len(shown)

    def x(cost):
        return 230 + (log10(max(cost, 1)) - 0) / 2.6 * 680

    font = "Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {height}" font-family="{font}" font-size="12"><rect width="960" height="{height}" fill="#fff"/>']
    for cost in (1, 3, 10, 30, 100, 300):
        out.append(f'<line x1="{x(cost):.0f}" y1="34" x2="{x(cost):.0f}" y2="{height - 20}" stroke="#e3e3e3"/><text x="{x(cost):.0f}" y="26" text-anchor="middle" fill="#555">{cost}</text>')
    out.append(
        f'<line x1="{x(mean):.0f}" y1="34" x2="{x(mean):.0f}" y2="{height - 20}" stroke="#b4501e" stroke-dasharray="4 3"/><text x="{x(mean):.0f}" y="{height - 6}" text-anchor="middle" fill="#b4501e">mean of the account {mean:.2f}</text>'
    )
    out.append('<text x="24" y="26" fill="#555">cost of a sale, dollars</text>')
    for place, (name, _, sales, cost, low, high) in enumerate(shown):
        y = 50 + 20 * place
        colour = "#1f7a4d" if high < mean else "#b03030" if low > mean else "#777"
        weight = ' font-weight="bold"' if name.startswith("campaign") else ""
        out.append(f'<text x="24" y="{y + 4}"{weight}>{name}</text><text x="222" y="{y + 4}" text-anchor="end" fill="#555">{sales} sales</text>')
        out.append(f'<line x1="{x(low):.1f}" y1="{y}" x2="{min(940, x(high)):.1f}" y2="{y}" stroke="{colour}" stroke-width="3"/><circle cx="{x(cost):.1f}" cy="{y}" r="4.5" fill="{colour}"/>')
    return "\n".join([*out, "</svg>"]) + "\n"


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawing(), encoding="utf-8")
    print("\n".join(section()))
