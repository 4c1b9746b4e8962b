"""Trials and the cycle: the protocol file, results as they are exported, readings, review."""
