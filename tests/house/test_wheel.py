"""What `pip install` gives: a wheel, built through the sdist, that decides from its own content anywhere."""

import os
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT

FOLDERS = ("rules", "knowledge", "templates", "examples", "tests/cases")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The folder of the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "-o", str(folder), str(ROOT)], check=True, capture_output=True)
    (packed,) = folder.glob("*.whl")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def call(wheel, cwd, *arguments, **variables):
    """Run the program of the wheel, far from the project."""
    environment = {**os.environ, "PYTHONPATH": str(wheel), "NO_COLOR": "1", **variables}
    return subprocess.run([sys.executable, "-m", "fourfold", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_whole_content(wheel):
    for folder in FOLDERS:
        known = {str(path.relative_to(ROOT)): path.read_bytes() for path in sorted((ROOT / folder).rglob("*")) if path.is_file() and "__pycache__" not in path.parts}
        bundled = wheel / "fourfold" / "bundled"
        assert len(known) > 3
        assert {str(path.relative_to(bundled)): path.read_bytes() for path in sorted((bundled / folder).rglob("*")) if path.is_file()} == known


def test_the_wheel_plans_and_verifies_anywhere(wheel, tmp_path):
    profile = tmp_path / "acorn.yaml"
    profile.write_text((ROOT / "examples" / "little_acorn.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    planned = call(wheel, tmp_path, "plan", "acorn.yaml", "-o", "plan.json", "-o", "plan.md")
    assert planned.returncode == 0, planned.stderr
    verified = call(wheel, tmp_path, "verify", "plan.json", "--profile", "acorn.yaml")
    assert verified.returncode == 0, verified.stderr
    assert "focus testing" in (tmp_path / "plan.md").read_text(encoding="utf-8").lower()


def test_the_wheel_starts_a_workspace_that_passes(wheel, tmp_path):
    assert call(wheel, tmp_path, "init", "mine").returncode == 0
    for command in ("check", "test"):
        done = call(wheel, tmp_path / "mine", command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("typed", "offered"), [("pl", {"plan"}), ("why", {"why", "why-not"}), ("so", {"sources"})])
def test_a_shell_completes_commands(wheel, tmp_path, typed, offered):
    program = tmp_path / "fourfold"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fourfold "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = f'source <(fourfold completion bash); COMP_WORDS=(fourfold {typed}); COMP_CWORD=1; _fourfold_completion fourfold; printf "%s\\n" "${{COMPREPLY[@]}}"'
    environment = {**os.environ, "PYTHONPATH": str(wheel), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    found = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert set(found.stdout.split()) == offered
