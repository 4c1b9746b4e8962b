"""Two rule books compared for a person: what was changed, who changes, how many of a list, and that nothing else does."""

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from fourfold.change import Change, Pair, Region, changes, lies_in, target_of
from fourfold.company_lists import check_columns
from fourfold.content import content_hash, read_content
from fourfold.edits import Edit, edits
from fourfold.findings import facts_text
from fourfold.linking import link
from fourfold.model import RuleBook
from fourfold.outcomes import Known
from fourfold.problem import Problem, Problems
from fourfold.revisions import Opened, revision_of
from fourfold.tallies import Reader, Tally, counting
from fourfold.workspaces_named import at_cells, called

MOST_EDITS = 40
MOST_GROUPS = 3
REGIONS = 12


@dataclass(frozen=True, slots=True)
class Named:
    """A book with the name it goes by."""

    book: RuleBook
    name: str
    revision: str

    def mark(self) -> str:
        """Return the name with hash and revision."""
        return f"{self.name} ({self.book.hash[:6]}{f', revision {self.revision[:10]}' if self.revision else ''})"


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that a comparison found; `look` names for each region a company of the list."""

    old: Named
    new: Named
    edits: tuple[Edit, ...]
    change: Change
    tally: Tally | None
    look: tuple[str, ...]

    @property
    def share(self) -> float:
        """Return which share of the list changes, from 0 to 1."""
        return self.tally.moved / self.tally.whole if self.tally and self.tally.whole else 0.0

    def text(self) -> str:
        """Return the comparison for the terminal."""
        lines = [f"from {self.old.mark()}", f"to   {self.new.mark()}", "", *self._edits(), "", *self._regions()]
        if self.tally is not None:
            lines += ["", *self._list(self.tally)]
        return "\n".join(lines) + "\n"

    def _edits(self) -> list[str]:
        more = len(self.edits) - MOST_EDITS
        return [*(edit.text() for edit in self.edits[:MOST_EDITS]), *([f"and {more} more"] if more > 0 else [])] or ["rules and knowledge say the same"]

    def _regions(self) -> list[str]:
        change, lines = self.change, list[str]()
        for number, region in enumerate(change.regions, 1):
            where = ", ".join(f"{column} {text}" for column, text in region.cells) or "companies that the table's columns do not tell apart"
            lines += [f"{number}  {where}", f"     {change.target}: {region.before} → {region.after}", f"     smallest  {facts_text(self.new.book, dict(region.witness))}"]
            if region.edges:
                lines.append(f"     edge      {facts_text(self.new.book, dict(region.edges))}")
            if number <= len(self.look) and self.look[number - 1]:
                lines.append(f"     list      {self.look[number - 1]}")
        lines += [f"not compared: `{term}` is of another kind in one of the books; both take it as not answered" for term in change.apart]
        ends = {"none": "else ", "some": "further regions change; ask for more with --regions", "unknown": "could not settle whether anything else changes"}
        if change.more == "none":
            return [*lines, f"Nothing {ends['none'] if change.regions else ''}changes `{change.target}`: proven for every company there can be."]
        return [*lines, f"More: {ends[change.more]}."]

    def _list(self, found: Tally) -> list[str]:
        lines = [f"your list   {found.moved:,} of {found.whole:,} change ({100 * self.share:.1f}%)"]
        for word, at in (("before", 0), ("after", 1)):
            counts: Counter[str] = Counter()
            for pair, count in found.pairs.items():
                counts[pair[at]] += count
            lines.append(f"   {word:<8} " + " · ".join(f"{name} {count:,}" for name, count in sorted(counts.items())))
        lines += [f"   refused  {name}: {why}" for name, why in found.refused]
        lines += [f"   {before} → {after}: {count:,}" for (before, after), count in sorted(found.pairs.items(), key=lambda item: (-item[1], item[0])) if before != after]
        groups = sorted(found.groups.items(), key=lambda item: (-item[1], item[0]))
        rest = sum(count for _, count in groups[MOST_GROUPS:])
        if groups:
            lines.append("   most in  " + " · ".join(f"{name} {count:,}" for name, count in groups[:MOST_GROUPS]) + (f" · others {rest:,}" if rest else ""))
        return lines

    def as_data(self) -> dict[str, object]:
        """Return the comparison as JSON has it."""
        change = self.change
        data: dict[str, object] = {
            "old": {"name": self.old.name, "rule_book": self.old.book.hash, "revision": self.old.revision},
            "new": {"name": self.new.name, "rule_book": self.new.book.hash, "revision": self.new.revision},
            "edits": [
                {"thing": item.thing, "aspect": item.aspect, "before": item.before, "after": item.after, "file": item.span.file, "line": item.span.line, "cell": item.span.cell} for item in self.edits
            ],
            "term": change.target,
            "regions": [_region_data(region) for region in change.regions],
            "nothing_else_changes": {"none": "proven", "some": "there is more", "unknown": "not settled"}[change.more],
            "not_compared": list(change.apart),
        }
        if self.tally is not None:
            data["list"] = {
                "companies": self.tally.whole,
                "changed": self.tally.moved,
                "share": self.share,
                "pairs": [{"before": before, "after": after, "companies": count} for (before, after), count in sorted(self.tally.pairs.items())],
                "groups": dict(sorted(self.tally.groups.items())),
                "look": list(self.look),
                "refused": [{"company": name, "why": why} for name, why in self.tally.refused],
            }
        return data


def _region_data(region: Region) -> dict[str, object]:
    return {"cells": dict(region.cells), "before": region.before, "after": region.after, "witness": dict(region.witness), "edges": dict(region.edges)}


def diff(root: Path, old: str, new: str, day: int, term: str = "", most: int = REGIONS, listed: Path | None = None) -> Diff:
    """Return how two workspaces (folders, git revisions, or sheets laid over this one) differ on a day; an empty `new` is the workspace itself."""
    with called(root, old, day) as first, called(root, new or str(root), day) as second:
        before, after = read_content(first.opened.root), read_content(second.opened.root)
        one, other = link(before, day), link(after, day)
        names = _named(first.opened, one), _named(second.opened, other)
        said = at_cells(edits(before, after), (*second.changes, *first.changes))
    target = target_of(one, other, term)
    if listed is not None:
        check_columns(listed, {name for content in (before, after) for name in (*(term.name for term in content.terms), *(register.name for register in content.registers))})

    def in_currency(currency: str) -> tuple[RuleBook, RuleBook]:
        return link(before, day, currency), link(after, day, currency)

    with counting(one, other, target, listed, in_currency) if listed is not None else nullcontext(lambda: None) as counted:
        pair = Pair(one, other, target)
        change, found = changes(pair, most), counted()
    if found is not None and not found.whole:
        raise Problems([Problem("F110", f"`{listed}` holds no companies", help="one profile a file, or one company a row")])
    look = _look(pair, change, found) if found is not None else ()
    return Diff(names[0], names[1], said, change, found, look)


def _named(item: Opened, book: RuleBook) -> Named:
    return Named(book, item.name, item.revision or revision_of(item.root, content_hash(item.root)))


def _look(pair: Pair, change: Change, found: Tally) -> tuple[str, ...]:
    """Return for each region the name of a company of the list that lies in it, as far as one was kept."""
    reader = Reader(pair.books[1])
    answers = [(company.name, moved, reader.answers(company)) for company, moved in found.changed]
    days: Known = {"as_of": pair.books[1].as_of, "currency": pair.books[1].currency}
    names: list[str] = []
    for region in change.regions:
        mine = ((name, known) for name, moved, known in answers if moved == (region.before, region.after))
        names.append(next((name for name, known in mine if known is not None and lies_in(pair, region, {**days, **known})), ""))
    return tuple(names)
