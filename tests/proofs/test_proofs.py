"""Proofs, whole: each file holds rules with seeded faults beside a shared small book, and every line that is shown.

A file is rewritten only with FOURFOLD_REWRITE=1, and then read.
"""

import json
import os
import re
from pathlib import Path

import pytest
from conftest import DAY, ROOT

from fourfold import cache
from fourfold.cases import cases_in
from fourfold.content import read_content_texts
from fourfold.linking import link
from fourfold.outcomes import FAULTS
from fourfold.proving import prove_book, prove_workspace, proved
from fourfold.reading.document import parse
from fourfold.show_problem import show
from fourfold.witnesses import shows

HERE = Path(__file__).parent
LINE = "-------- shown\n"
PART = re.compile(r"^==== (\S+)\n", re.MULTILINE)
FILES = sorted(HERE.glob("*.txt"))


def texts_of(path):
    head, _, shown = path.read_text(encoding="utf-8").partition(LINE)
    pieces = PART.split(head)[1:]
    base = {"knowledge/base.yaml": (HERE / "base.yaml").read_text(encoding="utf-8"), "rules/base.yaml": (HERE / "base_rules.yaml").read_text(encoding="utf-8")}
    return base | dict(zip(pieces[::2], pieces[1::2], strict=True)), head, shown


def proved_of(name):
    texts, _, _ = texts_of(HERE / f"{name}.txt")
    return prove_book(link(read_content_texts(texts), DAY))


def workspace(name, folder):
    texts, _, _ = texts_of(HERE / f"{name}.txt")
    for file, text in texts.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def text_of(found, texts):
    problems = show(found.problems, lambda file, number: texts[file].splitlines()[number - 1]) + "\n" if found.problems else ""
    return problems + found.summary()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_proven_and_found_is_shown_whole(path):
    texts, head, shown = texts_of(path)
    text = text_of(prove_book(link(read_content_texts(texts), DAY)), texts)
    if os.environ.get("FOURFOLD_REWRITE"):
        path.write_text(head + LINE + text, encoding="utf-8")
    assert text == shown


