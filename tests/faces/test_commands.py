"""The commands, as a user types them."""

import json
import re

import pytest

from fourfold.cli import GROUPS

COMMANDS = [name for commands in GROUPS.values() for name in commands]
PROFILE = """
company: Tiny (invented)
industry: mother and baby
primary_goal: new buyers
monthly_budget: 20k
heads: 2
employees: 12
cash: steady
"""


def write(folder, text, name="tiny.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_help_lists_every_command_with_its_line(run):
    result = run("--help")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"  {name} " in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_has_an_example(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Example: fourfold " in " ".join(result.output.split())


def test_plan_writes_all_files_and_shows_the_decision(run, acorn, tmp_path):
    result = run("plan", acorn, "--as-of", "2026-11-25")
    assert result.exit_code == 0, result.output
    folder = tmp_path / "plans" / "little_acorn" / "2026-11-25"
    assert {"plan.html", "plan.md", "plan.json", "decision.json"} <= {path.name for path in folder.iterdir()}
    assert "focus testing" in result.output
    assert len(result.output.splitlines()) <= 34


def test_a_second_different_plan_never_replaces_the_first(run, acorn, tmp_path):
    run("plan", acorn, "--as-of", "2026-11-25")
    first = (tmp_path / "plans/little_acorn/2026-11-25/decision.json").read_bytes()
    run("plan", acorn, "--as-of", "2026-11-25", "--set", "monthly_budget=1000")
    assert (tmp_path / "plans/little_acorn/2026-11-25/decision.json").read_bytes() == first
    assert (tmp_path / "plans/little_acorn/2026-11-25-2/decision.json").exists()


def test_the_same_facts_give_the_same_bytes(run, acorn, tmp_path):
    for name in ("a", "b"):
        assert run("plan", acorn, "--as-of", "2026-11-25", "-o", f"{name}.md", "-o", f"{name}.html", "-o", f"{name}.json").exit_code == 0
    for ending in ("md", "html", "json"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_trace_shows_the_order_of_firing(run, acorn):
    result = run("plan", acorn, "--as-of", "2026-11-25", "--trace", "-o", "x.md")
    assert "stratum 1" in result.output
    assert "test-two-readable → strategy" in result.output


def test_verify_holds_and_names_an_altered_value(run, acorn, tmp_path):
    run("plan", acorn, "--as-of", "2026-11-25", "-o", "x.json")
    good = run("verify", "x.json", "--profile", acorn)
    assert good.exit_code == 0, good.output
    assert "0 differ; the engine was not used" in good.output
    data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    data["lines"]["money"]["value"]["reserve"] += 1
    (tmp_path / "y.json").write_text(json.dumps(data), encoding="utf-8")
    bad = run("verify", "y.json")
    assert bad.exit_code == 1
    assert "lines.money" in bad.output


def test_why_goes_down_to_facts_with_their_place(run, tmp_path):
    path = write(tmp_path, PROFILE)
    result = run("why", path, "test_money", "--as-of", "2026-11-25")
    assert result.exit_code == 0, result.output
    assert "monthly_budget is 20,000" in result.output
    assert "tiny.yaml:5:" in result.output


def test_why_of_an_unknown_term_offers_the_nearest(run, acorn):
    result = run("why", acorn, "pair_testabel")
    assert result.exit_code == 1
    assert "did you mean `pair_testable`?" in result.output


def test_why_not_says_what_is_missing_and_what_would_give_it(run, acorn):
    result = run("why-not", acorn, "omnichannel", "--as-of", "2026-11-25")
    assert result.exit_code == 0, result.output
    for word in ("omnichannel-rich-willing", "budget_coverage", "team_coverage", "Proven: no smaller change", "person-days in four weeks"):
        assert word in result.output


def test_why_not_of_no_strategy_is_a_problem(run, acorn):
    result = run("why-not", acorn, "everywhere")
    assert result.exit_code == 1
    assert "F204" in result.output


def test_init_makes_a_workspace_that_checks_and_tests(run, tmp_path):
    assert run("init", "mine").exit_code == 0
    checked = run("check", "--workspace", "mine")
    assert checked.exit_code == 0, checked.output
    assert "0 problems" in checked.output
    tested = run("test", "--workspace", "mine")
    assert tested.exit_code == 0, tested.output


def test_init_leaves_a_folder_that_is_there_alone(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep", encoding="utf-8")
    result = run("init", "mine")
    assert result.exit_code == 1
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["note.txt"]


def test_fmt_quotes_what_yaml_would_eat_and_keeps_comments(run, tmp_path):
    path = write(tmp_path, "- table: t  # kept\n  concludes: x\n  rules:\n    - {id: a, when: {y: >= 1}, then: true}\n", "rules.yaml")
    assert run("fmt", "--check", path).exit_code == 1
    assert run("fmt", path).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert 'y: ">= 1"' in text
    assert "# kept" in text
    assert run("fmt", "--check", path).exit_code == 0


def test_sources_lists_the_draws_of_the_population_with_their_origin(run, root):
    rows = json.loads(run("sources", "--kind", "population", "--format", "json").output)
    text = (root / "knowledge" / "population.yaml").read_text(encoding="utf-8")
    parts = re.split(r"^ *- (?:draw|pick): (\w+)", text, flags=re.MULTILINE)[1:]
    drawn = [name for name, body in zip(parts[::2], parts[1::2], strict=True) if "date:" in body]  # what is only computed rests on no figure of its own
    assert len(drawn) > 60
    assert sorted(row["figure"] for row in rows) == sorted(f"population.{name}" for name in drawn)
    assert all(row["date"] and row["confidence"] and row["source"] and row["value"] for row in rows)
    assert all(row["because"] for row in rows if row["source"] == "estimate")
    assert not any(row["figure"].startswith("population.") for row in json.loads(run("sources", "--kind", "carrier", "--format", "json").output))
    currency = next(row for row in rows if row["figure"] == "population.currency")
    assert currency["value"].startswith("choose CNY 60, USD 22")
    shown = run("sources", "--kind", "population").output
    assert f"{len(rows)} figures" in shown
    assert max(map(len, shown.splitlines())) < 260


def test_sources_lists_weakest_first_and_every_number_has_an_origin(run):
    result = run("sources", "--format", "json")
    rows = json.loads(result.output)
    assert len(rows) > 800
    assert all(row["source"] and row["date"] and row["confidence"] and row["unit"] for row in rows)
    assert all(row["because"] for row in rows if row["source"] == "estimate")
    ranks = [{"low": 0, "medium": 1, "high": 2}[row["confidence"]] for row in rows]
    assert ranks == sorted(ranks)


def test_doctor_says_what_is_here(run):
    result = run("doctor")
    assert result.exit_code == 0
    assert "rule book" in result.output


def test_chinese_page_and_plan(run, acorn, tmp_path):
    result = run("plan", acorn, "--as-of", "2026-11-25", "--lang", "zh")
    assert result.exit_code == 0, result.output
    assert "聚焦测试" in result.output
    text = (tmp_path / "plans/little_acorn/2026-11-25/plan.md").read_text(encoding="utf-8")
    assert "聚焦测试" in text.splitlines()[0]


def test_wrong_usage_exits_with_two(run, acorn):
    assert run("plan").exit_code == 2
    assert run("plan", acorn, "--lang", "fr").exit_code == 2
    assert run("plan", acorn, "--as-of", "soon").exit_code == 2
    assert run("plan", acorn, "--set", "nothing").exit_code == 2


def test_problems_as_json_have_the_same_fields(run, tmp_path):
    path = write(tmp_path, PROFILE.replace("20k", "about twenty"))
    result = run("plan", path, "--format", "json")
    assert result.exit_code == 1
    problem = json.loads(result.output)["problems"][0]
    assert problem["code"] == "F203"
    assert problem["line"] == 5


def test_unknown_format_writes_nothing(run, acorn, tmp_path):
    result = run("plan", acorn, "-o", "x.md", "-o", "x.docx")
    assert result.exit_code == 1
    assert "F117" in result.output
    assert not (tmp_path / "x.md").exists()


def test_completion_prints_a_script(run):
    assert "_FOURFOLD_COMPLETE" in run("completion", "bash").output


def test_verify_names_an_altered_word_of_the_plan(run, acorn, tmp_path):
    run("plan", acorn, "--as-of", "2026-11-25", "-o", "x.json")
    data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    data["decision"]["strategy"] = "omnichannel"
    (tmp_path / "y.json").write_text(json.dumps(data), encoding="utf-8")
    bad = run("verify", "y.json")
    assert bad.exit_code == 1
    assert "decision.strategy: 'omnichannel', and the replay gives 'focus_testing'" in bad.output


def test_fmt_quotes_a_cell_and_not_the_row_around_it(run, tmp_path):
    path = write(tmp_path, "- table: t\n  concludes: x\n  rules:\n    - id: b\n      when: {budget: >= 1, cash: < 2}\n      then: true\n", "rules.yaml")
    assert run("fmt", path).exit_code == 0
    assert 'when: {budget: ">= 1", cash: < 2}' in path.read_text(encoding="utf-8") or 'cash: "< 2"' in path.read_text(encoding="utf-8")
    assert run("check", "--workspace", tmp_path).exit_code == 1


def test_a_kept_decision_is_a_case_that_passes(run, acorn, tmp_path):
    kept = tmp_path / "kept.yaml"
    result = run("keep", acorn, "-o", kept, "--name", "acorn", "--because", "nothing is proven", "--expect", "strategy", "--expect", "standing[douyin_ads]")
    assert result.exit_code == 0, result.output
    assert "strategy: focus_testing" in kept.read_text(encoding="utf-8")
    assert run("test", kept).exit_code == 0
    before = kept.read_bytes()
    again = run("keep", acorn, "-o", kept, "--name", "acorn")
    assert again.exit_code == 1
    assert "F402" in again.output
    assert kept.read_bytes() == before
    assert run("keep", acorn, "-o", kept, "--name", "tight", "--set", "cash=tight", "--as-of", "2026-11-25").exit_code == 0
    assert kept.read_bytes().startswith(before)
    assert run("test", kept).exit_code == 0


def test_a_decision_file_is_kept_as_a_case_too(run, acorn, tmp_path):
    run("plan", acorn, "-o", "d.json")
    assert run("keep", "d.json", "-o", "kept.yaml").exit_code == 0
    assert run("test", "kept.yaml").exit_code == 0
    assert "F201" in run("keep", "d.json", "-o", "kept.yaml", "--expect", "stratgy").output


def test_cases_are_generated_into_a_new_file_only(run, tmp_path):
    (tmp_path / "there.yaml").write_text("# mine\n", encoding="utf-8")
    result = run("test", "--generate", "there.yaml")
    assert result.exit_code == 1
    assert "F116" in result.output
    assert (tmp_path / "there.yaml").read_text(encoding="utf-8") == "# mine\n"
