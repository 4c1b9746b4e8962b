"""Templates say words; they reach neither the program behind them nor files beside them."""

import shutil

import pytest
from conftest import ROOT

from fourfold.problem import Problems
from fourfold.report import Speaker, render


@pytest.fixture
def workspace(tmp_path):
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return tmp_path


@pytest.mark.parametrize(
    "text",
    ["{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ name.__globals__ }}", "{{ name.__func__.__code__ }}", "{{ lipsum.__globals__['os'].system('touch hacked') }}", "{{ cycler.__init__.__globals__.os }}", "{{ x|attr('__class__')|attr('__mro__') }}"],
)  # fmt: skip
def test_a_template_reaches_nothing_of_the_program(workspace, book, text):
    (workspace / "templates" / "evil.txt.j2").write_text(text, encoding="utf-8")
    with pytest.raises(Problems) as fault:
        render(workspace, "evil.txt.j2", Speaker(book, "en", "CNY"), {"x": "a"})
    assert fault.value.problems[0].code == "F503"


def test_a_template_outside_the_folder_is_not_there(workspace, book, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("secret", encoding="utf-8")
    (workspace / "templates" / "linked.txt.j2").symlink_to(outside)
    (workspace / "templates" / "up.txt.j2").write_text("{% include '../secret.txt' %}", encoding="utf-8")
    (workspace / "secret.txt").write_text("secret", encoding="utf-8")
    for name in ("linked.txt.j2", "up.txt.j2"):
        with pytest.raises(Problems) as fault:
            render(workspace, name, Speaker(book, "en", "CNY"), {})
        assert fault.value.problems[0].code == "F501"
