"""The written language: cells, formulas, kinds."""
