"""A year of many series in the in-process world, compared with a direct computation of the expected outcome."""
