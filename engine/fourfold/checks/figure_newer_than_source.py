"""Allow figure-newer-than-source."""

from collections.abc import Iterator

from fourfold.checks.seen import Seen
from fourfold.problem import Problem

CODE = "F243"


def check(seen: Seen) -> Iterator[Problem]:
    """Find figures that are dated after their source.

    What it finds. A figure whose date lies after the date of every source that it names.
    Why it matters. A page of 2019 cannot say what something cost in 2025. Usually the year of looking it up was written.
    Example. `{value: 300, source: S1, date: 2026}` where S1 is dated 2019.
    Instead. Date the figure by what the source says about it; or name the newer source.
    """
    dates = {source.name: source.date for source in seen.content.sources}
    for name, _, figure in seen.figures:
        years = [dates.get(source, "")[:4] for source in figure.origin.sources]
        if years and all(year.isdigit() for year in years) and figure.origin.date[:4].isdigit() and figure.origin.date[:4] > max(years) and not figure.origin.is_estimate:
            yield Problem(
                CODE,
                f"`{name}` is dated {figure.origin.date}, after its source `{figure.origin.sources[0]}` of {max(years)}",
                figure.span,
                is_warning=True,
                help="date the figure by its source, or name the newer source",
            )
