"""Two books compared: regions, witnesses, lists, revisions. What is said agrees with looking at every company of small books."""

import json
import subprocess
from random import Random

import pytest
from conftest import DAY
from small_books import CELLS, every_company, small_texts

from fourfold.change import Pair, changes, lies_in
from fourfold.content import read_content_texts
from fourfold.linking import link
from fourfold.problem import Problems

BASE = {
    "knowledge/base.yaml": """
terms:
  goal: {kind: choice, options: [sales, reach], ask: "Which goal?", required: true}
  budget: {kind: money, range: [0, 100000], ask: "How much?", assume: 1000}
  cash: {kind: choice, options: [tight, steady, plenty], ask: "How is cash?", assume: steady}
  trade: {kind: trade, ask: "Which trade?", assume: shoes}
  fits: {of: channel, kind: yes_no}
  good: {kind: number, unit: channels}
  way: {kind: choice, options: [broad, narrow, trial]}
kinds:
  channel: {cost: {kind: money}}
  trade: {}
entities:
  channel:
    ads: {cost: {value: 300, estimate: true, because: x, date: 2026, confidence: low}}
    shop: {cost: {value: 2000, estimate: true, because: x, date: 2026, confidence: low}}
    fair: {cost: {value: 9000, estimate: true, because: x, date: 2026, confidence: low}}
  trade: {shoes: {}, food: {}}
book: {proved: [way, fits]}
""",
    "rules/base.yaml": """
- table: channel_fits
  for each: channel
  concludes: channel.fits
  rules:
    - {id: fits-money, when: {channel.cost: <= budget}, then: true, because: x}
    - {id: fits-not, otherwise: false, because: x}
- formula: good
  count: channel
  where: {channel.fits: true}
- table: way_to_go
  concludes: way
  rules:
    - {id: way-broad, when: {good: ">= 3", cash: not(tight)}, then: broad, overrides: [way-trial], because: x}
    - {id: way-trial, when: {good: ">= 2"}, then: trial, because: x}
    - {id: way-rest, otherwise: narrow, because: x}
""",
}


def changed(*pairs):
    texts = dict(BASE)
    for old, new in pairs:
        assert any(old in text for text in texts.values()), old
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    return texts


def written(folder, texts):
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def pair_of(old, new, target="way"):
    return Pair(link(read_content_texts(old), DAY), link(read_content_texts(new), DAY), target)


def found(*pairs, target="way", most=12):
    return changes(pair_of(BASE, changed(*pairs), target), most)


# ---------------------------------------------------------------- regions


def test_a_moved_bound_changes_one_region_and_nothing_else():
    change = found(('{good: ">= 2"}', '{good: ">= 1"}'))
    ((region,), more) = change.regions, change.more
    assert (region.cells, region.before, region.after, more) == ((("good", "1"),), "narrow", "trial", "none")
    assert dict(region.witness)["goal"] == "sales"


def test_the_edge_of_a_region_is_the_last_value_that_changes():
    (region,) = found(('{good: ">= 2"}', '{good: ">= 3"}')).regions
    assert region.edges == (("budget", 2000),)


def test_the_same_rules_in_other_words_change_nothing():
    change = found(('{good: ">= 2"}', '{good: "not(< 2)"}'), ("because: x", "because: y"))
    assert (change.regions, change.more) == ((), "none")


def test_a_changed_figure_shows_what_the_column_was_and_is():
    change = found(("value: 2000", "value: 3000"))
    assert [region.cells for region in change.regions] == [(("before: good", ">= 2"), ("now: good", "< 2"))]
    assert change.more == "none"


def test_a_gap_that_opens_is_a_change_to_undecided():
    (region,) = found(("    - {id: way-rest, otherwise: narrow, because: x}\n", "")).regions
    assert (region.before, region.after) == ("narrow", "undecided")


def test_a_new_constraint_is_a_change_to_refused():
    change = found(("book: {proved", "constraints:\n  - {id: tight-and-much, never: {cash: tight, budget: '> 50000'}, because: x}\nbook: {proved"))
    assert [(region.before, region.after) for region in change.regions] == [("trial", "refused")]
    assert change.more == "none"


