"""A year of many series in the in-process world, held against a straight computation of what ought to happen."""
