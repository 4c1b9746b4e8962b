"""`python -m fourfold` is the program."""

from fourfold.cli import main

if __name__ == "__main__":
    main(prog_name="fourfold")
