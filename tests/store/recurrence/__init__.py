"""The consumer that makes the tasks of series."""
