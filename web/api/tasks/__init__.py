"""/tasks: tasks, one or many at once."""
