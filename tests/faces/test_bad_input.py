"""Bad input: a clear problem with place and help, exit 1, no traceback, nothing written."""

import os

import pytest

GOOD = "industry: beauty\nprimary_goal: new_buyers\n"

CASES = {
    "not yaml": (b"a: [1, 2\nb: 3\n", "F102", ":1:4"),
    "tab": (b"industry: beauty\n\tcash: tight\n", "F102", "spaces"),
    "twice": (GOOD.encode() + b"cash: tight\ncash: steady\n", "F105", ":4:1"),
    "list": (b"- a\n- b\n", "F106", "keys with values"),
    "tag": (GOOD.encode() + b"company: !!python/object:os.system x\n", "F107", "tag"),
    "anchor": (b"a: &x [1,1]\nb: [*x,*x]\n", "F107", "anchors"),
    "latin": ("company: Café\n".encode("latin-1") + GOOD.encode(), "F101", "UTF-8"),
    "utf16": (GOOD.encode("utf-16"), "F101", "UTF-16"),
    "nul": (b"company: a\0b\n", "F101", "control character"),
    "nan": (GOOD.encode() + b"monthly_budget: .nan\n", "F203", "`monthly_budget` is an amount in CNY"),
    "infinity": (GOOD.encode() + b"monthly_budget: .inf\n", "F203", "amount"),
    "text": (GOOD.encode() + b"monthly_budget: about twenty\n", "F203", "20k"),
    "doubtful": (GOOD.encode() + b"monthly_budget: 20.000\n", "F203", "may mean"),
    "negative": (GOOD.encode() + b"monthly_budget: -5\n", "F205", "it is -5"),
    "swapped": (GOOD.encode() + b"monthly_budget: 30-10k\n", "F203", "swapped"),
    "no such day": (GOOD.encode() + b"as_of: 2026-02-30\n", "F112", "2026-02-30"),
    "unknown term": (GOOD.encode() + b"montly_budget: 5\n", "F201", "did you mean `monthly_budget`?"),
    "unknown choice": (b"industry: beauty\nprimary_goal: new_byers\n", "F204", "did you mean `new_buyers`?"),
    "concluded": (GOOD.encode() + b"strategy: focus\n", "F217", "concluded by the rules"),
    "contradiction": (GOOD.encode() + b"employees: 4\nperson_days: 900\n", "F301", "Fewer than ten people"),
    "empty": (b"", "F110", "every strategy is still possible"),
    "nothing needed": (b"cash: tight\n", "F309", "`industry`"),
    "currency": (GOOD.encode() + b"currency: XYZ\n", "F211", "XYZ"),
    "record": (GOOD.encode() + b"people:\n  - {who: Ann, level: boss, days: 5}\n", "F204", "`boss`"),
    "column": (GOOD.encode() + b"results:\n  - {carrier: douyin_ads, to: 2026-10-01, cost: 5}\n", "F109", "no column `cost`"),
    "huge number": (GOOD.encode() + b"monthly_budget: 999999999999999999999999999\n", "F2", "monthly_budget"),
    "deep": (b"a:\n" + b"".join(b" " * (i + 1) + b"a:\n" for i in range(60)), "F106", "deep"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_profile_is_a_problem_with_place_and_help(run, tmp_path, name):
    data, code, words = CASES[name]
    path = tmp_path / "bad.yaml"
    path.write_bytes(data)
    result = run("plan", path)
    assert result.exit_code == 1, result.output
    assert code in result.output
    assert words in result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert not (tmp_path / "plans").exists()


def test_all_problems_of_a_profile_are_shown_at_once(run, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("industry: beuty\nprimary_goal: nothing\nmonthly_budget: much\nheads: -1\nfoo: 1\n", encoding="utf-8")
    output = run("plan", path).output
    assert [output.count(f"bad.yaml:{line}:") for line in (1, 2, 3, 4, 5)] == [1, 1, 1, 1, 1]


def test_missing_folder_and_no_permission(run, tmp_path):
    assert "there is no such file" in run("plan", "none.yaml").output
    (tmp_path / "folder.yaml").mkdir()
    assert "is a folder" in run("plan", "folder.yaml").output


def test_a_file_of_fifty_megabytes_is_refused_quickly(run, tmp_path):
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    result = run("plan", path)
    assert result.exit_code == 1
    assert "F108" in result.output


@pytest.mark.skipif(os.name == "nt", reason="no /proc here")
def test_a_place_that_cannot_be_written_is_a_problem(run, acorn):
    result = run("plan", acorn, "-o", "/proc/nowhere/x.md")
    assert result.exit_code == 1
    assert "F116" in result.output


def test_a_foreign_certificate_is_a_problem(run, tmp_path):
    path = tmp_path / "x.json"
    for text in ("", "{", "[]", '{"schema": "other"}', '{"certificate": 5}'):
        path.write_text(text, encoding="utf-8")
        result = run("verify", path)
        assert result.exit_code == 1, text
        assert "F115" in result.output


def test_a_folder_named_like_a_rule_file_is_a_problem(run, tmp_path):
    run("init", "mine")
    (tmp_path / "mine" / "rules" / "x.yaml").mkdir()
    for command in (("check",), ("sources",), ("test",)):
        result = run(*command, "--workspace", "mine")
        assert result.exit_code == 1
        assert "rules/x.yaml" in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
