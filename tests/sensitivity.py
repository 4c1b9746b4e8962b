"""Writes docs/sensitivity.md: how many documented decisions change when one figure of the knowledge moves by 20 %.

    python tests/sensitivity.py [PROCESSES]

Every number, amount and percentage that the rules of the strategy may read is moved by itself, down and up: the constants,
the attributes of carriers, industries and business models. A figure of few decimals moves by one of its last place at least.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "engine"), str(ROOT / "tests")]

from judgement import FILE, without  # noqa: E402

from fourfold.cases import read_cases  # noqa: E402
from fourfold.content import read_content  # noqa: E402
from fourfold.decide import decide  # noqa: E402
from fourfold.door import enter  # noqa: E402
from fourfold.door.profile import read_profile_node  # noqa: E402
from fourfold.linking import link  # noqa: E402
from fourfold.problem import Problems  # noqa: E402

PAGE = ROOT / "docs" / "sensitivity.md"
DAY = 739_945  # 2026-11-25, as in the cases
SHARES = (Decimal("0.8"), Decimal("1.2"))
READ = ("carrier", "industry", "business_model", "stage", "level", "skill", "module", "dimension", "matrix", "handover", "factor")
NUMBERS = ("number", "money", "percent")


def slim(content):
    """Return the content without the knowledge that only the plan reads."""
    return replace(content, entities=tuple(entity for entity in content.entities if entity.kind in READ), proved=())


def figures(content):
    """Return the place of each figure: ("constant", name, number), or (kind, entity, attribute, number)."""
    numeric = {(item.kind_name, item.name) for item in content.attributes if item.kind.word in NUMBERS}
    found = [("constant", term.name, "", at) for term in content.terms if term.kind.word in NUMBERS for at in range(len(term.figures))]
    for entity in content.entities:
        if entity.kind in ("carrier", "industry", "business_model"):
            found += [(entity.kind, entity.name, f"{name} {by}".strip(), at) for name, by, known in entity.values if (entity.kind, name) in numeric for at in range(len(known))]
    return found


def moved_text(text, share):
    """Return a written number moved by a share, with as many decimals; by one of the last place at least."""
    number = Decimal(text)
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    moved = (number * share).quantize(step, ROUND_HALF_UP)
    if moved == number and number:
        moved += step if share > 1 else -step
    return str(moved)


def moved_figures(known, at, share):
    """Return figures with one of them moved; its range goes along."""
    figure = known[at]
    return (*known[:at], replace(figure, texts=(moved_text(figure.texts[0], share),), low="", high=""), *known[at + 1 :])


def moved(content, place, share):
    """Return the content with one figure moved."""
    kind, name, attribute, at = place
    if kind == "constant":
        return replace(content, terms=tuple(replace(term, figures=moved_figures(term.figures, at, share)) if term.name == name else term for term in content.terms))
    entities = []
    for entity in content.entities:
        if (entity.kind, entity.name) == (kind, name):
            values = tuple((key, by, moved_figures(known, at, share) if f"{key} {by}".strip() == attribute else known) for key, by, known in entity.values)
            entity = replace(entity, values=values)  # noqa: PLW2901  # the entity with its figure moved takes its place
        entities.append(entity)
    return replace(content, entities=tuple(entities))


def strategies(content, cases):
    """Return the strategy of each case, or what stops its decision."""
    found, books = {}, {}
    for case in cases:
        profile = read_profile_node(case.given, case.span.file)
        if profile.currency not in books:
            books[profile.currency] = link(content, DAY, profile.currency)
        book = books[profile.currency]
        try:
            found[case.name] = str(decide(book, enter(book, profile)).values["strategy"])
        except Problems as fault:
            found[case.name] = fault.problems[0].code
    return found


def both(content, cases):
    """Return the strategies with and without appetite, the latter with `*` after the name."""
    bare = strategies(content, [without(case, "appetite") for case in cases])
    return strategies(content, cases) | {f"{name}*": value for name, value in bare.items()}


def try_one(place):
    """Return what each move of one figure changes: place, share, changes by case."""
    content, cases, base = _state()
    results = []
    for share in SHARES:
        try:
            now = both(moved(content, place, share), cases)
        except Problems as fault:
            results.append((place, share, {"": fault.problems[0].message}))
            continue
        results.append((place, share, {name: now[name] for name in base if now[name] != base[name]}))
    return results


_KEPT = []


def _state():
    if not _KEPT:
        content = slim(read_content(ROOT))
        cases, problems = read_cases(FILE, FILE.name)
        assert not problems
        _KEPT.append((content, cases, both(content, cases)))
    return _KEPT[0]


def page(results, cases):
    """Return the page."""
    changed = [(place, share, changes) for place, share, changes in results if changes]
    plain = {name for _, _, changes in changed for name in changes if name and not name.endswith("*")}
    bare = {name for _, _, changes in changed for name in changes if name.endswith("*")}
    lines = [
        "# Sensitivity to single figures",
        "",
        "Every number, amount and percentage that the rules of the strategy may read (constants; attributes of carriers, industries and business models) was moved by itself by 20 % down and up,",
        "the book linked again, and the 28 documented decisions of [judgement.md](judgement.md) made again, with appetite and without (`*`). Made by `python tests/sensitivity.py`.",
        "",
        f"- figures moved: {len(results) // 2}, each twice",
        f"- moves that change some decision: {len(changed)} of {len(results)}",
        f"- decisions that some move changes: {len(plain)} of {len(cases)} with appetite, {len(bare)} of {len(cases)} without",
        "",
        "| figure | moved by | decisions that change |",
        "|---|--:|---|",
    ]
    for (kind, name, attribute, _), share, changes in changed:
        what = f"`{name}`" if kind == "constant" else f"{kind} `{name}`: {attribute}"
        lines.append(f"| {what} | {(share - 1) * 100:+.0f}% | {'; '.join(f'{case}: {value}' for case, value in changes.items())} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    content, cases, _ = _state()
    places = figures(content)
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else 2) as pool:
        results = [result for found in pool.map(try_one, places, chunksize=8) for result in found]
    PAGE.write_text(page(results, cases), encoding="utf-8")
    print("\n".join(page(results, cases).splitlines()[5:8]))
