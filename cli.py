"""Launcher for a checkout: `python cli.py plan examples/little_acorn.yaml`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "engine"))

from fourfold.cli import main  # the path must be set first

if __name__ == "__main__":
    main(prog_name="fourfold")
