"""A rule book as operations on columns, for batches: see `program.py` for the calls, docs/decisions for the why."""
