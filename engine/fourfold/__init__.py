"""Fourfold: a rule-based expert system that tells a company how to run its operation and marketing."""

__version__ = "0.1.0"