def test_every_fault_is_seeded_in_some_file():
    seen = {item.outcome.fault for path in FILES for item in proved_of(path.stem).findings}
    assert seen == set(FAULTS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_witness_is_seen_by_the_referee(path):
    for item in proved_of(path.stem).findings:
        if item.outcome.facts:
            assert shows(item.book, item.outcome)(dict(item.outcome.facts))


@pytest.mark.parametrize("name", ["gap", "conflict", "lost"])
def test_the_same_book_has_the_same_answer(name):
    assert proved_of(name).outcomes == proved_of(name).outcomes


def test_what_takes_too_long_is_not_settled_and_says_what_to_narrow():
    from fourfold import prove

    texts, _, _ = texts_of(HERE / "gap.txt")
    book = link(read_content_texts(texts), DAY)
    outcomes = tuple(prove.Prover(book, DAY, 1).tables())
    (problem,) = proved([(book, DAY)], tuple(outcome for outcome in outcomes if outcome.state == "unsettled")[:1], 3).problems
    assert (problem.code, problem.is_warning, str(problem.span)) == ("F318", False, "rules/way.yaml:1:10")
    assert problem.message == "could not settle within 3 s whether there is a gap at `way_to_go`"
    assert problem.help == "narrow the ranges of `budget`, or allow more with --seconds"


def test_the_shipped_book_is_proven():
    found = prove_workspace(ROOT, DAY)
    assert [problem.message for problem in found.problems] == []
    assert {outcome.state for outcome in found.outcomes if outcome not in [known for known, _ in found.allowed]} == {"proven"}
    assert sum(outcome.fault == "gap" for outcome in found.outcomes) > 10


# ---------------------------------------------------------------- keeping what was proven


def test_what_was_proven_is_kept_by_content(tmp_path, monkeypatch):
    root = workspace("gap", tmp_path)
    first = prove_workspace(root, DAY)
    monkeypatch.setattr("fourfold.proving._proofs", lambda *_: pytest.fail("proven again"))
    assert prove_workspace(root, DAY + 1).outcomes == first.outcomes


def test_a_kept_proof_whose_witness_does_not_replay_is_not_used(tmp_path, monkeypatch):
    root = workspace("gap", tmp_path)
    first = prove_workspace(root, DAY)
    real = cache.load

    def altered(key):
        body = real(key)
        return body.replace(b'["goal", "sales"]', b'["goal", "sales"], ["budget", 0]') if body and key.startswith("proof") else body

    monkeypatch.setattr(cache, "load", altered)
    assert prove_workspace(root, DAY).outcomes == first.outcomes


@pytest.mark.parametrize("body", [b"", b"[]x", b"[[1]]", b'[["gap","a","perhaps","","",[],[],[],[],[],0]]', b'[["gap","a","proven","","",1,[],[],[],[],0]]'])
def test_a_broken_kept_proof_is_made_again(tmp_path, monkeypatch, body):
    root = workspace("conflict", tmp_path)
    first = prove_workspace(root, DAY)
    real = cache.load
    monkeypatch.setattr(cache, "load", lambda key: body if key.startswith("proof") else real(key))
    assert prove_workspace(root, DAY).outcomes == first.outcomes


# ---------------------------------------------------------------- the command


def test_a_gap_is_closed_by_a_row_and_the_file_keeps_its_comments(run, tmp_path):
    root = workspace("gap", tmp_path / "w")
    assert run("prove", "--workspace", root, "--as-of", "2026-11-25").exit_code == 1
    result = run("prove", "--workspace", root, "--as-of", "2026-11-25", "--fix", 1, "--then", "trial")
    assert result.exit_code == 0, result.output
    text = (root / "rules" / "way.yaml").read_text(encoding="utf-8")
    assert "# a row in several lines" in text
    assert text.splitlines()[-1] == '    - {id: way-to-go-missing, when: {good: 1, cash: "not(tight)"}, then: trial, because: "To be told: why this follows. Added for a company that no row decided."}'


def test_a_gap_is_closed_by_otherwise(run, tmp_path):
    root = workspace("gap", tmp_path / "w")
    result = run("prove", "--workspace", root, "--fix", 1, "--then", "narrow", "--otherwise")
    assert result.exit_code == 0, result.output
    assert "otherwise: narrow" in (root / "rules" / "way.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--fix", "1"), 2, "--fix N goes with --then VALUE"),
        (("--then", "broad"), 2, "--fix N goes with --then VALUE"),
        (("--fix", "1", "--widen", "way-narrow"), 1, "F320 rule `way-narrow` cannot take in finding 1"),
        (("--fix", "1", "--then", "sideways"), 1, "F204"),
        (("--fix", "7", "--then", "broad"), 1, "F320 there is no finding 7"),
        (("--keep", "x", "c.yaml"), 1, "F320 there is no finding 0"),
        (("--as-of", "soon"), 2, "is not a day"),
    ],
)
def test_a_wrong_wish_is_told(run, tmp_path, arguments, code, said):
    root = workspace("gap", tmp_path / "w")
    before = (root / "rules" / "way.yaml").read_text(encoding="utf-8")
    result = run("prove", "--workspace", root, *arguments)
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert (root / "rules" / "way.yaml").read_text(encoding="utf-8") == before


def test_only_a_gap_is_closed_by_a_row(run, tmp_path):
    root = workspace("conflict", tmp_path / "w")
    result = run("prove", "--workspace", root, "--fix", 1, "--then", "broad")
    assert result.exit_code == 1
    assert "F320 finding 1 is no gap" in result.output