def test_a_new_option_and_a_new_term_are_compared():
    change = found(("options: [tight, steady, plenty]", "options: [tight, plenty, steady, lavish]"), ('{good: ">= 2"}, then: trial', '{good: ">= 2", bold: false}, then: trial'),
                   ("  trade: {kind: trade, ask", "  bold: {kind: yes_no, ask: q, assume: false}\n  trade: {kind: trade, ask"))  # fmt: skip
    assert {(region.before, region.after) for region in change.regions} == {("trial", "narrow")}
    assert all(dict(region.witness)["bold"] == "true" for region in change.regions)


def test_a_term_of_another_kind_is_told_and_left_out():
    change = found(("budget: {kind: money, range: [0, 100000]", "budget: {kind: money, scale: 2, range: [0, 100000]"))
    assert change.apart == ("budget",)


def test_no_more_regions_than_wanted_are_shown_and_the_rest_is_named():
    change = found(('{good: ">= 2"}', '{good: "1"}'), most=1)
    assert (len(change.regions), change.more) == (1, "some")


# ---------------------------------------------------------------- every company of small books


def edited(seed):
    """Return a small book and the same with one cell, result or assumption changed."""
    rng = Random(seed)
    old = small_texts(rng)
    rules = json.loads(old["rules/r.yaml"])
    tables = [item for item in rules if "table" in item]
    for _ in range(rng.randint(1, 2)):
        row = rng.choice([row for table in tables for row in table["rules"] if "when" in row])
        column = rng.choice(list(row["when"]))
        row["when"][column] = rng.choice(CELLS[column])
    return old, {**old, "rules/r.yaml": json.dumps(rules)}


@pytest.mark.parametrize("seed", range(40))
def test_regions_are_exactly_the_companies_that_change(seed):
    old, new = edited(seed)
    pair = pair_of(old, new, "last")
    change = changes(pair, 50)
    assert change.more == "none"
    for known in every_company(pair.books[1]):
        before, after = pair.outcome(0, known)[0], pair.outcome(1, known)[0]
        inside = [region for region in change.regions if lies_in(pair, region, known)]
        assert bool(inside) == (before != after), (known, before, after)
        everywhere = [
            region for region in change.regions if region.literals and (before, after) != ("refused", "refused") and pair.is_in(region.literals, (pair.outcome(0, known)[1], pair.outcome(1, known)[1]))
        ]
        assert all((region.before, region.after) == (before, after) for region in everywhere)
    for region in change.regions:
        assert lies_in(pair, region, dict(region.witness))


# ---------------------------------------------------------------- the command


@pytest.fixture
def two(tmp_path):
    return written(tmp_path / "old", BASE), written(tmp_path / "new", changed(('{good: ">= 2"}', '{good: ">= 1"}')))


def as_on(*arguments):
    return ("diff", *arguments, "--as-of", "2026-11-25")


def test_what_is_shown_is_whole(run, two):
    (old, new) = two
    result = run(*as_on(old, new))
    text = result.output.split("\n", 3)
    assert result.exit_code == 0
    assert text[0].startswith(f"from {old} (")
    assert text[3] == (
        "changed  rule way-trial   good: >= 2 → >= 1\n\n1  good 1\n     way: narrow → trial\n     smallest  goal sales\nNothing else changes `way`: proven for every company there can be.\n"
    )


CSV = "id,goal,budget,trade\na,sales,500,shoes\nb,sales,5000,food\nc,reach,2k,shoes\nd,sales,,food\ne,nowhere,5,food\n"
JSON_LINES = '{"id": "a", "goal": "sales", "budget": 500}\n{"id": "b", "goal": "sales", "budget": 5000}\n\n{"id": "c", "goal": "reach", "budget": "2k"}\n{"id": "d", "goal": "sales"}\n{"id": "e", "goal": "nowhere"}\n'


