"""What every test may use: the content's root, a fixed day, a shipped book."""

import os
import sys
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 25).toordinal()


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory):
    """Keep the cache of linked books out of the user's own folder."""
    folder = tmp_path_factory.mktemp("cache")
    folder.chmod(0o700)
    os.environ["FOURFOLD_CACHE"] = str(folder)
    yield
    os.environ.pop("FOURFOLD_CACHE", None)


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def day():
    return DAY


@pytest.fixture(scope="session")
def book(own_cache):
    from fourfold.library import open_book

    return open_book(ROOT, DAY)


@pytest.fixture(scope="session")
def examples():
    return sorted((ROOT / "examples").glob("*.yaml"))


@pytest.fixture
def acorn():
    return ROOT / "examples" / "little_acorn.yaml"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command as a user would, in an empty folder; gives exit code, output and errors."""
    from click.testing import CliRunner

    from fourfold.cli import main

    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        return CliRunner().invoke(main, [str(item) for item in arguments], prog_name="fourfold")

    return call


def python_without_site(code, **environment):
    """Return the output of a fresh Python that runs some code with the package on its path."""
    import subprocess

    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=ROOT, check=False)


def pytest_addoption(parser):
    """Let the fuzzing of rule files go on for a while, on demand."""
    parser.addoption("--fuzz-seconds", type=float, default=0.0, help="go on fuzzing rule files for so many seconds")
