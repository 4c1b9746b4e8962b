"""The guide for experts is followed word by word in an empty folder; every line that it shows is compared.

With FOURFOLD_REWRITE=1 the shown lines are written anew, and then read.
"""

import os
import re
import shlex

from conftest import ROOT

PAGE = ROOT / "docs" / "guide-for-experts.md"
BLOCK = re.compile(r"```(console|diff|yaml)\n(.*?)```", re.DOTALL)
DAY = {command: ["--as-of", "2026-11-25"] for command in ("check", "keep", "prove", "suggest")}


def edit(folder, text):
    """Do what a diff block says: each run of lines with `-` becomes the run with `+` behind it."""
    name, _, body = text.removeprefix("--- ").partition("\n")
    path = folder / name
    content = path.read_text(encoding="utf-8")
    for minus, plus in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", body, re.MULTILINE):
        before, after = (re.sub(r"^[-+]", "", part, flags=re.MULTILINE).rstrip("\n") for part in (minus, plus))
        assert content.count(before) == 1, f"{name} holds {content.count(before)} times: {before}"
        content = content.replace(before, after)
    path.write_text(content, encoding="utf-8")


def shown_by(run, text):
    """Return a console block with what its commands show now."""
    lines = []
    for command in re.findall(r"^\$ (.*)$", text, re.MULTILINE):
        program, *arguments = shlex.split(command)
        assert program == "fourfold"
        if "--explain" not in arguments:
            arguments += DAY.get(arguments[0], [])
        lines += [f"$ {command}\n", run(*arguments).output]
    return "".join(lines)


def test_the_guide_works_word_by_word(run, tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    made = page
    commands = 0
    for kind, text in BLOCK.findall(page):
        if kind == "diff":
            edit(tmp_path, text)
        elif kind == "yaml":
            name = text.partition("\n")[0].removeprefix("# ")
            (tmp_path / name).write_text(text, encoding="utf-8")
        else:
            commands += text.count("$ ")
            made = made.replace(f"```console\n{text}```", f"```console\n{shown_by(run, text)}```", 1)
    if os.environ.get("FOURFOLD_REWRITE") == "1":
        PAGE.write_text(made, encoding="utf-8")
        return
    assert made == page
    assert commands >= 12
    assert "0 problems, 0 warnings" in made
    assert made.count("0 fail") >= 3
    assert (tmp_path / "shop.svg").exists()