@pytest.mark.parametrize(("name", "text"), [("list.csv", CSV), ("list.jsonl", JSON_LINES)])
def test_a_list_is_counted(run, two, tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    result = run(*as_on(*two, "--on", tmp_path / name, "--format", "json"))
    data = json.loads(result.output)["list"]
    assert (data["companies"], data["changed"], data["share"], data["look"]) == (5, 2, 0.4, ["a"])
    assert {(item["before"], item["after"]): item["companies"] for item in data["pairs"]} == {("narrow", "trial"): 2, ("trial", "trial"): 2, ("refused", "refused"): 1}


def test_a_folder_of_profiles_is_a_list(run, two, tmp_path):
    written(tmp_path / "list", {"a.yaml": "goal: sales\nbudget: 500\n", "more/b.yaml": "money:\n  budget: about 5000\ngoal: sales\n"})
    result = run(*as_on(*two, "--on", tmp_path / "list"))
    assert "your list   1 of 2 change (50.0%)" in result.output


def test_companies_of_another_currency_are_decided_in_theirs(run, tmp_path):
    rates = "\nrates:\n  base: CNY\n  USD: [{value: 7, from: 2020-01-01, estimate: true, because: x, date: 2026, confidence: low}]\n"
    texts = {**BASE, "knowledge/base.yaml": BASE["knowledge/base.yaml"] + rates}
    written(tmp_path / "OLD", texts)
    written(tmp_path / "NEW", {**texts, "rules/base.yaml": texts["rules/base.yaml"].replace('{good: ">= 2"}', '{good: ">= 1"}')})
    # 300 CNY and 300 USD are not the same money: the second pays for two channels of 300 and 2,000 CNY
    (tmp_path / "list.csv").write_text("id,currency,goal,budget\na,CNY,sales,300\nb,USD,sales,300\nc,XXX,sales,300\n", encoding="utf-8")
    shown = run("diff", tmp_path / "OLD", tmp_path / "NEW", "--on", tmp_path / "list.csv", "--as-of", "2026-11-25").output
    assert "before   narrow 1 · refused 1 · trial 1" in shown
    assert "after    refused 1 · trial 2" in shown
    assert "refused  c: there is no rate for the currency `XXX`" in shown


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("list.csv", "id,gaol,budgt\n1,sales,300\n", "F109 no term is named `budgt`"),
        ("list.csv", "a;b\n1;2\n", "F109 no term is named `a;b`"),
        ("list.yaml", "", "holds no companies"),
    ],
)
def test_a_list_of_something_else_is_said_to_be_one(run, two, tmp_path, name, body, said):
    (tmp_path / name).write_text(body, encoding="utf-8")
    result = run(*as_on(*two, "--on", tmp_path / name))
    assert result.exit_code == 1
    assert said in result.output


def test_it_is_told_why_a_company_is_refused(run, two, tmp_path):
    (tmp_path / "list.csv").write_text("id,goal,budget\nfirst,sales,plenty\n", encoding="utf-8")
    assert "refused  first: `budget` is an amount in CNY; `plenty` is text" in run(*as_on(*two, "--on", tmp_path / "list.csv")).output


@pytest.mark.parametrize("rows", [900])
def test_columns_and_the_referee_in_processes_count_alike(two, tmp_path, monkeypatch, rows):
    from fourfold import tallies
    from fourfold.company_lists import companies_of
    from fourfold.tallies import tally

    rng = Random(5)
    body = "".join(f"{at},{rng.choice(['sales', 'reach'])},{rng.choice(['', 0, 299, 300, 2000, 9000])},{rng.choice(['', 'food'])}\n" for at in range(rows))
    path = tmp_path / "list.csv"
    path.write_text("id,goal,budget,trade\n" + body, encoding="utf-8")
    books = [link(read_content_texts(BASE), DAY), link(read_content_texts(changed(('{good: ">= 2"}', '{good: ">= 1"}'))), DAY)]
    by_columns = tally(*books, "way", companies_of(path))
    monkeypatch.setattr(tallies, "find_spec", lambda _: None)
    by_referee = tally(*books, "way", companies_of(path))
    assert (by_columns.pairs, by_columns.groups, by_columns.whole) == (by_referee.pairs, by_referee.groups, rows)
    assert by_columns.moved


@pytest.mark.parametrize(("limit", "code"), [("39%", 1), ("40%", 0), ("0.5", 0), ("0", 1)])
def test_too_many_changes_fail(run, two, tmp_path, limit, code):
    (tmp_path / "list.csv").write_text(CSV, encoding="utf-8")
    assert run(*as_on(*two, "--on", tmp_path / "list.csv", "--fail-if-more-than", limit)).exit_code == code


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere",), 1, "F321 `nowhere` is neither a folder nor a revision of git"),
        (("OLD", "NEW", "--term", "good"), 1, "F203 `good` is no choice of the core"),
        (("OLD", "NEW", "--term", "wai"), 1, "F201 unknown term `wai`"),
        (("OLD", "NEW", "--fail-if-more-than", "2%"), 2, "--fail-if-more-than needs --on"),
        (("OLD", "NEW", "--on", "none.csv"), 1, "F101"),
        (("OLD", "NEW", "--on", "LIST", "--fail-if-more-than", "lots"), 2, "`lots` is no share"),
    ],
)
def test_a_wrong_wish_is_told(run, two, tmp_path, arguments, code, said):
    (tmp_path / "list.csv").write_text(CSV, encoding="utf-8")
    names = {"OLD": two[0], "NEW": two[1], "LIST": tmp_path / "list.csv"}
    result = run(*as_on(*(names.get(item, item) for item in arguments)))
    assert (result.exit_code, said in result.output) == (code, True), result.output


