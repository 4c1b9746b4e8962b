"""Launcher for a checkout: `python cli.py plan examples/little_acorn.yaml`."""

import os.path
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "engine"))  # noqa: PTH118, PTH120  # pathlib would be imported to show help

from fourfold.cli import main  # the path must be set first

if __name__ == "__main__":
    main(prog_name="fourfold")
