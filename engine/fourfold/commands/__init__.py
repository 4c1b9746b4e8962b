"""The commands, by whom they are for; cli.py gathers them."""
