"""A batch in tasks on Spark: the same program over pieces of the files, the same output, rejects and sums."""
