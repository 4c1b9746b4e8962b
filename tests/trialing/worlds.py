"""Invented results of trials, drawn by a seed: daily rows of carriers with a given number of events."""

import csv
import io
import random
from datetime import date, timedelta

HEADER = ("carrier", "day", "spend", "visits", "buyers", "revenue")


def daily(carriers, first, days, seed=3):
    """Return CSV text of daily rows; `carriers` gives (name, spend, events)."""
    draw = random.Random(seed)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for name, spend, events in carriers:
        counts = [0] * days
        for _ in range(events):
            counts[draw.randrange(days)] += 1
        share = round(spend / days, 2)
        for place, count in enumerate(counts):
            money = share if place < days - 1 else round(spend - share * (days - 1), 2)
            writer.writerow((name, first + timedelta(days=place), money, 30 + count, count, count * 300))
    return buffer.getvalue()


FIRST = date(2026, 12, 14)
