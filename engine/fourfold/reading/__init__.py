"""Files to nouns, every value with its place."""
