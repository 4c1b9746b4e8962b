"""A skeleton for a practice, a carrier, an industry: accepted by the check, recommended by nobody, in nobody's way."""

import shutil

import pytest
from conftest import DAY, ROOT


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    for part in ("rules", "knowledge", "templates"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


@pytest.mark.parametrize(
    ("kind", "name", "like"),
    [("practice", "tea_tasting", "offline_activity"), ("carrier", "street_posters", ""), ("industry", "pet_care", "mother_baby"), ("factor", "own_visits", "ecommerce_visits")],
)
def test_a_skeleton_passes_the_check(workspace, run, kind, name, like):
    from fourfold.checking import check_workspace

    result = run("add", kind, name, *(("--like", like) if like else ()), "--title", "New thing", "新东西", "--workspace", str(workspace))
    assert result.exit_code == 0, result.output
    written = workspace / "knowledge" / f"your_{kind}_{name}.yaml"
    assert "New thing" in written.read_text(encoding="utf-8")
    try:
        found = check_workspace(workspace, DAY)
        assert [problem.message for problem in found.problems if not problem.is_warning] == []
        assert not [problem for problem in found.problems if written.name in problem.span.file]
        from fourfold.content import read_content

        entity = next(item for item in read_content(workspace).entities if (item.kind, item.name) == (kind, name))
        figures = [figure for _, _, several in entity.values for figure in several if figure.origin.date]
        assert figures
        assert all(figure.origin.is_estimate and figure.origin.confidence == "low" for figure in figures)
    finally:
        written.unlink()


def test_what_is_not_finished_is_never_recommended(workspace, run):
    from fourfold.advice import decided
    from fourfold.door.profile import read_profile

    text = "industry: beauty\nprimary_goal: repeat\nemployees: 60\nheads: 20\nmonthly_budget: 400k\ncustomers: 90000\nmonths_live: 40\nmonthly_orders: 9000\n"
    before = decided(workspace, read_profile(text, "p.yaml"), DAY).decision
    assert run("add", "practice", "twin", "--like", "customer_interviews", "--workspace", str(workspace)).exit_code == 0
    assert run("add", "carrier", "twin", "--like", "wecom_private_domain", "--workspace", str(workspace)).exit_code == 0
    try:
        after = decided(workspace, read_profile(text, "p.yaml"), DAY).decision
        assert before.values["usable[customer_interviews]"] == "true"
        assert after.values["usable[twin]"] == "false"
        assert after.values["waits_for[twin]"] == "date"
        assert before.values["fits[wecom_private_domain]"] == "true"
        assert after.values["fits[twin]"] == "false"
        assert {name: value for name, value in after.values.items() if name in before.values} == before.values
    finally:
        for path in (workspace / "knowledge").glob("your_*.yaml"):
            path.unlink()


@pytest.mark.parametrize(
    ("arguments", "code", "help_part"),
    [
        (("practise", "x"), "F201", "did you mean `practice`?"),
        (("practice", "Tea-Time"), "F114", "a letter first"),
        (("practice", "flash_sale"), "F209", "choose another name"),
        (("carrier", "posters", "--like", "douyin_contents"), "F201", "did you mean `douyin_content`?"),
    ],
)
def test_a_wrong_name_is_a_problem_and_writes_nothing(workspace, run, arguments, code, help_part):
    result = run("add", *arguments, "--workspace", str(workspace))
    assert result.exit_code == 1
    assert code in result.output + result.stderr
    assert help_part in result.output + result.stderr
    assert list((workspace / "knowledge").glob("your_*.yaml")) == []


def test_a_second_skeleton_of_the_name_never_replaces_the_first(workspace, run):
    path = workspace / "knowledge" / "your_practice_mine.yaml"
    path.write_text("# mine\n", encoding="utf-8")
    try:
        result = run("add", "practice", "mine", "--workspace", str(workspace))
        assert result.exit_code == 1
        assert "F116" in result.output + result.stderr
        assert path.read_text(encoding="utf-8") == "# mine\n"
    finally:
        path.unlink()