@pytest.mark.parametrize(("name", "code"), [("gap", "F307"), ("conflict", "F308"), ("promise", "F404")])
def test_a_kept_witness_is_a_case_that_shows_the_fault(run, tmp_path, name, code):
    root = workspace(name, tmp_path / "w")
    file = root / "tests" / "cases" / "found.yaml"
    assert run("prove", "--workspace", root, "--keep", 1, file).exit_code == 0
    cases, problems = cases_in(parse(file.read_text(encoding="utf-8"), "found.yaml"))
    assert (len(cases), problems) == (1, [])
    assert code in run("test", "--workspace", root).output
    assert run("prove", "--workspace", root, "--keep", 1, file).exit_code == 0
    assert len(cases_in(parse(file.read_text(encoding="utf-8"), "found.yaml"))[0]) == 2


def test_more_and_less_are_kept_as_two_cases(run, tmp_path):
    root = workspace("lost", tmp_path / "w")
    file = root / "tests" / "cases" / "found.yaml"
    assert run("prove", "--workspace", root, "--keep", 1, file).exit_code == 0
    assert len(cases_in(parse(file.read_text(encoding="utf-8"), "found.yaml"))[0]) == 2


def test_json_has_every_outcome_and_finding(run, tmp_path):
    root = workspace("promise", tmp_path / "w")
    result = run("prove", "--workspace", root, "--format", "json")
    data = json.loads(result.output)
    assert (result.exit_code, data["holds"]) == (1, False)
    assert [item["code"] for item in data["findings"]] == ["F312", "F312"]
    assert {item["state"] for item in data["outcomes"]} == {"proven", "refuted"}
    assert data["findings"][0]["witness"]["cash"] == "tight"


def test_without_a_solver_nothing_is_said_to_be_proven(run, tmp_path, monkeypatch):
    monkeypatch.setattr("fourfold.solving.is_available", lambda: False)
    result = run("prove", "--workspace", workspace("shadowed", tmp_path / "w"), "--seconds", 11)
    assert result.exit_code == 1
    assert "F319 no solver is installed" in result.output


WIDER = [
    ('good: "< 1"', 'good: ">= 2", cash: not(tight)', 'good: ">= 1", cash: tight', "way-broad", 'good: ">= 1", cash: not(tight)'),
    ('good: "< 1"', 'good: "[2..3]"', 'good: ">= 4"', "way-broad", 'good: "[1..3]"'),
    ('good: "< 1", cash: tight', 'good: "< 1", cash: plenty', 'good: ">= 1"', "way-broad", 'good: "< 1", cash: "steady, plenty"'),
    ('good: "< 1", cash: "not(steady, tight)"', 'good: "< 1", cash: steady', 'good: ">= 1"', "way-narrow", 'good: "< 1", cash: "not(steady)"'),
]


@pytest.mark.parametrize(("narrow", "broad", "trial", "rule", "after"), WIDER, ids=[item[-1] for item in WIDER])
def test_a_row_beside_a_gap_takes_it_in(tmp_path, run, narrow, broad, trial, rule, after):
    root = workspace("gap", tmp_path)
    path = root / "rules" / "way.yaml"
    text = "- table: way_to_go\n  concludes: way\n  rules:   # three\n" + "".join(
        f"    - {{id: {name}, when: {{{cells}}}, then: {then}, because: x}}\n" for name, cells, then in (("way-narrow", narrow, "narrow"), ("way-broad", broad, "broad"), ("way-tight", trial, "trial"))
    )
    path.write_text(text, encoding="utf-8")
    found = run("prove", "--workspace", root, "--as-of", "2026-11-25")
    assert f"--widen {rule}" in found.output
    offered = re.findall(r"--widen (\S+)`", found.output)
    result = run("prove", "--workspace", root, "--as-of", "2026-11-25", "--fix", 1, "--widen", rule)
    assert result.exit_code == 0, result.output
    assert "0 gaps · 0 conflicts" in result.output
    assert after in path.read_text(encoding="utf-8")
    for other in offered:
        path.write_text(text, encoding="utf-8")
        assert run("prove", "--workspace", root, "--as-of", "2026-11-25", "--fix", 1, "--widen", other).exit_code == 0
