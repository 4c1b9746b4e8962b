"""What is said of single rows: why a row has its answer, plans for some rows, and an audit of many by the referee."""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from fourfold.advice import plan_of
from fourfold.batching.again import Found, advice_again, decoded, differences, found_rows, made_of, written_rows
from fourfold.console import dump, why_text
from fourfold.decide import decide
from fourfold.door import enter
from fourfold.faces import rendered, why_of
from fourfold.problem import Problem, Problems
from fourfold.report import Speaker, render, tidy
from fourfold.span import Span
from fourfold.why import as_data as why_data
from fourfold.writing import write_whole

MOST_PLANS = 2_000


def why_row(root: Path, output: Path, name: str, term: str, depth: int, language: str, form: str) -> str:
    """Return why a row has its answer, decided again by all readers and held against the words that the batch kept."""
    made, decider = made_of(root, output)
    wanted = written_rows(output).filter(pl.col("id") == name).collect()
    if not wanted.height:
        raise Problems([Problem("F140", f"no company `{name}` in `{output}`", Span(str(output), 1, 1), help="the id stands in the column `id`; rows that were set aside stand in the file of rejects")])
    found = next(iter(found_rows(made, decider, wanted.head(1))))
    advice = advice_again(root, found)
    differ = differences(found, advice.decision)
    node = why_of(advice, term or found.desk.target, depth)
    if form == "json":
        return dump({"id": name, "row": found.row["row"], "file": str(made.inputs[int(found.row["source"])]), "differ": differ, "certificate": advice.certificate, "why": why_data(node, language)})
    speaker = Speaker(found.desk.book, language, found.desk.book.currency)
    head = {
        "id": name, "answer": speaker.option(found.desk.target, found.row[found.desk.target]), "row": found.row["row"], "file": made.inputs[int(found.row["source"])].name,
        "reason": found.row["reason"], "how_sure": found.row.get("how_sure", ""), "hangs_on": found.row.get("hangs_on", ""), "assumed": found.row["assumed"], "rules": len(decoded(found)), "differ": differ,
        "tree": why_text(node, language).rstrip("\n"),
    }  # fmt: skip
    return tidy(render(root, f"batch_why.{language}.txt.j2", speaker, head))


def audit(root: Path, output: Path, count: int) -> tuple[int, list[tuple[str, list[str]]]]:
    """Decide evenly spread rows of an output again by the referee, from their files on; return how many, and those that differ."""
    made, decider = made_of(root, output)
    rows = written_rows(output).with_row_index("place")
    whole = int(rows.select(pl.len()).collect().item())
    places = sorted({(2 * at + 1) * whole // (2 * count) for at in range(min(count, whole))}) if count < whole else list(range(whole))
    wanted = rows.filter(pl.col("place").is_in(places)).collect()
    differ = []
    for found in found_rows(made, decider, wanted):
        wrong = differences(found, decide(found.desk.book, enter(found.desk.book, found.profile)))
        if wrong:
            differ.append((str(found.row["id"]), wrong))
    return wanted.height, differ


def write_plans(root: Path, output: Path, where: str, folder: Path, language: str) -> int:
    """Write the plan of each row that a condition on the output's columns holds for; return how many."""
    made, decider = made_of(root, output)
    try:
        wanted = written_rows(output).filter(pl.sql_expr(where)).head(MOST_PLANS + 1).collect()
    except pl.exceptions.PolarsError as fault:
        reason = str(fault).splitlines()[0][:100]
        raise Problems(
            [Problem("F141", f"the condition `{where[:60]}` is not understood: {reason}", Span("--where", 1, 1), help="write it as SQL on the output's columns, such as strategy = 'omnichannel'")]
        ) from None
    if wanted.height > MOST_PLANS:
        raise Problems([Problem("F141", f"the condition holds for more than {MOST_PLANS:,} rows", Span("--where", 1, 1), help="narrow it; each row becomes a plan of its own")])
    for found, name in _named(found_rows(made, decider, wanted)):
        advice = advice_again(root, found)
        plan = plan_of(advice)
        write_whole(folder / f"{name}.html", rendered(advice, root, language, ".html", plan, name))
        write_whole(folder / f"{name}.decision.json", dump({"certificate": advice.certificate}))
    return wanted.height


def _named(rows: Iterator[Found]) -> Iterator[tuple[Found, str]]:
    """Yield rows with names for their files, each once."""
    seen: set[str] = set()
    for found in rows:
        plain = re.sub(r"[^\w.-]+", "_", str(found.row["id"]))[:80].strip(".") or "company"
        name = plain if plain not in seen else f"{plain}_{found.row['row']}"
        seen.add(name)
        yield found, name