@pytest.mark.parametrize(("name", "text", "code"), [("a.jsonl", "{\n", "F102"), ("a.jsonl", "[1]\n", "F102"), ("a.csv", "", "F110"), ("empty", None, "F101")])
def test_a_list_that_cannot_be_read_is_told(run, two, tmp_path, name, text, code):
    if text is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = run(*as_on(*two, "--on", tmp_path / name))
    assert (result.exit_code, code in result.output) == (1, True), result.output


# ---------------------------------------------------------------- revisions


def git(folder, *arguments):
    subprocess.run(["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false", *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    root = written(tmp_path / "repo" / "inner", BASE)
    git(tmp_path, "init", "-q", str(tmp_path / "repo"))
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    git(root, "tag", "before")
    written(root, changed(('{good: ">= 2"}', '{good: ">= 1"}')))
    git(root, "commit", "-qam", "second")
    return root


def test_revisions_are_compared_without_checking_them_out(run, repository):
    result = run(*as_on("before", "--workspace", repository))
    assert "changed  rule way-trial   good: >= 2 → >= 1" in result.output
    assert "revision" in result.output.splitlines()[1]
    assert run(*as_on("HEAD", "before", "--workspace", repository)).output.count("trial → narrow") == 1


@pytest.mark.parametrize("name", ["--output=x", "HEAD:rules", "", "nothing-there"])
def test_what_is_no_revision_is_a_problem(repository, name):
    from fourfold.revisions import opened

    with pytest.raises(Problems), opened(repository, name):
        pass


def test_a_workspace_names_its_revision_only_while_it_is_unchanged(repository):
    from fourfold.content import content_hash
    from fourfold.revisions import revision_of

    revision = revision_of(repository, content_hash(repository))
    assert len(revision) == 40
    written(repository, changed(('{good: ">= 2"}', '{good: ">= 0"}')))
    assert revision_of(repository, content_hash(repository)) == ""
    assert revision_of(repository.parent.parent, "x") == ""


# ---------------------------------------------------------------- old certificates


@pytest.fixture
def decided_before(run, repository, tmp_path):
    """Return the certificate of a decision by the first revision, taken while it was checked out."""
    from fourfold.certificate import certificate
    from fourfold.content import content_hash
    from fourfold.decide import decide
    from fourfold.door import enter, read_profile
    from fourfold.library import open_book
    from fourfold.revisions import revision_of

    git(repository, "checkout", "-q", "before")
    book = open_book(repository, DAY)
    facts = enter(book, read_profile("goal: sales\nbudget: 500\n", "x"))
    data = certificate(book, facts, decide(book, facts), revision_of(repository, content_hash(repository)))
    git(repository, "checkout", "-q", "-")
    (tmp_path / "decision.json").write_text(json.dumps({"certificate": data}), encoding="utf-8")
    return tmp_path / "decision.json"


def test_an_old_certificate_names_its_revision_and_verifies_against_it(run, repository, decided_before, monkeypatch):
    assert len(json.loads(decided_before.read_text(encoding="utf-8"))["certificate"]["revision"]) == 40
    monkeypatch.chdir(repository)
    assert run_here(decided_before, "before").exit_code == 0
    after = run_here(decided_before, "HEAD")
    assert after.exit_code == 1
    assert "rule_book:" in after.output
    assert "revision:" in after.output
    assert "F321" in run_here(decided_before, "never").output


def test_an_altered_revision_is_seen(run, repository, decided_before, monkeypatch):
    data = json.loads(decided_before.read_text(encoding="utf-8"))
    data["certificate"]["revision"] = "0" * 40
    decided_before.write_text(json.dumps(data), encoding="utf-8")
    monkeypatch.chdir(repository)
    assert "digest: it is not the digest of this content" in run_here(decided_before, "before").output


def run_here(file, book):
    from click.testing import CliRunner

    from fourfold.cli import main

    return CliRunner().invoke(main, ["verify", str(file), "--book", book], prog_name="fourfold")
