"""A workspace checked again and again gives what a first check gives, and reads only what changed."""

import shutil

import pytest
from conftest import DAY, ROOT

from fourfold import cache, checked, packing
from fourfold.checking import Checker, check_workspace, watch
from fourfold.content import read_content
from fourfold.linking import link
from fourfold.linking.memo import Memo
from fourfold.reading.sections import Memory
from fourfold.rechecking import recheck


@pytest.fixture
def workspace(tmp_path):
    for part in ("rules", "knowledge", "templates", "tests/cases"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


EDITS = [
    ("rules/strategy.yaml", '">= 2"', '">= 3"'),
    ("rules/strategy.yaml", "appetite: efficient", "appetit: efficient"),
    ("rules/company.yaml", "months_live", "months_alive"),
    ("rules/strategy.yaml", "ratio:", "ratoi:"),
    ("knowledge/terms.yaml", "assume: steady", "assume: stedy"),
    ("knowledge/constants.yaml", "value: 30", "value: 31"),
    ("knowledge/book.yaml", "carrier.outdated", "carrier.outdatet"),
    ("knowledge/rates.yaml", "value: 7.1", "value: 7.2"),
    ("knowledge/kinds.yaml", "otherwise: false", "otherwise: true"),
    ("tests/cases/rules.yaml", "monthly_budget", "montly_budget"),
    ("templates/plan.en.md.j2", "{% endif %}", "{% endfi %}"),
    ("rules/carriers.yaml", "- {id: fit-goal,", "- {id: fit-goals,"),
]


@pytest.mark.parametrize("name, before, after", EDITS, ids=[f"{name}: {after}" for name, _, after in EDITS])
def test_after_an_edit_the_same_is_found_as_afresh(workspace, name, before, after):
    checker = Checker(workspace)
    first = checker.check(DAY)
    path = workspace / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert checker.check(DAY) == check_workspace(workspace, DAY)
    path.write_text(text, encoding="utf-8")
    assert checker.check(DAY) == first


def test_linking_with_a_memo_gives_the_same_book(workspace):
    memory, memo = Memory(), Memo()
    for old, new in (("", ""), ('">= 2"', '">= 3"'), ('proven_carriers: ">= 1"', 'proven_carriers: ">= 2"')):
        path = workspace / "rules" / "strategy.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new) if old else path.read_text(encoding="utf-8"), encoding="utf-8")
        for currency in ("", "USD", ""):
            assert link(read_content(workspace, memory), DAY, currency, memo) == link(read_content(workspace), DAY, currency)


def test_only_the_edited_file_is_read_again(workspace, monkeypatch):
    from fourfold.reading import sections

    checker = Checker(workspace)
    checker.check(DAY)
    read = []
    parse = sections.parse
    monkeypatch.setattr(sections, "parse", lambda text, name: read.append(name) or parse(text, name))
    path = workspace / "rules" / "strategy.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    checker.check(DAY)
    assert read == ["rules/strategy.yaml"]


def test_what_an_editor_holds_stands_for_the_file(workspace):
    text = (workspace / "rules/strategy.yaml").read_text(encoding="utf-8")
    checker = Checker(workspace, {"rules/strategy.yaml": text.replace("appetite: efficient", "appetit: efficient")})
    assert [problem.code for problem in checker.check(DAY).problems] == ["F201"]


def test_watching_checks_once_for_each_change(workspace):
    path = workspace / "rules" / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    steps = [lambda: path.write_text(text.replace("appetite: efficient", "appetit: efficient"), encoding="utf-8"), lambda: None, lambda: path.write_text(text, encoding="utf-8"), None]

    def wait():
        step = steps.pop(0)
        if step is not None:
            step()
        return step is not None

    found = [[problem.code for problem in item.problems] for item in watch(workspace, lambda: DAY, wait)]
    assert found == [[], ["F201"], []]


def test_a_link_out_of_the_workspace_is_not_followed(workspace, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text("terms: {secret: {kind: yes_no, ask: secret?, assume: false}}\n", encoding="utf-8")
    (outside / "secret.md.j2").write_text("{{ secret", encoding="utf-8")
    before = check_workspace(workspace, DAY)
    (workspace / "knowledge" / "linked.yaml").symlink_to(outside / "secret.yaml")
    (workspace / "knowledge" / "folder").symlink_to(outside)
    (workspace / "tests" / "cases" / "linked.yaml").symlink_to(outside / "secret.yaml")
    (workspace / "templates" / "linked.md.j2").symlink_to(outside / "secret.md.j2")
    assert check_workspace(workspace, DAY) == before


def test_a_check_is_kept_until_a_byte_changes_and_never_trusted_blindly(workspace, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("kept")
    monkeypatch.setenv("FOURFOLD_CACHE", str(folder))
    path = workspace / "rules" / "strategy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("appetite: efficient", "appetit: efficient"), encoding="utf-8")
    first = recheck(workspace, DAY)
    assert first == check_workspace(workspace, DAY)
    assert first.problems
    key, again = checked.kept(workspace, DAY)
    assert again == first
    assert checked.kept(workspace, DAY + 1)[1] is None
    for body in (b"", b"marsh", packing.to_bytes(((), 1, 2)), packing.to_bytes((("no problem",), 1, 2, 3, 4))):
        cache.store(key, body)
        assert checked.kept(workspace, DAY)[1] is None
        assert recheck(workspace, DAY) == first
    for name in ("rules/strategy.yaml", "knowledge/terms.yaml", "templates/plan.en.md.j2", "tests/cases/rules.yaml"):
        with (workspace / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        assert checked.kept(workspace, DAY)[1] is None


def test_a_check_of_what_is_no_workspace_is_not_kept(tmp_path):
    assert checked.kept(tmp_path, DAY) == ("", None)
    assert "is no workspace" in recheck(tmp_path, DAY).problems[0].message


@pytest.mark.parametrize("place", ["rules/x.yaml", "knowledge/x.yaml", "templates/x.md.j2"])
def test_a_check_of_a_folder_in_the_place_of_a_file_is_not_kept(workspace, place):
    assert checked.kept(workspace, DAY)[0]
    (workspace / place).mkdir()
    assert checked.kept(workspace, DAY)[0] == ""
