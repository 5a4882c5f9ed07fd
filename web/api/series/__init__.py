"""/series: recurring series and their occurrences."""
