"""Many companies from files as people keep them: read in blocks, decided in columns, written with their reasons, nothing lost."""
