"""The recurrence consumer, which creates the tasks of series."""
